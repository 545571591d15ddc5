"""The organisations of a demo city: centres at every level, departments, and units that own sites and components.

Names and divisions of work are made up after the usual ones; they describe no real office.
"""

from collections.abc import Collection, Iterable, Sequence

from data.pipeline.codes import Level
from data.pipeline.rows import Organisation, OrganisationKind, RegionRow

CITY_DEPARTMENTS = (
    ("chengguan", "城市管理和综合执法局", "城管局"),
    ("zhujian", "住房和城乡建设局", "住建局"),
    ("jiaotong", "交通运输局", "交通局"),
    ("shuili", "水利局", "水利局"),
    ("shengtai", "生态环境局", "生态环境局"),
    ("yingji", "应急管理局", "应急局"),
    ("minzheng", "民政局", "民政局"),
    ("jiaojing", "公安局交通警察支队", "交警支队"),
)
COUNTY_DEPARTMENTS = (
    ("chengguan_zhujian", "城市管理和住房建设局", "城管住建局"),
    ("nongshui_huanbao", "农业水利和生态环保局", "农水环保局"),
    ("yingji_xiaofang", "应急管理和消防局", "应急消防局"),
    ("minzheng_sifa", "民政和司法局", "民政司法局"),
)
CITY_UNITS = (
    ("gongan", "公安局", "公安局", True),
    ("gongshui", "供水有限责任公司", "供水公司", False),
    ("gongdian", "供电公司", "供电公司", False),
    ("ranqi", "燃气有限责任公司", "燃气公司", False),
    ("tongxin", "通信管线维护公司", "管线公司", False),
    ("zhaoming", "路灯照明维护中心", "路灯中心", True),
    ("yunwei", "视频运维服务公司", "运维公司", False),
)
SECTOR_UNITS = (
    ("jiaoyu", "教育局", "教育局", True),
    ("weijian", "卫生健康局", "卫健局", True),
    ("wenlv", "文化旅游广电体育局", "文旅局", True),
    ("shangwu", "商务和市场服务中心", "商务中心", True),
)
SOCIAL_UNITS = (
    ("wuye", "物业服务行业协会", "物业协会", False),
    ("shangchao", "商超经营者联合会", "商超联合会", False),
    ("qiye", "工业园区企业联合会", "企业联合会", False),
)
PIPE_UNITS = (
    ("zilaishui", "自来水公司", "自来水公司", False),
    ("dianli", "电力服务公司", "电力公司", False),
    ("ranqi", "燃气公司", "燃气公司", False),
    ("tongxin", "通信线路维护公司", "通信公司", False),
    ("ludeng", "路灯管理所", "路灯所", True),
)
COUNTY_UNITS = (("gongan", "公安局", "公安局", True), *PIPE_UNITS, *SECTOR_UNITS, *SOCIAL_UNITS)


def centre_code(region: str) -> str:
    """Code of a region's command centre."""
    return f"centre-{region}"


def department_code(region: str, function: str) -> str:
    """Code of a region's department."""
    return f"dept-{region}-{function}"


def unit_code(region: str, word: str) -> str:
    """Code of a unit of a region."""
    return f"unit-{region}-{word}"


def organisations(regions: Sequence[RegionRow], *, village_centres: Collection[str]) -> tuple[Organisation, ...]:
    """A centre of every city, county and township and of the villages named; departments and units; by code."""
    by_code = {region.code: region for region in regions}
    rows: list[Organisation] = []
    for region in regions:
        if region.level is not Level.VILLAGE or region.code in village_centres:
            rows.append(_centre(region, _prefix(region, by_code)))
        if region.level is Level.CITY:
            rows += _departments(region, CITY_DEPARTMENTS)
            rows += _units(region, CITY_UNITS)
        if region.level is Level.COUNTY:
            rows += _departments(region, COUNTY_DEPARTMENTS)
            rows += _units(region, COUNTY_UNITS)
    return tuple(sorted(rows, key=lambda row: row.code))


def _prefix(region: RegionRow, by_code: dict[str, RegionRow]) -> str:
    """What a full name begins with: a township's with its county's name, a village's with its township's too."""
    names = [region.name]
    while region.parent is not None and by_code[region.parent].level is not Level.CITY:
        region = by_code[region.parent]
        names.append(region.name)
    return "".join(reversed(names))


def _centre(region: RegionRow, prefix: str) -> Organisation:
    return Organisation(
        code=centre_code(region.code),
        name=f"{prefix}网格化指挥中心",
        short_name=f"{region.name}指挥中心" if region.level is not Level.VILLAGE else f"{region.name}网格站",
        kind=OrganisationKind.CENTRE,
        level=region.level,
        region=region.code,
        function="",
        public=True,
    )


def _departments(region: RegionRow, kinds: Iterable[tuple[str, str, str]]) -> list[Organisation]:
    return [
        Organisation(
            code=department_code(region.code, function),
            name=f"{region.name}{name}",
            short_name=f"{_mark(region)}{short}",
            kind=OrganisationKind.DEPARTMENT,
            level=region.level,
            region=region.code,
            function=function,
            public=True,
        )
        for function, name, short in kinds
    ]


def _units(region: RegionRow, kinds: Iterable[tuple[str, str, str, bool]]) -> list[Organisation]:
    return [
        Organisation(
            code=unit_code(region.code, word),
            name=f"{region.name}{name}",
            short_name=f"{_mark(region)}{short}",
            kind=OrganisationKind.UNIT,
            level=region.level,
            region=region.code,
            function="",
            public=public,
        )
        for word, name, short, public in kinds
    ]


def _mark(region: RegionRow) -> str:
    """ "市" for the city, a county's name before its departments' short names."""
    return "市" if region.level is Level.CITY else region.name
