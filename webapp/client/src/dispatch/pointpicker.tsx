/* Lets a step's form ask for a place on a map: a dialog with the map, and the place in figures. */
import type { ComponentChildren } from "preact";
import { useCallback, useState } from "preact/hooks";
import type { Spot } from "../shared/placemap/engine.ts";
import { gettext } from "../shared/i18n.ts";
import { PointPicker, type PointValue } from "../shared/steps/index.ts";
import { Button, Dialog } from "../shared/ui/index.ts";
import { FindPlace } from "./findplace.tsx";
import { GridName } from "../shared/placemap/gridname.tsx";

interface Asked {
  readonly start: PointValue | null;
  readonly address: string;
  readonly answer: (point: PointValue | null) => void;
}

/** Gives the step forms below it a map to pick from. */
export function WithPointPicker({ children }: { children: ComponentChildren }) {
  const [asked, setAsked] = useState<Asked | null>(null);
  const pick = useCallback((start: PointValue | null, address = "") => new Promise<PointValue | null>((answer) => setAsked({ start, address, answer })), []);
  const close = (point: PointValue | null): void => {
    asked?.answer(point);
    setAsked(null);
  };
  return (
    <PointPicker.Provider value={pick}>
      {children}
      {asked && <PickDialog start={asked.start} address={asked.address} onClose={close} />}
    </PointPicker.Provider>
  );
}

function PickDialog({ start, address, onClose }: { start: PointValue | null; address: string; onClose: (point: PointValue | null) => void }) {
  const [spot, setSpot] = useState<Spot | null>(start && { ...start, accuracy_m: null });
  const [inside, setInside] = useState(false);
  return (
    <Dialog
      title={gettext("Click the place on the map")}
      icon="pin"
      wide
      onClose={() => onClose(null)}
      foot={
        <>
          <span class="grow">
            <GridName spot={spot} onInside={setInside} />
          </span>
          <Button kind="quiet" onClick={() => onClose(null)}>
            {gettext("Cancel")}
          </Button>
          <Button kind="primary" disabled={spot === null || !inside} onClick={() => spot && onClose({ lng: spot.lng, lat: spot.lat })}>
            {gettext("Use this place")}
          </Button>
        </>
      }
    >
      <div class="pickmap">
        <FindPlace address={address} spot={spot} onChoose={setSpot} />
      </div>
    </Dialog>
  );
}
