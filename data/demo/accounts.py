"""The accounts of a demo that sign in: one for every role and level that somebody may want to try.

They exist in a demo installation only, with one password that everybody may know.
"""

from dataclasses import dataclass

PASSWORD = "wangge-demo-2026"  # noqa: S105 - of the demo, and no secret
CITY = "430900000000"
ZIYANG = "430902000000"
HESHAN = "430903000000"
DAMATOU = "430902005000"


@dataclass(frozen=True, kw_only=True)
class DemoPost:
    """A role at an organisation (by code).

    An officer's grid is the first of the centre's region, one that the centre answers for by itself if there is any; a
    grid lead's village is the one of that grid.
    """

    role: str
    organisation: str


@dataclass(frozen=True, kw_only=True)
class DemoAccount:
    """A name to sign in with, and what it is for."""

    username: str
    posts: tuple[DemoPost, ...]


def _centre(username: str, region: str, *roles: str) -> DemoAccount:
    posts = tuple(DemoPost(role=role, organisation=f"centre-{region}") for role in roles)
    return DemoAccount(username=username, posts=posts)


def _clerk(username: str, region: str, function: str) -> DemoAccount:
    return DemoAccount(
        username=username, posts=(DemoPost(role="dept_clerk", organisation=f"dept-{region}-{function}"),)
    )


def _dept_lead(username: str, region: str, function: str) -> DemoAccount:
    return DemoAccount(username=username, posts=(DemoPost(role="dept_lead", organisation=f"dept-{region}-{function}"),))


def _officer(username: str, region: str) -> DemoAccount:
    return DemoAccount(username=username, posts=(DemoPost(role="grid_officer", organisation=f"centre-{region}"),))


ACCOUNTS = (
    _centre("city.accept", CITY, "acceptor"),
    _centre("city.dispatch", CITY, "dispatcher"),
    _centre("city.shift", CITY, "shift_lead"),
    _centre("city.supervise", CITY, "supervisor"),
    _centre("city.leader", CITY, "leader"),
    _centre("city.audit", CITY, "auditor"),
    _centre("city.check", CITY, "checker"),
    _centre("sys.admin", CITY, "sysadmin"),
    _centre("sec.admin", CITY, "secadmin"),
    _clerk("city.chengguan", CITY, "chengguan"),
    _clerk("city.jiaojing", CITY, "jiaojing"),
    DemoAccount(username="om.engineer", posts=(DemoPost(role="om_engineer", organisation=f"unit-{CITY}-yunwei"),)),
    _centre("ziyang.accept", ZIYANG, "acceptor"),
    _centre("ziyang.dispatch", ZIYANG, "dispatcher"),
    _centre("ziyang.shift", ZIYANG, "shift_lead"),
    _centre("ziyang.supervise", ZIYANG, "supervisor"),
    _centre("ziyang.leader", ZIYANG, "leader"),
    _centre("ziyang.check", ZIYANG, "checker"),
    _clerk("ziyang.chengguan", ZIYANG, "chengguan_zhujian"),
    _dept_lead("ziyang.chengguan.lead", ZIYANG, "chengguan_zhujian"),
    _clerk("ziyang.yingji", ZIYANG, "yingji_xiaofang"),
    _clerk("ziyang.nongshui", ZIYANG, "nongshui_huanbao"),
    _centre("damatou.desk", DAMATOU, "acceptor", "dispatcher"),
    _centre("damatou.shift", DAMATOU, "shift_lead"),
    _centre("damatou.leader", DAMATOU, "leader"),
    _centre("damatou.clerk", DAMATOU, "dept_clerk"),
    _centre("damatou.check", DAMATOU, "checker"),
    _officer("damatou.officer", DAMATOU),
    _centre("damatou.lead", DAMATOU, "grid_lead"),
    _centre("heshan.dispatch", HESHAN, "acceptor", "dispatcher"),
    _clerk("heshan.chengguan", HESHAN, "chengguan_zhujian"),
    _officer("heshan.officer", "430903001000"),
    _centre("ziyang.night", ZIYANG, "shift_lead"),  # takes over from ziyang.shift
)
