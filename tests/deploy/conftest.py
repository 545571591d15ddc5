"""Folders that PostgreSQL's user and nginx's workers can reach, which pytest's own tmp_path is not for root."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy import places
from deploy.places import State


@pytest.fixture
def reachable() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="wangge-test-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def state(reachable: Path, monkeypatch: pytest.MonkeyPatch) -> State:
    monkeypatch.setenv("WANGGE_STATE", str(reachable / "state"))
    return State(reachable / "state")


@pytest.fixture
def service_user(monkeypatch: pytest.MonkeyPatch) -> str:
    """As root, a user that every Debian has stands in for the one that ./run creates."""
    if os.geteuid() == 0:
        monkeypatch.setattr(places, "SERVICE_USER", "www-data")
    return places.service_user()
