"""Promise 4 and 23: readiness tells the truth, with reasons, and takes it back when the reason is gone."""

import json

import pytest

from tests.product import Product

pytestmark = pytest.mark.product


def readiness(product: Product) -> tuple[int, list[str]]:
    """Status, and the codes of the reasons."""
    status, body = product.ask("/readyz")
    try:
        return status, [reason["code"] for reason in json.loads(body)["reasons"]]
    except (ValueError, KeyError):
        return status, []


@pytest.mark.parametrize("setting", ["synchronous_commit", "full_page_writes"])
def test_a_database_that_may_lose_a_commit_is_not_ready(product, setting):
    product.wait(lambda: readiness(product) == (200, []), 60)
    with product.database(superuser=True) as superuser:
        try:
            superuser.execute(f"ALTER SYSTEM SET {setting} = off".encode())
            superuser.execute("SELECT pg_reload_conf()")
            product.wait(lambda: readiness(product) == (503, ["durability"]), 20)
            body = json.loads(product.ask("/readyz")[1])
            assert setting in body["reasons"][0]["detail"]
            assert product.ask("/healthz")[0] == 200
        finally:
            superuser.execute(f"ALTER SYSTEM RESET {setting}".encode())
            superuser.execute("SELECT pg_reload_conf()")
    product.wait(lambda: readiness(product) == (200, []), 20)


def test_without_its_database_it_is_not_ready_and_says_so(product, people):
    product.wait(lambda: readiness(product) == (200, []), 60)
    seen = set()
    killed = product.kill("postgres")

    def looked() -> bool:
        status, reasons = readiness(product)
        seen.add((status, *reasons))
        return status == 503

    product.wait(looked, 20)
    assert product.ask("/healthz")[0] == 200, "the process itself lives"
    product.back("postgres", killed, 60)
    assert (503, "database") in seen, seen
    product.wait(lambda: people("damatou.desk").get("map/events").status_code == 200, 20)
