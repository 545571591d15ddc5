"""What the demo's other systems share: signing a message, answering a visitor, and running until told to stop."""

import json
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import urlsplit

from standardwebhooks import Webhook

_HEADERS: Final = ("webhook-id", "webhook-timestamp", "webhook-signature")
_LARGEST: Final = 1_048_576
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"
_ENDING: Final = (signal.SIGTERM, signal.SIGINT)


def signed(body: bytes, message_id: str, key: str) -> dict[str, str]:
    """The headers of a JSON message signed now, as Standard Webhooks prescribes."""
    now = datetime.now(UTC)
    signature = Webhook(key).sign(message_id, now, body.decode())
    values = (message_id, str(int(now.timestamp())), signature)
    return {"Content-Type": "application/json", **dict(zip(_HEADERS, values, strict=True))}


def an_object(body: bytes) -> dict[str, Any]:
    """A JSON object, or what came instead, shortened."""
    try:
        value = json.loads(body)
    except ValueError:
        value = None
    return value if isinstance(value, dict) else {"text": body[:300].decode("utf-8", "replace")}


class Visitor(BaseHTTPRequestHandler):
    """One connection to a simulator's page: bodies of known length in, pages and JSON out, nothing fetched from
    elsewhere."""

    protocol_version = "HTTP/1.1"
    timeout = 20

    def log_message(self, format: str, *arguments: Any) -> None:
        """Nothing: what matters is in the book."""

    def is_from_here(self) -> bool:
        """Whether no other page sent this: a form elsewhere must not press our buttons."""
        return self.headers.get("Origin") in (None, f"http://{self.headers.get('Host')}")

    def body(self) -> bytes | None:
        """The whole body; None for one of unknown length or above 1 MB, after which the connection ends."""
        said = self.headers.get("Content-Length", "")
        if not said.isdigit() or int(said) > _LARGEST:
            self.close_connection = True
            return None
        return self.rfile.read(int(said))

    def html(self, text: str) -> None:
        """Answer with a page."""
        self.answer(HTTPStatus.OK, text.encode(), {"Content-Type": "text/html; charset=utf-8"})

    def json(self, status: HTTPStatus, value: Any) -> None:
        """Answer with JSON."""
        body = json.dumps(value, ensure_ascii=False).encode()
        self.answer(status, body, {"Content-Type": "application/json; charset=utf-8"})

    def answer(self, status: HTTPStatus, body: bytes, headers: Mapping[str, str]) -> None:
        """Answer with these bytes, and the headers that every answer has."""
        self.send_response(status)
        fixed = {"Content-Length": str(len(body)), "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
                 "Content-Security-Policy": _POLICY}  # fmt: skip
        for name, value in {**fixed, **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def run(*, name: str, url: str, visitor: type[Visitor], work: Callable[[], None], stopping: threading.Event) -> int:
    """Serve `url`'s host and port and do `work` beside it, until SIGTERM or SIGINT; then set `stopping`. 0."""
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)  # for every thread: only the last lines of this one take them
    address = urlsplit(url)
    server = ThreadingHTTPServer((address.hostname or "", address.port or 80), visitor)
    server.daemon_threads = True
    for part in (server.serve_forever, work):
        threading.Thread(target=part, daemon=True).start()
    sys.stdout.write(f"{name} on http://{address.netloc}/\n")
    sys.stdout.flush()
    signal.sigwait(_ENDING)
    stopping.set()
    server.shutdown()
    server.server_close()
    return 0
