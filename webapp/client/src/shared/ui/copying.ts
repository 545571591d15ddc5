/** Copying words for somebody, with what became of it said. */
import { gettext, pgettext } from "../i18n.ts";
import { toast } from "./toasts.tsx";

/** Puts `text` on the clipboard and says so; where the browser does not allow it, says what to do instead. */
export async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast(pgettext("conflict", "Copied"));
  } catch {
    toast(gettext("This browser does not let us copy; mark the words and copy them by hand."), { kind: "over" });
  }
}
