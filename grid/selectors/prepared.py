"""Statements that are planned once per connection: for those few whose planning takes as long as they do."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from psycopg import Cursor
from psycopg._preparing import PrepareManager
from psycopg.pq import Format

MOST_PREPARED = 256
"""Plans that a connection keeps, at 50 to 300 kB each in the server's memory: for everybody's posts on a busy day."""


class _Kept(PrepareManager):
    """Keeps what is prepared through a rollback, as PostgreSQL does.

    The driver's own forgets everything then, lest a table that was made in the transaction is gone. Nothing here makes
    tables, and every refusal rolls back: each would cost the connection all its plans.
    """

    def clear(self) -> bool:
        """Nothing is forgotten."""
        return False


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
    own.prepare_threshold = 0  # Django turns preparing off; its own cursors never prepare, whatever stands here
    own.prepared_max = MOST_PREPARED
    bare: Any = Cursor(own)
    bare.format = format
    wrap = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    with wrap(bare) as cursor:
        yield cursor
