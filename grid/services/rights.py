"""What the application's database role may do: rows, never tables; and append-only tables only grow."""

from typing import Any

from django.conf import settings
from django.db import connections
from psycopg import sql

APPEND_ONLY = (
    "grid_auditentry", "grid_auditseal", "events_journalentry", "events_deliveryattempt",
               "events_assessmententry", "events_checkin",
)  # fmt: skip


def apply(*, using: str = "default", **_signal: Any) -> None:
    """Grant the application role its rights on all that the present role owns, and take back what it must not have.

    Does nothing when the present role is the application's own (it owns nothing to grant).
    """
    role = settings.APPLICATION_ROLE
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        if cursor.fetchone()[0] == role:
            return
        name = sql.Identifier(role)
        for statement in (
            "GRANT USAGE ON SCHEMA public TO {role}",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
            "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
            "REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}",
        ):
            cursor.execute(sql.SQL(statement).format(role=name))
        tables = set(connection.introspection.table_names(cursor))
        for table in APPEND_ONLY:
            if table in tables:
                cursor.execute(
                    sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {role}").format(
                        table=sql.Identifier(table), role=name
                    )
                )
