"""What organisations of the demo contest of how last month's events count: upheld, dismissed, waiting."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Max, QuerySet

from data.demo.accounts import CITY, DAMATOU, ZIYANG
from events.counting.indicators import BY_CODE
from events.management.demo_cast import Cast
from events.models import Appeal, CountedFact, Event
from events.services import deeds
from events.services.advance import advance
from events.workflow import State
from grid.models import Organisation, OrganisationKind, Role

_ANSWERED = timedelta(hours=5)


@dataclass(frozen=True)
class _Wish:
    """Which organisation contested what counts against it how long ago, why; and what was decided."""

    organisation: str
    indicator: str
    ago: timedelta
    why: str
    verdict: str = ""  # out, hit, miss; "dismiss"; empty: nobody has decided yet
    answer: str = ""


_WISHES = (
    _Wish(f"dept-{ZIYANG}-chengguan_zhujian", "handled_on_time", timedelta(days=4),
          "暴雨橙色预警期间按防汛要求停止户外作业，预警解除后当天处置完毕。", "out",
          "已核对气象预警发布记录，剔除该件。"),
    _Wish(f"dept-{ZIYANG}-chengguan_zhujian", "closure_on_time", timedelta(days=3),
          "配件厂家延迟发货，请求不计超期。", "dismiss", "可以申请延期而没有申请，维持原统计。"),
    _Wish(f"dept-{ZIYANG}-nongshui_huanbao", "reworked", timedelta(days=2),
          "返工原因是他人再次倾倒，并非处置不到位。", "miss", "核查照片显示为新的垃圾，不计返工。"),
    _Wish(f"dept-{ZIYANG}-chengguan_zhujian", "handled_on_time", timedelta(hours=30),
          "现场被施工围挡封闭，施工单位两天后才让进入。"),
    _Wish(f"dept-{ZIYANG}-chengguan_zhujian", "satisfied", timedelta(hours=20),
          "来电人不满意的是另一件物业纠纷，与本件处置无关。"),
    _Wish(f"centre-{DAMATOU}", "dispatched_right", timedelta(hours=6),
          "权属登记有误，按登记派遣后被退回，已请区里更正登记。"),
    _Wish(f"centre-{CITY}", "acceptance", timedelta(hours=4),
          "来电人当场撤回诉求，属咨询件，请求不计入立案率。"),
)  # fmt: skip


@transaction.atomic
def fill(*, now: datetime) -> int:
    """Make them through the doors, as the people of these organisations; how many. Leaves out what the events lack."""
    cast, made = Cast(now=now), 0
    for wish in _WISHES:
        body = Organisation.objects.filter(code=wish.organisation).first()
        fact = _contested(wish, body, before=now - wish.ago).first() if body else None
        if body is not None and fact is not None:
            _play(wish, body, fact, cast, now)
            made += 1
    return made


def _contested(wish: _Wish, body: Organisation, *, before: datetime) -> QuerySet[CountedFact]:
    """What counted against the organisation by then, of events that had ended; the newest first, each event once."""
    one = BY_CODE[wish.indicator]
    bit = 1 << one.place
    own = {"holder": body.pk} if body.kind == OrganisationKind.CENTRE else {"lead": body.pk}
    ended = Event.objects.filter(state__in=(State.CLOSED, State.REJECTED), restricted=False)
    quiet = ended.annotate(last=Max("journal__at")).filter(last__lt=before).values("pk")
    found = CountedFact.objects.filter(kind=one.kind, at__lt=before, until__isnull=True, event__in=quiet, **own)
    marked = found.annotate(counts=F("counted").bitand(bit), hit=F("hits").bitand(bit)).exclude(counts=0)
    against = marked.exclude(hit=0) if one.better == "lower" else marked.filter(hit=0)
    return against.exclude(event__in=Appeal.objects.values("event")).order_by("-at", "event_id")


def _play(wish: _Wish, body: Organisation, fact: CountedFact, cast: Cast, now: datetime) -> None:
    event, then = Event.objects.get(pk=fact.event_id), now - wish.ago
    role = Role.SHIFT_LEAD if body.kind == OrganisationKind.CENTRE else Role.DEPT_LEAD
    deed = deeds.Appeal(text=wish.why, indicator=wish.indicator, at=fact.at)
    event = advance(access=cast.at(role, body.pk), no=event.no, version=event.version, deed=deed, now=then)
    if wish.verdict:
        number = Appeal.objects.get(event=event, asked_version=event.version).pk
        decided = _decision(wish, number)
        above = cast.above(Role.SUPERVISOR, event)
        advance(access=above, no=event.no, version=event.version, deed=decided, now=then + _ANSWERED)


def _decision(wish: _Wish, number: int) -> deeds.Deed:
    if wish.verdict == "dismiss":
        return deeds.Dismiss(text=wish.answer, appeal=number)
    return deeds.Correct(text=wish.answer, appeal=number, verdict=wish.verdict)
