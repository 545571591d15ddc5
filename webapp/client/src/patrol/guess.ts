/* Which categories to offer first: what the officer's words say, then what they reported lately. */

/** What a guess looks at of a category. */
export interface Guessable {
  readonly code: string;
  readonly name: string;
  readonly major_name: string;
  readonly keywords: readonly string[];
}

/** A category's score for a text: 3 for its whole name, 2 for each keyword, 1 for two characters in common. */
export function score(text: string, category: Guessable): number {
  const words = text.trim();
  if (!words) return 0;
  const named = words.includes(category.name) ? 3 : 0;
  const keyed = category.keywords.filter((keyword) => keyword && words.includes(keyword)).length * 2;
  return named + keyed + (named || keyed ? 0 : sharedPair(words, category.name));
}

function sharedPair(text: string, name: string): number {
  for (let at = 0; at + 1 < name.length; at += 1) if (text.includes(name.slice(at, at + 2))) return 1;
  return 0;
}

/** At most `limit` categories to offer as chips: the chosen one, those the text names, the recent ones, the first of the list. */
export function suggest<C extends Guessable>(options: {
  readonly text: string;
  readonly chosen: string | null;
  readonly recent: readonly string[];
  readonly categories: readonly C[];
  readonly limit: number;
}): C[] {
  const { text, chosen, recent, categories, limit } = options;
  const byCode = new Map(categories.map((category) => [category.code, category]));
  const named = categories
    .map((category) => ({ category, points: score(text, category) }))
    .filter((entry) => entry.points > 0)
    .sort((a, b) => b.points - a.points)
    .map((entry) => entry.category);
  const lately = recent.flatMap((code) => byCode.get(code) ?? []);
  const kept = chosen === null ? [] : [byCode.get(chosen)].flatMap((category) => category ?? []);
  return [...new Set([...kept, ...named, ...lately, ...categories])].slice(0, limit);
}

/** The categories whose name, code, class or keyword holds every word of `wanted`; all of them for an empty one. */
export function search<C extends Guessable>(wanted: string, categories: readonly C[]): C[] {
  const words = wanted.trim().toLowerCase().split(/\s+/).filter(Boolean);
  return categories.filter((category) => {
    const said = [category.code, category.name, category.major_name, ...category.keywords].join("\n").toLowerCase();
    return words.every((word) => said.includes(word));
  });
}

/** The recent codes with `code` put first, each once, the ten latest. */
export function remembered(recent: readonly string[], code: string): string[] {
  return [code, ...recent.filter((other) => other !== code)].slice(0, 10);
}
