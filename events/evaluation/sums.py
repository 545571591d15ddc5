"""Sums over counted facts in the database: by group and stretch of time, as of a time; the facts behind a number."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F, Q, QuerySet

from events.counting.facts import Kind
from events.counting.indicators import Indicator, Period
from events.evaluation.breakdowns import GROUPS, By
from events.models import CountedFact

_WIDEST = 3  # indicators that facts of one kind count for

# `at` is one range of an index; what a report costs follows its period, not the years around it.
_FACTS = """
    SELECT kind, counted, hits, {key} AS key, width_bucket(at, %(starts)s::timestamptz[]) AS stretch
    FROM events_countedfact
    WHERE at >= %(start)s AND at < %(end)s AND at <= %(as_of)s AND since <= %(as_of)s
      AND (until IS NULL OR until > %(as_of)s)
      AND (%(region)s = '' OR starts_with(path, %(region)s))
      AND (%(category)s = '' OR starts_with(category, %(category)s))
"""
_SUMS = ", ".join(f"sum({bits} >> {place} & 1)" for bits in ("counted", "hits") for place in range(_WIDEST))
_GROUPED = f"""
    SELECT kind, key, stretch, {_SUMS} FROM ({{facts}}) fact GROUP BY GROUPING SETS ((kind, key), (kind, stretch))
"""  # noqa: S608 - constants  # nosec B608
_WHOLE = f"SELECT kind, NULL, 1, {_SUMS} FROM ({{facts}}) fact GROUP BY kind"  # noqa: S608 - constants  # nosec B608


@dataclass(frozen=True)
class Span:
    """A period in a region's subtree and a category or the beginning of one (empty: everything)."""

    period: Period
    region: str = ""
    category: str = ""


@dataclass(frozen=True)
class Sum:
    """What facts of one kind come to, in one group or one stretch of time (from 1); by bit, how many of what count."""

    kind: Kind
    key: str | None
    stretch: int | None
    counts: tuple[int, ...]
    hits: tuple[int, ...]


def grouped(span: Span, by: By, starts: tuple[datetime, ...]) -> Iterator[Sum]:
    """Sums by group, and again by stretch. One query."""
    return _sums(_GROUPED.format(facts=_FACTS.format(key=GROUPS[by].sql)), span, starts)


def whole(span: Span) -> Iterator[Sum]:
    """Sums of it all, as of one stretch. One query."""
    return _sums(_WHOLE.format(facts=_FACTS.format(key="''")), span, (span.period.start,))


def _sums(query: str, span: Span, starts: tuple[datetime, ...]) -> Iterator[Sum]:
    values: dict[str, Any] = {**vars_of(span), "starts": list(starts)}
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        rows = cursor.fetchall()
    for kind, key, stretch, *sums in rows:
        numbers = tuple(map(int, sums))
        yield Sum(Kind(kind), key, stretch, numbers[:_WIDEST], numbers[_WIDEST:])


def vars_of(span: Span) -> dict[str, Any]:
    """A span as a query's values."""
    period = span.period
    return {"start": period.start, "end": period.end, "as_of": period.as_of, "region": span.region,
            "category": span.category}  # fmt: skip


def behind(
    span: Span, indicator: Indicator, *, by: By, key: str | None = None, missed: bool = False
) -> QuerySet[CountedFact]:
    """The facts that an indicator counts, in one group or in all, or only those that are no hit. Oldest first.

    Each has `hit`, not 0 where it is one.
    """
    period, bit = span.period, 1 << indicator.place
    found = CountedFact.objects.filter(
        Q(until__isnull=True) | Q(until__gt=period.as_of), kind=indicator.kind, at__gte=period.start,
        at__lt=period.end, at__lte=period.as_of, since__lte=period.as_of, path__startswith=span.region,
        category__startswith=span.category,
    )  # fmt: skip
    if key is not None:
        found = found.filter(GROUPS[by].holds(key, indicator.kind))
    marked = found.annotate(counts=F("counted").bitand(bit), hit=F("hits").bitand(bit))
    marked = marked.exclude(counts=0)
    return (marked.filter(hit=0) if missed else marked).order_by("at", "event_id", "pk")
