"""Intake and steps: through the service door and over HTTP, beside what PostgreSQL alone does with the same rows.

`python -m bench.intake [--rounds N] [--seconds S] [--events N] [--json FILE]`, with DATABASE_URL and
DATABASE_OWNER_URL; it works in a database of its own (a copy of the small city) that is dropped at the end.

* floor: pgbench, 8 clients, one transaction of four inserts (event, journal, audit, outbox), prepared, no foreign keys.
* report: a grid officer's report with one photo that is already uploaded; durable when it counts. Besides event,
  journal and audit it writes two clocks, words, evidence, the client's key and the update for the maps.
* accept: the first step, on events with a hotline ticket that wants a callback, hence with an outbox row and a job.
* paced: 50 reports a second, each on time, from due to answered.
* lists: 50 rows, and all open events for the map, among so many events, gzipped where the server does that; statements
  per request (without BEGIN, COMMIT), and processor time of Python per request.
"""

import argparse
import json
import os
import statistics
import sys
import time
from pathlib import Path
from typing import Any

from bench import browser, floor
from bench.doors import Doors
from bench.report import publish, spread_ms, surroundings
from bench.scratch import Person, city, let_go, officers, staff, web_processes
from deploy.database_url import parse
from deploy.template import owner_connection

WEB_PROCESSES = 2
OPEN = 5_000
A_SECOND = 50
_LIST, _MAP, _ME = "/api/v1/events?view=open&limit=50", "/api/v1/map/events", "/api/v1/me"
_FILL = """
    INSERT INTO events_event ({columns})
    SELECT {values} FROM (SELECT * FROM events_event ORDER BY id LIMIT 40) AS kept
    CROSS JOIN generate_series(1, %(copies)s) AS copy LIMIT %(count)s
"""
_CHANGED = {
    "no": "'F-' || copy || '-' || kept.id",
    "state": "CASE WHEN copy * 40 > %(open)s THEN 'closed' ELSE 'reported' END",
    "ended_at": "CASE WHEN copy * 40 > %(open)s THEN now() - interval '2 days' END",
    "reported_at": "kept.reported_at - copy * interval '10 minutes'",
    "stage_due_at": "CASE WHEN copy * 40 <= %(open)s THEN kept.stage_due_at - copy * interval '1 second' END",
}


def hand_in_tickets(numbers: list[str]) -> None:
    """A hotline ticket for each of these events, so that every step owes a callback."""
    from events.models import Event, Ticket

    found = Event.objects.filter(no__in=numbers)
    Ticket.objects.bulk_create(Ticket(order_no=f"T-{event.no}", event=event) for event in found)


