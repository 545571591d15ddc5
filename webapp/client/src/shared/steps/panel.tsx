/** The steps that may be taken now, as buttons; one opens into its form, one without questions is taken at once. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { AllowedStep, EventCard } from "../api/index.ts";
import { gettext, say } from "../i18n.ts";
import { useKeys } from "../keys.ts";
import { Button, cls, Note } from "../ui/basics.tsx";
import { MenuButton, type MenuItem } from "../ui/menu.tsx";
import { STEP_ICONS } from "../ui/stepicons.ts";
import { ConflictDialog } from "./conflict.tsx";
import { focusBack, focusList, isAdrift } from "./focus.ts";
import { MergeNote, Suspected, useCandidates } from "../duplicates.tsx";
import { StepForm } from "./form.tsx";
import type { StepValues } from "./values.ts";
import { columns, laidOut } from "./order.ts";
import { type Conflict, type Runner, useStepRunner } from "./runner.ts";

/** Ends an event otherwise than by its work. */
const ENDING: ReadonlySet<string> = new Set(["force_close", "void"]);

interface StepButtonsProps {
  event: Pick<EventCard, "allowed_steps" | "lng"> & Partial<Pick<EventCard, "category" | "grid">>;
  onPick: (step: AllowedStep) => void;
  busy?: string | null;
  disabled?: boolean;
  /** Shows the letter on each button; off on phones and in previews without keys. */
  keys?: boolean;
}

export function StepButtons({ event, onPick, busy = null, disabled = false, keys = true }: StepButtonsProps) {
  const { bar, more } = laidOut(event.allowed_steps, event.lng !== null);
  const first = bar.find((step) => step.primary);
  const items = more.map(
    (step): MenuItem => ({ key: step.step, label: step.label, icon: STEP_ICONS[step.step] ?? "note", kbd: keys ? step.key : null, title: step.effect, apart: ENDING.has(step.step), run: () => onPick(step) }),
  );
  return (
    <div class={`steps steps-${columns(bar.length - (first ? 1 : 0) + (more.length > 0 ? 1 : 0))}`}>
      {bar.map((step) => {
        const primary = step === first;
        const icon = primary ? STEP_ICONS[step.step] : undefined;
        return (
          <Button
            key={step.step}
            class={cls(primary && "wide")}
            disabled={disabled}
            busy={busy === step.step}
            kbd={keys ? step.key : null}
            onClick={() => onPick(step)}
            {...(primary && !(step.step === "accept" && lacking(event).length > 0) ? { kind: "primary" as const } : {})}
            {...(icon ? { icon } : {})}
            {...(step.effect ? { title: step.effect } : {})}
          >
            {step.label}
          </Button>
        );
      })}
      {items.length > 0 && <MenuButton label={gettext("More")} items={items} disabled={disabled} busy={more.some((step) => step.step === busy)} />}
    </div>
  );
}

interface StepPanelProps {
  event: EventCard;
  onCard: (card: EventCard) => void;
  blocked?: string;
  keys?: boolean;
}

/** Buttons, form, keys and conflict of one event. Give it `key={event.no}`, so that another event starts afresh. */
export function StepPanel({ event, onCard, blocked = "", keys = true }: StepPanelProps) {
  /* The form keeps the event it was opened with: a live change neither closes it nor slips a newer version under it. */
  const [open, setOpen] = useState<{ step: AllowedStep; event: EventCard; initial: StepValues } | null>(null);
  const root = useRef<HTMLDivElement>(null);
  const [left, setLeft] = useState<{ before: Element | null; label: string } | null>(null);
  const before = useRef<Element | null>(null);
  /* The next event's panel may stand here by then; the list is found all the same. */
  const backToList = (): void => void setTimeout(() => isAdrift() && focusList(root.current), 0);
  useLayoutEffect(() => {
    if (left) focusBack(left.before, root.current, left.label);
  }, [left]);
  const runner = useStepRunner(event, (card) => {
    onCard(card);
    backToList();
  });
  const merge = event.allowed_steps.find((one) => one.step === "merge");
  const suspected = useCandidates(event, merge !== undefined);
  const pick = (picked: AllowedStep, initial: StepValues = {}): void => {
    if (blocked) return;
    runner.clear();
    if (picked.fields.length === 0) void runner.submit(picked, {});
    else {
      before.current = document.activeElement;
      setOpen({ step: picked, event, initial });
    }
  };
  useKeys(
    event.allowed_steps.flatMap((one) => (one.key ? [{ keys: one.key.toLowerCase(), label: one.label, group: gettext("Steps"), run: () => pick(one) }] : [])),
    keys && open === null,
  );
  const done = (card: EventCard): void => {
    setOpen(null);
    onCard(card);
    backToList();
  };
  const cancel = (): void => {
    setOpen(null);
    if (open) setLeft({ before: before.current, label: open.step.label });
  };
  /* The form keeps the event as it was when it was opened: what others do meanwhile neither closes it nor slips past. */
  if (event.allowed_steps.length === 0 && open === null) {
    return (
      <div class="stack">
        <MergeNote card={event} />
        <p class="small dim">{whyNone(event)}</p>
      </div>
    );
  }
  if (open) return <StepForm key={open.step.step} event={open.event} newest={event.version} step={open.step} initial={open.initial} blocked={blocked} onDone={done} onCancel={cancel} />;
  return (
    <div class="stack" ref={root} tabIndex={-1}>
      <StepButtons event={event} onPick={pick} busy={runner.busy} disabled={blocked !== ""} keys={keys} />
      <FirstNeeded event={event} onPick={pick} />
      <MergeNote card={event} />
      <UnderButtons event={event} blocked={blocked} problem={runner.problem?.detail ?? ""} />
      <Suspected
        found={suspected}
        action={(one) => (
          <Button icon="merge" disabled={blocked !== ""} onClick={() => merge && pick(merge, { into: one.event.no })}>
            {say("Merge into %(no)s", { no: one.event.no })}
          </Button>
        )}
      />
      {runner.conflict && <DirectConflict conflict={runner.conflict} runner={runner} onCard={onCard} />}
    </div>
  );
}

