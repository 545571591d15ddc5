/** Where the focus stands around a step's form: in its first field while it is open, back in the list afterwards. */
import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";

const FIELDS = "input:not([type=hidden]):not(:disabled), select:not(:disabled), textarea:not(:disabled)";
const LONGEST_WAIT_MS = 10_000;

export function onPhone(): boolean {
  return document.documentElement.dataset["size"] === "phone";
}

/** Moves the focus into the first field; into the form itself until a field that waits for its choices is there. */
export function useFirstField(form: RefObject<HTMLFormElement | null>): void {
  useEffect(() => {
    const element = form.current;
    if (!element) return undefined;
    const waits = element.querySelector(".skeleton") !== null;
    const first = element.querySelector<HTMLElement>(FIELDS);
    /* On a phone a focused field would push the keyboard over the form. */
    if (onPhone() || waits || !first) element.focus({ preventScroll: false });
    else first.focus();
    if (onPhone() || !waits) return undefined;
    const watcher = new MutationObserver(() => {
      if (element.querySelector(".skeleton") !== null) return;
      watcher.disconnect();
      if (document.activeElement === element) element.querySelector<HTMLElement>(FIELDS)?.focus();
    });
    watcher.observe(element, { childList: true, subtree: true });
    const tired = setTimeout(() => watcher.disconnect(), LONGEST_WAIT_MS);
    return () => {
      clearTimeout(tired);
      watcher.disconnect();
    };
  }, [form]);
}

/** True when nothing on the page has the focus. */
export function isAdrift(): boolean {
  return document.activeElement === null || document.activeElement === document.body;
}

/** Gives the focus to the page's list (what carries `data-keyhome`), else to `otherwise`. */
export function focusList(otherwise: HTMLElement | null): void {
  (document.querySelector<HTMLElement>("[data-keyhome]") ?? otherwise)?.focus({ preventScroll: true });
}

/** Gives the focus back to what had it, or to the button of the same name that stands there again, or to the list. */
export function focusBack(before: Element | null, panel: HTMLElement | null, label: string): void {
  if (before instanceof HTMLElement && before !== document.body && before.isConnected) {
    before.focus();
    return;
  }
  if (before === null || before === document.body) {
    focusList(panel);
    return;
  }
  const buttons = [...(panel?.querySelectorAll<HTMLElement>("button:not(:disabled)") ?? [])];
  const again = buttons.find((one) => one.textContent.includes(label)) ?? buttons[0];
  if (again) again.focus();
  else focusList(panel);
}
