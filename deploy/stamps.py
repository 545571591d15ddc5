"""Marks of finished set-up steps: a step whose inputs are the same as at its last success is skipped."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from deploy.files import read_text, write_whole


@dataclass(frozen=True)
class Stamp:
    """One step's mark in a folder: the digest of the inputs that it last succeeded with."""

    folder: Path
    name: str

    @property
    def path(self) -> Path:
        """The file that holds the digest."""
        return self.folder / self.name

    @property
    def value(self) -> str:
        """The digest of the last success, "" when there was none."""
        return read_text(self.path).strip()

    def is_current(self, digest: str) -> bool:
        """Whether the step succeeded with just these inputs."""
        return self.value == digest

    def set(self, digest: str) -> None:
        """Remember a success with these inputs."""
        self.folder.mkdir(parents=True, exist_ok=True)
        write_whole(self.path, digest + "\n")

    def clear(self) -> None:
        """Forget it: the step runs again."""
        self.path.unlink(missing_ok=True)
