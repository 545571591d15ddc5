/** The card of a device that reports by itself: whose it is, where it stands, what it reported last. */
import type { DeviceCard } from "../shared/api/index.ts";
import { gettext } from "../shared/i18n.ts";
import { clockText } from "../shared/time.ts";
import { Badge, Button } from "../shared/ui/index.ts";
import { deviceKind, DeviceShape } from "./deviceshape.tsx";

export function DevicePanel({ card, onEvent, onClose }: { card: DeviceCard; onEvent: (no: string) => void; onClose: () => void }) {
  const { device, messages } = card;
  const words: Record<string, string> = { button: gettext("Alarm button"), door: gettext("Video door") };
  return (
    <>
      <header class="section card-head">
        <div class="row">
          <DeviceShape kind={deviceKind(device.kind)} />
          <h2 class="card-title cut grow">{device.name}</h2>
          <Badge>{words[device.kind] ?? device.kind}</Badge>
          <Button kind="quiet" icon="x" label={gettext("Close the card")} onClick={onClose} />
        </div>
        <p class="dim small">
          {device.place} · <span class="mono">{device.code}</span>
        </p>
      </header>
      <section class="section">
        <dl class="pairs">
          <dt>{gettext("Owner")}</dt>
          <dd>{device.owner || gettext("Nobody is named")}</dd>
          <dt>{gettext("Address")}</dt>
          <dd>{device.address || gettext("Not given")}</dd>
        </dl>
      </section>
      <section class="section">
        <h2 class="h3">{gettext("Last messages")}</h2>
        {messages.length === 0 && <p class="small dim">{gettext("It has not reported anything yet.")}</p>}
        <ul class="device-messages">
          {messages.map((one) => (
            <li key={`${one.received_at}${one.kind}`}>
              <button type="button" class="near-row" disabled={one.event_no === ""} title={one.event_no} onClick={() => onEvent(one.event_no)}>
                <span class="num small dim">{clockText(one.received_at)}</span>
                <span class="cut grow">{one.words}</span>
                <span class="dim small">{one.state_label}</span>
              </button>
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}
