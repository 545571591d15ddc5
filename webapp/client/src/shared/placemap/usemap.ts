/** A map in an element of a page: opened once its settings and its engine are there, closed with the component. */
import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { type MapSettings, api } from "../api/index.ts";
import { watchTheme } from "../theme.ts";

/** What any map of ours can do. */
interface Restyled {
  readonly restyle: () => void;
  readonly remove: () => void;
}

/** The element to draw in, the map once it is open, and whether it can't be. */
interface Held<Opened> {
  readonly holder: RefObject<HTMLDivElement | null>;
  readonly map: Opened | null;
  readonly broken: boolean;
}

let settingsOnce: Promise<MapSettings> | null = null;

/** What GET /map says, asked once for the page; a failure is asked again by the next map. */
function mapSettings(): Promise<MapSettings> {
  settingsOnce ??= api.map().catch((thrown: unknown) => {
    settingsOnce = null;
    throw thrown;
  });
  return settingsOnce;
}

/**
 * Loads an engine and lets it open a map; `turn` another: a map anew. The engine comes by `load`, so that a page that
 * shows no map does not fetch it.
 */
export function useMap<Engine, Opened extends Restyled>(
  load: () => Promise<Engine>,
  open: (engine: Engine, container: HTMLDivElement, settings: MapSettings) => Opened,
  turn: unknown = null,
): Held<Opened> {
  const holder = useRef<HTMLDivElement>(null);
  const [map, setMap] = useState<Opened | null>(null);
  const [broken, setBroken] = useState(false);
  const latest = useRef({ load, open });
  latest.current = { load, open };
  useEffect(() => {
    let opened: Opened | null = null;
    let gone = false;
    const begin = async (): Promise<void> => {
      const [settings, engine] = await Promise.all([mapSettings(), latest.current.load()]);
      if (gone || !holder.current) return;
      opened = latest.current.open(engine, holder.current, settings);
      setMap(opened);
    };
    begin().catch(() => {
      if (!gone) setBroken(true);
    });
    return () => {
      gone = true;
      opened?.remove();
    };
  }, [turn]);
  useEffect(() => (map ? watchTheme(() => map.restyle()) : undefined), [map]);
  return { holder, map, broken };
}
