/** The bar on top of every console page: where one is, where one may go, who one is. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { csrfToken } from "../api/client.ts";
import type { Me } from "../api/types.ts";
import { gettext, language } from "../i18n.ts";
import { currentTheme, setTheme } from "../theme.ts";
import { Button, Icon } from "./basics.tsx";

export type Place = "map" | "work" | "patrol" | "deliveries" | "audit" | "";

interface Door {
  place: Place;
  href: string;
  label: string;
  open: (can: Me["can"]) => boolean;
}

const doors = (): Door[] => [
  { place: "map", href: "/map", label: gettext("Map"), open: (can) => can.overview || can.dispatch || can.accept || can.watch },
  { place: "work", href: "/work", label: gettext("Work"), open: () => true },
  { place: "patrol", href: "/patrol", label: gettext("Patrol"), open: (can) => can.report },
  { place: "deliveries", href: "/deliveries", label: gettext("Deliveries"), open: (can) => can.deliveries },
  { place: "audit", href: "/audit", label: gettext("Audit"), open: (can) => can.audit },
];

export function TopBar({ me, active, children }: { me: Me; active: Place; children?: ComponentChildren }) {
  return (
    <header class="topbar">
      <a class="brand" href="/">
        <Icon name="grid" />
        <span>{gettext("Wangge")}</span>
      </a>
      <nav class="topnav" aria-label={gettext("Pages")}>
        {doors()
          .filter((door) => door.open(me.can))
          .map((door) => (
            <a key={door.place} class="btn btn-quiet" href={door.href} {...(door.place === active ? { "aria-current": "page" as const } : {})}>
              {door.label}
            </a>
          ))}
      </nav>
      {children ?? <span class="grow" />}
      <UserMenu me={me} />
    </header>
  );
}

function UserMenu({ me }: { me: Me }) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return undefined;
    const away = (event: Event): void => {
      const inside = event.target instanceof Node && root.current?.contains(event.target) === true;
      if (!inside || (event instanceof KeyboardEvent && event.key === "Escape")) setOpen(false);
    };
    document.addEventListener("pointerdown", away);
    document.addEventListener("keydown", away);
    return () => {
      document.removeEventListener("pointerdown", away);
      document.removeEventListener("keydown", away);
    };
  }, [open]);
  const post = me.posts[0];
  return (
    <div class="menu-root" ref={root}>
      <Button kind="quiet" icon="user" expanded={open} label={me.name} class="user-button" onClick={() => setOpen(!open)}>
        <span class="user-name">{me.name}</span>
      </Button>
      {open && (
        <div class="menu">
          <div class="menu-head">
            <p class="strong">{me.name}</p>
            {post && (
              <p class="small dim">
                {post.organisation_name} {post.role_label}
              </p>
            )}
          </div>
          <ThemeButton />
          <LanguageForm />
          <form method="post" action="/logout">
            <input type="hidden" name="csrfmiddlewaretoken" value={csrfToken()} />
            <button type="submit" class="menu-item">
              <Icon name="out" />
              {gettext("Sign out")}
            </button>
          </form>
        </div>
      )}
    </div>
  );
}

function ThemeButton() {
  const [theme, set] = useState(currentTheme);
  const other = theme === "dark" ? "light" : "dark";
  return (
    <button
      type="button"
      class="menu-item"
      onClick={() => {
        setTheme(other);
        set(other);
      }}
    >
      <Icon name="sun" />
      {other === "light" ? gettext("Light theme") : gettext("Dark theme")}
    </button>
  );
}

function LanguageForm() {
  const chinese = language().toLowerCase().startsWith("zh");
  return (
    <form method="post" action="/i18n/setlang/">
      <input type="hidden" name="csrfmiddlewaretoken" value={csrfToken()} />
      <input type="hidden" name="next" value={`${location.pathname}${location.search}`} />
      <input type="hidden" name="language" value={chinese ? "en" : "zh-hans"} />
      <button type="submit" class="menu-item" lang={chinese ? "en" : "zh-hans"}>
        <Icon name="info" />
        {chinese ? "English" : "中文"}
      </button>
    </form>
  );
}
