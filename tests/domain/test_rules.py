"""Rules and components in the database: who is suggested, what is loaded or refused, what the check finds."""

from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
import shapely
from django.contrib.gis.geos import MultiPolygon, Point, Polygon
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from data.pipeline import ComponentKind, ComponentRow, GroundRefused, ProblemKind, read_components, write_components
from data.pipeline.rows import ComponentState
from events.models import Category, Event, JournalEntry, Rule, Task
from events.selectors.rulecheck import check
from events.services import deeds, ledger, routing, rules
from events.services.rulefile import RulesRefused, read_rules, write_rules
from events.workflow import State
from gis_layers.models import Component
from gis_layers.models import ComponentKind as Kinds
from gis_layers.services import components
from grid.models import Grid, Organisation, Region
from grid.policy import NOBODY
from grid.refusals import Conflict, Invalid
from tests.factories import SANYI_GRID, access_for, brought_to, organisation, reported, step, user_with

pytestmark = pytest.mark.django_db

COUNTY = "430902000000"
WATER = f"unit-{COUNTY}-zilaishui"
STREETS = f"dept-{COUNTY}-chengguan_zhujian"
FARMS = f"dept-{COUNTY}-nongshui_huanbao"
TODAY = date(2026, 3, 2)
HEAD = "category,levels,region,area,area_name,area_kind,lead,joint,since,until,remark\n"


def plant(code: str = "430902010001", *, owner: str = WATER, metres: float = 4.0, kind: str = "manhole") -> Component:
    """A component so far east of where `reported` reports."""
    grid = Grid.objects.get(code=SANYI_GRID)
    middle = grid.boundary.point_on_surface
    point = Point(middle.x + metres / 97_800, middle.y, srid=4326)  # a degree of longitude at 28.6 N
    return Component.objects.create(
        code=code, kind=kind, name="给水井盖", owner=organisation(owner), grid=grid, path=grid.path, point=point,
        shape=Point(*point.transform(3857, clone=True).coords, srid=3857),
    )  # fmt: skip


def rule(lead: str, **more: Any) -> Rule:
    fields: dict[str, Any] = {"category": "06-001", "since": date(2020, 1, 1), **more}
    if "area" not in fields:
        fields.setdefault("region", Region.objects.get(code=COUNTY))
    return Rule.objects.create(lead=organisation(lead), **fields)


def around(event: Event, degrees: float = 0.001) -> MultiPolygon:
    assert event.point is not None
    x, y = event.point.x, event.point.y
    box = Polygon.from_bbox((x - degrees, y - degrees, x + degrees, y + degrees))
    return MultiPolygon(box, srid=4326)


def suggested(event: Event) -> tuple[str, str, str]:
    found = routing.choice(event)
    return (found.suggestion.via, found.lead.code if found.lead else "", found.suggestion.words)


# Who is suggested


def test_the_template_gives_what_the_category_list_says():
    assert suggested(reported(category="06-001"))[1] == STREETS
    assert suggested(reported(category="07-001"))[1] == FARMS
    held_by_city = Event(
        category=Category.objects.get(code="06-005"), holder=organisation("centre-430900000000"), level="city",
        path=Grid.objects.get(code=SANYI_GRID).path, point=Grid.objects.get(code=SANYI_GRID).boundary.point_on_surface,
    )  # fmt: skip
    assert suggested(held_by_city)[1] == "dept-430900000000-jiaojing"
    assert rules.make(access=NOBODY, since=TODAY) == 0


def test_the_owner_of_the_nearest_cover_is_suggested_and_can_be_dispatched_to():
    event = reported(category="06-001")
    plant()
    via, lead, words = suggested(event)
    assert (via, lead) == ("component", WATER)
    assert "430902010001" in words
    assert "资阳区自来水公司" in words
    assert "4" in words
    first, *others = routing.candidates(event)
    assert (first.organisation.code, first.suggested, first.role) == (WATER, True, "lead")
    assert not any(one.suggested for one in others)
    kinds = [one.organisation.kind for one in others]
    assert kinds == sorted(kinds, key=lambda kind: kind == "unit"), "units come after departments and the centre"
    assert {one.organisation.region.code for one in others if one.organisation.kind == "unit"} == {
        COUNTY, "430900000000"
    }  # fmt: skip
    moved = brought_to(event, State.DISPATCHED)
    assert moved.lead == organisation(WATER)
    kept = JournalEntry.objects.get(event=event, step="dispatch").payload
    assert (kept["via"], kept["reference"], kept["suggested"]) == ("component", "430902010001", True)
    assert kept["words"] == kept["reason"] != ""


