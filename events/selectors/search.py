"""Finding events by words: number, hotline order, address, everything said, category, region.

Every word must be there, each of them anywhere. Within a view, whose rows are few whatever the city has seen, each row
is asked. Everywhere, a rare word is looked up in the indexes (`events.pairs`, and trigrams for numbers), by which all
that it means is known; words that are all common are looked for from the newest event backwards, a year at a time.
How common a word is, PostgreSQL's statistics say: an index would have to be read for as long as the history is.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg.errors import QueryCanceled

from events.models import Category, Event, FreeText, Ticket
from events.models.finding import Pairs
from events.pairs import pairs
from grid.models import Grid
from grid.refusals import Invalid
from grid.selectors.planned import among

LEAST, MOST_WORDS, LEAST_OF_A_NUMBER = 2, 4, 3
RARE = 10_000
"""Up to so many events that tell of a word are looked up; so many of the newest are read in the same time."""
LONGEST = 5.0
"""Seconds that a statement of a search everywhere may take."""
STRETCH = timedelta(days=365)
"""The events of so much time are walked over at once: what hardly ever fits costs no more, however long the history."""
MOST = 500
"""So many that fit end a stretch before, together with those of the last one's second."""
_YEARS = range(2001, 2999)  # beyond which nothing is looked for


@dataclass(frozen=True)
class Found:
    """The events that fit; `since`: what was reported earlier was not looked at. None: everything was."""

    events: QuerySet[Event]
    since: datetime | None


def words(text: str) -> tuple[str, ...]:
    """The words of a search. Raises Invalid for a single character, for too many words, and for what no text holds."""
    found = tuple(dict.fromkeys(text.split()))
    if "\x00" in text:
        raise Invalid("text-unknown", _("That can't be searched for. Type words or a number."), field="q")
    if any(len(word) < LEAST for word in found):
        raise Invalid("text-too-short", _("Type at least two characters of each word."), field="q")
    if len(found) > MOST_WORDS:
        raise Invalid("too-many-words", _("Search for at most four words at once."), field="q")
    return found


def tells(word: str) -> Q:
    """The condition that an event tells of a word."""
    said = FreeText.objects.filter(event=OuterRef("pk"), body__icontains=word)
    ordered = Ticket.objects.filter(event=OuterRef("pk"), order_no__icontains=word)
    found = Q(address__icontains=word) | _placed(word) | Q(category__in=_categories(word)) | _one_of(said)
    return found | Q(no__icontains=word) | _one_of(ordered) if _numbered(word) else found


def _one_of(rows: QuerySet[Any]) -> Q:
    """That there is one. Not EXISTS: that may be turned round, to read every text that there is."""
    return Q(pk=Subquery(rows.order_by().values("event")[:1]))


def everywhere(visible: QuerySet[Event], text: str, *, others: Q, before: datetime | None = None) -> Found:
    """Of the events that a reader sees and that fulfil `others`, those that tell of every word, whenever they were.

    `before`: only what was reported before. A whole number is that event alone, though others may quote it. Two queries
    for each word until a rare one is met, four for what may be a number, three more where there is none. Raises Invalid
    as `words` does, without any word, and for a time out of all reason.
    """
    wanted = words(text)
    if not wanted:
        raise Invalid("text-needed", _("Say what to look for, or choose a view."), field="q")
    if before is not None and before.year not in _YEARS:
        raise Invalid("before-unknown", _("Take the time from the search before."), field="before")
    found = visible.filter(others) if before is None else visible.filter(others, reported_at__lt=before)
    for word in sorted(wanted, key=len, reverse=True):
        known = _whole(visible, word) or _known(word)
        if known is not None:
            rest = [one for one in wanted if one != word]
            return Found(_telling(found, rest).filter(pk__in=among(known)), since=None)
    return _walked(_telling(found, wanted), min(before or timezone.now(), timezone.now()))


