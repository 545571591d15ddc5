"""What the hotline is told: the ticket's full state, so that a lost message is made good by any later one."""

import json
from typing import Any

from django.conf import settings
from django.utils import timezone, translation

from events import mapping
from events.models import Event, JournalEntry, OutboxMessage, RejectReason, StateLabel
from events.services import senders
from events.workflow import ENDED, State, Step

_TIMES = {
    Step.REPORT: "reported_at", Step.ACCEPT: "accepted_at", Step.CONFIRM: "accepted_at", Step.REOPEN: "accepted_at",
    Step.DISPATCH: "dispatched_at", Step.REDISPATCH: "dispatched_at", Step.SIGN: "signed_at",
    Step.FINISH: "finished_at", Step.PASS_CHECK: "checked_at", Step.CLOSE: "closed_at", Step.FORCE_CLOSE: "closed_at",
    Step.REJECT: "rejected_at", Step.REFUTE: "rejected_at", Step.VOID: "rejected_at", Step.WITHDRAW: "withdrawn_at",
}  # fmt: skip
# How it ended, by the step that ended it; and why, where the step itself says so.
_RESULTS = {
    Step.CLOSE: "solved", Step.FORCE_CLOSE: "not_solved", Step.REJECT: "returned", Step.REFUTE: "returned",
    Step.VOID: "returned", Step.WITHDRAW: "withdrawn",
}  # fmt: skip
_ASKED: dict[str, str] = {
    Step.REQUEST_EXTENSION: "asked", Step.GRANT_EXTENSION: "granted", Step.REFUSE_EXTENSION: "refused",
}  # fmt: skip
_REASONS = {Step.REFUTE: RejectReason.NO_FAULT.value, Step.VOID: RejectReason.TEST.value}


def render(message: OutboxMessage) -> bytes:
    """The body of a callback, as the event stands now. Nothing in it is about the caller."""
    # The event that answers the ticket by now: the one that its own was merged into, if it was.
    event = Event.objects.select_related("lead", "category").get(tickets=message.ticket_id)
    journal = JournalEntry.objects.filter(event=event, version__lte=event.version)  # a step may be under way
    entries = list(journal.select_related("text").order_by("version"))
    body: dict[str, Any] = {
        "message_id": str(message.pk),
        "order_no": message.ticket.order_no,
        "event_no": event.no,
        "number": message.number,
        "step": message.step,
        "version": event.version,
        "status": event.state,
        "status_text": _label(event),
        "category": event.category.code if event.category else None,
        "lead": event.lead.name if event.lead else None,
        "due_at": event.due_at.isoformat() if event.due_at else None,
        **_times(entries),
        **_outcome(event, entries),
        "extension": _extension(entries),
        "satisfaction": message.ticket.satisfaction,
    }
    return json.dumps(_in_their_names(body), ensure_ascii=False, separators=(",", ":")).encode()


def _in_their_names(body: dict[str, Any]) -> dict[str, Any]:
    """As the hotline's configuration asks for it; without one in our own."""
    config = senders.hotline(now=timezone.now()).config
    rules = config.get("callback", {}).get("fields")
    return mapping.outward(rules, body, config) if rules else body


def _extension(entries: list[JournalEntry]) -> str | None:
    """What became of the last request for more time: asked, granted, refused."""
    return next((_ASKED[entry.step] for entry in reversed(entries) if entry.step in _ASKED), None)


def _label(event: Event) -> str:
    with translation.override(settings.LANGUAGE_CODE):
        return str(StateLabel(event.state).label)


def _times(entries: list[JournalEntry]) -> dict[str, str | None]:
    """When each stage was reached, the last time it was."""
    found: dict[str, str | None] = dict.fromkeys(_TIMES.values())
    for entry in entries:
        name = _TIMES.get(Step(entry.step))
        if name:
            found[name] = entry.at.isoformat()
    return found


def _outcome(event: Event, entries: list[JournalEntry]) -> dict[str, str | None]:
    """How it ended: the result, the reply, and for a refusal its reason."""
    ending = (entry for entry in reversed(entries) if Step(entry.step) in _RESULTS)
    last = next(ending, None) if State(event.state) in ENDED else None
    if last is None:
        return {"result": None, "reply": None, "reason": None}
    step = Step(last.step)
    reason = last.payload.get("reason") if step == Step.REJECT else _REASONS.get(step)
    return {"result": _RESULTS.get(step), "reply": last.text.body if last.text else None, "reason": reason}
