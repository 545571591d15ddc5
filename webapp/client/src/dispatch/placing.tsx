/* Tickets that wait to be placed: the address in words, and a map to click where it is. */
import { useEffect, useState } from "preact/hooks";
import type { ApiProblem, EventCard } from "../shared/api/index.ts";
import { gettext } from "../shared/i18n.ts";
import { useKeys } from "../shared/keys.ts";
import type { Spot } from "../shared/placemap/engine.ts";
import { ConflictDialog, useStepRunner } from "../shared/steps/index.ts";
import { Button, Note } from "../shared/ui/index.ts";
import { FindPlace } from "./findplace.tsx";
import { GridName } from "../shared/placemap/gridname.tsx";

function usePlacingKey(active: boolean, run: () => void): void {
  useKeys([{ keys: "Enter", label: gettext("Place it there"), group: gettext("Places that fit"), run }], active);
}

/** Shown above the preview's other steps while `place` is allowed. Give it `key={card.no}`. */
export function Placing({ card, blocked, onCard }: { card: EventCard; blocked: string; onCard: (card: EventCard) => void }) {
  const [spot, setSpot] = useState<Spot | null>(null);
  const [address, setAddress] = useState(card.address);
  const [inside, setInside] = useState(false);
  const runner = useStepRunner(card, onCard);
  const step = card.allowed_steps.find((one) => one.step === "place");
  useEffect(() => setSpot(null), [card.no]);
  const ready = inside && blocked === "" && runner.busy === null;
  usePlacingKey(ready && step !== undefined, () => send());
  const send = (against?: EventCard): void => {
    if (spot && step) void runner.submit(step, { point: { lng: spot.lng, lat: spot.lat, crs: "wgs84" }, ...(address.trim() ? { address: address.trim() } : {}) }, against);
  };
  if (!step) return null;
  return (
    <section class="placing" aria-label={step.label}>
      <div class="placing-words">
        <h3>{gettext("Where is it? Choose a number, or click the place on the map.")}</h3>
        <label class="field">
          <span class="label">{gettext("Address, as it was said")}</span>
          <input class="input" value={address} maxLength={200} onInput={(event) => setAddress(event.currentTarget.value)} />
        </label>
        {card.given_point && <p class="small dim">{`${gettext("The ticket gave")} ${card.given_point.lng}, ${card.given_point.lat} (${card.given_point.crs})`}</p>}
      </div>
      <div class="placing-map">
        <FindPlace key={card.no} no={card.no} address={card.address} spot={spot} onChoose={setSpot} />
      </div>
      <div class="placing-foot">
        <span class="grow small">
          <GridName spot={spot} onInside={setInside} />
        </span>
        <Button kind="primary" icon="pin" kbd="Enter" disabled={!inside || blocked !== ""} busy={runner.busy !== null} onClick={() => send()}>
          {step.label}
        </Button>
      </div>
      {runner.problem && <Refused problem={runner.problem} />}
      {runner.conflict && <ConflictDialog conflict={runner.conflict} runner={runner} onCard={onCard} onAgain={send} values={{ address }} />}
    </section>
  );
}

function Refused({ problem }: { problem: ApiProblem }) {
  return (
    <Note kind="over" icon="alert">
      {problem.errors[0]?.message ?? problem.detail}
    </Note>
  );
}
