"""City files: a good one is read whole, and every planted mistake is refused by its name and place."""

import dataclasses
import sqlite3
from contextlib import closing

import numpy as np
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from data.demo.people import names
from data.demo.small import small_frames, write_small
from data.pipeline import (
    Band,
    Channel,
    GridRow,
    GroundFrames,
    GroundRefused,
    Level,
    Problem,
    ProblemKind,
    RegionRow,
    generalise,
    read_ground,
    write_ground,
)
from data.pipeline.codes import is_region_code, region_path
from data.pipeline.lattice import LATTICE
from tests.factories.county import BOUNDS, write_county


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    path = tmp_path_factory.mktemp("ground") / "small.gpkg"
    write_small(path)
    return read_ground(path)


def _refused(frames: GroundFrames, tmp_path) -> tuple[Problem, ...]:
    path = tmp_path / "bad.gpkg"
    write_ground(frames, path)
    with pytest.raises(GroundRefused) as refusal:
        read_ground(path)
    return refusal.value.problems


def _with_grid(frames: GroundFrames, number: int, **changes) -> GroundFrames:
    grids = list(frames.grids)
    grids[number] = dataclasses.replace(grids[number], **changes)
    return dataclasses.replace(frames, grids=tuple(grids))


def _only(problems: tuple[Problem, ...], kind: ProblemKind) -> Problem:
    found = [problem for problem in problems if problem.kind is kind]
    assert len(found) == 1, [str(problem) for problem in problems]
    return found[0]


# A good file


def test_small_city_is_read_whole(small):
    counts = dict(small.report.counts)
    assert [counts[name] for name in ("city", "county", "township", "village", "grid")] == [1, 2, 4, 8, 24]
    assert (counts["site"], counts["channel"], counts["organisation"]) == (30, 36, len(small.organisations))
    assert (small.report.gaps, small.report.overlaps) == (0, 0)
    assert small.root.path == "4309/"
    assert len({site.owner for site in small.sites}) > 3


def test_paths_nest_and_end_with_a_slash(small):
    by_code = {region.code: region for region in small.regions}
    for region in small.regions:
        assert region.path.endswith("/")
        if region.parent is not None:
            assert region.path.startswith(by_code[region.parent].path)
    for grid in small.grids:
        assert grid.path == f"{by_code[grid.village].path}{grid.code}/"
    assert small.regions == tuple(sorted(small.regions, key=lambda region: region.path))


def test_every_coordinate_is_on_the_lattice(small):
    shapes = [grid.shape for grid in small.grids] + [site.point for site in small.sites]
    steps = shapely.get_coordinates(shapes) / LATTICE
    assert np.array_equal(steps, np.rint(steps))


def test_boundaries_are_unions_of_grids(small):
    whole = shapely.union_all([grid.shape for grid in small.grids])
    assert small.root.boundary.symmetric_difference(whole).area == 0
    for level in Level:
        parts = [region.boundary for region in small.regions if region.level is level]
        assert sum(part.area for part in parts) == pytest.approx(whole.area, rel=1e-12)


def test_each_site_lies_in_its_grid(small):
    shapes = {grid.code: grid.shape for grid in small.grids}
    assert all(shapes[site.grid].covers(site.point) for site in small.sites)


def test_a_point_on_an_edge_belongs_to_the_lowest_code(tmp_path):
    frames = small_frames()
    left, right = frames.grids[0], frames.grids[1]
    corner = shapely.get_point(left.shape.intersection(right.shape), 0)
    site = dataclasses.replace(frames.sites[0], point=corner)
    path = tmp_path / "edge.gpkg"
    write_ground(dataclasses.replace(frames, sites=(site, *frames.sites[1:])), path)
    found = next(row for row in read_ground(path).sites if row.code == site.code)
    touching = [grid.code for grid in frames.grids if grid.shape.intersects(corner)]
    assert len(touching) >= 2
    assert found.grid == min(touching)


