import { describe, expect, it } from "vitest";
import type { AllowedStep, EventCard, OrganisationChoice, StepField } from "../src/shared/api/types.ts";
import { newSince } from "../src/shared/steps/index.ts";
import { matchingOrganisations, missing, sent, startingValues } from "../src/shared/steps/values.ts";
import { eventRow } from "./rows.ts";

const field = (name: string, kind: StepField["kind"], required = false): StepField => ({ name, kind, label: name, required, help: "", choices: null });
const step = (...fields: StepField[]): AllowedStep => ({ step: "dispatch", label: "X", primary: true, key: null, effect: "", fields });
const card = { ...eventRow(), description: "井盖缺失", suggestion: { organisation: 7, name: "区住建局", reason: "" }, journal: [], tickets: [] } as unknown as EventCard;

describe("a step's form", () => {
  it("starts with the suggestion, the event's own words and place, unless something was typed before", () => {
    const asked = step(field("organisation", "organisation", true), field("description", "longtext"), field("point", "point"), field("text", "text"));
    expect(startingValues(asked, card)).toEqual({ organisation: "7", description: "井盖缺失", point: { lng: 112.33, lat: 28.6 }, text: "" });
    expect(startingValues(asked, card, { organisation: "9" })).toMatchObject({ organisation: "9" });
  });

  it("tells what is missing only where it is required", () => {
    const asked = step(field("text", "text", true), field("photos", "photos", true), field("note", "text"), field("sure", "bool", true));
    expect(Object.keys(missing(asked, { text: "", photos: [], note: "", sure: false }))).toEqual(["text", "photos"]);
    expect(missing(asked, { text: "a", photos: [{ sha256: "s", thumb: "" }], note: "", sure: false })).toEqual({});
  });

  it("sends flat fields of the right kinds, without the empty ones", () => {
    const asked = step(field("organisation", "organisation"), field("photos", "photos"), field("point", "point"), field("text", "longtext"), field("urgent", "bool"), field("empty", "text"));
    const values = { organisation: "7", photos: [{ sha256: "abc", thumb: "t" }], point: { lng: 1, lat: 2 }, text: "  done  ", urgent: false, empty: "" };
    expect(sent(asked, values)).toEqual({ organisation: 7, photos: ["abc"], point: { lng: 1, lat: 2, crs: "wgs84" }, text: "done", urgent: false });
  });

  it("puts the suggested organisation first among those that fit every word", () => {
    const choice = (id: number, name: string, suggested = false): OrganisationChoice => ({ id, name, kind: "department", suggested, reason: "", effect: "", role: "", shares: false });
    const choices = [choice(1, "区城管局"), choice(2, "区住建局"), choice(3, "区住建局 市政维护所", true)];
    expect(matchingOrganisations(choices, "住建").map((one) => one.id)).toEqual([3, 2]);
    expect(matchingOrganisations(choices, "住建 市政").map((one) => one.id)).toEqual([3]);
  });
});

it("tells what happened since the version one had, oldest first", () => {
  const journal = [4, 3, 2].map((version) => ({ version }));
  const now = { ...card, version: 4, journal } as unknown as EventCard;
  expect(newSince({ ...card, version: 2 }, now).map((item) => item.version)).toEqual([3, 4]);
});
