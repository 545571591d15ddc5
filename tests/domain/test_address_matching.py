"""Addresses against the small city: on roads, at crossings, in regions; how many queries; what the hotline's become."""

import pytest
from django.db import connection
from django.utils import timezone

from events.hotline.intake import hotline
from events.models import Ticket
from events.selectors import cards
from events.services import deeds
from events.services.advance import advance
from events.services.report import take_ticket
from events.workflow import Step
from grid.coordinates import Crs
from grid.likeness import Doubt
from grid.models import HouseNumber, Place
from grid.selectors import match_address, placements
from tests.factories import access_for, user_with

pytestmark = pytest.mark.django_db


def first(text):
    return match_address(text=text).candidates[0]


def test_a_house_number_is_placed_at_its_plate_and_between_two_in_proportion():
    road = Place.objects.get(name="资阳路")
    doors = {row.number: row.point for row in HouseNumber.objects.filter(road=road)}
    found = first("益阳市资阳路9号")
    assert found.sure
    assert (found.lng, found.lat) == (doors[9].x, doors[9].y)
    between = first("益阳市资阳路13号对面")
    assert between.sure
    assert min(doors[9].x, doors[17].x) < between.lng < max(doors[9].x, doors[17].x)


def test_a_number_beyond_the_last_plate_and_a_road_without_plates_are_not_sure():
    assert Doubt.NUMBER_UNKNOWN in first("资阳路9999号").doubts
    assert Doubt.NO_NUMBER in first("桃花仑路12号").doubts
    assert Doubt.TOO_WIDE in first("桃花仑路").doubts


def test_two_roads_that_meet_are_one_spot():
    found = match_address(text="资阳路与文昌路交叉口").sure
    assert found is not None
    assert (found.name, found.kind) == ("资阳路与文昌路交叉口", "crossing")
    assert match_address(text="资阳路与桃花仑路交叉口").sure is None  # they run side by side


def test_a_place_in_another_region_than_the_named_one_is_not_sure():
    assert match_address(text="资阳区大码头街道三益街小学").sure is not None
    school = next(one for one in match_address(text="赫山区三益街小学").candidates if one.name == "三益街小学")
    assert Doubt.OTHER_REGION in school.doubts
    assert not school.sure
    assert match_address(text="长沙市三益街小学").elsewhere == "长沙市"
    assert match_address(text="长沙市三益街小学").sure is None


def test_a_name_that_is_not_quite_there_is_offered_and_never_sure():
    assert first("大码头街道三义街小学").name == "三益街小学"
    assert match_address(text="大码头街道三义街小学").sure is None
    assert match_address(text="三益街小学分校").sure is None


def test_what_lies_near_comes_first_among_equals_and_is_not_surer_for_it():
    for place in (one for one in Place.objects.filter(name__endswith="公园") if len(one.name) == 5):
        found = match_address(text="公园", near=(place.point.x, place.point.y)).candidates
        assert next(one.name for one in found if len(one.name) == 5) == place.name
        assert not any(one.sure for one in found)


@pytest.mark.parametrize("text", ["", " ", "。", "号", "%", "' OR 1=1 --", "\x00", "市" * 10_000, "资阳路" * 3_000])
def test_no_text_is_too_strange(text):
    assert match_address(text=text).sure is None
    placements(text=text)


@pytest.mark.parametrize(
    ("text", "queries"), [("资阳区三益街小学", 3), ("资阳路9号", 3), ("资阳路与文昌路交叉口", 3), ("。", 1)]
)
def test_a_match_costs_a_handful_of_queries(text, queries, django_assert_max_num_queries):
    match_address(text="资阳路")  # the gazetteer is read once
    with django_assert_max_num_queries(queries):
        match_address(text=text)


def test_candidates_come_by_the_index():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN SELECT id FROM grid_place WHERE bigrams && ARRAY['三益']::varchar[]")
        assert "place_bigrams" in str(cursor.fetchall())


def ticket(address, point=None):
    access = hotline()
    return take_ticket(
        access=access, duty=access.duties[0], ticket=Ticket(order_no=f"T-{address[:40]}"), text="路灯不亮",
        category="06-002", point=point, address=address, urgent=False, now=timezone.now(),
    )  # fmt: skip


def reader():
    return access_for(user_with("acceptor", "centre-430900000000"))


def test_a_ticket_with_a_sure_address_is_placed_and_says_how():
    event = ticket("资阳区大码头街道三益街小学门口")
    place = Place.objects.get(name="三益街小学")
    assert (event.point.x, event.point.y, event.given_point) == (place.point.x, place.point.y, None)
    assert event.grid is not None
    card = cards.card(reader(), event.no)
    assert card.matched is not None
    assert (card.matched.place, card.matched.score) == ("三益街小学", 1.0)
    assert "三益街小学" in card.journal[0].sentence
    assert card.journal[0].payload["matched"] == {"place": "三益街小学", "kind": "school", "score": 1.0}


def test_an_acceptor_puts_it_right_and_the_match_is_history():
    event, who = ticket("资阳区大码头街道三益街小学门口"), reader()
    point = deeds.GivenPoint(event.point.x + 0.001, event.point.y, Crs.WGS84)
    advance(access=who, no=event.no, version=event.version, deed=deeds.Place(point=point))
    card = cards.card(who, event.no)
    assert card.matched is None
    assert [item.step for item in card.journal] == [Step.REPORT, Step.PLACE]


@pytest.mark.parametrize("address", ["三益街附近", "资阳路", "长沙市三益街小学", "", "大码头街道三义街小学"])
def test_a_ticket_that_is_not_sure_waits_without_a_place(address):
    event = ticket(address)
    assert (event.point, event.grid, event.path) == (None, None, "")
    assert cards.card(reader(), event.no).matched is None


def test_a_point_that_came_is_not_overruled_by_the_address():
    outside = deeds.GivenPoint(100.0, 30.0, Crs.WGS84)
    assert ticket("资阳区大码头街道三益街小学门口", outside).point is None
