"""Sharing between organisations: a grant opens exactly what it says, to whom it says, for as long as it says."""

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from events.grants import READERS, Act, Standing, joins, may, openings, standing_of
from events.models import Category, Event, Task
from events.policy import allowed_steps, lent_events, scope_of, sight_of, visible_events
from events.selectors import cards, lending
from events.selectors.duplicates import of_event
from events.services import deeds
from events.services.lending import LONGEST, Request, ask, decide, note_lapsed
from events.services.routing import offered
from events.sight import Opening, Scope, Sight
from events.workflow import State
from grid.models import AuditEntry, EventGrant, GrantState, Grid, Organisation, OrganisationKind, Region, Role
from grid.paths import paths_down_to
from grid.policy import Access, Duty, Lent
from grid.refusals import Conflict, Forbidden, Invalid, NotFound, Refusal
from tests.factories import access_for, brought_to, reported, step, ticketed, user_with
from tests.factories.lending import LEAST, lent
from tests.factories.people import CITY, DAMATOU, HESHAN, ZIYANG, organisation
from tests.factories.sharing import dispatcher_of, shared, someone

COUNTY, TOWN = f"centre-{ZIYANG}", f"centre-{DAMATOU}"
FAR_COUNTY, FAR = f"centre-{HESHAN}", f"dept-{HESHAN}-chengguan_zhujian"
FIRE = f"dept-{ZIYANG}-yingji_xiaofang"
FAR_GRID = "430903001002001"

# The pure rule


_PATHS = ("43/", "43/02/", "43/02/005/", "43/03/", "43/03/001/")
_CODES = ("06-001", "06-002", "07-001", "10-001", "09-001", "")
_scopes = st.builds(
    Scope, path=st.sampled_from(("", *_PATHS)), grid=st.none(), holder=st.integers(1, 3), passed=st.just(()),
    parties=st.lists(st.integers(1, 4), max_size=2).map(tuple), workers=st.just(()), reporter=st.none(),
    restricted=st.booleans(), category=st.sampled_from(_CODES),
)  # fmt: skip
_classes = st.lists(st.sampled_from(("06", "06-001", "07-001", "10", "09", "09-001")), min_size=1, max_size=3)
_lents = st.builds(
    Lent, grant=st.just(1), owner=st.integers(1, 4), grantee=st.integers(1, 2), by_ground=st.booleans(),
    path=st.sampled_from(_PATHS), classes=_classes.map(tuple), join=st.booleans(),
    until=st.just(datetime(2027, 1, 1, tzinfo=UTC)),
)  # fmt: skip


def _reader(role: str, at: int, lents: list[Lent]) -> Access:
    duty = Duty(
        role=role, organisation=at, organisation_name="", organisation_kind="department", level="county", public=True,
        path="99/", grid=None, grid_path="",
    )  # fmt: skip
    return Access(user=7, name="", duties=(duty,), lent=tuple(lents))


@given(scope=_scopes, lents=st.lists(_lents, max_size=3), role=st.sampled_from(list(Role)), at=st.integers(1, 2))
def test_an_opening_is_class_and_region_and_owner_and_grantee_and_nothing_else(scope, lents, role, at):
    """Against the words of the rule, written down once more: whoever stands elsewhere sees an event by grants alone."""
    sight = Sight(openings=openings(_reader(role, at, lents)))
    expected = role in READERS and any(
        one.grantee == at
        and not scope.restricted
        and scope.category[:2] not in ("", "09")
        and any(code in (scope.category, scope.category[:2]) for code in one.classes)
        and scope.path.startswith(one.path)
        and (one.by_ground or one.owner in scope.parties)
        for one in lents
    )
    assert sight.sees(scope) == expected


@given(scope=_scopes.filter(lambda one: one.path and one.category))
def test_what_fits_in_all_but_one_respect_stays_closed(scope):
    opening = Opening(path=scope.path, classes=(scope.category,), owner=5)
    fitting = replace(scope, parties=(5,), restricted=False)
    sight = Sight(openings=(opening,))
    assert sight.sees(fitting)
    for other in (
        replace(fitting, path=scope.path[:-1]), replace(fitting, category="11-001"), replace(fitting, category=""),
        replace(fitting, category=scope.category[:2]), replace(fitting, parties=(6,)),
        replace(fitting, restricted=True), replace(fitting, path="44/"),
    ):  # fmt: skip
        assert not sight.sees(other)


