import type { EventRow } from "../src/shared/api/types.ts";

/** A row with everything in it; say what matters. */
export function eventRow(own: Partial<EventRow> = {}): EventRow {
  return {
    id: 1, no: "EV20261120-0001", version: 3, state: "accepted", state_label: "待派遣", category: { code: "06-001", name: "井盖缺损" }, urgent: false, restricted: false,
    source: "patrol", source_label: "网格员", lng: 112.33, lat: 28.6, path: "4309/430902/430902001/430902001003/430902001003005/", grid: "430902001003005",
    place: "大码头街道 群众街社区 网格005", address: "", holder: "资阳区指挥中心", lead: null, reported_at: "2026-11-20T06:14:00Z", ended_at: null, due_at: "2026-11-20T11:14:00Z",
    stage: "dispatch", stage_due_at: "2026-11-20T06:38:00Z", stage_near_at: "2026-11-20T06:30:00Z", returns: 0, reworks: 0, urges: 0, tickets: 0, reopens: 0, supervision: "none", asked: "", merged_into: null, taken_in: 0, joint: 0, joint_returned: 0, ...own,
  };
}

/** 14:32:08 in the prefecture. */
export const NOW = Date.parse("2026-11-20T06:32:08Z");
