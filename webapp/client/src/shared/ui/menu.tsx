/** A button that opens a list of further actions. The list is drawn above everything, so that no panel cuts it off. */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Button, cls, Icon, type IconName, Kbd } from "./basics.tsx";

export interface MenuItem {
  key: string;
  label: string;
  icon: IconName;
  kbd?: string | null;
  title?: string;
  /** Stands below a line: what is not easily taken back. */
  apart?: boolean;
  run: () => void;
}

interface MenuProps {
  label: string;
  items: readonly MenuItem[];
  disabled?: boolean;
  busy?: boolean;
}

const GAP = 4;
const EDGE = 8;

/** Where the list goes, in pixels of the window: below the button, above it where there is more room. */
export function placed(button: DOMRect, list: { width: number; height: number }, view: { width: number; height: number }): { left: number; top: number } {
  const below = view.height - button.bottom;
  const top = below >= list.height + GAP + EDGE || below >= button.top ? button.bottom + GAP : button.top - GAP - list.height;
  const left = Math.min(button.right - list.width, view.width - list.width - EDGE);
  return { left: Math.max(EDGE, left), top: Math.max(EDGE, Math.min(top, view.height - list.height - EDGE)) };
}

export function MenuButton({ label, items, disabled = false, busy = false }: MenuProps) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const close = (back: boolean): void => {
    setOpen(false);
    if (back) root.current?.querySelector("button")?.focus();
  };
  return (
    <div class="menu-more" ref={root}>
      <Button icon="more" block popup expanded={open} disabled={disabled} busy={busy} onClick={() => setOpen(!open)}>
        {label}
      </Button>
      {open && root.current && <MenuList label={label} items={items} button={root.current} onClose={close} />}
    </div>
  );
}

function MenuList({ label, items, button, onClose }: { label: string; items: readonly MenuItem[]; button: HTMLElement; onClose: (back: boolean) => void }) {
  const list = useRef<HTMLDivElement>(null);
  const [spot, setSpot] = useState<{ left: number; top: number } | null>(null);
  const latest = useRef(onClose);
  latest.current = onClose;
  useLayoutEffect(() => {
    if (!list.current) return;
    setSpot(placed(button.getBoundingClientRect(), list.current.getBoundingClientRect(), { width: innerWidth, height: innerHeight }));
  }, [button]);
  useEffect(() => {
    if (spot) list.current?.querySelector<HTMLElement>("[role=menuitem]")?.focus();
  }, [spot]);
  useEffect(() => {
    const away = (event: Event): void => {
      if (!(event.target instanceof Node && button.contains(event.target))) latest.current(false);
    };
    const moved = (event: Event): void => {
      if (!(event.target instanceof Node && list.current?.contains(event.target))) latest.current(false);
    };
    document.addEventListener("pointerdown", away);
    addEventListener("resize", moved);
    document.addEventListener("scroll", moved, true);
    return () => {
      document.removeEventListener("pointerdown", away);
      removeEventListener("resize", moved);
      document.removeEventListener("scroll", moved, true);
    };
  }, [button]);
  const walk = (press: KeyboardEvent): void => {
    const all = [...(list.current?.querySelectorAll<HTMLElement>("[role=menuitem]") ?? [])];
    const here = all.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: -1 }[press.key];
    if (to !== undefined) {
      press.preventDefault();
      press.stopPropagation();
      all.at(to % all.length)?.focus();
    } else if (press.key === "Escape" || press.key === "Tab") {
      press.stopPropagation();
      if (press.key === "Escape") press.preventDefault();
      onClose(press.key === "Escape");
    }
  };
  return (
    <div ref={list} class={cls("menu menu-float", spot === null && "unplaced")} role="menu" tabIndex={-1} aria-label={label} {...(spot ? { style: { left: `${spot.left}px`, top: `${spot.top}px` } } : {})} onKeyDown={walk}>
      {items.map((item, at) => (
        <button
          key={item.key}
          type="button"
          role="menuitem"
          tabIndex={-1}
          class={cls("menu-item", item.apart === true && items[at - 1]?.apart !== true && "menu-apart")}
          {...(item.title ? { title: item.title } : {})}
          {...(item.kbd ? { "aria-keyshortcuts": item.kbd } : {})}
          onClick={() => {
            onClose(true);
            item.run();
          }}
        >
          <Icon name={item.icon} />
          <span class="grow">{item.label}</span>
          {item.kbd && <Kbd>{item.kbd.toUpperCase()}</Kbd>}
        </button>
      ))}
    </div>
  );
}