# The same rule in SQL, over rows


@pytest.mark.django_db
def test_sql_and_python_and_the_words_of_the_rule_agree_over_random_grants():
    rng = random.Random(20261122)
    now = timezone.now()
    grids = list(Grid.objects.all())
    bodies = list(Organisation.objects.select_related("region").order_by("code"))
    events = _random_events(rng, grids, [one.pk for one in bodies], 300)
    few = rng.sample(bodies, 12)
    grants = [_random_grant(rng, few, now) for _ in range(200)]
    opened_at_all = 0
    for number in range(60):
        body, role = rng.choice(few), list(Role)[number % len(Role)]
        grid = rng.choice(grids).code if role == Role.GRID_OFFICER else None
        access = access_for(user_with(role.value, body, grid=grid), now=now)
        own = {one.pk for one in events if sight_of(access.unlent()).sees(scope_of(one))}
        opened = {
            one.pk for one in events
            if role in READERS and any(grant.grantee == body and _opens(grant, one, now) for grant in grants)
        }  # fmt: skip
        found = set(Event.objects.filter(visible_events(access)).values_list("pk", flat=True))
        assert found == own | opened == {one.pk for one in events if sight_of(access).sees(scope_of(one))}
        assert set(Event.objects.filter(lent_events(access)).values_list("pk", flat=True)) == opened - own
        opened_at_all += bool(opened - own)
    assert opened_at_all > 5


def _random_events(rng, grids, bodies, count):
    categories = [None, *Category.objects.all()]
    made = []
    for number in range(count):
        grid, category = rng.choice([None, *grids]), rng.choice(categories)
        made.append(
            Event(
                no=f"EV-{number}", state="reported", source="officer", holder_id=rng.choice(bodies), level="city",
                path=grid.path if grid else "", grid=grid, category=category,
                restricted=bool(category and category.major == "09") or rng.random() < 0.2,
                parties=rng.sample(bodies, rng.randint(0, 3)), reported_at="2026-11-20T00:00:00Z",
            )
        )  # fmt: skip
    return Event.objects.bulk_create(made)


def _random_grant(rng, bodies, now):
    owner, grantee = rng.sample(bodies, 2)
    inside = Region.objects.filter(path__startswith=owner.region.path).values_list("path", flat=True)
    since = now + rng.choice([timedelta(days=-2), timedelta(0), LEAST])
    return EventGrant.objects.create(
        owner=owner, grantee=grantee, path=rng.choice(list(inside)), reason="联合整治", asked_at=now,
        classes=sorted(rng.sample(["01", "05", "06", "06-001", "07", "08-002", "09", "10"], rng.randint(1, 4))),
        state=rng.choice(["granted"] * 5 + ["refused", "ended", "withdrawn", "lapsed"]), since=since,
        until=rng.choice([now, now + LEAST, now + timedelta(days=2)]) if since < now else now + timedelta(days=2),
    )  # fmt: skip


def _opens(grant, event, now):
    """The words of the rule, once more."""
    if grant.state != "granted" or not grant.since <= now < grant.until or event.restricted or event.category is None:
        return False
    if event.category.major == "09" or not {event.category.code, event.category.major} & set(grant.classes):
        return False
    own = grant.owner.kind == OrganisationKind.CENTRE or grant.owner_id in event.parties
    return own and event.path.startswith(grant.path)


def _sees(access: Access, event: Event) -> bool:
    return Event.objects.filter(visible_events(access), pk=event.pk).exists()


@pytest.mark.django_db
def test_it_holds_from_its_first_moment_to_before_its_last_and_nothing_has_to_run():
    event, clerk, now = reported(), user_with("dept_clerk", FAR), timezone.now()
    start, end = now + timedelta(hours=1), now + timedelta(hours=2)
    lent(COUNTY, FAR, region=ZIYANG, since=start, until=end)
    seen = [
        _sees(access_for(clerk, now=at), event) for at in (now, start - LEAST, start, end - LEAST, end, end + LEAST)
    ]
    assert seen == [False, False, True, True, False, False]


