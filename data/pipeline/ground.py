"""From a city file to a proved `Ground`, or to the list of all that is wrong with it."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Geod
from shapely import MultiPolygon, STRtree

from data.pipeline.codes import Level, is_grid_code
from data.pipeline.drafts import read_drafts
from data.pipeline.partition import partition_problems, union
from data.pipeline.problems import GroundRefused, Problem, ProblemKind
from data.pipeline.rows import (
    Grid,
    GridRow,
    Ground,
    GroundFrames,
    GroundReport,
    Region,
    RegionRow,
    Site,
    SiteRow,
)
from data.pipeline.shapes import where
from data.pipeline.tree import duplicates, paths, tree_problems


def read_ground(path: Path | str) -> Ground:
    """Read and prove a city file.

    Raises `GroundRefused` with every problem found, FileNotFoundError where there is no such file. The same file
    gives the same ground; nothing is repaired. A few seconds for 6,000 grids.
    """
    read = read_drafts(Path(path))
    drafts = read.frames
    problems = read.problems + tree_problems(drafts.regions)
    problems += _grid_problems(drafts, whole=not problems)
    problems += _channel_problems(drafts) + _organisation_problems(drafts) + _number_problems(drafts)
    sites, misplaced = _place_sites(drafts)
    problems += _beyond(read.broken, partition_problems(drafts.grids)) + _beyond(read.broken, misplaced)
    if problems:
        raise GroundRefused(problems)
    return _assemble(drafts, sites)


def _beyond(broken: list[Any], problems: list[Problem]) -> list[Problem]:
    """Leave out gaps and stray sites where a grid was refused: they would send people after a second mistake."""
    follow = {ProblemKind.GAP, ProblemKind.SITE_OUTSIDE}
    return [
        problem
        for problem in problems
        if problem.kind not in follow
        or problem.place is None
        or not any(shapely.contains_xy(box, problem.place.lng, problem.place.lat) for box in broken)
    ]


def _grid_problems(drafts: GroundFrames, *, whole: bool) -> list[Problem]:
    problems = duplicates("grid", (grid.code for grid in drafts.grids))
    villages = {region.code for region in drafts.regions if region.level is Level.VILLAGE}
    for grid in drafts.grids:
        if not is_grid_code(grid.code, grid.village):
            reason = f"a grid's code is its village's 12 digits ({grid.village}) and 3 of its own"
            problems.append(Problem(ProblemKind.MALFORMED_CODE, grid.code, reason, where(grid.shape, grid.name)))
        if grid.village not in villages:
            reason = f"its village {grid.village} is no village of this file"
            problems.append(Problem(ProblemKind.UNKNOWN_PARENT, grid.code, reason, where(grid.shape, grid.name)))
    return problems + (_empty_regions(drafts) if whole else [])


def _empty_regions(drafts: GroundFrames) -> list[Problem]:
    filled = {grid.village for grid in drafts.grids}
    filled |= {region.parent for region in drafts.regions if region.parent is not None}
    reason = "no grid or region lies in it; draw its grids or take it out"
    return [
        Problem(ProblemKind.EMPTY_REGION, region.code, f"{region.name}: {reason}")
        for region in drafts.regions
        if region.code not in filled
    ]


def _channel_problems(drafts: GroundFrames) -> list[Problem]:
    problems = duplicates("channel", (channel.code for channel in drafts.channels))
    problems += duplicates("channel", (f"{channel.site}#{channel.number}" for channel in drafts.channels))
    sites = {site.code for site in drafts.sites}
    reason = "its site {} is no (good) site of this file"
    return problems + [
        Problem(ProblemKind.ORPHAN_CHANNEL, channel.code, reason.format(channel.site))
        for channel in drafts.channels
        if channel.site not in sites
    ]


def _organisation_problems(drafts: GroundFrames) -> list[Problem]:
    """Organisations are optional; where the file has any, every site's owner must be one of them."""
    if not drafts.organisations:
        return []
    problems = duplicates("organisation", (row.code for row in drafts.organisations))
    regions = {region.code: region.level for region in drafts.regions}
    for row in drafts.organisations:
        if regions.get(row.region) is not row.level:
            reason = f"{row.name}: {row.region} is no {row.level} of this file"
            problems.append(Problem(ProblemKind.UNKNOWN_REGION, row.code, reason))
    owners = {row.code for row in drafts.organisations}
    for site in drafts.sites:
        if site.owner not in owners:
            reason = f"its owner {site.owner} is no organisation of this file"
            problems.append(Problem(ProblemKind.UNKNOWN_OWNER, site.code, reason, where(site.point, site.name)))
    return problems


def _number_problems(drafts: GroundFrames) -> list[Problem]:
    """Every house number is one of a road of the file."""
    roads = {road.name for road in drafts.roads}
    return [
        Problem(
            ProblemKind.UNKNOWN_ROAD, f"{row.road} {row.number}", "its road is no road of this file", where(row.point)
        )
        for row in drafts.numbers
        if row.road not in roads
    ]


