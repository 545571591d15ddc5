/** The symbols of devices that report by themselves: one drawing for the map's icons and for the page. */

export type DeviceKind = "button" | "door" | "other";

const OUTLINE = "M8 1.2 14.8 8 8 14.8 1.2 8Z";
const INSIDE: Record<DeviceKind, string> = {
  button: "M8 4.6a3.4 3.4 0 1 0 0 6.8 3.4 3.4 0 0 0 0-6.8Z",
  door: "M5.8 4.8h4.4v6.4H5.8Z",
  other: "M6.9 6.9h2.2v2.2H6.9Z",
};

/** What a device is drawn as, of whatever kind its register says. */
export function deviceKind(kind: string): DeviceKind {
  return kind === "button" || kind === "door" ? kind : "other";
}

/** The outline and what stands in it, in a box of 16 by 16. */
export function devicePaths(kind: DeviceKind): { outline: string; inside: string } {
  return { outline: OUTLINE, inside: INSIDE[kind] };
}

export function DeviceShape({ kind }: { kind: DeviceKind }) {
  const { outline, inside } = devicePaths(kind);
  return (
    <svg class="device-shape" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d={outline} fill="var(--surface)" stroke="var(--accent-text)" stroke-width="1.4" stroke-linejoin="round" />
      <path d={inside} fill="var(--accent-text)" />
    </svg>
  );
}
