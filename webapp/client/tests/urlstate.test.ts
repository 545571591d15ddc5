import { expect, it } from "vitest";
import { readState, writeState } from "../src/shared/urlstate.ts";

const defaults = { view: "open", sel: "", show: "sites,grids" };

it("reads what is there and takes defaults for the rest", () => {
  expect(readState("?sel=EV1&foreign=1", defaults)).toEqual({ view: "open", sel: "EV1", show: "sites,grids" });
});

it("leaves defaults out and keeps what is not its own", () => {
  expect(writeState("?wall=1&view=over", { ...defaults, sel: "EV1" }, defaults)).toBe("?wall=1&sel=EV1");
  expect(writeState("?view=over", defaults, defaults)).toBe("");
});

it("comes back as it was written, Chinese, commas, slashes and emptiness included", () => {
  const state = { view: "超期 & 临近", sel: "a/b,c", show: "" };
  const search = writeState("", state, defaults);
  expect(search).toContain("a/b,c");
  expect(readState(search, defaults)).toEqual(state);
});
