"""The way of an event through the hands of different accounts, over HTTP."""

from typing import Any

from tests.visitors import People, Person, inside, picture

OFFICER, CLERK = "damatou.officer", "ziyang.chengguan"


def own_grid(officer: Person) -> tuple[str, tuple[float, float]]:
    """The officer's grid and a point in it (degrees, WGS-84)."""
    code = officer.ask("me")["grids"][0]["code"]
    return code, inside(officer, code)


def category(person: Person, *, self_resolvable: bool = False) -> str:
    """The code of an everyday category."""
    wanted = (one for one in person.ask("categories") if not one["urgent"] and not one["restricted"])
    return str(next(one["code"] for one in wanted if one["self_resolvable"] == self_resolvable))


def handle(people: People, no: str, *, dispatcher: Person, point: tuple[float, float]) -> None:
    """From accepted to pending_close: dispatched, signed, finished, and checked on the spot by the officer."""
    clerk, officer = people(CLERK), people(OFFICER)
    own = clerk.ask("me")["posts"][0]["organisation"]
    assert own in [one["id"] for one in dispatcher.ask(f"events/{no}/organisations")]
    assert dispatcher.step(no, "dispatch", organisation=own, text="请尽快处理")["state"] == "dispatched"
    assert clerk.step(no, "sign")["state"] == "handling"
    after = clerk.photo()
    assert clerk.step(no, "finish", text="井盖已经更换", photos=[after])["state"] == "pending_check"
    seen = officer.photo(picture(point=point))
    assert officer.step(no, "pass_check", photos=[seen])["state"] == "pending_close"


def steps(card: dict[str, Any]) -> list[str]:
    """What was done, in order."""
    return [item["step"] for item in card["journal"]]