def test_an_area_comes_before_a_region_and_its_helpers_are_named():
    event = reported(category="06-001")
    park = rule(FARMS, area=around(event), area_name="滨江公园", area_kind="park", category="06")
    park.joint.add(organisation(STREETS))
    via, lead, words = suggested(event)
    assert (via, lead) == ("area", FARMS)
    assert "滨江公园" in words
    assert [one.organisation.code for one in routing.candidates(event) if one.role == "joint"] == [STREETS]


def test_two_rules_that_contradict_suggest_nobody_and_are_named():
    event = reported(category="06-001")
    one, other = rule(STREETS, levels=["township"]), rule(FARMS, levels=["township"])
    via, lead, words = suggested(event)
    assert (via, lead) == ("none", "")
    assert str(one.pk) in words
    assert str(other.pk) in words
    assert not any(row.suggested for row in routing.candidates(event))


def test_a_lead_beyond_the_centres_reach_is_not_offered():
    event = reported(category="06-001")
    rule("dept-430903000000-chengguan_zhujian", levels=["township"])
    found = routing.choice(event)
    assert found.suggestion.lead == organisation("dept-430903000000-chengguan_zhujian")
    assert found.lead is None


def test_the_form_costs_the_same_with_five_hundred_rules_more():
    event = reported(category="06-001")
    plant()
    routing.offered(event, "dispatch", now=timezone.now())  # what is read once for the event
    with CaptureQueriesContext(connection) as few:
        routing.offered(event, "dispatch", now=timezone.now())
    region = Region.objects.get(code=COUNTY)
    Rule.objects.bulk_create(
        Rule(category="06-002", region=region, lead=organisation(STREETS), since=TODAY) for _ in range(500)
    )
    with CaptureQueriesContext(connection) as many:
        routing.offered(event, "dispatch", now=timezone.now())
    assert len(many) == len(few) <= 5, [query["sql"] for query in many]


# By itself


@pytest.fixture
def by_itself() -> None:
    Category.objects.filter(code="06-001").update(auto_dispatch=True)


def acceptor(event: Event) -> Any:
    return access_for(user_with("acceptor", event.holder))


def test_what_is_answered_without_doubt_the_system_dispatches_right_after(by_itself):
    plant()
    event = reported(category="06-001")
    after = step(event, deeds.Accept(), acceptor(event))
    assert (after.state, after.version) == ("dispatched", 3)
    assert after.lead == organisation(WATER)
    accepted, sent = JournalEntry.objects.filter(event=event, version__gte=2).order_by("version")
    assert (accepted.step, accepted.user is None) == ("accept", False)
    assert (sent.step, sent.role, sent.user, sent.payload["via"]) == ("dispatch", "system", None, "component")
    assert Task.objects.get(event=event).organisation == organisation(WATER)


def test_what_contradicts_itself_waits_for_the_dispatcher_and_the_card_says_why(by_itself):
    from events.selectors.cards import card

    one, _ = rule(STREETS, levels=["township"]), rule(FARMS, levels=["township"])
    event = reported(category="06-001")
    after = step(event, deeds.Accept(), acceptor(event))
    assert (after.state, after.version) == ("accepted", 2)
    assert str(one.pk) in card(acceptor(event), event.no).waits
    assert card(acceptor(event), brought_to(event, State.DISPATCHED).no).waits == ""


def test_a_lead_out_of_reach_waits_too(by_itself):
    rule("dept-430903000000-chengguan_zhujian", levels=["township"])
    event = reported(category="06-001")
    assert step(event, deeds.Accept(), acceptor(event)).state == "accepted"
    assert JournalEntry.objects.get(event=event, step="accept").payload["waits"]


def test_other_categories_and_what_came_back_wait_as_ever(by_itself):
    assert brought_to(reported(category="06-003"), State.ACCEPTED).state == "accepted"
    event = reported(category="06-001")
    sent = step(event, deeds.Accept(), acceptor(event))
    assert sent.lead is not None
    clerk = access_for(user_with("dept_clerk", sent.lead))
    assert step(sent, deeds.Return(text="这不是我们单位的职责"), clerk).state == "accepted"


def test_when_the_second_step_fails_the_first_did_not_happen_either(by_itself, monkeypatch):
    event = reported(category="06-001")
    real = ledger.step_entry

    def breaks(**given: Any) -> None:
        if given["step"] == "dispatch":
            raise Conflict("broken", "on purpose")
        real(**given)

    monkeypatch.setattr(ledger, "step_entry", breaks)
    with pytest.raises(Conflict):
        step(event, deeds.Accept(), acceptor(event))
    event.refresh_from_db()
    assert (event.state, event.version, event.accepted_at) == ("reported", 1, None)
    assert JournalEntry.objects.filter(event=event).count() == 1
    assert not Task.objects.filter(event=event).exists()


