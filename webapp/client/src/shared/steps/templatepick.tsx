/** The organisation's words for a step, with the event's facts in them: one chosen is added to what stands in the field. */
import { useEffect, useState } from "preact/hooks";
import { desk, type ReadyTemplate } from "../api/index.ts";
import { gettext, say } from "../i18n.ts";

/** The steps that have templates; of any other none is asked for. */
const WITH_TEMPLATES: ReadonlySet<string> = new Set(["finish", "joint_finish", "close", "reject", "return"]);

/** What stands in the field after a template was chosen: what was typed stays, before it. */
export function withTemplate(text: string, template: string): string {
  return text.trim() === "" ? template : `${text.trimEnd()}\n${template}`;
}

function optionWords(one: ReadyTemplate): string {
  return one.missing.length ? say("%(title)s (not known yet: %(missing)s)", { title: one.title, missing: one.missing.join("、") }) : one.title;
}

export function TemplatePick({ no, step, text, onText }: { no: string; step: string; text: string; onText: (text: string) => void }) {
  const [ready, setReady] = useState<ReadyTemplate[]>([]);
  useEffect(() => {
    if (!WITH_TEMPLATES.has(step)) return;
    desk.readyTemplates(no, step).then(setReady, () => undefined); /* words can be typed without them */
  }, [no, step]);
  if (ready.length === 0) return null;
  return (
    <select
      class="input"
      aria-label={gettext("Insert a template")}
      value=""
      onChange={(change) => {
        const one = ready.find((template) => String(template.id) === change.currentTarget.value);
        if (one) onText(withTemplate(text, one.text));
        change.currentTarget.value = "";
      }}
    >
      <option value="">{gettext("Insert a template")}</option>
      {ready.map((one) => (
        <option key={one.id} value={String(one.id)} disabled={one.missing.length > 0}>
          {optionWords(one)}
        </option>
      ))}
    </select>
  );
}
