"""What can be wrong with a city file, each with its place and a sentence that says what to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class ProblemKind(StrEnum):
    """Kinds of problems that the checker names."""

    NOT_A_GEOPACKAGE = "not_a_geopackage"
    MISSING_LAYER = "missing_layer"
    EMPTY_LAYER = "empty_layer"
    MISSING_COLUMN = "missing_column"
    UNKNOWN_CRS = "unknown_crs"
    BAD_VALUE = "bad_value"
    MISSING_NAME = "missing_name"
    MALFORMED_CODE = "malformed_code"
    DUPLICATE_CODE = "duplicate_code"
    UNKNOWN_PARENT = "unknown_parent"
    WRONG_PARENT = "wrong_parent"
    SEVERAL_ROOTS = "several_roots"
    EMPTY_REGION = "empty_region"
    MISSING_SHAPE = "missing_shape"
    WRONG_SHAPE = "wrong_shape"
    OUT_OF_RANGE = "out_of_range"
    INVALID_SHAPE = "invalid_shape"
    ZERO_AREA = "zero_area"
    GAP = "gap"
    OVERLAP = "overlap"
    EDGE_MISMATCH = "edge_mismatch"
    SITE_OUTSIDE = "site_outside"
    COMPONENT_OUTSIDE = "component_outside"
    DEVICE_OUTSIDE = "device_outside"
    ORPHAN_CHANNEL = "orphan_channel"
    UNKNOWN_OWNER = "unknown_owner"
    UNKNOWN_ROAD = "unknown_road"
    UNKNOWN_REGION = "unknown_region"


@dataclass(frozen=True, slots=True)
class Where:
    """A point in WGS-84 degrees and the name of something near it ("" when nothing is known)."""

    lng: float
    lat: float
    near: str


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong.

    `code` names the row or rows it is about (", " between several, "layer:row number" where a row has no code),
    `reason` is an English sentence that says what is wrong and what to do, `place` is where, if anywhere.
    """

    kind: ProblemKind
    code: str
    reason: str
    place: Where | None = None

    def __str__(self) -> str:
        spot = "" if self.place is None else f" at {self.place.lng:.6f},{self.place.lat:.6f} {self.place.near}"
        return f"{self.kind} {self.code}: {self.reason}{spot.rstrip()}"


class GroundRefused(ValueError):
    """A city file was refused; `problems` holds every problem found, not only the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        shown = "; ".join(str(problem) for problem in self.problems[:5])
        more = len(self.problems) - 5
        super().__init__(f"{len(self.problems)} problem(s): {shown}" + (f"; and {more} more" if more > 0 else ""))
