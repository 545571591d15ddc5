"""Walk 2: an order of the hotline, signed with curl and openssl as its manual says, and each callback."""

import json
import os
import re
import subprocess
from typing import Any

import httpx

from deploy.places import CHECKOUT
from tests.product import Product
from tests.visitors import inside
from tests.walks.route import OFFICER, handle, own_grid, steps

MANUAL = CHECKOUT / "docs" / "api" / "hotline.md"
GENUINE = "验签通过"


def manual(name: str) -> str:
    """The manual's own lines."""
    found = re.search(rf"^```{name}\n(.*?)^```$", MANUAL.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert found, f"docs/api/hotline.md has no block {name}"
    return found[1]


def run(product: Product, *command: str) -> dict[str, Any]:
    """Run what the manual says, against this product; the answer."""
    environment = {**os.environ, "WANGGE": product.origin, "HOTLINE_SECRET": product.hotline_secret, "no_proxy": "*"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


NOWHERE = "老厂后面那条小路"  # an address that no place table knows


def send(product: Product, *, instead: str | None = None, address: str = "") -> dict[str, Any]:
    """The manual's first message, with `instead` in the place of its coordinates, and another address."""
    script = manual("sh first-message")
    if address:
        script, changes = re.subn(r'"address":"[^"]+"', f'"address":"{address}"', script)
        assert changes == 1
    if instead is not None:
        script, changes = re.subn(r'"lng":[0-9.]+,"lat":[0-9.]+,"crs":"[a-z0-9]+",', instead, script)
        assert changes == 1
    return run(product, "sh", "-euc", script)


def told(product: Product, order_no: str) -> list[dict[str, Any]]:
    """The callbacks that the hotline has had about an order, in their order."""
    entries = httpx.get(f"{product.hotline}/told", trust_env=False).json()["callback"]
    return sorted((one for one in entries if one["order_no"] == order_no), key=lambda one: one["body"]["number"])


def test_the_manual_holds(product, people):
    answer = send(product)
    assert (answer["state"], answer["applied"]) == ("reported", True)
    row = people("city.accept").card(answer["event_no"])
    assert row["source"] == "hotline"
    assert row["ticket_rows"][0]["order_no"] == answer["order_no"]


def test_the_manual_s_python_holds(product):
    answer = run(product, "python3", "-c", manual("python first-message"))
    assert (answer["state"], answer["applied"]) == ("reported", True)


def test_every_step_of_an_order_is_called_back_and_signed(product, people):
    _grid, point = own_grid(people(OFFICER))
    answer = send(product, instead=f'"lng":{point[0]:.6f},"lat":{point[1]:.6f},"crs":"wgs84",')
    no, order = answer["event_no"], answer["order_no"]
    accepting, dispatching = people("city.accept"), people("city.dispatch")
    assert accepting.step(no, "accept")["state"] == "accepted"
    handle(people, no, dispatcher=dispatching, point=point)
    assert accepting.step(no, "close", text="井盖已更换，请放心通行。")["state"] == "closed"

    product.wait(lambda: any(one["body"].get("status") == "closed" for one in told(product, order)), 30)
    product.wait(lambda: len(told(product, order)) >= 6, 30)
    callbacks = told(product, order)
    assert {one["verdict"] for one in callbacks} == {GENUINE}
    assert [one["body"]["step"] for one in callbacks] == [
        "accept", "dispatch", "sign", "finish", "pass_check", "close",
    ]  # fmt: skip
    assert len({one["body"]["number"] for one in callbacks}) == len(callbacks)
    last = callbacks[-1]["body"]
    assert (last["result"], last["reply"], last["event_no"]) == ("solved", "井盖已更换，请放心通行。", no)
    assert all(last[name] for name in ("reported_at", "accepted_at", "dispatched_at", "signed_at", "closed_at"))
    rows = people("city.shift").ask("deliveries")["rows"]
    assert {row["state"] for row in rows if row["order_no"] == order} == {"delivered"}


def test_an_order_with_an_address_alone_waits_and_is_placed(product, people):
    answer = send(product, instead="", address=NOWHERE)
    no, desk = answer["event_no"], people("city.accept")
    card = desk.card(no)
    assert (card["lng"], card["grid"], card["state"]) == (None, None, "reported")
    waiting = desk.ask("events", view="to_place", limit=200)
    assert no in [row["no"] for row in waiting["rows"]]
    grid, _point = own_grid(people(OFFICER))
    lng, lat = inside(desk, grid)
    placed = desk.step(no, "place", point={"lng": lng, "lat": lat, "crs": "wgs84"})
    assert (placed["grid"], placed["state"]) == (grid, "reported")
    assert steps(placed) == ["report", "place"]
    assert no not in [row["no"] for row in desk.ask("events", view="to_place", limit=200)["rows"]]


def test_an_order_that_nobody_signed_is_refused(product):
    body = {"message_id": "x", "order_no": "x", "type": "new", "content": "x", "occurred_at": "2026-01-01T00:00:00Z"}
    answer = httpx.post(f"{product.origin}/hotline/v1/messages", json=body, trust_env=False)
    assert (answer.status_code, answer.json()["code"]) == (401, "signature-missing")
