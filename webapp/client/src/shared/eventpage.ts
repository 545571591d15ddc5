/** The address of the map close to an event, by its number, with the event selected. */
export function eventOnMap(no: string, { lng, lat }: { lng: number; lat: number }): string {
  return `/map?sel=${encodeURIComponent(no)}&tab=card&at=16/${lat.toFixed(5)}/${lng.toFixed(5)}`;
}

/** The address of an event's page, by its number. */
export function eventPage(no: string): string {
  return `/events/${encodeURIComponent(no)}`;
}
