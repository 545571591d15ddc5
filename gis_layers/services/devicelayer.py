"""Devices of a system from a GeoPackage's layer `device`, where the list is not a CSV file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gis_layers.services.devices import DeviceRow, DevicesRefused
from grid.coordinates import Crs
from grid.models import Organisation
from grid.refusals import Refusal
from grid.selectors.location import Located, locate

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from data.pipeline import DeviceRow as Draft


def read_layer(path: Path, *, source: str) -> list[DeviceRow]:
    """The rows of the layer `device` that name this system, or none.

    Raises DevicesRefused with every fault, FileNotFoundError where there is no such file.
    """
    from data.pipeline import GroundRefused, read_devices

    try:
        drafts = read_devices(path, source=source)
    except GroundRefused as refused:
        raise DevicesRefused([str(problem) for problem in refused.problems]) from None
    if not drafts:
        raise DevicesRefused([f"no row of the layer device has the source {source}, or none"])
    organisations = dict(Organisation.objects.values_list("code", "pk"))
    faults: list[str] = []
    rows = [_row(draft, organisations, faults) for draft in drafts]
    if faults:
        raise DevicesRefused(faults)
    return rows


def _row(draft: Draft, organisations: Mapping[str, int], faults: list[str]) -> DeviceRow:
    owner = organisations.get(draft.organisation)
    if draft.organisation and owner is None:
        faults.append(f"{draft.code}: there is no organisation {draft.organisation}")
    return DeviceRow(draft.code, draft.kind, draft.name, owner, draft.address, _place(draft, faults))


def _place(draft: Draft, faults: list[str]) -> Located | None:
    try:
        return locate(lng=draft.point.x, lat=draft.point.y, crs=Crs.WGS84)
    except Refusal as refusal:
        faults.append(f"{draft.code}: {refusal.detail}")
        return None