def _walked(found: QuerySet[Event], before: datetime) -> Found:
    """What there is of these in one stretch, from the newest backwards. It ends with a whole second, which goes through
    JSON as it is: none is left out between two stretches, and none is in both."""
    since = (before - STRETCH).replace(microsecond=0)
    stretch = found.filter(reported_at__gte=since).order_by("-reported_at").values_list("pk", "reported_at")[:MOST]
    ids = dict(stretch)
    if len(ids) == MOST:
        last = min(ids.values())
        since = last.replace(microsecond=0)
        ids |= dict(found.filter(reported_at__gte=since, reported_at__lte=last).values_list("pk", "reported_at"))
    beyond = Event.objects.filter(reported_at__lt=since).order_by("-reported_at").values_list("reported_at", flat=True)
    newest = beyond.first()
    if newest is not None:  # the time without any event before it was looked at, too
        since = min(since, newest.replace(microsecond=0) + timedelta(seconds=1))
    return Found(Event.objects.filter(pk__in=among([*ids])), newest and since)


def _telling(found: QuerySet[Event], of: Iterable[str]) -> QuerySet[Event]:
    for word in of:
        found = found.filter(tells(word))
    return found


@contextmanager
def in_time() -> Iterator[None]:
    """What is read within takes `LONGEST` seconds a statement at most, whatever was typed and however busy the machine.
    Raises Invalid, which says what to do, where it takes longer."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{LONGEST * 1000:.0f}ms"])
            yield
    except OperationalError as error:
        if not isinstance(error.__cause__, QueryCanceled):
            raise
        words = _("This takes too long: each of these words is common. Add a rarer one, or search within a view.")
        raise Invalid("search-too-long", words, field="q") from None


def _known(word: str) -> list[int] | None:
    """The events that tell of a word, from the indexes; None where there are more than `RARE`. Two queries at most."""
    within: dict[str, Any] = {"pairs__contains": pairs(word)}
    texts = FreeText.objects.alias(pairs=Pairs("body")).filter(**within).values_list("event")
    places = Event.objects.alias(pairs=Pairs("address")).filter(**within).values_list("pk")
    numbers: list[QuerySet[Any, Any]] = []
    if _numbered(word):
        called = Ticket.objects.filter(order_no__icontains=word, event__isnull=False)
        numbers = [Event.objects.filter(no__icontains=word).values_list("pk"), called.values_list("event")]
    if _expected(texts.union(places, *numbers, all=True)) > RARE:
        return None
    named = [Q(category__in=_categories(word)), _placed(word)]
    parts = [places.filter(address__icontains=word), *(Event.objects.filter(one).values_list("pk") for one in named)]
    rows = texts.filter(body__icontains=word).union(*parts, *numbers, all=True)[: RARE + 1]
    found = [number for (number,) in rows]
    return None if len(found) > RARE else sorted(set(found))


def _whole(visible: QuerySet[Event], word: str) -> list[int]:
    """The events in sight whose own number, or whose hotline order's, is this one. Two queries at most."""
    if not _numbered(word):
        return []
    own = Event.objects.filter(no=word.upper()).values_list("pk")
    rows = own.union(Ticket.objects.filter(order_no=word, event__isnull=False).values_list("event"))
    found = [number for (number,) in rows]
    return sorted(visible.filter(pk__in=among(found)).values_list("pk", flat=True)) if found else []


def _expected(rows: QuerySet[Any, Any]) -> int:
    """How many rows the planner expects, which it knows without reading them."""
    (told,) = json.loads(rows.explain(format="json"))
    return int(told["Plan"]["Plan Rows"])


def _numbered(word: str) -> bool:
    """Whether it may be a part of a number: trigrams know nothing shorter, and would read the whole index for it."""
    return word.isascii() and len(word) >= LEAST_OF_A_NUMBER


def _categories(word: str) -> QuerySet[Category]:
    return Category.objects.filter(Q(name__icontains=word) | Q(major_name__icontains=word) | Q(code__startswith=word))


def _placed(word: str) -> Q:
    """In a village, township or county of that name."""
    names = ("region__name", "region__parent__name", "region__parent__parent__name")
    named = Q()
    for name in names:
        named |= Q(**{f"{name}__icontains": word})
    return Q(grid__in=Grid.objects.filter(named))
