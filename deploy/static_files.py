"""`python -m deploy.static_files DIR`: zip static files beside themselves, so that nginx need not for each request."""

from __future__ import annotations

import gzip
import os
import sys
from pathlib import Path

SUFFIXES = frozenset({".css", ".js", ".mjs", ".json", ".svg", ".txt", ".html", ".webmanifest", ".pbf", ".wasm", ".map"})
LEAST_BYTES = 1024


def compress(folder: Path) -> int:
    """Write FILE.gz for every text file of 1 kB or more that is newer than its .gz; return how many were written."""
    written = 0
    for path in sorted(folder.rglob("*")):
        if path.suffix in SUFFIXES and path.is_file() and path.stat().st_size >= LEAST_BYTES:
            written += _compress_file(path)
    return written


def _compress_file(path: Path) -> bool:
    zipped = path.with_name(path.name + ".gz")
    modified = path.stat().st_mtime_ns
    if zipped.exists() and zipped.stat().st_mtime_ns == modified:
        return False
    fresh = path.with_name(f".{path.name}.gz.new")
    fresh.write_bytes(gzip.compress(path.read_bytes(), compresslevel=9, mtime=0))
    # nginx promises both forms to be the same file: the same time says so.
    os.utime(fresh, ns=(modified, modified))
    fresh.replace(zipped)
    return True


if __name__ == "__main__":
    print(f"{compress(Path(sys.argv[1]))} files zipped")
