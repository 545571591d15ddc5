/* Every text for people has its Chinese: a msgid in the sources without an entry fails here. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const SOURCES = join(import.meta.dirname, "../src");
const CATALOGUE = join(import.meta.dirname, "../../../locale/zh_Hans/LC_MESSAGES/djangojs.po");
const TEXT = String.raw`"((?:[^"\\]|\\.)*)"`;

function sources(): string[] {
  return readdirSync(SOURCES, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => readFileSync(join(SOURCES, name), "utf8"));
}

function all(text: string, pattern: string, key: (found: RegExpMatchArray) => string): string[] {
  return [...text.matchAll(new RegExp(pattern, "g"))].map(key);
}

function asked(): Set<string> {
  const found = sources().flatMap((text) => [
    ...all(text, String.raw`\b(?:gettext|say|ngettext)\(\s*${TEXT}`, (one) => `|${one[1] ?? ""}`),
    ...all(text, String.raw`\bpgettext\(\s*${TEXT},\s*${TEXT}`, (one) => `${one[1] ?? ""}|${one[2] ?? ""}`),
  ]);
  return new Set(found);
}

function entries(): Map<string, string> {
  const found = new Map<string, string>();
  for (const block of readFileSync(CATALOGUE, "utf8").split(/\n\n+/)) {
    const line = (name: string): string => new RegExp(`^${name} ${TEXT}`, "m").exec(block)?.[1] ?? "";
    const id = line("msgid");
    if (id) found.set(`${line("msgctxt")}|${id}`, line(String.raw`msgstr(?:\[0\])?`));
  }
  return found;
}

it("has a Chinese text for every msgid, with the same placeholders", () => {
  const known = entries();
  const missing = [...asked()].filter((id) => !known.get(id));
  expect(missing).toEqual([]);
  const holders = (text: string): string => (text.match(/%\(\w+\)s|%s/g) ?? []).sort().join();
  const odd = [...known].filter(([id, text]) => holders(id) !== holders(text));
  expect(odd).toEqual([]);
});

it("is really looking: the sources do have texts", () => {
  expect(asked().size).toBeGreaterThan(150);
});
