/** What the API says of rules of responsibility and of components. */
import type { Box } from "./types.ts";

/** Who should answer, by a component, an area, a rule or nothing, and why in words. */
export interface Responsibility {
  via: string;
  lead: string;
  joint: string[];
  reference: string;
  distance_m: number | null;
  rivals: string[];
  words: string;
}

export interface DryRun {
  suggestion: Responsibility;
  category: string;
  category_name: string;
  level: string;
  level_label: string;
  on: string;
  place: string;
  considered: { kind: string; reference: string; name: string; lead: string; verdict: string; reason: string; distance_m: number | null }[];
}

export interface RuleRow {
  id: number;
  category: string;
  category_name: string;
  levels: string[];
  level_labels: string[];
  place: string;
  path: string;
  area_kind: string;
  area_label: string;
  bbox: Box | null;
  lead: string;
  joint: string[];
  since: string;
  until: string | null;
  in_force: boolean;
  remark: string;
}

/** Something that nobody answers for ("none"), or two rules do ("two"). */
export interface Finding {
  problem: string;
  category: string;
  category_name: string;
  levels: string[];
  level_labels: string[];
  rivals: string[];
  place: string;
  /** Empty for a part that areas share. */
  path: string;
  villages: number;
  lng: number;
  lat: number;
}

export interface RulesCheck {
  findings: Finding[];
  total: number;
  villages: { code: string; name: string; path: string; lng: number; lat: number; none: number; two: number }[];
  places: number;
  categories: number;
}

export interface ComponentRow {
  code: string;
  kind: string;
  kind_label: string;
  name: string;
  owner: string;
  state: string;
  state_label: string;
  place: string;
  lng: number;
  lat: number;
}
