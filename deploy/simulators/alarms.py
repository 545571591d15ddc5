"""The demo's alarm buttons and video doors: `python -m deploy.simulators.alarms`. Its page presses them.

It is told everything by the environment: WANGGE_ALARMS_URL is where it listens, WANGGE_ORIGIN where the platform is,
WANGGE_STATE where keys, the demo's devices and its own notes lie, and WANGGE_ALARMS_EVERY about how many seconds lie
between two alarms by themselves (1800 by default, the first soon after the first start; 0: none by themselves).
"""

import ipaddress
import os
import random
import sqlite3
import sys
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta, timezone
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import httpx

from deploy.places import default_state
from deploy.simulators import alarms_page as pages
from deploy.simulators.devices import HAPPENINGS, Device, message, read_devices
from deploy.simulators.told import ANSWERED, SENT, Book, Entry
from deploy.simulators.wire import Visitor, an_object, run, signed

_CHINA: Final = timezone(timedelta(hours=8))
_EVERY: Final = 1800.0
_FIRST: Final = 20.0  # seconds after the platform is ready
_PAUSES: Final = (1.0, 5.0, 15.0, 60.0)  # before a message is sent again


class UnusablePress(ValueError):
    """What was asked of the simulator can't be done; the message says why."""


@dataclass(frozen=True, slots=True)
class Post:
    """Where things are: our own address, the platform, the keys' folder, our notes and the demo's devices."""

    url: str
    origin: str
    keys: Path
    notes: Path
    ground: Path
    every: float

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> "Post":
        """As the environment says. Raises KeyError or ValueError for what it doesn't."""
        state = default_state()
        url = environment["WANGGE_ALARMS_URL"]
        if not ipaddress.ip_address(urlsplit(url).hostname or "").is_loopback:
            raise ValueError("the simulated devices listen on loopback only")
        return cls(
            url=url, origin=environment["WANGGE_ORIGIN"].rstrip("/"), keys=state.keys,
            notes=state.demo / "alarms.jsonl", ground=state.demo / "demo.gpkg",
            every=float(environment.get("WANGGE_ALARMS_EVERY") or _EVERY),
        )  # fmt: skip

    def key(self, source: str) -> str:
        """The newest key of a platform as it is now. Raises OSError where it has none."""
        return (self.keys / f"{source}_secret").read_text(encoding="ascii").split()[0]


class Alarms:
    """Sends what happens. One is shared by all threads."""

    def __init__(self, post: Post, devices: tuple[Device, ...]) -> None:
        self.post = post
        self.devices = {(one.source, one.code): one for one in devices}
        self.book = Book(post.notes)
        self.chance = random.Random()  # noqa: S311 - nobody is to be kept from guessing it
        self.stopping = threading.Event()
        self._client = httpx.Client(base_url=post.origin, timeout=20, trust_env=False)

    def press(self, source: str, code: str, word: str) -> tuple[str, bytes]:
        """What the platform of a device sends now, written down. Raises UnusablePress."""
        device = self.devices.get((source, code))
        if device is None:
            raise UnusablePress(f"there is no device {code} of {source}")
        try:
            number, body = message(device, word, datetime.now(_CHINA), self.chance)
        except ValueError as error:
            raise UnusablePress(str(error)) from None
        label = next(one.label for one in HAPPENINGS[source] if one.word == word)
        self._note(SENT, number, code, label, {"device": device.name}, good=True)
        return number, body

    def send(self, source: str, code: str, number: str, body: bytes) -> tuple[int, dict[str, Any]]:
        """One signed attempt: the platform's status and answer. Raises httpx.HTTPError or OSError when none came."""
        headers = signed(body, number, self.post.key(source))
        answer = self._client.post(f"/api/v1/sources/{source}", content=body, headers=headers)
        told = an_object(answer.content)
        self._note(ANSWERED, number, code, str(answer.status_code), told, good=answer.is_success)
        return answer.status_code, told

    def ring(self) -> None:
        """Wait for the platform; one soon if none ever was, then one after the other, rarely, until stopped."""
        if self.post.every <= 0 or not self.devices or not self._platform_is_ready():
            return
        wait = self.post.every if self.book.entries(SENT) else min(_FIRST, self.post.every)
        while not self.stopping.wait(wait):
            device = self.chance.choice(list(self.devices.values()))
            self._send_surely(device, HAPPENINGS[device.source][0].word)
            wait = self.post.every * self.chance.uniform(0.75, 1.5)

    def _send_surely(self, device: Device, word: str) -> None:
        number, body = self.press(device.source, device.code, word)
        for pause in (*_PAUSES, 0.0):
            try:
                status, _told = self.send(device.source, device.code, number, body)
            except (httpx.HTTPError, OSError) as error:
                self._note(ANSWERED, number, device.code, "没有答复", {"error": str(error)}, good=False)
            else:
                if status < HTTPStatus.INTERNAL_SERVER_ERROR:
                    return
            if self.stopping.wait(pause):
                return

    def _platform_is_ready(self) -> bool:
        while not self.stopping.is_set():
            try:
                if self._client.get("/readyz").is_success:
                    return True
            except httpx.HTTPError:
                pass
            self.stopping.wait(2)
        return False

    def _note(self, what: str, number: str, code: str, verdict: str, body: dict[str, Any], *, good: bool) -> None:
        at = datetime.now(_CHINA).isoformat(timespec="seconds")
        self.book.add(Entry(at, what, number, code, verdict, good, body))


