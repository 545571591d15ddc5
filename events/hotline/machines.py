"""Machines as somebody at our doors: at the city's centre, without an account."""

from events.services.routing import centre_of_the_city
from grid.policy import Access, Duty


def at_the_city(*, role: str, name: str, address: str | None = None, request_id: str = "") -> Access:
    """A machine in this role. Raises Unavailable without a centre of the city."""
    centre = centre_of_the_city()
    duty = Duty(
        role=role, organisation=centre.pk, organisation_name=centre.short_name, organisation_kind=centre.kind,
        level=centre.level, public=True, path=centre.region.path, grid=None, grid_path="",
    )  # fmt: skip
    return Access(user=None, name=name, duties=(duty,), address=address, request_id=request_id)
