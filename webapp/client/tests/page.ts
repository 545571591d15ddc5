/** A page to draw into and a fetch to answer for, both anew for each test of the file that imports this. */
import { render } from "preact";
import { afterEach, beforeEach, vi } from "vitest";

export const fetched = vi.fn<typeof fetch>();
export let root: HTMLElement;

beforeEach(() => {
  root = document.body.appendChild(document.createElement("div"));
  fetched.mockReset();
  vi.stubGlobal("fetch", fetched);
});
afterEach(() => {
  render(null, root);
  root.remove();
  vi.unstubAllGlobals();
});

/** What fits, which has to be there. */
export function find(selector: string): HTMLElement {
  const found = document.querySelector<HTMLElement>(selector);
  if (!found) throw new Error(`${selector} is not there: ${document.body.textContent}`);
  return found;
}
