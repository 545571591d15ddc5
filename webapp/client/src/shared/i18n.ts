/** Texts for people: English msgids, translated by the catalogue that Django serves at /jsi18n/ before this module runs. */

interface Catalogue {
  gettext(msgid: string): string;
  ngettext(singular: string, plural: string, count: number): string;
  pgettext(context: string, msgid: string): string;
}

function catalogue(): Partial<Catalogue> {
  return globalThis as unknown as Partial<Catalogue>;
}

/** The text in the reader's language; the msgid itself when no catalogue is there. */
export function gettext(msgid: string): string {
  return catalogue().gettext?.(msgid) ?? msgid;
}

/** Same, where one msgid means two things: `context` tells which. */
export function pgettext(context: string, msgid: string): string {
  return catalogue().pgettext?.(context, msgid) ?? msgid;
}

/** The text for `count`, with %(count)s filled in. */
export function ngettext(singular: string, plural: string, count: number, values: Record<string, string | number> = {}): string {
  const text = catalogue().ngettext?.(singular, plural, count) ?? (count === 1 ? singular : plural);
  return fill(text, { count, ...values });
}

/** `text` with each %(name)s replaced; an unknown name stays as it is, so that it is seen. */
export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/%\((\w+)\)s/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
}

/** gettext and fill in one. */
export function say(msgid: string, values: Record<string, string | number>): string {
  return fill(gettext(msgid), values);
}

/** The language of the page, as <html lang> says. */
export function language(): string {
  return document.documentElement.lang || "zh-hans";
}
