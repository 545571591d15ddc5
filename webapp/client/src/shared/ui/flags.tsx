/** What is out of the ordinary about an event, beside its clock: supervised, applied for, suspended, taken up again. */
import type { EventRow, Supervision } from "../api/types.ts";
import { gettext, say } from "../i18n.ts";
import { Badge, cls } from "./basics.tsx";

/** The mark that stands beside an event on the map: the strongest one; "" for none. */
export type FlagKind = "red" | "yellow" | "normal" | "asked" | "";

type Flagged = Pick<EventRow, "supervision" | "asked" | "ended_at">;

/** Red above yellow, then what waits for an answer, then plain supervision. What has ended has none. */
export function flagOf(row: Flagged): FlagKind {
  if (row.ended_at !== null) return "";
  if (row.supervision === "red" || row.supervision === "yellow") return row.supervision;
  if (row.asked !== "") return "asked";
  return row.supervision === "normal" ? "normal" : "";
}

/** The words: 普通督办, 黄牌督办, 红牌督办; "" when it is not supervised. */
export function supervisionWords(level: Supervision): string {
  const words: Record<Supervision, string> = { none: "", normal: gettext("Supervised"), yellow: gettext("Yellow card"), red: gettext("Red card") };
  return words[level];
}

/** 申请延期, 申请挂账. */
export function askedWords(asked: EventRow["asked"]): string {
  if (asked === "") return "";
  return asked === "extension" ? gettext("Extension asked") : gettext("Suspension asked");
}

/** 协办 2: so many joint shares are open. */
export function sharedWords(count: number): string {
  return say("Joint %(count)s", { count });
}

/** 协办回退 1: so many were handed back. */
export function handedBackWords(count: number): string {
  return say("Joint share returned %(count)s", { count });
}

/** A card held up: one for yellow, two for red, none for plain supervision; told apart by number and fill, not by colour alone. */
export function CardShape({ level }: { level: "yellow" | "red" }) {
  return (
    <svg class={cls("card-shape", `card-${level}`)} viewBox="0 0 14 14" aria-hidden="true">
      {level === "red" && <path d="M2.2 4.2 7.6 1l4.2 7.2-5.4 3.1z" fill="none" stroke="currentColor" stroke-width="1.3" />}
      <rect x={level === "red" ? 2 : 3.5} y={level === "red" ? 5 : 2} width="6.5" height={level === "red" ? 8 : 10} rx="1" fill="currentColor" />
    </svg>
  );
}

export function SupervisionBadge({ level }: { level: Supervision }) {
  if (level === "none") return null;
  const coloured = level === "yellow" || level === "red";
  return (
    <span class={cls("badge", coloured && `badge-${level}`)}>
      {coloured && <CardShape level={level} />}
      {supervisionWords(level)}
    </span>
  );
}

/** What waits for somebody's answer: outlined, because it is a question and no state. */
export function AskedBadge({ asked }: { asked: EventRow["asked"] }) {
  return asked === "" ? null : <span class="badge badge-asked">{askedWords(asked)}</span>;
}

export function ReopenedBadge({ count }: { count: number }) {
  return count > 0 ? <Badge>{count === 1 ? gettext("Reopened") : say("Reopened %(count)s", { count })}</Badge> : null;
}

/** 已并入 EV…, or how many are merged into it. */
export function MergedBadge({ row }: { row: Pick<EventRow, "merged_into" | "taken_in"> }) {
  if (row.merged_into) return <Badge>{say("Merged into %(no)s", { no: row.merged_into })}</Badge>;
  return row.taken_in > 0 ? <Badge>{say("%(count)s merged in", { count: row.taken_in })}</Badge> : null;
}

/** Others have a share in it; what of that was handed back wants somebody else. */
export function JointBadges({ row }: { row: Pick<EventRow, "joint" | "joint_returned"> }) {
  return (
    <>
      {row.joint > 0 && <Badge>{sharedWords(row.joint)}</Badge>}
      {row.joint_returned > 0 && <Badge kind="near">{handedBackWords(row.joint_returned)}</Badge>}
    </>
  );
}

/** All of them, for cards. */
export function Flags({ row }: { row: Flagged & Pick<EventRow, "reopens" | "merged_into" | "taken_in" | "joint" | "joint_returned"> }) {
  return (
    <>
      {row.ended_at === null && <SupervisionBadge level={row.supervision} />}
      <AskedBadge asked={row.asked} />
      {row.ended_at === null && <JointBadges row={row} />}
      <ReopenedBadge count={row.reopens} />
      <MergedBadge row={row} />
    </>
  );
}
