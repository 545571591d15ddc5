import { render } from "preact";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { AllowedStep, EventCard } from "../src/shared/api/types.ts";
import { useKeys } from "../src/shared/keys.ts";
import { withWhom } from "../src/shared/steps/panel.tsx";
import { StepPanel } from "../src/shared/steps/index.ts";
import { fetched, find, root } from "./page.ts";
import { eventRow } from "./rows.ts";

const note: AllowedStep = { step: "note", label: "Note", primary: false, key: "n", effect: "", fields: [{ name: "text", kind: "longtext", label: "Text", required: true, help: "", choices: null }] };
const sign: AllowedStep = { step: "sign", label: "Sign", primary: true, key: "s", effect: "", fields: [] };

function card(own: Partial<EventCard> = {}): EventCard {
  const rest = { description: "", reporter: "", given_point: null, accuracy_m: null, matched: null, photos: [], journal: [], timers: [], tasks: [], ticket_rows: [], seen_by: [], goes_on: null, merged: [], calendar_warning: "", suggestion: null };
  return { ...eventRow(), ...rest, allowed_steps: [sign, note], ...own };
}

const answer = (body: unknown, status = 200): Response => new Response(JSON.stringify(body), { status });
const tick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 80));
const press = (label: string): void => {
  const button = [...document.querySelectorAll("button")].find((one) => one.textContent.includes(label));
  if (!button) throw new Error(`no button ${label}`);
  button.click();
};
const type = (text: string): void => {
  const area = find("textarea") as HTMLTextAreaElement;
  area.value = text;
  area.dispatchEvent(new Event("input", { bubbles: true }));
};
const send = (): void => void find("form").dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
const body = (call: number): unknown => JSON.parse(fetched.mock.calls[call]![1]?.body as string);

it("takes a step without questions at once, against the version that is shown", async () => {
  const after = card({ version: 4 });
  fetched.mockResolvedValue(answer(after));
  const onCard = vi.fn();
  render(<StepPanel event={card()} onCard={onCard} />, root);
  press("Sign");
  await tick();
  expect(body(0)).toEqual({ step: "sign", version: 3 });
  expect(onCard).toHaveBeenCalledWith(after);
});

it("asks for what is required before anything is sent", async () => {
  render(<StepPanel event={card()} onCard={() => undefined} />, root);
  press("Note");
  await tick();
  send();
  await tick();
  expect(fetched).not.toHaveBeenCalled();
  expect(find("textarea").getAttribute("aria-invalid")).toBe("true");
  expect(find(".field-error").textContent).not.toBe("");
});

it("keeps what was typed when the event changes meanwhile, and tells what changed instead of slipping past it", async () => {
  const now = card({ version: 5, state: "handling", state_label: "处置中", journal: [{ version: 5, at: "2026-11-20T06:32:05Z", sentence: "值班长 孙 派遣。", text: "", photos: [] }] as unknown as EventCard["journal"] });
  const onCard = vi.fn();
  render(<StepPanel event={card()} onCard={onCard} />, root);
  press("Note");
  await tick();
  type("已联系社区");
  await tick();
  render(<StepPanel event={now} onCard={onCard} />, root);
  await tick();
  expect((find("textarea") as HTMLTextAreaElement).value).toBe("已联系社区");
  expect(root.textContent).toContain("has changed since");

  fetched.mockResolvedValueOnce(answer({ status: 409, code: "version-conflict", detail: "", event: now }, 409));
  send();
  await tick();
  expect(body(0)).toMatchObject({ version: 3, text: "已联系社区" });
  expect(find("dialog").textContent).toContain("值班长 孙 派遣。");
  expect(onCard).not.toHaveBeenCalled();

  fetched.mockResolvedValueOnce(answer(card({ version: 6 })));
  press("all the same");
  await tick();
  expect(body(1)).toMatchObject({ version: 5, text: "已联系社区" });
  expect(onCard).toHaveBeenCalledOnce();
});

it("goes back to what was typed when what changed is closed without a choice", async () => {
  const onCard = vi.fn();
  render(<StepPanel event={card()} onCard={onCard} />, root);
  press("Note");
  await tick();
  type("已联系社区");
  await tick();
  fetched.mockResolvedValueOnce(answer({ status: 409, code: "version-conflict", detail: "", event: card({ version: 5 }) }, 409));
  send();
  await tick();
  find("dialog").dispatchEvent(new Event("cancel", { cancelable: true }));
  await tick();
  expect(document.querySelector("dialog")).toBeNull();
  expect((find("textarea") as HTMLTextAreaElement).value).toBe("已联系社区");
  expect(onCard).not.toHaveBeenCalled();
});

it("shows the server's word beside the field that it is about", async () => {
  fetched.mockResolvedValue(answer({ status: 422, code: "invalid-fields", detail: "x", errors: [{ field: "text", message: "至少 5 个字" }] }, 422));
  render(<StepPanel event={card()} onCard={() => undefined} />, root);
  press("Note");
  await tick();
  type("短");
  await tick();
  send();
  await tick();
  expect(find(".field-error").textContent).toContain("至少 5 个字");
  expect((find("textarea") as HTMLTextAreaElement).value).toBe("短");
});

