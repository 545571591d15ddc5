import { describe, expect, it } from "vitest";
import type { WorkPage } from "../../src/shared/api/index.ts";
import { shortPlace } from "../../src/dispatch/table.tsx";
import * as W from "../../src/dispatch/worklist.ts";

function row(no: string, extra: Partial<W.WorkRow> = {}): W.WorkRow {
  return {
    id: Number(no.replace(/\D/g, "")), no, version: 1, state: "dispatched", state_label: "待签收", category: null, urgent: false,
    restricted: false, source: "officer", source_label: "网格员", lng: null, lat: null, path: "", grid: null, place: "", address: "",
    holder: "", lead: null, reported_at: "2026-11-20T01:00:00Z", ended_at: null, due_at: null, stage: null, stage_due_at: null,
    stage_near_at: null, returns: 0, reworks: 0, urges: 0, tickets: 0, reopens: 0, supervision: "none", asked: "", merged_into: null, taken_in: 0, joint: 0, joint_returned: 0,
    allowed: ["sign", "note"], share: null, ...extra,
  };
}

function page(numbers: string[], extra: Partial<WorkPage> = {}): WorkPage {
  return { rows: numbers.map((no) => row(no)), total: numbers.length, next: null, views: [], since: null, ...extra };
}

const three = W.loaded(W.EMPTY, page(["E1", "E2", "E3"]), null);

describe("a place in the table", () => {
  it("leaves out the township, which filter and preview say", () => {
    expect(shortPlace("大码头街道 群众街社区 网格 005")).toBe("群众街社区 网格 005");
    expect(shortPlace("益阳市")).toBe("益阳市");
  });
});

describe("a worklist", () => {
  it("puts the cursor on the wanted row, else on the first", () => {
    expect(three.cursor).toBe("E1");
    expect(W.loaded(W.EMPTY, page(["E1", "E2"]), "E2").cursor).toBe("E2");
    expect(W.loaded(W.EMPTY, page(["E1", "E2"]), "E9").cursor).toBe("E1");
    expect(W.loaded(W.EMPTY, page([]), "E9").cursor).toBeNull();
  });

  it("keeps the cursor's line when its row leaves the list", () => {
    const second = W.moved(three, 1);
    expect(W.loaded(second, page(["E1", "E3"]), null).cursor).toBe("E3");
    expect(W.loaded(W.moved(three, 2), page(["E1", "E2"]), null).cursor).toBe("E2");
  });

  it("reaches as far back as the page that came last", () => {
    const first = W.loaded(W.EMPTY, page(["E1"], { since: "2026-03-01T00:00:00Z", next: "1" }), null);
    expect(W.appended(first, page(["E2"], { since: "2026-03-02T00:00:00Z" })).since).toBe("2026-03-02T00:00:00Z");
  });

  it("stops the cursor at both ends", () => {
    expect(W.moved(three, -5).cursor).toBe("E1");
    expect(W.moved(three, 9).cursor).toBe("E3");
    expect(W.moved(W.EMPTY, 1).cursor).toBeNull();
  });

  it("keeps ticks through a reload, and drops those of rows that left", () => {
    const ticked = W.toggled(W.toggled(three, "E1"), "E3");
    expect([...W.loaded(ticked, page(["E2", "E3"]), null).ticked]).toEqual(["E3"]);
    expect(W.tickedRows(W.allToggled(three))).toHaveLength(3);
    expect(W.tickedRows(W.allToggled(W.allToggled(three)))).toHaveLength(0);
  });

  it("takes a live change in place, and forgets the steps when the state moved", () => {
    const after = W.changed(three, row("E2", { version: 2, urges: 1 }));
    expect(after.rows.map((r) => r.urges)).toEqual([0, 1, 0]);
    expect(after.rows[1]?.allowed).toEqual(["sign", "note"]);
    expect(W.changed(three, row("E2", { version: 2, state: "handling" })).rows[1]?.allowed).toEqual([]);
  });

  it("never goes back to an older version, and leaves other rows alone", () => {
    const newer = W.changed(three, row("E2", { version: 5 }));
    expect(W.changed(newer, row("E2", { version: 4, urges: 7 }))).toBe(newer);
    expect(W.changed(three, row("E77"))).toBe(three);
  });

  it("loses a removed row, its tick and the cursor on it", () => {
    const before = W.toggled(W.moved(three, 1), "E2");
    const after = W.removed(before, 2);
    expect(after.rows.map((r) => r.no)).toEqual(["E1", "E3"]);
    expect(after.ticked.size).toBe(0);
    expect(after.cursor).toBe("E3");
    expect(after.total).toBe(2);
  });

  it("shows a row once when it moved between two pages", () => {
    const list = W.appended(three, page(["E3", "E4"], { total: 4 }));
    expect(list.rows.map((r) => r.no)).toEqual(["E1", "E2", "E3", "E4"]);
  });

  it("offers for a batch only what every ticked row allows", () => {
    expect(W.inCommon([row("E1"), row("E2", { allowed: ["note", "finish"] })])).toEqual(["note"]);
    expect(W.inCommon([])).toEqual([]);
  });

  it("points from an empty view to the most urgent one that has work", () => {
    const views = [
      { code: "sign", group: "mine", label: "", count: 0, mark: null },
      { code: "handling", group: "mine", label: "", count: 5, mark: null },
      { code: "over", group: "mine", label: "", count: 2, mark: "over" as const },
    ];
    expect(W.elsewhere(views, "sign")?.code).toBe("over");
    expect(W.elsewhere(views.slice(0, 1), "sign")).toBeNull();
    expect(W.grouped(views)).toEqual([{ group: "mine", views }]);
  });
});

describe("ticking by key", () => {
  const five = W.loaded(W.EMPTY, page(["E1", "E2", "E3", "E4", "E5"]), null);

  it("ticks a stretch from the row ticked last, whichever way", () => {
    expect([...W.tickedUpTo(W.toggled(five, "E2"), "E4").ticked]).toEqual(["E2", "E3", "E4"]);
    expect([...W.tickedUpTo(W.toggled(five, "E4"), "E2").ticked].sort()).toEqual(["E2", "E3", "E4"]);
    expect([...W.tickedUpTo(five, "E3").ticked]).toEqual(["E3"]);
  });

  it("ticks both rows when the cursor moves with Shift, and stops at the ends", () => {
    const there = W.movedTicking(W.movedTicking(five, 1), 1);
    expect([there.cursor, [...there.ticked]]).toEqual(["E3", ["E1", "E2", "E3"]]);
    expect([...W.movedTicking(W.pointed(five, "E5"), 1).ticked]).toEqual(["E5"]);
    expect(W.movedTicking(W.EMPTY, 1)).toEqual(W.EMPTY);
  });

  it("finds the view above and below", () => {
    const views = ["todo", "open"].map((code) => ({ code, group: "all", label: code, count: 0, mark: null }));
    expect([W.viewFrom(views, "todo", 1), W.viewFrom(views, "todo", -1), W.viewFrom(views, "open", 1), W.viewFrom([], "open", 1)]).toEqual(["open", "todo", "open", "open"]);
  });
});
