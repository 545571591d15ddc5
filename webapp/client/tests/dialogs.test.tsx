import { render } from "preact";
import { expect, it, vi } from "vitest";
import { Counting } from "../src/dispatch/counting.tsx";
import { AskDialog } from "../src/dispatch/askdialog.tsx";
import { BatchBar } from "../src/dispatch/batchbar.tsx";
import { BatchForm } from "../src/dispatch/batchform.tsx";
import { NoticeList } from "../src/shared/notices/noticelist.tsx";
import { noticeStore } from "../src/shared/notices/store.ts";
import { useKeys } from "../src/shared/keys.ts";
import { useOpen } from "../src/shared/ui/useopen.ts";
import type { AllowedStep, EventCard } from "../src/shared/api/index.ts";
import { Dialog, TextInput } from "../src/shared/ui/index.ts";
import { fetched, find, root } from "./page.ts";
import { eventRow } from "./rows.ts";

const answer = (body: unknown): Response => new Response(JSON.stringify(body), { status: 200 });
const tick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 60));
const enter = (where: HTMLElement, own: KeyboardEventInit = {}): void => void where.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true, ...own }));
const type = (field: HTMLInputElement, text: string): void => {
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
};
const press = (where: HTMLElement, kind: string): void => void where.dispatchEvent(new MouseEvent(kind, { bubbles: true }));

const dispatch: AllowedStep = { step: "dispatch", label: "Dispatch", primary: true, key: "d", effect: "", fields: [] };
const workRow = (no: string) => ({ ...eventRow({ no }), allowed: ["dispatch"], share: null, task: null });
const organisations = ["环卫所", "园林局", "城管局", "水利局", "消防队", "交警队", "电力局", "燃气局", "市政所"].map((name, at) => ({ id: at + 1, name }));
const address = (url: RequestInfo | URL): string => (typeof url === "string" ? url : url instanceof URL ? url.href : url.url);
const urls = (): string[] => fetched.mock.calls.map(([url]) => address(url));

it("a plain Enter sends only where a dialog says so", async () => {
  const send = vi.fn(() => Promise.resolve());
  const shown = (own: { enterSends?: boolean }) => (
    <AskDialog title="t" icon="note" action="Go" send={send} onClose={() => undefined} {...own}>
      {() => <TextInput value="" onInput={() => undefined} />}
    </AskDialog>
  );
  render(shown({}), root);
  enter(find("input"));
  expect(send).not.toHaveBeenCalled();
  enter(find("input"), { ctrlKey: true });
  expect(send).toHaveBeenCalledOnce();
  await tick();
  render(null, root);
  render(shown({ enterSends: true }), root);
  enter(find("input"));
  expect(send).toHaveBeenCalledTimes(2);
});

it("Enter in the box that finds an organisation chooses, never sends; a choice that is filtered away is none", async () => {
  fetched.mockResolvedValue(answer({ organisations, suggested: [] }));
  render(<BatchForm step={dispatch} rows={[workRow("EV1")]} onClose={() => undefined} onSent={() => undefined} />, root);
  await tick();
  const box = find("input[type=text]") as HTMLInputElement;
  type(box, "水利");
  await tick();
  enter(box);
  await tick();
  expect((find("select") as HTMLSelectElement).value).toBe("4");
  expect(urls()).toEqual(["/api/v1/batches/plan"]);
  type(box, "消防");
  await tick();
  expect((find("select") as HTMLSelectElement).value).not.toBe("4");
  expect((find(".dialog-foot .btn-primary") as HTMLButtonElement).disabled).toBe(true);
});

it("what comes late takes the focus from nobody who has begun", async () => {
  let come: (found: Response) => void = () => undefined;
  fetched.mockReturnValue(new Promise((resolve) => (come = resolve)));
  render(<BatchForm step={dispatch} rows={[workRow("EV1")]} onClose={() => undefined} onSent={() => undefined} />, root);
  await tick();
  const words = find("textarea") as HTMLTextAreaElement;
  words.focus();
  words.dispatchEvent(new KeyboardEvent("keydown", { key: "x", bubbles: true }));
  come(answer({ organisations, suggested: [] }));
  await tick();
  expect(document.querySelector("select")).not.toBeNull();
  expect(document.activeElement).toBe(words);
});

it("a form and its report outlive the rows that were ticked", async () => {
  const done = vi.fn();
  const bar = (rows: ReturnType<typeof workRow>[]) => <BatchBar rows={rows} blocked="" onClear={() => undefined} onDone={done} />;
  const outcome = (no: string, result: string) => ({ no, result, code: "", detail: "", version: 2, state: "", state_label: "" });
  fetched.mockImplementation((url) => {
    if (address(url).endsWith("/plan")) return Promise.resolve(answer({ organisations, suggested: [] }));
    if (address(url).endsWith("/batches")) return Promise.resolve(answer({ outcomes: [outcome("EV1", "done"), outcome("EV2", "refused")] }));
    return Promise.resolve(answer({ allowed_steps: [dispatch] }));
  });
  const rows = [workRow("EV1"), workRow("EV2")];
  render(bar(rows), root);
  await tick();
  find(".batch .btn-primary").click();
  await tick();
  render(bar([]), root); /* a live change has taken them from the list */
  const list = find("select") as HTMLSelectElement;
  list.value = "4";
  list.dispatchEvent(new Event("change", { bubbles: true }));
  await tick();
  find(".dialog-foot .btn-primary").click();
  await tick();
  expect(done).toHaveBeenCalledWith(["EV1"]);
  expect(find(".batch-report").textContent).toContain("EV2");
});

