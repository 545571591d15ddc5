/* The parts that every step needs: which button stands where, what a form of more time or a day holds, what flags and clocks say. */
import { describe, expect, it } from "vitest";
import { answers, given, lacking } from "../src/patrol/checkform.tsx";
import { applied } from "../src/dispatch/application.tsx";
import { emptyTitle } from "../src/dispatch/emptylist.tsx";
import { inView } from "../src/map/model.ts";
import type { AllowedStep, EventCard, JournalItem, Me, StageTimer, StepField } from "../src/shared/api/index.ts";
import { markOf, nextTurn } from "../src/shared/marks.ts";
import { columns, laidOut } from "../src/shared/steps/order.ts";
import { missing, sent, told } from "../src/shared/steps/values.ts";
import { reviewText, tomorrowInput } from "../src/shared/time.ts";
import { flagOf, isPaused, nodeOf, placed, timerMark } from "../src/shared/ui/index.ts";
import { eventRow, NOW } from "./rows.ts";

const field = (name: string, kind: StepField["kind"], own: Partial<StepField> = {}): StepField => ({ name, kind, label: name, required: false, help: "", choices: null, ...own });
const step = (name: string, own: Partial<AllowedStep> = {}): AllowedStep => ({ step: name, label: name, primary: false, key: null, effect: "", fields: [], ...own });
const names = (steps: AllowedStep[]): string[] => steps.map((one) => one.step);

describe("the bar of steps", () => {
  it("shows a few steps as they are, the primary one first", () => {
    const { bar, more } = laidOut([step("return"), step("finish", { primary: true }), step("void"), step("note")]);
    expect(names(bar)).toEqual(["finish", "return", "note", "void"]);
    expect(more).toEqual([]);
  });

  it("keeps the rarer ones of many behind more, those that end an event last", () => {
    const many = ["force_close", "place", "recategorise", "amend", "void", "request_verify", "accept", "reject", "escalate", "copy_to", "note"].map((name) => step(name, { primary: name === "accept" }));
    const { bar, more } = laidOut(many);
    expect(names(bar)).toEqual(["accept", "reject", "recategorise", "request_verify", "note"]);
    expect(names(more)).toEqual(["place", "amend", "copy_to", "escalate", "force_close", "void"]);
    expect(names(laidOut(many, false).bar)).toContain("place");
  });

  it("leaves no button alone in a row", () => {
    expect([1, 2, 3, 4, 5, 6].map(columns)).toEqual([1, 2, 3, 2, 3, 3]);
  });

  it("loses none, and hides nothing from those whose own steps are the rarer ones", () => {
    const own = ["note", "supervise", "instruct", "copy_to", "escalate", "urge", "void", "force_close"].map((name) => step(name));
    const { bar, more } = laidOut(own);
    expect([...names(bar), ...names(more)].sort()).toEqual(names(own).sort());
    expect(names(bar)).toContain("supervise");
  });
});

describe("forms of more time and of a day", () => {
  const extension = step("request_extension", { fields: [field("amount", "amount", { required: true }), field("text", "longtext", { required: true })] });
  const suspension = step("ask_suspension", { fields: [field("until", "date", { required: true })] });

  it("ask for a number above nothing, and send a number", () => {
    expect(Object.keys(missing(extension, { amount: "", text: "等配件" }))).toEqual(["amount"]);
    expect(Object.keys(missing(extension, { amount: "0", text: "等配件" }))).toEqual(["amount"]);
    expect(missing(extension, { amount: "1.5", text: "等配件" })).toEqual({});
    expect(sent(extension, { amount: "1.5", text: "等配件" })).toEqual({ amount: 1.5, text: "等配件" });
  });

  it("send a day as it is chosen, tomorrow at the earliest by the prefecture's calendar", () => {
    expect(Object.keys(missing(suspension, { until: "" }))).toEqual(["until"]);
    expect(sent(suspension, { until: "2026-11-30" })).toEqual({ until: "2026-11-30" });
    expect(tomorrowInput(NOW)).toBe("2026-11-21");
    expect(tomorrowInput(Date.parse("2026-12-31T16:30:00Z"))).toBe("2027-01-02");
  });

  it("tell what was typed and chosen, not the numbers of organisations", () => {
    const supervise = step("supervise", { fields: [field("level", "choice", { label: "级别", choices: [{ value: "red", label: "红牌督办" }] }), field("organisation", "organisation"), field("text", "text")] });
    expect(told(supervise, { level: "red", organisation: "17", text: " 抓紧 " })).toEqual(["级别: 红牌督办", "抓紧"]);
    expect(told(extension, { amount: "2", text: "" })).toEqual(["amount: 2"]);
  });
});

describe("a suspended event", () => {
  const row = eventRow({ state: "suspended", stage: "review", stage_due_at: "2026-11-25T10:00:00Z", stage_near_at: "2026-11-25T04:00:00Z" });
  const timer = (stage: string, own: Partial<StageTimer> = {}): StageTimer => ({ stage, label: stage, clock: "work_hour", allowance_min: 120, used_min: 60, started_at: "", due_at: null, stopped_at: null, ...own });

  it("stands still until its review is near, and is over once that day has passed", () => {
    expect(markOf(row, NOW)).toBe("wait");
    expect(markOf(row, Date.parse("2026-11-25T05:00:00Z"))).toBe("near");
    expect(markOf(row, Date.parse("2026-11-25T10:00:00Z"))).toBe("over");
    expect(nextTurn([row], NOW)).toBe(Date.parse("2026-11-25T04:00:00Z"));
    expect(reviewText("2026-11-25T10:00:00Z", NOW)).toContain("11");
  });

  it("has its work's clock paused, and not that of the review", () => {
    expect(isPaused(timer("handle"), row)).toBe(true);
    expect(isPaused(timer("review"), row)).toBe(false);
    expect(isPaused(timer("handle", { stopped_at: "2026-11-20T01:00:00Z" }), row)).toBe(false);
    expect(timerMark(timer("handle", { used_min: 200 }), row, NOW)).toBe("wait");
    expect(timerMark(timer("handle"), eventRow({ stage: "handle", stage_due_at: "2026-11-20T16:00:00Z", stage_near_at: null }), NOW)).toBe("normal");
  });
});