@pytest.mark.django_db
@pytest.mark.parametrize("state", [one for one in GrantState if one != GrantState.GRANTED])
def test_whatever_was_not_granted_or_is_over_opens_nothing(state):
    event, clerk = reported(), user_with("dept_clerk", FAR)
    lent(COUNTY, FAR, region=ZIYANG, state=state)
    assert not _sees(access_for(clerk), event)


@pytest.mark.django_db
def test_disputes_and_secret_orders_are_never_shared_whatever_a_row_says():
    dispute, secret = reported(category="09-001"), ticketed(secret=True)
    lent(COUNTY, FAR, region=ZIYANG, classes=("09", "09-001", "06"))
    reader = access_for(user_with("leader", FAR_COUNTY)), access_for(user_with("dept_lead", FAR))
    for access in reader:
        assert not _sees(access, dispute)
        assert not _sees(access, secret)
        assert not any("09" in opening.classes for opening in openings(access))


@pytest.mark.django_db
def test_an_event_that_becomes_a_dispute_is_out_of_sight_at_once():
    event = ticketed(category="06-003")
    lent(COUNTY, FAR, region=ZIYANG)
    clerk = access_for(user_with("dept_clerk", FAR))
    assert _sees(clerk, event)
    step(event, deeds.Recategorise(category="09-001"), access_for(user_with("acceptor", event.holder)))
    assert not _sees(clerk, event)


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
def test_it_opens_to_those_who_read_for_the_grantee_alone(role):
    event = reported()
    lent(COUNTY, FAR_COUNTY, region=ZIYANG)
    grid = FAR_GRID if role == Role.GRID_OFFICER else None
    assert _sees(access_for(user_with(role.value, FAR_COUNTY, grid=grid)), event) == (role in READERS)


@pytest.mark.django_db
def test_a_department_lends_what_it_has_a_task_in_and_a_centre_its_ground():
    led, other = brought_to(reported(), State.HANDLING), reported()
    lent(led.lead.code, FAR, region=ZIYANG)
    clerk = access_for(user_with("dept_clerk", FAR))
    assert (_sees(clerk, led), _sees(clerk, other)) == (True, False)
    lent(TOWN, FAR, region=DAMATOU)
    again = access_for(user_with("dept_clerk", FAR))
    assert (_sees(again, led), _sees(again, other)) == (True, True)


@pytest.mark.django_db
def test_what_was_lent_is_not_lent_on():
    event = reported()
    lent(COUNTY, FAR, region=ZIYANG)
    lent(FAR, FIRE, region=HESHAN)
    third = f"dept-{HESHAN}-yingji_xiaofang"
    EventGrant.objects.create(
        owner=organisation(FAR), grantee=organisation(third), path=event.path[:5], classes=["06"], reason="再转授",
        state=GrantState.GRANTED, asked_at=timezone.now(), since=timezone.now() - timedelta(days=1),
        until=timezone.now() + timedelta(days=1),
    )  # fmt: skip
    assert _sees(access_for(user_with("dept_clerk", FAR)), event)
    assert not _sees(access_for(user_with("dept_clerk", third)), event)


# Taking part


def _steps(access, event):
    event.refresh_from_db()
    tasks = list(Task.objects.filter(event=event))
    return {row.step.value for row in allowed_steps(access, event, tasks, now=timezone.now())}


@pytest.mark.django_db
@pytest.mark.parametrize("role", READERS)
@pytest.mark.parametrize("state", [State.REPORTED, State.ACCEPTED, State.HANDLING, State.PENDING_CHECK])
def test_reading_is_reading_and_taking_part_is_notes(role, state):
    event = brought_to(reported(), state)
    user = user_with(role.value, FAR_COUNTY)
    grant = lent(COUNTY, FAR_COUNTY, region=ZIYANG)
    assert _steps(access_for(user), event) == set()
    with pytest.raises(Forbidden):
        step(event, deeds.Note(text="我们也想说一句"), access_for(user))
    EventGrant.objects.filter(pk=grant.pk).update(join=True)
    assert _steps(access_for(user), event) == {"note"}
    noted = step(event, deeds.Note(text="我们也想说一句"), access_for(user))
    assert organisation(FAR_COUNTY).pk not in {*noted.passed, *noted.parties}