def test_the_switch_is_thrown_by_command_and_kept_when_the_list_is_loaded_again():
    call_command("set_auto_dispatch", "06-001", "06-002", "on", stdout=StringIO())
    call_command("load_categories", stdout=StringIO())
    assert set(Category.objects.filter(auto_dispatch=True).values_list("code", flat=True)) == {"06-001", "06-002"}
    with pytest.raises(CommandError, match="06-999"):
        call_command("set_auto_dispatch", "06-001", "06-999", "off", stdout=StringIO())
    assert Category.objects.get(code="06-001").auto_dispatch


# Components from a file


def row(code: str, **more: Any) -> ComponentRow:
    middle = Grid.objects.get(code=SANYI_GRID).boundary.point_on_surface
    fields: dict[str, Any] = {
        "kind": ComponentKind.MANHOLE, "name": "给水井盖", "owner": WATER, "state": ComponentState.IN_USE,
        "point": shapely.Point(middle.x, middle.y),
    }  # fmt: skip
    return ComponentRow(code=code, **{**fields, **more})


def test_a_file_is_added_then_amended_by_code_and_twice_changes_nothing(tmp_path):
    path = tmp_path / "parts.gpkg"
    write_components((row("a1"), row("a2")), path)
    out = StringIO()
    call_command("load_components", path, stdout=out)
    assert "2 components added, 0 amended" in out.getvalue()
    call_command("load_components", path, stdout=out)
    assert "0 components added, 0 amended, 2 as they were" in out.getvalue()
    done = components.load(access=NOBODY, rows=[row("a1", owner=STREETS, name="雨水井盖"), row("a3")])
    assert (done.added, done.amended, done.kept) == (1, 1, 0)
    kept = Component.objects.get(code="a1")
    assert (kept.owner, kept.name, kept.grid.code) == (organisation(STREETS), "雨水井盖", SANYI_GRID)


def test_every_fault_of_a_file_is_named_and_nothing_is_loaded(tmp_path):
    path = tmp_path / "parts.gpkg"
    write_components((row("a1"), row("a1"), row("b b"), row("c1", point=shapely.Point(400.0, 28.0))), path)
    with pytest.raises(GroundRefused) as refused:
        read_components(path)
    assert {problem.kind for problem in refused.value.problems} >= {
        ProblemKind.DUPLICATE_CODE, ProblemKind.BAD_VALUE, ProblemKind.OUT_OF_RANGE
    }  # fmt: skip
    with pytest.raises(GroundRefused) as refused:
        components.load(access=NOBODY, rows=[row("a1"), row("a2", owner="x"), row("a3", point=shapely.Point(100, 40))])
    assert [(one.kind, one.code) for one in refused.value.problems] == [
        (ProblemKind.UNKNOWN_OWNER, "a2"), (ProblemKind.COMPONENT_OUTSIDE, "a3")
    ]  # fmt: skip
    assert not Component.objects.exists()


def test_the_kinds_of_file_list_and_table_are_the_same():
    from data.categories.rows import COMPONENT_KINDS

    assert {one.value for one in ComponentKind} == set(Kinds.values) == COMPONENT_KINDS


# Rules from a file


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (f"06-999,,{COUNTY},,,,{STREETS},,2026-01-01,,", "matches nothing"),
        (f"06-001,,{COUNTY},,,,dept-x,,2026-01-01,,", "no organisation 'dept-x'"),
        (f"06-001,,{COUNTY},,,,{STREETS},unit-x,2026-01-01,,", "no organisation 'unit-x'"),
        (f"06-001,,430999000000,,,,{STREETS},,2026-01-01,,", "no region"),
        (f"06-001,,{COUNTY},,,,{STREETS},,2026-05-01,2026-04-01,", "before it begins"),
        (f"06-001,,{COUNTY},,,,{STREETS},,,,", "since is empty"),
        (f"06-001,,{COUNTY},,,,{STREETS},,soon,,", "no day"),
        (f"06-001,ward,{COUNTY},,,,{STREETS},,2026-01-01,,", "level 'ward'"),
        (f"06-001,,,,,,{STREETS},,2026-01-01,,", "either a region or an area"),
        (f'06-001,,,"POLYGON ((1 1, 2 1, 2 2, 1 1))",远方,park,{STREETS},,2026-01-01,,', "lies outside the city"),
        (f"06-001,,,nonsense,滨江公园,park,{STREETS},,2026-01-01,,", "can't be read"),
        (f"06-001,,{COUNTY},,,,{STREETS},{STREETS},2026-01-01,,", "leads and helps at once"),
    ],
)
def test_each_fault_is_named_with_its_line(line, said, tmp_path):
    path = tmp_path / "rules.csv"
    path.write_text(f"{HEAD}06-003,,{COUNTY},,,,{STREETS},,2026-01-01,,\n{line}\n")
    before, err = Rule.objects.count(), StringIO()
    with pytest.raises(CommandError, match="nothing was loaded"):
        call_command("load_rules", path, stderr=err)
    assert "line 3: " in err.getvalue()
    assert said in err.getvalue()
    assert Rule.objects.count() == before


