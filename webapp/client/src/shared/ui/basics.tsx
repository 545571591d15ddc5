/** The smallest parts: icon, mark, badge, button, note, skeleton. */
import { type ButtonHTMLAttributes, type ComponentChildren, h, type SVGAttributes } from "preact";
import type { EventRow, MarkKind } from "../api/types.ts";
import { gettext } from "../i18n.ts";
import { markLabel } from "../marks.ts";
import { ICONS, type IconName, MARKS, type Shape } from "./shapes.ts";

export type { IconName } from "./shapes.ts";

/** Class names that are there. */
export function cls(...names: (string | false | null | undefined)[]): string {
  return names.filter(Boolean).join(" ");
}

function drawn(shapes: readonly Shape[]): ComponentChildren {
  return shapes.map(([tag, attributes], index) => h(tag, { key: index, ...attributes }));
}

export function Icon({ name, size, class: extra, turn }: { name: IconName; size?: "l" | "xl"; class?: string; turn?: number }) {
  return (
    <svg class={cls("icon", size && `icon-${size}`, extra)} viewBox="0 0 16 16" aria-hidden="true" {...(turn === undefined ? {} : { style: { transform: `rotate(${turn}deg)` } })}>
      {drawn(ICONS[name])}
    </svg>
  );
}

/** The shape of urgency. `label: true` gives it its word for those who can't see it; without, a word must stand beside it. */
export function Mark({ kind, label = false, class: extra }: { kind: MarkKind; label?: boolean; class?: string }) {
  const spoken: SVGAttributes<SVGSVGElement> = label ? { role: "img", "aria-label": markLabel(kind) } : { "aria-hidden": "true" };
  return (
    <svg class={cls("mark", `is-${kind}`, extra)} viewBox="0 0 14 14" {...spoken}>
      {drawn(MARKS[kind])}
    </svg>
  );
}

export function Badge({ kind, strong, title, children }: { kind?: MarkKind; strong?: boolean; title?: string; children: ComponentChildren }) {
  return (
    <span class={cls("badge", kind && `is-${kind}`, strong && "badge-strong")} {...(title ? { title } : {})}>
      {children}
    </span>
  );
}

/** State in words: blue, whatever the clock says. */
export function StateBadge({ row }: { row: Pick<EventRow, "state_label" | "ended_at"> }) {
  return <Badge {...(row.ended_at === null ? { kind: "normal" as const } : {})}>{row.state_label}</Badge>;
}

export function UrgentBadge() {
  return <Badge strong>{gettext("Urgent")}</Badge>;
}

export function Kbd({ children }: { children: ComponentChildren }) {
  return (
    <span class="kbd" aria-hidden="true">
      {children}
    </span>
  );
}

interface ButtonProps {
  kind?: "primary" | "danger" | "quiet";
  icon?: IconName;
  /** The key that does the same; shown, and told to assistive technology. */
  kbd?: string | null;
  busy?: boolean;
  block?: boolean;
  disabled?: boolean;
  /** There is nothing to do now; unlike `disabled` it keeps the focus that stands on it. */
  resting?: boolean;
  href?: string;
  /** Needed when there is no text. */
  label?: string;
  title?: string;
  type?: "button" | "submit";
  pressed?: boolean;
  expanded?: boolean;
  /** Opens a menu. */
  popup?: boolean;
  class?: string;
  onClick?: (event: MouseEvent) => void;
  children?: ComponentChildren;
}

function spoken(props: ButtonProps): ButtonHTMLAttributes {
  return {
    ...(props.label ? { "aria-label": props.label } : {}),
    ...((props.title ?? props.label) ? { title: props.title ?? props.label } : {}),
    ...(props.kbd ? { "aria-keyshortcuts": props.kbd } : {}),
    ...(props.pressed === undefined ? {} : { "aria-pressed": props.pressed }),
    ...(props.expanded === undefined ? {} : { "aria-expanded": props.expanded }),
    ...(props.resting ? { "aria-disabled": true } : {}),
    ...(props.popup ? { "aria-haspopup": "menu" as const } : {}),
    ...(props.onClick && !props.resting ? { onClick: props.onClick } : {}),
  };
}

function inside({ icon, busy, kbd, children }: ButtonProps): ComponentChildren {
  const turning = busy === true;
  return (
    <>
      {icon && <Icon name={turning ? "refresh" : icon} {...(turning ? { class: "turning" } : {})} />}
      {children}
      {kbd && <Kbd>{kbd.toUpperCase()}</Kbd>}
    </>
  );
}

export function Button(props: ButtonProps) {
  const { kind, block, busy = false, href } = props;
  const name = cls("btn", kind && `btn-${kind}`, block && "btn-block", props.children === undefined && "btn-icon", props.class);
  if (href !== undefined) {
    return (
      <a class={name} href={href} {...(props.label ? { "aria-label": props.label } : {})}>
        {inside(props)}
      </a>
    );
  }
  return (
    <button class={name} type={props.type ?? "button"} disabled={props.disabled === true || busy} aria-busy={busy} {...spoken(props)}>
      {inside(props)}
    </button>
  );
}

export function Note({ kind, icon = "info", children }: { kind?: MarkKind; icon?: IconName; children: ComponentChildren }) {
  return (
    <div class={cls("note", kind && `is-${kind}`)} role={kind === "over" ? "alert" : "note"}>
      <Icon name={icon} />
      <div class="grow">{children}</div>
    </div>
  );
}

/** Grey bars where rows will be; shown at once, so that nothing jumps. */
export function SkeletonRows({ rows = 6, columns = [14, 96, 64] }: { rows?: number; columns?: number[] }) {
  return (
    <div class="skeleton-rows" role="status" aria-label={gettext("Loading")}>
      {Array.from({ length: rows }, (_, row) => (
        <div class="skeleton-row" key={row}>
          {columns.map((width, column) => (
            <span class="skeleton" key={column} style={{ width: `${width}px` }} />
          ))}
          <span class="skeleton grow" />
        </div>
      ))}
    </div>
  );
}

export function Panel({ title, actions, children, flush = false }: { title?: ComponentChildren; actions?: ComponentChildren; children: ComponentChildren; flush?: boolean }) {
  return (
    <section class="panel">
      {title !== undefined && (
        <div class="panel-head">
          <h2 class="panel-title grow">{title}</h2>
          {actions}
        </div>
      )}
      {flush ? children : <div class="panel-body">{children}</div>}
    </section>
  );
}
