"""docs/workflow.md says what the table says."""

import re
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from events.guards import _GUARDS
from events.management.commands.draw_workflow import drawn
from events.workflow import OPEN, State, Step
from tests.unit.test_workflow import BY_HAND, WHO

PAGE = Path(__file__).resolve().parents[2] / "docs" / "workflow.md"


@pytest.fixture
def page():
    return PAGE.read_text(encoding="utf-8")


def test_the_page_is_as_it_is_drawn():
    call_command("draw_workflow", str(PAGE), "--check")


@pytest.mark.parametrize(
    ("said", "instead"),
    [("| `sign` | `dispatched` |", "| `sign` | `accepted` |"), ("handling --> suspended", "handling --> closed"),
     ("| accept | 2 H | 0.5 U |", "| accept | 3 H | 0.5 U |")],
)  # fmt: skip
def test_a_page_that_says_something_else_is_found_and_drawn_anew(page, tmp_path, said, instead):
    copy = tmp_path / "page.md"
    copy.write_text(page.replace(said, instead), encoding="utf-8")
    assert copy.read_text(encoding="utf-8") != page
    with pytest.raises(CommandError, match="differs"):
        call_command("draw_workflow", str(copy), "--check")
    call_command("draw_workflow", str(copy))
    assert copy.read_text(encoding="utf-8") == page


def test_a_section_that_is_missing_or_unknown_is_an_error(page):
    for broken in (page.replace("drawn: states", "drawn: stats"), page.replace("<!-- drawn: steps -->", "")):
        with pytest.raises(CommandError, match="sections"):
            drawn(broken)


def test_the_diagram_has_the_moves_that_were_typed_by_hand(page):
    shown = {
        (step, None if source == "[*]" else source): target
        for source, target, steps in re.findall(r"^    (\S+) --> (\w+): (.+)$", page, re.MULTILINE)
        for step in steps.split(" / ")
    }
    moving = {step for step, source in BY_HAND if BY_HAND[step, source] != source} | {"redispatch", "escalate"}
    assert shown == {move: to for move, to in BY_HAND.items() if move[0] in moving - {"force_close", "merge"}}
    assert re.findall(r"^    (\w+) --> \[\*\]$", page, re.MULTILINE) == ["voided"]


def test_the_steps_table_has_everybody_who_was_typed_by_hand(page):
    rows = {cells[0]: cells for cells in re.findall(r"^\| `(\w+)` \| (.+) \| (.+) \| (.+) \|$", page, re.MULTILINE)}
    assert set(Step) <= set(rows)
    for step, actors in WHO.items():
        assert set(re.findall(r"`(\w+)`", rows[step][3])) == {role for role, _ in actors}
    assert rows["force_close"][1] == "any open state"
    assert len(OPEN) + 5 == len(State)


def test_every_guarded_step_stands_among_the_obstacles(page):
    table = page.split("## What stands in the way")[1].split("\n## ")[0]
    answers = {Step.GRANT_EXTENSION, Step.REFUSE_EXTENSION, Step.APPROVE_SUSPENSION, Step.REFUSE_SUSPENSION}
    assert {step.value for step in set(_GUARDS) - answers} <= set(re.findall(r"`(\w+)`", table))
    assert "the answers to both" in table
