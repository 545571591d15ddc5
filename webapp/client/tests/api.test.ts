import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { api, type ApiProblem, asProblem, csrfToken, onSignedOut, withQuery } from "../src/shared/api/index.ts";

const fetched = vi.fn<typeof fetch>();
const json = (body: unknown, status = 200, headers: Record<string, string> = {}): Response => new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json", ...headers } });

async function problem(asked: Promise<unknown>): Promise<ApiProblem> {
  return asked.then(
    () => {
      throw new Error("it succeeded");
    },
    (thrown: unknown) => asProblem(thrown),
  );
}

beforeEach(() => {
  fetched.mockReset();
  vi.stubGlobal("fetch", fetched);
});
afterEach(() => vi.unstubAllGlobals());

describe("asking", () => {
  it("sends the step with its version, the CSRF token and JSON", async () => {
    vi.spyOn(document, "cookie", "get").mockReturnValue("other=1; wangge_csrf=abc%3D");
    fetched.mockResolvedValue(json({ no: "EV1" }));
    await api.step("EV1", "dispatch", 4, { organisation: 7 });
    const [path, init] = fetched.mock.calls[0]!;
    expect(path).toBe("/api/v1/events/EV1/steps");
    expect(init?.method).toBe("POST");
    expect(new Headers(init?.headers).get("X-CSRFToken")).toBe("abc=");
    expect(JSON.parse(init?.body as string)).toEqual({ step: "dispatch", version: 4, organisation: 7 });
  });

  it("lets the browser set the content type of a photo", async () => {
    fetched.mockResolvedValue(json({ sha256: "x" }, 201));
    await api.photo(new Blob(["x"]), "a.jpg");
    const init = fetched.mock.calls[0]![1];
    expect(init?.body).toBeInstanceOf(FormData);
    expect(new Headers(init?.headers).has("Content-Type")).toBe(false);
  });

  it("takes 204 for an answer", async () => {
    fetched.mockResolvedValue(new Response(null, { status: 204 }));
    await expect(api.endPlay("s")).resolves.toBeUndefined();
  });

  it("leaves empty parameters out and escapes the others", () => {
    expect(withQuery("/x", { a: "", b: null, c: undefined, d: 0, e: "街 道" })).toBe("/x?d=0&e=%E8%A1%97+%E9%81%93");
    expect(withQuery("/x")).toBe("/x");
  });

  it("finds the token among other cookies only by its whole name", () => {
    expect(csrfToken("not_wangge_csrf=1")).toBe("");
  });
});

describe("refusals", () => {
  it("keeps code, words, fields and what came with a problem", async () => {
    fetched.mockResolvedValue(json({ type: "t", title: "Conflict", status: 409, code: "version-conflict", detail: "已被改动", errors: [{ field: "text", message: "太短" }], event: { no: "EV1" }, request_id: "r1" }, 409));
    const refusal = await problem(api.step("EV1", "sign", 1));
    expect(refusal).toMatchObject({ status: 409, code: "version-conflict", detail: "已被改动", requestId: "r1", transient: false });
    expect(refusal.field("text")).toBe("太短");
    expect(refusal.field("other")).toBe("");
    expect(refusal.body["event"]).toEqual({ no: "EV1" });
  });

  it("says so when nothing answers", async () => {
    fetched.mockRejectedValue(new TypeError("Failed to fetch"));
    const refusal = await problem(api.me());
    expect(refusal).toMatchObject({ status: 0, code: "network", transient: true });
    expect(refusal.detail).not.toBe("");
  });

  it("copes with a proxy's page", async () => {
    fetched.mockResolvedValue(new Response("<html>Bad gateway</html>", { status: 502, headers: { "X-Request-ID": "r9" } }));
    expect(await problem(api.me())).toMatchObject({ status: 502, code: "http_502", requestId: "r9", transient: true });
  });

  it("passes an abort through as it is", async () => {
    fetched.mockRejectedValue(new DOMException("gone", "AbortError"));
    await expect(api.me()).rejects.toHaveProperty("name", "AbortError");
  });

  it("leads to the sign-in page when the session is over", async () => {
    const leave = vi.spyOn(onSignedOut, "leave").mockImplementation(() => undefined);
    fetched.mockResolvedValue(json({ status: 401, code: "not-signed-in", detail: "" }, 401));
    await problem(api.me());
    expect(leave).toHaveBeenCalledOnce();
  });
});
