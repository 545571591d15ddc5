"""The yearly self-assessment and the spreadsheets over HTTP."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone
from openpyxl import load_workbook
from psycopg.errors import InsufficientPrivilege

from events.counting.lives import Entry
from events.models import AssessmentEntry
from events.workflow import State
from gis_layers.models import Site
from grid.models import AuditEntry, Grid, Organisation, Role
from tests.factories import brought_to, reported, user_with
from tests.factories.journals import keep
from tests.http.doors import Browser, problem
from tests.papers import pages_of
from tests.unit.test_assessment_form import GOLDEN

pytestmark = pytest.mark.django_db
CITY, COUNTY = "centre-430900000000", "centre-430902000000"
MARCH = {"from": "2026-03-01", "to": "2026-03-31"}


def someone(role: str, of: str = CITY) -> Browser:
    return Browser(user_with(role, of))


def figure(actual: str = "100", **more: str) -> dict[str, str]:
    return {"actual": actual, "evidence": "市财政局决算批复第12号", **more}


def nine_of_ten_are_satisfied() -> None:
    """Ten events of 2025, each citizen asked once."""
    holder, path = Organisation.objects.get(code=CITY).pk, Grid.objects.earliest("path").path
    for number in range(10):
        at = datetime(2025, 6, 1 + number, tzinfo=UTC)
        first = Entry(
            event=number, version=1, at=at, step="report", to_state="reported", source="hotline", category="06-001",
            path=path, holder=holder, lead=None, due_at=None, stage_due_at=at + timedelta(hours=2),
        )  # fmt: skip
        after = first._replace(version=2, at=at + timedelta(hours=1), step="revisit", satisfaction=2 if number else 1)
        keep([first, after])


def test_rows_of_the_register_are_filled_and_the_others_wait_to_be_entered():
    body = someone("leader").get("assessments/2025").json()
    rows = {row["code"]: row for row in body["rows"]}
    assert body["weights"] == 100
    assert rows["class1"]["origin"] == "register"
    assert rows["class1"]["actual"] == str(Site.objects.filter(site_class="class1").count())
    assert (rows["funds"]["origin"], rows["funds"]["actual"], rows["funds"]["score"]) == ("hand", None, None)
    assert body["missing"] == sum(row["actual"] is None for row in body["rows"])


def test_what_is_entered_by_hand_is_marked_scored_kept_and_audited():
    browser = someone("supervisor")
    nine_of_ten_are_satisfied()
    for code, (actual, _score) in GOLDEN.items():
        if code in {"checkpoints", "class1", "satisfaction"}:
            continue
        assert browser.post(f"assessments/2025/rows/{code}", figure(actual)).status_code == 200, code
    body = browser.get("assessments/2025").json()
    rows = {row["code"]: row for row in body["rows"]}
    by_hand = {code: row for code, row in rows.items() if row["origin"] == "hand"}
    assert {code: row["score"] for code, row in by_hand.items()} == {code: GOLDEN[code][1] for code in by_hand}
    asked = rows["satisfaction"]
    assert (asked["origin"], asked["actual"], asked["score"]) == ("journal", "90.00", GOLDEN["satisfaction"][1])
    assert {row["evidence"] for row in by_hand.values()} == {"市财政局决算批复第12号"}
    assert all(row["entered_by"] and row["entered_at"] for row in by_hand.values())
    assert body["score"] == sum(row["score"] or 0 for row in body["rows"])
    answer = browser.post("assessments/2025/rows/funds", figure("50", reason="年底才到账")).json()
    again = next(row for row in answer["rows"] if row["code"] == "funds")
    assert (again["actual"], again["score"], again["reason"]) == ("50.00", 5, "年底才到账")
    assert AssessmentEntry.objects.filter(row="funds").count() == 2
    entry = AuditEntry.objects.filter(action="assessment.enter", subject="funds").latest("pk")
    assert entry.detail == {"year": 2025, "region": "4309/", "actual": "50"}
    other = browser.get("assessments/2024").json()
    assert {row["actual"] for row in other["rows"] if row["origin"] == "hand"} == {None}


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [("2025/rows/checkpoints", figure(), 422, "row-is-counted"), ("2025/rows/nothing", figure(), 404, "no-row"),
     ("2025/rows/funds", figure(evidence=" "), 422, "evidence-needed"),
     ("2025/rows/funds", figure("-1"), 422, "invalid-fields"),
     ("2025/rows/funds", figure("NaN"), 422, "invalid-fields"),
     ("1999/rows/funds", figure(), 422, "invalid-fields"),
     ("2025/rows/funds", figure(region="4309/430999/"), 404, "no-region")],
)  # fmt: skip
def test_what_can_not_be_entered_is_refused_and_nothing_is_kept(path, body, status, code):
    problem(someone("leader").post(f"assessments/{path}", body), status, code)
    assert not AssessmentEntry.objects.exists()


@pytest.mark.parametrize("role", Role)
def test_only_supervisors_and_leaders_of_the_region_enter(role):
    answer = someone(role).post("assessments/2025/rows/funds", figure())
    assert answer.status_code == (200 if role in {"supervisor", "leader"} else 403)
    problem(someone("leader", COUNTY).post("assessments/2025/rows/funds", figure(region="4309/")), 404, "no-region")


def test_no_entry_can_be_changed_afterwards():
    someone("leader").post("assessments/2025/rows/funds", figure())
    with pytest.raises(Exception) as refused, connection.cursor() as cursor:  # noqa: PT011 - Django's, by its cause
        cursor.execute("UPDATE events_assessmententry SET actual = 1")
    assert isinstance(refused.value.__cause__, InsufficientPrivilege)


def test_the_form_as_a_spreadsheet_says_the_total_and_where_each_figure_comes_from():
    browser = someone("leader")
    browser.post("assessments/2025/rows/funds", figure(reason="=1+1"))
    answer = browser.get("assessments/2025/export")
    assert answer["Content-Disposition"] == 'attachment; filename="self-assessment-2025.xlsx"'
    page = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    lines = [[cell.value for cell in row] for row in page.iter_rows()]
    body = browser.get("assessments/2025").json()
    assert lines[-1][3] == 100
    assert lines[-1][7] == body["score"]
    assert len(lines) == len(body["rows"]) + 4
    texts = [cell for row in page.iter_rows() for cell in row if cell.value == "=1+1"]
    assert [cell.data_type for cell in texts] == ["s"]


def test_the_form_as_a_pdf_holds_every_row_the_total_and_lines_to_sign_on():
    browser = someone("leader")
    nine_of_ten_are_satisfied()
    browser.post("assessments/2025/rows/funds", figure("50", reason="年底才到账"))
    answer = browser.get("assessments/2025/paper")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="self-assessment-2025.pdf"'
    words = "".join(pages_of(answer.content)).replace("\n", "")
    body = browser.get("assessments/2025").json()
    for row in body["rows"]:
        assert row["third"] in words
    assert "市财政局决算批复第12号" in words
    assert "年底才到账" in words
    assert f"{body['missing']} 项尚未填报" in words
    assert "审核人" in words
    assert AuditEntry.objects.filter(action="evaluation.export", subject="self-assessment-2025.pdf").count() == 1


def test_the_report_as_a_spreadsheet_holds_the_same_figures_and_leaves_a_row_in_the_trail():
    brought_to(reported(), State.CLOSED)
    browser = someone("leader")
    answer = browser.get("indicators/export", **MARCH, by="county")
    assert answer["Content-Type"].endswith("spreadsheetml.sheet")
    body = browser.get("indicators", **MARCH, by="county").json()
    book = load_workbook(io.BytesIO(answer.content))
    first = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows(min_row=4)]
    shown = len(body["indicators"])
    assert [line[0] for line in first] == [one["name"] for one in (*body["indicators"], *body["uncounted"])]
    assert [(line[3], line[5]) for line in first[:shown]] == [
        (one["now"]["hits"], one["now"]["of"]) for one in body["indicators"]
    ]
    assert all(
        line[3] is None and one["why"] in line[7] for line, one in zip(first[shown:], body["uncounted"], strict=True)
    )
    assert AuditEntry.objects.get(action="evaluation.export").subject == "indicators-2026-03-01-2026-03-31.xlsx"


def test_the_report_as_a_pdf_is_one_and_leaves_a_row_in_the_trail():
    brought_to(reported(), State.CLOSED)
    browser = someone("leader")
    today = timezone.localdate()
    days = {"from": today.isoformat(), "to": (today + timedelta(days=20)).isoformat()}
    answer = browser.get("indicators/paper", **days, by="post")
    assert answer["Content-Type"] == "application/pdf"
    words = "".join(pages_of(answer.content)).replace("\n", "")
    body = browser.get("indicators", **days, by="post").json()
    for one in (*body["indicators"], *body["uncounted"]):
        assert one["name"] in words
    for group in body["groups"]:
        assert group["label"].split()[0] in words
    assert AuditEntry.objects.get(action="evaluation.export").subject.endswith(".pdf")
