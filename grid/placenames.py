"""The other names that people use for a place: 菜市场 for 农贸市场, 一中 for 第一中学, 兰溪 for 兰溪镇. Pure."""

from collections.abc import Iterable

SAME_WORDS = {
    "人民政府": ("政府", "政府大院"),
    "社区服务中心": ("社区居委会", "居委会", "社区党群服务中心", "党群服务中心", "社区居民委员会"),
    "村部": ("村委会", "村委", "村民委员会", "村党群服务中心", "村支部"),
    "社区卫生服务站": ("卫生服务站", "社区卫生站", "卫生站", "社区医院"),
    "中心卫生院": ("卫生院", "镇卫生院", "乡卫生院", "医院"),
    "村卫生室": ("卫生室", "村卫生所", "卫生所", "村医务室"),
    "农贸市场": ("菜市场", "农贸", "市场"),
    "集贸市场": ("农贸市场", "菜市场", "集市", "市场"),
    "综合服务社": ("服务社", "供销社"),
    "人民医院": ("医院", "县医院", "区医院", "市医院"),
    "第一中学": ("一中",),
    "中心小学": ("完小", "完全小学", "小学"),
    "幼儿园": ("幼稚园",),
    "汽车总站": ("汽车站", "客运总站", "长途汽车站"),
    "汽车站": ("客运站", "车站"),
    "敬老院": ("养老院", "福利院"),
    "邮政所": ("邮局", "邮政局", "邮政支局"),
    "文化活动中心": ("活动中心", "文化中心"),
    "文化广场": ("广场",),
    "文化公园": ("公园",),
    "花园小区": ("花园", "小区"),
    "新村小区": ("新村", "小区"),
}
"""Endings of names in official use, and what is said instead; the longest ending that fits counts."""

REGION_ENDINGS = ("街道办事处", "回族乡", "街道", "社区", "管理处", "地区", "镇", "乡", "村", "区", "县", "市")


def stem(region: str) -> str:
    """A region's name without the word for its kind; the whole name where less than two characters would be left."""
    for ending in REGION_ENDINGS:
        if region.endswith(ending) and len(region) - len(ending) >= 2:
            return region.removesuffix(ending)
    return region


def other_names(name: str, regions: Iterable[str]) -> tuple[str, ...]:
    """What else a place is called. `regions` are the names of the regions that it lies in, widest first.

    A name that begins with a region's (赫山区人民医院) is also said without the word for its kind.
    """
    found: list[str] = []
    bare = _without_kind(name, regions)
    if bare != name:
        found.append(bare)
    for base in (name, bare):
        for ending in sorted(SAME_WORDS, key=len, reverse=True):
            if base.endswith(ending) and len(base) > len(ending):
                found += [base.removesuffix(ending) + word for word in SAME_WORDS[ending]]
                break
    return tuple(dict.fromkeys(one for one in found if one != name and len(one) > 2))


def _without_kind(name: str, regions: Iterable[str]) -> str:
    for region in regions:
        if name.startswith(region) and len(name) > len(region) and stem(region) != region:
            return stem(region) + name.removeprefix(region)
    return name
