"""The ground over HTTP."""

import pytest
import shapely
from django.test import Client

from gis_layers.models import Site
from grid.models import Grid, Post, Role
from grid.selectors import ground_index
from tests.http.ground import CITY, NORTH, SOUTH, signed_in

pytestmark = pytest.mark.django_db

GRID = "430902102201002"
API = "/api/v1"


def test_a_point_answers_with_its_grid_and_where_that_is():
    answer = signed_in().get(f"{API}/ground/grid-at?lng=112.29&lat=28.59")
    assert answer.status_code == 200
    grid = answer.json()["grid"]
    assert (grid["code"], grid["name"]) == (GRID, "鲜鱼塘村第2网格")
    assert grid["path"].endswith(f"/{GRID}/")
    assert grid["place"].startswith("迎风桥镇 鲜鱼塘村 ")


def test_outside_the_city_is_422_and_names_the_nearest_grid():
    answer = signed_in().get(f"{API}/ground/grid-at?lng=112.2&lat=28.59&crs=cgcs2000")
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["code"] == "outside-city"
    assert problem["nearest"] == {"code": "430902102201001", "name": "鲜鱼塘村第1网格", "distance_m": 7714}


@pytest.mark.parametrize(
    "query",
    [
        "lng=nan&lat=28", "lng=1e999&lat=28", "lng=28.59&lat=112.29", "lng=112.29", "lng=x&lat=1",
        "lng=112.29&lat=28.59&crs=epsg:4326",
    ],
)  # fmt: skip
def test_what_is_no_point_is_422_in_problem_json(query):
    answer = signed_in().get(f"{API}/ground/grid-at?{query}")
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"


def test_regions_are_those_of_ones_own_ground():
    city = signed_in().get(f"{API}/ground/regions").json()
    assert [region["level"] for region in city].count("township") == 4
    assert {region["level"] for region in city} == {"city", "county", "township"}
    county = signed_in(region=SOUTH).get(f"{API}/ground/regions").json()
    assert [region["code"] for region in county] == [SOUTH, "430902005000", "430902102000"]
    below = signed_in(region=SOUTH).get(f"{API}/ground/regions", {"parent": county[1]["path"]}).json()
    assert {region["level"] for region in below} == {"village"}
    assert [region["children"] for region in below] == [3, 3]
    west, south, east, north = county[0]["bbox"]
    index = ground_index()
    shapes = [shape for leaf, shape in zip(index.leaves, index.shapes, strict=True) if leaf.code[:6] == SOUTH[:6]]
    assert (west, south, east, north) == tuple(shapely.total_bounds(shapes))


@pytest.mark.parametrize("parent", ["4309/430903/", "4309/", "4309/430902/9/", "%", "' OR 1=1 --", ""])
def test_the_regions_of_other_ground_are_404(parent):
    assert signed_in(region=SOUTH).get(f"{API}/ground/regions", {"parent": parent}).status_code == 404


def test_a_grid_officer_sees_the_village_around_the_own_grid():
    regions = signed_in(Role.GRID_OFFICER, region=SOUTH, grid=GRID).get(f"{API}/ground/regions").json()
    assert [region["code"] for region in regions] == ["430902102201"]


def test_the_card_of_a_grid_has_officers_and_visible_sites():
    signed_in(Role.GRID_OFFICER, region=SOUTH, grid=GRID)
    card = signed_in(region=SOUTH).get(f"{API}/ground/grids/{GRID}").json()
    assert (card["code"], card["kind"], card["households"]) == (GRID, "rural", Grid.objects.get(code=GRID).households)
    assert [officer["name"] for officer in card["officers"]] == ["测试员"]
    visible = Site.objects.filter(grid__code=GRID, secret=False)
    assert {site["code"] for site in card["sites"]} == set(visible.values_list("code", flat=True))
    assert card["open_events"] == []


def test_an_officer_who_left_is_not_on_the_card():
    signed_in(Role.GRID_OFFICER, region=SOUTH, grid=GRID)
    Post.objects.filter(grid__code=GRID).update(since="2019-01-01T00:00:00Z", until="2020-01-01T00:00:00Z")
    assert signed_in().get(f"{API}/ground/grids/{GRID}").json()["officers"] == []


def test_a_secret_site_is_on_no_card():
    secret = Site.objects.get(secret=True)
    card = signed_in().get(f"{API}/ground/grids/{secret.grid.code}").json()
    assert secret.code not in str(card)


@pytest.mark.parametrize("code", ["430903111201001", "430902102201999", "x", "4309"])
def test_other_grids_and_those_that_are_none_are_404(code):
    answer = signed_in(region=SOUTH).get(f"{API}/ground/grids/{code}")
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "address", ["ground/grid-at?lng=112.29&lat=28.59", "ground/regions", f"ground/grids/{GRID}", "map"]
)
def test_nobody_gets_nothing(address):
    assert Client().get(f"{API}/{address}").status_code == 401


def test_the_map_opens_on_ones_own_ground():
    settings = signed_in(region=NORTH).get(f"{API}/map").json()
    assert settings["home"]["name"] == "赫山区"
    assert settings["home"]["bbox"] == list(ground_index().node_by_path["4309/430903/"].bbox)
    assert settings["bounds"] == list(ground_index().bounds)
    assert set(settings["tiles"]) == {"base", "ground", "sites", "components", "devices"}
    assert settings["tiles"]["ground"]["url"].endswith("/{z}/{x}/{y}.mvt")
    assert (settings["tiles"]["base"]["minzoom"], settings["tiles"]["base"]["maxzoom"]) == (8, 16)


def test_who_has_no_business_data_gets_no_site_tiles():
    settings = signed_in(Role.SYSADMIN, region=CITY).get(f"{API}/map").json()
    assert set(settings["tiles"]) == {"base", "ground"}
    assert signed_in(role=None).get(f"{API}/map").json()["tiles"] == {}
