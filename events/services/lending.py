"""The doors of sharing between organisations: ask, approve or refuse, take back, end; each with its audit row.

Nothing here has to run for a grant to stop: what is lent is asked of the time at every request (`grid.policy.holding`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from events.grants import ASKERS, Act, may
from events.models import CLASS_RESTRICTED, Category
from events.selectors import lending
from grid.models import EventGrant, GrantState, Organisation, Region
from grid.policy import NOBODY, Access, Duty
from grid.refusals import Conflict, Forbidden, Invalid
from grid.services import audit

LONGEST = timedelta(days=366)
SHORTEST_REASON, LONGEST_WORDS = 5, 500  # characters
MOST_CLASSES = 20
MOST_WAITING = 50  # requests of one organisation without an answer


@dataclass(frozen=True)
class Request:
    """What is asked for: the owner's events of `classes` in the subtree `path`, from the first day to the last.

    `grantee` says for which of one's organisations; it may be left out by who has one alone. Without `since`: at once.
    """

    owner: int
    path: str
    classes: tuple[str, ...]
    reason: str
    until: date
    since: date | None = None
    join: bool = False
    grantee: int | None = None


def ask(*, access: Access, request: Request, now: datetime | None = None) -> EventGrant:
    """Ask an organisation to let one's own read some of its events; audited.

    Raises Forbidden for who doesn't speak for an organisation, Invalid on the field that can't be taken, Conflict when
    the same has been asked for and waits.
    """
    at = now or timezone.now()
    duty = _speaking(access, request.grantee)
    owner = _owner(request, duty)
    _check_region(request.path, owner)
    classes = _classes(request.classes)
    since, until = _period(request, at)
    reason = request.reason.strip()
    if len(reason) < SHORTEST_REASON:
        raise Invalid("reason-needed", _("Say in at least 5 characters what it is needed for."), field="reason")
    if EventGrant.objects.filter(_waiting(at), grantee=duty.organisation).count() >= MOST_WAITING:
        raise Conflict("too-many-waiting", _("50 of your requests wait for an answer, which is the most at once."))
    grant = EventGrant(
        owner=owner, grantee_id=duty.organisation, path=request.path, classes=classes, join=request.join,
        reason=reason[:LONGEST_WORDS], since=since, until=until, asked_at=at, asked_by_id=access.user,
    )  # fmt: skip
    try:
        with transaction.atomic():
            _make_room(grant, at)
            grant.save()
            _record(access, "ask", grant)
    except IntegrityError:
        raise Conflict("asked-already", _("You have asked for this already, and it waits for an answer.")) from None
    return grant


def decide(*, access: Access, number: int, act: Act, text: str = "", now: datetime | None = None) -> EventGrant:
    """Approve, refuse, take back or end the grant with this number; audited.

    Raises NotFound where this reader sees none, Forbidden where it is another's to do, Conflict where the grant no
    longer stands as it must (somebody was faster, or its time is over), Invalid for a refusal without a reason.
    """
    with transaction.atomic():
        grant = lending.find(access, number, lock=True)
        at = now or timezone.now()  # once it is locked: whoever was faster has written an earlier time
        verdict = may(access, act, grant, now=at)
        if verdict.late:
            raise Conflict(verdict.code, verdict.reason)
        if not verdict.allowed:
            raise Forbidden(verdict.code, verdict.reason)
        words = text.strip()[:LONGEST_WORDS]
        if act is Act.REFUSE and len(words) < SHORTEST_REASON:
            raise Invalid("reason-needed", _("Say in at least 5 characters why it is refused."), field="text")
        _write(grant, act, access, words, at)
        grant.save()
        _record(access, act.value, grant)
    return grant


def note_lapsed(*, now: datetime | None = None) -> int:
    """Write down, once each, that grants and requests have run out; how many. Access has stopped by itself before."""
    at = now or timezone.now()
    over = EventGrant.objects.filter(state__in=(GrantState.ASKED, GrantState.GRANTED), until__lte=at)
    with transaction.atomic():
        found = list(over.select_related("owner", "grantee").select_for_update(of=("self",), skip_locked=True)[:500])
        for grant in found:
            _lapse(grant)
    return len(found)


def _lapse(grant: EventGrant) -> None:
    grant.state, grant.ended_at = GrantState.LAPSED, grant.until
    grant.save(update_fields=["state", "ended_at"])
    _record(NOBODY, "lapse", grant)


def _make_room(grant: EventGrant, now: datetime) -> None:
    """The same request of an earlier time that nobody answered stands in nobody's way."""
    same = EventGrant.objects.filter(
        state=GrantState.ASKED, until__lte=now, owner=grant.owner, grantee=grant.grantee_id, path=grant.path,
        classes=grant.classes,
    )  # fmt: skip
    for old in same.select_related("owner", "grantee").select_for_update(of=("self",)):
        _lapse(old)


