/** Short words about what has just happened; they leave by themselves, errors stay until closed. */
import { useEffect, useState } from "preact/hooks";
import type { MarkKind } from "../api/types.ts";
import { gettext } from "../i18n.ts";
import { useKeys } from "../keys.ts";
import { Button, Mark } from "./basics.tsx";

interface Toast {
  id: number;
  text: string;
  kind: MarkKind;
  action?: { label: string; run: () => void };
}

let toasts: Toast[] = [];
let last = 0;
const watchers = new Set<() => void>();

function change(next: Toast[]): void {
  toasts = next;
  for (const watcher of watchers) watcher();
}

function dismiss(id: number): void {
  change(toasts.filter((one) => one.id !== id));
}

/** Shows `text` for six seconds, or as many milliseconds as `lasting`; kind "over" stays. */
export function toast(text: string, options: { kind?: MarkKind; action?: Toast["action"]; lasting?: number } = {}): void {
  const id = (last += 1);
  const kind = options.kind ?? "done";
  change([...toasts.slice(-3), { id, text, kind, ...(options.action ? { action: options.action } : {}) }]);
  if (kind !== "over") setTimeout(() => dismiss(id), options.lasting ?? 6000);
}

export function Toasts() {
  const [shown, setShown] = useState(toasts);
  useEffect(() => {
    const watcher = (): void => setShown(toasts);
    watchers.add(watcher);
    return () => {
      watchers.delete(watcher);
    };
  }, []);
  const latest = shown.findLast((one) => one.action);
  const take = (one: Toast): void => {
    dismiss(one.id);
    one.action?.run();
  };
  useKeys(latest?.action ? [{ keys: "q", label: latest.action.label, group: gettext("Steps"), run: () => take(latest) }] : []);
  return (
    <div class="toasts" role="status" aria-live="polite">
      {shown.map((one) => (
        <div class="toast" key={one.id}>
          <Mark kind={one.kind} label />
          <span class="grow">{one.text}</span>
          {one.action && (
            <Button kind="quiet" kbd={one === latest ? "q" : null} onClick={() => take(one)}>
              {one.action.label}
            </Button>
          )}
          <Button kind="quiet" icon="x" label={gettext("Close")} onClick={() => dismiss(one.id)} />
        </div>
      ))}
    </div>
  );
}
