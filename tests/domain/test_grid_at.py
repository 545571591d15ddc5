"""Which grid a point lies in: the same answer in process and in SQL, for every point of the city, edges included."""

import math

import numpy as np
import numpy.typing as npt
import pytest
import shapely
from django.db import connection

from grid import selectors
from grid.coordinates import LATTICE, Crs, snap_array, wgs84_to_gcj02
from grid.models import Grid, Level
from grid.refusals import Invalid
from grid.selectors import ground_index
from grid.services.ground import move_revision

pytestmark = pytest.mark.django_db

Points = npt.NDArray[np.float64]
SQL = """
    SELECT min(grid.code COLLATE "C") FROM unnest(%s::float8[], %s::float8[]) WITH ORDINALITY AS point(x, y, number)
    LEFT JOIN grid_grid AS grid ON ST_Intersects(grid.boundary, ST_SetSRID(ST_MakePoint(x, y), 4326))
    GROUP BY number ORDER BY number
"""


def in_sql(points: Points) -> list[str | None]:
    with connection.cursor() as cursor:
        cursor.execute(SQL, [points[:, 0].tolist(), points[:, 1].tolist()])
        return [row[0] for row in cursor.fetchall()]


def in_process(points: Points) -> list[str | None]:
    return [leaf.code if leaf else None for leaf in selectors.grids_at(lng=points[:, 0], lat=points[:, 1])]


def random_points(count: int) -> Points:
    west, south, east, north = ground_index().bounds
    randomness = np.random.default_rng(44)
    return np.column_stack([randomness.uniform(west, east, count), randomness.uniform(south, north, count)])


def test_100_000_random_points_of_the_city_each_lie_in_exactly_one_grid():
    index = ground_index()
    city = shapely.union_all(index.shapes)
    points = snap_array(random_points(140_000))
    inside = points[shapely.contains_properly(city, shapely.points(points))][:100_000]
    assert len(inside) == 100_000
    which, _ = index.tree.query(shapely.points(inside), predicate="intersects")
    covered = np.bincount(which, minlength=len(inside))
    assert covered.min() == 1
    on_edges = np.flatnonzero(covered > 1)  # by chance; the lowest code settles these
    assert len(on_edges) < 10
    assert None not in in_process(inside)


def test_process_and_sql_agree_on_random_points_inside_and_outside():
    points = snap_array(random_points(20_000) * [1.0, 1.0] + [0.002, 0.001])
    assert in_process(points) == in_sql(points)
    assert None in in_process(points)


def test_process_and_sql_agree_on_every_vertex_and_along_every_edge():
    shapes = ground_index().shapes
    vertices = shapely.get_coordinates(shapes)
    ends = np.roll(vertices, -1, axis=0)
    along = np.concatenate([snap_array(vertices + (ends - vertices) * share) for share in (0.5, 0.25, 1 / 3, 0.9)])
    steps = np.array([(LATTICE, 0), (0, -LATTICE), (-LATTICE, LATTICE)])
    beside = np.concatenate([vertices + step for step in steps])
    points = np.concatenate([vertices, along, beside])
    found = in_process(points)
    assert found == in_sql(points)
    sharing = sum(
        len(ground_index().tree.query(shapely.Point(*point), predicate="intersects")) > 1 for point in vertices
    )
    assert sharing > 50  # a test without shared vertices would prove nothing


def test_on_a_shared_vertex_the_lowest_code_has_it():
    index = ground_index()
    for x, y in shapely.get_coordinates(index.shapes)[:40].tolist():
        touching = sorted(
            Grid.objects.filter(boundary__intersects=f"SRID=4326;POINT({x!r} {y!r})").values_list("code", flat=True)
        )
        assert selectors.grid_at(lng=x, lat=y).code == touching[0] == selectors.grid_at_sql(lng=x, lat=y)


def test_a_point_comes_in_any_system_and_is_snapped_once():
    centre = shapely.Point(112.29, 28.59)
    there = selectors.locate(lng=centre.x, lat=centre.y)
    assert there.lng / LATTICE == round(there.lng / LATTICE)
    lng, lat = wgs84_to_gcj02(centre.x, centre.y)
    assert selectors.locate(lng=lng, lat=lat, crs=Crs.GCJ02) == there
    assert selectors.grids_at(lng=[lng], lat=[lat], crs=Crs.GCJ02) == [there.grid]
    assert selectors.grid_at(lng=lng, lat=lat) != there.grid  # 500 m off when taken for WGS-84: the test can fail


def test_outside_the_city_is_refused_with_the_nearest_grid_and_its_distance():
    west, south, _, _ = ground_index().bounds
    lng, lat = west - 0.01, south + 0.012
    with pytest.raises(Invalid) as refused:
        selectors.grid_at(lng=lng, lat=lat)
    nearest = refused.value.extra["nearest"]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT code, ST_Distance(boundary::geography, ST_SetSRID(ST_MakePoint(%s, %s), 4326)::geography)"
            " FROM grid_grid ORDER BY 2 LIMIT 1",
            [lng, lat],
        )
        code, metres = cursor.fetchone()
    assert refused.value.code == "outside-city"
    assert nearest["code"] == code
    assert nearest["distance_m"] == pytest.approx(metres, rel=0.006, abs=1)
    assert selectors.grid_at_sql(lng=lng, lat=lat) is None


@pytest.mark.parametrize(
    ("lng", "lat"), [(28.59, 112.29), (math.nan, 28.59), (math.inf, 1.0), (181.0, 28.0), (1.0, -91)]
)
def test_what_can_not_be_a_place_is_refused(lng, lat):
    with pytest.raises(Invalid) as refused:
        selectors.grid_at(lng=lng, lat=lat)
    assert refused.value.code == "bad-point"


def test_a_batch_with_points_that_are_none_still_answers_the_others():
    good = ground_index().shapes[0].centroid
    found = selectors.grids_at(lng=[math.nan, good.x, 181.0], lat=[1.0, good.y, 95.0])
    assert [leaf and leaf.code for leaf in found] == [None, ground_index().leaves[0].code, None]


def test_the_index_follows_the_ground_revision():
    grid = Grid.objects.earliest("code")
    Grid.objects.filter(pk=grid.pk).update(households=4242)
    assert ground_index().leaves[0].households != 4242
    move_revision(name="ground")
    assert ground_index().leaves[0].households == 4242


def test_one_point_costs_one_query(django_assert_num_queries):
    centre = ground_index().shapes[0].centroid
    with django_assert_num_queries(1):
        selectors.locate(lng=centre.x, lat=centre.y)


def test_the_tree_reads_upwards_and_downwards():
    leaf = ground_index().leaves[0]
    chain = selectors.ancestors(leaf.path)
    assert [node.level for node in chain] == ["city", "county", "township", "village"]
    assert leaf.path.startswith(chain[-1].path)
    township, village, grid = selectors.place_label(leaf.path).split(" ", 2)
    assert (township, village, grid[-3:]) == (chain[2].name, chain[3].name, leaf.code[-3:])
    assert selectors.place_label(chain[0].path) == ""
    townships = selectors.regions_below(chain[1].path, levels={Level.TOWNSHIP})
    assert {node.level for node in townships} == {"township"}
    assert len(townships) == chain[1].children
    assert selectors.ancestors("9999/") == ()
