"""The demo's hotline: `python -m deploy.simulators.hotline`. It sends made-up orders and hears what became of them.

It is told everything by the environment: WANGGE_HOTLINE_URL is where it listens (its own callback address),
WANGGE_ORIGIN where the platform is, WANGGE_STATE where the key, the demo's places and its own notes lie, and
WANGGE_HOTLINE_EVERY about how many seconds lie between two orders (60 by default; 0: none by itself).
"""

import ipaddress
import json
import os
import random
import sqlite3
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import httpx
from standardwebhooks import Webhook, WebhookVerificationError

from deploy.places import default_state
from deploy.simulators import hotline_page as pages
from deploy.simulators.orders import Operator, read_places
from deploy.simulators.told import ANSWERED, CALLBACK, SENT, Book, Entry
from deploy.simulators.wire import Visitor, an_object, run, signed

INTAKE: Final = "/hotline/v1/messages"
_CHINA: Final = timezone(timedelta(hours=8))
_HANDFUL: Final = 6
_EVERY: Final = 60.0
_PAUSES: Final = (1.0, 5.0, 15.0, 60.0, 300.0)  # seconds before an order is sent again


class UnusableRequest(ValueError):
    """What was asked of the simulator can't be done; the message says why."""


@dataclass(frozen=True, slots=True)
class Post:
    """Where things are: our callback address, the platform, the key file, our notes and the demo's places."""

    callback: str
    origin: str
    key_file: Path
    notes: Path
    places: Path
    every: float

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> "Post":
        """As the environment says. Raises KeyError or ValueError for what it doesn't."""
        state = default_state()
        callback = environment["WANGGE_HOTLINE_URL"]
        if not ipaddress.ip_address(urlsplit(callback).hostname or "").is_loopback:
            raise ValueError("the simulated hotline listens on loopback only")
        return cls(
            callback=callback, origin=environment["WANGGE_ORIGIN"].rstrip("/"),
            key_file=state.keys / "hotline_secret", notes=state.demo / "hotline.jsonl",
            places=state.demo / "demo.gpkg", every=float(environment.get("WANGGE_HOTLINE_EVERY") or _EVERY),
        )  # fmt: skip

    def keys(self) -> list[str]:
        """The keys as they are now, the newest first; read every time, so that they can be changed meanwhile."""
        return self.key_file.read_text(encoding="ascii").split()


