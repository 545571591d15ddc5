"""Reading the environment: database addresses, the state directory, key files."""

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

BASE_DIR = Path(__file__).resolve().parents[2]
STATE = Path(os.environ.get("WANGGE_STATE") or BASE_DIR / "var")
# The pool doubles its pause after each failed attempt, for each connection, up to `reconnect_timeout` (its default is
# five minutes): a database that fell twice within seconds would be back long before anybody asks it again.
# Few at once: requests of one process take turns at one processor anyway, and a connection keeps its plans.
_POOL = {"min_size": 1, "max_size": 8, "timeout": 10, "reconnect_timeout": 2}

# What is prepared (`grid.selectors.prepared`) is planned once for each connection, at its first use, not six times.
# A list is read by one process: to start a second one takes longer than the list.
_SESSION = "-c plan_cache_mode=force_generic_plan -c parallel_setup_cost=20000"


def database(url: str) -> dict[str, Any]:
    """Django's description of the database at `url`.

    Accepts postgis://user:password@host:port/name?host=/socket/dir&port=5432 (postgres:// and postgresql:// too).
    Raises ValueError for another scheme.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgis", "postgres", "postgresql"}:
        raise ValueError(f"DATABASE_URL must start with postgis://, not {parts.scheme}://")
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.contrib.gis.db.backends.postgis",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host") or parts.hostname or "",
        "PORT": query.get("port") or str(parts.port or ""),
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,  # a pooled connection that a restarted database dropped is replaced, not used
        "OPTIONS": {"pool": _POOL, "options": _SESSION},
    }


def key(name: str) -> bytes:
    """The secret kept in STATE/keys/`name`.

    Where no state directory is named (a linter, a migration check) it is a random one that nobody else knows, and
    whatever it signs is worthless elsewhere. Raises OSError when an installation's key is missing or can't be read.
    """
    path = STATE / "keys" / name
    if not path.exists() and "WANGGE_STATE" not in os.environ:
        return secrets.token_hex(32).encode()
    return path.read_bytes().strip()


def flag(name: str) -> bool:
    """Whether the variable `name` is switched on (1, true, yes)."""
    return os.environ.get(name, "").lower() in {"1", "true", "yes"}


def shares(name: str, usual: tuple[float, float]) -> tuple[float, float]:
    """Two ascending shares from the variable `name`, written `1.0,1.5`; `usual` where it isn't set.

    Raises ValueError for anything else.
    """
    text = os.environ.get(name, "")
    if not text:
        return usual
    first, second = (float(part) for part in text.split(","))
    if not 0 < first < second:
        raise ValueError(f"{name} wants two ascending shares of an allowance, as 1.0,1.5")
    return first, second
