/** Small spherical geometry; degrees WGS-84 in, metres and degrees out. */

const EARTH_RADIUS_M = 6_371_008.8;
const RAD = Math.PI / 180;

export type LngLat = readonly [lng: number, lat: number];

/** Where one arrives from `from` after `metres` on `bearing` (degrees clockwise from north); good below 100 km. */
export function destination(from: LngLat, metres: number, bearing: number): [number, number] {
  const dy = (metres * Math.cos(bearing * RAD)) / EARTH_RADIUS_M;
  const dx = (metres * Math.sin(bearing * RAD)) / (EARTH_RADIUS_M * Math.cos(from[1] * RAD));
  return [from[0] + dx / RAD, from[1] + dy / RAD];
}

/** The direction of `to` as seen from `from`, degrees clockwise from north (0 to 360); good below 100 km. */
export function bearing(from: LngLat, to: LngLat): number {
  const east = (to[0] - from[0]) * Math.cos(((from[1] + to[1]) / 2) * RAD);
  return (Math.atan2(east, to[1] - from[1]) / RAD + 360) % 360;
}

/** A sector (view cone) as a closed ring; an angle of 360 or more is a full circle. */
export function sector(centre: LngLat, metres: number, azimuth: number, angle: number, steps = 24): [number, number][] {
  const full = angle >= 360;
  const start = full ? 0 : azimuth - angle / 2;
  const sweep = full ? 360 : angle;
  const arc = Array.from({ length: steps + 1 }, (_, i) => destination(centre, metres, start + (sweep * i) / steps));
  const first: [number, number] = [centre[0], centre[1]];
  return full ? arc : [first, ...arc, first];
}

/** "86 米", "1.2 公里" is told by the caller's words; this gives the rounded figure and its unit. */
export function distanceParts(metres: number): { figure: string; unit: "m" | "km" } {
  return metres < 1000 ? { figure: String(Math.round(metres)), unit: "m" } : { figure: (metres / 1000).toFixed(1), unit: "km" };
}