def test_a_contradiction_within_the_file_or_with_the_table_is_refused():
    text = f"{HEAD}06-003,,{COUNTY},,,,{STREETS},,2026-01-01,,\n06-003,,{COUNTY},,,,{FARMS},,2026-06-01,,\n"
    with pytest.raises(RulesRefused, match="line 3: it contradicts line 2"):
        read_rules(text)
    kept = rule(STREETS, category="06-003")
    with pytest.raises(RulesRefused, match=f"line 2: it contradicts rule {kept.pk}"):
        read_rules(f"{HEAD}06-003,,{COUNTY},,,,{FARMS},,2026-06-01,,\n", beside=[kept])
    parted = f"{HEAD}06-003,,{COUNTY},,,,{STREETS},,2026-01-01,2026-05-31,\n06-003,,{COUNTY},,,,{FARMS},,2026-06-01,,\n"
    assert len(read_rules(parted)) == 2


def test_what_is_exported_can_be_loaded_again(tmp_path):
    event = reported(category="06-001")
    park = rule(FARMS, area=around(event), area_name="滨江公园", area_kind="park", remark="含, 逗号", levels=["city"])
    park.joint.add(organisation(STREETS))
    path, text = tmp_path / "rules.csv", write_rules()
    call_command("export_rules", path, stdout=StringIO())
    assert path.read_text() == text
    call_command("load_rules", path, "--replace", stdout=StringIO())
    assert write_rules() == text
    assert not Rule.objects.filter(pk=park.pk).exists()


def test_a_file_without_a_column_or_with_a_strange_one_is_refused():
    with pytest.raises(RulesRefused, match="lead is missing"):
        read_rules("category,since,colour\n")
    with pytest.raises(RulesRefused, match="no rule"):
        read_rules(HEAD)


# The check


def test_the_template_leaves_nothing_open():
    found = check(on=TODAY)
    assert (found.findings, found.troubles, found.places) == ((), (), 8)
    call_command("check_rules", stdout=StringIO())


def test_a_gap_is_one_finding_of_the_largest_region_in_which_it_is():
    Rule.objects.filter(region__level="city").update(levels=["city"])
    Rule.objects.filter(region__code=COUNTY).delete()
    found = check(on=TODAY, category="06-001")
    (finding,) = found.findings
    assert (finding.problem, finding.category, finding.villages) == ("none", "06-001", 4)
    assert finding.path == Region.objects.get(code=COUNTY).path
    assert finding.levels == ("county", "township", "village")
    assert len(found.troubles) == 4
    assert check(on=TODAY, category="06-001", within=Region.objects.get(code="430903000000").path).findings == ()
    out = StringIO()
    with pytest.raises(CommandError, match="finding"):
        call_command("check_rules", "--category", "06-001", stdout=out)
    assert "none 06-001" in out.getvalue()


def test_a_contradiction_is_found_with_its_rules_and_where_areas_overlap():
    event = reported(category="06-001")
    village = Region.objects.get(code="430902005001")
    one, other = rule(STREETS, region=village), rule(FARMS, region=village)
    found = check(on=TODAY, category="06-001")
    (finding,) = found.findings
    assert (finding.problem, finding.rivals, finding.path) == ("two", (str(one.pk), str(other.pk)), village.path)
    assert [(one.two, one.none) for one in found.troubles] == [(1, 0)]
    rule(STREETS, area=around(event), area_name="滨江公园", area_kind="park", category="")
    rule(FARMS, area=around(event, 0.0005), area_name="滨江路", area_kind="road", category="")
    shared = [one for one in check(on=TODAY, category="06-001").findings if not one.path]
    assert [(one.problem, one.place) for one in shared] == [("two", "滨江公园 / 滨江路")]


def test_a_rule_that_no_longer_holds_answers_nothing():
    rule(FARMS, until=TODAY - timedelta(days=1), region=Region.objects.get(code="430902005001"))
    assert check(on=TODAY, category="06-001").findings == ()


def test_a_stranger_is_refused_as_a_lead():
    event = reported(category="06-001")
    brought_to(event, State.ACCEPTED)
    far = Organisation.objects.get(code="unit-430903000000-zilaishui")
    with pytest.raises(Invalid):
        step(event, deeds.Dispatch(organisation=far.pk), access_for(user_with("dispatcher", event.holder)))
