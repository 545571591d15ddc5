/* /shifts: what the shift before left to know, and what this one leaves to the next. */
import { useState } from "preact/hooks";
import { asProblem, type Me } from "../shared/api/index.ts";
import { keep } from "../shared/api/download.ts";
import { type ShiftDesk, type ShiftNote, shiftsApi } from "../shared/api/shifts.ts";
import { pgettext, say } from "../shared/i18n.ts";
import { Page } from "../shared/page.tsx";
import { useNow } from "../shared/ticking.ts";
import { whenText } from "../shared/time.ts";
import { Button, Empty, FileButton, Note, Paged, Panel, toast } from "../shared/ui/index.ts";
import { usePages } from "../shared/usepages.ts";
import { type Draft, draftOf, EMPTY } from "./draft.ts";
import { EventLine } from "./eventline.tsx";
import { NoteForm } from "./noteform.tsx";

export function ShiftsPage({ me }: { me: Me }) {
  const [desks, setDesks] = useState<readonly ShiftDesk[]>([]);
  const pages = usePages<ShiftNote>("", async (cursor) => {
    const page = await shiftsApi.list(cursor);
    if (cursor === "") setDesks(page.desks);
    return page;
  });
  const [writing, setWriting] = useState<{ desk: ShiftDesk; draft: Draft } | null>(null);
  const write = (desk: ShiftDesk): void => {
    const own = pages.rows.find((note) => note.id === desk.waiting);
    setWriting({ desk, draft: own ? draftOf(own) : EMPTY });
  };
  const mayWrite = desks.some((desk) => desk.may_write);
  return (
    <Page me={me} active="shifts">
      <main class="shifts" id="main">
        <div class="shifts-head">
          <h1>{pgettext("shift", "Shift hand-over")}</h1>
          <span class="grow" />
          {!writing && desks.filter((desk) => desk.may_write).map((desk) => <WriteButton key={desk.id} desk={desk} named={desks.length > 1} onClick={() => write(desk)} />)}
        </div>
        {writing && (
          <NoteForm
            key={writing.desk.id}
            initial={writing.draft}
            desk={writing.desk}
            named={desks.length > 1}
            onClose={() => setWriting(null)}
            onDone={() => {
              setWriting(null);
              pages.reload();
            }}
          />
        )}
        <Notes pages={pages} mayWrite={mayWrite} />
      </main>
    </Page>
  );
}

/** Named after its centre where one leads several. */
function WriteButton({ desk, named, onClick }: { desk: ShiftDesk; named: boolean; onClick: () => void }) {
  const words = desk.waiting === null ? pgettext("shift", "Hand over") : pgettext("shift", "Write it anew");
  return (
    <Button kind="primary" icon="pen" onClick={onClick}>
      {named ? `${words} · ${desk.name}` : words}
    </Button>
  );
}

function Notes({ pages, mayWrite }: { pages: ReturnType<typeof usePages<ShiftNote>>; mayWrite: boolean }) {
  const none = (
    <Panel title={pgettext("shift", "Notes")}>
      <Empty icon="note" title={pgettext("shift", "No notes yet")}>
        {mayWrite ? pgettext("shift", "Write what the next shift must know; it takes over by name and time.") : pgettext("shift", "The lead of the shift writes them.")}
      </Empty>
    </Panel>
  );
  return (
    <Paged pages={pages} failed={pgettext("shift", "The notes did not come")} columns={[120, 260]} none={none} further={pgettext("shift", "Earlier shifts")}>
      {pages.rows.map((note) => (
        <OneNote key={note.id} note={note} onNote={pages.replace} onRefused={pages.reload} />
      ))}
    </Paged>
  );
}

function OneNote({ note, onNote, onRefused }: { note: ShiftNote; onNote: (note: ShiftNote) => void; onRefused: () => void }) {
  const now = useNow(60_000);
  const [busy, setBusy] = useState(false);
  const take = async (): Promise<void> => {
    setBusy(true);
    try {
      onNote(await shiftsApi.take(note));
      toast(pgettext("shift", "You have taken the shift over."));
    } catch (thrown) {
      const problem = asProblem(thrown);
      const fresh = problem.body["note"] as ShiftNote | undefined;
      toast(problem.detail, { kind: "over" });
      if (fresh) onNote(fresh);
      else onRefused();
    }
    setBusy(false);
  };
  return (
    <Panel
      title={say("%(who)s, %(when)s", { who: note.written_by, when: whenText(note.written_at, now) })}
      actions={
        <span class="row">
          <FileButton fetchFile={() => keep(`shifts/${note.id}/sheet.pdf`, { method: "GET" })}>PDF</FileButton>
          {note.may_take && (
            <Button kind="primary" icon="check" busy={busy} onClick={() => void take()}>
              {pgettext("shift", "Take over")}
            </Button>
          )}
        </span>
      }
    >
      <p class="small dim">{note.centre}</p>
      <p class="pre">{note.text}</p>
      {note.events.length > 0 && (
        <ul class="shift-events">
          {note.events.map((one) => (
            <EventLine key={one.no} one={one} />
          ))}
        </ul>
      )}
      {note.taken_at === null ? (
        <Note kind="near" icon="clock">
          {pgettext("shift", "Not taken over yet")}
        </Note>
      ) : (
        <p class="small dim">{say("Taken over by %(who)s, %(when)s", { who: note.taken_by, when: whenText(note.taken_at, now) })}</p>
      )}
    </Panel>
  );
}
