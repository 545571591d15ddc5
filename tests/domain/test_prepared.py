"""Statements planned once per connection: still in the transaction, with Django's errors, and counted by Django."""

import pytest
from django.db import DataError, connection, transaction

from grid.selectors.prepared import prepared_cursor

pytestmark = pytest.mark.django_db

STATEMENT = "SELECT 12 / %(by)s::int AS prepared_once"


def divide(by: int) -> int:
    with prepared_cursor() as cursor:
        cursor.execute(STATEMENT, {"by": by})
        found: int = cursor.fetchone()[0]
    return found


def uses() -> list[int]:
    """How often each preparation of the statement was used, on this connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT generic_plans + custom_plans FROM pg_prepared_statements WHERE statement LIKE %s",
                       ["%prepared_once"])  # fmt: skip
        return [count for (count,) in cursor.fetchall()]


def test_it_is_sent_once_and_then_called_by_name():
    divide(1)
    (before,) = uses()
    assert [divide(by) for by in (1, 2, 3)] == [12, 6, 4]
    assert uses() == [before + 3]


def test_an_ordinary_cursor_of_the_same_connection_prepares_nothing():
    divide(1)
    with connection.cursor() as cursor:
        for _ in range(9):
            cursor.execute("SELECT 7 AS never_prepared")
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s", ["%never_prepared"])
        assert cursor.fetchone() == (0,)


def test_errors_are_django_s_and_a_rollback_costs_no_plan():
    divide(1)
    (before,) = uses()
    with pytest.raises(DataError), transaction.atomic():
        divide(0)
    assert divide(4) == 3
    assert uses() == [before + 2]


def test_django_counts_it(django_assert_num_queries):
    with django_assert_num_queries(2):
        divide(1)
        divide(2)


def test_it_stands_in_the_present_transaction():
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE TEMPORARY TABLE prepared_sees (n int) ON COMMIT DROP; INSERT INTO prepared_sees VALUES (5)"
            )
        with prepared_cursor() as cursor:
            cursor.execute("SELECT n FROM prepared_sees")
            assert cursor.fetchone() == (5,)
