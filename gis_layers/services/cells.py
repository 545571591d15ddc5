"""Counts of sites per map cell, for zooms where single sites would be too many."""

from pathlib import Path

from django.db import connection

COUNT_CELLS = (Path(__file__).resolve().parents[1] / "sql" / "count_cells.sql").read_text(encoding="utf-8")


def count_cells() -> None:
    """Count all sites anew, in the present transaction; secret sites are never counted. 0.5 s for 15,000 sites.

    Whoever changes sites calls it and moves revision `sites` in the same transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM gis_layers_sitecell")
        cursor.execute(COUNT_CELLS)
