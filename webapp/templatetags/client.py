"""`{% client "map" %}`: stylesheets and module script of one entry of the built client, from Vite's manifest."""

import functools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django import template
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()
BASE = "/static/client/"


class ClientNotBuilt(ImproperlyConfigured):
    """The browser's part is missing; the message says which and how to make it."""


@register.simple_tag
def client(entry: str, *, optional: bool = False) -> SafeString:
    """Link and script elements of `entry`. Raises ClientNotBuilt, or gives nothing where the page can do without."""
    try:
        chunks = _manifest(settings.CLIENT_MANIFEST)
        key = _entry(chunks, entry)
    except ClientNotBuilt:
        if optional:
            return SafeString("")
        raise
    reached = list(_reached(chunks, key))
    styles = dict.fromkeys(css for name in reached for css in chunks[name].get("css", ()))
    modules = [chunks[name]["file"] for name in reached if name != key]
    own = chunks[key]["file"]
    if own.endswith(".css"):
        return _styles([*styles, own])
    preloads = format_html_join("", '<link rel="modulepreload" href="{}{}">', ((BASE, file) for file in modules))
    script = format_html('<script type="module" src="{}{}"></script>', BASE, own)
    return format_html("{}{}{}", _styles([*styles]), preloads, script)


def _styles(files: list[str]) -> SafeString:
    return format_html_join("", '<link rel="stylesheet" href="{}{}">', ((BASE, file) for file in files))


def _manifest(path: Path) -> dict[str, Any]:
    try:
        changed = path.stat().st_mtime_ns
    except OSError:
        raise ClientNotBuilt(f"there is no client build at {path}; make it with ./run build") from None
    return _parsed(path, changed)


@functools.lru_cache(maxsize=2)
def _parsed(path: Path, _changed: int) -> dict[str, Any]:
    chunks: dict[str, Any] = json.loads(path.read_bytes())
    return chunks


def _entry(chunks: dict[str, Any], entry: str) -> str:
    for key, chunk in chunks.items():
        if chunk.get("isEntry") and chunk.get("name") == entry:
            return key
    raise ClientNotBuilt(f"the client build has no entry {entry}; make it anew with ./run build")


def _reached(chunks: dict[str, Any], key: str) -> Iterator[str]:
    """The chunks that `key` imports, deepest first, itself last; each once."""
    seen: set[str] = set()

    def walk(name: str) -> Iterator[str]:
        if name in seen:
            return
        seen.add(name)
        for imported in chunks[name].get("imports", ()):
            yield from walk(imported)
        yield name

    yield from walk(key)
