"""Many rows at once: PostgreSQL's COPY, with ids taken from the table's own sequence beforehand."""

from collections.abc import Iterable, Sequence
from typing import Any

import shapely
from django.db import connection
from psycopg import sql


def new_ids(*, table: str, count: int) -> list[int]:
    """`count` unused ids of a table, rising."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count])
        return sorted(row[0] for row in cursor.fetchall())


def copy_rows(*, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Add rows by COPY in the present transaction; geometries as hexadecimal EWKB. Raises Django's database errors."""
    statement = sql.SQL("COPY {table} ({columns}) FROM STDIN").format(
        table=sql.Identifier(table), columns=sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def ewkb(shapes: Iterable[Any], *, srid: int) -> list[str]:
    """Shapes as hexadecimal EWKB with their SRID, as COPY takes them."""
    return [str(text) for text in shapely.to_wkb(shapely.set_srid(list(shapes), srid), hex=True, include_srid=True)]
