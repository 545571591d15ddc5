"""Events that several organisations work on: one lead, and joint ones with shares of their own."""

from datetime import datetime

from events.models import Event, Task, TaskKind
from events.services import deeds
from events.services.routing import candidates
from events.workflow import State
from grid.models import Post, Role
from grid.policy import Access
from tests.factories.happenings import brought_to, photo_of, step
from tests.factories.people import access_for, organisation, user_with

COUNTY = "dept-430902000000"
LEADING, WATER, FIRE = (f"{COUNTY}-{name}" for name in ("chengguan_zhujian", "nongshui_huanbao", "yingji_xiaofang"))


def someone(role: str, code: str) -> Access:
    """Whoever holds a role at an organisation, engaged where nobody does."""
    post = Post.objects.filter(role=role, organisation__code=code).select_related("user").order_by("pk").first()
    return access_for(post.user if post else user_with(role, code))


def dispatcher_of(event: Event) -> Access:
    """Of the centre that holds it."""
    return someone(Role.DISPATCHER, event.holder.code)


def shared(event: Event, *codes: str, now: datetime | None = None) -> Event:
    """The event, dispatched to whom it is suggested to, jointly with the organisations of these codes."""
    event = brought_to(event, State.ACCEPTED, now=now)
    deed = deeds.Dispatch(
        organisation=candidates(event)[0].organisation.pk, joint=tuple(organisation(code).pk for code in codes)
    )
    return step(event, deed, dispatcher_of(event), now=now)


def share(event: Event, code: str) -> Task:
    """The last share of an organisation in it."""
    return Task.objects.filter(event=event, kind=TaskKind.JOINT, organisation__code=code).latest("pk")


def signed_by(event: Event, *codes: str, now: datetime | None = None) -> Event:
    """The event, signed for by these joint organisations."""
    for code in codes:
        event = step(event, deeds.JointSign(), someone(Role.DEPT_CLERK, code), now=now)
    return event


def finished_by(event: Event, *codes: str, now: datetime | None = None) -> Event:
    """The event, after these joint organisations have signed for their share and finished it."""
    for code in codes:
        clerk = someone(Role.DEPT_CLERK, code)
        if share(event, code).signed_at is None:
            event = step(event, deeds.JointSign(), clerk, now=now)
        deed = deeds.JointFinish(text="已经配合处理完毕", photos=(photo_of(clerk).sha256,))
        event = step(event, deed, clerk, now=now)
    return event