@pytest.mark.django_db
def test_who_may_take_part_can_be_given_a_share_and_keeps_it_when_the_grant_ends():
    event = shared(reported())
    grant = lent(COUNTY, FAR, region=ZIYANG)
    dispatcher, guest = dispatcher_of(event), organisation(FAR)

    def names(step_name="add_joint"):
        event.refresh_from_db()
        return {row.organisation.pk: row.reason for row in offered(event, step_name, now=timezone.now())}

    assert guest.pk not in names()
    with pytest.raises(Invalid, match="organisation-not-offered"):
        step(event, deeds.AddJoint(joint=(guest.pk,)), dispatcher)
    EventGrant.objects.filter(pk=grant.pk).update(join=True)
    with translation.override("en"):
        assert names()[guest.pk] == f"{organisation(COUNTY).short_name} lets it take part."
    assert guest.pk not in names("redispatch")
    step(event, deeds.AddJoint(joint=(guest.pk,)), dispatcher)
    EventGrant.objects.filter(pk=grant.pk).update(state=GrantState.ENDED)
    clerk = someone("dept_clerk", FAR)
    assert _sees(clerk, event)
    step(event, deeds.JointSign(), clerk)


@pytest.mark.django_db
def test_nothing_of_ones_own_is_merged_into_what_is_lent_nor_offered_for_it():
    theirs, ours = reported(), reported(grid=FAR_GRID)
    lent(COUNTY, ours.holder.code, region=ZIYANG, join=True)
    acceptor = access_for(user_with("acceptor", ours.holder))
    assert _sees(acceptor, theirs)
    with pytest.raises(Invalid, match="target-unknown"):
        step(ours, deeds.Merge(into=theirs.no), acceptor)
    near = reported()
    assert of_event(acceptor, near) == []


# What the reader and everybody in the case are told


@pytest.mark.django_db
def test_the_card_says_by_whose_leave_and_who_else_reads():
    event = reported()
    grant = lent(COUNTY, FAR, region=ZIYANG)
    lent(FIRE, FAR_COUNTY, region=ZIYANG)  # of events with a task of its own alone
    clerk, officer = access_for(user_with("dept_clerk", FAR)), access_for(user_with("acceptor", TOWN))
    with translation.override("en"):
        told = cards.card(clerk, event.no)
        own = cards.card(officer, event.no)
    by, last = organisation(COUNTY).short_name, timezone.localtime(grant.until).strftime("%Y-%m-%d %H:%M")
    assert told.shared.words == f"Shared by {by} until {last}, to read."
    assert (told.shared.grant, told.shared.join, own.shared) == (grant.pk, False, None)
    for card in (told, own):
        assert organisation(FAR).short_name in card.seen_by
        assert organisation(FAR_COUNTY).short_name not in card.seen_by
    EventGrant.objects.filter(pk=grant.pk).update(until=timezone.now())
    assert organisation(FAR).short_name not in cards.card(officer, event.no).seen_by
    with pytest.raises(NotFound):
        cards.card(access_for(user_with("dept_clerk", FAR)), event.no)


@pytest.mark.django_db
def test_who_is_said_to_read_an_event_and_may_be_let_in_follows_the_same_rule():
    """`seen_by` and `let_in` are SQL of their own: over random grants they say what the rule says."""
    rng = random.Random(7)
    now = timezone.now()
    bodies = list(Organisation.objects.select_related("region").order_by("code"))
    events = _random_events(rng, list(Grid.objects.all()), [one.pk for one in bodies], 40)
    for _ in range(150):
        grant = _random_grant(rng, bodies, now - LEAST)
        EventGrant.objects.filter(pk=grant.pk).update(join=rng.random() < 0.5)
    grants = list(EventGrant.objects.select_related("owner", "grantee"))
    for event in events:
        reading = {one.grantee.short_name for one in grants if _opens(one, event, now)}
        told = set(cards._seen_by(event, now))
        assert reading <= told
        for body in bodies:
            known = {*event.passed, *event.parties} | set()
            over = not event.restricted and body.short_name in {
                node.name for node in Region.objects.filter(path__in=paths_down_to(event.path))
            }
            if body.pk not in known and not over:
                assert (body.short_name in told) == (body.short_name in reading)
        let_in = {one.pk for one in lending.let_in(event, now=now)}
        assert let_in == {one.pk for one in grants if one.join and _opens(one, event, now)}


