"""Messages from other systems take turns: few at once, in order, and nobody keeps a turn. Pure, on one event loop."""

import asyncio
from typing import Any

import pytest

from webapp.patience import AT_ONCE, WEBHOOKS, patient

WHOLE = {"type": "http.request", "body": b"{}", "more_body": False}
BEGUN = {"type": "http.request", "body": b"{", "more_body": True}


class Desk:
    """An application that reads the whole body and then takes a while."""

    def __init__(self, *, fails: bool = False) -> None:
        self.fails = fails
        self.inside = self.most = 0
        self.done: list[int] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        while (message := await receive()).get("more_body"):
            pass
        if message["type"] == "http.disconnect":
            return
        self.inside += 1
        self.most = max(self.most, self.inside)
        await asyncio.sleep(0.002)
        self.inside -= 1
        if self.fails:
            raise OSError
        self.done.append(scope["number"])


async def _asked(desk: Desk, *, path: str, parts: list[Any], times: int) -> list[Any]:
    limited = patient(desk, seconds=5)

    async def one(number: int) -> None:
        left = list(parts)

        async def receive() -> Any:
            return left.pop(0) if left else await asyncio.sleep(60)

        await limited({"path": path, "number": number, "headers": []}, receive, receive)

    async with asyncio.timeout(5):
        return await asyncio.gather(*(one(number) for number in range(times)), return_exceptions=True)


@pytest.mark.parametrize("path", WEBHOOKS)
def test_messages_are_worked_on_a_few_at_once_and_in_order(path):
    desk = Desk()
    asyncio.run(_asked(desk, path=path, parts=[BEGUN, WHOLE], times=20))
    assert (desk.most, desk.done) == (AT_ONCE, list(range(20)))


def test_what_people_send_waits_for_no_turn():
    desk = Desk()
    asyncio.run(_asked(desk, path="/api/v1/events", parts=[WHOLE], times=20))
    assert desk.most == 20


def test_a_message_that_fails_gives_its_turn_back():
    desk = Desk(fails=True)
    outcomes = asyncio.run(_asked(desk, path=WEBHOOKS[0], parts=[WHOLE], times=20))
    assert [type(one) for one in outcomes] == [OSError] * 20


@pytest.mark.parametrize("parts", [[BEGUN], [BEGUN, {"type": "http.disconnect"}]])
def test_a_message_that_is_never_whole_takes_no_turn(parts):
    async def both() -> None:
        limited = patient(desk, seconds=5)

        async def drip() -> None:
            left = list(parts)

            async def receive() -> Any:
                return left.pop(0) if left else await asyncio.sleep(60)

            await limited({"path": WEBHOOKS[0], "number": -1, "headers": []}, receive, receive)

        slow = [asyncio.create_task(drip()) for _ in range(10)]
        await asyncio.sleep(0)
        left = [WHOLE]

        async def receive() -> Any:
            return left.pop()

        async with asyncio.timeout(1):
            await limited({"path": WEBHOOKS[0], "number": 7, "headers": []}, receive, receive)
        for one in slow:
            one.cancel()

    desk = Desk()
    asyncio.run(both())
    assert desk.done == [7]
