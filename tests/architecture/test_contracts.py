"""The contracts bite: a violation of each kind, planted in a copy of the tree, makes the linter fail."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLANTED = {
    "an app imports one above it": ("grid/policy.py", "import gis_layers.policy\n"),
    "events reach up to webapp": ("events/policy.py", "import webapp.middleware\n"),
    "a selector imports a service": ("grid/selectors/people.py", "import grid.services.audit\n"),
    "a model imports a policy": ("events/models/task.py", "import events.policy\n"),
    "a pure rule imports Django": ("events/workflow.py", "import django\n"),
    "coordinates import Django": ("grid/coordinates.py", "import django.conf\n"),
    "domain code imports an HTTP framework": ("events/services/report.py", "import ninja\n"),
    "domain code imports sockets": ("gis_layers/selectors.py", "import channels.layers\n"),
    "an app imports pandas": ("events/selectors/rows.py", "import pandas\n"),
    "data imports an app": ("data/pipeline/codes.py", "import grid.models\n"),
    "deploy imports an app": ("deploy/keys.py", "import webapp.settings\n"),
    "webapp reaches the event tables": ("webapp/api/events.py", "import events.models\n"),
    "webapp reaches the camera tables": ("webapp/api/sites.py", "import gis_layers.models\n"),
    "pages know the API": ("webapp/api/events.py", "import webapp.pages.shells\n"),
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    target = tmp_path_factory.mktemp("house")
    for name in ("grid", "gis_layers", "events", "webapp", "data", "deploy"):
        shutil.copytree(
            ROOT / name, target / name, ignore=shutil.ignore_patterns("node_modules", "client", "__pycache__")
        )
    shutil.copy(ROOT / "pyproject.toml", target)
    return target


def _lint(folder):
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_contracts_hold(copy):
    done = _lint(copy)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("what", PLANTED)
def test_a_planted_violation_is_found(copy, what):
    name, line = PLANTED[what]
    path = copy / name
    original = path.read_text()
    path.write_text(original + line)
    try:
        assert _lint(copy).returncode != 0, what
    finally:
        path.write_text(original)


def test_a_module_without_a_place_is_found(copy):
    stray = copy / "events" / "stray.py"
    stray.write_text('"""Nowhere."""\n')
    try:
        assert _lint(copy).returncode != 0
    finally:
        stray.unlink()
