"""The manual's examples, run as they stand, against the server; and its lists, against the code."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connections
from django.test.testcases import LiveServerThread, _StaticFilesHandler
from django.utils import translation

from events.guards import Obstacle
from events.hotline import payloads
from events.models import Event, HotlineMessage, OutboxMessage, StateLabel
from events.workflow import State, Step
from tests.factories.hotline import SECRET, answered, hand_in, message
from tests.factories.people import SANYI_GRID

API = Path(__file__).resolve().parents[2] / "docs" / "api"
MANUAL, OVERVIEW = ((API / name).read_text(encoding="utf-8") for name in ("hotline.md", "README.md"))


@pytest.fixture(autouse=True)
def _key(settings):
    settings.HOTLINE_KEYS = [SECRET]


@pytest.fixture
def address(committed: str) -> Iterator[str]:
    """Where the application answers on a real port."""
    server = LiveServerThread("127.0.0.1", _StaticFilesHandler, port=0)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    if server.error:
        raise server.error
    yield f"http://127.0.0.1:{server.port}"
    server.terminate()
    connections.close_all()


def _block(language: str, name: str) -> str:
    (found,) = re.findall(rf"^```{language} {name}\n(.*?)^```$", MANUAL, re.M | re.S)
    return str(found)


def _environment(address: str) -> dict[str, str]:
    names = re.findall(r"^export (\w+)=", _block("sh", "setting"), re.M)
    assert names == ["WANGGE", "HOTLINE_SECRET"]
    return {**os.environ, "WANGGE": address, "HOTLINE_SECRET": SECRET, "NO_PROXY": "*", "no_proxy": "*"}


def _commands() -> list[tuple[str, list[str]]]:
    shells = [shell for shell in ("bash", "dash") if shutil.which(shell)]
    return [
        *((shell, [shell, "-euc", _block("sh", "first-message")]) for shell in shells),
        ("python", [sys.executable, "-I", "-c", _block("python", "first-message")]),
    ]


@pytest.mark.parametrize(("name", "command"), _commands())
def test_the_first_message_is_taken_as_it_stands_in_the_manual(address, name, command):
    done = subprocess.run(command, env=_environment(address), capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    event = Event.objects.get()
    assert (answer["event_no"], answer["applied"], answer["state"]) == (event.no, True, "reported")
    kept = HotlineMessage.objects.get()
    assert (kept.status, kept.kind, kept.answer) == (201, "new", answer)
    if name != "python":
        assert (event.grid.code, event.category.name) == (SANYI_GRID, "井盖缺损")
    else:
        assert (event.point, event.category) == (None, None)


def test_the_example_in_python_needs_ten_lines_and_the_standard_library_alone():
    code = _block("python", "first-message")
    assert len(code.splitlines()) <= 10
    imported = set(re.findall(r"^import (.+)$", code, re.M)[0].replace(" ", "").split(","))
    assert {name.split(".")[0] for name in imported} <= sys.stdlib_module_names


def test_with_another_key_the_example_is_refused(address):
    environment = {**_environment(address), "HOTLINE_SECRET": "whsec_bm9ib2R5IGhhcyB0aGlzIGtleQ=="}
    _, command = _commands()[0]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert json.loads(done.stdout)["type"] == "/problems/signature-wrong"
    assert not Event.objects.exists()


def _section(title: str) -> str:
    return MANUAL.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def _first_column(section: str) -> set[str]:
    cells = re.findall(r"^\| (`[^|]*) \|", section, re.M)
    return {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}


def test_the_manual_names_every_field_type_state_and_step():
    sent = _section("What you send")
    assert _first_column(sent) == payloads.FIELDS
    for kind in payloads.KINDS:
        assert f"* `{kind}`" in sent or f"`{kind}`" in sent.split("What becomes of each type", 1)[1]
    assert _first_column(_section("What you are answered")) == {state.value for state in State} | {"state"}
    # An order's own events are never the first two, and of the others the house says nothing.
    untold = {
        "report", "self_resolve", "supervise", "instruct", "copy_to", "redact", "take_in", "let_go", "hand_over",
        "add_joint", "recall_joint", "joint_sign", "joint_finish", "joint_return",
        "appeal", "correct", "dismiss", "restore",
    }  # fmt: skip
    assert _first_column(_section("Steps")) == {step.value for step in Step} - untold | {"step"}


def test_the_labels_of_states_in_the_manual_are_those_of_the_pages():
    rows = dict(re.findall(r"^\| `(\w+)` \| ([^\s|]+) \|", _section("What you are answered"), re.M))
    with translation.override("zh-hans"):
        wanted = {state.value: str(state.label) for state in StateLabel}
    if wanted["closed"] == "Closed":
        pytest.skip("the translations are not compiled here; ./run does it")
    assert rows == wanted


def test_the_overview_names_every_step_that_a_request_may_take_and_every_obstacle():
    section = OVERVIEW.split("\n## Steps on an event\n", 1)[1]
    steps, codes = section.split("| code | |", 1)
    assert _first_column(steps) == {step.value for step in Step} - {
        "report", "self_resolve", "withdraw", "supplement", "revisit", "redact", "take_in", "let_go", "hand_over",
        "appeal", "correct", "dismiss", "restore",
    }  # fmt: skip
    wanted = {obstacle.value for obstacle in Obstacle} | {"step-not-possible", "no-officer"}
    named = {code for cell in re.findall(r"^\| (`[^|]*) \|", codes, re.M) for code in re.findall(r"`([\w-]+)`", cell)}
    assert named == wanted


@pytest.mark.django_db
def test_the_manual_names_every_field_of_a_callback():
    hand_in(message())
    answered(Event.objects.get())
    from events.hotline import callback

    body = json.loads(callback.render(OutboxMessage.objects.latest("number")))
    assert _first_column(_section("Callbacks")) == set(body)


@pytest.mark.django_db
def test_the_manual_names_every_answer_field_and_error():
    answer = hand_in(message()).json()
    assert ", ".join(answer) != ""
    assert set(re.findall(r"\{([\w, ]+)\}", _section("What you are answered"))[0].split(", ")) == set(answer)
    codes = set(re.findall(r"/problems/([a-z-]+)", _section("Errors")))
    source = Path(payloads.__file__).parent
    raised = {
        code
        for path in source.glob("*.py")
        if not path.name.startswith("alarm")
        for code in re.findall(r'(?:Invalid|Conflict|Unavailable|Unsigned)\(\s*"([a-z-]+)"', path.read_text())
    }
    assert raised <= codes
