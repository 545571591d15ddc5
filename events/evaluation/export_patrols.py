"""Patrol plans and check-ins as a file, for whoever wants to count coverage again: grids and days, nobody's name."""

import csv
from datetime import datetime
from typing import TextIO

from django.db import connection, transaction

from events.evaluation.export import said

COLUMNS = ("kind", "grid", "path", "cadence", "times", "key_area", "since", "until", "day", "at")
_CHUNK = 5_000
_PLANS = """
    SELECT 'plan', grid.code, grid.path, plan.cadence, plan.times, plan.key_area, plan.since, plan.until, NULL,
           plan.set_at
    FROM events_patrolplan plan
    LEFT JOIN events_patrolplan_grids listed ON listed.patrolplan_id = plan.id
    LEFT JOIN grid_region region ON region.id = plan.region_id
    JOIN grid_grid grid ON grid.id = listed.grid_id OR starts_with(grid.path, region.path)
    WHERE plan.set_at <= %(as_of)s AND grid.valid_to IS NULL ORDER BY plan.id, grid.code
"""
_VISITS = """
    SELECT 'visit', grid.code, grid.path, NULL, NULL, NULL, NULL, NULL, visit.day, min(visit.at)
    FROM events_checkin visit JOIN grid_grid grid ON grid.id = visit.grid_id
    WHERE visit.at <= %(as_of)s GROUP BY grid.code, grid.path, visit.day ORDER BY grid.code, visit.day
"""


def write_patrols(file: TextIO, *, as_of: datetime) -> int:
    """Write what each plan set up to `as_of` asks of each grid, and the days with a check-in; how many rows.

    A day that several officers checked in on stands once, with the time at which the first of them arrived.
    """
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    written = 0
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        for query in (_PLANS, _VISITS):
            cursor.execute(query, {"as_of": as_of})
            while rows := cursor.fetchmany(_CHUNK):
                writer.writerows([said(value) for value in row] for row in rows)
                written += len(rows)
    return written
