"""One rule of sight: what `Sight.sees` says in Python, `visible_events` says in SQL, for every kind of reader."""

import random

import pytest

from events.models import Event
from events.policy import scope_of, sight_of, visible_events
from grid.models import Grid, Organisation, Role
from tests.factories.people import access_for, user_with

pytestmark = pytest.mark.django_db


def _random_events(rng: random.Random, users: list[int], count: int) -> list[Event]:
    grids = list(Grid.objects.all())
    centres = list(Organisation.objects.filter(kind="centre").values_list("pk", flat=True))
    departments = list(Organisation.objects.filter(kind="department").values_list("pk", flat=True))
    made = []
    for number in range(count):
        grid = rng.choice([None, *grids])
        holder = rng.choice(centres)
        made.append(
            Event(
                no=f"EV-{number}", state="reported", source="officer", holder_id=holder, level="city",
                path=grid.path if grid else "", grid=grid, restricted=rng.random() < 0.4,
                passed=sorted({holder, *rng.sample(centres, rng.randint(0, 2))}),
                parties=rng.sample(departments + centres, rng.randint(0, 2)),
                workers=rng.sample(users, rng.randint(0, 1)), reporter_id=rng.choice([None, *users]),
                reported_at="2026-11-20T00:00:00Z",
            )
        )  # fmt: skip
    return Event.objects.bulk_create(made)


def test_python_and_sql_agree_for_every_role_and_place():
    rng = random.Random(20261121)
    organisations = list(Organisation.objects.order_by("code"))
    grids = list(Grid.objects.order_by("code"))
    users = []
    for number in range(90):
        role = list(Role)[number % len(Role)]
        grid = rng.choice(grids) if role == Role.GRID_OFFICER else None
        users.append(user_with(role.value, rng.choice(organisations), grid=grid.code if grid else None))
    events = _random_events(rng, [user.pk for user in users], 400)
    seen_at_all = 0
    for user in users:
        access = access_for(user)
        sight = sight_of(access)
        expected = {event.pk for event in events if sight.sees(scope_of(event))}
        assert set(Event.objects.filter(visible_events(access)).values_list("pk", flat=True)) == expected
        seen_at_all += bool(expected)
    assert seen_at_all > 40


@pytest.mark.parametrize("role", ["sysadmin", "secadmin", "integrator"])
def test_administrators_see_no_event(role):
    access = access_for(user_with(role, Organisation.objects.filter(kind="centre", level="city").get()))
    _random_events(random.Random(1), [access.user], 50)
    assert not Event.objects.filter(visible_events(access)).exists()


def test_a_restricted_event_is_hidden_from_those_who_only_look_over_its_ground():
    city = Organisation.objects.get(kind="centre", level="city")
    township = Organisation.objects.filter(kind="centre", level="township").first()
    grid = Grid.objects.filter(path__startswith=township.region.path).first()
    event = Event.objects.create(
        no="EV-9", state="reported", source="officer", holder=township, level="township", grid=grid, path=grid.path,
        restricted=True, passed=[township.pk], reported_at="2026-11-20T00:00:00Z",
    )  # fmt: skip
    leader, acceptor = access_for(user_with("leader", city)), access_for(user_with("acceptor", township))
    assert not Event.objects.filter(visible_events(leader), pk=event.pk).exists()
    assert Event.objects.filter(visible_events(acceptor), pk=event.pk).exists()
