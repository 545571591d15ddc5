/** Sites, their channels, and what it takes to watch one. */
import type { IsoTime } from "./types.ts";

export interface ChannelRow {
  code: string;
  name: string;
  site: string;
  site_name: string;
  lng: number;
  lat: number;
  distance_m: number;
  /** Degrees clockwise from north, as the server gives it; the map reckons its own from the coordinates. */
  bearing: number;
  covers: boolean;
  azimuth: number | null;
  view_angle: number | null;
  range_m: number | null;
  state: string;
  state_since: IsoTime | null;
  owner: string;
  owner_public: boolean;
  site_class: string;
  playable: boolean;
  reason: string;
}

export interface ChannelsNear {
  metres: number;
  total: number;
  covering: number;
  channels: ChannelRow[];
}

export interface SiteChannel {
  code: string;
  number: number;
  name: string;
  azimuth: number | null;
  view_angle: number | null;
  range_m: number | null;
  state: string;
  playable: boolean;
  reason: string;
}

export interface SiteRow {
  code: string;
  name: string;
  site_class: string;
  class_label: string;
  owner: string;
  state: string;
  lng: number;
  lat: number;
  channels: SiteChannel[];
}

export interface PlaybackOpened {
  session: string;
  url: string;
  watermark: string;
}
