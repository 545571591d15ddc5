// @vitest-environment happy-dom
/* Sharing: whom one may ask for a region, what is missing in the form, and a request that somebody else was faster with. */
import { render } from "preact";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { lacking, ownersOf } from "../../src/dispatch/sharingask.tsx";
import { GrantCard, titleOf } from "../../src/dispatch/sharingcard.tsx";
import { api, ApiProblem, type AskForm, type GrantRow, type Party } from "../../src/shared/api/index.ts";
import { root } from "../page.ts";

const party = (id: number, name: string, path: string): Party => ({ id, name, kind: "centre", level: "county", path });
const FORM: AskForm = { grantees: [party(9, "赫山区城管住建局", "43/03/")], owners: [party(1, "市中心", "43/"), party(2, "资阳区中心", "43/02/"), party(3, "大码头中心", "43/02/005/"), party(9, "赫山区城管住建局", "43/03/")], regions: [] };
const row = (own: Partial<GrantRow> = {}): GrantRow => ({
  id: 4, side: "given", owner: "资阳区中心", grantee: "赫山区中心", place: "资阳区", path: "43/02/", classes: [{ code: "06", name: "市政设施" }], join: false, reason: "联合整治", since: "2026-11-20T00:00:00Z", until: "2026-12-20T00:00:00Z",
  standing: "asked", standing_label: "待答复", asked_by: "甲", asked_at: "2026-11-20T00:00:00Z", answered_by: "", answered_at: null, answer: "", ended_by: "", ended_at: null, ending: "", acts: [{ act: "approve", label: "同意", reason_needed: false }], ...own,
});
const soon = (): Promise<void> => new Promise((done) => setTimeout(done, 5));

beforeEach(() => {
  vi.stubGlobal("gettext", (word: string) => word);
});
afterEach(() => void vi.restoreAllMocks());

it("offers those whose ground holds the region, the nearest first, and never the one who asks", () => {
  expect(ownersOf(FORM, "43/02/005/", 9).map((one) => one.id)).toEqual([3, 2, 1]);
  expect(ownersOf(FORM, "43/02/", 9).map((one) => one.id)).toEqual([2, 1]);
  expect(ownersOf(FORM, "43/03/", 9).map((one) => one.id)).toEqual([1]);
});

it("says beside each field what is missing", () => {
  const empty = { owner: 0, path: "", classes: [], reason: " 看 ", since: "2026-11-22", until: "", join: false, grantee: 9 };
  expect(Object.keys(lacking(empty))).toEqual(["path", "owner", "classes", "until", "reason"]);
  expect(lacking({ ...empty, owner: 1, path: "43/", classes: ["06"], until: "2026-12-01", reason: "联合整治需要" })).toEqual({});
});

it("names a request as one until it is granted", () => {
  expect(titleOf(row())).toBe("赫山区中心 asks 资阳区中心");
  expect(titleOf(row({ standing: "refused", answered_at: "2026-11-20T01:00:00Z" }))).toBe("赫山区中心 asks 资阳区中心");
  expect(titleOf(row({ standing: "ended", answered_at: "2026-11-20T01:00:00Z" }))).toBe("资阳区中心 to 赫山区中心");
});

it("keeps what was typed and shows how it stands when somebody was faster", async () => {
  const now = row({ standing: "withdrawn", standing_label: "已撤回", acts: [] });
  vi.spyOn(api, "actOnGrant").mockRejectedValue(new ApiProblem({ status: 409, code: "grant-withdrawn", detail: "已撤回该申请", grant: now }));
  const onRow = vi.fn();
  const onDone = vi.fn();
  render(<GrantCard row={row()} onRow={onRow} onDone={onDone} />, root);
  root.querySelector<HTMLButtonElement>(".sharing-acts button")!.click();
  await soon();
  const words = root.querySelector<HTMLTextAreaElement>("dialog textarea")!;
  words.value = "同意使用";
  words.dispatchEvent(new Event("input", { bubbles: true }));
  await soon();
  root.querySelector<HTMLButtonElement>("dialog .dialog-foot .btn-primary")!.click();
  await soon();
  expect(onRow).toHaveBeenCalledWith(now);
  expect(onDone).not.toHaveBeenCalled();
  expect(root.querySelector("dialog [role=alert]")?.textContent).toContain("已撤回该申请");
  expect(root.querySelector<HTMLTextAreaElement>("dialog textarea")?.value).toBe("同意使用");
});