def _place_sites(drafts: GroundFrames) -> tuple[tuple[Site, ...], list[Problem]]:
    """Each site with its grid (on an edge the lowest code), and a problem for each that lies in none."""
    problems = duplicates("site", (site.code for site in drafts.sites))
    if not drafts.sites or not drafts.grids:
        return (), problems
    grids = sorted(drafts.grids, key=lambda grid: grid.code)
    tree = STRtree([grid.shape for grid in grids])
    points = np.array([site.point for site in drafts.sites], dtype=object)
    found = lowest(tree, points)
    sites = []
    for site, index in zip(drafts.sites, found.tolist(), strict=True):
        if index < 0:
            problems.append(_outside(site, grids[int(tree.nearest(site.point))]))
        else:
            sites.append(_site(site, grids[index].code))
    return tuple(sites), problems


def lowest(tree: STRtree, points: npt.NDArray[np.object_]) -> npt.NDArray[np.int64]:
    """For each point the lowest index of a tree's polygon that covers it, edges included; -1 where none does."""
    which, index = tree.query(points, predicate="intersects")
    found = np.full(len(points), np.iinfo(np.int64).max, dtype=np.int64)
    np.minimum.at(found, which, index)
    found[found == np.iinfo(np.int64).max] = -1
    return found


def _outside(site: SiteRow, nearest: GridRow) -> Problem:
    reason = f"it lies in no grid; the nearest is {nearest.code} {nearest.name}"
    return Problem(ProblemKind.SITE_OUTSIDE, site.code, reason, where(site.point, site.name))


def _site(row: SiteRow, grid: str) -> Site:
    return Site(
        code=row.code,
        name=row.name,
        site_class=row.site_class,
        owner=row.owner,
        mounting=row.mounting,
        height_m=row.height_m,
        secret=row.secret,
        smart=row.smart,
        state=row.state,
        point=row.point,
        grid=grid,
    )


def _assemble(drafts: GroundFrames, sites: tuple[Site, ...]) -> Ground:
    path_of = paths(drafts.regions)
    grids = tuple(_grid(row, path_of[row.village]) for row in sorted(drafts.grids, key=lambda grid: grid.code))
    boundaries = region_boundaries(drafts.regions, grids)
    regions = tuple(
        Region(
            code=row.code,
            name=row.name,
            level=row.level,
            parent=row.parent,
            path=path_of[row.code],
            boundary=boundaries[row.code],
        )
        for row in sorted(drafts.regions, key=lambda region: path_of[region.code])
    )
    return Ground(
        regions=regions,
        grids=grids,
        sites=tuple(sorted(sites, key=lambda site: site.code)),
        channels=tuple(sorted(drafts.channels, key=lambda channel: channel.code)),
        organisations=tuple(sorted(drafts.organisations, key=lambda row: row.code)),
        roads=drafts.roads,
        waters=drafts.waters,
        places=drafts.places,
        numbers=drafts.numbers,
        report=_report(drafts, regions[0].boundary),
    )


def _grid(row: GridRow, village_path: str) -> Grid:
    return Grid(
        code=row.code,
        name=row.name,
        village=row.village,
        kind=row.kind,
        households=row.households,
        shape=row.shape,
        path=f"{village_path}{row.code}/",
    )


def region_boundaries(regions: Iterable[RegionRow], grids: Iterable[GridRow]) -> dict[str, MultiPolygon]:
    """Boundary of every region by code: the union of its villages' grids, level by level upwards."""
    below: dict[str, list[object]] = {}
    for grid in grids:
        below.setdefault(grid.village, []).append(grid.shape)
    found: dict[str, MultiPolygon] = {}
    for region in sorted(regions, key=lambda row: -row.level.depth):
        whole = union(np.array(below[region.code], dtype=object))
        found[region.code] = MultiPolygon(list(shapely.get_parts(whole)))
        if region.parent is not None:
            below.setdefault(region.parent, []).extend(shapely.get_parts(whole))
    return found


def _report(drafts: GroundFrames, city: MultiPolygon) -> GroundReport:
    counts = {level.value: 0 for level in Level}
    for region in drafts.regions:
        counts[region.level.value] += 1
    layers = {
        "grid": drafts.grids,
        "site": drafts.sites,
        "channel": drafts.channels,
        "organisation": drafts.organisations,
        "road": drafts.roads,
        "water": drafts.waters,
        "place": drafts.places,
        "number": drafts.numbers,
    }
    counts |= {name: len(rows) for name, rows in layers.items()}
    area_m2, _ = Geod(ellps="WGS84").geometry_area_perimeter(shapely.orient_polygons(city))
    return GroundReport(counts=tuple(counts.items()), area_km2=round(abs(area_m2) / 1e6, 3), gaps=0, overlaps=0)
