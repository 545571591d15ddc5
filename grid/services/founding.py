"""The first three administrators of an installation: the only accounts that no administrator makes."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from grid.models import SEPARATED, Organisation, OrganisationKind, Post, Role, User
from grid.policy import NOBODY, not_over
from grid.refusals import Conflict, Invalid
from grid.services import audit
from grid.services.accounts import HANDED_FOR, OVER_THE_CITY, first_password, usable_name


@transaction.atomic
def found(
    *, system: str, security: str, auditor: str, now: datetime | None = None
) -> tuple[tuple[str, str], tuple[str, str], tuple[str, str]]:
    """Accounts of these names with the three administrations over the city: each name with its first password.

    Raises Conflict where somebody is, or will be, security administrator of the city, or there is no ground or a name
    is taken; Invalid for names that are no account names, or not three.
    """
    at = now or timezone.now()
    _refuse_second_time(at)
    if len({system, security, auditor}) != len(SEPARATED):
        raise Invalid("not-three", _("Three people, please: name three different accounts."))
    home = _city_centre()
    return (
        _make(system, Role.SYSADMIN, home, at),
        _make(security, Role.SECADMIN, home, at),
        _make(auditor, Role.AUDITOR, home, at),
    )


def _refuse_second_time(now: datetime) -> None:
    if Post.objects.filter(not_over(now), OVER_THE_CITY, user__is_active=True).exists():
        detail = _("There is a security administrator already. Accounts and posts are given on the page.")
        raise Conflict("founded-already", detail)


def _city_centre() -> Organisation:
    centre = Organisation.objects.filter(kind=OrganisationKind.CENTRE, region__parent=None).order_by("code").first()
    if centre is None:
        raise Conflict("no-ground", _("There is no city's centre yet. Load the ground first: manage.py load_ground."))
    return centre


def _make(username: str, role: Role, home: Organisation, now: datetime) -> tuple[str, str]:
    if User.objects.filter(username=usable_name(username)).exists():
        raise Conflict("username-taken", _("There is an account %s already. Choose another name.") % username)
    password = first_password()
    user = User(username=username, name=str(role.label), home=home, handed_until=now + HANDED_FOR)
    user.set_password(password)
    user.save()
    Post.objects.create(user=user, role=role, organisation=home, since=now)
    audit.record_change(
        access=NOBODY, action="account.create", kind="account", subject=username, old={},
        new={"name": user.name, "home": home.code, "active": True, "role": role.value}, organisation=home.pk,
    )  # fmt: skip
    return username, password
