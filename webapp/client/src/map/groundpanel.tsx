/** The cards of the ground: a grid with its officer, open events and sites; a site with its channels. */
import { useState } from "preact/hooks";
import type { ComponentRow, EventRow, GridCard, SiteChannel, SiteRow } from "../shared/api/index.ts";
import { gettext, say } from "../shared/i18n.ts";
import { markOf } from "../shared/marks.ts";
import { useNow } from "../shared/ticking.ts";
import { clockText, remaining } from "../shared/time.ts";
import { Badge, Button, cls, Empty, Field, Icon, Mark, TextInput } from "../shared/ui/index.ts";
import { titleOf } from "./model.ts";

/** Asks to play a channel for a reason that the reader typed. */
export type PlayFor = (channel: SiteChannel, site: SiteRow, purpose: string) => void;

interface Shared {
  canWatch: boolean;
  playing: ReadonlySet<string>;
  onPlay: PlayFor;
  onClose: () => void;
}

export function GridPanel({ grid, onEvent, ...shared }: Shared & { grid: GridCard; onEvent: (row: EventRow) => void }) {
  const now = useNow();
  return (
    <>
      <header class="section card-head">
        <div class="row">
          <Icon name="grid" size="l" />
          <h2 class="card-title cut grow">{grid.name}</h2>
          <Badge>{grid.kind === "urban" ? gettext("Urban grid") : gettext("Rural grid")}</Badge>
          <Button kind="quiet" icon="x" label={gettext("Close the card")} onClick={shared.onClose} />
        </div>
        <p class="dim small">
          {grid.place} · <span class="mono">{grid.code}</span>
          {grid.households !== null && ` · ${say("%(count)s households", { count: grid.households })}`}
        </p>
      </header>
      <section class="section">
        <h2 class="h3">{gettext("Grid officers")}</h2>
        {grid.officers.length === 0 && <p class="small is-near">{gettext("Nobody walks this grid at present.")}</p>}
        <ul>
          {grid.officers.map((officer) => (
            <li class="row" key={officer.name}>
              <Icon name="user" />
              <div>
                {officer.name} <span class="dim small">{officer.organisation}</span>
                {officer.stands_in_for && <div class="small">{say("stands in for %(name)s", { name: officer.stands_in_for })}</div>}
                {officer.last_check_in && (
                  <div class="small dim">{say("Last check-in %(time)s, %(place)s", { time: clockText(officer.last_check_in.at), place: officer.last_check_in.place })}</div>
                )}
              </div>
            </li>
          ))}
        </ul>
      </section>
      <section class="section">
        <h2 class="h3">{say("Open events (%(count)s)", { count: grid.open_events.length })}</h2>
        {grid.open_events.length === 0 && <p class="small dim">{gettext("Nothing is open in this grid.")}</p>}
        <ul class="grid-events">
          {grid.open_events.map((row) => {
            const mark = markOf(row, now);
            return (
              <li key={row.id}>
                <button type="button" class="near-row" onClick={() => onEvent(row)}>
                  <Mark kind={mark} label />
                  <span class="cut grow">{titleOf(row)}</span>
                  <span class="dim small">{row.state_label}</span>
                  <span class={cls("num small", `is-${mark}`)}>{row.stage_due_at ? remaining(row.stage_due_at, now).text : ""}</span>
                </button>
              </li>
            );
          })}
        </ul>
      </section>
      <section class="section">
        <h2 class="h3">{say("Sites (%(count)s)", { count: grid.sites.length })}</h2>
        {grid.sites.length === 0 ? <p class="small dim">{gettext("No site that you may see stands here.")}</p> : <Channels sites={grid.sites} {...shared} />}
      </section>
    </>
  );
}

export function SitePanel({ site, ...shared }: Shared & { site: SiteRow }) {
  return (
    <>
      <header class="section card-head">
        <div class="row">
          <Icon name="video" size="l" />
          <h2 class="card-title cut grow">{site.name}</h2>
          <Badge>{stateLabel(site.state)}</Badge>
          <Button kind="quiet" icon="x" label={gettext("Close the card")} onClick={shared.onClose} />
        </div>
        <p class="dim small">
          {site.class_label} · {site.owner} · <span class="mono">{site.code}</span>
        </p>
      </header>
      <section class="section">
        <h2 class="h3">{gettext("Channels")}</h2>
        {site.channels.length === 0 ? <Empty icon="video" title={gettext("No channel is registered here")} /> : <Channels sites={[site]} {...shared} />}
      </section>
    </>
  );
}

export function ComponentPanel({ component, onClose }: { component: ComponentRow; onClose: () => void }) {
  return (
    <>
      <header class="section card-head">
        <div class="row">
          <Icon name="pin" size="l" />
          <h2 class="card-title cut grow">{component.name}</h2>
          <Badge>{component.state_label}</Badge>
          <Button kind="quiet" icon="x" label={gettext("Close the card")} onClick={onClose} />
        </div>
        <p class="dim small">
          {component.place} · <span class="mono">{component.code}</span>
        </p>
      </header>
      <section class="section">
        <dl class="pairs">
          <dt>{gettext("Kind of component")}</dt>
          <dd>{component.kind_label}</dd>
          <dt>{gettext("Owner")}</dt>
          <dd>{component.owner}</dd>
        </dl>
      </section>
    </>
  );
}

function stateLabel(state: string): string {
  const words: Record<string, string> = { online: gettext("Online"), offline: gettext("Offline"), unknown: gettext("Unknown") };
  return words[state] ?? state;
}

/** Without an event the reader says in words what the picture is for; it goes into the record. */
function Channels({ sites, canWatch, playing, onPlay }: Pick<Shared, "canWatch" | "playing" | "onPlay"> & { sites: SiteRow[] }) {
  const [purpose, setPurpose] = useState("");
  const [error, setError] = useState("");
  const play = (channel: SiteChannel, site: SiteRow): void => {
    const said = purpose.trim();
    setError(said.length < 4 ? gettext("Please say what you watch for, in four characters or more; it is recorded.") : "");
    if (said.length >= 4) onPlay(channel, site, said);
  };
  return (
    <div class="stack">
      {canWatch && (
        <Field label={gettext("What for")} help={gettext("Written into the record together with your name.")} error={error} required>
          {(tie) => <TextInput tie={tie} value={purpose} maxLength={120} onInput={setPurpose} />}
        </Field>
      )}
      <ul class="near">
        {sites.flatMap((site) =>
          site.channels.map((channel) => (
            <li key={channel.code}>
              <button type="button" class="near-row" disabled={!canWatch || !channel.playable} title={channel.reason} aria-pressed={playing.has(channel.code)} onClick={() => play(channel, site)}>
                <Icon name={channel.playable ? "play" : "lock"} />
                <span class="cut grow">{channel.name}</span>
                <span class="dim small cut">{playing.has(channel.code) ? gettext("Opened") : channel.playable ? site.class_label : channel.reason || stateLabel(channel.state)}</span>
              </button>
            </li>
          )),
        )}
      </ul>
    </div>
  );
}
