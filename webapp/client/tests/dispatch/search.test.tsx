// @vitest-environment happy-dom
/* Searching everywhere: how far back it was looked, and the way on from there. */
import { render } from "preact";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { EmptyList } from "../../src/dispatch/emptylist.tsx";
import { anew, DEFAULTS, EVERYWHERE, question, type WorkState } from "../../src/dispatch/filter.ts";
import { FilterBar } from "../../src/dispatch/filterbar.tsx";
import { EMPTY } from "../../src/dispatch/worklist.ts";
import type { IsoTime, Me } from "../../src/shared/api/index.ts";
import { root } from "../page.ts";

const SINCE: IsoTime = "2026-03-02T16:30:00.123456Z";
const LISTS = { regions: [], categories: [] };
const searching = (own: Partial<WorkState> = {}): WorkState => ({ ...DEFAULTS, view: EVERYWHERE, q: "路面", ...own });

let set: ReturnType<typeof vi.fn<(patch: Partial<WorkState>) => void>>;
beforeEach(() => {
  vi.stubGlobal("gettext", (word: string) => word);
  vi.stubGlobal("pgettext", (_context: string, word: string) => word);
  set = vi.fn<(patch: Partial<WorkState>) => void>();
});
afterEach(() => void vi.restoreAllMocks());

function press(label: string): void {
  const button = [...root.querySelectorAll("button")].find((one) => one.textContent.includes(label));
  if (!button) throw new Error(`no button says ${label}: ${root.textContent}`);
  button.click();
}

const bar = (state: WorkState, since: IsoTime | null): void =>
  render(<FilterBar state={state} lists={LISTS} title="" shown={3} total={3} since={since} loading={false} set={set} onKeep={() => undefined} />, root);
const empty = (state: WorkState, since: IsoTime | null): void =>
  render(<EmptyList me={{ posts: [{}] } as Me} state={state} list={{ ...EMPTY, loaded: true, since }} lists={LISTS} problem={null} set={set} reload={() => undefined} />, root);

it("says how far back it was looked, in the city's time, and goes on from there", () => {
  bar(searching(), SINCE);
  expect(root.textContent).toContain("3 back to 2026-03-03 00:30");
  press("Search further back");
  expect(set).toHaveBeenCalledWith({ before: SINCE });
});

it("says all where all was looked at, and of older ones that they are older, and than what", () => {
  bar(searching(), null);
  expect(root.textContent).toContain("3 in all");
  bar(searching({ before: SINCE }), null);
  expect(root.textContent).toContain("3 older ones");
  expect(root.textContent).not.toContain("further");
  press("Before 2026-03-03 00:30");
  expect(set).toHaveBeenCalledWith({ before: "" });
});

it("goes on where nothing was found so far, and claims nothing about what is older", () => {
  empty(searching(), SINCE);
  expect(root.textContent).toContain("Nothing back to 2026-03-03 00:30 tells of “路面”");
  expect(root.textContent).not.toContain("All events");
  press("Search further back");
  expect(set).toHaveBeenCalledWith({ before: SINCE });
  empty(searching({ before: SINCE }), null);
  expect(root.textContent).toContain("Nothing older tells of “路面”");
  press("Back to the newest");
  expect(set).toHaveBeenLastCalledWith({ before: "" });
  empty(searching(), null);
  expect(root.textContent).toContain("All events");
  empty(searching({ region: "430000/430900/", state: "closed" }), null);
  expect(root.textContent).toContain("Now: Region = 430000/430900/, State = Closed.");
  expect(root.textContent).not.toContain("All events");
  press("Without filters");
  expect(set).toHaveBeenLastCalledWith({ region: "", category: "", state: "" });
});

it("asks for what is older, and begins anew with every other question but the order", () => {
  expect(question(searching({ before: SINCE }))).toMatchObject({ before: SINCE });
  expect(question(searching())).not.toHaveProperty("before");
  expect(anew({ q: "路灯" })).toEqual(anew({ view: "" }));
  expect(anew({ region: "" })).toEqual({ before: "" });
  expect(anew({ sort: "due" })).toEqual({});
});
