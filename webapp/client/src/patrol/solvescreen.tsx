/* Solved on the spot: the photo after, how it was done, and 办结. */
import { useState } from "preact/hooks";
import { gettext, say } from "../shared/i18n.ts";
import { Button, FieldError, Icon, Note } from "../shared/ui/index.ts";
import type { Patrol } from "./model.ts";
import { goTo, lackWords, LocalPicture, PhoneBar } from "./parts.tsx";
import { lacks, type Report } from "./report.ts";
import { Pictures, ReportScreen } from "./reportscreen.tsx";

function usualWays(): string[] {
  return [gettext("Cleared away"), gettext("Talked to those responsible"), gettext("Put in order"), gettext("Called the cleaners")];
}

export function SolveScreen({ patrol, id }: { patrol: Patrol; id: string }) {
  const report = patrol.reports.find((one) => one.client_id === id);
  if (!report?.solved || report.standing === "delivered") return <ReportScreen patrol={patrol} id={id} />;
  return <SolveForm patrol={patrol} report={report} solved={report.solved} />;
}

function SolveForm({ patrol, report, solved }: { patrol: Patrol; report: Report; solved: NonNullable<Report["solved"]> }) {
  const [tried, setTried] = useState(false);
  const id = report.client_id;
  const missing = tried ? lacks(report) : [];
  const set = (patch: Partial<typeof solved>): void => patrol.change(id, (old) => ({ ...old, solved: { ...solved, ...patch } }));
  const before = report.pictures.find((picture) => picture.shows === "before");
  const submit = (): void => {
    setTried(true);
    if (lacks(report).length) return;
    patrol.send(id);
    goTo({ name: "mine" }, { replace: true });
  };
  const toggle = (way: string): void => set({ ways: solved.ways.includes(way) ? solved.ways.filter((one) => one !== way) : [...solved.ways, way] });
  return (
    <>
      <PhoneBar title={gettext("Solved on the spot")} back={{ name: "report", id }} />
      <main class="pbody pform">
        <div class="row between">
          <div class="grow">
            <h2>{report.category_name}</h2>
            <p class="small dim">{report.grid}</p>
          </div>
          <Button kind="quiet" class="linkbtn" onClick={() => goTo({ name: "report", id })}>
            {gettext("Change")}
          </Button>
        </div>
        <div class="beforeafter">
          <div class="field">
            <span class="label">{gettext("Before")}</span>
            <LocalPicture class="shot-large" blob={before?.blob ?? null} alt={gettext("Before")} />
          </div>
          <div class="field">
            <span class="label">{gettext("After")}</span>
            <Pictures patrol={patrol} report={report} shows="after" error={missing.includes("photo_after") ? say("Still missing: %(what)s.", { what: lackWords("photo_after") }) : ""} />
          </div>
        </div>
        <section class="field" aria-labelledby="ways-label">
          <span class="label" id="ways-label">
            {gettext("How it was solved")}
          </span>
          {missing.includes("way") && <FieldError>{gettext("Choose one, or write a line.")}</FieldError>}
          <div class="chips">
            {usualWays().map((way) => (
              <button type="button" class="chip" key={way} aria-pressed={solved.ways.includes(way)} onClick={() => toggle(way)}>
                {solved.ways.includes(way) && <Icon name="check" />}
                {way}
              </button>
            ))}
          </div>
          <input class="input" type="text" maxLength={300} aria-label={gettext("One more line (optional)")} placeholder={gettext("One more line (optional)")} value={solved.text} onInput={(event) => set({ text: event.currentTarget.value })} />
        </section>
        <Note>{gettext("It is closed at once and counts as solved by yourself.")}</Note>
      </main>
      <div class="pact">
        <Button kind="primary" icon="check" block onClick={submit}>
          {gettext("Close as solved")}
        </Button>
        <Button
          kind="quiet"
          block
          onClick={() => {
            patrol.change(id, (old) => ({ ...old, solved: null }));
            goTo({ name: "report", id }, { replace: true });
          }}
        >
          {gettext("It can't be solved here: report it")}
        </Button>
      </div>
    </>
  );
}
