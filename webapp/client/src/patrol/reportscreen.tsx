/* The report: photo, category, place, one line of text or none; then 上报 or 现场已办结. */
import { useState } from "preact/hooks";
import { gettext, say } from "../shared/i18n.ts";
import { Button, Empty, FieldError, Icon, Note } from "../shared/ui/index.ts";
import { CategoryPick } from "./categorypick.tsx";
import type { Patrol } from "./model.ts";
import { Nearby } from "./nearby.tsx";
import { CameraInput, goTo, lackWords, LocalPicture, PhoneBar } from "./parts.tsx";
import { PlacePick } from "./placepick.tsx";
import { type Lack, lacks, type Picture, type Report } from "./report.ts";

export function ReportScreen({ patrol, id }: { patrol: Patrol; id: string }) {
  const report = patrol.reports.find((one) => one.client_id === id);
  if (!report || report.standing === "delivered") return <NoReport delivered={report ?? null} />;
  return <ReportForm patrol={patrol} report={report} />;
}

function NoReport({ delivered }: { delivered: Report | null }) {
  return (
    <>
      <PhoneBar title={gettext("Report")} back={{ name: "home" }} />
      <main class="pbody">
        <Empty
          icon={delivered ? "check" : "inbox"}
          title={delivered ? say("Delivered %(no)s", { no: delivered.event_no ?? "" }) : gettext("This report is not on this phone")}
          actions={<Button onClick={() => goTo({ name: "mine" })}>{gettext("To my reports")}</Button>}
        />
      </main>
    </>
  );
}

function ReportForm({ patrol, report }: { patrol: Patrol; report: Report }) {
  const [tried, setTried] = useState(false);
  const missing = tried ? lacks({ ...report, solved: null }) : [];
  const id = report.client_id;
  const busy = report.standing === "sending";
  const category = patrol.categories.find((one) => one.code === report.category);
  const submit = (): void => {
    setTried(true);
    if (lacks({ ...report, solved: null }).length) return;
    patrol.change(id, (old) => ({ ...old, solved: null }));
    patrol.send(id);
    goTo({ name: "mine" }, { replace: true });
  };
  const solve = (): void => {
    setTried(true);
    if (lacks({ ...report, solved: null }).length) return;
    patrol.change(id, (old) => ({ ...old, solved: old.solved ?? { ways: [], text: "" } }));
    goTo({ name: "solve", id });
  };
  return (
    <>
      <PhoneBar title={gettext("Report")} back={{ name: "home" }}>
        <span class="small dim">{patrol.forgetful ? gettext("Not kept on this phone") : gettext("Kept as a draft")}</span>
      </PhoneBar>
      <main class="pbody pform">
        <Refused report={report} />
        <Pictures patrol={patrol} report={report} error={wants("photo", missing)} />
        <CategoryPick patrol={patrol} report={report} error={wants("category", missing)} />
        <PlacePick patrol={patrol} report={report} error={wants("place", missing) || (report.failure?.field === "point" ? report.failure.message : "")} />
        <label class="field">
          <span class="label">
            {gettext("What is wrong")} <span class="faint">{gettext("(optional)")}</span>
          </span>
          <input class="input" type="text" maxLength={500} value={report.description} onInput={(event) => setText(patrol, id, event.currentTarget.value)} />
        </label>
        <Nearby patrol={patrol} report={report} />
        <button
          type="button"
          class="linkbtn dropdraft"
          onClick={() => {
            if (!confirm(gettext("Discard this draft with its photos?"))) return;
            patrol.drop(id);
            goTo({ name: "home" }, { replace: true });
          }}
        >
          {gettext("Discard the draft")}
        </button>
      </main>
      <Actions missing={missing} solvable={category?.self_resolvable === true} busy={busy} onSolve={solve} onSend={submit} />
    </>
  );
}

function Refused({ report }: { report: Report }) {
  if (!report.failure || report.standing !== "failed") return null;
  return (
    <Note kind="over" icon="alert">
      {report.failure.message}
    </Note>
  );
}

function Actions({ missing, solvable, busy, onSolve, onSend }: { missing: readonly Lack[]; solvable: boolean; busy: boolean; onSolve: () => void; onSend: () => void }) {
  return (
    <div class="pact">
      {missing.length > 0 && (
        <p class="field-error" role="alert">
          {say("Still missing: %(what)s.", { what: missing.map(lackWords).join("、") })}
        </p>
      )}
      <div class={solvable ? "two" : ""}>
        {solvable && (
          <Button block disabled={busy} onClick={onSolve}>
            {gettext("Solved on the spot")}
          </Button>
        )}
        <Button kind="primary" block disabled={busy} onClick={onSend}>
          {gettext("Send the report")}
        </Button>
      </div>
    </div>
  );
}

function wants(lack: Lack, missing: readonly Lack[]): string {
  return missing.includes(lack) ? say("Still missing: %(what)s.", { what: lackWords(lack) }) : "";
}

function setText(patrol: Patrol, id: string, description: string): void {
  patrol.change(id, (old) => ({ ...old, description }));
}

/** Pictures of one kind, each with its upload, and a way to take another. */
export function Pictures({ patrol, report, shows = "before", error }: { patrol: Patrol; report: Report; shows?: Picture["shows"]; error: string }) {
  const id = report.client_id;
  const pictures = report.pictures.filter((picture) => picture.shows === shows);
  const remove = (gone: Picture): void => patrol.change(id, (old) => ({ ...old, pictures: old.pictures.filter((picture) => picture.id !== gone.id) }));
  return (
    <section aria-label={shows === "before" ? gettext("Photos") : gettext("Photos after the work")}>
      {error && <FieldError>{error}</FieldError>}
      <div class="shots">
        {pictures.map((picture, at) => (
          <Shot key={picture.id} picture={picture} number={at + 1} share={patrol.share(picture.id)} onRemove={() => remove(picture)} />
        ))}
        <CameraInput class="btn shot-add" onFiles={(files) => patrol.addPictures(id, files, shows)}>
          <Icon name="camera" size="xl" />
          <span class="small">{pictures.length ? gettext("One more") : gettext("Take a photo")}</span>
        </CameraInput>
      </div>
      {pictures.length === 0 && (
        <CameraInput class="linkbtn" camera={false} onFiles={(files) => patrol.addPictures(id, files, shows)}>
          {gettext("No camera? Choose from the phone's pictures")}
        </CameraInput>
      )}
    </section>
  );
}

function Shot({ picture, number, share, onRemove }: { picture: Picture; number: number; share: number; onRemove: () => void }) {
  const running = picture.sha256 === null && share > 0;
  return (
    <figure class="shot">
      <LocalPicture blob={picture.blob} alt={say("Photo %(number)s", { number })} />
      <Button icon="x" class="shot-remove" label={say("Remove photo %(number)s", { number })} onClick={onRemove} />
      {running && (
        <span class="bar is-normal shot-bar">
          <i style={{ width: `${Math.round(share * 100)}%` }} />
        </span>
      )}
      <figcaption class="shot-words tiny">{picture.sha256 !== null ? gettext("sent") : running ? say("sending %(percent)s%", { percent: Math.round(share * 100) }) : gettext("kept here")}</figcaption>
    </figure>
  );
}
