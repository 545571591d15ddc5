"""Codes of regions, grids and channels, and the tree path built from them. Pure.

Region codes are the 12-digit statistical codes of administrative divisions: 2 province, 2 prefecture, 2 county,
3 township, 3 village, padded with zeros. Grid codes have 15 digits: the village's 12 and a sequence of 3
(the shape of CJ/T 213). Channel codes have 20 digits, as GB/T 28181 numbers its devices.
"""

import re
from enum import StrEnum


class Level(StrEnum):
    """Level of a region, widest first."""

    CITY = "city"
    COUNTY = "county"
    TOWNSHIP = "township"
    VILLAGE = "village"

    @property
    def depth(self) -> int:
        """0 for the city to 3 for the village."""
        return tuple(Level).index(self)


SIGNIFICANT = {Level.CITY: 4, Level.COUNTY: 6, Level.TOWNSHIP: 9, Level.VILLAGE: 12}
REGION_CODE = re.compile(r"[0-9]{12}")
GRID_CODE = re.compile(r"[0-9]{15}")
CHANNEL_CODE = re.compile(r"[0-9]{20}")


def significant(code: str, level: Level) -> str:
    """The digits of a 12-digit region code that its level uses: 4, 6, 9 or 12 of them."""
    return code[: SIGNIFICANT[level]]


def is_region_code(code: str, level: Level) -> bool:
    """Whether `code` has 12 digits, zeros below its level and a number of its own at its level."""
    if REGION_CODE.fullmatch(code) is None:
        return False
    used = SIGNIFICANT[level]
    own = code[2:4] if level is Level.CITY else code[_start(level) : used]
    return code[used:].strip("0") == "" and own.strip("0") != ""


def _start(level: Level) -> int:
    """Where the level's own digits begin."""
    return SIGNIFICANT[tuple(Level)[level.depth - 1]]


def is_grid_code(code: str, village: str) -> bool:
    """Whether `code` has 15 digits and begins with the 12 of its village."""
    return GRID_CODE.fullmatch(code) is not None and code.startswith(village)


def is_channel_code(code: str) -> bool:
    """Whether `code` has 20 digits."""
    return CHANNEL_CODE.fullmatch(code) is not None


def region_path(parent_path: str, code: str, level: Level) -> str:
    """Path of a region: its parent's path, its own significant digits, and "/".

    The root's parent path is "". A village keeps its own code below a township whose code is not its prefix,
    so a subtree is a prefix of the path and never of the code.
    """
    return f"{parent_path}{significant(code, level)}/"
