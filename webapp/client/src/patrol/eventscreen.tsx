/* One event on the phone: what it is and how it stands; and the check or the verification, where it is this officer's. */
import { useCallback, useEffect, useState } from "preact/hooks";
import { type AllowedStep, api, type ApiProblem, asProblem, type EventCard } from "../shared/api/index.ts";
import { MergeNote } from "../shared/duplicates.tsx";
import { gettext } from "../shared/i18n.ts";
import { useSeen } from "../shared/notices/store.ts";
import { PlaceMap } from "../shared/placemap/placemap.tsx";
import { StepButtons, StepForm } from "../shared/steps/index.ts";
import { Clock, Flags, Journal, Note, PhotoStrip, ProblemState, SkeletonRows, StateBadge, UrgentBadge } from "../shared/ui/index.ts";
import { answers, CHECKS, CheckForm, VERIFIES } from "./checkform.tsx";
import type { Patrol } from "./model.ts";
import { PhoneBar } from "./parts.tsx";

export function EventScreen({ patrol, no, onChanged }: { patrol: Patrol; no: string; onChanged: () => void }) {
  const [card, setCard] = useState<EventCard | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const load = useCallback(() => {
    api.event(no).then(
      (fresh) => {
        setCard(fresh);
        setProblem(null);
      },
      (thrown: unknown) => setProblem(asProblem(thrown)),
    );
  }, [no]);
  useEffect(() => {
    setCard(null);
    load();
  }, [load]);
  useSeen(card?.no, card?.version ?? 0);
  const done = (fresh: EventCard): void => {
    setCard(fresh);
    onChanged();
  };
  return (
    <>
      <PhoneBar title={card ? (card.category?.name ?? gettext("No category yet")) : no} back={{ name: "home" }}>
        {card && <StateBadge row={card} />}
      </PhoneBar>
      {card ? (
        <Whole patrol={patrol} card={card} onDone={done} />
      ) : (
        <main class="pbody">{problem ? <ProblemState title={gettext("The event did not come")} problem={problem} retry={load} /> : <SkeletonRows rows={8} columns={[90]} />}</main>
      )}
    </>
  );
}

/** Who asked to look whether it is so, and what to look for. */
function Asked({ card }: { card: EventCard }) {
  const entry = card.state === "verifying" ? card.journal.findLast((item) => item.step === "request_verify") : undefined;
  if (!entry) return null;
  return (
    <Note icon="eye">
      <p>{entry.sentence}</p>
      {entry.text && <p class="pre strong">{entry.text}</p>}
    </Note>
  );
}

/** Whom the task on the spot went to and why: standing in, or handed over because it was overdue. */
function Why({ card }: { card: EventCard }) {
  const task = card.tasks.findLast((one) => (one.kind === "verify" || one.kind === "check") && one.why);
  const open = card.state === "verifying" || card.state === "pending_check";
  return open && task?.why ? <Note icon="user">{task.why}</Note> : null;
}

function Whole({ patrol, card, onDone }: { patrol: Patrol; card: EventCard; onDone: (card: EventCard) => void }) {
  const checks = answers(card.allowed_steps);
  const others = card.allowed_steps.filter((step) => !CHECKS.includes(step.step) && !VERIFIES.includes(step.step));
  const [open, setOpen] = useState<AllowedStep | null>(null);
  const finish = (fresh: EventCard): void => {
    setOpen(null);
    onDone(fresh);
  };
  return (
    <>
      <main class="pbody pform">
        <p class="small dim mono">
          {card.no} {card.urgent && <UrgentBadge />} <Flags row={card} />
        </p>
        <Asked card={card} />
        <MergeNote card={card} linked={false} />
        <Why card={card} />
        {card.description && <p class="pre">{card.description}</p>}
        <PhotoStrip photos={card.photos} />
        <p>
          {card.place} <span class="dim">{card.address}</span>
        </p>
        <Clock row={card} />
        {card.lng !== null && card.lat !== null && (
          <div class="placebox">
            <PlaceMap spot={{ lng: card.lng, lat: card.lat, accuracy_m: null }} use="look" label={gettext("Where it is")} />
          </div>
        )}
        {open && <StepForm key={open.step} event={card} step={open} onDone={finish} onCancel={() => setOpen(null)} />}
        {!open && others.length > 0 && <StepButtons event={{ lng: card.lng, allowed_steps: others.map((step) => ({ ...step, primary: false })) }} onPick={setOpen} keys={false} />}
        <h2 class="pheading">{gettext("What was done")}</h2>
        <Journal items={card.journal} />
      </main>
      {checks.length > 0 && <CheckForm key={`${card.no} ${card.state}`} patrol={patrol} card={card} steps={checks} onDone={onDone} />}
    </>
  );
}
