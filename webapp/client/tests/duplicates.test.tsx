/* What may be the same: offered beside the steps, merged in one form; asked on the phone only once there is something to ask. */
import { render } from "preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { question } from "../src/patrol/nearby.tsx";
import type { AllowedStep, Candidate, EventCard } from "../src/shared/api/index.ts";
import { stateWords } from "../src/shared/duplicates.tsx";
import { StepPanel } from "../src/shared/steps/index.ts";
import { eventRow } from "./rows.ts";

const field = (name: string, kind: AllowedStep["fields"][number]["kind"], required: boolean): AllowedStep["fields"][number] => ({ name, kind, label: name, required, help: "", choices: null });
const merge: AllowedStep = { step: "merge", label: "并案", primary: false, key: "m", effect: "", fields: [field("into", "event", true), field("text", "longtext", false)] };
const rest = { description: "", reporter: "", given_point: null, accuracy_m: null, matched: null, photos: [], journal: [], timers: [], tasks: [], ticket_rows: [], seen_by: [], goes_on: null, merged: [], calendar_warning: "", suggestion: null };
const card = (own: Partial<EventCard> = {}): EventCard => ({ ...eventRow(), ...rest, allowed_steps: [merge], ...own });
const candidate = (no: string, own: Partial<Candidate> = {}): Candidate => ({ event: eventRow({ no }), score: 0.9, likely: true, reasons: ["相距 38 米", "同一小类"], hindrance: "", ...own });

const fetched = vi.fn<typeof fetch>();
const tick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 80));

describe("beside the steps", () => {
  beforeEach(() => {
    document.body.replaceChildren(document.createElement("main"));
    fetched.mockReset();
    vi.stubGlobal("fetch", fetched);
  });
  afterEach(() => {
    render(null, document.querySelector("main")!);
    vi.unstubAllGlobals();
  });

  const shown = async (found: Candidate[], own: Partial<EventCard> = {}): Promise<void> => {
    fetched.mockImplementation((url) => Promise.resolve(new Response(JSON.stringify((url as string).includes("/duplicates") ? found : card({ version: 4 })))));
    render(<StepPanel event={card(own)} onCard={() => undefined} keys={false} />, document.querySelector("main")!);
    await tick();
  };
  const button = (text: string): HTMLButtonElement | undefined => [...document.querySelectorAll("button")].find((one) => one.textContent.includes(text));

  it("says why, and merges with the number filled in", async () => {
    await shown([candidate("EV20261120-0009")]);
    expect(document.body.textContent).toContain("相距 38 米 · 同一小类");
    button("Merge into EV")!.click();
    await tick();
    expect(document.querySelector<HTMLInputElement>("form input")!.value).toBe("EV20261120-0009");
    button("并案")!.click();
    await tick();
    const sent = fetched.mock.calls.find(([, options]) => options?.method === "POST");
    expect(JSON.parse(sent![1]!.body as string)).toEqual({ step: "merge", version: 3, into: "EV20261120-0009" });
  });

  it("offers no merge into what has ended, and shows nothing where there is nothing", async () => {
    await shown([candidate("EV20261120-0009", { hindrance: "已经结束" })]);
    expect(document.body.textContent).toContain("已经结束");
    expect(button("Merge into EV")).toBeUndefined();
    await shown([], { no: "EV20261120-0002" });
    expect(document.querySelector(".duplicates")).toBeNull();
  });

  it("asks nothing for those who can't merge", async () => {
    await shown([candidate("EV20261120-0009")], { allowed_steps: [] });
    expect(fetched).not.toHaveBeenCalled();
  });

  it("says how a merged one goes on", async () => {
    await shown([], { allowed_steps: [], goes_on: { no: "EV20261120-0007", state: "closed", state_label: "已结案", ended_at: "2026-11-20T06:30:00Z", seen: false } });
    expect(document.body.textContent).toContain("EV20261120-0007");
    expect(document.querySelector("a")).toBeNull();
  });
});

describe("words and questions", () => {
  it("names the event that a line goes on in", () => {
    expect(stateWords(eventRow({ state_label: "并案", merged_into: "EV1" }))).toBe("Merged into EV1");
    expect(stateWords(eventRow())).toBe("待派遣");
  });

  it("asks once a report has a category and a place", () => {
    const place = { lng: 112.3, lat: 28.6, accuracy_m: 8, by: "phone" as const };
    expect(question({ category: null, place, description: "" })).toBeNull();
    expect(question({ category: "06-001", place: null, description: "" })).toBeNull();
    expect(question({ category: "06-001", place, description: "破了" })).toEqual({ category: "06-001", point: { lng: 112.3, lat: 28.6, accuracy_m: 8, crs: "wgs84" }, description: "破了" });
  });
});
