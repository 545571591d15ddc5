"""What is asked of the small and the large table: one row for each query. `QUERIES` is the whole list."""

import importlib
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any


class Readers:
    """People of the demo's accounts and events of its week, as queries need them; Django is set up."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._known: dict[str, Any] = {}

    def __call__(self, username: str) -> Any:
        """As they stand at a door."""
        from grid.models import User
        from grid.policy import access_of

        if username not in self._known:
            self._known[username] = access_of(User.objects.get(username=username), now=self.now)
        return self._known[username]

    @cached_property
    def ended(self) -> Any:
        """An event of the seed that has ended."""
        return self._first(ended_at__isnull=False)

    @cached_property
    def under_way(self) -> Any:
        """One that goes on."""
        return self._first(ended_at__isnull=True)

    @staticmethod
    def _first(**wanted: Any) -> Any:
        from events.models import Event

        found = Event.objects.filter(no__regex=r"^EV[0-9]+-[0-9]+$", grid__isnull=False, merged_into=None, **wanted)
        return found.select_related("grid", "category").earliest("pk")


@dataclass(frozen=True)
class Query:
    """One row: what is asked, and by whom."""

    name: str
    what: str
    ask: Callable[[Readers], object]


def _worklist(username: str, **wanted: Any) -> Callable[[Readers], object]:
    def ask(readers: Readers) -> object:
        from events.selectors.worklist import Wanted, worklist

        return worklist(readers(username), Wanted(**wanted))

    return ask


def _usual(username: str) -> Callable[[Readers], object]:
    return _worklist(username, view="everywhere", text="路面")


def _number(readers: Readers) -> object:
    return _worklist("city.dispatch", view="everywhere", text=readers.ended.no)(readers)


def _map(username: str) -> Callable[[Readers], object]:
    def ask(readers: Readers) -> object:
        from events.selectors.snapshot import lines_on_map

        return lines_on_map(readers(username))

    return ask


def _watch(_readers: Readers) -> object:
    from django.db import connection

    from events.services import watch

    with connection.cursor() as cursor:
        cursor.execute(watch._DUE, {"most": watch.MOST})
        return cursor.fetchall()


def _grid(readers: Readers) -> object:
    from events.selectors.worklist import rows_in_grid

    return rows_in_grid(readers("city.dispatch"), readers.ended.grid.code)


def _card(readers: Readers) -> object:
    from events.selectors.cards import card

    return card(readers("city.dispatch"), readers.ended.no)


def _likes(readers: Readers) -> object:
    from events.selectors.duplicates import of_event

    return of_event(readers("city.dispatch"), readers.under_way)


def _report(days: int, **wanted: Any) -> Callable[[Readers], object]:
    def ask(readers: Readers) -> object:
        reading: Any = importlib.import_module("events.evaluation.reading")
        last = readers.now.date() - timedelta(days=1)
        breakdowns: Any = importlib.import_module("events.evaluation.breakdowns")
        by = {name: breakdowns.By(value) for name, value in wanted.items()}
        return reading.read(readers("city.leader"), reading.Wanted(since=last - timedelta(days=days), until=last, **by))

    return ask


def _bell(readers: Readers) -> object:
    from events.selectors.notices import waiting

    return waiting(readers("ziyang.shift"))


def _notices(readers: Readers) -> object:
    from events.selectors.notices import notices

    return notices(readers("ziyang.shift"))


def _there(name: str) -> bool:
    """Whether a module is there: a query of what is not there is left out."""
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


_ALWAYS: tuple[Query, ...] = (
    Query("todo_city", "worklist and all counts: the city's dispatcher, what waits", _worklist("city.dispatch")),
    Query("todo_county", "the same: a county's shift lead", _worklist("ziyang.shift")),
    Query("todo_township", "the same: a township's desk", _worklist("damatou.desk")),
    Query("todo_clerk", "the same: a department's clerk", _worklist("ziyang.chengguan")),
    Query("todo_officer", "the same: a grid officer", _worklist("damatou.officer")),
    Query("mine_officer", "what a grid officer has reported in a year", _worklist("damatou.officer", view="mine")),
    Query("open_city", "all in progress in the city, a page of 50", _worklist("city.dispatch", view="open")),
    Query("open_newest", "the same, the newest first", _worklist("city.dispatch", view="open", sort="-reported")),
    Query("over_county", "what is overdue in a county", _worklist("ziyang.shift", view="over")),
    Query("ended_week", "what ended this week in the city", _worklist("city.dispatch", view="ended_week")),
    Query("search_open", "words in what is in progress", _worklist("city.dispatch", view="open", text="资阳路")),
    Query("map_city", "the map's snapshot: the city", _map("city.dispatch")),
    Query("map_county", "the map's snapshot: a county", _map("ziyang.shift")),
    Query("watch", "the watch over allowances: what is to be said now", _watch),
    Query("grid", "what is in progress in one grid", _grid),
    Query("card", "one event, whole", _card),
    Query("likes", "what may be the same as an event", _likes),
    Query("bell", "how many notices wait", _bell),
    Query("notices", "a page of notices", _notices),
)
_EVERYWHERE: tuple[Query, ...] = (
    Query("search_number", "an event's whole number among everything that ever was", _number),
    Query("search_vain", "words in everything that ever was: what nobody said",
          _worklist("city.dispatch", view="everywhere", text="五一西路天桥")),
    Query("search_usual", "words in everything that ever was: usual ones",
          _usual("city.dispatch")),
    Query("usual_township", "the same: a township's desk", _usual("damatou.desk")),
    Query("usual_clerk", "the same: a department's clerk", _usual("ziyang.nongshui")),
    Query("usual_officer", "the same: a grid officer, who sees least of all", _usual("damatou.officer")),
    Query("usual_together", "two usual words that nobody said together",
          _worklist("city.dispatch", view="everywhere", text="路面 井盖")),
    Query("search_part", "a part that many numbers have", _worklist("city.dispatch", view="everywhere", text="001")),
    Query("search_category", "what a category is called",
          _worklist("ziyang.chengguan", view="everywhere", text="路灯")),
    Query("search_place", "what a township is called", _worklist("ziyang.shift", view="everywhere", text="大码头")),
)  # fmt: skip
_INDICATORS: tuple[Query, ...] = (
    Query("report_month", "all indicators of a month by township", _report(30)),
    Query("report_organisations", "all indicators of a month by department", _report(30, by="lead")),
    Query("report_quarter", "all indicators of a quarter by township", _report(91)),
)


def queries() -> tuple[Query, ...]:
    """All whose modules are there."""
    found = _ALWAYS
    if _there("events.selectors.search"):
        found += _EVERYWHERE
    if _there("events.evaluation.reading"):
        found += _INDICATORS
    return found
