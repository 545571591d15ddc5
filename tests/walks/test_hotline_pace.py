"""Fifty orders a second, beside senders that drip: each is answered and there. Promise 12, short.

WANGGE_LONG=1: for a minute, and 99 of 100 within a second; the short form, beside other tests, only prints that.
"""

import json
import os
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import uuid4

import httpx
import pytest
from standardwebhooks import Webhook

from bench.report import percentile
from tests.product import Product
from tests.visitors import in_time

pytestmark = pytest.mark.product
LONG = os.environ.get("WANGGE_LONG") == "1"
A_SECOND, SECONDS, CLIENTS, DRIPPING = 50, 60 if LONG else 4, 24, 40
PLACE = "/hotline/v1/messages"


@contextmanager
def dripping(product: Product) -> Iterator[list[socket.socket]]:
    """Connections that have said how long their message is, and have sent a byte of it."""
    lines = [_begun(product) for _ in range(DRIPPING)]
    try:
        yield lines
    finally:
        for line in lines:
            line.close()


def _begun(product: Product) -> socket.socket:
    line = socket.create_connection(("127.0.0.1", product.port))
    head = f"POST {PLACE} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n"
    line.sendall(head.encode() + b"{")
    return line


def drip(product: Product, lines: list[socket.socket]) -> None:
    """A byte each; one that was cut for its slowness begins anew."""
    for number, line in enumerate(lines):
        try:
            line.sendall(b" ")
        except OSError:
            line.close()
            lines[number] = _begun(product)


def test_fifty_a_second_are_answered_in_time_and_stored_beside_forty_that_drip(product: Product) -> None:
    key = Webhook(product.hotline_secret)
    limits = httpx.Limits(max_keepalive_connections=CLIENTS)
    with httpx.Client(base_url=product.origin, timeout=20, trust_env=False, limits=limits) as http:
        begun = time.perf_counter() + 0.5

        def send(number: int) -> tuple[float, str]:
            name, due = f"pace-{uuid4().hex}", begun + number / A_SECOND
            time.sleep(max(0.0, due - time.perf_counter()))
            now = datetime.now(UTC)
            body = json.dumps({
                "message_id": name, "order_no": name, "type": "new", "occurred_at": now.isoformat(),
                "content": "路口的井盖破了一半", "address": "大码头街道三益街12号", "categories": ["井盖缺损"],
            })  # fmt: skip
            headers = {
                "webhook-id": name, "webhook-timestamp": str(int(now.timestamp())),
                "webhook-signature": key.sign(name, now, body), "Content-Type": "application/json",
            }  # fmt: skip
            answer = http.post(PLACE, content=body, headers=headers)
            assert answer.status_code == 201, answer.text
            return time.perf_counter() - due, name

        with dripping(product) as lines, ThreadPoolExecutor(CLIENTS) as pool:
            sending = [pool.submit(send, number) for number in range(A_SECOND * SECONDS)]
            while not all(one.done() for one in sending):
                drip(product, lines)
                time.sleep(1)
            took, orders = zip(*(one.result() for one in sending), strict=True)
    p99 = percentile(took, 0.99)
    stored = product.rows("SELECT count(*) FROM events_ticket WHERE order_no = ANY(%s)", list(orders))
    print(f"{len(took)} orders, p99 {p99 * 1000:.0f} ms")
    assert stored == [(A_SECOND * SECONDS,)]
    assert in_time(p99, 1.0) or not LONG, f"p99 {p99:.2f} s"