it("sends nothing while the line is cut, and says why", async () => {
  render(<StepPanel event={card()} onCard={() => undefined} blocked="The line is cut" />, root);
  press("Sign");
  await tick();
  expect(fetched).not.toHaveBeenCalled();
  expect(root.textContent).toContain("The line is cut");
});

it("keeps an amount and its reason through a conflict, and shows what follows above the button", async () => {
  const more: AllowedStep = {
    step: "request_extension", label: "Ask for more time", primary: false, key: "m", effect: "还可申请 1 次。",
    fields: [
      { name: "amount", kind: "amount", label: "How much", required: true, help: "", choices: null },
      { name: "text", kind: "longtext", label: "Why", required: true, help: "", choices: null },
    ],
  };
  const timers = [{ stage: "handle", label: "处置", clock: "work_day", allowance_min: 480, used_min: 1, started_at: "", due_at: null, stopped_at: null }];
  const before = card({ timers, allowed_steps: [sign, more, note] });
  render(<StepPanel event={before} onCard={() => undefined} />, root);
  press("Ask for more time");
  await tick();
  const form = find("form");
  expect(form.textContent).toContain("working days");
  expect(form.textContent.indexOf("还可申请")).toBeLessThan(form.textContent.indexOf("Cancel"));
  const amount = find("input[type=number]") as HTMLInputElement;
  amount.value = "1.5";
  amount.dispatchEvent(new Event("input", { bubbles: true }));
  type("等配件到货");
  await tick();
  fetched.mockResolvedValueOnce(answer({ status: 409, code: "version-conflict", detail: "", event: { ...before, version: 4 } }, 409));
  send();
  await tick();
  expect(body(0)).toEqual({ step: "request_extension", version: 3, amount: 1.5, text: "等配件到货" });
  expect(find("dialog").textContent).toContain("How much: 1.5");
  fetched.mockResolvedValueOnce(answer(card({ version: 5 })));
  press("all the same");
  await tick();
  expect(body(1)).toEqual({ step: "request_extension", version: 4, amount: 1.5, text: "等配件到货" });
});

it("asks whom a step may go to by that step, and shows what follows for the chosen one", async () => {
  const again: AllowedStep = { step: "redispatch", label: "Dispatch anew", primary: false, key: "d", effect: "", fields: [{ name: "organisation", kind: "organisation", label: "To", required: true, help: "", choices: null }] };
  fetched.mockResolvedValue(answer([{ id: 9, name: "区城管局", kind: "department", suggested: true, reason: "", effect: "须于 10:00 前签收" }]));
  render(<StepPanel event={card({ allowed_steps: [again, note] })} onCard={() => undefined} />, root);
  press("Dispatch anew");
  await tick();
  await tick();
  expect(fetched.mock.calls[0]![0] as string).toContain("organisations?step=redispatch");
  expect(find(".note").textContent).toContain("10:00 前签收");
});

it("opens the rarer steps from a menu, which its own keys walk", async () => {
  const rare = ["amend", "copy_to", "escalate", "force_close", "void", "urge"].map((name): AllowedStep => ({ ...note, step: name, label: name, key: null }));
  render(<StepPanel event={card({ allowed_steps: [sign, note, ...rare] })} onCard={() => undefined} />, root);
  expect(root.textContent).not.toContain("void");
  press("More");
  await tick();
  const items = [...document.querySelectorAll<HTMLElement>("[role=menuitem]")];
  expect(items.map((item) => item.textContent)).toEqual(["amend", "urge", "copy_to", "escalate", "force_close", "void"]);
  expect(document.activeElement).toBe(items[0]);
  find("[role=menu]").dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowUp", bubbles: true }));
  expect(document.activeElement).toBe(items.at(-1));
  items.at(-1)?.click();
  await tick();
  expect(find("form").getAttribute("aria-label")).toBe("void");
  expect(document.querySelector("[role=menu]")).toBeNull();
});

it.each([
  ["handling", [], "区城管住建局"],
  ["pending_check", [{ kind: "lead", ended_at: "2026-11-20T07:00:00Z" }, { kind: "check", ended_at: null, user: "张伟" }], "新华社区网格站 张伟"],
  ["verifying", [{ kind: "verify", ended_at: null, user: null }], "新华社区网格站"],
  ["pending_check", [{ kind: "joint", ended_at: null, user: null }], "资阳区指挥中心"],
  ["pending_close", [{ kind: "check", ended_at: "2026-11-20T08:00:00Z", user: "张伟" }], "资阳区指挥中心"],
])("knows whose move it is: %s", (state, tasks, expected) => {
  const known = tasks.map((own) => ({ organisation: "新华社区网格站", user: null, ...own })) as EventCard["tasks"];
  expect(withWhom(card({ state, lead: "区城管住建局", tasks: known }))).toBe(expected);
});

