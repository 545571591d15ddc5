"""History and previews of what is administered, in words."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from ninja import Schema

from events.selectors.catalogue import CLOCKS
from grid.effects import Effect
from grid.models import Level, Role
from grid.selectors.history import Change
from webapp.api import trail_words

FIELDS: Mapping[str, str | Promise] = {
    "name": pgettext_lazy("field", "Name"),
    "home": pgettext_lazy("field", "Belongs to"),
    "active": pgettext_lazy("field", "In use"),
    "released_until": pgettext_lazy("field", "New password allowed until"),
    "handed_until": pgettext_lazy("field", "First password good until"),
    "factor": pgettext_lazy("field", "Second factor"),
    "post": pgettext_lazy("field", "Post no."),
    "role": pgettext_lazy("field", "Role"),
    "organisation": pgettext_lazy("field", "Organisation"),
    "region": pgettext_lazy("field", "Region"),
    "grid": pgettext_lazy("field", "Grid"),
    "since": pgettext_lazy("field", "From"),
    "until": pgettext_lazy("field", "Until"),
    "keywords": pgettext_lazy("field", "Words"),
    "handle_amount": pgettext_lazy("field", "Allowance"),
    "handle_clock": pgettext_lazy("field", "Clock"),
    "urgent": pgettext_lazy("field", "Urgent by itself"),
    "self_resolvable": pgettext_lazy("field", "May be solved on the spot"),
    "auto_dispatch": pgettext_lazy("field", "Dispatched by the system"),
    "min_level": pgettext_lazy("field", "Lowest level"),
    "day": pgettext_lazy("field", "Kind of day"),
    "short_name": pgettext_lazy("field", "Short name"),
    "hours": pgettext_lazy("field", "Working hours"),
    "closed_at": pgettext_lazy("field", "Closed since"),
}


class EffectOut(Schema):
    """A sentence on what would come of it. `weight`: note, warning, or obstacle."""

    weight: str
    text: str


class FieldOut(Schema):
    """One field, from what to what, in words."""

    field: str
    label: str
    old: str
    new: str


class ChangeOut(Schema):
    """Who changed what, and when."""

    id: int
    at: datetime
    actor: str
    action: str
    action_label: str
    subject: str
    fields: list[FieldOut]


def effects_told(found: Iterable[Effect]) -> list[dict[str, str]]:
    """As they are sent."""
    return [{"weight": one.weight.value, "text": one.text} for one in found]


def changes_told(found: Iterable[Change]) -> list[dict[str, Any]]:
    """As they are sent: labels for fields and values, a command for whoever was not signed in."""
    return [
        {
            "id": one.id, "at": one.at, "actor": one.actor or _("A command"), "action": one.action,
            "action_label": trail_words.action(one.action), "subject": one.subject,
            "fields": [
                {
                    "field": each.field, "label": str(FIELDS.get(each.field, each.field)),
                    "old": _value(each.field, each.old), "new": _value(each.field, each.new),
                }
                for each in one.fields
            ],
        }
        for one in found
    ]  # fmt: skip


def _value(field: str, value: Any) -> str:
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return "、".join(str(one) for one in value)
    return _text(field, str(value))


_CODES: Mapping[str, Mapping[str, str | Promise]] = {
    "role": {role.value: role.label for role in Role},
    "min_level": {level.value: level.label for level in Level},
    "handle_clock": CLOCKS,
    "day": {
        "work": pgettext_lazy("day", "Working day"), "rest": pgettext_lazy("day", "Day off"),
        "usual": pgettext_lazy("day", "As usual"),
    },
}  # fmt: skip


def _text(field: str, value: str) -> str:
    if value in _CODES.get(field, {}):
        return str(_CODES[field][value])
    moment = parse_datetime(value) if "T" in value else None
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M") if moment else value
