import { expect, it } from "vitest";
import { gridTyped, namedIn } from "../src/shared/places.ts";
import type { Region } from "../src/shared/api/types.ts";

const region = (code: string, name: string, level = "township"): Region => ({ code, name, level, path: `${code}/`, bbox: [112, 28, 113, 29], children: 0 });
const regions = [region("430902001", "大码头街道"), region("430902002", "码头街道"), region("430902100", "迎丰桥镇")];

it("finds the place that an address names, the longest name first, with or without its level", () => {
  expect(namedIn("资阳区大码头街道人民路3号", regions)?.code).toBe("430902001");
  expect(namedIn("迎丰桥邮政所对面", regions)?.code).toBe("430902100");
  expect(namedIn("不知何处", regions)).toBeNull();
});

it("reads a village and a grid's number as the grid's code", () => {
  const villages = [region("430902001003", "群众街社区", "village")];
  expect(gridTyped("群众街 5", villages)).toBe("430902001003005");
  expect(gridTyped("群众街社区网格005", villages)).toBe("430902001003005");
  expect(gridTyped("群众街", villages)).toBeNull();
});
