"""Searching everywhere over HTTP: how far back it was, going on from there, and the sheets of what is shown."""

from datetime import timedelta
from typing import Any

import pytest

from events.models import Event
from events.selectors import search
from grid.models import AuditEntry
from tests.factories import reported, user_with
from tests.http.doors import Browser, problem

pytestmark = pytest.mark.django_db
CENTRE = "centre-430902005000"


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def common(monkeypatch: pytest.MonkeyPatch) -> list[Event]:
    """Three events of one address, which counts as common, a day apart; two that fit end a search."""
    monkeypatch.setattr(search, "RARE", -1)
    monkeypatch.setattr(search, "MOST", 2)
    events = [reported() for _ in range(3)]
    for days, event in enumerate(reversed(events)):
        day = event.reported_at - timedelta(days=days)
        Event.objects.filter(pk=event.pk).update(address="汽车路车站对面", reported_at=day)
    return events


def test_a_search_says_how_far_back_it_was_and_goes_on_from_there(common):
    dispatcher = Browser(user_with("dispatcher", CENTRE))
    asked = {"view": "everywhere", "q": "汽车路", "sort": "-reported"}
    page = dispatcher.get("events", **asked).json()
    assert [row["no"] for row in page["rows"]] == [common[2].no, common[1].no]
    older = dispatcher.get("events", **asked, before=page["since"]).json()
    assert ([row["no"] for row in older["rows"]], older["since"]) == ([common[0].no], None)


@pytest.mark.parametrize("microseconds", [(763_100, 763_200, 763_300), (1, 999_999, 0), (0, 0, 0)])
def test_nothing_is_lost_between_two_searches(common, monkeypatch, microseconds):
    monkeypatch.setattr(search, "MOST", 1)
    whole = common[0].reported_at - timedelta(days=1)
    for event, apart in zip(common, microseconds, strict=True):
        Event.objects.filter(pk=event.pk).update(reported_at=whole.replace(microsecond=apart))
    dispatcher, found, before = Browser(user_with("dispatcher", CENTRE)), [], {}
    while True:
        page = dispatcher.get("events", view="everywhere", q="汽车路", **before).json()
        found += [row["no"] for row in page["rows"]]
        if page["since"] is None:
            break
        before = {"before": page["since"]}
    assert sorted(found) == [one.no for one in common]


def test_the_sheets_of_a_search_are_those_of_the_page(common):
    dispatcher = Browser(user_with("dispatcher", CENTRE))
    asked = {"view": "everywhere", "q": "汽车路"}
    since = dispatcher.get("events", **asked).json()["since"]
    assert dispatcher.post("sheets", {"filter": asked | {"before": since}}).status_code == 200
    printed = AuditEntry.objects.filter(action="sheet.print").values_list("subject", flat=True)
    assert list(printed) == [common[0].no]


@pytest.mark.parametrize(
    ("before", "code"),
    [("yesterday", "invalid-fields"), ("2026-11-22T10:00:00", "invalid-fields"), ("4711", "before-unknown"),
     ("0001-01-01T00:00:00Z", "before-unknown"), ("9999-12-31T23:59:59-08:00", "before-unknown")],
)  # fmt: skip
def test_a_time_that_is_none_or_of_no_use_is_refused(before, code):
    refused = problem(
        Browser(user_with("dispatcher", CENTRE)).get("events", view="everywhere", q="汽车路", before=before), 422, code
    )
    assert refused["errors"][0]["field"] == "before"
