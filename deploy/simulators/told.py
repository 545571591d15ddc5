"""What the demo's hotline has sent and was told: the newest in memory, all as JSON lines in a file."""

import json
import threading
from collections import deque
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

SENT, ANSWERED, CALLBACK = "sent", "answered", "callback"
_KEPT: Final = 500
_ROTATE_BYTES: Final = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Entry:
    """A message we sent, its answer, or a callback. `verdict`: an HTTP status, or what a signature was worth."""

    at: str
    what: str
    message_id: str
    order_no: str
    verdict: str
    good: bool
    body: dict[str, Any]


class Book:
    """Keeps entries, newest first; safe for threads. A file that can't be written loses nothing of what is shown."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._entries: deque[Entry] = deque(self._read(), maxlen=_KEPT)
        self._heard = {entry.message_id for entry in self._entries if entry.what == CALLBACK and entry.good}

    def add(self, entry: Entry) -> None:
        """Write one down."""
        with self._lock:
            self._entries.appendleft(entry)
            if entry.what == CALLBACK and entry.good:
                self._heard.add(entry.message_id)
            self._append(json.dumps(asdict(entry), ensure_ascii=False))

    def has_heard(self, message_id: str) -> bool:
        """Whether a genuine callback with this id came before: a message may arrive twice."""
        with self._lock:
            return message_id in self._heard

    def entries(self, what: str = "") -> list[Entry]:
        """The newest, of one kind or of all."""
        with self._lock:
            return [entry for entry in self._entries if what in ("", entry.what)]

    def _read(self) -> list[Entry]:
        try:
            lines = self._path.read_text(encoding="utf-8").splitlines()[-_KEPT:]
        except OSError:
            return []
        return [entry for entry in map(_entry, reversed(lines)) if entry is not None]

    def _append(self, line: str) -> None:
        try:
            if self._path.exists() and self._path.stat().st_size > _ROTATE_BYTES:
                self._path.replace(self._path.with_suffix(".old.jsonl"))
            with self._path.open("a", encoding="utf-8") as file:
                file.write(line + "\n")
        except OSError:
            return


def _entry(line: str) -> Entry | None:
    """An entry out of a line; None for half a line that a killed process left."""
    try:
        return Entry(**json.loads(line))
    except (ValueError, TypeError):
        return None
