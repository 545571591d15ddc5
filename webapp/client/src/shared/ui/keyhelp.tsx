/** `?`: every key of this page. */
import { useState } from "preact/hooks";
import { gettext } from "../i18n.ts";
import { boundKeys, type KeyBinding, useKeys } from "../keys.ts";
import { Kbd } from "./basics.tsx";
import { Dialog } from "./dialog.tsx";

function grouped(bindings: KeyBinding[]): [string, KeyBinding[]][] {
  const groups = new Map<string, KeyBinding[]>();
  for (const binding of bindings) groups.set(binding.group, [...(groups.get(binding.group) ?? []), binding]);
  return [...groups];
}

let openHelp: () => void = () => undefined;

/** For a button that does what `?` does. */
export function showKeyHelp(): void {
  openHelp();
}

export function KeyHelp() {
  const [open, setOpen] = useState(false);
  openHelp = () => setOpen(true);
  useKeys([{ keys: "?", label: gettext("All keys"), group: gettext("Help"), run: () => setOpen(true) }]);
  if (!open) return null;
  return (
    <Dialog title={gettext("Keys")} icon="keyboard" wide onClose={() => setOpen(false)}>
      <div class="key-groups">
        {grouped(boundKeys()).map(([group, bindings]) => (
          <section key={group}>
            <h3>{group}</h3>
            <ul>
              {bindings.map((binding) => (
                <li class="row between" key={binding.keys}>
                  <span>{binding.label}</span>
                  <Kbd>{binding.keys.length === 1 ? binding.keys.toUpperCase() : binding.keys.replace("+", " ")}</Kbd>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
