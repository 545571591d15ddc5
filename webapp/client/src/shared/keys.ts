/** Keyboard shortcuts: pages register what they can do, one listener serves them, `?` lists them. */
import { useLayoutEffect, useRef } from "preact/hooks";

export interface KeyBinding {
  /** "j", "Enter", "Escape", "?", "1", "Ctrl+k" (also answers Cmd+k). Letters ignore Shift. */
  keys: string;
  label: string;
  group: string;
  run: (event: KeyboardEvent) => void;
  /** Also while a dialog is open. */
  inDialog?: boolean;
  /** Left out of the help page. */
  hidden?: boolean;
}

interface Layer {
  current: readonly KeyBinding[];
}

const layers: Layer[] = [];
let listening = false;
let holds = 0;

function nameOf(event: KeyboardEvent): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return event.ctrlKey || event.metaKey ? `Ctrl+${key}` : key;
}

/** True where keys belong to what is being typed. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !["button", "checkbox", "radio", "submit", "file", "range"].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable;
}

/** Enter and Space on a control are that control's own. */
function belongsToControl(event: KeyboardEvent): boolean {
  if (event.key !== "Enter" && event.key !== " ") return false;
  return event.target instanceof Element && event.target.closest("button, a[href], summary, [role=option]") !== null;
}

function usable(event: KeyboardEvent, binding: KeyBinding): boolean {
  const dialog = document.querySelector("dialog[open]") !== null;
  if (dialog && binding.inDialog !== true) return false;
  const plain = binding.keys !== "Escape" && !binding.keys.startsWith("Ctrl+");
  return !(plain && (keysHeld() || isTyping(event.target)));
}

function handle(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.altKey || event.isComposing || belongsToControl(event)) return;
  const name = nameOf(event);
  for (const layer of [...layers].reverse()) {
    const binding = layer.current.find((one) => one.keys === name && usable(event, one));
    if (!binding) continue;
    event.preventDefault();
    binding.run(event);
    return;
  }
}

/** While a form is open plain keys rest, wherever the focus stands: one meant for the form must not walk the list away from it. */
export function keysHeld(): boolean {
  return holds > 0;
}

/**
 * Holds the plain keys of the page while the component lives. Escape and Ctrl+… still answer.
 * By layout effects, here and below: others end some time after the component has gone, and swallow the next key.
 */
export function useHeldKeys(): void {
  useLayoutEffect(() => {
    holds += 1;
    return () => {
      holds -= 1;
    };
  }, []);
}

/** Every binding of the page now, for the help; a key bound twice is told once, by the newest layer. */
export function boundKeys(): KeyBinding[] {
  const seen = new Map<string, KeyBinding>();
  for (const layer of layers) for (const binding of layer.current) seen.set(binding.keys, binding);
  return [...seen.values()].filter((binding) => binding.hidden !== true);
}

/** Binds keys while the component lives and `active` holds. Later components win over earlier ones. */
export function useKeys(bindings: readonly KeyBinding[], active = true): void {
  const layer = useRef<readonly KeyBinding[]>(bindings);
  layer.current = bindings;
  useLayoutEffect(() => {
    if (!active) return undefined;
    if (!listening) {
      document.addEventListener("keydown", handle);
      listening = true;
    }
    layers.push(layer);
    return () => {
      layers.splice(layers.indexOf(layer), 1);
    };
  }, [active]);
}
