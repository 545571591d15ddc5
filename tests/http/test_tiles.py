"""Tiles: what is in them, who gets them, where they are kept."""

import gzip
import math
from datetime import UTC, datetime, timedelta
from typing import Any

import mapbox_vector_tile  # type: ignore[import-untyped]
import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from gis_layers import catalogue, tiles
from gis_layers.catalogue import Audience, Tileset, TileSource
from gis_layers.models import GroundShape, Site
from grid.models import Post, Role
from grid.policy import access_of
from grid.refusals import NotFound
from grid.selectors import ground_index
from grid.services.ground import move_revision
from tests.http.ground import CITY, NORTH, SOUTH, signed_in

pytestmark = pytest.mark.django_db

TileNumber = tuple[int, int, int]
TILE = "application/vnd.mapbox-vector-tile"

PROBLEM = "application/problem+json"


@pytest.fixture(autouse=True)
def root(settings, tmp_path):
    settings.TILE_ROOT = tmp_path / "tiles"
    settings.TILE_ROOT.mkdir()
    return settings.TILE_ROOT


def tile_of(lng: float, lat: float, zoom: int) -> TileNumber:
    side = 2**zoom
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return zoom, int((lng + 180) / 360 * side), int(y * side)


def tiles_of_city(zoom: int) -> list[TileNumber]:
    west, south, east, north = ground_index().bounds
    _, left, top = tile_of(west, north, zoom)
    _, right, bottom = tile_of(east, south, zoom)
    return [(zoom, x, y) for x in range(left, right + 1) for y in range(top, bottom + 1)]


def url(client: Client, tileset: str, tile: TileNumber) -> str:
    pattern: str = client.get("/api/v1/map").json()["tiles"][tileset]["url"]
    z, x, y = tile
    return pattern.replace("{z}", str(z)).replace("{x}", str(x)).replace("{y}", str(y))


