"""The demo's shift note: what the county centre's shift leaves to the next, which has yet to take over."""

from datetime import datetime, timedelta

from data.demo.accounts import ZIYANG
from events.management.demo_cast import Cast
from events.models import Event
from events.policy import visible_events
from events.services import shifts
from events.services.shifts import Mention
from grid.models import Organisation, Role

_WORDS = (
    "本班受理平稳，热线来件已全部分派。\n"
    "一、下列事件时限将近，请下一班盯紧并督促责任单位反馈。\n"
    "二、晚高峰石码头社区路口请安排网格员加密巡查。\n"
    "三、如遇强降雨，按内涝预案先派应急消防局，再报值班领导。"
)
_REMARKS = ("时限将近，请每两小时问一次进度", "责任单位已到场，等现场照片", "来电人要求回访")
_AGO = timedelta(minutes=40)


def leave(*, cast: Cast, now: datetime) -> None:
    """Write the note, forty minutes ago, about the open events that are due next."""
    lead = cast.at(Role.SHIFT_LEAD, Organisation.objects.get(code=f"centre-{ZIYANG}").pk)
    open_ones = Event.objects.filter(visible_events(lead), ended_at__isnull=True, stage_due_at__gt=now)
    due_next = open_ones.order_by("stage_due_at", "pk").values_list("no", flat=True)[: len(_REMARKS)]
    mentions = [Mention(no=no, remark=remark) for no, remark in zip(due_next, _REMARKS, strict=False)]
    shifts.write(access=lead, text=_WORDS, mentions=mentions, now=now - _AGO)
