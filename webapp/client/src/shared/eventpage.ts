/** The address of the map with an event selected, by its number. */
export function eventOnMap(no: string): string {
  return `/map?sel=${encodeURIComponent(no)}&tab=card`;
}

/** The address of an event's page, by its number. */
export function eventPage(no: string): string {
  return `/events/${encodeURIComponent(no)}`;
}
