/* What is found on the spot: 核查通过 or 返工 after the work, 属实, 不实 or 无法判断 before it. A photo, a word, one button. */
import { useEffect, useRef, useState } from "preact/hooks";
import { type AllowedStep, type ApiProblem, asProblem, type EventCard } from "../shared/api/index.ts";
import { gettext, say } from "../shared/i18n.ts";
import { CategoryChips } from "./categorypick.tsx";
import { ConflictDialog, useStepRunner } from "../shared/steps/index.ts";
import { Button, cls, Field, FieldError, Icon, Note, TextArea, TextInput } from "../shared/ui/index.ts";
import { type Fix, locate } from "./locate.ts";
import type { Patrol } from "./model.ts";
import { CameraInput } from "./parts.tsx";
import { keepCheck, keptCheck, type CheckDraft } from "./store.ts";
import { upload } from "./upload.ts";

const NOTHING: CheckDraft = { text: "", far_reason: "", photos: [] };

/** What was typed for this event, kept through errors and reloads. */
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

/** The answers that an officer gives on the spot: a check's, and a verification's. */
export const CHECKS: readonly string[] = ["fail_check", "pass_check"];
export const VERIFIES: readonly string[] = ["confirm", "refute", "cannot_tell"];
const GOOD: ReadonlySet<string> = new Set(["pass_check", "confirm"]);

/** The steps that are answers of one kind, in the order of their buttons. */
export function answers(steps: readonly AllowedStep[]): AllowedStep[] {
  const of = (names: readonly string[]): AllowedStep[] => names.flatMap((name) => steps.find((step) => step.step === name) ?? []);
  const verifies = of(VERIFIES);
  return verifies.length ? verifies : of(CHECKS);
}

/** What is sent of a draft: only what the step asks for; where the phone stands goes with a check. */
export function given(step: AllowedStep, draft: CheckDraft, standing: Record<string, unknown>): Record<string, unknown> {
  const asked = new Set(step.fields.map((field) => field.name));
  const { text, far_reason, photos, category } = draft;
  return {
    ...(asked.has("photos") ? { photos } : {}),
    ...(asked.has("far_reason") ? standing : {}),
    ...(text.trim() ? { text: text.trim() } : {}),
    ...(asked.has("far_reason") && far_reason.trim() ? { far_reason: far_reason.trim() } : {}),
    ...(asked.has("category") && category ? { category } : {}),
  };
}

interface CheckProps {
  patrol: Pick<Patrol, "recent" | "categories">;
  card: EventCard;
  steps: readonly AllowedStep[];
  onDone: (card: EventCard) => void;
}

export function CheckForm({ patrol, card, steps, onDone }: CheckProps) {
  const [draft, keep] = useCheckDraft(card.no);
  const [sending, setSending] = useState<number | null>(null);
  const [gap, setGap] = useState("");
  const [uploadFault, setUploadFault] = useState("");
  const [mended, setMended] = useState<readonly string[]>([]); // changed since the last try: what was wrong with it is over
  const set = (patch: Partial<CheckDraft>): void => {
    setGap("");
    setMended((old) => [...old, ...Object.keys(patch)]);
    keep(patch);
  };
  const runner = useStepRunner(card, (fresh) => {
    void keepCheck(card.no, NOTHING).catch(() => undefined);
    onDone(fresh);
  });
  const standing = useStanding();
  const uncategorised = card.category === null && steps.some((step) => step.fields.some((field) => field.name === "category"));
  const far = errorOf(runner.problem, "far_reason");
  const add = async (files: File[]): Promise<void> => {
    setUploadFault("");
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
    const wanting = lacking(step, draft, uncategorised);
    setGap(wanting);
    setMended([]);
    if (wanting) return;
    void runner.submit(step, given(step, draft, standing()), against);
  };
  return (
    <div class="pact checkform">
      <CheckShots photos={draft.photos} sending={sending} onAdd={(files) => void add(files)} onRemove={(gone) => set({ photos: draft.photos.filter((one) => one !== gone) })} />
      {uploadFault && <FieldError>{say("The photo was not sent: %(why)s", { why: uploadFault })}</FieldError>}
      <TextArea rows={2} value={draft.text} onInput={(text) => set({ text })} label={gettext("What you found")} placeholder={whatFound(steps)} />
      {uncategorised && <CategoryChips patrol={patrol} text={`${card.description} ${draft.text}`} chosen={draft.category ?? null} error={mended.includes("category") ? "" : errorOf(runner.problem, "category")} onPick={(picked) => set({ category: picked.code })} />}
      <FarReason steps={steps} value={draft.far_reason} asked={far !== ""} error={mended.includes("far_reason") ? "" : far} onInput={(far_reason) => set({ far_reason })} />
      {gap && <FieldError>{gap}</FieldError>}
      {!far && <Refused problem={runner.problem} />}
      <Follows steps={steps} />
      <Answers steps={steps} busy={runner.busy} blocked={sending !== null} onTake={take} />
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

function errorOf(problem: ApiProblem | null, field: string): string {
  return problem?.field(field) ?? "";
}

/** Why the photo is from elsewhere, once it was asked for; before that, when it will be. */
function FarReason({ steps, value, asked, error, onInput }: { steps: readonly AllowedStep[]; value: string; asked: boolean; error: string; onInput: (value: string) => void }) {
  const field = steps.flatMap((step) => step.fields).find((one) => one.name === "far_reason");
  if (asked || value) {
    return (
      <Field label={gettext("Why the photo is from farther away")} help={field?.help ?? ""} error={error} required>
        {(tie) => <TextInput tie={tie} value={value} maxLength={200} onInput={onInput} />}
      </Field>
    );
  }
  return field?.help ? <p class="small dim">{say("%(label)s: %(help)s", { label: field.label, help: field.help })}</p> : null;
}

function whatFound(steps: readonly AllowedStep[]): string {
  return steps.some((step) => VERIFIES.includes(step.step)) ? gettext("What you found (needed unless it is so)") : gettext("What you found (needed to send it back)");
}

function Answers({ steps, busy, blocked, onTake }: { steps: readonly AllowedStep[]; busy: string | null; blocked: boolean; onTake: (step: AllowedStep) => void }) {
  return (
    <div class={cls(steps.length === 2 && "two", steps.length === 3 && "three")}>
      {steps.map((step) => (
        <Button key={step.step} block busy={busy === step.step} disabled={busy !== null || blocked} {...(GOOD.has(step.step) ? { kind: "primary" as const } : {})} onClick={() => onTake(step)}>
          {step.label}
        </Button>
      ))}
    </div>
  );
}

/** What follows from each answer, where the server says so. */
function Follows({ steps }: { steps: readonly AllowedStep[] }) {
  const said = steps.filter((step) => step.effect !== "");
  if (said.length === 0) return null;
  return (
    <details class="small dim follows">
      <summary>{gettext("What follows")}</summary>
      <ul>
        {said.map((step) => (
          <li key={step.step}>{say("%(step)s: %(effect)s", { step: step.label, effect: step.effect })}</li>
        ))}
      </ul>
    </details>
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
export function lacking(step: AllowedStep, draft: CheckDraft, uncategorised = false): string {
  const required = new Set(step.fields.filter((field) => field.required).map((field) => field.name));
  if (required.has("photos") && !draft.photos.length) return gettext("Take a photo on the spot first.");
  if (required.has("text") && !draft.text.trim()) return gettext("Write what you found first.");
  if (uncategorised && !draft.category && step.fields.some((field) => field.name === "category")) return gettext("Choose the category first.");
  return "";
}
