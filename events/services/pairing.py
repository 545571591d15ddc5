"""The two events of a merge: found, locked in one order, refused when they don't go together."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from events.models import CLASS_RESTRICTED, Event, StateLabel
from events.policy import visible_events
from events.selectors import rows
from events.services import deeds
from events.workflow import ENDED, State
from grid.policy import Access
from grid.refusals import Conflict, Invalid


def lock(*, no: str, deed: deeds.Deed) -> None:
    """Lock both events of a merge or its undoing, the lower id first, so that two that cross wait in turn.

    One query for a merge, three to undo it, none for any other step. Raises Conflict when the event has been merged
    into another one meanwhile.
    """
    if isinstance(deed, deeds.Merge):
        _lock(no, deed.number)
    elif isinstance(deed, deeds.Unmerge):
        other = _merged_into(no)
        _lock(no, other)
        if _merged_into(no) != other:
            raise Conflict("event-moved-on", _("Somebody has just changed this event; see how it stands now."))


def other_of(*, event: Event, access: Access, no: str) -> Event:
    """The event with the number `no` that `event` may be merged into, locked.

    Raises Invalid, on the field `into`: there is none for this reader, it is the event itself, it has ended or was
    merged itself, it is a dispute, or one of the two alone is kept within its case.
    """
    # What others merely lend to be read is no place to put one's own event.
    other = _locked(Event.objects.filter(visible_events(access.unlent()), no=no))
    if other is None:
        raise _refusal("target-unknown", _("There is no such event, or not for your post. Check the number."))
    if other.pk == event.pk:
        raise _refusal("merge-into-itself", _("An event can't be merged into itself. Name the other one."))
    if State(other.state) in ENDED:
        raise _ended(other)
    if other.category is not None and other.category.major == CLASS_RESTRICTED:
        raise _refusal(
            "dispute-not-merged", _("A dispute is kept within its own case and is never merged with another.")
        )
    if other.restricted != event.restricted:
        raise _refusal(
            "restricted-differs", _("One of the two is kept within its case and the other is not: they stay apart.")
        )
    return other


def merged_into(event: Event) -> Event:
    """The event that `event` was merged into, locked."""
    other = _locked(Event.objects.filter(merged=event.pk))
    assert other is not None  # noqa: S101 - a foreign key
    return other


def _locked(found: QuerySet[Event]) -> Event | None:
    locked = rows.with_relations(found).select_for_update(of=("self",))
    return locked.select_related("holder__region").defer(*rows.UNREAD, "holder__region__boundary").first()


def _lock(*numbers: str | None) -> None:
    both = Event.objects.select_for_update().filter(no__in=[one for one in numbers if one])
    list(both.order_by("pk").values_list("pk", flat=True))


def _merged_into(no: str) -> str | None:
    return Event.objects.filter(no=no).values_list("merged_into__no", flat=True).first()


def _ended(other: Event) -> Invalid:
    if other.merged_into is not None:
        words = _("%(no)s was itself merged into %(into)s. Merge into that one.")
        return _refusal("target-merged", words % {"no": other.no, "into": other.merged_into.no})
    words = _("%(no)s has ended (%(state)s). Take it up again first, or let this event go its own way.")
    return _refusal("target-ended", words % {"no": other.no, "state": StateLabel(other.state).label})


def _refusal(code: str, words: str) -> Invalid:
    return Invalid(code, words, field="into")
