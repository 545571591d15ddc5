import { afterEach, expect, it, vi } from "vitest";
import { uncover } from "../src/shared/ui/uncover.ts";

const HEIGHT = 768; /* of happy-dom's window */

/** A page with a field at `top` and a bar of 100 px with this position; what was scrolled with which margin. */
function page(position: string, barTop: number, fieldTop: number): { field: HTMLElement; margins: string[] } {
  const [main, field, bar, button] = [document.createElement("main"), document.createElement("input"), document.createElement("footer"), document.createElement("button")];
  bar.style.position = position;
  main.append(field);
  bar.append(button);
  document.body.replaceChildren(main, bar);
  const margins: string[] = [];
  field.getBoundingClientRect = () => new DOMRect(0, fieldTop, 100, 40);
  bar.getBoundingClientRect = () => new DOMRect(0, barTop, 100, 100);
  document.elementFromPoint = (_x, y) => (y >= barTop && y < barTop + 100 ? button : field);
  field.scrollIntoView = vi.fn(() => margins.push(`${field.style.scrollMarginTop}|${field.style.scrollMarginBottom}`));
  return { field, margins };
}

afterEach(() => {
  document.body.replaceChildren();
});

it("scrolls a field out from under a bar at the lower edge, by the bar's height, and leaves no margin behind", () => {
  const { field, margins } = page("sticky", HEIGHT - 100, HEIGHT - 80);
  uncover(field);
  expect(margins).toEqual(["|108px"]);
  expect(field.getAttribute("style") ?? "").toBe("");
});

it("scrolls a field that is half covered, and one under a bar at the upper edge", () => {
  const half = page("sticky", HEIGHT - 100, HEIGHT - 130);
  uncover(half.field);
  expect(half.margins).toEqual(["|108px"]);
  const top = page("fixed", 0, 40);
  uncover(top.field);
  expect(top.margins).toEqual(["108px|"]);
});

it("leaves alone what nothing covers, or only something that scrolls along", () => {
  const free = page("sticky", HEIGHT - 100, 200);
  uncover(free.field);
  const along = page("static", HEIGHT - 100, HEIGHT - 80);
  uncover(along.field);
  expect([...free.margins, ...along.margins]).toEqual([]);
});