def _waiting(now: datetime) -> Q:
    return Q(state=GrantState.ASKED, until__gt=now)


def _speaking(access: Access, wanted: int | None) -> Duty:
    duties = access.having(*ASKERS)
    if not duties:
        raise Forbidden("not-for-your-post", _("A shift lead, department lead or leader asks for their organisation."))
    own = {duty.organisation: duty for duty in duties}
    if wanted is None and len(own) == 1:
        return duties[0]
    if wanted not in own:
        raise Invalid("grantee-unknown", _("Say for which of your organisations you ask."), field="grantee")
    return own[wanted]


def _owner(request: Request, duty: Duty) -> Organisation:
    open_ones = Organisation.objects.select_related("region").defer("region__boundary").filter(closed_at=None)
    owner = open_ones.filter(pk=request.owner).first()
    if owner is None:
        raise Invalid("owner-unknown", _("There is no such organisation. Choose one of the list."), field="owner")
    if owner.pk == duty.organisation:
        raise Invalid("own-events", _("An organisation needs nobody's leave for its own events."), field="owner")
    return owner


def _check_region(path: str, owner: Organisation) -> None:
    if not Region.objects.filter(path=path).exists():
        raise Invalid("region-unknown", _("There is no such region. Choose one of the list."), field="path")
    if not path.startswith(owner.region.path):
        words = _("%(owner)s works in %(region)s alone: choose a region there, or another organisation.")
        told = words % {"owner": owner.short_name, "region": owner.region.name}
        raise Invalid("region-not-the-owners", told, field="path")


def _classes(wanted: Iterable[str]) -> list[str]:
    """Each once, sorted, and none that another of them contains."""
    given = set(wanted)
    if not given or len(given) > MOST_CLASSES:
        raise Invalid("classes-needed", _("Choose between 1 and 20 categories."), field="classes")
    if any(code.startswith(CLASS_RESTRICTED) for code in given):
        words = _("Disputes (09) are kept within their own case and are never shared.")
        raise Invalid("dispute-not-shared", words, field="classes")
    known = Category.objects.filter(active=True).values_list("code", "major")
    if not given <= {code for pair in known for code in pair}:
        raise Invalid("category-unknown", _("There is no such category. Choose one of the list."), field="classes")
    return sorted(code for code in given if len(code) == 2 or code[:2] not in given)


def _period(request: Request, now: datetime) -> tuple[datetime, datetime]:
    """From when to before when: whole days by the clocks on the walls here, today from now on."""
    today = timezone.localdate(now)
    first = request.since or today
    if first < today:
        raise Invalid("since-too-early", _("The first day has passed. Begin today or later."), field="since")
    if request.until < first:
        raise Invalid("until-too-early", _("The last day lies before the first."), field="until")
    if request.until - first >= LONGEST:
        raise Invalid("until-too-late", _("A year at most at a time. Ask again when it is over."), field="until")
    return max(now, _midnight(first)), _midnight(request.until + timedelta(days=1))


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _write(grant: EventGrant, act: Act, access: Access, words: str, now: datetime) -> None:
    state = {
        Act.APPROVE: GrantState.GRANTED, Act.REFUSE: GrantState.REFUSED, Act.WITHDRAW: GrantState.WITHDRAWN,
        Act.END: GrantState.ENDED,
    }[act]  # fmt: skip
    grant.state = state
    if act in (Act.APPROVE, Act.REFUSE):
        grant.answered_at, grant.answered_by_id, grant.answer = now, access.user, words
    else:
        grant.ended_at, grant.ended_by_id, grant.ending = now, access.user, words


def _record(access: Access, verb: str, grant: EventGrant) -> None:
    """What an auditor needs to say who could read what: no words of anybody's."""
    grantee = grant.grantee.code
    detail = {
        "owner": grant.owner.code, "grantee": grantee, "path": grant.path, "classes": grant.classes,
        "join": grant.join, "since": grant.since.isoformat(), "until": grant.until.isoformat(),
    }  # fmt: skip
    audit.record(
        access=access, action=f"event_grant.{verb}", kind="event_grant", subject=grant.pk,
        organisation=grant.owner_id, detail=detail,
    )  # fmt: skip
