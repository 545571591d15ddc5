"""The one place where an event's state is written, with version, clocks, journal, audit, outbox and live update.

Everything here runs in the caller's transaction: either all of it is there afterwards, or none.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import translation

from events.models import Event, Evidence, FreeText, JournalEntry, Photo, Ticket
from events.policy import scope_of
from events.selectors import rows
from events.services import clocks, facts, notices, outbox
from events.sight import Scope
from events.workflow import ENDED, State, Step, target, transition
from gis_layers import live
from grid.policy import Access, Duty
from grid.services import audit

# What the hotline is not told: its own ticket, and what the house says to itself.
# A merge is told to the tickets that it moves, by its own effect.
_UNTOLD = frozenset({
    Step.REPORT, Step.SUPERVISE, Step.INSTRUCT, Step.COPY_TO, Step.HAND_OVER, Step.ADD_JOINT, Step.RECALL_JOINT,
    Step.JOINT_SIGN, Step.JOINT_FINISH, Step.JOINT_RETURN, Step.MERGE, Step.TAKE_IN, Step.LET_GO, Step.REDACT,
    Step.APPEAL, Step.CORRECT, Step.DISMISS, Step.RESTORE,
})  # fmt: skip


@dataclass(frozen=True)
class Author:
    """Who takes a step, on which duty, and when: by the server's clock, and by the device's if it has one."""

    access: Access
    duty: Duty
    now: datetime
    device_at: datetime | None = None


@dataclass(frozen=True)
class Said:
    """What comes with a step: words, photos as (photo, shows, metres from the place), and the journal's payload."""

    text: str = ""
    photos: tuple[tuple[Photo, str, float | None], ...] = ()
    payload: dict[str, Any] = field(default_factory=dict)


def open_entry(*, event: Event, author: Author, said: Said, ticket: Ticket | None = None) -> None:
    """Write a new event's first step. `event` is filled in, without a state, and not yet saved; it answers `ticket`."""
    reached = target(Step.REPORT, None)
    assert reached is not None  # noqa: S101 - the table has this row; a property test says so
    event.state = reached
    timers = clocks.enter(event=event, state=reached, now=author.now)
    event.save()
    if ticket is not None:
        ticket.event = event
        ticket.save()
    event.ticket_count = 1 if ticket else 0  # type: ignore[attr-defined]
    clocks.keep(timers)
    _write(event=event, step=Step.REPORT, before=None, came_from="", author=author, said=said)


def step_entry(*, event: Event, step: Step, seen: Scope, author: Author, said: Said) -> None:
    """Write one further step of a locked event whose other fields the caller has already changed.

    `seen` is the event's scope before the change, so that whoever loses sight of it is told. The caller has asked the
    policy; the table is asked here once more, so that no path around it exists. Raises ValueError where it has no row.
    """
    came_from = State(event.state)
    reached = target(step, came_from, State(event.merged_from) if event.merged_from else None)
    if reached is None:
        raise ValueError(f"{step} is not possible from {came_from}")
    event.version += 1
    if transition(step).target is not None or transition(step).back:  # even where it stands: each has its own time
        event.state = reached
        event.ended_at = author.now if reached in ENDED else None
        event.merged_from = came_from if reached == State.MERGED else ""
        clocks.enter(event=event, state=reached, now=author.now, came_from=came_from)
    event.save()
    _write(event=event, step=step, before=seen, came_from=came_from, author=author, said=said)


def _write(*, event: Event, step: Step, before: Scope | None, came_from: str, author: Author, said: Said) -> None:
    text = _keep_text(event, said.text)
    JournalEntry.objects.create(
        at=author.now, event=event, version=event.version, step=step, from_state=came_from, to_state=event.state,
        user_id=author.access.user, role=author.duty.role, organisation_id=author.duty.organisation,
        device_at=author.device_at, text=text, text_sha256=text.sha256 if text else "", payload=said.payload,
        **_facts(event),
    )  # fmt: skip
    facts.keep(event.pk)
    Evidence.objects.bulk_create(
        Evidence(event=event, photo=photo, version=event.version, shows=shows, distance_m=metres)
        for photo, shows, metres in said.photos
    )
    machine = {"machine": author.duty.role} if author.access.user is None else {}
    audit.record(
        access=author.access, action=f"event.{step}", kind="event", subject=event.no,
        organisation=author.duty.organisation, detail={"version": event.version, "to": event.state, **machine},
    )  # fmt: skip
    notices.tell(
        event=event, step=step, by=author.access.user, payload=said.payload, now=author.now,
        came_from=State(came_from) if came_from else None,
    )  # fmt: skip
    if step not in _UNTOLD:
        outbox.queue(event=event, step=step, now=author.now)
    live.publish(
        layer="events",
        subject=event.pk,
        before=before.as_json() if before else None,
        after=scope_of(event).as_json(),
        body=_line(event),
    )


def _facts(event: Event) -> dict[str, Any]:
    """What indicators need of an event as it stands now; they read the journal and nothing else."""
    return {
        "source": event.source, "category_code": event.category.code if event.category else "", "path": event.path,
        "holder_id": event.holder_id, "lead_id": event.lead_id, "urgent": event.urgent, "due_at": event.due_at,
        "stage_due_at": event.stage_due_at,
    }  # fmt: skip


def _keep_text(event: Event, text: str) -> FreeText | None:
    if not text:
        return None
    return FreeText.objects.create(event=event, body=text, sha256=hashlib.sha256(text.encode()).hexdigest())


def _line(event: Event) -> dict[str, Any]:
    """What the feed tells everybody alike, hence in the installation's language, not the present reader's."""
    with translation.override(settings.LANGUAGE_CODE):
        return rows.as_json(rows.row(event))
