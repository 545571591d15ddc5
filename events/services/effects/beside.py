"""What the steps change that are taken beside the course of things."""

from events.models import Supervision
from events.services import clocks, deeds, shares
from events.services.effects import sharing
from events.services.effects.base import Case


def urge(case: Case, _deed: deeds.Deed) -> None:
    """Counted."""
    case.event.urges += 1


def supervise(case: Case, deed: deeds.Supervise) -> None:
    """How hard it is pressed for; of a joint share, how hard that is."""
    if deed.task is not None:
        sharing.press(case, deed)
        return
    case.payload |= {"old": case.event.supervision, "new": deed.level}
    if deed.stage:
        case.payload |= {"stage": deed.stage, "share": deed.share}
    case.event.supervision = Supervision(deed.level)


def mark_urgent(case: Case, _deed: deeds.Deed) -> None:
    """The urgent allowances hold from now on."""
    case.event.urgent = True
    clocks.recount(event=case.event, now=case.now)
    shares.recount(event=case.event, tasks=case.tasks, now=case.now)


def supplement(case: Case, deed: deeds.Supplement) -> None:
    """Which order, and where what was attached to it lies; the words stand in a row of their own."""
    case.payload |= {"order_no": deed.order_no, "attachments": list(deed.attachments)}


def revisit(case: Case, deed: deeds.Revisit) -> None:
    """How satisfied the citizen was, for whoever counts."""
    case.payload |= {"order_no": deed.order_no, "satisfaction": deed.satisfaction}
