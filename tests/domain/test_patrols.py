"""Check-ins and coverage on the real tables: once a day, the grid alone, as it was known at the time."""

from datetime import date, datetime, timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from psycopg import sql

from events.models import CheckIn, JournalEntry, PatrolPlan
from events.selectors import patrols
from events.selectors.patrols import Asked
from events.services.deeds import GivenPoint
from events.services.patrols import Presence, check_in
from gis_layers.models import Update
from grid.coordinates import Crs
from grid.models import AuditEntry, Grid
from grid.refusals import Conflict, Forbidden, Invalid, NotFound
from tests.domain.test_watch import together
from tests.factories import CITY, DAMATOU, HESHAN, SANYI_GRID, ZIYANG, access_for, user_with

TOWN = f"centre-{DAMATOU}"
NEXT_GRID = "430902005002002"
HEAD = "name,region,grids,every,times,key_area,since,until,organisation\n"
ZONE = timezone.get_default_timezone()
MONDAY = date(2026, 3, 2)


def at(day: date, hour: int = 10) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=ZONE)


def officer(grid: str = SANYI_GRID):
    return user_with("grid_officer", TOWN, grid=grid)


def middle(grid: str = SANYI_GRID) -> GivenPoint:
    point = Grid.objects.get(code=grid).boundary.point_on_surface
    return GivenPoint(point.x, point.y, Crs.WGS84, 8.0)


def presence(grid: str = SANYI_GRID, *, when: datetime, point: GivenPoint | None = None, client_id=None) -> Presence:
    return Presence(client_id or uuid4(), grid, point or middle(grid), when)


def there(user, day: date, *, grid: str = SANYI_GRID, arrived: datetime | None = None) -> None:
    when = at(day)
    check_in(access=access_for(user, now=when), presence=presence(grid, when=when), now=arrived or when)


