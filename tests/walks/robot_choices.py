"""What a robot user chooses: which step of those that its worklist offers, and what the step carries."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from tests.visitors import Person, picture

# How often each step is chosen where it is offered beside others. One that is not here is left to people.
_ON = {
    "accept": 60, "reject": 6, "request_verify": 25, "confirm": 60, "refute": 12, "dispatch": 80, "sign": 80,
    "joint_sign": 60, "joint_finish": 60, "finish": 70, "grant_extension": 60, "refuse_extension": 30,
    "approve_suspension": 60, "refuse_suspension": 40, "resume": 60, "pass_check": 70, "close": 80,
}  # fmt: skip
_BESIDE = {
    "cannot_tell": 8, "escalate": 4, "assign_down": 8, "return": 5, "request_extension": 8, "ask_suspension": 60,
    "fail_check": 7, "void": 2, "force_close": 2, "urge": 1, "supervise": 60, "instruct": 60, "mark_urgent": 2,
    "copy_to": 2, "note": 3, "redispatch": 2, "add_joint": 2,
}  # fmt: skip
_ASKING = frozenset({"dispatch", "redispatch", "assign_down", "copy_to", "add_joint"})
_WITH_PHOTOS = frozenset({"finish", "joint_finish", "confirm", "refute", "pass_check", "fail_check"})
_SILENT = frozenset({"accept", "sign", "joint_sign", "confirm", "request_verify"})
# So that everything comes to its end.
_ONCE = {"return": "returns", "fail_check": "reworks", "urge": "urges", "request_extension": "asked"}
_EARLY = frozenset({"supervise", "instruct", "ask_suspension", "request_extension", "escalate", "assign_down"})
LATE = 8  # from this version on none of them: everything is to come to its end
EVERYDAY = ("06-003", "01-003", "02-001", "06-008", "07-002")
SUDDEN = ("04-001", "04-003", "04-006")  # a county's at least


def leads_on(row: dict[str, Any], dice: random.Random, *, closing: bool) -> str | None:
    """A step on this line of a worklist; in the end only what brings it on."""
    weights = _ON if closing else _ON | _BESIDE
    offered = [step for step in row["allowed"] if step in weights and not _had(step, row)]
    if not offered:
        return None
    return dice.choices(offered, [weights[step] for step in offered])[0]


def _had(step: str, row: dict[str, Any]) -> bool:
    """Whether it was done before, of those that are done once."""
    if step in _EARLY and row["version"] >= LATE:
        return True
    return bool(row.get(_ONCE.get(step, ""), 0))


@dataclass
class Hands:
    """The organisations where robots work: others would leave an event lying."""

    clerks: set[int] = field(default_factory=set)
    acceptors: set[int] = field(default_factory=set)

    def given(self, step: str, offered: list[int], dice: random.Random) -> dict[str, Any] | None:
        """To whom, of those offered; sometimes with a joint organisation."""
        if step == "copy_to":
            return {"organisation": dice.choice(offered), "text": "请知悉"} if offered else None
        fit = [one for one in offered if one in (self.acceptors if step == "assign_down" else self.clerks)]
        if not fit:
            return None
        if step == "add_joint":
            return {"joint": [dice.choice(fit)], "text": "请协助处置"}
        # Who is suggested comes first, and leads most of the time.
        lead = fit[0] if dice.random() < 0.7 else dice.choice(fit)
        others = [one for one in fit if one != lead]
        joint = [dice.choice(others)] if others and step == "dispatch" and dice.random() < 0.1 else []
        return {"organisation": lead, "text": "请尽快处置", **({"joint": joint} if joint else {})}


@dataclass
class Choosing:
    """One account's way: the views that it looks at, its own photos, and what it reports, if anything."""

    person: Person
    views: tuple[str, ...]
    photos: list[str]
    report: Callable[[random.Random], dict[str, Any]] | None = None

    def asks(self, step: str) -> bool:
        """Whether it must first be asked whom a step may go to."""
        return step in _ASKING

    def fields(self, step: str, row: dict[str, Any], dice: random.Random) -> dict[str, Any]:
        """What the step carries."""
        fields: dict[str, Any] = {} if step in _SILENT else {"text": "按照规定办理，情况属实"}
        if step in _WITH_PHOTOS:
            fields["photos"] = [dice.choice(self.photos)]
        own: dict[str, dict[str, Any]] = {
            "reject": {"reason": "no_fault"},
            "request_extension": {"amount": 1.0},
            "ask_suspension": {"until": (date.today() + timedelta(days=20)).isoformat()},  # noqa: DTZ011 - any day
            "supervise": {"level": "normal"},
            "pass_check": {"far_reason": "在远处拍摄"},
            "fail_check": {"far_reason": "在远处拍摄"},
        }
        return fields | own.get(step, {})


def reports(
    photos: list[str], point: tuple[float, float], codes: tuple[str, ...], *, solving: float = 0.0
) -> Callable[[random.Random], dict[str, Any]]:
    """Reports from about a place (degrees, WGS-84); that share of them solved on the spot."""

    def body(dice: random.Random) -> dict[str, Any]:
        solved = dice.random() < solving
        lng, lat = (one + dice.uniform(-5e-5, 5e-5) for one in point)
        made: dict[str, Any] = {
            "client_id": str(uuid4()), "category": "01-001" if solved else dice.choice(codes), "photos": photos[:1],
            "description": "巡查发现，请处理", "point": {"lng": lng, "lat": lat, "crs": "wgs84", "accuracy_m": 8.0},
        }  # fmt: skip
        return made | ({"self_resolve": {"description": "已当场清理", "photos": photos[1:2]}} if solved else {})

    return body


def albums(person: Person, count: int = 2) -> list[str]:
    """Photos of one's own, sent beforehand."""
    return [person.photo(picture(fixed=number > 0)) for number in range(count)]
