/** What the API says of devices that report by themselves. */

export interface DeviceMessage {
  kind: string;
  words: string;
  occurred_at: string;
  received_at: string;
  /** Empty where the reader may not see the event. */
  event_no: string;
  state_label: string;
}

export interface DeviceCard {
  device: { id: number; source: string; code: string; kind: string; name: string; owner: string; address: string; place: string; lng: number; lat: number };
  /** The last five, newest first. */
  messages: DeviceMessage[];
}
