// @vitest-environment happy-dom
/* Joint organisations: choosing several by keys alone, whose clock counts, for whom the lead waits. */
import { render } from "preact";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { openShares, taskMark } from "../../src/dispatch/shares.tsx";
import { changed, EMPTY, ownClock, type WorkRow } from "../../src/dispatch/worklist.ts";
import { api, type EventCard, type EventTask, type OrganisationChoice } from "../../src/shared/api/index.ts";
import { chosenAtFirst, organisationsOf, OrganisationsControl } from "../../src/shared/steps/organisations.tsx";
import { missing, sent } from "../../src/shared/steps/values.ts";
import { eventRow, NOW } from "../rows.ts";
import { root } from "../page.ts";

const choice = (id: number, name: string, own: Partial<OrganisationChoice> = {}): OrganisationChoice => ({ id, name, kind: "department", suggested: false, reason: "", effect: `${name} 11-23 10:00 前签收`, shares: false, role: "", ...own });
const CHOICES = [choice(1, "区城管住建局"), choice(2, "区农业水利环保局"), choice(3, "区应急消防局")];
const task = (own: Partial<EventTask>): EventTask => ({ kind: "joint", state: "signed", organisation: "区应急消防局", user: null, number: 1, assigned_at: "2026-11-20T06:00:00Z", signed_by: null, signed_at: null, ended_at: null, due_at: "2026-11-20T07:00:00Z", near_at: "2026-11-20T06:50:00Z", paused: false, supervision: "none", words: "", why: "", ...own });
const soon = (): Promise<void> => new Promise((done) => setTimeout(done, 5));

beforeEach(() => {
  vi.stubGlobal("gettext", (word: string) => word);
});
afterEach(() => void vi.restoreAllMocks());

interface Shown {
  value: string[];
  input: HTMLInputElement;
}

async function shown(lead = "1", first: string[] = [], step = "dispatch"): Promise<Shown> {
  vi.spyOn(api, "organisations").mockResolvedValue(CHOICES);
  const state = { value: first } as Shown;
  const field = { name: "joint", kind: "organisations" as const, label: "协办单位", required: false, help: "", choices: null };
  const draw = (): void => render(<OrganisationsControl field={field} event={{ no: "EV1" } as EventCard} step={step} lead={lead} value={state.value} onChange={(value) => { state.value = value as string[]; queueMicrotask(draw); }} tie={{ id: "joint" }} />, root);
  draw();
  await soon();
  await soon();
  const input = root.querySelector<HTMLInputElement>("#joint");
  if (!input) throw new Error("no field to type in");
  state.input = input;
  return state;
}

function press(element: Element, key: string): void {
  element.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
}

it("offers everybody but the lead, and takes the first that fits with Enter", async () => {
  const form = await shown();
  expect([...root.querySelectorAll(".ticklist label")].map((one) => one.textContent)).toEqual(["区农业水利环保局", "区应急消防局"]);
  form.input.value = "消防";
  form.input.dispatchEvent(new Event("input", { bubbles: true }));
  await soon();
  press(form.input, "Enter");
  await soon();
  expect(form.value).toEqual(["3"]);
  expect(root.querySelector(".chosen")?.textContent).toContain("11-23 10:00 前签收");
  press(form.input, "Enter"); /* nothing is typed: nothing is taken */
  expect(form.value).toEqual(["3"]);
});

it("walks from the field into the list and through it by arrows", async () => {
  const form = await shown();
  form.input.focus();
  press(form.input, "ArrowDown");
  const boxes = [...root.querySelectorAll<HTMLInputElement>(".ticklist input")];
  expect(document.activeElement).toBe(boxes[0]);
  press(boxes[0]!, "ArrowDown");
  expect(document.activeElement).toBe(boxes[1]);
  boxes[1]!.click();
  await soon();
  expect(form.value).toEqual(["3"]);
  root.querySelector<HTMLButtonElement>(".chosen button")!.click();
  await soon();
  expect(form.value).toEqual([]);
});

it("drops whoever is chosen as the lead", async () => {
  const form = await shown("2", ["2", "3"]);
  await soon();
  expect(form.value).toEqual(["3"]);
});

it("begins with those who have a share, or are suggested for one", () => {
  const found = [choice(1, "甲", { shares: true }), choice(2, "乙", { role: "joint" }), choice(3, "丙", { role: "lead" })];
  expect(chosenAtFirst(found, "redispatch")).toEqual(["1"]);
  expect(chosenAtFirst(found, "dispatch")).toEqual(["2"]);
  expect(chosenAtFirst(found, "add_joint")).toEqual([]);
});

it("asks once for two fields that ask together", async () => {
  const asking = vi.spyOn(api, "organisations").mockResolvedValue(CHOICES);
  await Promise.all([organisationsOf("EV2", "dispatch"), organisationsOf("EV2", "dispatch")]);
  expect(asking).toHaveBeenCalledTimes(1);
  await organisationsOf("EV2", "dispatch");
  expect(asking).toHaveBeenCalledTimes(2);
});

it("sends numbers, leaves out an empty list, and wants one where one is needed", () => {
  const field = { name: "joint", kind: "organisations" as const, label: "协办单位", required: true, help: "", choices: null };
  const step = { step: "add_joint", label: "", primary: false, key: null, effect: "", fields: [field] };
  expect(sent(step, { joint: ["3", "2"] })).toEqual({ joint: [3, 2] });
  expect(sent(step, { joint: [] })).toEqual({});
  expect(Object.keys(missing(step, { joint: [] }))).toEqual(["joint"]);
});

it("shows the clock of one's own share, and keeps it over a live change", () => {
  const share = { organisation: "区应急消防局", state: "assigned", stage: "sign", due_at: "2026-11-20T08:00:00Z", near_at: "2026-11-20T07:00:00Z", supervision: "none" as const };
  const row: WorkRow = { ...eventRow(), allowed: [], share };
  expect(ownClock(row)).toMatchObject({ stage: "sign", stage_due_at: share.due_at, stage_near_at: share.near_at });
  expect(ownClock({ ...row, share: null }).stage_due_at).toBe(row.stage_due_at);
  expect(ownClock({ ...row, ended_at: "2026-11-20T06:00:00Z" }).stage).toBe(row.stage);
  const list = changed({ ...EMPTY, rows: [row] }, eventRow({ version: 9 }));
  expect(list.rows[0]).toMatchObject({ version: 9, share });
});

it("marks each task by its own clock, and names whom the lead waits for", () => {
  expect(taskMark(task({}), NOW)).toBe("normal");
  expect(taskMark(task({}), Date.parse("2026-11-20T06:55:00Z"))).toBe("near");
  expect(taskMark(task({}), Date.parse("2026-11-20T07:00:00Z"))).toBe("over");
  expect(taskMark(task({ due_at: null }), NOW)).toBe("wait");
  expect(taskMark(task({ ended_at: "2026-11-20T06:10:00Z", state: "finished" }), NOW)).toBe("done");
  expect(taskMark(task({ ended_at: "2026-11-20T06:10:00Z", state: "recalled" }), NOW)).toBe("wait");
  expect(openShares({ tasks: [task({ kind: "lead" }), task({}), task({ ended_at: "2026-11-20T06:10:00Z" })] })).toEqual(["区应急消防局"]);
});
