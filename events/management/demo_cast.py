"""Who does what in the demo's week: people found by post, as they stand at a door."""

from datetime import datetime

from events.models import Event, Task, TaskKind
from events.policy import MACHINE
from grid.models import Organisation, OrganisationKind, Post, Role, User
from grid.policy import Access, Duty, access_of


class Cast:
    """People by post, each looked up once."""

    def __init__(self, *, now: datetime) -> None:
        self._now = now
        self._known: dict[int, Access] = {}
        posts = Post.objects.filter(until__isnull=True).order_by("-pk")
        self._at: dict[tuple[str, int], int] = {}
        self._walks: dict[int, int] = {}
        centres = Organisation.objects.filter(kind=OrganisationKind.CENTRE)
        self._centres: dict[str, int] = dict(centres.values_list("region__path", "pk"))
        for role, organisation, grid, user in posts.values_list("role", "organisation", "grid", "user"):
            self._at[role, organisation] = user
            if grid is not None:
                self._walks[grid] = user

    def person(self, user: int) -> Access:
        """By id."""
        if user not in self._known:
            self._known[user] = access_of(User.objects.get(pk=user), now=self._now)
        return self._known[user]

    def at(self, role: Role, organisation: int) -> Access:
        """The first with this role at an organisation. Raises KeyError when there is none."""
        return self.person(self._at[role, organisation])

    def has(self, role: Role, organisation: int) -> bool:
        """Whether somebody holds this role there."""
        return (role, organisation) in self._at

    def walks(self, grid: int) -> bool:
        """Whether somebody walks a grid."""
        return grid in self._walks

    def officer(self, grid: int) -> Access:
        """Who walks a grid. Raises KeyError when nobody does."""
        return self.person(self._walks[grid])

    def above(self, role: Role, event: Event) -> Access:
        """The one with this role at the centre of the event's county, else at the city's. Raises KeyError."""
        city, county = event.path.split("/")[:2]
        found = [self._centres.get(f"{city}/{county}/"), self._centres[f"{city}/"]]
        return next(self.at(role, one) for one in found if one is not None and (role, one) in self._at)

    def department_lead(self, event: Event) -> Access:
        """Who leads the department with the lead."""
        assert event.lead_id is not None  # noqa: S101 - what is handled has a lead
        return self.at(Role.DEPT_LEAD, event.lead_id)

    def clerk(self, event: Event) -> Access:
        """A clerk of the organisation with the lead."""
        lead = Task.objects.get(event=event, kind=TaskKind.LEAD, ended_at__isnull=True)
        return self.at(Role.DEPT_CLERK, lead.organisation_id)

    def checker(self, event: Event) -> Access:
        """Who holds the check."""
        task = Task.objects.get(event=event, kind=TaskKind.CHECK, ended_at__isnull=True)
        return self.person(task.user_id) if task.user_id else self.at(Role.CHECKER, task.organisation_id)


def hotline() -> tuple[Access, Duty]:
    """The hotline's machine, as its messages stand at the door: it works for the city's centre."""
    centre = Organisation.objects.select_related("region").get(kind=OrganisationKind.CENTRE, level="city")
    duty = Duty(
        role=MACHINE, organisation=centre.pk, organisation_name=centre.short_name,
        organisation_kind=centre.kind, level=centre.level, public=True, path=centre.region.path, grid=None,
        grid_path="",
    )  # fmt: skip
    return Access(user=None, name="12345", duties=(duty,)), duty
