"""Who takes each step of the demo's week, and with which words and photos."""

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.contrib.gis.geos import Point
from django.utils import timezone

from data.demo import remarks, troubles
from data.demo.troubles import Trouble
from events.management.demo_cast import Cast
from events.management.demo_photos import Album
from events.management.demo_sharing import SHARING, Act, Sharing
from events.models import Event, Supervision
from events.services import deeds, routing
from events.services.deeds import Deed
from events.workflow import Step
from grid.models import Role
from grid.policy import Access

AWAY = timedelta(days=45)  # until a suspended event is looked at again, counted from the asking


class Acts:
    """Steps of events as people would take them; drawn by the dice where there is a choice."""

    def __init__(self, dice: random.Random, cast: Cast) -> None:
        self._dice, self._cast = dice, cast
        self._album = Album()
        self._answers: dict[tuple[int, int | None, str], list[int]] = {}  # by holder, category and county
        self._sharing = Sharing(dice, cast)
        self._own: dict[Step, Callable[[Event, Trouble, datetime], Act]] = {
            Step.DISPATCH: self._dispatch,
            Step.REDISPATCH: self._redispatch,
            Step.ASSIGN_DOWN: self._assign_down,
            Step.COPY_TO: self._copy_to,
            Step.REJECT: self._reject,
            Step.CONFIRM: self._confirm,
            Step.REFUTE: self._refute,
            Step.REQUEST_EXTENSION: self._ask_for_time,
            Step.ASK_SUSPENSION: self._ask_suspension,
            Step.FINISH: self._finish,
            Step.PASS_CHECK: self._pass_check,
            Step.FAIL_CHECK: self._fail_check,
            Step.CLOSE: self._close,
            Step.SUPERVISE: self._supervise,
        }

    def act(self, step: Step, event: Event, trouble: Trouble, at: datetime, *, shared: bool = False) -> Act:
        """Who takes `step` on the event as it stands, at that time, and what it carries; `shared` with others."""
        if step in SHARING or (shared and step is Step.DISPATCH):
            return self._sharing.act(step, event, self._answering(event))
        own = self._own.get(step)
        if own is not None:
            return own(event, trouble, at)
        who, kind, words = _PLAIN[step]
        return who(self._cast, event), kind(text=self._dice.choice(words))

    def photo(self, access: Access, trouble: Trouble, point: Point, at: datetime, *, fixed: bool) -> str:
        """The digest of a photo that this person takes of the trouble, or of the place once it is put right."""
        return self._album.take(access=access, scene=trouble.scene, fixed=fixed, point=point, at=at)

    def _dispatch(self, event: Event, _trouble: Trouble, _at: datetime) -> Act:
        """To whom it is suggested to; after a return to the next. After the third the shift lead decides."""
        role = Role.SHIFT_LEAD if event.returns >= 3 else Role.DISPATCHER
        answering = self._answering(event)
        chosen = answering[event.returns % len(answering)]
        return self._cast.at(role, event.holder_id), deeds.Dispatch(organisation=chosen)

    def _redispatch(self, event: Event, _trouble: Trouble, _at: datetime) -> Act:
        other = next(one for one in self._answering(event) if one != event.lead_id)
        text = self._dice.choice(remarks.REDISPATCHES)
        return self._cast.at(Role.DISPATCHER, event.holder_id), deeds.Redispatch(organisation=other, text=text)

    def _answering(self, event: Event) -> list[int]:
        if event.category is not None and event.category.component_kinds:  # who owns what is near differs by the place
            return [row.organisation.pk for row in routing.candidates(event)]
        key = (event.holder_id, event.category_id, event.path.split("/")[1])
        if key not in self._answers:
            self._answers[key] = [row.organisation.pk for row in routing.candidates(event)]
        return self._answers[key]

    def _assign_down(self, event: Event, _trouble: Trouble, _at: datetime) -> Act:
        below = routing.centres_below(event)[0]
        text = self._dice.choice(remarks.DOWNS)
        return self._cast.at(Role.DISPATCHER, event.holder_id), deeds.AssignDown(organisation=below.pk, text=text)

    def _copy_to(self, event: Event, _trouble: Trouble, _at: datetime) -> Act:
        reader = routing.readers(event)[0]
        text = self._dice.choice(remarks.COPIES)
        return self._cast.at(Role.DISPATCHER, event.holder_id), deeds.CopyTo(organisation=reader.pk, text=text)

    def _reject(self, event: Event, _trouble: Trouble, _at: datetime) -> Act:
        reason, text = self._dice.choice(troubles.REJECTS)
        return self._cast.at(Role.ACCEPTOR, event.holder_id), deeds.Reject(reason=reason, text=text)

    def _confirm(self, event: Event, trouble: Trouble, at: datetime) -> Act:
        officer, photos = self._on_the_spot(event, trouble, at, fixed=False)
        return officer, deeds.Confirm(text=self._dice.choice(remarks.CONFIRMS), photos=photos)

    def _refute(self, event: Event, trouble: Trouble, at: datetime) -> Act:
        officer, photos = self._on_the_spot(event, trouble, at, fixed=True)
        return officer, deeds.Refute(text=self._dice.choice(remarks.REFUTES), photos=photos)

    def _on_the_spot(
        self, event: Event, trouble: Trouble, at: datetime, *, fixed: bool
    ) -> tuple[Access, tuple[str, ...]]:  # fmt: skip
        officer = _officer(self._cast, event)
        digest = self.photo(officer, trouble, self._beside(event), at - timedelta(minutes=1), fixed=fixed)
        return officer, (digest,)

    def _ask_for_time(self, event: Event, _trouble: Trouble, _at: datetime) -> Act:
        assert event.category is not None  # noqa: S101 - what is handled has one
        amount = max(1.0, float(round(event.category.handle_amount * self._dice.uniform(0.4, 1.0))))
        text = self._dice.choice(remarks.EXTENSIONS)
        return self._cast.clerk(event), deeds.RequestExtension(amount=amount, text=text)

    def _ask_suspension(self, event: Event, _trouble: Trouble, at: datetime) -> Act:
        until = timezone.localdate(at + AWAY)
        text = self._dice.choice(remarks.SUSPENSIONS)
        return self._cast.department_lead(event), deeds.AskSuspension(until=until, text=text)

    def _finish(self, event: Event, trouble: Trouble, at: datetime) -> Act:
        clerk = self._cast.clerk(event)
        digest = self.photo(clerk, trouble, self._beside(event), at - timedelta(minutes=3), fixed=True)
        return clerk, deeds.Finish(text=self._dice.choice(trouble.results), photos=(digest,))

    def _pass_check(self, event: Event, trouble: Trouble, at: datetime) -> Act:
        checker = self._cast.checker(event)
        digest = self.photo(checker, trouble, self._beside(event), at - timedelta(minutes=1), fixed=True)
        return checker, deeds.PassCheck(text=self._dice.choice(troubles.CHECKS), photos=(digest,))

    def _fail_check(self, event: Event, trouble: Trouble, at: datetime) -> Act:
        checker = self._cast.checker(event)
        digest = self.photo(checker, trouble, self._beside(event), at - timedelta(minutes=1), fixed=False)
        return checker, deeds.FailCheck(text=self._dice.choice(troubles.REWORKS), photos=(digest,))

    def _close(self, event: Event, _trouble: Trouble, _at: datetime) -> Act:
        text = troubles.REPLIES if event.tickets.exists() else ""
        return self._cast.at(Role.ACCEPTOR, event.holder_id), deeds.Close(text=text)

    def _supervise(self, event: Event, _trouble: Trouble, _at: datetime) -> Act:
        """Pressed for by people; what the watch has raised before is raised further."""
        level = Supervision.NORMAL if event.supervision == Supervision.NONE else Supervision.RED
        text = self._dice.choice(remarks.SUPERVISIONS)
        return self._cast.above(Role.SUPERVISOR, event), deeds.Supervise(level=level.value, text=text)

    def _beside(self, event: Event) -> Point:
        """Within some 30 metres of the event, as a phone's position is."""
        assert event.point is not None  # noqa: S101 - only placed events are worked on
        return Point(
            event.point.x + self._dice.uniform(-0.0002, 0.0002), event.point.y + self._dice.uniform(-0.0002, 0.0002),
            srid=4326,
        )  # fmt: skip


