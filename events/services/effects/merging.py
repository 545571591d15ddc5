"""What merging changes, on both events, and how it is undone to the letter.

Nothing of the merged event is lost: its tasks, timers, applications and photos stay with it as they stood, its tickets
move and remember with whom they came.
"""

from typing import Any

from events.models import Event, Task, Ticket
from events.policy import scope_of
from events.selectors import duplicates
from events.services import clocks, deeds, ledger, outbox, pairing, shares
from events.services.effects.base import Case
from events.sight import Scope
from events.workflow import State, Step


def merge(case: Case, deed: deeds.Merge) -> None:
    """The other event answers for both: the tickets go there and are told so."""
    event = case.event
    other = pairing.other_of(event=event, access=case.access, no=deed.number)
    seen = scope_of(other)
    alike = duplicates.likeness(event, other)
    moved = Ticket.objects.filter(event=event).update(event=other, came_with=event)
    shares.pause(tasks=case.tasks, now=case.now)
    other.taken_in += 1
    _join(event, other)
    _count(event, other, moved)
    case.payload |= {"into": other.no, "score": round(alike.score, 2), "reasons": alike.codes()}
    said = {"event": event.no, "source": event.source, "reported_at": event.reported_at.isoformat(), "tickets": moved}
    _entry(case, other, Step.TAKE_IN, seen, said)
    outbox.queue(event=other, step=Step.MERGE, now=case.now, came_with=event)


def unmerge(case: Case, _deed: deeds.Unmerge) -> None:
    """As it was: with its own tickets, and with as much time to hand it back as was left."""
    event = case.event
    other = pairing.merged_into(event)
    seen = scope_of(other)
    back = Ticket.objects.filter(came_with=event).update(event=event, came_with=None)
    other.taken_in -= 1
    _join(event, None)
    _count(other, event, back)
    case.payload["from"] = other.no
    _entry(case, other, Step.LET_GO, seen, {"event": event.no, "tickets": back})
    if event.merged_from != State.SUSPENDED:
        shares.resume(tasks=case.tasks, now=case.now)
    for task in case.tasks:
        _shift_return(case, task)


def _shift_return(case: Case, task: Task) -> None:
    event = case.event
    if task.ended_at is not None or task.return_until is None or event.ended_at is None:
        return
    task.return_until = clocks.return_shifted(
        event=event, until=task.return_until, held=event.ended_at, now=case.now, hours=task.organisation.hours
    )
    task.save(update_fields=["return_until"])


def _join(event: Event, other: Event | None) -> None:
    """Which event goes on for it, also as `rows.with_relations` has read that."""
    event.merged_into = other
    event.merged_into_no = other.no if other else None  # type: ignore[attr-defined]
    event.merged_into_state = other.state if other else None  # type: ignore[attr-defined]


def _count(less: Event, more: Event, moved: int) -> None:
    less.ticket_count -= moved  # type: ignore[attr-defined]
    more.ticket_count += moved  # type: ignore[attr-defined]


def _entry(case: Case, other: Event, step: Step, seen: Scope, said: dict[str, Any]) -> None:
    author = ledger.Author(access=case.access, duty=case.duty, now=case.now)
    ledger.step_entry(event=other, step=step, seen=seen, author=author, said=ledger.Said(payload=said))
