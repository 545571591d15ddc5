"""Querysets written as SQL once per process: for those few whose writing takes Python longer than answering them takes
the database.

Everything else stays Django's: objects, relations, converters, transactions, errors, and its count of queries.
"""

from collections.abc import Callable
from copy import copy
from threading import Lock
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)

NUMBER = -7_309_214_005_113
TEXT = "\u2063the value of a planned query\u2063"
"""What `make` puts where the value goes: nothing else in a statement is equal to it."""


PLANS = 128
"""How many statements are kept where there is one for each way of seeing things, at 75 kB each: those of whoever asks
most; the others' are written each time, as all were before."""


class Planned(Generic[M]):
    """A queryset with one value that differs from call to call: a number (a primary key), a text, a UUID.

    `make` is called once, with a blank that stands for the value; it must pass the blank on as it is, and anything else
    that it puts in is in the statement for good. The language and the time are such things.
    """

    def __init__(self, make: Callable[[Any], QuerySet[M]], blank: int | str | UUID = NUMBER) -> None:
        self._make = make
        self._blank = blank
        self._lock = Lock()
        self._written: tuple[QuerySet[M], Any, str, tuple[Any, ...]] | None = None

    def rows(self, value: int | str | UUID) -> list[M]:
        """The objects for this value. One query; none where the queryset can hold nothing."""
        queryset, compiler, sql, parameters = self._written or self._write()
        if not sql:
            return []
        given = tuple(value if parameter == self._blank else parameter for parameter in parameters)
        compiler = copy(compiler)
        compiler.connection = connections[queryset.db]  # a connection belongs to a thread
        compiler.as_sql = lambda *_args, **_options: (sql, given)
        fresh: Any = queryset.all()
        fresh.query.get_compiler = lambda *_args, **_options: compiler
        return list(fresh)

    def first(self, value: int | str | UUID) -> M | None:
        """The only object for this value, or None."""
        return next(iter(self.rows(value)), None)

    def _write(self) -> tuple[QuerySet[M], Any, str, tuple[Any, ...]]:
        with self._lock:
            if self._written is None:
                queryset = self._make(self._blank)
                compiler = queryset.query.get_compiler(using=queryset.db)
                try:
                    sql, parameters = compiler.as_sql()
                except EmptyResultSet:
                    sql, parameters = "", ()
                if sql and self._blank not in parameters:
                    raise ValueError("the blank must reach the statement as it is")
                self._written = (queryset, compiler, sql, tuple(parameters))
            return self._written
