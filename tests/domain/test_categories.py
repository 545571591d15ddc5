"""The category list: what the file must be, what the table becomes, and the promises that stand in the file itself."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from data.calendar import CalendarRefused, from_csv, from_package
from data.categories import DEFAULT_FILE, CategoriesRefused, read_categories
from events.models import CalendarDay, Category
from events.services import categories
from grid.models import Organisation, Revision

ROWS = {row.code: row for row in read_categories()}
GOOD = """
majors:
  - code: "06"
    name: 市政设施
    department: zhujian
    county_department: chengguan_zhujian
    categories:
      - {code: 06-001, name: 井盖缺损, handle: 2U, keywords: [井盖]}
      - {code: 06-002, name: 路灯不亮, handle: 2D, keywords: [路灯]}
"""


def test_the_file_holds_what_was_agreed():
    assert len(ROWS) == 75
    counts = {major: sum(row.major == major for row in ROWS.values()) for major in {row.major for row in ROWS.values()}}
    assert counts == {
        "01": 9, "02": 4, "03": 6, "04": 8, "05": 5, "06": 9, "07": 6, "08": 10, "09": 4, "10": 8, "90": 6,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("code", "name", "amount", "clock"),
    [
        ("01-006", "私搭乱建", 7, "work_day"), ("04-004", "火情", 0.5, "urgent_hour"),
        ("05-001", "占道经营", 2, "work_hour"),
        ("06-001", "井盖缺损", 2, "urgent_hour"), ("08-010", "高空坠物隐患", 2, "urgent_hour"),
        ("09-002", "物业纠纷", 10, "work_day"), ("10-008", "政策咨询", 2, "work_day"),
        ("90-006", "时间偏差", 2, "work_day"),
    ],
)  # fmt: skip
def test_allowances_in_the_order_given(code, name, amount, clock):
    row = ROWS[code]
    assert (row.name, row.handle_amount, row.handle_clock) == (name, amount, clock)


def test_who_may_put_it_right_on_the_spot():
    alone = {code for code, row in ROWS.items() if row.self_resolvable}
    whole = {code for code in ROWS if code[:2] in {"01", "02", "05"}} - {"01-006"}
    assert alone == whole | {"08-001", "08-002", "09-001", "10-007", "10-008"}


def test_what_is_urgent_restricted_or_not_for_a_village():
    for code, row in ROWS.items():
        assert row.urgent == (row.handle_clock == "urgent_hour" or row.major == "04"), code
        assert row.restricted == (row.major == "09"), code
        assert row.min_level == ("county" if row.major == "04" else "village"), code


def test_each_class_is_answered_by_one_kind_of_county_department():
    for major in {row.major for row in ROWS.values()}:
        assert len({row.county_department for row in ROWS.values() if row.major == major}) == 1


@pytest.mark.django_db
def test_every_department_named_exists():
    known = set(Organisation.objects.values_list("function", flat=True))
    assert {row.department for row in ROWS.values()} | {row.county_department for row in ROWS.values()} <= known


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("06-001", "07-001", "06, row 1 (07-001 井盖缺损): code must be 06- and three digits"),
        ("06-002", "06-001", "code 06-001 stands 2 times"),
        ("路灯不亮", "井盖缺损", "name 井盖缺损 stands 2 times in 06"),
        ("2U", "2X", "06, row 1 (06-001 井盖缺损): handle must be"),
        ("2U", "0U", "handle must be an amount above 0"),
        ("2U", "-2U", "handle must be"),
        ("[路灯]", "[]", "06, row 2 (06-002 路灯不亮): keywords must be a list"),
        ("[路灯]", "路灯", "keywords must be a list"),
        ("department: zhujian", "department: police", "department must be one of"),
        ('"06"', "06", "major 1: code must be two digits in quotes"),
        ("handle: 2D", "hadnle: 2D", "unknown key `hadnle`"),
        ("06-002", "06-080", "needs a name that ends in （自定义）"),
        ("handle: 2D", "handle: 2D, restricted: 1", "restricted must be true or false"),
        ("majors:", "classes:", "single key `majors`"),
        ("majors:", "majors: [", "not a YAML file"),
    ],
)
def test_a_bad_file_is_refused_and_says_where(tmp_path, old, new, said):
    file = tmp_path / "bad.yaml"
    file.write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CategoriesRefused) as refused:
        read_categories(file)
    assert said in str(refused.value)


def test_all_faults_are_told_at_once(tmp_path):
    file = tmp_path / "bad.yaml"
    file.write_text(GOOD.replace("2U", "2X").replace("[路灯]", "[]"), encoding="utf-8")
    with pytest.raises(CategoriesRefused) as refused:
        read_categories(file)
    assert len(refused.value.problems) == 2


@pytest.mark.django_db
def test_loading_again_changes_nothing_and_what_is_gone_is_retired(tmp_path, capsys):
    before = list(Category.objects.values())
    call_command("load_categories", stdout=None)
    assert list(Category.objects.values()) == before
    file = tmp_path / "city.yaml"
    file.write_text(GOOD.replace("2U", "3U"), encoding="utf-8")
    done = categories.load(rows=read_categories(file))
    assert (done.added, done.changed, done.retired, done.kept) == (0, 2, 73, 0)
    assert Category.objects.get(code="06-001").handle_amount == 3
    assert set(Category.objects.filter(active=True).values_list("code", flat=True)) == {"06-001", "06-002"}
    again = categories.load(rows=read_categories(DEFAULT_FILE))
    assert (again.added, again.retired) == (0, 0)
    assert list(Category.objects.values()) == before


@pytest.mark.django_db
def test_a_bad_file_leaves_the_table_alone(tmp_path):
    file = tmp_path / "bad.yaml"
    file.write_text(GOOD.replace("2U", "2X"), encoding="utf-8")
    with pytest.raises(CommandError, match="nothing was loaded"):
        call_command("load_categories", str(file))
    with pytest.raises(CommandError, match="no file"):
        call_command("load_categories", str(tmp_path / "none.yaml"))
    assert Category.objects.filter(active=True).count() == 75


@pytest.mark.django_db
def test_the_calendar_has_the_days_of_the_notices():
    days = {day.date.isoformat(): day.working for day in CalendarDay.objects.all()}
    assert (days["2026-02-14"], days["2026-02-17"], days["2025-09-28"], days["2025-10-08"]) == (
        True,
        False,
        True,
        False,
    )
    assert "2026-03-10" not in days


def write(tmp_path: Path, *lines: str) -> Path:
    file = tmp_path / "days.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


@pytest.mark.django_db
def test_a_year_that_the_package_lacks_comes_from_a_file(tmp_path):
    with pytest.raises(CommandError, match="2027: the package covers"):
        call_command("load_calendar", "2027")
    file = write(tmp_path, "date,working,name", "2027-02-06,休,春节", "2027-02-14,班,春节")
    value = Revision.objects.get(name="calendar").value
    call_command("load_calendar", "2027", csv=file)
    assert list(CalendarDay.objects.filter(date__year=2027).values_list("working", flat=True).order_by("date")) == [
        False, True,
    ]  # fmt: skip
    assert CalendarDay.objects.filter(date__year=2026).count() == len(from_package([2026]))
    assert Revision.objects.get(name="calendar").value == value + 1
    call_command("load_calendar", "2027", csv=file)
    assert Revision.objects.get(name="calendar").value == value + 1


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (("day,works",), "the first line must be date,working,name"),
        (("date,working,name", "2027-13-01,1,x"), "line 2: date must be written like"),
        (("date,working,name", "2027-01-01,maybe,x"), "line 2: working must be 1 or 0"),
        (("date,working,name", "2027-01-01,0,x", "2027-01-01,1,x"), "line 3: 2027-01-01 stands twice"),
        (("date,working,name",), "the file has no day"),
    ],
)
def test_a_bad_calendar_is_refused_and_says_where(tmp_path, lines, said):
    with pytest.raises(CalendarRefused, match=said):
        from_csv(write(tmp_path, *lines))
