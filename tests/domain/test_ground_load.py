"""A city file becomes rows, all of them or none."""

from dataclasses import replace
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
import shapely
from django.core.management import CommandError, call_command
from django.db import DataError, connection, transaction
from django.db.models import Model

from data.demo.small import small_frames
from data.pipeline import read_ground, write_ground
from gis_layers.models import BaseFeature, Channel, ChannelSource, GroundShape, Site, SiteCell
from gis_layers.services.proof import prove_stored
from gis_layers.services.register import load_city
from grid.addresses import bigrams
from grid.models import AuditEntry, Grid, Organisation, Place, Region, Revision
from grid.policy import NOBODY
from grid.refusals import Conflict
from grid.selectors import match_address
from tests.factories.county import write_county

pytestmark = pytest.mark.django_db

EMPTIED = (
    "events_rule_joint", "events_rule", "gis_layers_component",
    "gis_layers_channelsource", "gis_layers_channel", "gis_layers_site", "gis_layers_sitecell",
    "gis_layers_groundshape", "gis_layers_basefeature", "grid_housenumber", "grid_place",
    "grid_organisation", "grid_grid", "grid_region",
    "grid_revision",
)  # fmt: skip


@pytest.fixture
def empty(db):
    """A database without ground, inside the test's transaction."""
    with connection.cursor() as cursor:
        for table in EMPTIED:
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - names of our own


@pytest.fixture
def file(tmp_path):
    """Writes the small city, changed, and answers with the file."""

    def write(**changes):
        path = tmp_path / "city.gpkg"
        write_ground(replace(small_frames(), **changes), path)
        return path

    return write


def load(path: Path) -> str:
    out, errors = StringIO(), StringIO()
    try:
        call_command("load_ground", str(path), stdout=out, stderr=errors)
    except CommandError as refused:
        return f"{errors.getvalue()}{refused}"
    return out.getvalue()


def rows() -> int:
    models: tuple[type[Model], ...] = (
        Region, Grid, Place, Organisation, Site, Channel, ChannelSource, GroundShape, BaseFeature, SiteCell,
    )  # fmt: skip
    return sum(model._default_manager.count() for model in models)


def test_the_small_city_is_loaded_whole(empty, file):
    path = file()
    said = load(path)
    ground = read_ground(path)
    assert "gaps 0, overlaps 0" in said
    assert Region.objects.count() == 15
    assert Grid.objects.count() == len(ground.grids) == 24
    assert Organisation.objects.count() == len(ground.organisations)
    assert Site.objects.count() == len(ground.sites)
    assert Channel.objects.count() == ChannelSource.objects.count() == len(ground.channels)
    assert BaseFeature.objects.count() == len(ground.roads) + len(ground.waters)
    for grid in ground.grids:
        stored = Grid.objects.select_related("region").get(code=grid.code)
        assert shapely.equals_exact(shapely.from_wkb(bytes(stored.boundary.wkb)), grid.shape, 0)
        assert (stored.path, stored.region.code, stored.kind) == (grid.path, grid.village, grid.kind)
    for site in ground.sites:
        row = Site.objects.select_related("grid", "owner").get(code=site.code)
        assert (row.grid.code, row.owner.code, row.path) == (site.grid, site.owner, row.grid.path)
        assert (row.point.x, row.point.y) == (site.point.x, site.point.y)
    assert set(Revision.objects.values_list("name", "value")) == {("ground", 1), ("sites", 1)}
    assert AuditEntry.objects.filter(action="load_ground").latest("pk").detail["grid"] == 24


def test_where_pictures_come_from_is_a_path_and_never_an_address(empty, file):
    load(file())
    for source in ChannelSource.objects.select_related("channel"):
        assert (source.host, bytes(source.credentials)) == ("", b"")
        assert source.stream_path == f"/demo/{source.channel.code}"


def test_shapes_are_drawn_for_each_band_and_all_share_one_label(empty, file):
    load(file())
    drawn = GroundShape.objects.filter(level="grid")
    assert set(drawn.values_list("band", flat=True)) == {11, 13, 14}
    assert set(GroundShape.objects.filter(level="county").values_list("band", flat=True)) == {8, 9, 11, 13, 14}
    for shape in GroundShape.objects.filter(band=14):
        assert shape.number == int(shape.code)
        assert shape.shape.contains(shape.label)
        assert GroundShape.objects.filter(code=shape.code, label=shape.label).count() >= 3


def test_counts_per_cell_leave_secret_sites_out_and_add_up_per_village(empty, file):
    load(file())
    assert Site.objects.filter(secret=True).count() == 1
    for zoom in range(8, 14):
        cells = SiteCell.objects.filter(zoom=zoom)
        assert sum(cell.total for cell in cells) == Site.objects.filter(secret=False).count()
        for region in Region.objects.filter(level="village"):
            counted = sum(cell.total for cell in cells if cell.path == region.path)
            assert counted == Site.objects.filter(path__startswith=region.path, secret=False).count()


def test_a_second_city_is_refused_and_changes_nothing(empty, file):
    path = file()
    load(path)
    before, revisions = rows(), list(Revision.objects.values_list("name", "value"))
    assert "Nothing was loaded" in load(path)
    assert (rows(), list(Revision.objects.values_list("name", "value"))) == (before, revisions)


