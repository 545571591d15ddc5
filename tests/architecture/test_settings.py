"""Every variable that the program reads stands in docs/operations/settings.md, and nothing else does."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "operations" / "settings.md"
OWN = re.compile(r"\b(?:WANGGE_[A-Z][A-Z_]*|DATABASE_(?:OWNER_)?URL|REDIS_URL)\b")
FOLDERS = ("grid", "gis_layers", "events", "webapp", "data", "deploy", "bench", "tests", ".ci")
FILES = ("run", "manage.py")
SUFFIXES = {".py", ".sh", ".ts", ".tsx", ".js", ".mjs", ".json", ".template", ".conf", ".html", ""}
SKIPPED = {"node_modules", "__pycache__", "dist", "vendor"}
# What the interpreter, libpq, the shell or a library gives; nobody sets them for the platform.
SURROUNDINGS = {"PATH", "HOME", "PYTEST_XDIST_WORKER", "OGR_CURRENT_DATE", "DJANGO_SETTINGS_MODULE"}


def sources():
    for name in FILES:
        yield ROOT / name
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and path.suffix in SUFFIXES and not SKIPPED & set(path.parts) and path != Path(__file__):
                yield path


def named_in(text):
    """Our own variables that a text names anywhere."""
    return set(OWN.findall(text))


def read_by(text):
    """Names that a Python text reads from the environment: environ["X"], environ.get("X"), getenv("X"), flag("X")."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Subscript) and _is_environment(node.value):
            yield from _constant(node.slice)
        if isinstance(node, ast.Call) and node.args and _reads(node.func):
            yield from _constant(node.args[0])


def _is_environment(node):
    return ast.unparse(node).split(".")[-1] in {"environ", "environment"}


def _reads(function):
    name = ast.unparse(function)
    return name.split(".")[-1] in {"getenv", "flag"} or (
        name.endswith((".get", ".setdefault", ".pop")) and _is_environment(function.value)
    )


def _constant(node):
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isupper():
        yield node.value


def documented():
    """The first cell of every row of the page's tables."""
    return set(re.findall(r"^\| `([A-Z][A-Z0-9_]*)`", PAGE.read_text(encoding="utf-8"), re.M))


def used():
    found = set()
    for path in sources():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found |= named_in(text)
        if path.suffix == ".py":
            found |= set(read_by(text))
    return found - SURROUNDINGS


def test_every_variable_is_documented():
    assert sorted(used() - documented()) == []


def test_every_documented_variable_is_used():
    assert sorted(documented() - used() - SURROUNDINGS) == []


@pytest.mark.parametrize(
    "planted",
    ["os.environ['NEW_ONE']", "os.environ.get('NEW_ONE', '')", "environ.setdefault('NEW_ONE', '1')",
     "flag('NEW_ONE')", "os.getenv('NEW_ONE')"],
)  # fmt: skip
def test_a_planted_variable_is_found(planted):
    assert set(read_by(planted)) == {"NEW_ONE"}


def test_a_planted_name_is_found_in_any_text():
    assert named_in("export WANGGE_NEW_ONE=1") == {"WANGGE_NEW_ONE"}
