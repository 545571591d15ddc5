"""As root: an ordinary user for the services, and a copy of the checkout that this user can read."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from deploy import places

# Not part of the program, or made anew beside the copy.
LEFT_OUT = frozenset(
    {
        ".git", "var", "node_modules", "__pycache__", ".venv", ".venv-test", ".mypy_cache", ".ruff_cache",
        ".pytest_cache", ".hypothesis", ".import_linter_cache", "test-results",
    }
)  # fmt: skip


def ensure_service_user() -> bool:
    """Create the system user `wangge` when it is missing; whether it was made."""
    if places.user_exists(places.SERVICE_USER):
        return False
    subprocess.run(
        ["/usr/sbin/useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent",
         "--shell", "/usr/sbin/nologin", "--comment", "Wangge services", places.SERVICE_USER],
        check=True,
    )  # fmt: skip
    return True


def mirror(source: Path, target: Path) -> int:
    """Make `target` equal to `source` but for what is left out; return how many files were copied or removed.

    Times are kept, so that an unchanged file is neither copied nor compiled again. Everything is readable by all.
    """
    target.mkdir(parents=True, exist_ok=True)
    target.chmod(0o755)
    wanted = {entry.name: entry for entry in os.scandir(source) if entry.name not in LEFT_OUT}
    changed = sum(_remove(path) for path in target.iterdir() if path.name not in LEFT_OUT | wanted.keys())
    for name, entry in wanted.items():
        if entry.is_dir(follow_symlinks=False):
            if (target / name).is_symlink() or (target / name).is_file():
                (target / name).unlink()
            changed += mirror(Path(entry.path), target / name)
        elif entry.is_file():
            changed += _copy(Path(entry.path), target / name)
    return changed


def _copy(source: Path, target: Path) -> int:
    about = source.stat()
    if target.is_dir() and not target.is_symlink():
        _remove(target)
    if target.is_file():
        there = target.stat()
        if (there.st_size, there.st_mtime_ns) == (about.st_size, about.st_mtime_ns):
            return 0
    shutil.copy2(source, target)
    target.chmod(0o755 if about.st_mode & 0o100 else 0o644)
    return 1


def _remove(path: Path) -> int:
    if path.suffix == ".mo":
        return 0  # compiled in the copy, from a source that may still be there
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
    return 1
