"""Machines as somebody at our doors: at the city's centre, without an account."""

from django.utils.translation import gettext as _

from grid.models import Level, Organisation, OrganisationKind
from grid.policy import Access, Duty
from grid.refusals import Unavailable


def at_the_city(*, role: str, name: str, address: str | None = None, request_id: str = "") -> Access:
    """A machine in this role. Raises Unavailable without a centre of the city."""
    centre = (
        Organisation.objects.filter(kind=OrganisationKind.CENTRE, level=Level.CITY)
        .select_related("region")
        .defer("region__boundary")
        .first()
    )
    if centre is None:
        raise Unavailable("no-centre", _("No command centre is set up for this place. Tell the administrator."))
    duty = Duty(
        role=role, organisation=centre.pk, organisation_name=centre.short_name, organisation_kind=centre.kind,
        level=centre.level, public=True, path=centre.region.path, grid=None, grid_path="",
    )  # fmt: skip
    return Access(user=None, name=name, duties=(duty,), address=address, request_id=request_id)