class _Visitor(Visitor):
    """One connection. `alarms` is set on the subclass that the server is given."""

    alarms: Alarms

    def do_GET(self) -> None:  # the name is the library's
        """The page with the devices, those that `q` names first; and what was sent and answered as JSON."""
        address = urlsplit(self.path)
        match address.path:
            case "/":
                words = parse_qs(address.query).get("q", [""])[0][:64]
                devices = tuple(self.alarms.devices.values())
                origin = self.alarms.post.origin
                self.html(pages.overview(devices, self.alarms.book.entries(), words=words, origin=origin))
            case "/told":
                book = self.alarms.book
                kinds = (SENT, ANSWERED)
                self.json(HTTPStatus.OK, {kind: [asdict(entry) for entry in book.entries(kind)] for kind in kinds})
            case _:
                self.json(HTTPStatus.NOT_FOUND, {"error": "nothing here"})

    def do_POST(self) -> None:  # the name is the library's
        """POST /press with source, code and kind, as a form or as JSON: it happens now."""
        body = self.body()
        if body is None:
            self.json(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {"error": "a body of known length, at most 1 MB"})
        elif urlsplit(self.path).path != "/press":
            self.json(HTTPStatus.NOT_FOUND, {"error": "nothing here"})
        elif not self.is_from_here():
            self.json(HTTPStatus.FORBIDDEN, {"error": "not from another page"})
        else:
            self._press(body)

    def _press(self, body: bytes) -> None:
        form = "json" not in self.headers.get("Content-Type", "")
        given = dict(parse_qsl(body.decode("utf-8", "replace"))) if form else an_object(body)
        source, code, word = (str(given.get(name) or "") for name in ("source", "code", "kind"))
        try:
            number, sent = self.alarms.press(source, code, word)
            status, answer = self.alarms.send(source, code, number, sent)
        except UnusablePress as error:
            self.json(HTTPStatus.BAD_REQUEST, {"error": str(error)})
        except (httpx.HTTPError, OSError) as error:
            self.json(HTTPStatus.BAD_GATEWAY, {"error": str(error) or type(error).__name__})
        else:
            if form and "text/html" in self.headers.get("Accept", ""):
                again = urlencode({"q": str(given.get("q") or "")})
                self.answer(HTTPStatus.SEE_OTHER, b"", {"Location": f"/?{again}"})
                return
            self.json(HTTPStatus.OK, {"message_id": number, "status": status, "answer": answer})


def _devices(path: Path) -> tuple[Device, ...]:
    try:
        return read_devices(path)
    except (OSError, sqlite3.Error) as error:
        sys.stdout.write(f"no alarms, because the demo's devices can't be read: {error}\n")
        return ()


def main() -> int:
    """Run until SIGTERM or SIGINT."""
    post = Post.of(os.environ)
    alarms = Alarms(post, _devices(post.ground))
    visitor = type("Visitor", (_Visitor,), {"alarms": alarms})
    return run(name="simulated alarms", url=post.url, visitor=visitor, work=alarms.ring, stopping=alarms.stopping)


if __name__ == "__main__":
    raise SystemExit(main())
