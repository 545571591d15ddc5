"""The hotline as a robot: it hands in orders about the robots' grids, signed by the specification's own library."""

from __future__ import annotations

import json
import random
import time
from datetime import UTC, datetime
from uuid import uuid4

import httpx
from standardwebhooks import Webhook

from tests.product import Product
from tests.walks.robots import Robot, Run


class HotlineRobot(Robot):
    """A machine: it has no worklist, it only reports, to the city."""

    def __init__(self, product: Product, run: Run, places: list[tuple[float, float]], dice: random.Random) -> None:
        self.run, self.dice, self._places, self.name = run, dice, places, "hotline"
        self._key = Webhook(product.hotline_secret)
        self._http = httpx.Client(base_url=product.origin, timeout=20, trust_env=False)

    def _live(self) -> None:
        """An order now and then until reporting is over."""
        while not self.run.over():
            self.run.ended.wait(self.run.nap * self.dice.uniform(0.5, 1.5))
            if not self.run.closing and self.run.tally.may_report(backlog=self.run.backlog, most=self.run.most):
                self._hand_in()

    def _hand_in(self) -> None:
        number, (lng, lat), now = f"robot-{uuid4().hex}", self.dice.choice(self._places), datetime.now(UTC)
        body = json.dumps(
            {
                "message_id": number, "order_no": f"YYR{uuid4().hex[:16]}", "type": "new",
                "content": "路面破损，请修补",
                "occurred_at": now.isoformat(), "lng": lng, "lat": lat, "crs": "wgs84", "categories": ["路面破损"],
            }
        )  # fmt: skip
        headers = {
            "webhook-id": number, "webhook-timestamp": str(int(now.timestamp())), "Content-Type": "application/json",
            "webhook-signature": self._key.sign(number, now, body),
        }  # fmt: skip
        began = self.run.pace.turn()
        try:
            answer = self._http.post("/hotline/v1/messages", content=body, headers=headers)
        except httpx.HTTPError as error:
            self.run.tally.failed.append(f"hotline: {error!r}")
            return
        self.run.tally.seconds["step"].append(time.perf_counter() - began)
        if answer.status_code >= 300:
            (self.run.tally.failed if answer.status_code >= 500 else self.run.tally.refused).append(answer.text)
            return
        found = answer.json()
        self.run.tally.take(found["event_no"], "report", 1, found["state"])
