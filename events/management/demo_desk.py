"""What the demo's desks have set up: views that centres and people keep, and reply templates."""

from datetime import datetime

from django.db.models import Q

from events.management.demo_cast import Cast
from events.models import SavedView
from events.selectors.narrowing import Narrowing
from events.services import savedviews, templates
from grid.models import Level, Organisation, OrganisationKind, Role
from grid.policy import Access

_SHARED = (
    ("市政设施 · 在办", "open", "06", "due"),
    ("市容环境 · 在办", "open", "01", "due"),
    ("督办件 · 按办结时限", "supervised", "", "whole"),
)
_OWN = (("加急在办", "open", "", "urgent"), ("新上报", "open", "", "-reported"))
_CENTRES = (
    (
        "close",
        "",
        "办结答复",
        "您反映的{类别}问题（{所在地}，{事件号}）已由{责任单位}处置完毕，现场核查合格。",
    ),
    ("close", "06", "设施修复答复", "您反映的{类别}问题（{事件号}）已由{责任单位}修复，现场核查合格，感谢您的反映。"),
    ("reject", "", "不属受理范围", "您反映的事项（{事件号}）不属于网格化管理受理范围，建议向有关主管部门反映。"),
)
_DEPARTMENTS = (
    ("finish", "", "处置完毕", "已于{今天}到现场处置完毕，现场已清理，处置前后照片附后。"),
    ("finish", "06", "修复完毕", "{所在地}的{类别}已修复，设施恢复正常使用。"),
    ("return", "", "非本单位职责", "经核实，{事件号}不属于本单位管理范围，请重新派遣。"),
)

_LARGE = Q(
    kind__in=[OrganisationKind.CENTRE, OrganisationKind.DEPARTMENT], level__in=[Level.CITY, Level.COUNTY]
)  # fmt: skip
_TOWNSHIP = "centre-430902005000"


def fill(*, now: datetime) -> int:
    """Set them up through the doors, once; how many: at the city, its counties and one township, where one leads."""
    if SavedView.objects.exists():
        return 0
    cast = Cast(now=now)
    made = 0
    for one in Organisation.objects.filter(_LARGE | Q(code=_TOWNSHIP)).order_by("code"):
        lead = _lead(cast, one)
        if lead is not None:
            made += _set_up(lead, one, now)
    return made


def _lead(cast: Cast, one: Organisation) -> Access | None:
    role = Role.SHIFT_LEAD if one.kind == OrganisationKind.CENTRE else Role.DEPT_LEAD
    try:
        return cast.at(role, one.pk)
    except KeyError:
        return None


def _set_up(lead: Access, one: Organisation, now: datetime) -> int:
    centre = one.kind == OrganisationKind.CENTRE
    views = [(row, one.pk) for row in _SHARED] + [(row, None) for row in _OWN if centre]
    for (name, view, category, sort), shared in views:
        draft = savedviews.Draft(name=name, view=view, by=Narrowing(category=category), sort=sort, organisation=shared)
        savedviews.keep(access=lead, draft=draft, now=now)
    texts = _CENTRES if centre else _DEPARTMENTS
    for step, category, title, body in texts:
        written = templates.Draft(organisation=one.pk, step=step, category=category, title=title, body=body)
        templates.keep(access=lead, draft=written, now=now)
    return len(views) + len(texts)
