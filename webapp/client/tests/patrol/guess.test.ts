import { describe, expect, it } from "vitest";
import { remembered, score, search, suggest } from "../../src/patrol/guess.ts";

const categories = [
  { code: "01-001", name: "暴露垃圾", major_name: "市容环境", keywords: ["垃圾", "废品"] },
  { code: "06-001", name: "井盖缺损", major_name: "市政设施", keywords: ["井盖", "窨井"] },
  { code: "06-003", name: "路面破损", major_name: "市政设施", keywords: ["坑", "塌"] },
  { code: "05-003", name: "机动车乱停放", major_name: "街面秩序", keywords: ["乱停"] },
];

describe("the guessed category", () => {
  it("follows the words", () => {
    const chips = suggest({ text: "窨井没了盖子", chosen: null, recent: [], categories, limit: 3 });
    expect(chips[0]?.code).toBe("06-001");
  });

  it("prefers a name over a keyword, and a keyword over two characters in common", () => {
    expect(score("井盖缺损", categories[1]!)).toBeGreaterThan(score("窨井", categories[1]!));
    expect(score("有个坑", categories[2]!)).toBeGreaterThan(score("路面", categories[2]!));
    expect(score("", categories[1]!)).toBe(0);
  });

  it("offers the recent ones where the words say nothing, and the chosen one always first", () => {
    const recent = ["05-003", "01-001"];
    expect(suggest({ text: "", chosen: null, recent, categories, limit: 2 }).map((c) => c.code)).toEqual(recent);
    expect(suggest({ text: "垃圾", chosen: "06-003", recent, categories, limit: 3 }).map((c) => c.code)).toEqual(["06-003", "01-001", "05-003"]);
  });

  it("never offers one twice nor a code that is gone", () => {
    const codes = suggest({ text: "垃圾", chosen: "01-001", recent: ["01-001", "99-001"], categories, limit: 9 }).map((c) => c.code);
    expect(codes).toHaveLength(4);
    expect(new Set(codes).size).toBe(4);
  });
});

describe("the full list", () => {
  it("is searched by name, code, class and keyword, all words at once", () => {
    expect(search("市政 坑", categories).map((c) => c.code)).toEqual(["06-003"]);
    expect(search("05-", categories).map((c) => c.code)).toEqual(["05-003"]);
    expect(search(" ", categories)).toHaveLength(4);
  });

  it("remembers the ten latest, each once", () => {
    expect(remembered(["a", "b"], "b")).toEqual(["b", "a"]);
    expect(remembered(Array.from({ length: 10 }, (_, i) => String(i)), "x")).toHaveLength(10);
  });
});