@pytest.mark.django_db
def test_taking_part_is_of_the_post_at_the_grantee():
    event = reported()
    lent(COUNTY, FAR, region=ZIYANG, join=True)
    access = access_for(user_with("dept_clerk", FAR, user=user_with("dept_clerk", f"dept-{HESHAN}-minzheng_sifa")))
    assert [joins(access, duty, scope_of(event)) for duty in access.duties] == [False, True]


# The doors


def wish(**changed) -> Request:
    today = timezone.localdate()
    fields = {
        "owner": organisation(COUNTY).pk, "path": Region.objects.get(code=ZIYANG).path, "classes": ("06",),
        "reason": "沿河联合整治需要掌握情况", "until": today + timedelta(days=30),
    }  # fmt: skip
    return Request(**fields | changed)


@pytest.fixture
def asker(db):
    return access_for(user_with("dept_lead", FAR))


@pytest.fixture
def leader(db):
    return access_for(user_with("leader", COUNTY))


def test_asked_approved_and_over_by_itself(asker, leader):
    event, now = reported(), timezone.now()
    grant = ask(access=asker, request=wish(classes=("06-001", "06", "07-001")))
    assert (grant.state, grant.classes, grant.grantee_id) == ("asked", ["06", "07-001"], organisation(FAR).pk)
    assert not _sees(access_for(user_with("dept_clerk", FAR)), event)
    done = decide(access=leader, number=grant.pk, act=Act.APPROVE, text="同意，到期请勿再用")
    assert (done.answered_by_id, standing_of(done, timezone.now())) == (leader.user, Standing.HOLDS)
    clerk = user_with("dept_clerk", FAR)
    assert _sees(access_for(clerk), event)
    last_day = timezone.localtime(grant.until - LEAST).date()
    assert last_day == timezone.localdate(now) + timedelta(days=30)
    assert not _sees(access_for(clerk, now=grant.until), event)
    assert standing_of(done, grant.until) == Standing.LAPSED


@pytest.mark.parametrize("side", ["owner", "grantee"])
def test_either_side_ends_it_at_once(asker, leader, side):
    event, grant = reported(), ask(access=asker, request=wish())
    decide(access=leader, number=grant.pk, act=Act.APPROVE)
    clerk = user_with("dept_clerk", FAR)
    assert _sees(access_for(clerk), event)
    decide(access=leader if side == "owner" else asker, number=grant.pk, act=Act.END)
    assert not _sees(access_for(clerk), event)


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"owner": 10**9}, "owner", "owner-unknown"),
        ({"path": "9/9/"}, "path", "region-unknown"),
        ({"classes": ()}, "classes", "classes-needed"),
        ({"classes": ("06", "99")}, "classes", "category-unknown"),
        ({"classes": ("06", "09")}, "classes", "dispute-not-shared"),
        ({"classes": ("09-001",)}, "classes", "dispute-not-shared"),
        ({"reason": "  要看 "}, "reason", "reason-needed"),
        ({"grantee": 1}, "grantee", "grantee-unknown"),
    ],
)
def test_what_cannot_be_taken_is_refused_on_its_field(asker, changed, field, code):
    with pytest.raises(Invalid) as refused:
        ask(access=asker, request=wish(**changed))
    assert (refused.value.field, refused.value.code) == (field, code)
    assert not EventGrant.objects.exists()