def load(tmp_path, *lines: str) -> str:
    file = tmp_path / "plans.csv"
    file.write_text(HEAD + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    out = StringIO()
    call_command("load_patrol_plans", str(file), stdout=out)
    return out.getvalue()


def weekly(tmp_path, *, since: str = "2026-02-02") -> None:
    load(tmp_path, f"大码头周巡,,{SANYI_GRID} {NEXT_GRID},week,1,yes,{since},,{TOWN}")
    PatrolPlan.objects.update(set_at=at(date(2026, 1, 1)))


@pytest.mark.django_db
def test_a_check_in_is_kept_without_a_place():
    user, now = officer(), timezone.now()
    sent = presence(when=now - timedelta(hours=5))
    receipt = check_in(access=access_for(user), presence=sent, now=now)
    assert (receipt.made, receipt.grid, receipt.client_id) == (True, SANYI_GRID, sent.client_id)
    assert receipt.place.startswith("大码头街道")
    row = CheckIn.objects.get()
    assert (row.user_id, row.at, row.device_at) == (user.pk, now, now - timedelta(hours=5))


@pytest.mark.django_db
def test_no_coordinate_stands_anywhere_afterwards():
    """Whatever table the sending touches: no column for a place, and no digits of one in any."""
    user, now = officer(), timezone.now()
    sent = presence(when=now)
    check_in(access=access_for(user), presence=sent, now=now)
    with pytest.raises(Invalid):
        check_in(access=access_for(user), presence=presence(when=now, point=middle(NEXT_GRID)), now=now)
    kept = {field.name for field in CheckIn._meta.get_fields()}
    assert kept == {"id", "client_id", "user", "grid", "at", "device_at", "day"}
    (entry,) = AuditEntry.objects.filter(action="patrol.check_in")
    assert entry.detail == {"day": timezone.localdate(now).isoformat()}
    assert (Update.objects.count(), JournalEntry.objects.count()) == (0, 0)
    digits = [f"{value:.4f}" for point in (sent.point, middle(NEXT_GRID)) for value in (point.lng, point.lat)]
    with connection.cursor() as cursor:
        cursor.execute("""SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND (tablename LIKE 'events_%'
                          OR tablename IN ('grid_auditentry', 'gis_layers_update', 'grid_usersession'))""")
        for (table,) in cursor.fetchall():
            cursor.execute(
                sql.SQL("SELECT coalesce(string_agg(t::text, ' '), '') FROM {} t").format(sql.Identifier(table))
            )
            text = cursor.fetchone()[0]
            assert not [one for one in digits if one in text], table


@pytest.mark.django_db
def test_the_application_cannot_change_a_check_in():
    there(officer(), timezone.localdate() - timedelta(days=1))
    for how in (lambda: CheckIn.objects.update(day=MONDAY), CheckIn.objects.all().delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            how()


@pytest.mark.django_db
def test_the_same_again_is_answered_as_before_and_a_second_of_the_day_counts_no_more():
    user, now = officer(), at(MONDAY, 12)
    access = access_for(user)
    sent = presence(when=at(MONDAY, 9))
    first = check_in(access=access, presence=sent, now=now)
    late = now + timedelta(days=9)  # even when it has long grown too old
    again = check_in(access=access, presence=sent, now=late)
    assert (again.made, again.at, again.device_at) == (False, first.at, first.device_at)
    second = check_in(access=access, presence=presence(when=at(MONDAY, 11)), now=now)
    assert (second.made, second.client_id, second.device_at) == (False, sent.client_id, at(MONDAY, 9))
    other = check_in(
        access=access, presence=presence(when=at(MONDAY + timedelta(days=1))), now=at(MONDAY) + timedelta(days=2)
    )
    assert other.made
    assert CheckIn.objects.count() == 2
    assert AuditEntry.objects.filter(action="patrol.check_in").count() == 2


@pytest.mark.django_db
def test_a_client_id_stands_for_one_check_in():
    one, two, when = officer(), officer(), at(MONDAY)
    sent = presence(when=when)
    check_in(access=access_for(one), presence=sent, now=when)
    with pytest.raises(Conflict):
        check_in(access=access_for(two), presence=sent, now=when)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("offset", "code"),
    [
        (timedelta(minutes=6), "device-clock-ahead"), (timedelta(minutes=4), ""),
        (timedelta(hours=-71, minutes=-59), ""),
        (timedelta(hours=-72, minutes=-1), "check-in-too-old"),
    ],
)  # fmt: skip
def test_times_of_the_phone(offset, code):
    now = at(MONDAY)
    access = access_for(officer())
    if code:
        with pytest.raises(Invalid) as refusal:
            check_in(access=access, presence=presence(when=now + offset), now=now)
        assert refusal.value.code == code
        assert not CheckIn.objects.exists()
    else:
        assert check_in(access=access, presence=presence(when=now + offset), now=now).device_at == now + min(
            offset, timedelta(0)
        )


@pytest.mark.django_db
def test_outside_the_grid_says_where_one_is_and_how_far():
    here = middle(NEXT_GRID)
    with pytest.raises(Invalid) as refusal:
        check_in(access=access_for(officer()), presence=presence(when=at(MONDAY), point=here), now=at(MONDAY))
    assert refusal.value.code == "not-in-the-grid"
    assert refusal.value.extra["stands_in"]["code"] == NEXT_GRID
    assert refusal.value.extra["distance_m"] > 20
    assert "三益街社区 网格 002" in str(refusal.value.detail)


@pytest.mark.django_db
def test_the_edge_is_taken_by_what_the_phone_can_know():
    boundary = Grid.objects.get(code=SANYI_GRID).boundary
    edge = min(boundary.coords[0])  # the westernmost corner; 0.0005 degrees further west are about 49 m
    access, when = access_for(officer()), at(MONDAY)

    def sent(accuracy: float | None) -> Presence:
        return presence(when=when, point=GivenPoint(edge[0] - 0.0005, edge[1], Crs.WGS84, accuracy))

    for accuracy in (None, 5.0):
        with pytest.raises(Invalid):
            check_in(access=access, presence=sent(accuracy), now=when)
    assert check_in(access=access, presence=sent(40.0), now=when).made
    with pytest.raises(Invalid) as refusal:
        check_in(access=access, presence=sent(900.0), now=when)
    assert refusal.value.code == "place-inexact"


@pytest.mark.django_db
def test_only_who_walked_the_grid_at_that_time():
    stranger, leaving, coming = officer(NEXT_GRID), officer(), officer()
    leaving.posts.update(until=at(MONDAY, 12))
    coming.posts.update(since=at(MONDAY, 12))
    now = at(MONDAY, 15)
    for user in (stranger, coming):
        with pytest.raises(Forbidden):
            check_in(access=access_for(user, now=now), presence=presence(when=at(MONDAY, 9)), now=now)
    sent = presence(when=at(MONDAY, 9))  # the post has ended since: the signal came late
    assert check_in(access=access_for(leaving, now=now), presence=sent, now=now).made


def test_many_sendings_at_once_are_one(committed):
    user = officer()
    when = timezone.now()
    same = presence(when=when)
    others = [presence(when=when) for _ in range(3)]
    receipts = together(*(
        lambda sent=sent: check_in(access=access_for(user), presence=sent, now=when) for sent in [same, same, *others]
    ))  # fmt: skip
    assert [one.made for one in receipts].count(True) == 1
    assert CheckIn.objects.count() == AuditEntry.objects.filter(action="patrol.check_in").count() == 1


# Plans


@pytest.mark.django_db
def test_plans_are_loaded_and_loaded_again_without_effect(tmp_path):
    lines = [
        f"城区日巡,,{SANYI_GRID},day,1,yes,2026-03-01,,{TOWN}",
        f"资阳月巡,{ZIYANG},,月,2,否,2026-03-01,2027-01-01,centre-{ZIYANG}",
    ]
    assert load(tmp_path, *lines).startswith("2 plans, 2 of them new")
    assert load(tmp_path, *lines).startswith("2 plans, 0 of them new")
    rows = list(PatrolPlan.objects.values_list("name", "cadence", "times", "key_area"))
    assert rows == [("城区日巡", "day", 1, True), ("资阳月巡", "month", 2, False)]
    assert AuditEntry.objects.filter(action="patrol.plan_set").count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("a,,,week,1,no,2026-03-01,,O", "give a region or grids"),
        (f"a,{ZIYANG},{SANYI_GRID},week,1,no,2026-03-01,,O", "give a region or grids"),
        (f"a,{ZIYANG},,year,1,no,2026-03-01,,O", "every: day, week or month"),
        (f"a,{ZIYANG},,week,8,no,2026-03-01,,O", "times: 1 to 7 a week"),
        (f"a,{ZIYANG},,day,2,no,2026-03-01,,O", "times: 1 to 1 a day"),
        (f"a,{ZIYANG},,week,1,maybe,2026-03-01,,O", "key_area: yes or no"),
        (f"a,{ZIYANG},,week,1,no,1 March,,O", "days like 2026-03-01"),
        (f"a,{ZIYANG},,week,1,no,2026-03-01,2026-03-01,O", "until: a day after since"),
        (f",{ZIYANG},,week,1,no,2026-03-01,,O", "name: 1 to 80"),
        ("a,999999999999,,week,1,no,2026-03-01,,O", "there is no region 999999999999"),
        (f"a,,999999999999999,week,1,no,2026-03-01,,{TOWN}", "there is no grid 999999999999999"),
        (f"a,{ZIYANG},,week,1,no,2026-03-01,,nowhere", "there is no organisation nowhere"),
        (f"good,{ZIYANG},,week,2,no,2026-03-01,,{TOWN}", "good: named twice"),
    ],
)
def test_a_bad_line_loads_nothing_and_is_named(tmp_path, line, words):
    with pytest.raises(CommandError, match="nothing was loaded") as refusal:
        load(tmp_path, f"good,{ZIYANG},,week,1,no,2026-03-01,,{TOWN}", line)
    assert words in str(refusal.value)
    assert not PatrolPlan.objects.exists()