it("says with whom the event is when nothing is to be done here", () => {
  render(<StepPanel event={card({ allowed_steps: [], state: "handling", lead: "区住建局" })} onCard={() => undefined} />, root);
  expect(root.textContent).toContain("区住建局");
});

describe("by keyboard", () => {
  const key = (name: string, target: EventTarget = document.activeElement ?? document.body, own: KeyboardEventInit = {}): void =>
    void target.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true, ...own }));
  const opened = vi.fn();
  const onCard = vi.fn();
  function Listed() {
    useKeys([{ keys: "Enter", label: "Open", group: "List", run: opened }]);
    return (
      <>
        <table tabIndex={-1} data-keyhome />
        <StepPanel event={card()} onCard={onCard} />
      </>
    );
  }
  beforeEach(() => {
    opened.mockReset();
    onCard.mockReset();
    render(<Listed />, root);
  });

  it("opens a form into its first field, and the list's keys rest", async () => {
    await tick();
    key("Enter", document.body);
    expect(opened).toHaveBeenCalledOnce();
    key("n", document.body);
    await tick();
    expect(document.activeElement).toBe(find("textarea"));
    key("Enter", document.body);
    expect(opened).toHaveBeenCalledOnce();
    expect(document.querySelector("form")).not.toBeNull();
    expect(root.textContent).toContain("Ctrl+Enter");
  });

  it("closes by Escape, and the focus is where it was", async () => {
    await tick();
    find("table").focus();
    key("n");
    await tick();
    key("Escape");
    await tick();
    expect(document.querySelector("form")).toBeNull();
    expect(document.activeElement).toBe(find("table"));
    key("Enter");
    expect(opened).toHaveBeenCalledOnce();

    const button = [...document.querySelectorAll("button")].find((one) => one.textContent.includes("Note"));
    button?.focus();
    button?.click();
    await tick();
    key("Escape");
    await tick();
    expect(document.activeElement?.textContent).toContain("Note");
  });

  it("leaves the next key to the page from the moment the form is gone", async () => {
    await tick();
    find("table").focus();
    key("n");
    await tick();
    const gone = new Promise<void>((resolve) => {
      new MutationObserver((_changes, watcher) => {
        if (document.querySelector("form") !== null) return;
        watcher.disconnect();
        resolve();
      }).observe(root, { childList: true, subtree: true });
    });
    key("Escape");
    await gone;
    key("Enter", document.body);
    expect(opened).toHaveBeenCalledOnce();
  });

  it("sends by Ctrl+Enter, and the focus is in the list", async () => {
    await tick();
    key("n", document.body);
    await tick();
    type("已联系社区");
    await tick();
    fetched.mockResolvedValue(answer(card({ version: 4 })));
    key("Enter", document.activeElement ?? document.body, { ctrlKey: true });
    await tick();
    expect(fetched).toHaveBeenCalledOnce();
    expect(body(0)).toMatchObject({ step: "note", text: "已联系社区" });
    expect(onCard).toHaveBeenCalledOnce();
    expect(document.activeElement).toBe(find("table"));
  });
});

it("says which facts are no longer as they were, with what was said and how many photos came", async () => {
  const before = card({ lead: null, due_at: null });
  const now = card({ version: 4, state_label: "处置中", lead: "区住建局", due_at: null, journal: [{ version: 4, at: "2026-11-20T06:32:05Z", sentence: "经办人签收。", text: "马上去", photos: [{}, {}] }] as unknown as EventCard["journal"] });
  render(<StepPanel event={before} onCard={() => undefined} />, root);
  press("Note");
  await tick();
  type("已联系社区");
  await tick();
  fetched.mockResolvedValueOnce(answer({ status: 409, code: "event-moved-on", detail: "", event: now }, 409));
  send();
  await tick();
  const rows = [...find("dialog").querySelectorAll("tbody tr")].map((row) => [...row.children].map((cell) => cell.textContent));
  expect(rows).toContainEqual(["Lead", "—", "区住建局"]);
  expect(rows).toContainEqual(["State", before.state_label, "处置中"]);
  expect(rows.map((row) => row[0])).not.toContain("Category");
  expect(find("dialog").textContent).toContain("马上去");
  expect(find("dialog").textContent).toContain("2 photos");
});

it("gives the reason where nobody did anything and the step has simply become impossible, and lets one copy one's words", async () => {
  const before = card({ allowed_steps: [note] });
  render(<StepPanel event={before} onCard={() => undefined} />, root);
  press("Note");
  await tick();
  type("说明情况");
  await tick();
  fetched.mockResolvedValueOnce(answer({ status: 409, code: "return-too-late", detail: "The time is over.", event: card({ allowed_steps: [sign] }) }, 409));
  send();
  await tick();
  const dialog = find("dialog");
  expect(dialog.textContent).toContain("The time is over.");
  expect(dialog.textContent).not.toContain("has just changed");
  expect(dialog.textContent).toContain("Copy my words");
  expect(dialog.textContent).not.toContain("all the same");
});
