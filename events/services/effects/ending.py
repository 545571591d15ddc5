"""What steps change when an event ends, or is taken up again."""

from django.utils.translation import gettext as _

from events.models import TaskKind
from events.models.terms import promise
from events.services import deeds
from events.services.effects.base import Case
from events.services.effects.taking import want_category_and_place
from grid.refusals import Invalid


def close(case: Case, deed: deeds.Close) -> None:
    """With a reply, where the hotline waits for one."""
    wanting = case.event.tickets.filter(want_callback=True).exists()
    if wanting and len(deed.text.strip()) < 5:
        raise Invalid(
            "reply-needed", _("The hotline waits for a reply: write it, in at least 5 characters."), field="text"
        )


def break_off(case: Case, _deed: deeds.Deed) -> None:
    """Whatever is in hand is taken back; the entry names whoever was on the spot."""
    sent = [task for task in case.tasks if task.ended_at is None and task.kind in (TaskKind.VERIFY, TaskKind.CHECK)]
    if sent:
        case.payload["on_the_spot"] = [
            {"user": task.handed_to_id or task.user_id, "organisation": task.organisation_id} for task in sent
        ]
    case.recall()


def reopen(case: Case, _deed: deeds.Reopen) -> None:
    """As if newly taken on: somebody is to be dispatched, with the whole of the time."""
    want_category_and_place(case.event)
    event = case.event
    event.reopens += 1
    event.lead = None
    event.extensions = 0
    event.due_at = None
    if event.accepted_at is None:
        event.accepted_at = case.now
    promise(event)
