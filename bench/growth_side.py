"""One of the two databases of `bench.growth`: asked by turns with the other, in a process of its own.

`python -m bench.growth_side` with DATABASE_URL: a line of JSON in ({"query", "times", "plans"}), one out.
"""

import itertools
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from types import TracebackType
from typing import IO, Any

from psycopg import ClientCursor

from bench.growth_queries import Readers, queries
from bench.scratch import ROOT

LEAST_MS = 1.0  # what takes less has no plan worth keeping


class Heard:
    """The statements that a query sends, and how long PostgreSQL took for each until all rows were there, in ms."""

    def __init__(self) -> None:
        self.statements: list[tuple[str, Any, float]] = []
        self.prepared: set[str] = set()

    def __call__(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        """As Django wants it."""
        if not isinstance(context["cursor"].cursor, ClientCursor):  # Django's own bind in the client
            self.prepared.add(str(sql))
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.statements.append((str(sql), params, (time.perf_counter() - began) * 1000))


def answer(asked: dict[str, Any], readers: Readers) -> dict[str, Any]:
    """Times of a query, in ms: on the wall, and of PostgreSQL alone; with plans: those of its slower statements."""
    from django.db import connection

    query = next(one for one in queries() if one.name == asked["query"])
    wall, database, heard = [], [], Heard()
    for _ in range(asked["times"]):
        heard = Heard()
        began = time.perf_counter()
        with connection.execute_wrapper(heard):
            query.ask(readers)
        wall.append((time.perf_counter() - began) * 1000)
        database.append(sum(ms for _, _, ms in heard.statements))
    slower = [(sql, params) for sql, params, ms in heard.statements if asked["plans"] and ms >= LEAST_MS]
    plans = [_plan(sql, params, prepared=sql in heard.prepared) for sql, params in slower]
    return {"wall": wall, "database": database, "statements": len(heard.statements), "plans": [p for p in plans if p]}


def _plan(sql: str, params: Any, *, prepared: bool) -> str:
    """As PostgreSQL carries it out: what is prepared by its plan for any values, as the product's sessions have it."""
    from django.db import connection

    if not sql.lstrip().upper().startswith(("SELECT", "WITH")):
        return ""
    with connection.cursor() as cursor:
        if prepared:
            sql, params = _execution(cursor, sql, params)
        cursor.execute("EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, COSTS OFF) " + sql, params)
        lines = [line for (line,) in cursor.fetchall()]
        if prepared:
            cursor.execute("DEALLOCATE asked")
        return "\n".join(lines)


def _execution(cursor: Any, sql: str, params: Any) -> tuple[str, list[Any]]:
    """The statement that carries out another one, which it prepares."""
    blanks = _BLANK.findall(sql)
    values = [params[name] if name else params[place] for place, name in enumerate(blanks)]
    number = itertools.count(1)
    numbered = _BLANK.sub(lambda _found: f"${next(number)}", sql).replace("%%", "%")
    types = [next((name for kind, name in _TYPES if isinstance(value, kind)), "unknown") for value in values]
    cursor.execute(f"PREPARE asked{_listed(types)} AS {numbered}".replace("%", "%%"), [])
    return f"EXECUTE asked{_listed(['%s'] * len(values))}", values


def _listed(words: list[str]) -> str:
    return f" ({', '.join(words)})" if words else ""


_TYPES = ((bool, "boolean"), (int, "bigint"), (datetime, "timestamptz"))  # as the driver says them
_BLANK = re.compile(r"(?<!%)%(?:s|\((\w+)\)s)")


class Side:
    """The process that asks one database."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.growth_side"], cwd=ROOT, env=environment, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def __enter__(self) -> "Side":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pipe(self._process.stdin).close()
        self._process.wait(30)

    def ask(self, query: str, *, times: int, plans: bool = False) -> dict[str, Any]:
        """What the other end answers. Raises RuntimeError when it has died; its words stand on stderr."""
        written = self._pipe(self._process.stdin)
        written.write(json.dumps({"query": query, "times": times, "plans": plans}) + "\n")
        written.flush()
        line = self._pipe(self._process.stdout).readline()
        if not line:
            raise RuntimeError(f"{query} failed; the reason stands above")
        found: dict[str, Any] = json.loads(line)
        return found

    @staticmethod
    def _pipe(pipe: IO[str] | None) -> IO[str]:
        assert pipe is not None
        return pipe


@contextmanager
def standing() -> Iterator[Readers]:
    """Django set up, and people by name."""
    import django

    django.setup()
    from django.utils import timezone

    from bench.scratch import let_go

    now: datetime = timezone.now()
    try:
        yield Readers(now)
    finally:
        let_go()


def main() -> int:
    """Answer until there are no more lines."""
    with standing() as readers:
        for line in sys.stdin:
            sys.stdout.write(json.dumps(answer(json.loads(line), readers)) + "\n")
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
