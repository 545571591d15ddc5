"""Who called: shown unmasked to the two posts that must call back, with a reason, and never without a row of audit."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from events.models import Caller, Task, Ticket
from events.selectors.cards import find, sees_caller
from grid.fields import unseal
from grid.policy import Access
from grid.refusals import Conflict, Forbidden, Invalid, NotFound
from grid.services import audit

LEAST_REASON, LONGEST_REASON = 5, 200
SECONDS = 60  # for which a page shows it


@dataclass(frozen=True)
class Unmasked:
    """A caller, for `seconds` on one screen; nothing keeps it."""

    name: str
    phone: str
    seconds: int


def unmask(*, access: Access, no: str, order_no: str, reason: str) -> Unmasked:
    """Who called about order `order_no` of event `no`. The audit's row is committed before it is read.

    Raises Invalid without a reason, NotFound, Forbidden for another post (it is audited too), Conflict when it was
    removed by the retention job or never given.
    """
    why = reason.strip()
    if not LEAST_REASON <= len(why) <= LONGEST_REASON:
        detail = _("Say why you need it, in %(least)d to %(most)d characters.")
        raise Invalid(
            "reason-needed", detail % {"least": LEAST_REASON, "most": LONGEST_REASON}, field="reason"
        )  # fmt: skip
    event = find(access, no)
    ticket = Ticket.objects.filter(event=event, order_no=order_no).first()
    if ticket is None:
        raise NotFound("no-such-order", _("This event answers no such order."))
    allowed = sees_caller(access, event, Task.objects.filter(event=event), secret=ticket.secret)
    with transaction.atomic():
        audit.record(
            access=access, action="caller.unmask", kind="event", subject=event.no, organisation=event.holder_id,
            result="ok" if allowed else "refused", detail={"order_no": order_no, "reason": why},
        )  # fmt: skip
    if not allowed:
        raise Forbidden("caller-not-yours", _("Who called is for the holding centre's acceptor and the lead's clerk."))
    caller = Caller.objects.filter(ticket=ticket).first()
    if caller is None:
        raise Conflict("no-caller", _("The caller was not given, or was removed after the time for keeping it."))
    return Unmasked(unseal(bytes(caller.name)), unseal(bytes(caller.phone)), SECONDS)
