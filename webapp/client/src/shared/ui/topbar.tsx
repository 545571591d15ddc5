/** The bar on top of every console page: where one is, where one may go, who one is. */
import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { csrfToken } from "../api/client.ts";
import type { Me } from "../api/types.ts";
import { gettext, language } from "../i18n.ts";
import { currentTheme, setTheme } from "../theme.ts";
import { NoticeBell } from "../notices/bell.tsx";
import { Button, cls, Icon } from "./basics.tsx";
import { DeliveryMark } from "./deliverymark.tsx";
import { useFolded } from "./usefolded.ts";
import { useOpen } from "./useopen.ts";

export type Place = "map" | "work" | "patrol" | "coverage" | "deliveries" | "audit" | "evaluation" | "rules" | "sharing" | "admin" | "shifts" | "status" | "";

/** A page that the reader may open, as the server's shell lists them. */
interface Door {
  entry: string;
  path: string;
  title: string;
}

/** The shell's own menu; it knows who may open what. */
export function menuOf(shell: Document = document): Door[] {
  const text = shell.getElementById("menu")?.textContent ?? "[]";
  const read: unknown = JSON.parse(text);
  return Array.isArray(read) ? (read as Door[]) : [];
}

export function TopBar({ me, active, children }: { me: Me; active: Place; children?: ComponentChildren }) {
  const bar = useRef<HTMLElement>(null);
  const folded = useFolded(bar);
  return (
    <header class="topbar" ref={bar}>
      <a class="brand" href="/" aria-label={gettext("Wangge")}>
        <Icon name="grid" />
        <span>{gettext("Wangge")}</span>
      </a>
      <Doors active={active} folded={folded} />
      {children ?? <span class="grow" />}
      <DeliveryMark me={me} />
      {me.posts.length > 0 && <NoticeBell />}
      <UserMenu me={me} />
    </header>
  );
}

/** The pages side by side; where there is no room for them, one button with the name of this one, and a list below it. */
function Doors({ active, folded }: { active: Place; folded: boolean }) {
  const { open, setOpen, root } = useOpen();
  const doors = menuOf();
  const here = doors.find((door) => door.entry === active)?.title ?? gettext("Pages");
  if (doors.length === 0) return null;
  return (
    <div class={cls("menu-root doors", folded && "is-folded")} ref={root}>
      <button type="button" class="btn btn-quiet doors-button" aria-expanded={open} aria-controls="doors" onClick={() => setOpen(!open)}>
        {here}
        <Icon name="down" />
      </button>
      <nav id="doors" class={cls("topnav", open && "is-open")} aria-label={gettext("Pages")}>
        {doors.map((door) => (
          <a key={door.entry} class="btn btn-quiet" href={door.path} {...(door.entry === active ? { "aria-current": "page" as const } : {})}>
            {door.title}
          </a>
        ))}
      </nav>
    </div>
  );
}

function UserMenu({ me }: { me: Me }) {
  const { open, setOpen, root } = useOpen();
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
          <a class="menu-item" href="/account">
            <Icon name="user" />
            {gettext("My account")}
          </a>
          <ThemeButton onDone={() => setOpen(false)} />
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

function ThemeButton({ onDone }: { onDone: () => void }) {
  const [theme, set] = useState(currentTheme);
  const other = theme === "dark" ? "light" : "dark";
  return (
    <button
      type="button"
      class="menu-item"
      onClick={() => {
        setTheme(other);
        set(other);
        onDone();
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
    <form method="post" action="/i18n/language">
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
