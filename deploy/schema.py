"""The tables as their owner sees them: whether they are as the last migration left them, and what the planner knows.

A start need not load Django only to find out that there is nothing to migrate.
"""

from __future__ import annotations

from pathlib import Path

from deploy.cluster import ClusterError, query
from deploy.database_url import DatabaseURL
from deploy.files import digest_of_contents

# What migrations can depend on: the apps' own code and settings, and the versions of everybody else's.
_SOURCES = ("grid", "gis_layers", "events", "webapp/settings", "manage.py", "requirements/demo.txt")
_TABLES = """
    SELECT coalesce(md5(string_agg(relname || ' ' || coalesce(relacl::text, ''), ',' ORDER BY relname)), '')
    FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'S')
"""
_ANALYSE = """
    SELECT format('ANALYZE %I', relname) FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND pg_has_role(relowner, 'USAGE') \\gexec
"""
_APPLIED = "SELECT md5(string_agg(app || ' ' || name, ',' ORDER BY app, name)) FROM django_migrations"


def digest(checkout: Path, owner: DatabaseURL) -> str:
    """One line over the code that makes the tables, and over tables, privileges and applied migrations as they are.

    A database put back from a copy, or one with other privileges, is another one. Raises ClusterError where the server
    can't be asked, or has no tables yet.
    """
    code = digest_of_contents(checkout / name for name in _SOURCES)
    return f"{code} {query(owner, _TABLES)} {query(owner, _APPLIED)}"


def is_as_migrated(mark: str, checkout: Path, owner: DatabaseURL) -> bool:
    """Whether `mark`, what `digest` said after the last migration, still holds; not so where it can't be found out."""
    try:
        return bool(mark) and mark == digest(checkout, owner)
    except ClusterError:
        return False


def analyse(owner: DatabaseURL) -> None:
    """Let the planner know what the tables hold, as after a load; the application's role may not, and autovacuum waits.

    Raises ClusterError with the server's words.
    """
    query(owner, _ANALYSE)
