/** Something that opens by a button and closes by Escape, with the focus back on that button, or by pointing elsewhere. */
import { useEffect, useRef, useState } from "preact/hooks";

export function useOpen() {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return undefined;
    const away = (event: Event): void => {
      if (!(event.target instanceof Node && root.current?.contains(event.target) === true)) setOpen(false);
    };
    /* Before the page's own keys: one Escape closes one thing. */
    const pressed = (event: KeyboardEvent): void => {
      if (event.key !== "Escape" || event.isComposing) {
        away(event);
        return;
      }
      event.preventDefault();
      event.stopPropagation();
      setOpen(false);
      root.current?.querySelector("button")?.focus();
    };
    document.addEventListener("pointerdown", away);
    document.addEventListener("keydown", pressed, true);
    return () => {
      document.removeEventListener("pointerdown", away);
      document.removeEventListener("keydown", pressed, true);
    };
  }, [open]);
  return { open, setOpen, root };
}