it("a dialog closes by a click that began on its backdrop, and by its own Escape alone", () => {
  const close = vi.fn();
  render(
    <Dialog title="t" onClose={close}>
      <input type="file" />
    </Dialog>,
    root,
  );
  const dialog = find("dialog");
  press(find("input"), "pointerdown"); /* marking words, and letting go outside */
  press(dialog, "click");
  find("input").dispatchEvent(new Event("cancel", { bubbles: true })); /* the file picker's */
  expect(close).not.toHaveBeenCalled();
  press(dialog, "pointerdown");
  press(dialog, "click");
  dialog.dispatchEvent(new Event("cancel", { cancelable: true }));
  expect(close).toHaveBeenCalledTimes(2);
});

it("a dialog that shows what is not shown again closes by its own buttons alone", () => {
  render(
    <Dialog title="t" onClose={null}>
      secret
    </Dialog>,
    root,
  );
  const dialog = find("dialog");
  press(dialog, "pointerdown");
  press(dialog, "click");
  const escape = new Event("cancel", { cancelable: true });
  dialog.dispatchEvent(escape);
  expect(escape.defaultPrevented).toBe(true);
  expect(document.querySelector(".dialog-head button")).toBeNull();
});

it("the list of notices asks once for each newer notice, whatever the answers count", async () => {
  fetched.mockImplementation(() => Promise.resolve(answer({ rows: [], next: null, unread: 1, newest: 3 })));
  const list = (newest: number) => <NoticeList waiting={{ unread: 5, newest }} hrefOf={(no) => no} />;
  render(list(3), root);
  await tick();
  render(list(9), root); /* and the page goes on telling of 3 */
  await tick();
  await tick();
  expect(fetched).toHaveBeenCalledTimes(2);
  expect(noticeStore.waiting).toEqual({ unread: 1, newest: 3 });
});

it("an appeal that came too late goes through with the version of now, and with the words that were typed", async () => {
  const counted = (version: number) => ({ no: "EV1", version, may_appeal: true, may_decide: false, items: [{ indicator: "closure", name: "Closed", at: "2026-11-20T06:00:00Z", hit: true, counted: true }], appeals: [] });
  const sent: { version: number; reason: string }[] = [];
  let version = 4;
  fetched.mockImplementation((url, init) => {
    if (address(url).endsWith("/appeals")) {
      const body = JSON.parse(init?.body as string) as { version: number; reason: string };
      sent.push(body);
      version = 5;
      if (body.version !== version) return Promise.resolve(new Response(JSON.stringify({ status: 409, code: "event-moved-on", detail: "moved" }), { status: 409 }));
    }
    return Promise.resolve(answer(counted(version)));
  });
  render(<Counting card={{ no: "EV1" } as EventCard} onCard={() => undefined} />, root);
  find("button").click();
  await tick();
  find("td button").click();
  await tick();
  const words = find("textarea") as HTMLTextAreaElement;
  words.value = "全市停工";
  words.dispatchEvent(new Event("input", { bubbles: true }));
  await tick();
  find(".dialog-foot .btn-primary").click();
  await tick();
  expect(find(".field-error").textContent).toContain("moved");
  find(".dialog-foot .btn-primary").click();
  await tick();
  expect(sent.map((one) => [one.version, one.reason])).toEqual([[4, "全市停工"], [5, "全市停工"]]);
  expect(document.querySelector("textarea")).toBeNull();
});

it("one Escape closes what is open and gives the focus back; the page's own Escape comes with the next", async () => {
  const untick = vi.fn();
  function Opening() {
    const { open, setOpen, root: here } = useOpen();
    useKeys([{ keys: "Escape", label: "Untick", group: "List", run: untick }]);
    return (
      <div ref={here}>
        <button type="button" onClick={() => setOpen(!open)} />
        {open && <a href="#inside">inside</a>}
      </div>
    );
  }
  render(<Opening />, root);
  const escape = (): void => void (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true, cancelable: true }));
  find("button").click();
  await tick();
  find("a").focus();
  escape();
  await tick();
  expect(document.querySelector("a")).toBeNull();
  expect(document.activeElement).toBe(find("button"));
  expect(untick).not.toHaveBeenCalled();
  escape();
  expect(untick).toHaveBeenCalledOnce();
});
