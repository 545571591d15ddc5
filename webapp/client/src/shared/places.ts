/** Places by name, from the regions of the reader's own ground: for the address of a ticket and for a search. */
import { api, type Region } from "./api/index.ts";

let own: Promise<Region[]> | null = null;
const below = new Map<string, Promise<Region[]>>();

/** The reader's regions down to township, asked once for the page. */
export function ownRegions(): Promise<Region[]> {
  own ??= api.regions().catch((thrown: unknown) => {
    own = null;
    throw thrown;
  });
  return own;
}

function villagesOf(township: Region): Promise<Region[]> {
  const known = below.get(township.path);
  if (known) return known;
  const asked = api.regions(township.path).catch((thrown: unknown) => {
    below.delete(township.path);
    throw thrown;
  });
  below.set(township.path, asked);
  return asked;
}

/** A name without what every one of its level carries: people write it either way. */
function stem(name: string): string {
  const short = name.replace(/(街道|镇|乡|社区|居委会|村|区|县|市)$/, "");
  return short.length >= 2 ? short : name;
}

/** The region that a text names, the longest name first; a full name before a shortened one. */
export function namedIn(text: string, regions: readonly Region[]): Region | null {
  const longest = [...regions].sort((a, b) => b.name.length - a.name.length);
  return longest.find((one) => text.includes(one.name)) ?? longest.find((one) => text.includes(stem(one.name))) ?? null;
}

/** The narrowest place that an address names: village, township or county; null where none is named. */
export async function placeNamed(address: string): Promise<Region | null> {
  if (address.trim() === "") return null;
  const regions = await ownRegions();
  const village = namedIn(address, regions.filter((one) => one.level === "village"));
  if (village) return village;
  const county = namedIn(address, regions.filter((one) => one.level === "county"));
  const townships = regions.filter((one) => one.level === "township" && (!county || one.path.startsWith(county.path)));
  const township = namedIn(address, townships);
  const among = township ? [township] : county ? townships : [];
  const villages = (await Promise.all(among.map(villagesOf))).flat();
  return namedIn(address, villages) ?? township ?? county;
}

/** Every village of the reader's ground, asked a few townships at a time, once for the page. */
export async function ownVillages(): Promise<Region[]> {
  const regions = await ownRegions();
  const townships = regions.filter((one) => one.level === "township");
  const found = regions.filter((one) => one.level === "village");
  for (let at = 0; at < townships.length; at += 6) found.push(...(await Promise.all(townships.slice(at, at + 6).map(villagesOf))).flat());
  return found;
}

/** Regions that carry every word typed, in name or code. */
export function regionsFor(typed: string, regions: readonly Region[], most: number): Region[] {
  const words = typed.trim().toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  return regions.filter((one) => words.every((word) => one.name.toLowerCase().includes(word) || one.code.startsWith(word))).slice(0, most);
}

/** "群众街 005", "群众街社区网格5": the village's name and the code of the grid in it that was typed; null without a number. */
export function gridTyped(typed: string, villages: readonly Region[]): string | null {
  const found = /^(.+?)\s*(?:网格|grid)?\s*(\d{1,3})$/i.exec(typed.trim());
  const [, name = "", number = ""] = found ?? [];
  const village = name.trim() === "" ? undefined : villages.find((one) => one.name.includes(name.trim()));
  return village ? `${village.code.slice(0, 12)}${number.padStart(3, "0")}` : null;
}
