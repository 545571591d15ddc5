"""Writing small files whole, and noticing whether a set of files has changed."""

from __future__ import annotations

import hashlib
import os
import pwd
import secrets
from collections.abc import Iterable
from pathlib import Path

from deploy import places

_MADE = frozenset({"node_modules", "__pycache__"})


def write_whole(path: Path, text: str, *, mode: int = 0o644, owner: str | None = None) -> None:
    """Put `text` at `path` at once: written aside, flushed to disk and renamed, never through a symbolic link.

    `owner` (as root only) gets the file. Raises OSError.
    """
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        os.fchmod(descriptor, mode)
        if owner and places.is_root():
            entry = pwd.getpwnam(owner)
            os.fchown(descriptor, entry.pw_uid, entry.pw_gid)
        file.write(text)
        file.flush()
        os.fsync(descriptor)
    fresh.rename(path)


def read_text(path: Path) -> str:
    """The text of a file, "" where there is none; bytes that are no UTF-8 are replaced."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return ""


def digest_of_contents(paths: Iterable[Path]) -> str:
    """SHA-256 over names and contents of files and of everything below folders; a missing path counts as missing."""
    total = hashlib.sha256()
    for path in sorted(_files(paths)):
        content = path.read_bytes() if path.is_file() else b""
        total.update(f"{path.name}\0{path.is_file()}\0{len(content)}\0".encode() + content)
    return total.hexdigest()


def digest_of_listing(paths: Iterable[Path]) -> str:
    """SHA-256 over names, sizes and times of files: quicker, and as good for files that a build has written."""
    total = hashlib.sha256()
    for path in sorted(_files(paths)):
        about = path.stat() if path.is_file() else None
        total.update(f"{path}\0{about and (about.st_size, about.st_mtime_ns)}\n".encode())
    return total.hexdigest()


def _files(paths: Iterable[Path]) -> Iterable[Path]:
    for path in paths:
        if path.is_dir():
            yield from (found for found in path.rglob("*") if found.is_file() and not _MADE.intersection(found.parts))
        else:
            yield path
