"""Every address that the product answers, read from the URL resolver, for tests that must miss none."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from ninja.operation import PathView

SAFE = ("GET", "HEAD", "OPTIONS")
# What views without a table of methods take; one that is missing here takes GET alone.
POSTED = {
    "/login": ("GET", "POST"), "/logout": ("POST",), "/account/sessions/end": ("POST",), "/i18n/language": ("POST",),
    "/login/step": ("GET", "POST"), "/account/password": ("GET", "POST"), "/account/factor": ("GET", "POST"),
    "/hotline/v1/messages": ("POST",), "/internal/playback/authorise": ("POST",),
    "/internal/playback/recheck": ("POST",), "/internal/playback/closed": ("POST",),
}  # fmt: skip


@dataclass(frozen=True, order=True)
class Route:
    """One method at one address; each parameter is `{}`."""

    method: str
    path: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def routes() -> list[Route]:
    """All of them."""
    found: set[Route] = set()
    for path, callback in _walk(get_resolver().url_patterns, ""):
        shape = "/" + re.sub(r"<[^>]+>|\(\?P<\w+>[^)]*\)", "{}", path).replace("^", "").replace("\\Z", "")
        found |= {Route(method, shape) for method in _methods(shape, callback)}
    return sorted(found)


def unsafe_routes() -> set[str]:
    """The addresses that change something."""
    return {route.path for route in routes() if route.method not in SAFE}


def _walk(patterns: list[Any], above: str) -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        path = above + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern):
            yield path, pattern.callback


def _methods(shape: str, callback: Any) -> tuple[str, ...]:
    held = [cell.cell_contents for cell in getattr(callback, "__closure__", None) or ()]
    view = next((one for one in held if isinstance(one, PathView)), getattr(callback, "__self__", None))
    if isinstance(view, PathView):
        return tuple(method for operation in view.operations for method in operation.methods)
    return POSTED.get(shape, ("GET",))
