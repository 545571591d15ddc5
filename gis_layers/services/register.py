"""Loading a city's register: sites and channels, what is drawn of ground and base map, all in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from gis_layers.models import Channel, Site, SiteClass
from gis_layers.services import cells, drawing
from grid.models import Organisation, Place
from grid.policy import Access
from grid.services import ground as ground_service
from grid.services.copying import copy_rows, ewkb, new_ids

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from data.pipeline import Ground, Problem
    from grid.services.ground import LoadedGround

RTSP_PORT = 554


def load_city(*, access: Access, ground: Ground) -> None:
    """Write a proved ground with its sites, channels, drawn shapes and counts; move revisions `ground` and `sites`.

    All or nothing. Raises Conflict("ground-not-empty"), and GroundRefused with what doesn't fit the register's tables
    (`unfit`) before anything is written.
    """
    from data.pipeline import GroundRefused

    problems = unfit(ground)
    if problems:
        raise GroundRefused(problems)
    with transaction.atomic():
        loaded = ground_service.load(access=access, ground=ground)
        _load_sites(ground, loaded)
        drawing.draw(ground=ground)
        cells.count_cells()
        ground_service.move_revision(name="sites")


def unfit(ground: Ground) -> list[Problem]:
    """What a proved ground holds that the register can't: classes it doesn't know, owners nobody named, long codes."""
    return [*_unknown_classes(ground), *_unknown_owners(ground), *_too_long(ground)]


def _unknown_classes(ground: Ground) -> Iterator[Problem]:
    from data.pipeline import Problem, ProblemKind

    reason = f"its site_class %s is none of {', '.join(SiteClass.values)}"
    for site in ground.sites:
        if site.site_class not in SiteClass.values:
            yield Problem(ProblemKind.BAD_VALUE, site.code, reason % site.site_class)


def _unknown_owners(ground: Ground) -> Iterator[Problem]:
    from data.pipeline import Problem, ProblemKind

    known = {row.code for row in ground.organisations}
    for site in ground.sites:
        if site.owner not in known:
            reason = f"its owner {site.owner} is no organisation; add the layer organisation with every owner"
            yield Problem(ProblemKind.UNKNOWN_OWNER, site.code, reason)


def _too_long(ground: Ground) -> Iterator[Problem]:
    from data.pipeline import Problem, ProblemKind

    checks: tuple[tuple[str, int, Iterable[str]], ...] = (
        ("code of a site", _longest(Site, "code"), (row.code for row in ground.sites)),
        ("code of an organisation", _longest(Organisation, "code"), (row.code for row in ground.organisations)),
        (
            "function of a department",
            _longest(Organisation, "function"),
            (row.function for row in ground.organisations),
        ),
        ("kind of a place", _longest(Place, "kind"), (row.kind for row in ground.places)),
    )
    for what, longest, values in checks:
        for value in sorted({value for value in values if len(value) > longest}):
            yield Problem(ProblemKind.BAD_VALUE, value, f"the {what} has at most {longest} characters")


def _longest(model: type[Model], field: str) -> int:
    return int(getattr(model._meta.get_field(field), "max_length", 0))


def _load_sites(ground: Ground, loaded: LoadedGround) -> None:
    from data.pipeline.generalise import to_mercator

    numbers = new_ids(table="gis_layers_site", count=len(ground.sites))
    ids = {site.code: number for site, number in zip(ground.sites, numbers, strict=True)}
    points = drawing.array(site.point for site in ground.sites)
    drawn = ewkb(to_mercator(points), srid=3857) if len(points) else []
    copy_rows(
        table="gis_layers_site",
        columns=("id", "code", "name", "site_class", "owner_id", "mounting", "height_m", "smart", "secret", "state",
                 "grid_id", "path", "point", "shape"),
        rows=(
            (ids[row.code], row.code, row.name, row.site_class, loaded.organisations[row.owner], str(row.mounting),
             row.height_m, row.smart, row.secret, str(row.state), loaded.grids[row.grid], loaded.grid_paths[row.grid],
             point, shape)
            for row, point, shape in zip(ground.sites, ewkb(points, srid=4326), drawn, strict=True)
        ),
    )  # fmt: skip
    _load_channels(ground, ids)


def _load_channels(ground: Ground, sites: dict[str, int]) -> None:
    """Channels, and where their pictures come from: a path only, on the address that the installation names."""
    now = timezone.now()
    numbers = new_ids(table=Channel._meta.db_table, count=len(ground.channels))
    copy_rows(
        table="gis_layers_channel",
        columns=("id", "code", "site_id", "number", "name", "azimuth", "view_angle", "range_m", "codec", "state",
                 "state_since"),
        rows=(
            (number, row.code, sites[row.site], row.number, row.name, row.azimuth_deg, row.fov_deg, row.range_m,
             str(row.codec), str(row.state), now)
            for number, row in zip(numbers, ground.channels, strict=True)
        ),
    )  # fmt: skip
    copy_rows(
        table="gis_layers_channelsource",
        columns=("channel_id", "host", "port", "stream_path", "credentials"),
        rows=(
            (number, "", RTSP_PORT, row.stream_path, b"") for number, row in zip(numbers, ground.channels, strict=True)
        ),
    )