def test_the_period_is_a_future_one_of_a_year_at_most(asker):
    today, day = timezone.localdate(), timedelta(days=1)
    for changed, field in (
        ({"until": today - day}, "until"), ({"since": today - day}, "since"),
        ({"since": today + 2 * day, "until": today + day}, "until"), ({"until": today + LONGEST}, "until"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            ask(access=asker, request=wish(**changed))
        assert refused.value.field == field
    longest = ask(access=asker, request=wish(since=today + day, until=today + LONGEST))
    assert longest.until - longest.since == LONGEST
    shortest = ask(access=asker, request=wish(until=today, classes=("07",)))
    assert shortest.since < shortest.until <= timezone.now() + day


def test_the_region_is_the_owners_and_the_events_are_anothers(asker):
    with pytest.raises(Invalid) as refused:
        ask(access=asker, request=wish(path=Region.objects.get(code=HESHAN).path))
    assert refused.value.code == "region-not-the-owners"
    with pytest.raises(Invalid) as refused:
        ask(access=asker, request=wish(owner=organisation(FAR).pk))
    assert refused.value.code == "own-events"


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
def test_who_asks_and_who_answers(role):
    grid = FAR_GRID if role == Role.GRID_OFFICER else None
    asking = access_for(user_with(role.value, FAR_COUNTY, grid=grid))
    if role in (Role.SHIFT_LEAD, Role.DEPT_LEAD, Role.LEADER):
        assert ask(access=asking, request=wish()).state == "asked"
        EventGrant.objects.all().delete()
    else:
        with pytest.raises(Forbidden):
            ask(access=asking, request=wish())
    grant = lent(FAR_COUNTY, FAR, region=HESHAN, state=GrantState.ASKED)
    if role in (Role.DEPT_LEAD, Role.LEADER):
        assert decide(access=asking, number=grant.pk, act=Act.APPROVE).state == "granted"
    else:
        with pytest.raises(Forbidden if role in READERS else NotFound):
            decide(access=asking, number=grant.pk, act=Act.APPROVE)


def test_who_asked_never_approves_though_a_post_at_the_owner_would(asker):
    both = user_with("leader", COUNTY, user=user_with("dept_lead", FAR))
    grant = ask(access=access_for(both), request=wish(grantee=organisation(FAR).pk))
    with pytest.raises(Forbidden) as refused:
        decide(access=access_for(both), number=grant.pk, act=Act.APPROVE)
    assert refused.value.code == "own-request"
    assert decide(access=access_for(both), number=grant.pk, act=Act.REFUSE, text="自己提的自己退回").state == "refused"


def test_a_stranger_finds_nothing(asker, leader):
    grant = ask(access=asker, request=wish())
    with pytest.raises(NotFound):
        decide(access=access_for(user_with("leader", f"centre-{CITY}")), number=grant.pk, act=Act.APPROVE)


def test_a_refusal_says_why(asker, leader):
    grant = ask(access=asker, request=wish())
    with pytest.raises(Invalid) as refused:
        decide(access=leader, number=grant.pk, act=Act.REFUSE, text=" 不行 ")
    assert refused.value.field == "text"
    grant.refresh_from_db()
    assert grant.state == "asked"
    assert decide(access=leader, number=grant.pk, act=Act.REFUSE, text="与职责无关，请说明").state == "refused"


def test_the_same_waits_once_and_may_be_asked_again_when_it_was_answered(asker, leader):
    grant = ask(access=asker, request=wish())
    with pytest.raises(Conflict, match="asked-already"):
        ask(access=asker, request=wish(reason="换一个理由再申请一次"))
    decide(access=leader, number=grant.pk, act=Act.REFUSE, text="与职责无关，请说明")
    assert ask(access=asker, request=wish()).pk != grant.pk


def _late(access, grant, act):
    with pytest.raises(Conflict) as refused:
        decide(access=access, number=grant.pk, act=act, text="写明理由再来处理")
    return refused.value.code


def test_what_comes_too_late_is_told_how_it_stands(asker, leader):
    grant = ask(access=asker, request=wish())
    assert _late(leader, grant, Act.END) == "grant-asked"
    decide(access=leader, number=grant.pk, act=Act.APPROVE)
    assert _late(leader, grant, Act.APPROVE) == "grant-holds"
    assert _late(leader, grant, Act.REFUSE) == "grant-holds"
    assert _late(asker, grant, Act.WITHDRAW) == "grant-holds"
    decide(access=leader, number=grant.pk, act=Act.END)
    assert _late(leader, grant, Act.END) == "grant-ended"
    again = ask(access=asker, request=wish())
    decide(access=asker, number=again.pk, act=Act.WITHDRAW)
    assert _late(leader, again, Act.APPROVE) == "grant-withdrawn"
    third = lent(COUNTY, FAR, region=ZIYANG, state="asked", until=timezone.now())
    assert _late(leader, third, Act.APPROVE) == "grant-lapsed"


def test_every_act_is_one_row_of_the_audit_without_anybodys_words(asker, leader):
    grant = ask(access=asker, request=wish())
    decide(access=leader, number=grant.pk, act=Act.APPROVE, text="同意你们的申请")
    decide(access=leader, number=grant.pk, act=Act.END, text="整治已经结束了")
    other = ask(access=asker, request=wish())
    decide(access=leader, number=other.pk, act=Act.REFUSE, text="整治已经结束了")
    taken = ask(access=asker, request=wish(classes=("07",)))
    decide(access=asker, number=taken.pk, act=Act.WITHDRAW)
    rows = AuditEntry.objects.filter(subject_kind="event_grant").order_by("pk")
    assert [row.action.removeprefix("event_grant.") for row in rows] == [
        "ask", "approve", "end", "ask", "refuse", "ask", "withdraw",
    ]  # fmt: skip
    assert {row.organisation.code for row in rows} == {COUNTY}
    assert rows[1].detail["grantee"] == FAR
    assert not any("整治" in str(row.detail) or "同意" in str(row.detail) for row in rows)


def test_running_out_is_written_down_once_and_is_nobodys_precondition(asker, leader):
    event, clerk = reported(), user_with("dept_clerk", FAR)
    held, waiting = lent(COUNTY, FAR, region=ZIYANG), ask(access=asker, request=wish())
    over = held.until
    assert note_lapsed(now=over - LEAST) == 0
    assert not _sees(access_for(clerk, now=over), event)
    assert note_lapsed(now=over) == 1
    assert note_lapsed(now=over) == 0
    assert note_lapsed(now=waiting.until) == 1
    held.refresh_from_db()
    assert (held.state, held.ended_at) == ("lapsed", over)
    assert AuditEntry.objects.filter(action="event_grant.lapse").count() == 2


def test_a_request_that_ran_out_unanswered_stands_in_nobodys_way(asker):
    then = timezone.now() - timedelta(days=40)
    old = ask(access=asker, request=wish(until=timezone.localdate(then) + timedelta(days=1)), now=then)
    new = ask(access=asker, request=wish())
    old.refresh_from_db()
    assert (old.state, new.state) == ("lapsed", "asked")
    assert may(access_for(user_with("leader", COUNTY)), Act.APPROVE, new, now=timezone.now()).allowed


# Many at once


def _together(*works):
    def run(work):
        try:
            return work()
        except Refusal as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return [done.result() for done in [pool.submit(run, work) for work in works]]


def test_of_two_who_answer_and_one_who_takes_it_back_one_is_first(committed):
    asking = access_for(user_with("dept_lead", FAR))
    leaders = [access_for(user_with("leader", COUNTY)) for _ in range(2)]
    for _ in range(15):
        grant = ask(access=asking, request=wish())
        number = grant.pk
        answers = _together(
            lambda number=number: decide(access=leaders[0], number=number, act=Act.APPROVE),
            lambda number=number: decide(access=leaders[1], number=number, act=Act.REFUSE, text="与职责无关"),
            lambda number=number: decide(access=asking, number=number, act=Act.WITHDRAW),
        )
        assert sum(isinstance(one, EventGrant) for one in answers) == 1, answers
        assert sum(isinstance(one, Conflict) for one in answers) == 2
        assert AuditEntry.objects.filter(subject_kind="event_grant", subject=str(number)).count() == 2
        EventGrant.objects.filter(pk=number, state="granted").update(state="ended")


def test_the_same_asked_ten_times_at_once_waits_once(committed):
    asking = access_for(user_with("dept_lead", FAR))
    request = wish()
    answers = _together(*[lambda: ask(access=asking, request=request) for _ in range(10)])
    assert sum(isinstance(one, EventGrant) for one in answers) == 1
    assert EventGrant.objects.count() == AuditEntry.objects.filter(action="event_grant.ask").count() == 1
