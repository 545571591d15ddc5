/** Whether a bar has no room for all its parts side by side. Measured: words, names and counts differ in length. */
import type { RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

/** As in components.css: below it a bar may take two lines, and overflows no more. */
const NARROW = 760;

export function useFolded(bar: RefObject<HTMLElement | null>): boolean {
  const [folded, setFolded] = useState(window.innerWidth <= NARROW);
  const needed = useRef(0); // seen while it is unfolded, for knowing when it may be so again
  useLayoutEffect(() => {
    const it = bar.current;
    if (it === null) return undefined;
    const look = (): void => {
      if (!folded && it.scrollWidth > it.clientWidth) needed.current = it.scrollWidth;
      setFolded(window.innerWidth <= NARROW || it.clientWidth < needed.current);
    };
    look();
    const watch = new ResizeObserver(look);
    for (const part of [it, ...it.children]) watch.observe(part);
    return () => watch.disconnect();
  }, [bar, folded]);
  return folded;
}
