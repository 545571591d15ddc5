"""What the hotline said later in the demo's week: more of an order, and what callers thought of the answer."""

from datetime import datetime, timedelta

from django.db.models import Max, QuerySet

from events.hotline import later
from events.hotline.later import Later
from events.management.demo_cast import Cast, hotline
from events.models import Event, Satisfaction, Source
from events.services import deeds, watch
from events.services.advance import advance
from events.workflow import State
from grid.models import Role
from grid.policy import Access

_IN_WORK = (State.ACCEPTED, State.DISPATCHED, State.HANDLING)
_QUIET = timedelta(minutes=30)  # since the last step of what is spoken of again
_CALLED_BACK = timedelta(hours=2)  # at least, after an end
_MORE = "来电人补充：每天傍晚最严重，联系人王女士，电话12000001234，晚上七点后在家。"
_HIDDEN = "来电人补充：每天傍晚最严重。（联系方式已隐去）"
_WHY = "补充内容写有来电人姓名和电话，按个人信息保护要求隐去。"
_HAPPY = "回访来电人，表示问题已解决，对处理结果满意。"
_UNHAPPY = "回访来电人，表示问题没有彻底解决，昨天又出现了，要求重新处理。"


def play(*, cast: Cast, now: datetime) -> None:
    """One order is added to, and what that gave away of its caller is redacted; of two that were closed one caller is
    content and the other is not: that one is taken up again. What the week lacks is left out."""
    access, _duty = hotline()
    for event in _quiet(state__in=_IN_WORK, before=now - _QUIET)[:1]:
        _say(event, Later("supplement", _MORE, (), None), access, now - timedelta(minutes=26), now)
        _redact(event, cast, now - timedelta(minutes=19))
    closed = list(_quiet(state=State.CLOSED, before=now - _CALLED_BACK)[:2])
    said = ((_UNHAPPY, Satisfaction.UNHAPPY), (_HAPPY, Satisfaction.SATISFIED))
    for number, (event, (words, satisfaction)) in enumerate(zip(closed, said, strict=False)):
        at = now - timedelta(minutes=15 - 4 * number)
        _say(event, Later("revisit", words, (), satisfaction.value), access, at, now)


def _quiet(*, before: datetime, **wanted: object) -> QuerySet[Event]:
    """Told by one order of the hotline alone, and nothing has happened since; the newest first."""
    told = Event.objects.filter(source=Source.HOTLINE, restricted=False, taken_in=0, point__isnull=False, **wanted)
    return told.annotate(last=Max("journal__at")).filter(last__lt=before).order_by("-last", "pk")


def _say(event: Event, said: Later, access: Access, at: datetime, now: datetime) -> None:
    """As the hotline's message would have been applied then; the watch says what has run out since."""
    later.apply(said, event.tickets.get(), access, at)
    watch.catch_up(event=event, until=now)


def _redact(event: Event, cast: Cast, at: datetime) -> None:
    event.refresh_from_db()
    lead = cast.at(Role.SHIFT_LEAD, event.holder_id)
    deed = deeds.Redact(text=_WHY, entry=event.version, instead=_HIDDEN)
    advance(access=lead, no=event.no, version=event.version, deed=deed, now=at)
