"""The real worker as a process of its own, on a test's database."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.factories.hotline import SECRET

_ROOT = Path(__file__).resolve().parents[2]
_KEYS = ("secret_key", "field_key", "ticket_key", "audience_key", "hotline_secret")


@contextmanager
def working(database: str, settings: Any, state: Path, *, hotline: str) -> Iterator["subprocess.Popen[bytes]"]:
    """`manage.py work` with keys below `state`, delivering to `hotline`; killed at the end if it still runs."""
    (state / "keys").mkdir()
    for name in _KEYS:
        (state / "keys" / name).write_text(SECRET)
    parts = settings.DATABASES["default"]
    environment = {
        **os.environ, "WANGGE_STATE": str(state), "WANGGE_HOTLINE_URL": hotline, "WANGGE_OUTGOING_CIDRS": "127.0.0.0/8",
        "DATABASE_URL": f"postgis://{parts['USER']}@/{database}?host={parts['HOST']}&port={parts['PORT']}",
    }  # fmt: skip
    command = [sys.executable, "-W", "ignore", "manage.py", "work"]
    with subprocess.Popen(command, cwd=_ROOT, env=environment) as worker:
        try:
            yield worker
        finally:
            worker.kill()
