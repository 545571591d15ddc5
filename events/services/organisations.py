"""Organisations as the system administrator keeps them: names, working hours, and closing what is no longer there.

New ones come with the ground, by command; none is deleted, since what it did stays.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from events.selectors.organisations import editable, find_organisation, of_closing, organisation_version
from events.sla import WorkHours
from grid.effects import Weight
from grid.models import Organisation
from grid.policy import Access
from grid.refusals import Conflict, Invalid
from grid.services import audit

LONGEST_NAME, LONGEST_SHORT = 60, 20


def checked(organisation: Organisation, *, name: str, short_name: str, hours: str) -> Organisation:
    """The organisation with what was edited, not saved. Raises Invalid with the field at fault."""
    organisation.name = _words(name, LONGEST_NAME, "name")
    organisation.short_name = _words(short_name, LONGEST_SHORT, "short_name")
    organisation.hours = _hours(hours)
    return organisation


@transaction.atomic
def amend(*, access: Access, code: str, version: str, name: str, short_name: str, hours: str) -> Organisation:
    """Change names and hours as they stood at `version`. Raises Forbidden, NotFound, Invalid, Conflict."""
    organisation = _seen(access, code, version)
    old = editable(organisation)
    checked(organisation, name=name, short_name=short_name, hours=hours).save()
    _record(access, "organisation.amend", organisation, old)
    return organisation


@transaction.atomic
def close(*, access: Access, code: str, version: str, now: datetime) -> Organisation:
    """Close it. Raises NotFound, Forbidden, and Conflict when something must be moved first: `effects` say what."""
    organisation = _seen(access, code, version)
    found = of_closing(organisation, now=now)
    standing = [one.text for one in found if one.weight == Weight.OBSTACLE]
    if standing:
        raise Conflict("not-empty", " ".join(standing), extra={"effects": standing})
    if organisation.closed_at is not None:
        raise Conflict("closed-already", _("It is closed already."))
    old = editable(organisation)
    organisation.closed_at = now
    organisation.save(update_fields=["closed_at"])
    _record(access, "organisation.close", organisation, old)
    return organisation


@transaction.atomic
def reopen(*, access: Access, code: str, version: str) -> Organisation:
    """Open a closed one again, without posts. Raises NotFound, Forbidden, Conflict."""
    organisation = _seen(access, code, version)
    if organisation.closed_at is None:
        raise Conflict("open-already", _("It is open already."))
    old = editable(organisation)
    organisation.closed_at = None
    organisation.save(update_fields=["closed_at"])
    _record(access, "organisation.reopen", organisation, old)
    return organisation


def _seen(access: Access, code: str, version: str) -> Organisation:
    organisation = find_organisation(access, code, lock=True)
    if organisation_version(organisation) != version:
        detail = _("Somebody has changed this organisation since you looked. See how it stands, then save again.")
        raise Conflict("stale", detail, extra={"version": organisation_version(organisation)})
    return organisation


def _record(access: Access, action: str, organisation: Organisation, old: dict[str, str | None]) -> None:
    new = editable(organisation)
    if new != old:
        audit.record_change(
            access=access, action=action, kind="organisation", subject=organisation.code, old=old, new=new,
            organisation=organisation.pk,
        )  # fmt: skip


def _words(given: str, longest: int, field: str) -> str:
    words = " ".join(given.split())
    if not 0 < len(words) <= longest:
        raise Invalid("name-unfit", _("Enter a name, %s characters at most.") % longest, field=field)
    return words


def _hours(given: str) -> str:
    written = ",".join(span.strip() for span in given.split(",")) if given.strip() else ""
    try:
        if written:
            WorkHours.parse(written)
    except ValueError:
        detail = _("Write working hours as 08:30-12:00,14:00-17:30, ascending; leave it empty for the city's.")
        raise Invalid("hours-unreadable", detail, field="hours") from None
    return written
