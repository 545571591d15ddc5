/* The check on the spot: a photo, a word, 核查通过 or 返工. Says why a photo from far away needs a reason. */
import { useEffect, useRef, useState } from "preact/hooks";
import { type AllowedStep, type ApiProblem, asProblem, type EventCard } from "../shared/api/index.ts";
import { gettext, say } from "../shared/i18n.ts";
import { ConflictDialog, useStepRunner } from "../shared/steps/index.ts";
import { Button, Field, FieldError, Icon, Note, TextArea, TextInput } from "../shared/ui/index.ts";
import { type Fix, locate } from "./locate.ts";
import { CameraInput } from "./parts.tsx";
import { keepCheck, keptCheck, type CheckDraft } from "./store.ts";
import { upload } from "./upload.ts";

const NOTHING: CheckDraft = { text: "", far_reason: "", photos: [] };

/** What was typed for this event's check, kept through errors and reloads. */
function useCheckDraft(no: string): [CheckDraft, (patch: Partial<CheckDraft>) => void] {
  const [draft, setDraft] = useState<CheckDraft>(NOTHING);
  const latest = useRef(draft);
  latest.current = draft;
  useEffect(() => {
    keptCheck(no).then((found) => found && setDraft(found), () => undefined);
  }, [no]);
  return [
    draft,
    (patch) => {
      const next = { ...latest.current, ...patch };
      latest.current = next;
      setDraft(next);
      void keepCheck(no, next).catch(() => undefined);
    },
  ];
}

/** Where the phone stands, for photos that don't say where they were taken; nothing while it can't tell. */
function useStanding(): () => Record<string, unknown> {
  const fix = useRef<Fix>({ kind: "seeking" });
  useEffect(() => locate((found) => (fix.current = found), { geolocation: navigator.geolocation, secure: window.isSecureContext }), []);
  return () => {
    if (fix.current.kind !== "fixed") return {};
    const { lng, lat, accuracy_m } = fix.current.place;
    return { point: { lng, lat, crs: "wgs84", accuracy_m } };
  };
}

export function CheckForm({ card, steps, onDone }: { card: EventCard; steps: readonly AllowedStep[]; onDone: (card: EventCard) => void }) {
  const [draft, set] = useCheckDraft(card.no);
  const [sending, setSending] = useState<number | null>(null);
  const [gap, setGap] = useState("");
  const [uploadFault, setUploadFault] = useState("");
  const runner = useStepRunner(card, (fresh) => {
    void keepCheck(card.no, NOTHING).catch(() => undefined);
    onDone(fresh);
  });
  const standing = useStanding();
  const far = runner.problem?.field("far_reason") ?? "";
  const add = async (files: File[]): Promise<void> => {
    setUploadFault("");
    setGap("");
    const known = [...draft.photos];
    for (const file of files) {
      setSending(0);
      try {
        const receipt = await upload(file, setSending);
        if (!known.includes(receipt.sha256)) known.push(receipt.sha256);
        set({ photos: [...known] });
      } catch (thrown) {
        setUploadFault(asProblem(thrown).detail);
      }
      setSending(null);
    }
  };
  const take = (step: AllowedStep, against?: EventCard): void => {
    const wanting = lacking(step, draft);
    setGap(wanting);
    if (wanting) return;
    const { text, far_reason, photos } = draft;
    void runner.submit(step, { photos, ...standing(), ...(text.trim() ? { text: text.trim() } : {}), ...(far_reason.trim() ? { far_reason: far_reason.trim() } : {}) }, against);
  };
  return (
    <div class="pact checkform">
      <CheckShots photos={draft.photos} sending={sending} onAdd={(files) => void add(files)} onRemove={(gone) => set({ photos: draft.photos.filter((one) => one !== gone) })} />
      {uploadFault && <FieldError>{say("The photo was not sent: %(why)s", { why: uploadFault })}</FieldError>}
      <TextArea rows={2} value={draft.text} onInput={(text) => set({ text })} label={gettext("What you found")} placeholder={gettext("What you found (needed to send it back)")} />
      {(far || draft.far_reason) && (
        <Field label={gettext("Why the photo is from farther away")} error={far} required>
          {(tie) => <TextInput tie={tie} value={draft.far_reason} maxLength={200} onInput={(far_reason) => set({ far_reason })} />}
        </Field>
      )}
      {gap && <FieldError>{gap}</FieldError>}
      {!far && <Refused problem={runner.problem} />}
      <div class={steps.length > 1 ? "two" : ""}>
        {[...steps].reverse().map((step) => (
          <Button key={step.step} block busy={runner.busy === step.step} disabled={runner.busy !== null || sending !== null} {...(step.step === "pass_check" ? { kind: "primary" as const } : {})} onClick={() => take(step)}>
            {step.label}
          </Button>
        ))}
      </div>
      {runner.conflict && <ConflictDialog conflict={runner.conflict} runner={runner} onCard={onDone} onAgain={(now) => runner.conflict && take(runner.conflict.step, now)} values={{ text: draft.text }} />}
    </div>
  );
}

function CheckShots({ photos, sending, onAdd, onRemove }: { photos: readonly string[]; sending: number | null; onAdd: (files: File[]) => void; onRemove: (sha256: string) => void }) {
  return (
    <div class="shots">
      {photos.map((sha256, at) => (
        <figure class="shot" key={sha256}>
          <img src={`/api/v1/photos/${sha256}?size=thumb`} alt={say("Photo %(number)s", { number: at + 1 })} />
          <Button icon="x" class="shot-remove" label={say("Remove photo %(number)s", { number: at + 1 })} onClick={() => onRemove(sha256)} />
        </figure>
      ))}
      <CameraInput class="btn shot-add" onFiles={onAdd}>
        <Icon name="camera" size="xl" />
        <span class="small">{sending === null ? gettext("Take a photo") : say("sending %(percent)s%", { percent: Math.round(sending * 100) })}</span>
      </CameraInput>
    </div>
  );
}

function Refused({ problem }: { problem: ApiProblem | null }) {
  if (!problem) return null;
  return (
    <Note kind="over" icon="alert">
      {problem.errors[0]?.message ?? problem.detail}
    </Note>
  );
}

/** What a step still needs, in words; "" when nothing. The step itself says which fields it requires. */
export function lacking(step: AllowedStep, draft: CheckDraft): string {
  const required = new Set(step.fields.filter((field) => field.required).map((field) => field.name));
  if (required.has("photos") && !draft.photos.length) return gettext("Take a photo on the spot first.");
  if (required.has("text") && !draft.text.trim()) return gettext("Write what you found first.");
  return "";
}