def test_two_writings_are_the_same_bytes(tmp_path):
    write_small(tmp_path / "a.gpkg")
    write_small(tmp_path / "b.gpkg")
    assert (tmp_path / "a.gpkg").read_bytes() == (tmp_path / "b.gpkg").read_bytes()


def test_reading_gives_back_what_was_written(small):
    frames = small_frames()
    assert {channel.code: channel for channel in small.channels} == {row.code: row for row in frames.channels}
    assert {row.code: row for row in small.organisations} == {row.code: row for row in frames.organisations}
    assert [(road.name, road.road_class) for road in small.roads] == [(r.name, r.road_class) for r in frames.roads]
    secret = [site.code for site in frames.sites if site.secret]
    assert [site.code for site in small.sites if site.secret] == secret
    assert secret


# A second city, from another hand


@pytest.mark.parametrize("epsg", [4326, 4490, 4547, 32649, 3857])
def test_a_county_without_a_city_above_it_in_any_allowed_system(tmp_path, epsg):
    ground = read_ground(write_county(tmp_path, epsg=epsg))
    assert ground.root.level is Level.COUNTY
    assert ground.root.path == "430121/"
    assert dict(ground.report.counts)["village"] == 3
    assert ground.sites == ()
    west, south, east, north = ground.root.boundary.bounds
    assert (west, south, east, north) == pytest.approx(BOUNDS, abs=2e-6)


@pytest.mark.parametrize("epsg", [4214, 27700])
def test_another_system_is_refused_by_name(tmp_path, epsg):
    target = tmp_path / "other.gpkg"
    frames = small_frames()
    write_ground(frames, target)
    with closing(sqlite3.connect(target)) as connection:
        connection.execute("DROP TABLE grid")
        for table in ("gpkg_contents", "gpkg_geometry_columns"):
            connection.execute(f"DELETE FROM {table} WHERE table_name = 'grid'")  # noqa: S608
        connection.commit()
    shapes = shapely.to_wkb(np.array([grid.shape for grid in frames.grids], dtype=object))
    columns = ["code", "name", "village", "kind", "households"]
    data = [np.array([getattr(grid, column) for grid in frames.grids], dtype=object) for column in columns[:4]]
    data.append(np.array([grid.households for grid in frames.grids]))
    data[3] = np.array([str(kind) for kind in data[3]], dtype=object)
    pyogrio.raw.write(
        str(target), shapes, data, columns, layer="grid", geometry_type="Polygon", crs=f"EPSG:{epsg}", append=True
    )
    with pytest.raises(GroundRefused) as refusal:
        read_ground(target)
    problem = _only(refusal.value.problems, ProblemKind.UNKNOWN_CRS)
    assert problem.code == "grid"
    assert str(epsg) in problem.reason
    assert "4490" in problem.reason


# Planted mistakes


def test_gap_names_the_grids_around_it(tmp_path):
    frames = small_frames()
    gone = frames.grids[8]
    grids = tuple(grid for grid in frames.grids if grid is not gone)
    sites = tuple(site for site in frames.sites if not gone.shape.covers(site.point))
    codes = {site.code for site in sites}
    channels = tuple(channel for channel in frames.channels if channel.site in codes)
    problem = _only(
        _refused(dataclasses.replace(frames, grids=grids, sites=sites, channels=channels), tmp_path), ProblemKind.GAP
    )
    around = {grid.code for grid in grids if grid.shape.intersection(gone.shape).length > 0}
    assert len(around) == 4
    assert set(problem.code.split(", ")) == around
    assert problem.place is not None
    assert gone.shape.covers(shapely.Point(problem.place.lng, problem.place.lat))
    assert problem.place.near