def fill(count: int) -> None:
    """Copies of the first events up to `count` in all, at most `OPEN` of them open."""
    with owner_connection(parse(os.environ["DATABASE_URL"]).name) as owner:
        names = [
            row[0]
            for row in owner.execute(
                "SELECT attname FROM pg_attribute WHERE attrelid = 'events_event'::regclass AND attnum > 0 "
                "AND NOT attisdropped AND attname <> 'id'"
            )
        ]
        values = ", ".join(_CHANGED.get(name, f"kept.{name}") for name in names)
        have = owner.execute("SELECT count(*) FROM events_event").fetchone()
        missing = max(0, count - (have[0] if have else 0))
        owner.execute(
            _FILL.format(columns=", ".join(names), values=values),
            {"copies": missing // 40 + 1, "count": missing, "open": min(OPEN, missing)},
        )
        owner.execute("VACUUM ANALYZE events_event")


class Statements:
    """Counts the SQL statements of requests, in this process."""

    def __init__(self) -> None:
        from django.test import Client

        self._client = Client(SERVER_NAME="127.0.0.1")

    def of(self, method: str, path: str, person: Person, body: dict[str, Any] | None = None) -> int:
        """How many, without BEGIN and COMMIT. Raises RuntimeError when the request is refused."""
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        self._client.cookies.load({"wangge_session": person.session})
        with CaptureQueriesContext(connection) as seen:
            answer = self._client.generic(
                method, path, json.dumps(body) if body else "", content_type="application/json"
            )
        if answer.status_code >= 300:
            raise RuntimeError(f"{method} {path} answered {answer.status_code}: {answer.content[:300]!r}")
        return sum(query["sql"] not in {"BEGIN", "COMMIT"} for query in seen.captured_queries)

    def processor_ms(self, path: str, person: Person, times: int) -> float:
        """Milliseconds of this process's own time for a GET, the mean of so many; PostgreSQL's is not in it."""
        self._client.cookies.load({"wangge_session": person.session})
        self._client.get(path)
        used = time.process_time()
        for _ in range(times):
            self._client.get(path)
        return (time.process_time() - used) * 1000 / times


def rates(
    ports: tuple[int, ...], reporters: list[Person], acceptor: Person, script: Path, *, rounds: int, seconds: int
) -> dict[str, Any]:
    """Floor, door and HTTP, by turns; medians over the rounds, and of each round's ratio to its own floor."""
    found: dict[str, list[float]] = {name: [] for name in ("floor", "report", "accept", "report_http", "accept_http")}
    processor: dict[str, list[float]] = {"report": [], "accept": []}
    doors = Doors()
    try:
        for number in range(-1, rounds):  # the first round only warms up; the floor's rows are copied from its rows
            length = seconds if number >= 0 else 1
            one = {}
            made = doors.report(reporters, length)
            sent = browser.reports(ports, reporters, length)
            hand_in_tickets(made.numbers + sent.numbers)
            one["report"], one["report_http"] = made.rate, sent.rate
            accepted = doors.accept(acceptor, made.numbers, length)
            one["accept"] = accepted.rate
            one["accept_http"] = browser.accepts(ports, acceptor, sent.numbers, length).rate
            if number < 0:
                floor.prepare(script)
                continue
            one["floor"] = floor.rate(script, length)
            for name, value in one.items():
                found[name].append(value)
            processor["report"].append(made.processor_ms)
            processor["accept"].append(accepted.processor_ms)
    finally:
        doors.close()
    ratios = {
        f"{name}_to_floor": round(statistics.median(a / b for a, b in zip(found[name], found["floor"], strict=True)), 3)
        for name in found
        if name != "floor"
    }
    return (
        {f"{name}_per_s": round(statistics.median(each), 1) for name, each in found.items()}
        | {f"{name}_processor_ms": round(statistics.median(each), 1) for name, each in processor.items()}
        | ratios
    )


def lists(ports: tuple[int, ...], dispatcher: Person, *, events: int) -> dict[str, Any]:
    """A page of 50, and the map's open events, among `events`."""
    fill(events)
    one = browser.Browser(ports[0])
    found: dict[str, Any] = {"events": events, "open": min(OPEN, events)}
    for name, path in (("list_of_50", _LIST), ("map", _MAP)):
        durations, size = browser.timed(one, path, dispatcher, 12)
        found |= {f"{name}_{key}": value for key, value in spread_ms(durations[2:]).items()}
        found[f"{name}_kb"] = round(size / 1000, 1)
    return found


def statements(officer: Person, acceptor: Person, dispatcher: Person, number: str) -> dict[str, int]:
    """SQL statements per request, each warmed up by one before."""
    count = Statements()
    count.of("POST", "/api/v1/events", officer, browser.report_body(officer))
    return {
        "report": count.of("POST", "/api/v1/events", officer, browser.report_body(officer)),
        "step": count.of("POST", f"/api/v1/events/{number}/steps", acceptor, {"step": "accept", "version": 1}),
        "list_of_50": count.of("GET", _LIST, dispatcher),
        "card": count.of("GET", f"/api/v1/events/{number}", dispatcher),
        "map": count.of("GET", _MAP, dispatcher),
        "me": count.of("GET", _ME, dispatcher),
    }


def processor(dispatcher: Person, number: str) -> dict[str, float]:
    """Milliseconds of Python's time per request, in process; `me` asks for hardly more than who it is."""
    each = {"me": (_ME, 100), "card": (f"/api/v1/events/{number}", 40), "list_of_50": (_LIST, 20), "map": (_MAP, 10)}
    client = Statements()
    return {name: round(client.processor_ms(path, dispatcher, times), 2) for name, (path, times) in each.items()}


def measure(*, rounds: int, seconds: int, events: int, ground: Path | None) -> dict[str, Any]:
    """Everything."""
    with city(ground=ground) as state:
        reporters, acceptor = officers(24), staff("bench-acceptor", "acceptor", everywhere=True)
        dispatcher = staff("bench-dispatcher", "dispatcher")
        with web_processes(WEB_PROCESSES) as ports:
            one = browser.Browser(ports[0])
            speed = rates(ports, reporters, acceptor, state / "floor.sql", rounds=rounds, seconds=seconds)
            paced = browser.paced_reports(ports, reporters, a_second=A_SECOND, seconds=max(4, seconds))
            number = str(one.report(reporters[0])["no"])
            hand_in_tickets([number])
            queries = statements(reporters[0], acceptor, dispatcher, number)
            found = lists(ports, dispatcher, events=events)
            used = processor(dispatcher, number)
        let_go()
    return {
        "intake": speed | {"clients": browser.CLIENTS, "web_processes": WEB_PROCESSES, "rounds": rounds},
        f"paced_{A_SECOND}_per_s": spread_ms(paced) | {"reports": len(paced)},
        "lists": found,
        "statements_per_request": queries,
        "processor_ms_per_request": used,
        **surroundings(),
    }


def main(arguments: list[str] | None = None) -> int:
    """Command line: prints a table, then the JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=3, help="of each of a round's five runs")
    parser.add_argument("--events", type=int, default=20_000, help="events in the table when lists are asked for")
    parser.add_argument("--ground", type=Path, help="a city file instead of the small city")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    result = measure(rounds=options.rounds, seconds=options.seconds, events=options.events, ground=options.ground)
    publish(result, options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
