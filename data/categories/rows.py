"""One row of the category list, and the words that may stand in it."""

from dataclasses import dataclass

# What the letters of an allowance mean: the clock that it is counted on.
CLOCKS = {"U": "urgent_hour", "H": "work_hour", "D": "work_day"}
LEVELS = frozenset({"city", "county", "township", "village"})
CITY_FUNCTIONS = frozenset({"chengguan", "zhujian", "jiaotong", "shuili", "shengtai", "yingji", "minzheng", "jiaojing"})
COUNTY_FUNCTIONS = frozenset({"chengguan_zhujian", "nongshui_huanbao", "yingji_xiaofang", "minzheng_sifa"})

COMPONENT_KINDS = frozenset(
    {"manhole", "lamp", "hydrant", "bin", "guardrail", "signal", "pole", "valve", "drain", "toilet", "other"}
)


@dataclass(frozen=True, kw_only=True)
class CategoryRow:
    """A 小类 as the file gives it, with what its 大类 gives filled in."""

    code: str  # 06-001
    major: str  # 06
    major_name: str
    name: str
    keywords: tuple[str, ...]
    handle_amount: float  # in units of handle_clock
    handle_clock: str  # urgent_hour, work_hour, work_day
    urgent: bool
    self_resolvable: bool
    department: str
    county_department: str
    min_level: str
    restricted: bool
    component_kinds: tuple[str, ...] = ()  # the owner of the nearest of these answers
    auto_dispatch: bool | None = None  # None: as the installation has it
