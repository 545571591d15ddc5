"""The one door for steps: lock, may, change, journal, audit, outbox, publish, in one transaction."""

from datetime import datetime
from functools import lru_cache

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from events.guards import Obstacle
from events.models import Event, Task
from events.policy import MACHINES, Decision, may, scope_of, sight_of, visible_to
from events.selectors import rows
from events.services import deeds, evidence, ledger, pairing, shares
from events.services.effects import EFFECTS, Case, no_effect
from events.services.machine import nobody_but_the_system
from events.sight import Sight
from events.workflow import State, Step, transition
from grid.policy import Access
from grid.refusals import Conflict, Forbidden, NotFound, Refusal
from grid.selectors.planned import NUMBER, PLANS, TEXT, Planned


def advance(
    *,
    access: Access,
    no: str,
    version: int,
    deed: deeds.Deed,
    now: datetime | None = None,
    device_at: datetime | None = None,
) -> Event:
    """Take one step on event `no`, as it stood at `version`; the event afterwards. What the system does right after it
    is done here too, as a step of its own: both or neither.

    Raises Invalid for input that can't be taken, NotFound when there is no such event for this reader, Forbidden when
    the step is another's, Conflict when the event has moved on since `version` or the step doesn't start where it is.
    """
    deed.check()
    with transaction.atomic():
        pairing.lock(no=no, deed=deed)
        event = _locked(access, no)
        _refuse_stale(event, version)
        tasks = _tasks.rows(event.pk)
        at = now or timezone.now()
        decision = may(access, deed.step, event, tasks, now=at)
        if not decision.allowed or decision.duty is None:
            raise _refused(deed.step, event, decision, tasks)
        case = Case(event=event, tasks=tasks, access=access, duty=decision.duty, now=at, text=deed.text)
        seen = scope_of(event)
        photos = evidence.brought(case, deed)
        EFFECTS.get(deed.step, no_effect)(case, deed)
        author = ledger.Author(access=access, duty=decision.duty, now=case.now, device_at=device_at)
        said = ledger.Said(text=case.text.strip(), photos=photos, payload=case.payload)
        ledger.step_entry(event=event, step=deed.step, seen=seen, author=author, said=said)
        if case.next is not None:
            event = advance(
                access=nobody_but_the_system(event), no=event.no, version=event.version, deed=case.next, now=at
            )
    return event


def _locked(access: Access, no: str) -> Event:
    machine = any(duty.role in MACHINES for duty in access.duties)
    locking = _locking(None if machine else sight_of(access))
    # Whoever has waited for a step that gave the event to another holder finds nothing at first: PostgreSQL puts the
    # new row beside the old holder's. The row is locked by then, and a second look sees it as it stands.
    event = locking.first(no) or locking.first(no)
    if event is None:
        raise NotFound("no-such-event", _("There is no such event, or not for your post."))
    return event


@lru_cache(maxsize=PLANS)
def _locking(sight: Sight | None) -> Planned[Event]:
    """Locks the event with a number, if it is in sight; None sees everything."""

    def make(no: str) -> QuerySet[Event]:
        found = rows.with_relations(Event.objects.filter(no=no)).select_for_update(of=("self",))
        found = found if sight is None else found.filter(visible_to(sight))
        return found.select_related("holder__region").defer(*rows.UNREAD, "holder__region__boundary")

    return Planned(make, TEXT)


_tasks = Planned[Task](lambda event: Task.objects.filter(event_id=event).order_by("pk"), NUMBER)


def _refuse_stale(event: Event, version: int) -> None:
    if event.version != version:
        raise Conflict(
            "event-moved-on",
            _("Somebody has just changed this event; see how it stands now. What you typed is kept."),
            extra={"version": event.version, "state": event.state},
        )


def _refused(step: Step, event: Event, decision: Decision, tasks: list[Task]) -> Refusal:
    extra: dict[str, object] = {"version": event.version, "state": event.state}
    if State(event.state) not in transition(step).sources:
        return Conflict("step-not-possible", decision.reason, extra=extra)
    if decision.obstacle == Obstacle.JOINT_OPEN:
        names = [task.organisation.short_name for task in shares.in_hand(tasks)]
        words = _("%(names)s have not finished their share: wait for them, or have the dispatcher recall them.")
        return Conflict(Obstacle.JOINT_OPEN.value, words % {"names": ", ".join(names)}, extra={**extra, "joint": names})
    if decision.obstacle is not None:
        return Conflict(decision.obstacle.value, decision.reason, extra=extra)
    return Forbidden("step-not-yours", decision.reason, extra=extra)