def _at_holder(role: Role) -> Callable[[Cast, Event], Access]:
    return lambda cast, event: cast.at(role, event.holder_id)


def _clerk(cast: Cast, event: Event) -> Access:
    return cast.clerk(event)


def _officer(cast: Cast, event: Event) -> Access:
    assert event.grid_id is not None  # noqa: S101 - only placed events are verified
    return cast.officer(event.grid_id)


def _department_lead(cast: Cast, event: Event) -> Access:
    return cast.department_lead(event)


_PLAIN: dict[Step, tuple[Callable[[Cast, Event], Access], type[Deed], Sequence[str]]] = {
    Step.REQUEST_VERIFY: (_at_holder(Role.ACCEPTOR), deeds.RequestVerify, ("",)),
    Step.CANNOT_TELL: (_officer, deeds.CannotTell, remarks.UNCLEAR),
    Step.ACCEPT: (_at_holder(Role.ACCEPTOR), deeds.Accept, ("",)),
    Step.SIGN: (_clerk, deeds.Sign, ("",)),
    Step.RETURN: (_clerk, deeds.Return, troubles.RETURNS),
    Step.ESCALATE: (_at_holder(Role.ACCEPTOR), deeds.Escalate, remarks.ESCALATIONS),
    Step.GRANT_EXTENSION: (_at_holder(Role.DISPATCHER), deeds.GrantExtension, remarks.GRANTS),
    Step.REFUSE_EXTENSION: (_at_holder(Role.DISPATCHER), deeds.RefuseExtension, remarks.REFUSALS),
    Step.APPROVE_SUSPENSION: (_at_holder(Role.LEADER), deeds.ApproveSuspension, remarks.APPROVALS),
    Step.REFUSE_SUSPENSION: (_at_holder(Role.LEADER), deeds.RefuseSuspension, remarks.REFUSALS),
    Step.RESUME: (_department_lead, deeds.Resume, remarks.RESUMES),
    Step.FORCE_CLOSE: (_at_holder(Role.SHIFT_LEAD), deeds.ForceClose, remarks.FORCED),
    Step.REOPEN: (_at_holder(Role.ACCEPTOR), deeds.Reopen, remarks.REOPENS),
    Step.VOID: (_at_holder(Role.SHIFT_LEAD), deeds.Void, remarks.VOIDS),
    Step.URGE: (_at_holder(Role.DISPATCHER), deeds.Urge, troubles.URGES),
    Step.INSTRUCT: (_at_holder(Role.LEADER), deeds.Instruct, remarks.INSTRUCTIONS),
    Step.MARK_URGENT: (_at_holder(Role.ACCEPTOR), deeds.MarkUrgent, remarks.URGENT),
}