def test_a_bad_file_is_refused_with_every_problem_and_nothing_is_written(empty, file):
    frames = small_frames()
    moved = shapely.transform(frames.grids[0].shape, lambda points: points + np.array([0.0003, 0]))
    path = file(
        grids=(replace(frames.grids[0], shape=moved), *frames.grids[1:]),
        sites=(replace(frames.sites[0], owner="nobody"), *frames.sites[1:]),
    )
    said = load(path)
    assert f"overlap {frames.grids[0].code}" in said
    assert "unknown_owner" in said
    assert "nothing was loaded" in said
    assert rows() == 0


def test_what_the_register_can_not_hold_is_refused_with_the_row_at_fault(empty, file):
    frames = small_frames()
    said = load(file(sites=(replace(frames.sites[0], site_class="balloon"), *frames.sites[1:])))
    assert f"bad_value {frames.sites[0].code}: its site_class balloon is none of class1" in said
    assert rows() == 0
    said = load(file(organisations=()))
    assert said.count("unknown_owner") == len(frames.sites)
    assert rows() == 0


def test_a_failure_in_the_last_step_leaves_nothing_behind(empty, file):
    ground = read_ground(file())
    audited = AuditEntry.objects.count()
    broken = replace(ground, channels=(*ground.channels[:-1], replace(ground.channels[-1], code="4" * 21)))
    with pytest.raises(DataError), transaction.atomic():
        load_city(access=NOBODY, ground=broken)
    assert rows() == 0
    assert AuditEntry.objects.count() == audited
    assert not Revision.objects.exists()


def test_a_city_can_be_loaded_without_sites_and_base_map(empty, file):
    said = load(file(sites=(), channels=(), roads=(), waters=(), places=(), numbers=(), organisations=()))
    assert "grid                24" in said
    assert Site.objects.count() == 0
    assert prove_stored().problems == ()


def test_a_second_city_made_with_a_tool_of_its_own_is_checked_loaded_and_proved(empty, tmp_path):
    path = write_county(tmp_path, epsg=4547)
    assert check(str(path))[0]
    load(path)
    good, said = check()
    assert good, said
    counted = dict(line.rsplit(maxsplit=1) for line in said.splitlines() if line.endswith(tuple("0123456789")))
    assert {level: counted[level] for level in ("county", "township", "village", "grid")} == {
        "county": "1", "township": "2", "village": "3", "grid": "6",
    }  # fmt: skip
    assert Region.objects.get(level="county").name == "某县"


def test_no_file_says_so(empty, tmp_path):
    assert "there is no file" in load(tmp_path / "nothing.gpkg")


def test_two_loaders_at_once_can_not_both_win(empty, file):
    ground = read_ground(file())
    load_city(access=NOBODY, ground=ground)
    with pytest.raises(Conflict) as refused:
        load_city(access=NOBODY, ground=ground)
    assert refused.value.code == "ground-not-empty"


def check(*arguments: str) -> tuple[bool, str]:
    out, errors = StringIO(), StringIO()
    try:
        call_command("check_ground", *arguments, stdout=out, stderr=errors)
    except CommandError as refused:
        return False, f"{out.getvalue()}{errors.getvalue()}{refused}"
    return True, out.getvalue()


def test_the_stored_ground_is_proved_and_counted(db):
    good, said = check()
    assert good
    assert "grid                24" in said
    assert "no gap, no overlap" in said


def test_a_stored_overlap_and_a_stored_gap_are_found_with_their_codes(db):
    grid = Grid.objects.earliest("code")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE grid_grid SET boundary = ST_Translate(boundary, 0.0002, 0) WHERE id = %s", [grid.pk])
    good, said = check()
    assert not good
    assert "overlap" in said
    assert grid.code in said


def test_a_boundary_that_is_not_the_union_of_its_grids_is_found(db):
    region = Region.objects.filter(level="township").earliest("code")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE grid_region SET boundary = ST_Translate(boundary, 0.01, 0) WHERE id = %s", [region.pk])
    good, said = check()
    assert not good
    assert f"edge_mismatch {region.code}" in said


def test_a_file_is_checked_without_a_database_row(db, file):
    frames = small_frames()
    assert check(str(file()))[0]
    good, said = check(str(file(grids=frames.grids[:7] + frames.grids[8:])))
    assert not good
    assert "gap" in said


def test_an_empty_database_is_no_proof(empty):
    good, said = check()
    assert not good
    assert "run load_ground" in said


def test_bigrams_leave_out_what_is_not_a_letter_or_digit():
    assert bigrams("大码头 街道") == ["大码", "头街", "码头", "街道"]
    assert bigrams("Ａ１-b") == ["1b", "a1"]
    assert bigrams("桥") == ["桥"]
    assert bigrams(" ，") == []


def test_places_are_found_by_part_of_an_address(db):
    place = Place.objects.filter(kind="school").earliest("pk")
    found = match_address(text=f"益阳市{place.name}门口井盖缺失").candidates
    assert found[0].name == place.name
    assert found[0].exact
    assert match_address(text="。。").candidates == ()
