"""Appeals against how an event counts. The journal's entry carries the correction; the event itself stays as it is."""

from datetime import UTC, datetime, timedelta

from django.db.models import F
from django.utils.translation import gettext as _

from events.counting.indicators import BY_CODE
from events.counting.lives import Correction, Verdict
from events.models import Appeal, CountedFact
from events.services import deeds, routing
from events.services.effects.base import Case
from grid.models import Level, Organisation, OrganisationKind, Role
from grid.policy import Duty
from grid.refusals import Conflict, Forbidden, Invalid

_MILLISECOND = timedelta(milliseconds=1)
_EARLIEST, _LATEST = 2001, 2998  # years beyond which nothing is looked for


def appeal(case: Case, deed: deeds.Appeal) -> None:
    """Keep the appeal. Raises Invalid for what does not count so, Conflict while one on the same is undecided."""
    own = {*case.event.passed, *case.event.parties}  # whom another organisation's grant lets in is not counted here
    if case.duty.organisation not in own or case.duty.organisation is None or case.access.user is None:
        raise Forbidden("appeal-for-organisations", _("Only an organisation in the case may appeal."))
    at, hit = _counts(case, deed)
    if Appeal.objects.filter(event=case.event, indicator=deed.indicator, at=at, state=Appeal.State.OPEN).exists():
        raise Conflict("appeal-open", _("An appeal on this is still to be decided."))
    kept = Appeal.objects.create(
        event=case.event, indicator=deed.indicator, at=at, hit=hit, organisation_id=case.duty.organisation,
        asked_at=case.now, asked_by_id=case.access.user, asked_version=case.event.version + 1,
    )  # fmt: skip
    case.payload |= {
        "appeal": kept.pk, "indicator": deed.indicator, "moment": at.astimezone(UTC).isoformat(), "hit": hit,
        "deciders": [one.pk for one in routing.centres_over(case.event) if one.pk != case.duty.organisation],
    }  # fmt: skip


def correct(case: Case, deed: deeds.Correct) -> None:
    """It counts as decided from now on. Raises as `_appeal` does."""
    kept = _appeal(case, deed.appeal, Appeal.State.OPEN)
    kept.verdict = deed.verdict
    made = Correction(kept.indicator, kept.at, Verdict(deed.verdict))
    case.payload |= {"corrected": made.line(), "verdict": deed.verdict}
    _decide(case, kept, Appeal.State.UPHELD)


def dismiss(case: Case, deed: deeds.Dismiss) -> None:
    """It counts as it did. Raises as `_appeal` does."""
    _decide(case, _appeal(case, deed.appeal, Appeal.State.OPEN), Appeal.State.DISMISSED)


def restore(case: Case, deed: deeds.Restore) -> None:
    """A correction is taken back: it counts as the journal says. Raises as `_appeal` does."""
    kept = _appeal(case, deed.appeal, Appeal.State.UPHELD)
    case.payload["corrected"] = Correction(kept.indicator, kept.at, Verdict(kept.verdict)).line()
    _decide(case, kept, Appeal.State.RESTORED)


def _counts(case: Case, deed: deeds.Appeal) -> tuple[datetime, bool]:
    """The exact moment, and whether it is a hit now: what is sent out says moments to the millisecond.

    Raises Invalid where nothing of this moment counts for the indicator.
    """
    found = None
    if deed.indicator in BY_CODE and _EARLIEST <= deed.at.year <= _LATEST:
        one = BY_CODE[deed.indicator]
        facts = CountedFact.objects.filter(
            event=case.event, kind=one.kind, at__gte=deed.at, at__lt=deed.at + _MILLISECOND, until__isnull=True
        )
        marked = facts.annotate(counts=F("counted").bitand(1 << one.place), hit=F("hits").bitand(1 << one.place))
        found = marked.exclude(counts=0).first()
    if found is None:
        raise Invalid("not-counted", _("Nothing of this moment counts for this indicator now."), field="at")
    return found.at, bool(found.hit)


def decides(duty: Duty, *, appealing: Organisation) -> bool:
    """Whether whoever may decide as `duty` decides what this organisation contests.

    A supervisor of another organisation; above the city's own centre there is none, so a leader of the city does.
    """
    own = duty.organisation == appealing.pk
    if appealing.kind == OrganisationKind.CENTRE and appealing.level == Level.CITY:
        return own and duty.role == Role.LEADER
    return not own and duty.role == Role.SUPERVISOR


def _appeal(case: Case, number: int, state: Appeal.State) -> Appeal:
    """The appeal to decide. Raises Invalid for none of this event, Conflict for one that stands otherwise by now,
    Forbidden for one's own, and where another post decides."""
    found = Appeal.objects.select_for_update(of=("self",)).select_related("organisation")
    kept = found.filter(event=case.event, pk=number).first()
    if kept is None:
        raise Invalid("no-appeal", _("This event has no such appeal."), field="appeal")
    if kept.state != state:
        raise Conflict("appeal-decided", _("This appeal stands otherwise by now: %s.") % kept.get_state_display())
    if case.access.user == kept.asked_by_id or not decides(case.duty, appealing=kept.organisation):
        raise Forbidden("appeal-own", _("Nobody decides an appeal of their own organisation: a supervisor above does;"
                                        " of the city's centre a leader of the city."))  # fmt: skip
    return kept


def _decide(case: Case, kept: Appeal, state: Appeal.State) -> None:
    kept.state = state
    kept.decided_at, kept.decided_by_id, kept.decided_version = case.now, case.access.user, case.event.version + 1
    kept.save()
    case.payload |= {"appeal": kept.pk, "indicator": kept.indicator, "appellant": kept.organisation_id}
