/* Which screen the phone shows: kept in the address after #, so that Back and reload do what they should. */

/** A screen of the patrol page. */
export type Screen =
  | { readonly name: "home" }
  | { readonly name: "mine" }
  | { readonly name: "me" }
  | { readonly name: "notices" }
  | { readonly name: "report"; readonly id: string }
  | { readonly name: "solve"; readonly id: string }
  | { readonly name: "event"; readonly no: string };

/** The screen that an address names; home for one that it doesn't know. */
export function screenOf(hash: string): Screen {
  const [name, value] = hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);
  if (name === "mine" || name === "me" || name === "notices") return { name };
  if ((name === "report" || name === "solve") && value) return { name, id: value };
  if (name === "event" && value) return { name, no: value };
  return { name: "home" };
}

/** The address of a screen. */
export function hashOf(screen: Screen): string {
  if (screen.name === "home") return "#/";
  if (screen.name === "report" || screen.name === "solve") return `#/${screen.name}/${encodeURIComponent(screen.id)}`;
  if (screen.name === "event") return `#/event/${encodeURIComponent(screen.no)}`;
  return `#/${screen.name}`;
}