def get(client: Client, tileset: str, tile: TileNumber) -> Any:
    answer = client.get(url(client, tileset, tile), headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200, answer.content
    return mapbox_vector_tile.decode(gzip.decompress(answer.content))


def features(client: Client, tileset: str, zoom: int, layer: str) -> list[Any]:
    return [
        feature
        for tile in tiles_of_city(zoom)
        for feature in get(client, tileset, tile).get(layer, {"features": []})["features"]
    ]


def source_of(name: str) -> TileSource:
    source = catalogue.find(name)
    assert source is not None
    return source


CENTRE = (112.30, 28.595)


@pytest.mark.parametrize(
    ("zoom", "layers"),
    [
        (8, {"county", "label"}),
        (9, {"county", "township", "label"}),
        (11, {"county", "township", "village", "label"}),
        (13, {"county", "township", "village", "grid", "label"}),
    ],
)
def test_the_ground_grows_finer_with_the_zoom(zoom, layers):
    found = get(signed_in(), "ground", tile_of(*CENTRE, zoom))
    assert set(found) == layers
    for layer in layers - {"label"}:
        for feature in found[layer]["features"]:
            assert set(feature["properties"]) == {"code", "name"}
            assert feature["id"] == int(feature["properties"]["code"])
            assert feature["geometry"]["type"] in {"Polygon", "MultiPolygon"}


@pytest.mark.parametrize("zoom", [8, 10, 12, 14, 15])
def test_each_label_is_in_exactly_one_tile(zoom):
    labels = features(signed_in(), "ground", zoom, "label")
    numbers = [feature["id"] for feature in labels]
    levels = {feature["properties"]["level"] for feature in labels}
    wanted = GroundShape.objects.filter(band=14, level__in=levels).values_list("number", flat=True)
    assert sorted(numbers) == sorted(wanted)


def test_the_base_map_has_roads_water_and_places():
    found = get(signed_in(), "base", tile_of(*CENTRE, 14))
    assert {"rank", "name"} == set(found["road"]["features"][0]["properties"])
    assert found["road"]["features"][0]["properties"]["name"]
    assert {"name", "kind"} == set(found["place"]["features"][0]["properties"])
    names = {feature["properties"]["name"] for feature in features(signed_in(), "base", 13, "place")}
    assert names == {"大码头街道", "迎风桥镇", "赫山街道", "兰溪镇"} | {
        region.name for region in ground_index().nodes if region.level == "village"
    }


@pytest.mark.parametrize("tileset", ["base", "ground", "sites"])
def test_a_tileset_s_statement_is_planned_once_for_all_its_tiles(tileset):
    paths = (ground_index().nodes[0].path,)
    before = plans_of_tiles()
    made = [
        tiles.make(source=source_of(tileset), z=z, x=x, y=y, paths=paths)
        for z, x, y in [tile_of(*CENTRE, 14), tile_of(112.28, 28.58, 14), tile_of(100.0, 40.0, 14)]
    ]
    assert len(set(made)) > 1
    statements, generic, custom = plans_of_tiles()
    assert statements - before[0] <= 1
    assert (generic - before[1], custom) in {(len(made), 0), (len(made) - 1, 0)}  # its first use is not prepared


def plans_of_tiles():
    """How many statements that make tiles are prepared on this connection, and how often each kind of plan was used."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), coalesce(sum(generic_plans), 0), coalesce(sum(custom_plans), 0)"
            " FROM pg_prepared_statements WHERE statement LIKE %s",
            ["%ST_AsMVT(%"],
        )
        return cursor.fetchone()


def test_an_empty_tile_is_an_empty_body_and_kept_like_any_other(root):
    client = signed_in()
    far = tile_of(100.0, 40.0, 12)
    address = url(client, "ground", far)
    answer = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert (answer.status_code, gzip.decompress(answer.content)) == (200, b"")
    assert (root / address.removeprefix("/tiles/")).with_suffix(".mvt.gz").is_file()


# Who sees what


@pytest.mark.parametrize(
    ("region", "prefix"),
    [
        (CITY, "4309/"),
        (SOUTH, "4309/430902/"),
        (NORTH, "4309/430903/"),
        ("430902005001", "4309/430902/430902005/430902005001/"),
    ],
)
@pytest.mark.parametrize("zoom", [8, 11, 13, 14, 16])
def test_site_tiles_hold_what_the_reader_may_see_and_nothing_else(region, prefix, zoom):
    visible = Site.objects.filter(path__startswith=prefix, secret=False)
    if zoom >= 14:
        found = features(signed_in(region=region), "sites", zoom, "site")
        assert sorted(feature["properties"]["code"] for feature in found) == sorted(
            visible.values_list("code", flat=True)
        )
        assert sorted(feature["id"] for feature in found) == sorted(visible.values_list("pk", flat=True))
        assert {frozenset(feature["properties"]) for feature in found} == {frozenset({"code", "cls", "state"})}
    else:
        found = features(signed_in(region=region), "sites", zoom, "cell")
        assert sum(feature["properties"]["n"] for feature in found) == visible.count()
        assert sum(feature["properties"]["off"] for feature in found) == visible.filter(state="offline").count()
        assert {frozenset(feature["properties"]) for feature in found} == {frozenset({"n", "off"})}


def test_where_a_count_stands_depends_on_visible_sites_alone():
    client = signed_in(region=SOUTH)
    before = [tile for tile in tiles_of_city(10) for tile in [get(client, "sites", tile)]]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM gis_layers_sitecell WHERE path NOT LIKE '4309/430902/%%'")
    move_revision(name="sites")
    assert [get(client, "sites", tile) for tile in tiles_of_city(10)] == before
    assert before


def test_the_secret_site_is_in_no_tile_at_any_zoom():
    secret = Site.objects.get(secret=True)
    client = signed_in()
    for zoom in range(14, 17):
        assert secret.code not in str(features(client, "sites", zoom, "site"))
    village = signed_in(region=secret.grid.region.code)
    others = Site.objects.filter(path__startswith=secret.grid.region.path, secret=False).count()
    for zoom in range(8, 14):
        assert sum(cell["properties"]["n"] for cell in features(village, "sites", zoom, "cell")) == others


def test_an_address_of_another_audience_is_404():
    south, north = signed_in(region=SOUTH), signed_in(region=NORTH)
    tile = tile_of(*CENTRE, 14)
    mine, theirs = url(south, "sites", tile), url(north, "sites", tile)
    assert mine != theirs
    assert north.get(theirs).status_code == 200
    assert south.get(theirs).status_code == 404
    staff = url(south, "ground", tile)
    assert staff == url(north, "ground", tile)
    assert signed_in(role=None).get(staff).status_code == 404
    assert south.get(staff.replace("/ground/", "/sites/")).status_code == 404


def test_the_same_ground_gives_the_same_address_whoever_asks():
    tile = tile_of(*CENTRE, 12)
    assert url(signed_in(region=SOUTH), "sites", tile) == url(signed_in(Role.LEADER, region=SOUTH), "sites", tile)


def test_nobody_gets_no_tile():
    client = signed_in()
    for tileset in ("base", "ground", "sites"):
        answer = Client().get(url(client, tileset, tile_of(*CENTRE, 12)))
        assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")


def test_a_post_that_ended_ends_the_tiles():
    client = signed_in(region=SOUTH)
    address = url(client, "sites", tile_of(*CENTRE, 15))
    ended = timezone.now() - timedelta(seconds=1)
    Post.objects.update(since=ended, until=ended)
    assert client.get(address).status_code == 404


def test_a_move_of_rights_gives_new_addresses_and_ends_the_old():
    client = signed_in(region=SOUTH)
    tile = tile_of(*CENTRE, 15)
    before, ground = url(client, "sites", tile), url(client, "ground", tile)
    move_revision(name="rights")
    assert client.get(before).status_code == 404
    assert url(client, "sites", tile) != before
    assert url(client, "ground", tile) == ground


def offered(now: datetime) -> dict[str, str]:
    user = Post.objects.latest("pk").user
    return {offer.name: offer.url for offer in tiles.offers(access=access_of(user, now=timezone.now()), now=now)}


def test_site_addresses_change_at_midnight_of_the_city_with_an_hour_of_grace():
    signed_in(region=SOUTH)
    user = Post.objects.latest("pk").user
    access = access_of(user, now=timezone.now())
    before, after = datetime(2026, 3, 1, 15, 59, tzinfo=UTC), datetime(2026, 3, 1, 16, 1, tzinfo=UTC)
    old, new = offered(before), offered(after)
    assert old["sites"] != new["sites"]
    assert (old["ground"], old["base"]) == (new["ground"], new["base"])
    address = tiles.parse(old["sites"].removeprefix("/tiles/").format(z=12, x=3, y=4))
    assert tiles.serve(access=access, address=address, now=after)
    with pytest.raises(NotFound):
        tiles.serve(access=access, address=address, now=after + timedelta(hours=1))


# Addresses


BAD = [
    "ground/{key}/1/12/1.5/3.mvt", "ground/{key}/1/99/1/1.mvt", "ground/{key}/1/7/1/1.mvt", "ground/{key}/1/17/1/1.mvt",
    "ground/{key}/1/12/4096/1.mvt", "ground/{key}/1/12/1/4096.mvt", "ground/{key}/1/12/-1/1.mvt",
    "ground/{key}/1/12/1/1.pbf", "ground/{key}/1/12/1/1", "ground/{key}/1/12/1/1.mvt/", "ground/{key}/x/12/1/1.mvt",
    "ground/{key}/1/١٢/1/1.mvt", "ground/{key}/1/12/1/1.mvt%00", "ground/{key}/1/12/1%00/1.mvt",
    "ground/{key}/1/12/../1.mvt", "../../etc/passwd", "..%2f..%2fetc/passwd", "ground/../../keys/secret_key",
    "nothing/{key}/1/12/1/1.mvt", "ground/{key}/999999999999999999999/12/1/1.mvt", "ground/{key}/1/12/1/1.mvt%0a",
    "ground/{key}/1/1e1/1/1.mvt", "ground/%27%20OR%201=1/1/12/1/1.mvt", "", "/", "ground",
]  # fmt: skip


@pytest.mark.parametrize("address", BAD)
def test_what_is_no_tile_is_404_in_problem_json(address):
    client = signed_in()
    key = url(client, "ground", (12, 1, 1)).split("/")[3]
    answer = client.get(f"/tiles/{address.format(key=key)}")
    assert (answer.status_code, answer["Content-Type"]) in ((404, PROBLEM), (400, PROBLEM))
    assert answer.json()["code"] in {"no-tile", "not-found", "bad-address"}


def test_a_tile_can_only_be_read():
    client = signed_in()
    answer = client.post(url(client, "ground", tile_of(*CENTRE, 12)))
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
    assert client.head(url(client, "ground", tile_of(*CENTRE, 12))).status_code == 200


# Revisions and keeping


def test_an_older_revision_points_to_the_present_one_and_a_later_one_is_404():
    client = signed_in()
    old = url(client, "ground", tile_of(*CENTRE, 12))
    move_revision(name="ground")
    new = url(client, "ground", tile_of(*CENTRE, 12))
    answer = client.get(old)
    assert (answer.status_code, answer["Location"], answer["Cache-Control"]) == (307, new, "no-store")
    assert client.get(new).status_code == 200
    assert client.get(new.replace("/2/12/", "/3/12/")).status_code == 404


def test_a_browser_that_has_the_tile_is_told_so_without_one_query(django_assert_num_queries):
    client = signed_in()
    address = url(client, "ground", tile_of(*CENTRE, 12))
    first = client.get(address)
    with django_assert_num_queries(0):
        again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    move_revision(name="ground")
    newer = client.get(url(client, "ground", tile_of(*CENTRE, 12)), headers={"If-None-Match": first["ETag"]})
    assert newer.status_code == 200


def test_a_tile_is_immutable_private_and_can_be_had_unzipped():
    client = signed_in()
    address = url(client, "ground", tile_of(*CENTRE, 12))
    zipped = client.get(address, headers={"Accept-Encoding": "gzip, br"})
    plain = client.get(address, headers={"Accept-Encoding": "identity"})
    assert (zipped["Content-Type"], zipped["Content-Encoding"]) == (TILE, "gzip")
    assert "private" in zipped["Cache-Control"]
    assert "immutable" in zipped["Cache-Control"]
    assert "Content-Encoding" not in plain
    assert gzip.decompress(zipped.content) == plain.content


def test_a_tile_is_made_once_and_then_lies_where_nginx_looks(root, django_assert_num_queries):
    client = signed_in()
    address = url(client, "ground", tile_of(*CENTRE, 12))
    file = root / f"{address.removeprefix('/tiles/')}.gz"
    with django_assert_num_queries(6):  # who asks, revisions, then a savepoint around role and tile
        made = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert file.read_bytes() == made.content
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    with django_assert_num_queries(2):
        kept = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert kept.content == made.content


def test_a_disk_that_takes_nothing_still_serves_tiles(settings, root):
    root.rmdir()
    root.write_text("a file where a folder should be")
    client = signed_in()
    assert client.get(url(client, "ground", tile_of(*CENTRE, 12))).status_code == 200


def test_no_tile_is_larger_than_the_limit_and_names_go_first(monkeypatch):
    source = source_of("ground")
    z, x, y = tile_of(*CENTRE, 13)
    whole = tiles.make(source=source, z=z, x=x, y=y, paths=())
    assert len(whole) < tiles.LIMIT_BYTES
    monkeypatch.setattr(tiles, "LIMIT_BYTES", len(whole) - 1)
    leaner = tiles.make(source=source, z=z, x=x, y=y, paths=())
    assert len(leaner) < len(whole)
    before, after = (mapbox_vector_tile.decode(gzip.decompress(body)) for body in (whole, leaner))
    assert [feature["properties"] for feature in after["grid"]["features"]] == [{}] * len(before["grid"]["features"])
    assert {feature["id"] for feature in after["grid"]["features"]} == {f["id"] for f in before["grid"]["features"]}


MANY = """
    INSERT INTO gis_layers_site
        (code, name, site_class, mounting, smart, secret, state, path, grid_id, owner_id, point, shape)
    SELECT 'many-' || number, '', 'class1', '', false, false, 'online', path, grid_id, owner_id,
           ST_Transform(place, 4326)::geography, place
    FROM gis_layers_site, generate_series(1, 2000) AS number,
         LATERAL (SELECT ST_Translate(shape, number %% 50, number / 50) AS place) AS moved
    WHERE gis_layers_site.id = %s
"""


def test_the_leanest_tile_has_1500_points_a_layer_and_always_the_same(monkeypatch):
    site = Site.objects.filter(secret=False).earliest("pk")
    with connection.cursor() as cursor:
        cursor.execute(MANY, [site.pk])
    z, x, y = tile_of(site.point.x, site.point.y, 14)
    source = source_of("sites")

    def points() -> list[Any]:
        body = tiles.make(source=source, z=z, x=x, y=y, paths=("4309/",))
        found: list[Any] = mapbox_vector_tile.decode(gzip.decompress(body))["site"]["features"]
        return found

    whole = points()
    assert len(whole) > 2000
    monkeypatch.setattr(tiles, "LIMIT_BYTES", 5_000)
    drawn = points()
    assert len(drawn) == 1500
    assert {frozenset(feature["properties"]) for feature in drawn} == {frozenset({"cls", "state"})}
    assert drawn == points()


def test_sweeping_leaves_what_is_in_force_and_nothing_else(root):
    client = signed_in(region=SOUTH)
    tile = tile_of(*CENTRE, 12)
    addresses = [url(client, name, tile) for name in ("base", "ground", "sites")]
    for address in addresses:
        client.get(address)
    kept = [root / f"{address.removeprefix('/tiles/')}.gz" for address in addresses]
    (root / "sites" / "20200101-0-0123456789abcdef0123456789abcdef" / "1").mkdir(parents=True)
    (root / "ground" / "somebody" / "1").mkdir(parents=True)
    now = timezone.now()
    assert tiles.sweep(now=now) == 2
    assert all(file.is_file() for file in kept)
    move_revision(name="rights")
    tiles.sweep(now=now)
    assert [file.is_file() for file in kept] == [True, True, False]
    move_revision(name="ground")
    tiles.sweep(now=now)
    assert not any(file.is_file() for file in kept)
    client.get(url(client, "sites", tile))
    tiles.sweep(now=now + timedelta(days=2))
    assert list((root / "sites").iterdir()) == []


def test_a_tileset_is_plugged_in_once():
    other = Tileset(name="ground", revision="ground", audience=Audience.STAFF, statements=())
    with pytest.raises(ValueError, match="a tileset ground already"):
        catalogue.register(other)