def test_narrow_gap_between_neighbours_is_found(tmp_path):
    """One shared vertex moved by a metre: the neighbours no longer meet."""
    frames = small_frames()
    ring = shapely.get_coordinates(frames.grids[8].shape)
    ring[2] -= 1e-5
    problems = _refused(_with_grid(frames, 8, shape=shapely.Polygon(ring)), tmp_path)
    assert {problem.kind for problem in problems} <= {
        ProblemKind.GAP, ProblemKind.OVERLAP, ProblemKind.EDGE_MISMATCH, ProblemKind.SITE_OUTSIDE,
    }  # fmt: skip
    assert any(frames.grids[8].code in problem.code for problem in problems)


def test_overlap_names_both_grids_and_the_area(tmp_path):
    frames = small_frames()
    ring = shapely.get_coordinates(frames.grids[0].shape)
    neighbour = frames.grids[1]
    ring[1] = shapely.get_coordinates(neighbour.shape.centroid)[0]
    problems = _refused(_with_grid(frames, 0, shape=shapely.Polygon(ring)), tmp_path)
    overlaps = [problem for problem in problems if problem.kind is ProblemKind.OVERLAP]
    assert f"{frames.grids[0].code}, {neighbour.code}" in {problem.code for problem in overlaps}
    assert all("m²" in problem.reason and problem.place is not None for problem in overlaps)


def test_missing_vertex_on_a_common_edge_is_named(tmp_path):
    frames = small_frames()
    ring = shapely.get_coordinates(frames.grids[0].shape).tolist()
    ring.insert(2, [(ring[1][0] + ring[2][0]) / 2, (ring[1][1] + ring[2][1]) / 2])
    problems = _refused(_with_grid(frames, 0, shape=shapely.Polygon(ring)), tmp_path)
    named = {code for problem in problems for code in problem.code.split(", ")}
    assert named <= {frames.grids[0].code, frames.grids[1].code}
    assert frames.grids[0].code in named


def test_invalid_shape_is_named_and_not_repaired(tmp_path):
    frames = small_frames()
    ring = shapely.get_coordinates(frames.grids[3].shape)
    bow = shapely.Polygon([ring[0], ring[2], ring[1], ring[3]])
    problems = _refused(_with_grid(frames, 3, shape=bow), tmp_path)
    problem = _only(problems, ProblemKind.INVALID_SHAPE)
    assert problem.code == frames.grids[3].code
    assert "Self-intersection" in problem.reason
    assert {other.kind for other in problems} == {ProblemKind.INVALID_SHAPE}, "no gap is invented for a refused grid"


def test_duplicate_code(tmp_path):
    frames = small_frames()
    problems = _refused(_with_grid(frames, 1, code=frames.grids[0].code), tmp_path)
    assert _only(problems, ProblemKind.DUPLICATE_CODE).code == frames.grids[0].code


def test_malformed_code(tmp_path):
    frames = small_frames()
    problems = _refused(_with_grid(frames, 1, code="43090200500100X"), tmp_path)
    assert _only(problems, ProblemKind.MALFORMED_CODE).code == "43090200500100X"


def test_unknown_village_and_unknown_parent(tmp_path):
    frames = small_frames()
    regions = tuple(
        dataclasses.replace(region, parent="430999000000") if region.code == "430902005000" else region
        for region in frames.regions
    )
    changed = _with_grid(
        dataclasses.replace(frames, regions=regions), 5, village="430902005099", code="430902005099001"
    )
    problems = [problem for problem in _refused(changed, tmp_path) if problem.kind is ProblemKind.UNKNOWN_PARENT]
    assert {problem.code for problem in problems} == {"430902005000", "430902005099001"}