@pytest.mark.django_db
def test_other_columns_and_other_files_are_refused(tmp_path):
    file = tmp_path / "plans.csv"
    for content in (b"a,b\n1,2\n", HEAD.encode(), b"\xff\xfe\x00"):
        file.write_bytes(content)
        with pytest.raises(CommandError, match="nothing was loaded"):
            call_command("load_patrol_plans", str(file))
    with pytest.raises(CommandError, match="there is no file"):
        call_command("load_patrol_plans", str(tmp_path / "none.csv"))


@pytest.mark.django_db
def test_a_plan_is_not_rewritten_but_may_end_from_today_on(tmp_path):
    today = timezone.localdate()
    plan = f"a,{ZIYANG},,week,{{}},no,2026-03-02,{{}},centre-{ZIYANG}"
    load(tmp_path, plan.format(1, ""))
    for changed in (plan.format(2, ""), plan.format(1, today - timedelta(days=1))):
        with pytest.raises(CommandError, match="nothing was loaded"):
            load(tmp_path, changed)
    assert "1 of them new or with another end" in load(tmp_path, plan.format(1, today))
    assert PatrolPlan.objects.get().until == today
    with pytest.raises(CommandError, match="what is past stays"):
        load(tmp_path, plan.format(1, ""))


# Coverage


