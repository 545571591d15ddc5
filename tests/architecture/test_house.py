"""What import-linter can't see: foreign keys that point up, states written elsewhere, forbidden words, big modules."""

import ast
import os
import re
from pathlib import Path

import pytest
from django.apps import apps

from deploy.mirror import LEFT_OUT

ROOT = Path(__file__).resolve().parents[2]
RANK = {"grid": 0, "gis_layers": 1, "events": 2, "webapp": 3}
STATE_DOORS = {"events/services/ledger.py"}
OWN = ("grid", "gis_layers", "events", "webapp", "data", "deploy")
LARGEST = 400  # lines


def _sources(*folders, suffix=".py"):
    for folder in folders:
        for path in sorted((ROOT / folder).rglob(f"*{suffix}")):
            if not {"migrations", "node_modules", "__pycache__"} & set(path.parts):
                yield path


def test_no_foreign_key_points_up():
    for model in apps.get_models():
        if model._meta.app_label not in RANK:
            continue
        for field in model._meta.get_fields():
            if field.is_relation and not field.auto_created and field.related_model._meta.app_label in RANK:
                above, below = RANK[model._meta.app_label], RANK[field.related_model._meta.app_label]
                assert below <= above, f"{model._meta.label}.{field.name} points up"
                accessor = field.remote_field.get_accessor_name()
                assert below == above or not accessor or field.remote_field.hidden, (
                    f"{model._meta.label}.{field.name} puts {accessor} on a lower floor: set related_name='+'"
                )


def written_states(tree):
    """Lines that write an event's state: assignments to `event.state`, updates of Event rows with state=, setattr."""
    return [node.lineno for node in ast.walk(tree) if _assigns_state(node) or _calls_with_state(node)]


def _assigns_state(node):
    if not isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
        return False
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return any(isinstance(t, ast.Attribute) and t.attr == "state" and _about_events(t.value) for t in targets)


def _calls_with_state(node):
    if not isinstance(node, ast.Call):
        return False
    text = ast.unparse(node)
    if getattr(node.func, "id", "") == "setattr":
        return "'state'" in text
    if getattr(node.func, "attr", "") not in _WRITERS or "Event.objects" not in text:
        return False
    return any(keyword.arg == "state" for keyword in node.keywords)


_WRITERS = {"update", "bulk_update", "update_or_create", "get_or_create", "create"}


def _about_events(value):
    return ast.unparse(value).split(".")[-1] in {"event", "e", "case"}


def test_only_the_ledger_writes_an_events_state():
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in _sources("grid", "gis_layers", "events", "webapp")
        if path.relative_to(ROOT).as_posix() not in STATE_DOORS
        for line in written_states(ast.parse(path.read_text()))
    ]
    assert not found


@pytest.mark.parametrize(
    "planted",
    ["event.state = 'closed'", "self.event.state = 'x'", "Event.objects.filter(pk=1).update(state='closed')",
     "setattr(event, 'state', 'x')", "Event.objects.create(no='1', state='closed')"],
)  # fmt: skip
def test_a_planted_write_of_the_state_is_found(planted):
    assert list(written_states(ast.parse(planted)))


FORBIDDEN = {
    "face", "faces", "faceid", "facial", "plate", "plates", "licenseplate", "numberplate", "watchlist", "blacklist",
    "personid", "idcard", "trajectory", "biometric", "biometrics", "gait", "reid", "anpr", "alpr", "suspect",
}  # fmt: skip


def _identifiers(path):
    if path.suffix == ".py":
        for node in ast.walk(ast.parse(path.read_text())):
            for name in ("id", "attr", "name", "arg"):
                value = getattr(node, name, None)
                if isinstance(value, str):
                    yield value
    else:
        yield from re.findall(r"[A-Za-z_][A-Za-z0-9_]*", path.read_text())


def _words(identifier):
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", identifier)} | {
        identifier.lower().replace("_", "")
    }


def test_nothing_is_about_who_people_are():
    found = {
        (path.relative_to(ROOT).as_posix(), name)
        for path in [
            *_sources(*OWN),
            *_sources("webapp/client/src", suffix=".ts"),
            *_sources("webapp/client/src", suffix=".tsx"),
        ]
        for name in _identifiers(path)
        if _words(name) & FORBIDDEN
    }
    # MapLibre and CSS know no people: `font-face` and the like would be listed here by name, if they ever came.
    assert not found


@pytest.mark.django_db
def test_no_table_column_or_route_is_about_who_people_are():
    from django.urls import get_resolver

    for model in apps.get_models():
        for field in model._meta.get_fields():
            assert not _words(field.name) & FORBIDDEN, f"{model._meta.label}.{field.name}"
    for pattern in get_resolver().reverse_dict.values():
        assert not _words(str(pattern[1])) & FORBIDDEN


def test_no_dependency_recognises_people():
    locked = "\n".join(path.read_text() for path in (ROOT / "requirements").glob("*.txt"))
    names = set(re.findall(r"^([a-z0-9][a-z0-9._-]*)==", locked, re.M))
    refused = {"face-recognition", "facenet-pytorch", "deepface", "insightface", "dlib", "mediapipe", "openalpr",
               "hyperlpr", "ultralytics", "opencv-python", "opencv-python-headless", "retina-face"}  # fmt: skip
    assert names
    assert not names & refused


def test_no_module_has_grown_past_one_idea():
    large = {
        path.relative_to(ROOT).as_posix(): count
        for path in [
            *_sources(*OWN),
            *_sources("webapp/client/src", suffix=".ts"),
            *_sources("webapp/client/src", suffix=".tsx"),
        ]
        if (count := len(path.read_text().splitlines())) > LARGEST
    }
    assert not large


def test_no_module_is_called_after_nothing():
    empty_names = {"utils", "util", "helpers", "helper", "common", "misc"}
    assert not [path for path in _sources(*OWN) if path.stem in empty_names]


def _tracked():
    """Every file but what is made; without asking git, which neither a bare machine nor the services' copy has."""
    for folder, inside, names in os.walk(ROOT):
        inside[:] = [name for name in inside if name not in LEFT_OUT]
        yield from (Path(folder) / name for name in names)


def test_no_file_names_a_registry_or_a_machines_path():
    hosts = re.compile(r"registry\.npmjs|pypi\.org|pythonhosted|deb\.debian\.org|npmmirror|/work/(main|shared)|/root/")
    found = []
    for path in _tracked():
        if path.suffix in {".png", ".jpg", ".mo", ".gpkg", ".h264"} or not path.is_file() or path == Path(__file__):
            continue
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {match.group()}" for match in hosts.finditer(text)]
    assert not found
