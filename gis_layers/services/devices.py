"""The register of devices that report their own state: taken from a list, all of it or nothing."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.contrib.gis.geos import Point
from django.db import transaction

from gis_layers.models import Device
from grid.coordinates import Crs
from grid.models import Organisation
from grid.policy import Access
from grid.refusals import Refusal
from grid.selectors.location import Located, locate
from grid.services import audit
from grid.services.ground import move_revision

REVISION = "devices"
COLUMNS = ("code", "kind", "name", "lng", "lat", "crs", "organisation", "address")
_NEEDED = ("code", "kind", "name")
_LONGEST = {"code": 64, "kind": 32}


class DevicesRefused(ValueError):
    """Nothing was taken; `faults` are all that is wrong, each with its line."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True)
class DeviceRow:
    """One line of a list, read. A device without a place is taken: its alarms wait to be placed."""

    code: str
    kind: str
    name: str
    organisation: int | None
    address: str
    place: Located | None


def read(lines: Iterable[str]) -> list[DeviceRow]:
    """The rows of a CSV file with a head line; lng, lat, crs, organisation and address may be missing or empty.

    Raises DevicesRefused with every fault.
    """
    reader = csv.DictReader(lines)
    missing = [name for name in _NEEDED if name not in (reader.fieldnames or ())]
    strange = [name for name in reader.fieldnames or () if name not in COLUMNS]
    if missing or strange:
        named = ", ".join(missing or strange)
        raise DevicesRefused([f"line 1: {'missing' if missing else 'unknown'} columns: {named}; known: {COLUMNS}"])
    organisations = dict(Organisation.objects.values_list("code", "pk"))
    rows, faults, seen = [], [], set()
    for number, line in enumerate(reader, start=2):
        given = {name: (line.get(name) or "").strip() for name in COLUMNS}
        found = list(_faults(given, organisations))
        if given["code"] in seen:
            found.append(f"the code {given['code']} stands on a line above")
        seen.add(given["code"])
        place = None if found else _place(given, found)
        faults += [f"line {number}: {fault}" for fault in found]
        owner = organisations.get(given["organisation"])
        rows.append(DeviceRow(given["code"], given["kind"], given["name"], owner, given["address"], place))
    if faults:
        raise DevicesRefused(faults)
    return rows


def _faults(given: Mapping[str, str], organisations: Mapping[str, int]) -> Iterable[str]:
    for name in _NEEDED:
        if not given[name]:
            yield f"{name} is needed"
    for name, longest in _LONGEST.items():
        if len(given[name]) > longest:
            yield f"{name} has more than {longest} characters"
    if given["organisation"] and given["organisation"] not in organisations:
        yield f"there is no organisation {given['organisation']}"
    yield from _unplaceable(given)


def _unplaceable(given: Mapping[str, str]) -> Iterable[str]:
    if given["crs"] and given["crs"] not in {crs.value for crs in Crs}:
        yield f"crs must be one of {', '.join(crs.value for crs in Crs)}"
    if bool(given["lng"]) != bool(given["lat"]) or bool(given["lng"]) != bool(given["crs"]):
        yield "lng, lat and crs go together: all three, or none"


def _place(given: Mapping[str, str], faults: list[str]) -> Located | None:
    if not given["lng"]:
        return None
    try:
        return locate(lng=float(given["lng"]), lat=float(given["lat"]), crs=Crs(given["crs"]))
    except ValueError:
        faults.append("lng and lat must be degrees")
    except Refusal as refusal:
        faults.append(str(refusal.detail))
    return None


def register(*, access: Access, source: str, rows: Iterable[DeviceRow]) -> int:
    """Put the devices of one system into the register; those that it has are brought up to date. How many.

    Moves `devices`. Audited.
    """
    kept = list(rows)
    with transaction.atomic():
        for row in kept:
            Device.objects.update_or_create(source=source, code=row.code, defaults=_columns(row))
        move_revision(name=REVISION)
        audit.record(access=access, action="device.load", kind="sender", subject=source, detail={"devices": len(kept)})
    return len(kept)


def _columns(row: DeviceRow) -> dict[str, object]:
    place = row.place
    point = Point(place.lng, place.lat, srid=4326) if place else None
    return {
        "kind": row.kind, "name": row.name, "organisation_id": row.organisation, "address": row.address,
        "point": point, "shape": point.transform(3857, clone=True) if point else None,
        "grid_id": place.grid.id if place else None, "path": place.grid.path if place else "",
    }  # fmt: skip