def covered(user, first: date, last: date, *, now: datetime, as_of: datetime | None = None, region: str = ""):
    wanted = Asked(region=region, first=first, last=last, as_of=as_of)
    return patrols.coverage(access_for(user, now=now), wanted, now=now)


@pytest.mark.django_db
def test_coverage_by_hand_and_the_rows_behind_it(tmp_path):
    weekly(tmp_path)
    walker, other = officer(), officer(NEXT_GRID)
    desk = user_with("dispatcher", TOWN)
    week = timedelta(days=7)
    there(walker, MONDAY)
    there(walker, MONDAY + week)
    there(other, MONDAY + timedelta(days=6), grid=NEXT_GRID)
    now = at(MONDAY + 2 * week)
    found = covered(desk, MONDAY, MONDAY + 2 * week, now=now)
    total = found.total
    assert (total.due, total.visited, total.key_due, total.key_visited) == (4, 3, 4, 3)
    assert (total.today_visited, total.today_due, total.today_overdue) == (0, 1, 1)
    by_name = {row.name: (row.due, row.visited) for row in found.rows if row.due}
    assert list(by_name.values()) == [(4, 3)]
    village = next(row for row in found.rows if row.due)
    below = covered(desk, MONDAY, MONDAY + 2 * week, now=now, region=village.path)
    assert [(row.code, row.due, row.visited) for row in below.rows if row.due] == [
        (SANYI_GRID, 2, 2), (NEXT_GRID, 2, 1),
    ]  # fmt: skip
    behind = patrols.grids_behind(
        access_for(desk, now=now), Asked(first=MONDAY, last=MONDAY + 2 * week), show="missed", now=now
    )
    assert [(row.code, row.status, row.visited_on) for row in behind.rows] == [
        (NEXT_GRID, "overdue", MONDAY + timedelta(days=6))
    ]
    assert behind.rows[0].officers == [other.name]
    assert sum(row.due for row in found.rows) == total.due


@pytest.mark.django_db
def test_the_week_as_it_stood_then(tmp_path):
    """What came late counts from when it came; a report made again as of then is the same report."""
    weekly(tmp_path)
    walker, desk = officer(), user_with("dispatcher", TOWN)
    sunday = MONDAY + timedelta(days=6)
    there(walker, sunday, arrived=at(sunday + timedelta(days=2)))
    then, later = at(sunday + timedelta(days=1)), at(sunday + timedelta(days=5))
    before = covered(desk, MONDAY, sunday, now=then)
    assert (before.total.due, before.total.visited) == (2, 0)
    assert covered(desk, MONDAY, sunday, now=later).total.visited == 1
    again = covered(desk, MONDAY, sunday, now=later, as_of=then)
    assert (again.total.due, again.total.visited) == (2, 0)
    running = covered(desk, MONDAY, sunday, now=later, as_of=at(sunday))
    assert running.total.due == 0  # the week is not over by then
    PatrolPlan.objects.update(set_at=later)
    assert covered(desk, MONDAY, sunday, now=later, as_of=then).total.due == 0  # nobody had asked for it yet


