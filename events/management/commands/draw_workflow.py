"""manage.py draw_workflow FILE [--check]: what a page says of states, steps and moves, drawn from the table itself."""

import re
from argparse import ArgumentTypeError
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from events.sla import Allowance, Clock, Terms
from events.workflow import ENDED, OPEN, STAGE_OF, TRANSITIONS, Relation, Stage, State, Transition

_SECTION = re.compile(r"(<!-- drawn: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
_UNITS = {Clock.URGENT_HOUR: "U", Clock.WORK_HOUR: "H", Clock.WORK_DAY: "D", Clock.NATURAL_DAY: "natural days"}
_OWN = {Stage.HANDLE: ("the category's", "the category's"), Stage.REVIEW: ("until the day granted",) * 2}
_STANDING = {
    Relation.GRID: "in whose grid it lies",
    Relation.GROUND: "in whose region it lies",
    Relation.HOLDER: "of the holder",
    Relation.ROUTINE: "of the holder, until the third return",
    Relation.RULING: "of the holder, from the third return on",
    Relation.ABOVE: "of the holder, or in whose region it lies",
    Relation.LEAD: "of the lead",
    Relation.JOINT: "of a joint organisation",
    Relation.VERIFY: "asked to verify, or whose grid it is (a lead: once it was handed over)",
    Relation.CHECK: "asked to check, whose grid it is or at whose centre (a lead: once it was handed over), "
    "and without a hand in the work",
    Relation.PARTY: "whose organisation is or was in the case",
    Relation.CASE: "who works in the case",
    Relation.TICKET: "whose ticket it answers",
    Relation.CLOCK: "the watch over allowances",
    Relation.RULE: "by the rules of responsibility, where the category is dispatched by itself and never came back",
    Relation.OTHER: "who merges the other event, or parts it",
    Relation.ALARM: "whose alarm it is",
}


class Command(BaseCommand):
    help = "Draw the generated sections of a page (docs/workflow.md) from the workflow's table."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=_page, metavar="FILE", help="a page with `<!-- drawn: NAME -->` sections")
        parser.add_argument("--check", action="store_true", help="write nothing; status 1 when page and table differ")

    def handle(self, *args: Any, file: Path, check: bool, **options: Any) -> None:
        page = file.read_text(encoding="utf-8")
        anew = drawn(page)
        if anew == page:
            self.stdout.write(f"{file} says what the table says")
        elif check:
            raise CommandError(f"{file} differs from the table; run: manage.py draw_workflow {file}")
        else:
            file.write_text(anew, encoding="utf-8")
            self.stdout.write(f"{file} drawn anew")


def drawn(page: str) -> str:
    """The page with its sections drawn from the table: states, diagram, steps.

    Raises CommandError when it has a section that nobody draws, or lacks one.
    """
    names = sorted(name for _, name, _ in _SECTION.findall(page))
    if names != sorted(_SECTIONS):
        raise CommandError(
            f"the page has the sections {', '.join(names) or 'none'}, not {', '.join(sorted(_SECTIONS))}"
        )
    return _SECTION.sub(lambda found: f"{found[1]}{_SECTIONS[found[2]]()}\n{found[3]}", page)


def states() -> str:
    """A table of the states: how one comes there, and the allowance that runs meanwhile."""
    rows = [
        (f"`{state}`", _codes(row.step for row in TRANSITIONS if row.target is state), *_clock(state))
        for state in State
    ]
    return _table(("state", "reached by", "clock", "normal", "urgent"), rows)


def diagram() -> str:
    """The moves between states as a Mermaid diagram; what is possible in every open state is left out of it."""
    moves: dict[tuple[str, str], list[str]] = {}
    for row in TRANSITIONS:
        if row.target is not None and row.sources != OPEN:
            from_where = [state.value for state in State if state in row.sources]
            for source in from_where or ["[*]"]:
                moves.setdefault((source, row.target), []).append(row.step)
    lines = [f"    {source} --> {target}: {' / '.join(steps)}" for (source, target), steps in moves.items()]
    ends = [f"    {state} --> [*]" for state in State if state in ENDED and _left_for_good(state)]
    return "\n".join(["```mermaid", "stateDiagram-v2", *lines, *ends, "```"])


def steps() -> str:
    """A table of the steps: from where, to where, and who takes them."""
    rows = [(f"`{row.step}`", _sources(row), _target(row), _actors(row)) for row in TRANSITIONS]
    return _table(("step", "from", "to", "who"), rows)


def _page(path: str) -> Path:
    if not Path(path).is_file():
        raise ArgumentTypeError(f"{path} is no file")
    return Path(path)


def _left_for_good(state: State) -> bool:
    """Whether a step leads there, and none away."""
    return any(row.target is state for row in TRANSITIONS) and not any(
        state in row.sources and (row.target is not None or row.back) for row in TRANSITIONS
    )


def _clock(state: State) -> tuple[str, str, str]:
    stage = STAGE_OF.get(state)
    if stage is None:
        return ("-", "-", "-")
    normal, urgent = _OWN.get(stage) or (_amount(Terms(flag, None).allowance(stage)) for flag in (False, True))
    return (stage, normal, urgent)


def _amount(allowance: Allowance) -> str:
    return f"{allowance.amount:g} {_UNITS[allowance.clock]}"


def _sources(row: Transition) -> str:
    if row.sources == frozenset(State):
        return "any state"
    if row.sources > OPEN:
        return f"any open state, {_codes(state for state in State if state in row.sources - OPEN)}"
    if row.sources == OPEN:
        return "any open state"
    return _codes(state for state in State if state in row.sources)


def _target(row: Transition) -> str:
    if row.back:
        return "where it was merged"
    return f"`{row.target}`" if row.target else "stays"


def _actors(row: Transition) -> str:
    """Who stands how, those who stand alike together."""
    alike: dict[Relation, list[str]] = {}
    for role, relation in sorted(row.actors):
        alike.setdefault(relation, []).append(role)
    return "; ".join(f"{_codes(roles)} {_STANDING[relation]}" for relation, roles in alike.items())


def _codes(codes: Iterable[str]) -> str:
    return ", ".join(f"`{code}`" for code in codes) or "-"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ("---",) * len(head), *rows))


_SECTIONS: dict[str, Callable[[], str]] = {"states": states, "diagram": diagram, "steps": steps}
