"""Querysets written once: the same objects as ever, in the present transaction, counted, whatever thread asks."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.gis.geos import Point
from django.db import connection, connections
from django.db.models import Count, Q, Value
from django.utils import timezone

from events.models import Event, JournalEntry
from events.selectors import rows
from grid.models import Grid, Region
from grid.selectors.planned import MOMENT, NUMBER, NUMBERS, PLACE, TEXT, Planned, among
from tests.factories import SANYI_GRID, reported, ticketed

pytestmark = pytest.mark.django_db


def test_it_gives_what_the_queryset_gives(django_assert_num_queries):
    planned = Planned[Event](lambda no: rows.with_relations(Event.objects.filter(no=no)), TEXT)
    for event in (reported(), ticketed(category=None, grid=None), ticketed()):
        with django_assert_num_queries(1):
            found = planned.first(event.no)
            assert found is not None
            told = rows.as_json(rows.row(found))
        (same,) = rows.with_relations(Event.objects.filter(no=event.no))
        assert found == same
        assert {**vars(found), "_state": None} == {**vars(same), "_state": None}
        assert told == rows.as_json(rows.row(same))
    assert planned.first("no such number") is None


def test_what_was_changed_is_seen_and_what_was_given_is_not_kept():
    planned = Planned[Event](lambda pk: Event.objects.filter(pk=pk).select_related("grid"), NUMBER)
    event, other = reported(), reported()
    first = planned.first(event.pk)
    Event.objects.filter(pk=event.pk).update(address="moved")
    second = planned.first(event.pk)
    assert first is not None
    assert second is not None
    assert (first.address, second.address) == ("", "moved")
    assert first.grid is not second.grid
    assert planned.first(other.pk) == other


def test_a_composite_key_and_an_order():
    event = reported()
    planned = Planned[JournalEntry](
        lambda pk: JournalEntry.objects.filter(event_id=pk).select_related("user", "text").order_by("-version"), NUMBER
    )
    (entry,) = planned.rows(event.pk)
    assert entry.text is not None
    assert (entry.pk, entry.user) == (JournalEntry.objects.get(event=event).pk, event.reporter)
    assert entry.text.body == "路口有一处问题"


def test_nothing_can_be_nothing_without_a_query(django_assert_num_queries):
    planned = Planned[Event](lambda no: Event.objects.filter(Q(pk__in=[]), no=no), TEXT)
    with django_assert_num_queries(0):
        assert planned.rows("EV") == []


def test_a_value_that_does_not_reach_the_statement_as_it_is_is_refused():
    with pytest.raises(ValueError, match="blank"):
        Planned[Region](lambda name: Region.objects.filter(name__contains=name), TEXT).rows("x")
    with pytest.raises(ValueError, match="blank"):
        Planned[Region](lambda _pk: Region.objects.filter(pk=3), NUMBER).rows(3)


def test_several_values_reach_it_each_at_its_place_alone_or_within_an_array(django_assert_num_queries):
    before, one, other = timezone.now(), reported(), reported()
    planned = Planned[Event](
        lambda numbers, user, now: Event.objects.filter(
            Q(pk__in=among(numbers)), Q(reporter=user) | Q(workers__contains=[user]), reported_at__lte=now
        ).order_by("pk"),
        NUMBERS, NUMBER, MOMENT,
    )  # fmt: skip
    now = timezone.now()
    with django_assert_num_queries(1):
        assert planned.rows([one.pk, other.pk], one.reporter_id, now) == [one, other]
    assert planned.rows([other.pk], one.reporter_id, now) == [other]
    assert planned.rows([], one.reporter_id, now) == planned.rows([one.pk], -1, now) == []
    assert planned.rows([one.pk], one.reporter_id, before) == []
    Event.objects.filter(pk=other.pk).update(reporter=None, workers=[-1])
    assert planned.rows([one.pk, other.pk], -1, now) == [other]


def test_a_sparing_one_may_leave_values_out_and_sums_are_rows_too():
    planned = Planned[tuple[int, int]](
        lambda *_blanks: Event.objects.annotate(all=Value(1)).values("all").annotate(
            known=Count("pk", filter=Q(reported_at__lte=MOMENT)), every=Count("pk")
        ).values_list("known", "every"),
        MOMENT, NUMBER, sparing=True,
    )  # fmt: skip
    before = timezone.now()
    reported()
    assert planned.rows(timezone.now(), None) == [(1, 1)]
    assert planned.rows(before, None) == [(0, 1)]


def test_every_thread_uses_its_own_connection():
    planned = Planned[Grid](lambda code: Grid.objects.filter(code=code), TEXT)
    planned.rows(SANYI_GRID)

    def ask(_number: int) -> str:
        try:
            found = planned.first(SANYI_GRID)
            return found.code if found else ""
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(ask, range(12))) == [SANYI_GRID] * 12


def test_a_place_is_a_value_and_percent_signs_stay_what_they_are(django_assert_num_queries):
    event = reported()
    Event.objects.filter(pk=event.pk).update(address="100% here")
    planned = Planned[Event](
        lambda _place: Event.objects.filter(point__intersects=PLACE, address__contains="0% h"), PLACE
    )
    assert event.point is not None
    with django_assert_num_queries(1):
        assert planned.rows(event.point) == [event]
    assert planned.rows(Point(0, 0, srid=4326)) == []


def test_what_does_not_vary_is_known_to_the_plan_and_a_statement_without_values_is_one_too():
    planned = Planned[Event](lambda: Event.objects.filter(state="reported", no="it's"))
    assert planned.rows() == planned.rows() == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements WHERE statement LIKE %s", ["%'it''s'%"])
        ((statement,),) = cursor.fetchall()
    assert "$1" not in statement
