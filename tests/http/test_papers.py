"""Cases on paper: what stands on them, for whom, how many at once, and what the trail keeps of it."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from data.paper import sheet
from events.models import Caller, Event, FreeText, JournalEntry, Ticket
from events.services import casesheet, deeds
from events.workflow import State
from grid import fields
from grid.models import AuditEntry
from tests.factories import access_for, brought_to, organisation, reported, step, user_with
from tests.http.doors import Browser, problem
from tests.papers import pages_of

pytestmark = pytest.mark.django_db
CENTRE = "centre-430902005000"
NAME, PHONE = "欧阳建国", "13912345678"


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def desk() -> Browser:
    user = user_with("acceptor", CENTRE, name="受理员甲")
    user_with("dispatcher", CENTRE, user=user)
    return Browser(user)


def _words(answer: Any) -> str:
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf"), answer.content[:300]
    assert answer["Cache-Control"] == "private, no-store"
    return "".join("".join(pages_of(answer.content)).split())


def test_a_sheet_says_what_the_case_page_says(desk):
    event = brought_to(reported(), State.PENDING_CHECK)
    answer = desk.get(f"events/{event.no}/sheet.pdf")
    words = _words(answer)
    card = desk.get(f"events/{event.no}").json()
    assert answer["Content-Disposition"] == f'attachment; filename="{event.no}.pdf"'
    for told in (
        event.no,
        card["state_label"],
        card["category"]["name"],
        card["place"],
        card["description"],
        card["lead"],
    ):
        assert "".join(told.split()) in words, told
    for item in card["journal"]:
        assert "".join(item["sentence"].split()) in words
        assert "".join(item["text"].split()) in words
    assert "受理员甲" in words
    assert "网格事件办理单" in words
    assert "办理过程" in words


def test_it_is_in_the_language_of_its_reader(desk):
    event = reported()
    desk.client.cookies["django_language"] = "en"
    words = _words(desk.get(f"events/{event.no}/sheet.pdf"))
    assert "Eventhandlingsheet" in words


def test_who_called_is_masked_and_only_for_whom_the_card_shows_it(desk):
    event = reported()
    ticket = Ticket.objects.create(order_no="T20261122001", event=event)
    Caller.objects.create(ticket=ticket, name=fields.seal(NAME), phone=fields.seal(PHONE))
    words = _words(desk.get(f"events/{event.no}/sheet.pdf"))
    (shown,) = desk.get(f"events/{event.no}").json()["ticket_rows"]
    assert "T20261122001" in words
    assert shown["caller"]["phone"] in words
    other = Browser(user_with("supervisor", CENTRE))
    for text in (words, _words(other.get(f"events/{event.no}/sheet.pdf"))):
        assert NAME not in text
        assert PHONE not in text
    assert shown["caller"]["phone"] not in _words(other.get(f"events/{event.no}/sheet.pdf"))


def test_what_somebody_wrote_is_drawn_and_never_interpreted(desk):
    event = reported()
    nasty = "<img onerror=x> ${7*7} `a` </script> =1+1 \u202eabc\x07"
    text = JournalEntry.objects.get(event=event).text
    FreeText.objects.filter(pk=text.pk).update(body=nasty)
    words = _words(desk.get(f"events/{event.no}/sheet.pdf"))
    assert "<imgonerror=x>${7*7}`a`</script>=1+1abc" in words


def test_photos_are_small_and_on_it(desk, tmp_path):
    event = brought_to(reported(), State.PENDING_CHECK)
    answer = desk.get(f"events/{event.no}/sheet.pdf")
    assert answer.content.count(b"/Subtype /Image") >= 1  # two of one colour are one
    assert {"处置前·1", "处置后·5"} <= {caption for caption in ("处置前·1", "处置后·5") if caption in _words(answer)}
    assert len(answer.content) < 150_000
    for path in tmp_path.rglob("*.jpg"):
        path.unlink()
    answer = desk.get(f"events/{event.no}/sheet.pdf")  # their files are gone: the sheet says so
    assert b"/Subtype /Image" not in answer.content
    assert "还有2张照片" in _words(answer)


def test_each_sheet_is_in_the_trail(desk):
    events = [reported(), reported()]
    desk.get(f"events/{events[0].no}/sheet.pdf")
    assert _words(desk.post("sheets", {"events": [event.no for event in events]}))
    kept = AuditEntry.objects.filter(action="sheet.print").order_by("pk")
    assert {row.organisation_id for row in kept} == {organisation(CENTRE).pk}  # who holds them hears of it
    assert [(row.subject, row.detail["sheets"]) for row in kept] == [
        (events[0].no, 1), (events[0].no, 2), (events[1].no, 2),
    ]  # fmt: skip
    assert all((row.actor_id, row.subject_kind) == (desk.user.pk, "event") for row in kept)  # type: ignore[union-attr]
    auditor = Browser(user_with("auditor", CENTRE))
    assert "PDF" in auditor.get("audit", action="sheet.print").json()["rows"][0]["action_label"]


def test_a_batch_holds_each_named_event_once_and_in_order(desk):
    events = [reported() for _ in range(3)]
    numbers = [event.no for event in reversed(events)]
    pages = pages_of(desk.post("sheets", {"events": [*numbers, numbers[0]]}).content)
    assert [no for page in pages for no in numbers if page.splitlines()[1:2] == [no]] == numbers
    assert f"共 {len(pages)} 页" in pages[0]


def test_a_list_is_printed_as_it_is_filtered(desk):
    kept, other = reported(category="06-001"), reported(category="01-001")
    body = {"filter": {"view": "open", "category": "06", "sort": "-reported"}}
    words = _words(desk.post("sheets", body))
    assert kept.no in words
    assert other.no not in words


def test_of_what_one_may_not_see_there_is_no_sheet_and_no_trace(desk):
    event, hidden = reported(), reported(grid="430903001002001")
    problem(desk.get(f"events/{hidden.no}/sheet.pdf"), 404, "no-such-event")
    problem(desk.post("sheets", {"events": [event.no, hidden.no]}), 404, "no-such-event")
    assert not AuditEntry.objects.filter(action="sheet.print").exists()
    assert hidden.no not in _words(desk.post("sheets", {"filter": {"view": "open"}}))


@pytest.mark.parametrize(
    ("body", "code"),
    [({}, "sheets-what"), ({"events": ["a"], "filter": {}}, "sheets-what"), ({"events": ["x"] * 51}, "invalid-fields"),
     ({"filter": {"view": "to_accept", "category": "99"}}, "sheets-number"),
     ({"filter": {"view": "no"}}, "view-unknown"),
     ({"filter": {"cursor": "5"}}, "invalid-fields"), ({"events": [7]}, "invalid-fields")],
)  # fmt: skip
def test_what_can_not_be_printed_is_said(desk, body, code):
    reported()
    problem(desk.post("sheets", body), 422, code)


def test_a_list_that_is_too_long_says_how_long_it_is(desk, monkeypatch):
    monkeypatch.setattr("events.services.papers.MOST_SHEETS", 2)
    for _ in range(3):
        reported()
    told = problem(desk.post("sheets", {"filter": {"view": "open"}}), 422, "sheets-number")
    assert "3" in told["detail"]


def test_without_the_font_it_says_what_to_install(desk, monkeypatch, tmp_path):
    monkeypatch.setattr(sheet, "FONTS", tmp_path)
    told = problem(desk.get(f"events/{reported().no}/sheet.pdf"), 503, "font-missing")
    assert "fonts-noto-cjk" in told["detail"]
    assert not AuditEntry.objects.filter(action="sheet.print").exists()  # nothing was printed


def test_a_batch_asks_for_each_event_no_more_than_its_card_does(desk):
    events = [brought_to(reported(), State.HANDLING) for _ in range(3)]
    desk.post("sheets", {"events": [events[0].no]})
    counts = []
    for some in (events[:1], events):
        with CaptureQueriesContext(connection) as queries:
            assert desk.post("sheets", {"events": [event.no for event in some]}).status_code == 200
        counts.append(len(queries))
    with CaptureQueriesContext(connection) as card:
        desk.get(f"events/{events[0].no}")
    each = (counts[1] - counts[0]) / 2
    assert each <= len(card), (counts, len(card))


def test_every_state_and_what_stands_beside_it_can_be_printed(desk):
    cases = [brought_to(reported(), state) for state in (State.SUSPENDED, State.REJECTED, State.CLOSED)]
    cases.append(brought_to(reported(), State.ACCEPTED))
    event = brought_to(reported(), State.HANDLING)
    helper = organisation("dept-430902000000-nongshui_huanbao")
    step(event, deeds.AddJoint(joint=(helper.pk,)), access_for(desk.user))
    answer = desk.post("sheets", {"events": [one.no for one in (*cases, event)]})
    assert helper.short_name in _words(answer)
    assert Event.objects.filter(pk__in=[one.pk for one in cases]).count() == 4


def test_more_photos_than_a_sheet_has_room_for_are_counted(desk, monkeypatch):
    monkeypatch.setattr(casesheet, "MOST_PICTURES", 1)
    event = brought_to(reported(), State.PENDING_CHECK)
    assert "还有1张照片" in _words(desk.get(f"events/{event.no}/sheet.pdf"))
