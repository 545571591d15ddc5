import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { downloadSheet, downloadSheets, nameOf } from "../src/shared/api/download.ts";

const fetched = vi.fn<typeof fetch>();
const kept: { name: string; type: string }[] = [];
beforeEach(() => {
  kept.length = 0;
  fetched.mockReset();
  vi.stubGlobal("fetch", fetched);
  vi.spyOn(URL, "createObjectURL").mockImplementation((file) => `blob:${(file as Blob).type}`);
  vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
    kept.push({ name: this.download, type: this.href });
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const file = (name: string): Response => new Response("%PDF-1.3", { headers: { "Content-Type": "application/pdf", "Content-Disposition": `attachment; filename="${name}"` } });

it("keeps a file under the server's name, and leaves nothing in the page", async () => {
  fetched.mockResolvedValue(file("EV20261121-0042.pdf"));
  await downloadSheet("EV20261121-0042");
  expect(fetched.mock.calls[0]![0]).toBe("/api/v1/events/EV20261121-0042/sheet.pdf");
  expect(kept).toEqual([{ name: "EV20261121-0042.pdf", type: "blob:application/pdf" }]);
  expect(document.querySelector("a")).toBeNull();
});

it("asks for a batch with the token that unsafe requests need", async () => {
  document.cookie = "wangge_csrf=abc";
  fetched.mockResolvedValue(file("events-2.pdf"));
  await downloadSheets({ events: ["A", "B"] });
  const [path, sent] = fetched.mock.calls[0]!;
  expect([path, sent?.method, sent?.body]).toEqual(["/api/v1/sheets", "POST", '{"events":["A","B"]}']);
  expect(new Headers(sent?.headers).get("X-CSRFToken")).toBe("abc");
});

it("says what the server said instead of keeping it, and that nothing answered", async () => {
  fetched.mockResolvedValueOnce(new Response(JSON.stringify({ status: 422, code: "sheets-number", detail: "列表共 80 件" }), { status: 422 }));
  await expect(downloadSheets({ filter: {} })).rejects.toMatchObject({ code: "sheets-number", detail: "列表共 80 件" });
  fetched.mockRejectedValueOnce(new TypeError("gone"));
  await expect(downloadSheet("A")).rejects.toMatchObject({ code: "network" });
  expect(kept).toEqual([]);
});

it("takes no name from a header that could lead elsewhere", () => {
  expect(nameOf('attachment; filename="../x.pdf"')).toBe("file.pdf");
  expect(nameOf(null)).toBe("file.pdf");
});