describe("flags", () => {
  it("show the strongest: a card, then a question, then plain supervision; nothing once it has ended", () => {
    expect(flagOf(eventRow())).toBe("");
    expect(flagOf(eventRow({ supervision: "red", asked: "extension" }))).toBe("red");
    expect(flagOf(eventRow({ supervision: "normal", asked: "suspension" }))).toBe("asked");
    expect(flagOf(eventRow({ supervision: "normal" }))).toBe("normal");
    expect(flagOf(eventRow({ supervision: "red", ended_at: "2026-11-20T06:00:00Z" }))).toBe("");
  });

  it("are what the map's own views are made of", () => {
    const can = { report: false, watch: false, accept: true, dispatch: true, deliveries: false, audit: false, overview: false } satisfies Me["can"];
    expect(inView("supervised", can, NOW)(eventRow({ supervision: "yellow" }))).toBe(true);
    expect(inView("suspended", can, NOW)(eventRow())).toBe(false);
    expect(inView("mine", can, NOW)(eventRow({ state: "handling", asked: "extension" }))).toBe(true);
    expect(inView("mine", can, NOW)(eventRow({ state: "verifying" }))).toBe(false);
  });
});

describe("the journal", () => {
  it("draws every step with a picture of its own, a red card in red", () => {
    expect(nodeOf({ step: "supervise", payload: { new: "yellow" } })).toEqual(["card", "is-near"]);
    expect(nodeOf({ step: "supervise", payload: { new: "red" } })).toEqual(["card", "is-over"]);
    expect(nodeOf({ step: "copy_to", payload: {} })).toEqual(["copy", ""]);
  });

  it("says which entry waits for an answer: the last of its kind", () => {
    const journal = [2, 5, 4].map((version) => ({ version, step: version === 4 ? "ask_suspension" : "request_extension" })) as JournalItem[];
    const of = (asked: EventCard["asked"]): number | undefined => applied({ asked, journal })?.version;
    expect([of(""), of("extension"), of("suspension")]).toEqual([undefined, 5, 4]);
  });
});

describe("the answers of an officer on the spot", () => {
  const photos = field("photos", "photos", { required: true });
  const confirm = step("confirm", { fields: [photos, field("category", "category"), field("text", "longtext")] });
  const refute = step("refute", { fields: [field("text", "longtext", { required: true }), photos] });
  const unknown = step("cannot_tell", { fields: [field("text", "longtext", { required: true })] });
  const pass = step("pass_check", { fields: [photos, field("text", "longtext"), field("far_reason", "text")] });
  const draft = { text: "", far_reason: "远", photos: ["a"], category: "06-001" };

  it("stand in one order, and the others beside them are left out", () => {
    expect(names(answers([step("note"), unknown, refute, confirm]))).toEqual(["confirm", "refute", "cannot_tell"]);
    expect(names(answers([pass, step("fail_check"), step("note")]))).toEqual(["fail_check", "pass_check"]);
    expect(answers([step("note")])).toEqual([]);
  });

  it("need a photo to say yes or no, words for all but a yes, and a category where there is none", () => {
    const bare = { text: "", far_reason: "", photos: [] };
    expect(lacking(confirm, bare)).not.toBe("");
    expect(lacking(refute, { ...bare, photos: ["a"] })).not.toBe("");
    expect(lacking(unknown, bare)).not.toBe("");
    expect(lacking(unknown, { ...bare, text: "大门锁着" })).toBe("");
    expect(lacking(confirm, { ...bare, photos: ["a"] })).toBe("");
    expect(lacking(confirm, { ...bare, photos: ["a"] }, true)).not.toBe("");
    expect(lacking(confirm, draft, true)).toBe("");
    expect(lacking(refute, { ...bare, photos: ["a"], text: "没有此事" }, true)).toBe("");
  });

  it("carry only what the step takes", () => {
    const standing = { point: { lng: 1, lat: 2, crs: "wgs84", accuracy_m: 5 } };
    expect(given(confirm, draft, standing)).toEqual({ photos: ["a"], category: "06-001" });
    expect(given(unknown, { ...draft, text: " 大门锁着 " }, standing)).toEqual({ text: "大门锁着" });
    expect(given(pass, draft, standing)).toEqual({ photos: ["a"], far_reason: "远", ...standing });
  });
});

it("says of an empty view what there is none of", () => {
  expect(emptyTitle("applied")).not.toBe(emptyTitle("todo"));
  expect(emptyTitle("todo")).toBe(emptyTitle("to_accept"));
});

it("opens a menu where it fits: below, above near the lower edge, never outside the window", () => {
  const button = (top: number, right: number): DOMRect => ({ top, bottom: top + 32, right, left: right - 80 }) as DOMRect;
  const view = { width: 360, height: 740 };
  const list = { width: 200, height: 240 };
  expect(placed(button(100, 350), list, view)).toEqual({ left: 150, top: 136 });
  expect(placed(button(690, 350), list, view)).toEqual({ left: 150, top: 446 });
  expect(placed(button(100, 90), list, view).left).toBe(8);
});
