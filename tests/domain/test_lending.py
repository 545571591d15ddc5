"""Sharing between organisations: a grant opens exactly what it says, to whom it says, for as long as it says."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from events.grants import READERS, joins, openings
from events.models import Category, Event, Task
from events.policy import allowed_steps, lent_events, scope_of, sight_of, visible_events
from events.selectors import cards, lending
from events.selectors.duplicates import of_event
from events.services import deeds
from events.services.routing import offered
from events.sight import Opening, Scope, Sight
from events.workflow import State
from grid.models import EventGrant, GrantState, Grid, Organisation, OrganisationKind, Region, Role
from grid.paths import paths_down_to
from grid.policy import Access, Duty, Lent
from grid.refusals import Forbidden, Invalid, NotFound
from tests.factories import access_for, brought_to, reported, step, ticketed, user_with
from tests.factories.lending import LEAST, lent, sees
from tests.factories.people import DAMATOU, HESHAN, ZIYANG, organisation
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


@pytest.mark.django_db
def test_it_holds_from_its_first_moment_to_before_its_last_and_nothing_has_to_run():
    event, clerk, now = reported(), user_with("dept_clerk", FAR), timezone.now()
    start, end = now + timedelta(hours=1), now + timedelta(hours=2)
    lent(COUNTY, FAR, region=ZIYANG, since=start, until=end)
    seen = [sees(access_for(clerk, now=at), event) for at in (now, start - LEAST, start, end - LEAST, end, end + LEAST)]
    assert seen == [False, False, True, True, False, False]


@pytest.mark.django_db
@pytest.mark.parametrize("state", [one for one in GrantState if one != GrantState.GRANTED])
def test_whatever_was_not_granted_or_is_over_opens_nothing(state):
    event, clerk = reported(), user_with("dept_clerk", FAR)
    lent(COUNTY, FAR, region=ZIYANG, state=state)
    assert not sees(access_for(clerk), event)


@pytest.mark.django_db
def test_disputes_and_secret_orders_are_never_shared_whatever_a_row_says():
    dispute, secret = reported(category="09-001"), ticketed(secret=True)
    lent(COUNTY, FAR, region=ZIYANG, classes=("09", "09-001", "06"))
    reader = access_for(user_with("leader", FAR_COUNTY)), access_for(user_with("dept_lead", FAR))
    for access in reader:
        assert not sees(access, dispute)
        assert not sees(access, secret)
        assert not any("09" in opening.classes for opening in openings(access))


@pytest.mark.django_db
def test_an_event_that_becomes_a_dispute_is_out_of_sight_at_once():
    event = ticketed(category="06-003")
    lent(COUNTY, FAR, region=ZIYANG)
    clerk = access_for(user_with("dept_clerk", FAR))
    assert sees(clerk, event)
    step(event, deeds.Recategorise(category="09-001"), access_for(user_with("acceptor", event.holder)))
    assert not sees(clerk, event)


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
def test_it_opens_to_those_who_read_for_the_grantee_alone(role):
    event = reported()
    lent(COUNTY, FAR_COUNTY, region=ZIYANG)
    grid = FAR_GRID if role == Role.GRID_OFFICER else None
    assert sees(access_for(user_with(role.value, FAR_COUNTY, grid=grid)), event) == (role in READERS)


@pytest.mark.django_db
def test_a_department_lends_what_it_has_a_task_in_and_a_centre_its_ground():
    led, other = brought_to(reported(), State.HANDLING), reported()
    lent(led.lead.code, FAR, region=ZIYANG)
    clerk = access_for(user_with("dept_clerk", FAR))
    assert (sees(clerk, led), sees(clerk, other)) == (True, False)
    lent(TOWN, FAR, region=DAMATOU)
    again = access_for(user_with("dept_clerk", FAR))
    assert (sees(again, led), sees(again, other)) == (True, True)


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
    assert sees(access_for(user_with("dept_clerk", FAR)), event)
    assert not sees(access_for(user_with("dept_clerk", third)), event)


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
    assert sees(clerk, event)
    step(event, deeds.JointSign(), clerk)


@pytest.mark.django_db
def test_nothing_of_ones_own_is_merged_into_what_is_lent_nor_offered_for_it():
    theirs, ours = reported(), reported(grid=FAR_GRID)
    lent(COUNTY, ours.holder.code, region=ZIYANG, join=True)
    acceptor = access_for(user_with("acceptor", ours.holder))
    assert sees(acceptor, theirs)
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
