"""The demo prefecture: the counts that were promised, a proved partition, and the same bytes from the same seed."""

import hashlib
from collections import Counter

import numpy as np
import pytest
import shapely
from shapely import STRtree

from data.demo.build import build
from data.demo.sources import counties, neighbours, towns, villages
from data.pipeline import Level, read_ground
from data.pipeline.ground import lowest

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def demo_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("demo") / "demo.gpkg"
    build(path)
    return path


@pytest.fixture(scope="module")
def demo(demo_file):
    return read_ground(demo_file)


def test_sources_hold_what_they_should():
    assert (len(counties()), len(towns()), len(villages())) == (8, 94, 1446)
    assert {village.town for village in villages()} == {town.code for town in towns()}
    assert len(neighbours()) > 200
    assert all(village.name.endswith(("村", "社区")) for village in villages())


def test_counts(demo):
    counts = dict(demo.report.counts)
    assert [counts[level.value] for level in Level] == [1, 8, 94, 1446]
    assert (counts["grid"], counts["site"], counts["channel"]) == (5772, 14602, 15792)
    assert Counter(site.site_class for site in demo.sites) == {
        "class1": 7243, "checkpoint": 300, "skynet": 700, "traffic": 659, "heshan": 500, "sector": 2000, "social": 3200,
    }  # fmt: skip
    smart = Counter(site.site_class for site in demo.sites if site.smart)
    assert smart == {"class1": 2740}
    checkpoints = {site.code for site in demo.sites if site.site_class == "checkpoint"}
    assert sum(channel.site in checkpoints for channel in demo.channels) == 1490


def test_organisations(demo):
    kinds = Counter((row.kind.value, row.level.value) for row in demo.organisations)
    centres = [kinds["centre", level.value] for level in Level]
    assert centres == [1, 8, 94, 350]
    assert (kinds["department", "city"], kinds["department", "county"]) == (8, 32)
    owners = {site.owner for site in demo.sites}
    assert owners <= {row.code for row in demo.organisations}
    public = {row.code: row.public for row in demo.organisations}
    assert {public[site.owner] for site in demo.sites if site.site_class == "social"} == {False}
    assert {public[site.owner] for site in demo.sites if site.site_class != "social"} == {True}


def test_one_piece_without_holes(demo):
    parts = demo.root.boundary.geoms
    assert len(parts) == 1
    assert len(parts[0].interiors) == 0
    assert 8_000 < demo.report.area_km2 < 20_000
    assert all(region.path.startswith("4309/") for region in demo.regions)


def test_random_points_of_the_city_lie_in_exactly_one_grid(demo):
    rng = np.random.default_rng(44)
    west, south, east, north = demo.root.boundary.bounds
    points = shapely.points(rng.uniform((west, south), (east, north), (200_000, 2)))
    shapely.prepare(demo.root.boundary)
    inside = shapely.covers(demo.root.boundary, points)
    tree = STRtree([grid.shape for grid in demo.grids])
    found = lowest(tree, points)
    assert inside.sum() > 50_000
    assert np.array_equal(found >= 0, inside)
    which, _ = tree.query(points[inside], predicate="intersects")
    assert len(which) == inside.sum()


def test_towns_are_dense_and_country_wide(demo):
    people = Counter[str]()
    for grid in demo.grids:
        people[grid.village] += grid.households
    assert min(people.values()) > 20, "no village lies in a lake"
    area = {kind: [g.shape.area for g in demo.grids if g.kind == kind] for kind in ("urban", "rural")}
    assert np.median(area["rural"]) > 8 * np.median(area["urban"])
    assert len(area["urban"]) > 1000


def test_sites_look_sensible(demo):
    states = Counter(site.state.value for site in demo.sites)
    assert 0.005 < states["offline"] / len(demo.sites) < 0.02
    assert 0.002 < states["unknown"] / len(demo.sites) < 0.01
    assert 0 < sum(site.secret for site in demo.sites) < 20
    assert len({site.name for site in demo.sites}) == len(demo.sites)
    villages_with_class1 = {site.grid[:12] for site in demo.sites if site.site_class == "class1"}
    assert len(villages_with_class1) == 1446
    heshan = next(region.path for region in demo.regions if region.code == "430903000000")
    paths = {grid.code: grid.path for grid in demo.grids}
    assert all(paths[site.grid].startswith(heshan) for site in demo.sites if site.site_class == "heshan")
    lakes = shapely.union_all([w.shape for w in demo.waters if w.kind in {"lake", "reservoir"}])
    shapely.prepare(lakes)
    wet = shapely.contains(lakes, np.array([site.point for site in demo.sites], dtype=object))
    assert wet.mean() < 0.002


def test_channels_match_their_sites(demo):
    assert all(channel.stream_path == f"/demo/{channel.code}" for channel in demo.channels)
    by_site = Counter(channel.site for channel in demo.channels)
    assert set(by_site) == {site.code for site in demo.sites}


def test_every_village_has_places_to_search_for(demo):
    kinds = Counter(place.kind for place in demo.places)
    assert (kinds["town"], kinds["village"]) == (94, 1446)
    tree = STRtree([grid.shape for grid in demo.grids])
    found = lowest(tree, np.array([place.point for place in demo.places], dtype=object))
    per_village = Counter(demo.grids[index].village for index in found.tolist() if index >= 0)
    assert sum(count >= 3 for count in per_village.values()) > 1400
    assert {"资阳路", "桃花仑路", "金山路", "G319", "S204"} <= {road.name for road in demo.roads}


def test_same_seed_same_bytes_other_seed_other_ground(demo_file, tmp_path):
    build(tmp_path / "again.gpkg")
    digest = hashlib.sha256(demo_file.read_bytes()).hexdigest()
    assert hashlib.sha256((tmp_path / "again.gpkg").read_bytes()).hexdigest() == digest
    build(tmp_path / "other.gpkg", seed=7)
    other = read_ground(tmp_path / "other.gpkg")
    assert other.report.count("grid") == 5772
    assert other.root.boundary != read_ground(demo_file).root.boundary
