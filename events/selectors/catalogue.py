"""The category list as it is administered: every 小类 with its allowance, what a change would do, what was changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.models import Category, Event, Rule
from events.models.category import Clock as ClockLabel
from events.selectors.amounts import amount_in_words
from events.sla import Allowance, Clock
from grid.effects import Effect, Weight
from grid.models import Role
from grid.policy import Access
from grid.refusals import NotFound
from grid.selectors.accounts import administered, whole_city
from grid.selectors.history import Change, history
from grid.stamp import stamp

_EDITABLE = (
    "name", "keywords", "handle_amount", "handle_clock", "urgent", "self_resolvable", "auto_dispatch", "min_level",
    "active",
)  # fmt: skip
CLOCKS = {clock.value: clock.label for clock in ClockLabel}


@dataclass(frozen=True)
class CategoryRow:
    """A 小类; `handle` says its allowance in words, `open` how many events stand under it: None where it is not told,
    of a restricted one to nobody, of others to the city's administrator alone."""

    code: str
    name: str
    major: str
    major_name: str
    keywords: list[str]
    handle_amount: float
    handle_clock: str
    handle: str
    urgent: bool
    self_resolvable: bool
    auto_dispatch: bool
    min_level: str
    restricted: bool
    active: bool
    open: int | None
    version: str


@dataclass(frozen=True)
class CategoryCard:
    """One 小类, and what became of it."""

    row: CategoryRow
    changes: tuple[Change, ...]


def editable(category: Category) -> dict[str, Any]:
    """What a page may change of it, as JSON knows it."""
    return {name: getattr(category, name) for name in _EDITABLE}


def category_version(category: Category) -> str:
    """How it stands, for whoever saves."""
    return stamp(editable(category))


def catalogue(access: Access) -> list[CategoryRow]:
    """Every 小类 by code, retired ones too, for a system administrator. Three queries. Raises Forbidden."""
    counts = _counts() if _counts_for(access) else None
    return [_row(one, counts) for one in Category.objects.order_by("code")]


def _counts_for(access: Access) -> bool:
    """What is open in the whole city is for those whose post is the whole city's. One query. Raises Forbidden."""
    return whole_city(administered(access, Role.SYSADMIN))


def _counts() -> dict[int, int]:
    standing = Event.objects.filter(ended_at=None, category__restricted=False)
    return dict(standing.values("category").annotate(count=Count("pk")).values_list("category", "count"))


def find_category(code: str, *, lock: bool = False) -> Category:
    """By code. Raises NotFound."""
    categories = Category.objects.select_for_update() if lock else Category.objects.all()
    found = categories.filter(code=code).first()
    if found is None:
        raise NotFound("no-such-category", _("There is no such category."))
    return found


def category_card(access: Access, code: str) -> CategoryCard:
    """One of them, for a system administrator. Raises NotFound, Forbidden. Four queries."""
    counts = _counts() if _counts_for(access) else None
    row = _row(find_category(code), counts)
    return CategoryCard(row=row, changes=history(kind="category", subjects=[code]))


def of_amending(before: dict[str, Any], category: Category) -> tuple[Effect, ...]:
    """What saving an edited category, not saved yet, would do. Two queries at most."""
    return tuple(_amending(before, category))


def _amending(before: dict[str, Any], category: Category) -> Iterator[Effect]:
    after = editable(category)
    if before == after:
        yield Effect(Weight.NOTE, _("Nothing is changed."))
        return
    taken_on, waiting = _open(category)
    if _allowance(before) != _allowance(after):
        yield from _of_allowance(before, after, category, taken_on, waiting)
    if before.get("urgent") is not None and before["urgent"] != after["urgent"]:
        yield Effect(Weight.NOTE, _of_urgency(after["urgent"], taken_on))
    if before.get("active") is not None and before["active"] != after["active"]:
        yield from _of_retiring(after["active"], category, taken_on + waiting)
    if after["auto_dispatch"] and not before.get("auto_dispatch"):
        text = _("What is accepted from now on is dispatched by the system where the rules answer without doubt.")
        yield Effect(Weight.WARNING, text)


def _of_allowance(
    before: dict[str, Any], after: dict[str, Any], category: Category, taken_on: int, waiting: int
) -> Iterator[Effect]:
    new = amount_in_words(_allowance(after))
    if before.get("handle_amount") is None:
        yield Effect(Weight.NOTE, _("%(code)s may take %(new)s to handle.") % {"code": category.code, "new": new})
        return
    words = {"code": category.code, "old": amount_in_words(_allowance(before)), "new": new}
    text = _("Allowance of %(code)s from %(old)s to %(new)s: it applies to events accepted from now on.") % words
    yield Effect(Weight.NOTE, text)
    if taken_on:
        kept = ngettext(
            "%s open event keeps what it was promised.", "%s open events keep what they were promised.", taken_on
        )
        yield Effect(Weight.NOTE, kept % taken_on)
    if waiting:
        met = ngettext(
            "%s event that waits to be accepted gets the new one.",
            "%s events that wait to be accepted get the new one.",
            waiting,
        )
        yield Effect(Weight.WARNING, met % waiting)


def _of_urgency(urgent: bool, taken_on: int) -> str:
    said = _("It is urgent by itself from now on.") if urgent else _("It is no longer urgent by itself.")
    if not taken_on:
        return said
    kept = ngettext("%s open event stays as it is.", "%s open events stay as they are.", taken_on) % taken_on
    return f"{said} {kept}"


def _of_retiring(active: bool, category: Category, waiting: int) -> Iterator[Effect]:
    if active:
        yield Effect(Weight.NOTE, _("It can be chosen again."))
        return
    yield Effect(Weight.WARNING, _("Nothing can be reported under it from now on."))
    if waiting:
        kept = ngettext("%s open event stays under it.", "%s open events stay under it.", waiting) % waiting
        yield Effect(Weight.NOTE, kept)
    rules = Rule.objects.filter(category=category.code).count()
    if rules:
        words = ngettext("%s rule names it.", "%s rules name it.", rules) % rules
        yield Effect(Weight.NOTE, words)


def _open(category: Category) -> tuple[int, int]:
    """Open events of it: those taken on, and those that wait for that. Of a restricted one none are told."""
    if category.restricted:
        return 0, 0
    found = Event.objects.filter(category=category, ended_at=None).aggregate(
        all=Count("pk"), promised=Count("pk", filter=Q(accepted_at__isnull=False))
    )
    return found["promised"], found["all"] - found["promised"]


def _allowance(values: dict[str, Any]) -> Allowance:
    return Allowance(values.get("handle_amount") or 0.0, Clock(values.get("handle_clock") or Clock.WORK_HOUR))


def _row(one: Category, counts: dict[int, int] | None) -> CategoryRow:
    waiting = None if counts is None or one.restricted else counts.get(one.pk, 0)
    return CategoryRow(
        code=one.code, name=one.name, major=one.major, major_name=one.major_name, keywords=one.keywords,
        handle_amount=one.handle_amount, handle_clock=one.handle_clock,
        handle=amount_in_words(_allowance(editable(one))), urgent=one.urgent, self_resolvable=one.self_resolvable,
        auto_dispatch=one.auto_dispatch, min_level=one.min_level, restricted=one.restricted, active=one.active,
        open=waiting, version=category_version(one),
    )  # fmt: skip
