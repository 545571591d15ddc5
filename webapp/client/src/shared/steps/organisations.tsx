/** Several organisations to choose: those found are ticked by mouse or by key, those chosen stand above with what follows for them. */
import { useEffect, useRef, useState } from "preact/hooks";
import { api, asProblem, type OrganisationChoice } from "../api/index.ts";
import { gettext, say } from "../i18n.ts";
import { Button } from "../ui/basics.tsx";
import { FieldError } from "../ui/fields.tsx";
import type { ControlProps } from "./inputs.tsx";
import { matchingOrganisations } from "./values.ts";

const asked = new Map<string, Promise<OrganisationChoice[]>>();

/** Whom `step` may give the event to. Two fields of one form that ask at the same time ask once. */
export function organisationsOf(no: string, step: string): Promise<OrganisationChoice[]> {
  const key = `${no} ${step}`;
  const pending = asked.get(key);
  if (pending) return pending;
  const question = api.organisations(no, step).finally(() => asked.delete(key));
  asked.set(key, question);
  return question;
}

/** Those chosen from the start: who has a share already, or is suggested for one. */
export function chosenAtFirst(choices: readonly OrganisationChoice[], step: string): string[] {
  const wanted = (one: OrganisationChoice): boolean => (step === "redispatch" ? one.shares : step === "dispatch" && one.role === "joint");
  return choices.filter(wanted).map((one) => String(one.id));
}

export function OrganisationsControl({ event, step, value, onChange, lead = "", tie }: ControlProps) {
  const [choices, setChoices] = useState<OrganisationChoice[] | null>(null);
  const [typed, setTyped] = useState("");
  const [error, setError] = useState("");
  const list = useRef<HTMLUListElement>(null);
  const chosen = Array.isArray(value) ? (value as string[]) : [];
  const latest = useRef({ chosen, onChange });
  latest.current = { chosen, onChange };
  useEffect(() => {
    const take = (found: OrganisationChoice[]): void => {
      setChoices(found);
      const first = chosenAtFirst(found, step);
      if (latest.current.chosen.length === 0 && first.length > 0) latest.current.onChange(first);
    };
    organisationsOf(event.no, step).then(take, (thrown: unknown) => setError(asProblem(thrown).detail));
  }, [event.no, step]);
  useEffect(() => {
    const now = latest.current;
    if (lead !== "" && now.chosen.includes(lead)) now.onChange(now.chosen.filter((one) => one !== lead)); /* whoever leads shares with nobody */
  }, [lead]);
  if (error) return <FieldError>{error}</FieldError>;
  if (choices === null) return <span class="skeleton tall" />;
  const others = choices.filter((one) => String(one.id) !== lead);
  if (others.length === 0) return <p class="small dim">{gettext("There is no organisation that it could go to.")}</p>;
  const found = matchingOrganisations(others, typed);
  const toggle = (id: string): void => onChange(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id]);
  return (
    <div class="stack">
      <Chosen choices={others} chosen={chosen} onRemove={toggle} />
      <input
        {...tie}
        class="input"
        type="text"
        autocomplete="off"
        value={typed}
        placeholder={gettext("Find an organisation; Enter takes the first")}
        onInput={(input) => setTyped(input.currentTarget.value)}
        onKeyDown={(press) => {
          if (press.key === "Enter" && !press.ctrlKey && !press.metaKey) {
            press.preventDefault(); /* sends no form half filled in */
            const first = found.find((one) => !chosen.includes(String(one.id)));
            if (typed.trim() !== "" && first) {
              toggle(String(first.id));
              setTyped("");
            }
          }
          if (press.key === "ArrowDown") {
            press.preventDefault();
            list.current?.querySelector("input")?.focus();
          }
        }}
      />
      {found.length === 0 && <p class="small dim">{gettext("No organisation has that in its name.")}</p>}
      <ul ref={list} class={found.length > 0 ? "ticklist" : "unseen"} aria-label={gettext("Organisations to choose")} onKeyDown={walk}>
        {found.map((one) => (
          <li key={one.id}>
            <label class="checkline">
              <input type="checkbox" checked={chosen.includes(String(one.id))} onChange={() => toggle(String(one.id))} />
              <span>{one.name}</span>
            </label>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Up and down walk through the ticks, as in a list. */
function walk(press: KeyboardEvent): void {
  const step = press.key === "ArrowDown" ? 1 : press.key === "ArrowUp" ? -1 : 0;
  const list = press.currentTarget;
  if (step === 0 || !(list instanceof HTMLElement)) return;
  press.preventDefault();
  const boxes = [...list.querySelectorAll("input")];
  const at = boxes.findIndex((box) => box === document.activeElement);
  boxes[Math.min(boxes.length - 1, Math.max(0, at + step))]?.focus();
}

function Chosen({ choices, chosen, onRemove }: { choices: readonly OrganisationChoice[]; chosen: readonly string[]; onRemove: (id: string) => void }) {
  const found = choices.filter((one) => chosen.includes(String(one.id)));
  if (found.length === 0) return null;
  return (
    <ul class="chosen" aria-label={gettext("Chosen")}>
      {found.map((one) => (
        <li key={one.id}>
          <div class="grow">
            <p class="strong">{one.name}</p>
            {one.effect && <p class="small dim">{one.effect}</p>}
          </div>
          <Button kind="quiet" icon="x" label={say("Leave out %(name)s", { name: one.name })} onClick={() => onRemove(String(one.id))} />
        </li>
      ))}
    </ul>
  );
}