class Hotline:
    """Sends and hears. One is shared by all threads."""

    def __init__(self, post: Post, operator: Operator) -> None:
        self.post = post
        self.operator = operator
        self.book = Book(post.notes)
        self.stopping = threading.Event()
        self._client = httpx.Client(base_url=post.origin, timeout=20, trust_env=False)

    def send(self, message: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """One signed attempt: the platform's status and answer. Raises httpx.HTTPError when none came."""
        body = json.dumps(message, ensure_ascii=False).encode()
        headers = signed(body, message["message_id"], self.post.keys()[0])
        answer = self._client.post(INTAKE, content=body, headers=headers)
        told = an_object(answer.content)
        self._note(ANSWERED, message, str(answer.status_code), told, good=answer.is_success)
        self.operator.heard(message["order_no"], told.get("state"))
        return answer.status_code, told

    def send_surely(self, message: dict[str, Any]) -> None:
        """Until the platform has taken or refused it, with the same id; gives up after some minutes."""
        self.note_sent(message)
        for pause in (*_PAUSES, 0.0):
            try:
                status, _told = self.send(message)
            except (httpx.HTTPError, OSError) as error:
                self._note(ANSWERED, message, "没有答复", {"error": str(error)}, good=False)
            else:
                if status < HTTPStatus.INTERNAL_SERVER_ERROR:
                    return
            if self.stopping.wait(pause):
                return

    def note_sent(self, message: dict[str, Any]) -> None:
        """Write down that a message goes out."""
        shown = {name: value for name, value in message.items() if not name.startswith("caller")}
        self._note(SENT, message, str(message["type"]), shown, good=True)

    def hear(self, body: bytes, headers: Mapping[str, str]) -> HTTPStatus:
        """Take a callback; only one that is signed with our key counts."""
        reason = _fault(body, headers, self.post.keys())
        told = an_object(body)
        verdict = f"拒绝：{reason}" if reason else "重复" if self.book.has_heard(headers["webhook-id"]) else "验签通过"
        known = {"message_id": headers.get("webhook-id", ""), "order_no": str(told.get("order_no", ""))}
        self._note(CALLBACK, known, verdict, told, good=not reason)
        if reason:
            return HTTPStatus.UNAUTHORIZED
        self.operator.heard(known["order_no"], told.get("status"))
        return HTTPStatus.OK

    def ring(self) -> None:
        """Wait for the platform, send a handful if none was ever sent, then one after the other until stopped."""
        if self.post.every <= 0 or not self.operator.places or not self._platform_is_ready():
            return
        handful = 0 if self.book.entries(SENT) else _HANDFUL
        while not self.stopping.wait(2.0 if handful > 0 else self.post.every * random.uniform(0.75, 1.5)):  # noqa: S311
            now = datetime.now(_CHINA)
            self.send_surely(self.operator.new_order(now) if handful > 0 else self.operator.next_message(now))
            handful -= 1

    def _platform_is_ready(self) -> bool:
        while not self.stopping.is_set():
            try:
                if self._client.get("/readyz").is_success:
                    return True
            except httpx.HTTPError:
                pass
            self.stopping.wait(2)
        return False

    def _note(self, what: str, about: Mapping[str, Any], verdict: str, body: dict[str, Any], *, good: bool) -> None:
        at = datetime.now(_CHINA).isoformat(timespec="seconds")
        self.book.add(Entry(at, what, about["message_id"], about["order_no"], verdict, good, body))


def order_from(given: Mapping[str, Any], operator: Operator, now: datetime) -> dict[str, Any]:
    """The message that POST /send describes: text, address, lng, lat, crs, category, or type and order_no.

    Raises UnusableRequest.
    """
    text, kind = str(given.get("text") or "").strip(), str(given.get("type") or "new")
    if not text:
        raise UnusableRequest("text is needed: what the caller says")
    if kind != "new":
        if not given.get("order_no"):
            raise UnusableRequest("order_no is needed: the order that this is about")
        return operator.about(str(given["order_no"]), kind, text, now)
    fields: dict[str, Any] = {"content": text, "address": str(given.get("address") or "")}
    fields |= {name: given[name] for name in ("order_no", "urgency", "caller", "caller_phone") if given.get(name)}
    if given.get("category"):
        fields["categories"] = [str(given["category"])]
    if given.get("lng") not in (None, "") or given.get("lat") not in (None, ""):
        fields |= {
            "lng": _degrees(given, "lng"),
            "lat": _degrees(given, "lat"),
            "crs": str(given.get("crs") or "wgs84"),
        }
    return operator.written(now, **fields)


def _degrees(given: Mapping[str, Any], name: str) -> float:
    try:
        return float(given.get(name) or "")
    except (TypeError, ValueError):
        raise UnusableRequest(f"{name} must be a number of degrees") from None


def _fault(body: bytes, headers: Mapping[str, str], keys: Sequence[str]) -> str:
    """Why a callback is not genuine; "" when it is."""
    reason = "no key"
    for key in keys:
        try:
            Webhook(key).verify(body, dict(headers), json_parse=False)
        except (WebhookVerificationError, ValueError) as error:
            reason = str(error)
        else:
            return ""
    return reason


class _Visitor(Visitor):
    """One connection. `hotline` is set on the subclass that the server is given."""

    hotline: Hotline

    def do_GET(self) -> None:  # the name is the library's
        """Pages, and what we were told as JSON."""
        book = self.hotline.book
        match urlsplit(self.path).path:
            case "/":
                self.html(pages.overview(book.entries(), origin=self.hotline.post.origin))
            case "/new":
                self.html(pages.form())
            case "/told":
                kinds = (SENT, ANSWERED, CALLBACK)
                self.json(HTTPStatus.OK, {kind: [_shown(entry) for entry in book.entries(kind)] for kind in kinds})
            case _:
                self.json(HTTPStatus.NOT_FOUND, {"error": "nothing here"})

    def do_POST(self) -> None:  # the name is the library's
        """A callback of the platform, or an order to send now."""
        body = self.body()
        if body is None:
            self.json(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {"error": "a body of known length, at most 1 MB"})
        elif self.path == urlsplit(self.hotline.post.callback).path:
            status = self.hotline.hear(body, {name.lower(): value for name, value in self.headers.items()})
            self.json(status, {"ok": status == HTTPStatus.OK})
        elif self.path == "/send":
            self._send_now(body)
        else:
            self.json(HTTPStatus.NOT_FOUND, {"error": "nothing here"})

    def _send_now(self, body: bytes) -> None:
        form = "json" not in self.headers.get("Content-Type", "")
        if not self.is_from_here():
            self.json(HTTPStatus.FORBIDDEN, {"error": "not from another page"})
            return
        try:
            given = dict(parse_qsl(body.decode())) if form else an_object(body)
            message = order_from(given, self.hotline.operator, datetime.now(_CHINA))
            self.hotline.note_sent(message)
            status, answer = self.hotline.send(message)
        except UnusableRequest as error:
            self.json(HTTPStatus.BAD_REQUEST, {"error": str(error)})
        except httpx.HTTPError as error:
            self.json(HTTPStatus.BAD_GATEWAY, {"error": str(error) or type(error).__name__})
        else:
            if form and "text/html" in self.headers.get("Accept", ""):
                self.answer(HTTPStatus.SEE_OTHER, b"", {"Location": "/"})
                return
            told = {"order_no": message["order_no"], "message_id": message["message_id"]}
            self.json(HTTPStatus.OK, {**told, "status": status, "answer": answer})


def _shown(entry: Entry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in Entry.__dataclass_fields__}


def _operator(post: Post) -> Operator:
    try:
        city, places = read_places(post.places)
    except (OSError, sqlite3.Error, ValueError) as error:
        sys.stdout.write(f"no orders by itself, because the demo's places can't be read: {error}\n")
        return Operator(city="", places=())
    return Operator(city=city, places=places)


def main() -> int:
    """Run until SIGTERM or SIGINT."""
    post = Post.of(os.environ)
    hotline = Hotline(post, _operator(post))
    visitor = type("Visitor", (_Visitor,), {"hotline": hotline})
    return run(
        name="simulated hotline", url=post.callback, visitor=visitor, work=hotline.ring, stopping=hotline.stopping
    )


if __name__ == "__main__":
    raise SystemExit(main())
