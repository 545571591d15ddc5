import { describe, expect, it } from "vitest";
import { DEFAULTS, turned } from "../../src/dispatch/filter.ts";
import { changedDraft, editedBy, viewDraft } from "../../src/dispatch/keepview.tsx";
import type { AllowedStep, Me, SavedView, WorkView } from "../../src/shared/api/index.ts";
import { shownSort } from "../../src/dispatch/worklist.ts";
import { counterOf } from "../../src/shared/steps/takenback.ts";
import { withTemplate } from "../../src/shared/steps/templatepick.tsx";

const saved: SavedView = { id: 7, name: "路灯", organisation: null, shared: "", may_change: true, view: "open", region: "", state: "handling", category: "06", q: "路灯", sort: "due" };
const views: WorkView[] = [
  { code: "open", group: "all", label: "在办", count: 1, mark: null },
  { code: "saved-7", group: "own", label: "路灯", count: 1, mark: null, saved },
];

describe("a view to keep", () => {
  it("is the house's view with what narrows the list", () => {
    expect(viewDraft(views, { ...DEFAULTS, view: "open", category: "06-002", q: " 桥 ", sort: "due" }, "open")).toMatchObject({ view: "open", category: "06-002", q: "桥", sort: "due" });
  });

  it("never names a kept one, but holds what that narrows by", () => {
    expect(viewDraft(views, { ...DEFAULTS, view: "saved-7", state: "accepted" }, "saved-7")).toMatchObject({ view: "open", category: "06", q: "路灯", state: "accepted" });
  });

  it("holds all that the list shows of a kept one narrowed further", () => {
    const kept: WorkView[] = [{ ...views[1]!, saved: { ...saved, region: "430000/430900/", category: "06-002" } }];
    const now = viewDraft(kept, { ...DEFAULTS, view: "saved-7", region: "430000/430900/430902/", category: "06", q: "桥 路灯" }, "saved-7");
    expect(now).toMatchObject({ region: "430000/430900/430902/", category: "06-002", q: "路灯 桥" });
    expect(viewDraft(kept, { ...DEFAULTS, view: "saved-7", region: "430000/" }, "saved-7").region).toBe("430000/430900/");
  });

  it("is changed by what the server takes and nothing more", () => {
    const body = { name: "桥灯", view: "open", region: "", state: "handling", category: "06", q: "路灯", sort: "due", organisation: null };
    expect(changedDraft(saved, saved, "桥灯")).toEqual(body);
    expect(changedDraft({ ...saved, organisation: 3 }, viewDraft(views, { ...DEFAULTS, view: "open" }, "open"), "桥灯").organisation).toBe(3);
  });

  it("is shown in its own order until another is asked for", () => {
    const due = views.map((one) => (one.saved ? { ...one, saved: { ...saved, sort: "-reported" } } : one));
    expect([shownSort(due, "saved-7", ""), shownSort(due, "saved-7", "due"), shownSort(due, "open", "")]).toEqual(["-reported", "due", "due"]);
  });

  it("is shared by those who lead an organisation", () => {
    const post = (role: string, organisation: number) => ({ role, role_label: "", organisation, organisation_name: `o${organisation}`, level: "", path: "" });
    const me = { posts: [post("shift_lead", 1), post("leader", 1), post("dispatcher", 2)] } as unknown as Me;
    expect(editedBy(me)).toEqual([{ value: "1", label: "o1" }]);
  });
});

it("a second click on a head turns the order round", () => {
  expect([turned("state", "due"), turned("due", "due"), turned("-due", "due"), turned("due", "-reported"), turned("-reported", "-reported")]).toEqual(["due", "-due", "due", "-reported", "reported"]);
});

it("the counter-step is one that this card allows and that takes back the one taken", () => {
  const step = (name: string, undoes: string[]): AllowedStep => ({ step: name, label: "", primary: false, key: null, effect: "", fields: [], undoes });
  const card = { allowed_steps: [step("note", []), step("redispatch", ["dispatch", "redispatch"])] };
  expect([counterOf(card, "dispatch")?.step, counterOf(card, "accept")]).toEqual(["redispatch", null]);
});

it("a template is added to what was typed", () => {
  expect([withTemplate("", "甲"), withTemplate("乙\n", "甲")]).toEqual(["甲", "乙\n甲"]);
});
