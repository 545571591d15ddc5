"""Candidates for an address as people are shown them: named, located, with the reasons in their language."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from grid.likeness import NEAR_M, Candidate, Doubt
from grid.refusals import Refusal
from grid.selectors.addresses import Matched, match_address
from grid.selectors.index import Box, ground_index
from grid.selectors.location import locate
from grid.selectors.regions import ancestors, place_label

KINDS: dict[str, Promise] = {
    "number": gettext_lazy("House number"), "crossing": gettext_lazy("Crossing"), "road": gettext_lazy("Road"),
    "water": gettext_lazy("Water"), "city": gettext_lazy("City"), "county": gettext_lazy("County"),
    "township": gettext_lazy("Township"), "village": gettext_lazy("Village"),
    "place": pgettext_lazy("kind of place", "Place"),
}  # fmt: skip
"""What a candidate is, by its fineness or kind."""

DOUBTS: dict[Doubt, Promise] = {
    Doubt.OTHER_REGION: gettext_lazy("Another region is named than the one it lies in"),
    Doubt.NAME_DIFFERS: gettext_lazy("Not the same name, letter by letter"),
    Doubt.GOES_ON: gettext_lazy("The name may go on"),
    Doubt.UNEXPLAINED: gettext_lazy("Something before the name is not understood"),
    Doubt.TOO_WIDE: gettext_lazy("Wider than a single spot"),
    Doubt.NO_NUMBER: gettext_lazy("No house numbers are known of this road"),
    Doubt.NUMBER_UNKNOWN: gettext_lazy("This number is not known; the nearest one is shown"),
    Doubt.FAR: gettext_lazy("Said to be some way off this place"),
    Doubt.SHORT_NAME: gettext_lazy("A short name, and no region with it"),
    Doubt.RIVALS: gettext_lazy("Another place fits as well"),
}
"""What keeps a candidate from being sure, as people read it."""


@dataclass(frozen=True, slots=True)
class Placement:
    """A place that an address may mean: WGS-84 degrees, how far around it (metres), score 0 to 1, and why.

    `code` is a region's, else empty; `bbox` is what a map shows of a region (west, south, east, north in degrees).
    """

    name: str
    kind: str
    kind_label: str
    code: str
    path: str
    place: str
    lng: float
    lat: float
    reach_m: float
    bbox: Box | None
    score: float
    sure: bool
    why: list[str]


def placements(*, text: str, near: tuple[float, float] | None = None, limit: int = 8) -> list[Placement]:
    """What an address, or part of a name, may mean, best first; those beyond the city's border are left out."""
    matched = match_address(text=text, near=near, limit=limit)
    shown = (_shown(one, matched) for one in matched.candidates)
    return [one for one in shown if one is not None]


def _shown(one: Candidate, matched: Matched) -> Placement | None:
    try:
        path = one.path if one.code else locate(lng=one.lng, lat=one.lat).grid.path
    except Refusal:
        return None
    kind = one.fineness if one.fineness in KINDS else "road"
    return Placement(
        name=one.name, kind=kind, kind_label=str(KINDS[kind]), code=one.code, path=path, place=_where(one, path),
        lng=one.lng, lat=one.lat, reach_m=one.reach_m, bbox=ground_index().box_of(path) if one.code else None,
        score=min(1.0, one.score), sure=one.sure, why=_why(one, matched),
    )  # fmt: skip


def _where(one: Candidate, path: str) -> str:
    """The grid of a spot; of a region those around it."""
    if not one.code:
        return place_label(path)
    return " ".join(node.name for node in ancestors(path)[1:-1])


def _why(one: Candidate, matched: Matched) -> list[str]:
    found = [_("The name stands there as it is")] if one.exact else []
    if one.named:
        found.append(_("In a region that the address names"))
    if one.fineness == "number":
        found.append(_("House number found, within %d m") % min(NEAR_M, one.reach_m))
    if matched.elsewhere:
        found.append(_("The address names %s") % matched.elsewhere)
    return [*found, *(str(DOUBTS[doubt]) for doubt in one.doubts if doubt in DOUBTS)]
