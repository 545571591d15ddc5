"""Finding events by words, in a view and everywhere: the same answer by either way, cut to what the reader sees."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from events.models import Event, FreeText, SavedView, Ticket
from events.pairs import pairs
from events.policy import visible_events
from events.selectors import search, worklist
from events.selectors.ordering import LEFT
from events.selectors.worklist import EVERYWHERE, Wanted
from events.services import deeds
from events.workflow import State
from grid.refusals import Invalid
from tests.factories import CITY, DAMATOU, ZIYANG, access_for, brought_to, reported, step, ticketed, user_with

pytestmark = pytest.mark.django_db
FAR = "430903001002001"


def of_city(role: str = "leader"):
    return access_for(user_with(role, f"centre-{CITY}"))


def found(access, text, **more):
    page = worklist.worklist(access, Wanted(view=more.pop("view", EVERYWHERE), text=text, **more))
    assert page.total == len(page.rows)
    return {row.no for row in page.rows}


def numbers(way):
    return set(way.events.values_list("pk", flat=True))


@pytest.fixture
def told():
    """Three events: a manhole in the north that has ended, a lamp in the south, an order of the hotline."""
    manhole, lamp, order = brought_to(reported(), State.CLOSED), reported(grid=FAR, category="06-002"), ticketed()
    Event.objects.filter(pk=manhole.pk).update(address="马良路与人民路交叉口东侧")
    Event.objects.filter(pk=lamp.pk).update(address="金花坪路21号")
    acceptor = access_for(user_with("acceptor", order.holder))
    step(order, deeds.Note(text="市民补充：GPS定位在老火车站，水管漏水"), acceptor)
    return manhole, lamp, order


def test_every_kind_of_word_finds_its_event(told):
    manhole, lamp, order = told
    reader = of_city()
    number = Ticket.objects.get(event=order).order_no
    for text, expected in {
        manhole.no: {manhole}, manhole.no[-9:].lower(): {manhole}, number: {order}, number[-6:]: {order},
        "人民路": {manhole}, "金花": {lamp}, "路灯": {lamp}, "06-002": {lamp}, "漏水": {order}, "gps": {order},
        "三益街": {manhole, order}, "赫山": {lamp}, "路口": {manhole, lamp, order}, "老火车站 漏水": {order},
        "人民路 漏水": set(), "没有的词": set(), "100%": set(), "水__漏": set(),
    }.items():  # fmt: skip
        assert found(reader, text) == {event.no for event in expected}, text


def test_in_a_view_it_is_the_views_own_rows_that_are_searched(told):
    manhole, lamp, order = told
    reader = of_city()
    assert found(reader, "路口", view="open") == {lamp.no, order.no}
    assert found(reader, "路口", view="open", state="accepted") == set()
    assert found(reader, "路口", state="closed") == {manhole.no}


def test_nothing_is_found_that_may_not_be_seen(told):
    manhole, _lamp, order = told
    township = access_for(user_with("dispatcher", f"centre-{DAMATOU}"))
    stranger = access_for(user_with("dept_clerk", f"dept-{ZIYANG}-minzheng_sifa"))
    assert found(township, "路口") == {manhole.no, order.no}
    assert found(township, "金花") == set()
    assert found(stranger, "路口") == set()


def test_common_words_give_the_newest_and_rare_ones_all(told, monkeypatch):
    manhole, lamp, order = told
    earlier = manhole.reported_at - timedelta(hours=1)
    Event.objects.filter(pk=manhole.pk).update(reported_at=earlier)
    monkeypatch.setattr(search, "RARE", 1)
    monkeypatch.setattr(search, "MOST", 2)
    page = worklist.worklist(of_city(), Wanted(view=EVERYWHERE, text="路口"))
    assert ({row.no for row in page.rows}, page.total) == ({lamp.no, order.no}, 2)
    assert earlier < page.since <= lamp.reported_at
    page = worklist.worklist(of_city(), Wanted(view=EVERYWHERE, text="路口", before=page.since))
    assert ([row.no for row in page.rows], page.since) == ([manhole.no], None)
    page = worklist.worklist(of_city(), Wanted(view=EVERYWHERE, text="人民路 路口"))
    assert ([row.no for row in page.rows], page.since) == ([manhole.no], None)


def test_a_time_without_events_is_no_stretch(told, monkeypatch):
    monkeypatch.setattr(search, "RARE", -1)
    manhole, lamp, order = told
    for event, years in ((lamp, 1.5), (manhole, 7)):
        Event.objects.filter(pk=event.pk).update(reported_at=order.reported_at - timedelta(days=365 * years))
    visible, before = Event.objects.filter(visible_events(of_city())), None
    for expected in (order, lamp, manhole):
        way = search.everywhere(visible, "路口", others=Q(), before=before)
        assert numbers(way) == {expected.pk}
        before = way.since
    assert before is None


def test_going_further_back_keeps_to_the_filters_and_to_what_may_be_seen(told, monkeypatch):
    monkeypatch.setattr(search, "RARE", -1)
    monkeypatch.setattr(search, "MOST", 1)
    manhole, lamp, order = told
    for days, event in enumerate((order, lamp, manhole)):
        Event.objects.filter(pk=event.pk).update(reported_at=order.reported_at - timedelta(days=days))
    township = access_for(user_with("dispatcher", f"centre-{DAMATOU}"))
    for reader, more, expected in (
        (township, {}, [order, manhole]),
        (of_city(), {"region": "4309/430902/"}, [order, manhole]),
        (of_city(), {"state": "closed"}, [manhole]),
    ):
        page = worklist.worklist(reader, Wanted(view=EVERYWHERE, text="路口", **more))
        seen = [row.no for row in page.rows]
        while page.since is not None:
            page = worklist.worklist(reader, Wanted(view=EVERYWHERE, text="路口", before=page.since, **more))
            seen += [row.no for row in page.rows]
        assert seen == [event.no for event in expected]


@pytest.mark.parametrize("most", [1, 2, 5])
@pytest.mark.parametrize("ages", [(0, 0, 0), (0, 1, 1), (3, 0, 800), (400, 801, 799), (365, 365, 730)])
def test_going_further_back_comes_by_every_event_once(told, monkeypatch, ages, most):
    monkeypatch.setattr(search, "RARE", -1)
    monkeypatch.setattr(search, "MOST", most)
    for event, days in zip(told, ages, strict=True):
        Event.objects.filter(pk=event.pk).update(reported_at=told[0].reported_at - timedelta(days=days))
    visible = Event.objects.filter(visible_events(of_city()))
    ways = [search.everywhere(visible, "路口", others=Q())]
    while (since := ways[-1].since) is not None:
        assert all(event.reported_at >= since for event in ways[-1].events)
        ways.append(search.everywhere(visible, "路口", others=Q(), before=since))
    assert sorted(pk for way in ways for pk in way.events.values_list("pk", flat=True)) == sorted(
        one.pk for one in told
    )


def test_only_what_is_older_is_found_of_a_rare_word_too(told):
    manhole, lamp, _order = told
    page = worklist.worklist(of_city(), Wanted(view=EVERYWHERE, text="路口", before=lamp.reported_at))
    assert [row.no for row in page.rows] == [manhole.no]


def test_a_whole_number_is_that_event_alone_and_a_part_of_it_all_that_have_it(told):
    manhole, lamp, order = told
    Event.objects.filter(pk=lamp.pk).update(no=f"{manhole.no}0")
    assert found(of_city(), manhole.no) == found(of_city(), manhole.no.lower()) == {manhole.no}
    assert found(of_city(), manhole.no[:-1]) >= {manhole.no, f"{manhole.no}0"}
    (called,) = order.tickets.values_list("order_no", flat=True)
    assert found(of_city(), called) == {order.no}


def test_who_does_not_see_the_event_of_a_number_finds_those_that_quote_it(told):
    manhole, lamp, _order = told
    reader = access_for(user_with("acceptor", lamp.holder))
    assert found(reader, manhole.no) == set()
    step(lamp, deeds.Note(text=f"与{manhole.no}相同"), reader)
    assert found(reader, manhole.no) == {lamp.no}


def test_a_word_that_the_statistics_know_as_common_is_not_looked_up(told, monkeypatch):
    monkeypatch.setattr(search, "_expected", lambda _rows: search.RARE + 1)
    assert search._known("路口") is None
    assert found(of_city(), "路口")


def test_either_way_says_the_same(told, monkeypatch):
    reader = of_city()
    visible = Event.objects.filter(visible_events(reader))
    texts = ["路口", "人民路", "gps", "三益街", "06-002", "路灯", "T00", "EV20", "漏水 老火", "赫山"]
    rare = {text: numbers(search.everywhere(visible, text, others=Q())) for text in texts}
    monkeypatch.setattr(search, "RARE", -1)
    for text in texts:
        way = search.everywhere(visible, text, others=Q())
        assert (way.since, numbers(way)) == (None, rare[text]), text


def test_what_was_redacted_is_found_no_more(told):
    _manhole, _lamp, order = told
    FreeText.objects.filter(event=order, body__contains="漏水").update(body="＊＊")
    assert found(of_city(), "漏水") == set()


@pytest.mark.parametrize(
    ("text", "code"),
    [("路", "text-too-short"), ("路灯 不", "text-too-short"), ("一一 二二 三三 四四 五五", "too-many-words"),
     ("路\x00灯", "text-unknown"), ("", "text-needed"), ("  ", "text-needed")],
)  # fmt: skip
def test_what_cannot_be_searched_for_is_refused(text, code):
    with pytest.raises(Invalid) as refused:
        found(of_city(), text)
    assert (refused.value.code, refused.value.field) == (code, "q")


def test_common_words_that_never_meet_are_not_looked_for_without_end(told, monkeypatch):
    monkeypatch.setattr(search, "LONGEST", 0.001)
    monkeypatch.setattr(search, "_known", lambda _word: connection.cursor().execute("SELECT pg_sleep(5)"))
    with pytest.raises(Invalid) as refused:
        found(of_city(), "路口 人民")
    assert (refused.value.code, refused.value.field) == ("search-too-long", "q")
    monkeypatch.undo()
    assert found(of_city(), "路口")


def test_a_view_kept_with_words_is_searched_when_it_is_opened_and_not_before(told):
    reader = of_city()
    for name, text in (("路口的", "路口"), ("在办的", "")):
        SavedView.objects.create(
            owner_id=reader.user, name=name, view="open", text=text, sort=LEFT, changed_by_id=reader.user,
            changed_at=timezone.now(),
        )  # fmt: skip
    with CaptureQueriesContext(connection) as queries:
        views = worklist.worklist(reader, Wanted(view="open")).views
    assert {view.label: view.count for view in views if view.saved} == {"路口的": None, "在办的": 2}
    assert not any("路口" in str(one["sql"]) and "COUNT" in str(one["sql"]) for one in queries)
    mine = next(view.code for view in views if view.label == "路口的")
    assert len(worklist.worklist(reader, Wanted(view=mine)).rows) == 2


def test_a_search_costs_a_query_or_two_more_for_each_common_word(told, monkeypatch, django_assert_max_num_queries):
    reader = of_city()
    bounding = 3  # its own transaction, and the time that it may take
    with django_assert_max_num_queries(7 + bounding):
        found(reader, "人民路")
    monkeypatch.setattr(search, "RARE", -1)
    with django_assert_max_num_queries(12 + bounding):
        found(reader, "路口 人民 三益 漏水")
    with django_assert_max_num_queries(5):
        found(reader, "路口 人民 三益 漏水", view="open")


class PairsOfTexts(TestCase):
    """The database and the code take texts apart alike: else an index would hide what is there."""

    @effort(max_examples=60, deadline=None)
    @given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40))
    def test_both_sides_find_the_same_pairs(self, text):
        with connection.cursor() as cursor:
            cursor.execute("SELECT events_pairs(%s)", [text])
            (told_by_the_database,) = cursor.fetchone()
        assert sorted(told_by_the_database) == pairs(text)
