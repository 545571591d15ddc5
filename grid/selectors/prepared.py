"""Statements that are planned once per connection: for those few whose planning takes as long as they do."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import NotSupportedError, connection
from psycopg import Cursor
from psycopg._preparing import Prepare, PrepareManager
from psycopg.pq import Format
from psycopg.pq.abc import PGresult

MOST_PREPARED = 256
"""Plans that a connection keeps, at 50 to 300 kB each in the server's memory: those used last."""


class _Kept(PrepareManager):
    """Keeps what is prepared through a rollback, as PostgreSQL does.

    The driver's own forgets everything then, lest a table that was made in the transaction is gone. Nothing here makes
    tables, and every refusal rolls back: each would cost the connection all its plans.
    """

    def clear(self) -> bool:
        """Nothing is forgotten."""
        return False

    def validate(self, key: Any, prep: Prepare, name: bytes, results: Sequence[PGresult]) -> None:
        """What failed at its first use is no longer known here, and then not to the server either."""
        super().validate(key, prep, name, results)
        if prep is Prepare.SHOULD and key not in self._names:
            self._to_flush.append(name)

    def forget(self) -> None:
        """All of it, here and on the server."""
        super().clear()


@contextmanager
def prepared_cursor(format: Format = Format.BINARY) -> Iterator[Any]:
    """A cursor in the present transaction, with Django's errors and Django's count, whose statements are prepared.

    The server binds their parameters, so each needs a type that the server can tell. Values come in binary form, which
    is quicker to read; as text they are what Django's fields expect.
    """
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    own: Any = connection.connection
    if not isinstance(own._prepared, _Kept):
        own._prepared = _Kept()
    # Django turns preparing off; its own cursors never prepare, whatever stands here. The second use of a statement
    # prepares it: what one person asks once takes nobody's place.
    own.prepare_threshold = 1
    own.prepared_max = MOST_PREPARED
    bare: Any = Cursor(own)
    bare.format = format
    wrap = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    try:
        with wrap(bare) as cursor:
            yield cursor
    except NotSupportedError:  # a table has changed under a plan
        own._prepared.forget()
        raise
