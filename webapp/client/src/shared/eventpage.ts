/** The address of an event's page, by its number. */
export function eventPage(no: string): string {
  return `/events/${encodeURIComponent(no)}`;
}
