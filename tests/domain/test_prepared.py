"""Statements planned once per connection: still in the transaction, with Django's errors, and counted by Django."""

import pytest
from django.db import DataError, NotSupportedError, connection, transaction

from grid.selectors.prepared import prepared_cursor

pytestmark = pytest.mark.django_db

STATEMENT = "SELECT 12 / %(by)s::int AS prepared_once"


def divide(by: int) -> int:
    with prepared_cursor() as cursor:
        cursor.execute(STATEMENT, {"by": by})
        found: int = cursor.fetchone()[0]
    return found


def uses(like: str = "%prepared_once") -> list[int]:
    """How often each preparation of the statement was used, on this connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT generic_plans + custom_plans FROM pg_prepared_statements WHERE statement LIKE %s",
                       [like])  # fmt: skip
        return [count for (count,) in cursor.fetchall()]


def test_from_its_second_use_on_it_is_called_by_name():
    divide(1)
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
    divide(1)
    (before,) = uses()
    with pytest.raises(DataError), transaction.atomic():
        divide(0)
    assert divide(4) == 3
    assert uses() == [before + 2]


def test_what_fails_when_it_is_first_called_by_name_is_not_left_with_the_server():
    def ask(by: int) -> None:
        with prepared_cursor() as cursor:
            cursor.execute("SELECT 12 / %s::int AS prepared_and_failed", [by])

    ask(1)
    for _ in range(3):
        with pytest.raises(DataError), transaction.atomic():
            ask(0)
    divide(1)  # what is to be let go is let go with the next statement
    assert len(uses("%prepared_and_failed")) <= 1


def test_a_table_that_changes_under_a_plan_costs_one_error():
    def ask() -> tuple[object, ...]:
        with prepared_cursor() as cursor:
            cursor.execute("SELECT * FROM prepared_changes")
            found: tuple[object, ...] = cursor.fetchone()
        return found

    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE prepared_changes (n int)")
        cursor.execute("INSERT INTO prepared_changes VALUES (5)")
        assert [ask() for _ in range(3)] == [(5,)] * 3
        cursor.execute("ALTER TABLE prepared_changes ADD m int")
    with pytest.raises(NotSupportedError), transaction.atomic():
        ask()
    assert [ask() for _ in range(3)] == [(5, None)] * 3


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