def test_every_problem_is_listed_not_only_the_first(tmp_path):
    frames = small_frames()
    changed = _with_grid(_with_grid(frames, 1, name=""), 2, households=-5)
    sites = (dataclasses.replace(frames.sites[0], point=shapely.Point(113.5, 28.6)), *frames.sites[1:])
    channels = (
        dataclasses.replace(frames.channels[0], site="nowhere"),
        dataclasses.replace(frames.channels[1], code="123"),
        *frames.channels[2:],
    )
    kinds = [p.kind for p in _refused(dataclasses.replace(changed, sites=sites, channels=channels), tmp_path)]
    assert sorted(kinds) == sorted(
        [
            ProblemKind.MISSING_NAME, ProblemKind.BAD_VALUE, ProblemKind.SITE_OUTSIDE, ProblemKind.ORPHAN_CHANNEL,
            ProblemKind.MALFORMED_CODE,
        ]
    )  # fmt: skip


def test_site_outside_says_where_and_which_grid_is_nearest(tmp_path):
    frames = small_frames()
    sites = (dataclasses.replace(frames.sites[0], point=shapely.Point(112.2, 28.58)), *frames.sites[1:])
    problem = _only(_refused(dataclasses.replace(frames, sites=sites), tmp_path), ProblemKind.SITE_OUTSIDE)
    assert problem.place is not None
    assert problem.place.lng == pytest.approx(112.2, abs=1e-6)
    assert any(grid.code in problem.reason for grid in frames.grids)


@pytest.mark.parametrize(
    ("layer", "column", "value", "kind"),
    [
        ("site", "owner", "unit-000000000000-nobody", ProblemKind.UNKNOWN_OWNER),
        ("site", "mounting", "balloon", ProblemKind.BAD_VALUE),
        ("channel", "stream_path", "rtsp://10.0.0.1/1", ProblemKind.BAD_VALUE),
        ("channel", "azimuth_deg", 400.0, ProblemKind.BAD_VALUE),
        ("organisation", "region", "430905000000", ProblemKind.UNKNOWN_REGION),
        ("region", "level", "planet", ProblemKind.BAD_VALUE),
        ("place", "name", "", ProblemKind.MISSING_NAME),
        ("road", "name", "路\n口", ProblemKind.BAD_VALUE),
    ],
)
def test_a_bad_cell_is_named(tmp_path, layer, column, value, kind):
    path = tmp_path / "cell.gpkg"
    write_small(path)
    with closing(sqlite3.connect(path)) as connection:
        # The spatial index's triggers call functions that plain SQLite lacks; only names and numbers change here.
        for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{trigger}"')
        sql = f"UPDATE {layer} SET {column} = ? WHERE fid = (SELECT max(fid) FROM {layer})"  # noqa: S608
        assert connection.execute(sql, (value,)).rowcount == 1
        connection.commit()
    with pytest.raises(GroundRefused) as refusal:
        read_ground(path)
    assert kind in {problem.kind for problem in refusal.value.problems}


