"""The demo's names and codes, read from the small files in `sources/` (their README says where they come from)."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "sources"
CITY_CODE, CITY_NAME = "430900000000", "益阳市"
COUNTY_NAMES = {"430971": "大通湖区", "430972": "益阳高新区"}
PSEUDO_UNITS = frozenset(
    {"长春经济开发区", "龙岭产业开发区", "南洞庭湿地保护与发展事务中心", "漉湖湿地保护与发展事务中心"}
)
HOSTS = {"长春经济开发区": "长春镇", "龙岭产业开发区": "龙光桥街道"}
"""Where a dropped unit's villages go; others go to the first township of their county."""


@dataclass(frozen=True, slots=True)
class County:
    """A county: 6-digit code and name."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Town:
    """A township: 9-digit code, name, 6-digit county, rough position in degrees."""

    code: str
    name: str
    county: str
    lng: float
    lat: float

    @property
    def is_street(self) -> bool:
        """Whether it is a street office (街道), the townships of a city proper."""
        return self.name.endswith("街道")

    @property
    def base(self) -> str:
        """Its name without the word for its kind."""
        return base_name(self.name)


@dataclass(frozen=True, slots=True)
class Village:
    """A village or community: 12-digit code, short name, 9-digit township."""

    code: str
    name: str
    town: str

    @property
    def is_urban(self) -> bool:
        """Whether it is a community (社区, 居委会) rather than a village."""
        return self.name.endswith("社区")

    @property
    def base(self) -> str:
        """Its name without the word for its kind."""
        return self.name.removesuffix("社区").removesuffix("村") or self.name


def base_name(name: str) -> str:
    """A township's name without 街道, 镇, 乡 and the like."""
    for ending in ("回族乡", "街道", "管理处", "地区", "镇", "乡"):
        if name.endswith(ending):
            return name.removesuffix(ending)
    return name


def village_name(official: str) -> str:
    """The everyday name: 村委会 to 村, 社区居民委员会 to 社区, 居委会 to 社区."""
    for ending in ("居民委员会", "居委会", "村民委员会", "委员会", "委会"):
        official = official.removesuffix(ending)
    official = official.replace("村村", "村")
    if official.endswith(("村", "社区")):
        return official
    return f"{official}社区"


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@cache
def counties() -> tuple[County, ...]:
    """The 8 counties by code."""
    return tuple(County(row["code"], COUNTY_NAMES.get(row["code"], row["name"])) for row in _rows("counties.csv"))


@cache
def towns() -> tuple[Town, ...]:
    """The 94 townships by code, each with a rough position."""
    by_code = {row["township"]: (float(row["lng"]), float(row["lat"])) for row in _rows("town_points.csv")}
    by_name = {row["township"]: (float(row["lng"]), float(row["lat"])) for row in _rows("town_anchors.csv")}
    found = []
    for row in _rows("townships.csv"):
        if row["name"] not in PSEUDO_UNITS:
            lng, lat = by_code.get(row["code"]) or by_name[row["name"]]
            found.append(Town(row["code"], row["name"], row["county"], lng, lat))
    return tuple(found)


@cache
def villages() -> tuple[Village, ...]:
    """The 1,446 villages by code, those of dropped units under a neighbouring township of their county."""
    home = _homes()
    found = [Village(row["code"], village_name(row["name"]), row["township"]) for row in _rows("villages.csv")]
    return tuple(replace(village, town=home.get(village.town, village.town)) for village in found)


def _homes() -> dict[str, str]:
    """Dropped unit's code to the township that takes its villages."""
    home = {}
    for row in _rows("townships.csv"):
        if row["name"] in PSEUDO_UNITS:
            peers = [town for town in towns() if town.county == row["county"]]
            wanted = HOSTS.get(row["name"], peers[0].name)
            home[row["code"]] = next(town.code for town in peers if town.name == wanted)
    return home


@cache
def neighbours() -> tuple[tuple[float, float], ...]:
    """Rough positions (lng, lat) of townships of neighbouring prefectures."""
    return tuple((float(row["lng"]), float(row["lat"])) for row in _rows("neighbour_points.csv"))
