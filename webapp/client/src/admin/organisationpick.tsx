/* An organisation found by typing part of its name or code, where this administrator works. */
import { useEffect, useState } from "preact/hooks";
import { gettext } from "../shared/i18n.ts";
import { Field, TextInput } from "../shared/ui/fields.tsx";
import { admin, type Choice } from "./api.ts";

interface PickProps {
  label: string;
  /** The code; empty while none is chosen. */
  value: string;
  /** What the chosen one is called, to begin with. */
  named?: string;
  error: string;
  onChoose: (code: string) => void;
}

const PATIENCE_MS = 250;

export function OrganisationPick({ label, value, named = "", error, onChoose }: PickProps) {
  const [typed, setTyped] = useState(named);
  const [found, setFound] = useState<Choice[]>([]);
  useEffect(() => {
    let gone = false;
    const timer = setTimeout(() => {
      admin.choices(typed).then(
        (choices) => !gone && setFound(choices),
        () => !gone && setFound([]),
      );
    }, PATIENCE_MS);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [typed]);
  const shown = found.some((one) => one.code === value) || value === "" ? found : [{ code: value, name: named || value, kind: "", level: "", path: "" }, ...found];
  return (
    <>
      <Field label={gettext("Find the organisation")} required>
        {(tie) => <TextInput tie={{ id: tie.id }} value={typed} maxLength={80} placeholder={gettext("Part of its name or code")} onInput={setTyped} />}
      </Field>
      <Field label={label} required {...(error ? { error } : {})}>
        {(tie) => (
          <select {...tie} class="input" value={value} onChange={(event) => onChoose(event.currentTarget.value)}>
            <option value="">{found.length === 0 ? gettext("No organisation has this in its name") : gettext("Please choose")}</option>
            {shown.map((one) => (
              <option key={one.code} value={one.code}>
                {one.name}
              </option>
            ))}
          </select>
        )}
      </Field>
    </>
  );
}
