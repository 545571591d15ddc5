"""Waiting for NOTIFY on one connection that is always made anew."""

import asyncio
import logging
from collections.abc import Callable

import psycopg
from django.db import connection as database

from webapp.readiness import conninfo

FIRST_WAIT_SECONDS = 0.1
LONGEST_WAIT_SECONDS = 5.0
log = logging.getLogger(__name__)


async def listen(channel: str, wake: Callable[[], None]) -> None:
    """Call `wake` for every notification on `channel`, and after every new connection, since some may have been missed.

    Never returns; waits 0.1 s, doubling to 5 s, between attempts.
    """
    wait = FIRST_WAIT_SECONDS
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(conninfo(), autocommit=True) as connection:
                await connection.execute(psycopg.sql.SQL("LISTEN {}").format(psycopg.sql.Identifier(channel)))
                wait = FIRST_WAIT_SECONDS
                wake()
                async for _ in connection.notifies():
                    wake()
        except (psycopg.Error, OSError) as error:
            log.warning("live: the listening connection failed: %s", type(error).__name__)
            _forget_pooled()
        await asyncio.sleep(wait)
        wait = min(LONGEST_WAIT_SECONDS, wait * 2)


def _forget_pooled() -> None:
    """Close the connections that wait in the process's pool: what cut this one has cut them too.

    The pool would find that out one by one, and pause longer and longer in between: with a dozen of them requests wait
    for half a minute although the database is back.
    """
    pool = getattr(database, "pool", None)  # of PostgreSQL's back end; the stubs know the general one
    if pool is not None:
        pool.drain()