const FILLED_BY = { category: "recategorise", grid: "place" } as const;

/** What an event still lacks before it can be accepted, with the way to the form that gives it. */
function FirstNeeded({ event, onPick }: { event: EventCard; onPick: (step: AllowedStep) => void }) {
  const lacks = lacking(event);
  if (lacks.length === 0) return null;
  const words = { category: gettext("Set the category"), grid: gettext("Mark the place") };
  return (
    <Note kind="near" icon="alert">
      <span>{say("Missing before it can be accepted: %(what)s.", { what: lacks.map((one) => (one === "category" ? gettext("the category") : gettext("the place"))).join(gettext(" and ")) })}</span>
      <span class="row wrap">
        {lacks.map((one) => {
          const step = event.allowed_steps.find((allowed) => allowed.step === FILLED_BY[one]);
          return step ? (
            <Button key={one} onClick={() => onPick(step)}>
              {words[one]}
            </Button>
          ) : null;
        })}
      </span>
    </Note>
  );
}

/** Of an event that waits to be accepted: which of category and grid it does not have yet. */
function lacking(event: Pick<EventCard, "allowed_steps"> & Partial<Pick<EventCard, "category" | "grid">>): ("category" | "grid")[] {
  if (!event.allowed_steps.some((one) => one.step === "accept")) return [];
  return (["category", "grid"] as const).filter((one) => event[one] === null);
}

function UnderButtons({ event, blocked, problem }: { event: EventCard; blocked: string; problem: string }) {
  const first = event.allowed_steps.find((one) => one.primary);
  const effect = first?.effect ? say("%(step)s: %(effect)s", { step: first.label, effect: first.effect }) : "";
  return (
    <>
      {blocked ? (
        <Note kind="near" icon="offline">
          {blocked}
        </Note>
      ) : (
        effect && <p class="small dim">{effect}</p>
      )}
      {problem && (
        <Note kind="over" icon="alert">
          {problem}
        </Note>
      )}
    </>
  );
}

/** For a step that was sent without a form. */
function DirectConflict({ conflict, runner, onCard }: { conflict: Conflict; runner: Runner; onCard: (card: EventCard) => void }) {
  return <ConflictDialog conflict={conflict} runner={runner} onCard={onCard} onAgain={(now) => void runner.submit(conflict.step, conflict.fields, now)} />;
}

/** The states in which the lead organisation works on an event. */
const WITH_THE_LEAD: ReadonlySet<string> = new Set(["dispatched", "handling", "suspended"]);

/** Tasks of those who go and look. */
const ON_SITE: ReadonlySet<string> = new Set(["verify", "check"]);

/** Whose move it is: of those on the spot who were sent there, of the lead while it works, else of the centre. */
export function withWhom(event: Pick<EventCard, "state" | "tasks" | "lead" | "holder">): string {
  const onSite = event.tasks.find((task) => task.ended_at === null && ON_SITE.has(task.kind));
  if (onSite) return [onSite.organisation, onSite.user].filter(Boolean).join(" ");
  return WITH_THE_LEAD.has(event.state) && event.lead !== null ? event.lead : event.holder;
}

function whyNone(event: EventCard): string {
  if (event.ended_at !== null) return gettext("This event has ended; nothing is left to do.");
  return say("Nothing for your post to do here now: it is with %(holder)s.", { holder: withWhom(event) });
}