@pytest.mark.parametrize("layer", ["region", "grid"])
def test_a_missing_layer_is_named(tmp_path, layer):
    path = tmp_path / "less.gpkg"
    write_small(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DELETE FROM gpkg_contents WHERE table_name = ?", (layer,))
        connection.execute("DELETE FROM gpkg_geometry_columns WHERE table_name = ?", (layer,))
        for name, kind in connection.execute(
            "SELECT name, type FROM sqlite_master WHERE tbl_name = ? AND type = 'trigger'", (layer,)
        ).fetchall():
            connection.execute(f'DROP {kind} "{name}"')
        connection.execute(f"DROP TABLE {layer}")
        connection.commit()
    with pytest.raises(GroundRefused) as refusal:
        read_ground(path)
    assert Problem(ProblemKind.MISSING_LAYER, layer, "add this layer") in refusal.value.problems


def test_a_file_of_another_kind_is_refused(tmp_path):
    path = tmp_path / "city.gpkg"
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(GroundRefused, match="not_a_geopackage"):
        read_ground(path)
    with pytest.raises(FileNotFoundError):
        read_ground(tmp_path / "none.gpkg")


def test_two_roots_and_an_upside_down_tree(tmp_path):
    frames = small_frames()
    extra = RegionRow(code="430921000000", name="南县", level=Level.COUNTY, parent=None)
    turned = tuple(
        dataclasses.replace(region, parent="430902005001") if region.code == "430902102000" else region
        for region in frames.regions
    )
    problems = _refused(dataclasses.replace(frames, regions=(*turned, extra)), tmp_path)
    assert _only(problems, ProblemKind.SEVERAL_ROOTS).code == "430900000000, 430921000000"
    assert _only(problems, ProblemKind.WRONG_PARENT).code == "430902102000"


def test_a_region_without_a_grid_is_named(tmp_path):
    frames = small_frames()
    empty = RegionRow(code="430902102299", name="空村", level=Level.VILLAGE, parent="430902102000")
    problems = _refused(dataclasses.replace(frames, regions=(*frames.regions, empty)), tmp_path)
    assert _only(problems, ProblemKind.EMPTY_REGION).code == empty.code


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_any_grid_pushed_aside_is_never_accepted(tmp_path_factory, data):
    """Whatever grid is hurt, the file is refused; nothing is put right in silence."""
    frames = small_frames()
    number = data.draw(st.integers(0, len(frames.grids) - 1))
    east, north = data.draw(st.sampled_from([(1e-4, 0.0), (-1e-4, 5e-5), (0.0, -1.2e-4)]))
    moved = shapely.transform(frames.grids[number].shape, lambda points: points + np.array([east, north]))
    problems = _refused(_with_grid(frames, number, shape=moved), tmp_path_factory.mktemp("hurt"))
    kinds = {problem.kind for problem in problems}
    assert kinds & {ProblemKind.GAP, ProblemKind.OVERLAP, ProblemKind.EDGE_MISMATCH}
    assert any(frames.grids[number].code in problem.code for problem in problems)


# Smaller promises


def test_generalised_levels_stay_a_partition_and_nested(small):
    made = generalise(small)
    assert {item.band for item in made} == set(Band)
    assert sorted(zoom for band in Band for zoom in band.zooms) == list(range(14))
    for item in made:
        grids = np.array([shapely.get_parts(shape)[0] for shape in item.grids.values()], dtype=object)
        assert set(item.grids) == {grid.code for grid in small.grids}
        assert shapely.coverage_is_valid(grids)
        for region in small.regions:
            inside = [item.grids[grid.code] for grid in small.grids if grid.path.startswith(region.path)]
            assert item.regions[region.code].symmetric_difference(shapely.union_all(inside)).area < 1e-3


@given(st.integers(1, 99), st.integers(1, 99), st.integers(1, 999), st.integers(1, 999))
def test_well_formed_codes(city, county, town, village):
    code = f"43{city:02d}{county:02d}{town:03d}{village:03d}"
    assert is_region_code(code, Level.VILLAGE)
    assert not is_region_code(code, Level.TOWNSHIP)
    assert is_region_code(f"{code[:9]}000", Level.TOWNSHIP)
    assert is_region_code(f"{code[:6]}000000", Level.COUNTY)
    assert is_region_code(f"{code[:4]}00000000", Level.CITY)
    assert not is_region_code(f"{code[:9]}000", Level.VILLAGE)
    assert not is_region_code(f" {code[1:]}", Level.VILLAGE)
    assert region_path("4309/", f"{code[:6]}000000", Level.COUNTY) == f"4309/{code[:6]}/"


def test_people_are_many_distinct_and_repeatable():
    first = names(1, 3000)
    assert len(set(first)) == 3000
    assert first == names(1, 3000)
    assert first != names(2, 3000)
    assert all(2 <= len(name) <= 3 for name in first)
    with pytest.raises(ValueError, match="at most"):
        names(1, 10**6)


def test_rows_are_frozen(small):
    with pytest.raises(dataclasses.FrozenInstanceError):
        small.grids[0].name = "x"
    assert isinstance(small.channels[0], Channel)
    assert isinstance(small.grids[0], GridRow)
