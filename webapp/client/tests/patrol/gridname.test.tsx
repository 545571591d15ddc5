import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { api, ApiProblem, type GridAt } from "../../src/shared/api/index.ts";
import { GridName } from "../../src/shared/placemap/gridname.tsx";
import { root } from "../page.ts";

const AT: GridAt = { grid: { code: "001", name: "网格001", path: "43/01/001/", place: "群众街社区 网格001" }, bbox: [112, 28, 113, 29] };
const NEAREST = { nearest: { name: "网格001", distance_m: 80 } };

beforeEach(() => void vi.stubGlobal("gettext", (word: string) => word));
afterEach(() => void vi.restoreAllMocks());

const failing = (status: number, body: Record<string, unknown> = {}) => () => Promise.reject(new ApiProblem({ status, code: "none", detail: "", ...body }));

it.each([
  ["in the own grid", () => Promise.resolve(AT), "", false],
  ["in another's grid", () => Promise.resolve(AT), "not your grid", true],
  ["outside the city", failing(422, NEAREST), "", true],
  ["while no answer comes", () => new Promise<GridAt>(() => undefined), "", false],
  ["without a line", failing(0), "", false],
  ["when the server fails", failing(500), "", false],
])("refuses a place only for certain: %s", async (_when, answer, why, expected) => {
  vi.spyOn(api, "gridAt").mockImplementation(answer);
  const refused = vi.fn();
  await act(async () => {
    render(<GridName spot={{ lng: 112.3, lat: 28.6, accuracy_m: null }} onRefused={refused} barred={() => why} />, root);
    await new Promise((done) => setTimeout(done, 250));
  });
  expect(refused.mock.lastCall).toEqual([expected]);
});
