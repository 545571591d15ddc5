import { render } from "preact";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Me } from "../src/shared/api/types.ts";
import { EVERY_MS, StatusView } from "../src/status/statuspage.tsx";

const me = { name: "王系统", username: "wang.sys", posts: [] } as unknown as Me;
const part = (code: string, alarm: boolean) => ({ code, label: code, alarm, words: `${code} words` });
const page = (alarm: boolean) => ({ at: "2026-03-02T09:30:00+08:00", alarms: Number(alarm), waiting: 0, parts: [part("worker", alarm), part("database", false)] });
const fetched = vi.fn<typeof fetch>();
const answer = (body: unknown, status = 200): Response => new Response(JSON.stringify(body), { status });
const text = (): string => document.body.textContent;
let root: HTMLElement;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("fetch", fetched.mockReset());
  root = document.body.appendChild(document.createElement("div"));
});
afterEach(() => {
  render(null, root);
  root.remove();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const turn = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

it("says an alarm aloud, and takes it back by itself once the part runs again", async () => {
  fetched.mockImplementation(() => Promise.resolve(answer(page(true))));
  render(<StatusView me={me} />, root);
  await turn(50);
  expect(document.querySelector("[role=alert]")?.textContent).toContain("1");
  expect(document.querySelector("[data-part=worker]")?.textContent).toContain("Alarm");
  expect(document.querySelector("[data-part=database]")?.textContent).toContain("In order");
  fetched.mockImplementation(() => Promise.resolve(answer(page(false))));
  await turn(EVERY_MS + 50);
  expect(document.querySelector("[role=alert]")).toBeNull();
  expect(text()).toContain("Everything runs.");
});

it("does not go on showing that all is well when nothing answers", async () => {
  fetched.mockImplementation(() => Promise.resolve(answer(page(false))));
  render(<StatusView me={me} />, root);
  await turn(50);
  expect(text()).toContain("Everything runs.");
  fetched.mockImplementation(() => Promise.resolve(answer({ status: 503, code: "database-away", detail: "away", title: "", type: "", request_id: "r" }, 503)));
  await turn(EVERY_MS + 50);
  expect(text()).not.toContain("Everything runs.");
  expect(text()).toContain("The status did not come");
});
