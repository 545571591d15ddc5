"""The way of an event through the hands of different accounts, over HTTP."""

from typing import Any

from tests.product import Product
from tests.visitors import People, Person, inside, picture

OFFICER, CLERK = "damatou.officer", "ziyang.chengguan"


def own_grid(officer: Person) -> tuple[str, tuple[float, float]]:
    """The officer's grid and a point in it (degrees, WGS-84)."""
    code = officer.ask("me")["grids"][0]["code"]
    return code, inside(officer, code)


def category(person: Person, *, self_resolvable: bool = False) -> str:
    """The code of an everyday category: garbage, which an officer may clear away, or a damaged road."""
    code = "01-001" if self_resolvable else "06-003"
    (found,) = (one for one in person.ask("categories") if one["code"] == code)
    assert found["self_resolvable"] == self_resolvable
    return code


def handle(people: People, no: str, *, dispatcher: Person, point: tuple[float, float]) -> None:
    """From accepted to pending_close: dispatched, signed, finished, and checked on the spot by the officer."""
    clerk, officer = people(CLERK), people(OFFICER)
    own = clerk.ask("me")["posts"][0]["organisation"]
    assert own in [one["id"] for one in dispatcher.ask(f"events/{no}/organisations")]
    assert dispatcher.step(no, "dispatch", organisation=own, text="请尽快处理")["state"] == "dispatched"
    assert clerk.step(no, "sign")["state"] == "handling"
    after = clerk.photo(picture(fixed=True))
    assert clerk.step(no, "finish", text="路面已经修补", photos=[after])["state"] == "pending_check"
    seen = officer.photo(picture(point=point, fixed=True))
    assert officer.step(no, "pass_check", photos=[seen])["state"] == "pending_close"


def steps(card: dict[str, Any]) -> list[str]:
    """What was done, in order."""
    return [item["step"] for item in card["journal"]]


def beside_a_camera(product: Product, officer: Person) -> tuple[float, float]:
    """A point (degrees, WGS-84) some 15 m from a camera that plays, in the village of the officer's grid."""
    village = officer.ask("me")["grids"][0]["path"].rstrip("/").rsplit("/", 1)[0] + "/"
    found = product.rows(
        """SELECT ST_X(site.point::geometry), ST_Y(site.point::geometry) FROM gis_layers_site site
           JOIN gis_layers_channel channel ON channel.site_id = site.id
           JOIN grid_organisation owner ON owner.id = site.owner_id
           WHERE site.path LIKE %s AND channel.state = 'online' AND owner.public AND NOT site.secret
           ORDER BY site.code""",
        village + "%",
    )
    for lng, lat in found:
        point = lng + 0.0001, lat + 0.0001
        answer = officer.get("ground/grid-at", lng=point[0], lat=point[1], crs="wgs84")
        if answer.status_code == 200 and answer.json()["grid"]["path"].startswith(village):
            return point
    raise AssertionError(f"no camera in {village} has a neighbourhood there")
