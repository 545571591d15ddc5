/** Keeps what has the focus from lying under a bar that stays at an edge: who goes on by keys must see where they are (WCAG 2.2, 2.4.11). */

const GAP = 8;
const EDGE = 4;

/** Listens from now on; what the keyboard brings into focus is scrolled out from under such a bar. */
export function watchFocus(page: Document = document): void {
  page.addEventListener("focusin", (event) => {
    const { target } = event;
    if (target instanceof HTMLElement && target.matches(":focus-visible")) requestAnimationFrame(() => uncover(target));
  });
}

/** Scrolls until no bar covers the element, or what draws it; nothing happens where none does. */
export function uncover(focused: HTMLElement): void {
  const drawn = (focused.matches(".unseen") && focused.closest("label")) || focused;
  const box = drawn.getBoundingClientRect();
  const spots = [box.top + box.height / 2, box.bottom - EDGE, box.top + EDGE];
  const bar = spots.map((y) => barOver(drawn, box.left + box.width / 2, y)).find((found) => found !== null);
  if (!bar) return;
  const edge = bar.getBoundingClientRect();
  const room = `${Math.min(edge.bottom, innerHeight) - Math.max(edge.top, 0) + GAP}px`;
  const below = innerHeight - edge.bottom < edge.top;
  const before = drawn.style.cssText;
  drawn.style.setProperty(below ? "scroll-margin-bottom" : "scroll-margin-top", room);
  drawn.scrollIntoView({ block: "nearest" });
  drawn.style.cssText = before;
}

/** The sticky or fixed element that is drawn over this spot of the window, unless it holds the element itself. */
function barOver(element: HTMLElement, x: number, y: number): Element | null {
  let over = document.elementFromPoint(x, y);
  if (over === null || over.contains(element) || element.contains(over)) return null;
  while (over !== null && !over.contains(element)) {
    if (/sticky|fixed/.test(getComputedStyle(over).position)) return over;
    over = over.parentElement;
  }
  return null;
}