@pytest.mark.django_db
def test_who_reads_which_ground():
    city = covered(user_with("leader", f"centre-{CITY}"), MONDAY, MONDAY, now=at(MONDAY))
    assert len(city.rows) == 2
    village = user_with("grid_lead", TOWN, region="430902005002")
    rows = covered(village, MONDAY, MONDAY, now=at(MONDAY)).rows
    assert {row.level for row in rows} == {"grid"}
    far = patrols.coverage(access_for(user_with("supervisor", f"centre-{HESHAN}")), Asked()).total.path
    with pytest.raises(NotFound):
        covered(village, MONDAY, MONDAY, now=at(MONDAY), region=far)
    for role in ("dept_clerk", "sysadmin", "secadmin", "auditor"):
        with pytest.raises(Forbidden):
            covered(user_with(role, TOWN), MONDAY, MONDAY, now=at(MONDAY))
        with pytest.raises(Forbidden):
            patrols.statuses(access_for(user_with(role, TOWN)))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wanted",
    [
        Asked(first=date(2026, 3, 2), last=date(2026, 3, 1)), Asked(first=date(2024, 1, 1), last=date(2026, 1, 1)),
        Asked(last=date.min), Asked(last=date.max), Asked(first=date.min, last=date.min),
        Asked(as_of=datetime(1, 1, 1, tzinfo=ZONE)),
    ],
)  # fmt: skip
def test_days_that_make_no_sense(wanted):
    with pytest.raises(Invalid):
        patrols.coverage(access_for(user_with("leader", TOWN)), wanted)


@pytest.mark.django_db
def test_an_officer_sees_the_own_grids_and_the_one_stood_in_for(tmp_path):
    weekly(tmp_path)
    mine, away = officer(), officer(NEXT_GRID)
    now = at(MONDAY)
    user_with("grid_officer", TOWN, grid=NEXT_GRID, user=mine)
    mine.posts.filter(grid__code=NEXT_GRID).update(stands_in_for=away.posts.get(), until=now + timedelta(days=1))
    there(mine, MONDAY)
    page = patrols.patrol_of(access_for(mine, now=now), now=now)
    assert [(row.code, row.status, row.stands_in_for) for row in page.own] == [
        (NEXT_GRID, "overdue", away.name), (SANYI_GRID, "visited", None),
    ]  # fmt: skip
    assert [row.checked_in_at for row in page.own] == [None, at(MONDAY)]
    assert (page.led, page.led_total) == ([], None)
    lead = user_with("grid_lead", TOWN, region="430902005002")
    led = patrols.patrol_of(access_for(lead, now=now), now=now)
    assert {row.code for row in led.led} >= {SANYI_GRID, NEXT_GRID}
    assert led.own == []
    assert led.led_total.today_overdue == 1


@pytest.mark.django_db
def test_the_last_check_in_is_todays_and_for_readers_of_the_ground_only():
    walker, desk = officer(), user_with("dispatcher", TOWN)
    path = Grid.objects.get(code=SANYI_GRID).path
    today = timezone.localdate()
    there(walker, today - timedelta(days=1))
    asked = {"path": path, "users": [walker.pk]}
    assert patrols.last_check_ins(access_for(desk), **asked) == {}
    now = timezone.now()
    check_in(access=access_for(walker), presence=presence(when=now), now=now)
    seen = patrols.last_check_ins(access_for(desk), **asked)[walker.pk]
    assert seen.at == now
    assert seen.place.endswith("网格 001")
    for other in (user_with("dept_clerk", TOWN), user_with("leader", f"centre-{HESHAN}")):
        assert patrols.last_check_ins(access_for(other), **asked) == {}
    assert set(vars(seen)) == {"at", "place"}


@pytest.mark.django_db
def test_the_number_of_queries_does_not_grow_with_the_grids(tmp_path):
    weekly(tmp_path)
    leader, lead = user_with("leader", f"centre-{CITY}"), user_with("grid_lead", TOWN, region="430902005002")
    there(officer(), timezone.localdate() - timedelta(days=1))
    city, village = access_for(leader), access_for(lead)
    reads = (
        (lambda who: patrols.coverage(who, Asked()), (city, village), 7),
        (lambda who: patrols.grids_behind(who, Asked()), (city, village), 7),
        (patrols.statuses, (city, village), 5),
        (patrols.patrol_of, (village,), 7),
    )
    for read, readers, most in reads:
        for access in readers:
            with CaptureQueriesContext(connection) as queries:
                read(access)
            assert len(queries) <= most, [one["sql"] for one in queries.captured_queries]
