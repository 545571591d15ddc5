"""The grids behind the patrol coverage of a report."""

from dataclasses import dataclass

from events.evaluation.patrolled import DEPTHS, grids_behind
from events.evaluation.reading import PAGE, Wanted, asked_by, offset_of, region_names
from events.evaluation.words import PATROLS_BY_PLACE, PATROLS_HAVE_NO_CATEGORY
from grid.policy import Access
from grid.refusals import Invalid


@dataclass(frozen=True)
class GridRow:
    """One grid: for how many periods of these days it was due, and visited as due in how many."""

    code: str
    place: str
    due: int
    visited: int


@dataclass(frozen=True)
class GridsPage:
    """A page of them, the least covered first."""

    rows: list[GridRow]
    next: str | None
    total: int


def patrolled_grids(
    access: Access, wanted: Wanted, *, key: str | None = None, missed: bool = False, cursor: str = ""
) -> GridsPage:
    """The grids that were due: in one group, or only those missed. Three queries.

    Raises as `events.evaluation.reading.read` does, and Invalid for what patrols are not counted by.
    """
    asked = asked_by(access, wanted)
    if asked.category:
        raise Invalid("patrols-without-category", str(PATROLS_HAVE_NO_CATEGORY), field="category")
    if key is not None and (asked.by not in DEPTHS or not key):
        raise Invalid("patrols-by-place", str(PATROLS_BY_PLACE), field="by")
    found = grids_behind(asked, key=key, missed=missed)
    start = offset_of(cursor)
    page = found[start : start + PAGE]
    places = region_names(leaf.path for leaf, _value in page)
    rows = [GridRow(leaf.code, places[leaf.path], value.of, value.hits) for leaf, value in page]
    return GridsPage(rows=rows, next=str(start + PAGE) if len(found) > start + PAGE else None, total=len(found))
