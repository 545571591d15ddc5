"""Querysets written as SQL once per process, and planned once per connection: for those few whose writing and planning
take longer than answering them.

Everything else stays Django's: objects, relations, converters, transactions, errors, and its count of queries.
"""

import re
from collections.abc import Callable, Sequence
from copy import copy
from datetime import UTC, datetime
from threading import Lock
from typing import Any, Generic, TypeVar

from django.contrib.gis.db.backends.postgis.adapter import PostGISAdapter
from django.contrib.gis.geos import Point
from django.core.exceptions import EmptyResultSet
from django.db import connection, connections
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from psycopg import sql
from psycopg.pq import Format
from psycopg.types.numeric import Int8

from grid.selectors.prepared import prepared_cursor

R = TypeVar("R")

NUMBER = -7_309_214_005_113
TEXT = "\u2063the value of a planned query\u2063"
NUMBERS = [NUMBER]
TEXTS = [TEXT]
OTHER_TEXTS = ["\u2063other values of a planned query\u2063"]
MOMENT = datetime(1, 1, 1, microsecond=730_921, tzinfo=UTC)
PLACE = Point(-7.309214, -5.113730, srid=4326)
"""What stands in a queryset where a value goes: nothing else in a statement is equal to it."""


def among(values: list[int] | list[str]) -> RawSQL:
    """The numbers or texts as one value, for `__in`: a plan is the same however many there are."""
    if any(isinstance(value, str) for value in values):
        return RawSQL("SELECT unnest(%s::text[])", (values,))
    return RawSQL("SELECT unnest(%s::bigint[])", (values,))


PLANS = 128
"""How many statements are kept where there is one for each way of seeing things, at 75 kB each: those of whoever asks
most. The others' are written each time."""


class Planned(Generic[R]):
    """A queryset with values that differ from call to call: numbers (a primary key), texts, moments, places, UUIDs.

    `make` is called once, with the blanks that stand for them; it must pass each on as it is, alone or within an array,
    unless it is `sparing` and may leave some out. Anything else that it puts in is in the statement for good, and known
    to whoever plans it. The language is such a thing.
    """

    def __init__(self, make: Callable[..., QuerySet[Any, R]], *blanks: Any, sparing: bool = False) -> None:
        self._make = make
        self._blanks = tuple(map(_as_given, blanks))
        self._sparing = sparing
        self._lock = Lock()
        self._written: tuple[QuerySet[Any, R], Any, str, tuple[Any, ...]] | None = None

    def rows(self, *values: Any) -> list[R]:
        """What there is for these values, one for each blank. One query; none where the queryset can hold nothing."""
        queryset, compiler, statement, parameters = self._written or self._write()
        if not statement:
            return []
        values = tuple(map(_as_given, values))
        given = tuple(self._filled(parameter, values) for parameter in parameters)
        compiler = copy(compiler)
        compiler.connection = connections[queryset.db]  # a connection belongs to a thread
        compiler.execute_sql = lambda *_args, **_options: [_answer(statement, given)]
        fresh: Any = queryset.all()
        fresh.query.get_compiler = lambda *_args, **_options: compiler
        return list(fresh)

    def first(self, *values: Any) -> R | None:
        """The only one for these values, or None."""
        return next(iter(self.rows(*values)), None)

    def _filled(self, parameter: Any, values: tuple[Any, ...]) -> Any:
        for blank, value in zip(self._blanks, values, strict=True):
            if parameter == blank:
                return value
        return [self._filled(one, values) for one in parameter] if isinstance(parameter, list) else parameter

    def _varies(self, parameter: Any) -> bool:
        return parameter in self._blanks or (isinstance(parameter, list) and any(map(self._varies, parameter)))

    def _write(self) -> tuple[QuerySet[Any, R], Any, str, tuple[Any, ...]]:
        with self._lock:
            if self._written is None:
                queryset = self._make(*self._blanks)
                compiler = queryset.query.get_compiler(using=queryset.db)
                try:
                    statement, parameters = compiler.as_sql()
                except EmptyResultSet:
                    statement, parameters = "", ()
                if statement and not self._sparing and any(blank not in parameters for blank in self._blanks):
                    raise ValueError("every blank must reach the statement as it is")
                self._written = (queryset, compiler, *self._written_out(statement, parameters))
            return self._written

    def _written_out(self, statement: str, parameters: Sequence[Any]) -> tuple[str, tuple[Any, ...]]:
        """The statement with everything in it but the blanks, and these: its plan is made for any of their values, and
        may rely on all else."""
        connection.ensure_connection()
        left, varying = iter(parameters), []

        def put(found: re.Match[str]) -> str:
            if found.group() == "%%":
                return "%%"
            parameter = next(left)
            if self._varies(parameter):
                varying.append(parameter)
                return "%s"
            return sql.Literal(parameter).as_string(connection.connection).replace("%", "%%")

        return _MARK.sub(put, statement), tuple(varying)


_MARK = re.compile("%%|%s")


def _answer(statement: str, given: tuple[Any, ...]) -> list[Any]:
    with prepared_cursor(Format.TEXT) as cursor:
        cursor.execute(statement, given)
        return list(cursor.fetchall())


def _as_given(value: Any) -> Any:
    """As it stands among the parameters of a statement. Numbers are of one type, however small they are: a statement is
    prepared for each type."""
    if isinstance(value, list):
        return [_as_given(one) for one in value]
    if isinstance(value, int):
        return Int8(value)
    return PostGISAdapter(value) if isinstance(value, Point) else value
