"""One event, whole: its card on the map, its case page."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from events.models import (
    Event,
    Evidence,
    FreeText,
    JournalEntry,
    Satisfaction,
    StageLabel,
    Task,
    Ticket,
    Timer,
)  # fmt: skip
from events.models.calendar import working_calendar
from events.models.terms import used_minutes
from events.policy import allowed_steps, may, scope_of, sight_of, visible_to
from events.selectors import forms, lending, merges, previews, rows, sentences
from events.selectors.cardrows import (
    CallerRow,
    EventCard,
    JournalItem,
    MatchedRow,
    PhotoRow,
    SuggestedLead,
    TicketRow,
    TimerRow,
)  # fmt: skip
from events.selectors.fieldtasks import TOLD
from events.selectors.forms import AllowedStep
from events.selectors.previews import Outlook
from events.selectors.responsibility import suggest
from events.selectors.rows import EventRow
from events.selectors.shares import task_rows
from events.sight import Sight
from events.workflow import State, Step
from grid.fields import mask_name, mask_phone, unseal
from grid.models import Role
from grid.paths import paths_down_to
from grid.policy import Access
from grid.refusals import NotFound
from grid.selectors.planned import NUMBER, PLANS, TEXT, Planned
from grid.selectors.prepared import prepared_cursor


def find(access: Access, no: str) -> Event:
    """The event with this number, if this reader may see it. Raises NotFound."""
    event = _finding(sight_of(access)).first(no)
    if event is None:
        raise NotFound("no-such-event", _("There is no such event, or not for your post."))
    return event


@lru_cache(maxsize=PLANS)
def _finding(sight: Sight) -> Planned[Event]:
    return Planned(lambda no: rows.with_relations(Event.objects.filter(visible_to(sight), no=no)), TEXT)


_tasks = Planned[Task](
    lambda event: Task.objects.filter(event_id=event).select_related(*TOLD, "ended_by", "signed_by").order_by("pk"),
    NUMBER,
)
_evidence = Planned[Evidence](
    lambda event: Evidence.objects.filter(event_id=event).select_related("photo").order_by("version", "pk"), NUMBER
)
_entries = Planned[JournalEntry](
    lambda event: (
        JournalEntry.objects.filter(event_id=event).select_related("user", "organisation", "text").order_by("version")
    ),
    NUMBER,
)
_tickets = Planned[Ticket](
    lambda event: Ticket.objects.filter(event_id=event).select_related("caller").order_by("pk"), NUMBER
)
_timers = Planned[Timer](
    lambda event: Timer.objects.filter(event_id=event).select_related("organisation").order_by("started_at", "pk"),
    NUMBER,
)


def card(access: Access, no: str, *, now: datetime | None = None) -> EventCard:
    """The card of event `no` as it stands at `now` (None: the wall clock's time). Raises NotFound."""
    return _drawn(access, find(access, no), now or timezone.now())


def card_after(access: Access, event: Event) -> EventCard:
    """The card of an event that this reader has just taken a step on, without reading it anew.

    Raises NotFound where the step has taken it out of the reader's sight.
    """
    if not sight_of(access).sees(scope_of(event)):
        raise NotFound("no-such-event", _("There is no such event, or not for your post."))
    return _drawn(access, event, timezone.now())


def _drawn(access: Access, event: Event, now: datetime) -> EventCard:
    tasks = _tasks.rows(event.pk)
    photos = [_photo(item) for item in _evidence.rows(event.pk)]
    entries = _entries.rows(event.pk)
    tickets = _tickets.rows(event.pk)
    timers = _timers.rows(event.pk)
    outlook = Outlook(event, tuple(tasks), tuple(timers), working_calendar(), now, access.user, _clerks(access))
    line = rows.row(event)
    steps = _steps(access, outlook, wants_reply=any(ticket.want_callback for ticket in tickets))
    return EventCard(
        **{name: getattr(line, name) for name in EventRow.__dataclass_fields__},
        description=_description(entries),
        reporter=_reporter(entries),
        given_point=event.given_point,
        accuracy_m=event.accuracy_m,
        matched=_matched(entries),
        photos=photos,
        journal=[_item(entry, photos) for entry in entries],
        timers=[_timer(timer, outlook) for timer in timers if timer.task_id is None],
        tasks=task_rows(event, tasks, timers, entries, reader=access.user),
        ticket_rows=[_ticket(ticket, access, event, tasks) for ticket in tickets],
        allowed_steps=steps,
        seen_by=_seen_by(event, now),
        shared=lending.shared_view(access, event),
        waits=_waits(event, entries),
        goes_on=merges.goes_on(access, event),
        merged=merges.taken_in(access, event),
        may_redact=may(access, Step.REDACT, event, tasks, now=now).allowed,
        suggestion=_suggestion(event, steps, now),
        calendar_warning=previews.warning(previews.unknown_years(timers, outlook.calendar)),
    )


def _clerks(access: Access) -> tuple[int, ...]:
    """The organisations for which somebody signs."""
    return tuple(duty.organisation for duty in access.having(Role.DEPT_CLERK))


def _description(entries: list[JournalEntry]) -> str:
    """What was reported, as last put right."""
    said: FreeText | None = None
    for entry in entries:
        if entry.step == Step.REPORT or entry.payload.get("described_again"):
            said = entry.text or said
    return said.body if said else ""


def _suggestion(event: Event, steps: list[AllowedStep], now: datetime) -> SuggestedLead | None:
    if not any(one.step == Step.DISPATCH for one in steps):
        return None
    found = suggest(event, at=now)
    return SuggestedLead(found.lead.pk, found.lead.short_name, found.words) if found.lead else None


def _waits(event: Event, entries: list[JournalEntry]) -> str:
    """What was said when it was taken on, as long as it waits to be dispatched."""
    if event.state != State.ACCEPTED:
        return ""
    taken_on = next((one for one in reversed(entries) if one.to_state == event.state != one.from_state), None)
    return str(taken_on.payload.get("waits", "")) if taken_on else ""


def _matched(entries: list[JournalEntry]) -> MatchedRow | None:
    """How the address placed it, as long as nobody has put it right."""
    said = entries[0].payload.get("matched") if entries else None
    if said is None or any(entry.step == Step.PLACE for entry in entries):
        return None
    return MatchedRow(place=said["place"], score=said["score"], words=sentences.placed_by(said))


def _reporter(entries: list[JournalEntry]) -> str:
    return sentences.actor(entries[0]) if entries else ""


def _photo(item: Evidence) -> PhotoRow:
    url = f"/api/v1/photos/{item.photo.sha256}"
    return PhotoRow(item.photo.sha256, url, f"{url}?size=thumb", item.shows, item.distance_m, item.version)


def _item(entry: JournalEntry, photos: list[PhotoRow]) -> JournalItem:
    return JournalItem(
        version=entry.version,
        at=entry.at,
        device_at=entry.device_at,
        step=entry.step,
        step_label=sentences.step(entry),
        actor=sentences.actor(entry),
        role_label=sentences.role(entry),
        organisation=entry.organisation.short_name if entry.organisation else "",
        from_state=entry.from_state,
        to_state=entry.to_state,
        sentence=sentences.sentence(entry),
        text=entry.text.body if entry.text else "",
        photos=[photo for photo in photos if photo.version == entry.version],
        payload=entry.payload,
    )


def _steps(access: Access, outlook: Outlook, *, wants_reply: bool) -> list[AllowedStep]:
    """The forms of the steps that this reader may take, each with what would follow from it."""
    return [
        forms.allowed(row.step, effect=previews.effect(row.step, outlook), wants_reply=wants_reply)
        for row in allowed_steps(access, outlook.event, outlook.tasks, now=outlook.now)
    ]


def _timer(timer: Timer, outlook: Outlook) -> TimerRow:
    used = used_minutes(timer=timer, now=outlook.now, calendar=outlook.hours(timer.organisation))
    return TimerRow(
        stage=timer.stage,
        label=str(StageLabel(timer.stage).label),
        clock=timer.clock,
        organisation=timer.organisation.short_name if timer.organisation else "",
        allowance_min=timer.allowance_min,
        used_min=round(used, 1),
        left_min=round(max(0.0, timer.allowance_min - used), 1),
        started_at=timer.started_at,
        due_at=timer.due_at,
        paused_at=timer.paused_at,
        stopped_at=timer.stopped_at,
        yellow_at=timer.yellow_at,
        red_at=timer.red_at,
    )


def _ticket(ticket: Ticket, access: Access, event: Event, tasks: list[Task]) -> TicketRow:
    caller = getattr(ticket, "caller", None) if sees_caller(access, event, tasks, secret=ticket.secret) else None
    return TicketRow(
        order_no=ticket.order_no,
        order_type=ticket.order_type,
        want_callback=ticket.want_callback,
        reply_deadline=ticket.reply_deadline,
        secret=ticket.secret,
        attachments=ticket.attachments,
        satisfaction=str(Satisfaction(ticket.satisfaction).label) if ticket.satisfaction is not None else "",
        purged=ticket.purged_at is not None,
        caller=CallerRow(mask_name(unseal(caller.name)), mask_phone(unseal(caller.phone))) if caller else None,
    )


def sees_caller(access: Access, event: Event, tasks: Iterable[Task], *, secret: bool) -> bool:
    """The acceptor of the holding centre, and the lead's clerk unless the order is secret; nobody else the mask."""
    if secret:
        return any(duty.organisation == event.holder_id for duty in access.having(Role.ACCEPTOR))
    leads = {task.organisation_id for task in tasks if task.kind == "lead" and task.state != "returned"}
    return any(duty.organisation == event.holder_id for duty in access.having(Role.ACCEPTOR)) or any(
        duty.organisation in leads for duty in access.having(Role.DEPT_CLERK)
    )


_SEEN_BY = """
    SELECT name FROM (
        SELECT 1 AS part, row_number() OVER (ORDER BY code) AS place, short_name AS name
        FROM grid_organisation WHERE id = ANY(%s::bigint[])
        UNION ALL
        SELECT 2, row_number() OVER (ORDER BY path), name FROM grid_region WHERE path = ANY(%s::text[])
        UNION ALL
        SELECT 3, row_number() OVER (ORDER BY reader.code), reader.short_name
        FROM grid_eventgrant AS lent
        JOIN grid_organisation AS reader ON reader.id = lent.grantee_id
        JOIN grid_organisation AS owner ON owner.id = lent.owner_id
        WHERE lent.state = 'granted' AND lent.since <= %s::timestamptz AND lent.until > %s::timestamptz
            AND lent.path = ANY(%s::text[]) AND lent.classes && %s::varchar[]
            AND (owner.kind = 'centre' OR lent.owner_id = ANY(%s::bigint[]))
    ) AS seen ORDER BY part, place
"""


def _seen_by(event: Event, now: datetime) -> list[str]:
    """The organisations that are in the case, by name; of a restricted one these are all. Of another one also the
    regions above it, and those to whom it is lent at `now`, by the rule of `events.grants`."""
    paths = [] if event.restricted or not event.path else paths_down_to(event.path)[:-1]
    classes = [event.category.code, event.category.major] if event.category else []
    lent = [now, now, paths, classes, event.parties]
    with prepared_cursor() as cursor:
        cursor.execute(_SEEN_BY, [[*event.passed, *event.parties], paths, *lent])
        return list(dict.fromkeys(name for (name,) in cursor.fetchall()))


def card_json(shown: EventCard) -> dict[str, Any]:
    """A card as JSON values."""
    values: dict[str, Any] = json.loads(json.dumps(asdict(shown), default=_isoformat))
    return values


def _isoformat(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value)} has no place in a card")
