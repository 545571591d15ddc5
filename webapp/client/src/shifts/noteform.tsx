/* The form of a shift note: words, and the events that the next shift must watch. */
import { useState } from "preact/hooks";
import { type ApiProblem, asProblem } from "../shared/api/index.ts";
import { type ShiftDesk, shiftsApi } from "../shared/api/shifts.ts";
import { pgettext, say } from "../shared/i18n.ts";
import { Button, Field, Panel, TextArea, TextInput, toast } from "../shared/ui/index.ts";
import { carriedBeside, type Draft, dropped, mentioned, remarked } from "./draft.ts";
import { EventLine } from "./eventline.tsx";

const LONGEST = 4000;

export function NoteForm({ initial, desk, named, onClose, onDone }: { initial: Draft; desk: ShiftDesk; named: boolean; onClose: () => void; onDone: () => void }) {
  const [draft, setDraft] = useState(initial);
  const [typed, setTyped] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const add = (): void => {
    setDraft(mentioned(draft, typed));
    setTyped("");
  };
  const send = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      const whole = mentioned(draft, typed);
      await shiftsApi.write({ centre: desk.id, text: whole.text, events: [...whole.mentions] });
      toast(pgettext("shift", "Written. The next shift takes it over."));
      onDone();
    } catch (thrown) {
      setProblem(asProblem(thrown));
    }
    setBusy(false);
  };
  const beside = carriedBeside(draft, desk.carries);
  const wrong = problem && problem.errors.length === 0 ? problem.detail : "";
  return (
    <Panel title={named ? say("For the next shift: %(centre)s", { centre: desk.name }) : pgettext("shift", "For the next shift")}>
      <form
        class="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <Field label={pgettext("shift", "What to know")} error={problem?.field("text") ?? wrong} required>
          {(tie) => <TextArea tie={tie} rows={5} value={draft.text} maxLength={LONGEST} onInput={(text) => setDraft({ ...draft, text })} />}
        </Field>
        {draft.mentions.map(({ no, remark }) => (
          <div class="shift-mention" key={no}>
            <span class="mono">{no}</span>
            <TextInput value={remark} maxLength={200} label={say("What to mind about %(no)s", { no })} placeholder={pgettext("shift", "What to mind")} onInput={(text) => setDraft(remarked(draft, no, text))} />
            <Button kind="quiet" icon="x" label={say("Leave %(no)s out", { no })} onClick={() => setDraft(dropped(draft, no))} />
          </div>
        ))}
        <div class="shift-add">
          <Field label={pgettext("shift", "Event to watch")} error={problem?.field("events") ?? ""}>
            {(tie) => <TextInput tie={tie} value={typed} maxLength={24} placeholder="EV20261121-0042" onInput={setTyped} />}
          </Field>
          <Button disabled={typed.trim() === ""} onClick={add}>
            {pgettext("shift", "Add")}
          </Button>
        </div>
        {beside.length > 0 && (
          <>
            <p class="small dim">{pgettext("shift", "Still open from the note before, carried over by themselves:")}</p>
            <ul class="shift-events">
              {beside.map((one) => (
                <EventLine key={one.no} one={one} />
              ))}
            </ul>
          </>
        )}
        <div class="row">
          <Button kind="primary" type="submit" icon="check" busy={busy} disabled={draft.text.trim() === ""}>
            {pgettext("shift", "Hand over")}
          </Button>
          <Button kind="quiet" onClick={onClose}>
            {pgettext("shift", "Cancel")}
          </Button>
        </div>
      </form>
    </Panel>
  );
}
