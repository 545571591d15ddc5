"""Who may open a line: our own pages, in a signed-in browser. Decided before the socket is accepted."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings

from webapp.live import standing
from webapp.live.threads import in_thread


@dataclass(frozen=True)
class Admission:
    """A line that may be opened, from which number; None: from now."""

    session: str
    standing: standing.Standing
    since: int | None


async def admit(scope: Mapping[str, Any]) -> Admission | None:
    """The admission, or None: a foreign or missing Origin, no session that holds, or a query that can't be read."""
    headers = {name.lower(): value for name, value in scope["headers"]}
    if not is_ours(headers.get(b"origin")):
        return None
    key = _session_key(headers.get(b"cookie", b""))
    since = _since(scope.get("query_string", b""))
    if key is None or since is Ellipsis:
        return None
    found = await in_thread(functools.partial(standing.standing_of, key))
    return None if found is None else Admission(session=key, standing=found, since=since)


def is_ours(origin: bytes | None) -> bool:
    """Whether the Origin header is this installation's own: scheme, host and port."""
    return origin is not None and origin.decode("latin-1") == settings.ORIGIN.rstrip("/")


def _session_key(header: bytes) -> str | None:
    try:
        morsel = SimpleCookie(header.decode("latin-1")).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return None
    value = morsel.value if morsel else ""
    return value if value.isalnum() and value.isascii() and len(value) <= 40 else None


def _since(query: bytes) -> Any:
    """The number after `since=`; None without one, Ellipsis for anything that is no number."""
    values = parse_qs(query.decode("latin-1"), keep_blank_values=True).get("since")
    if values is None:
        return None
    text = values[-1]
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else ...
