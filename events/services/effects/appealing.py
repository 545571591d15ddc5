"""Appeals against how an event counts. The journal's entry carries the correction; the event itself stays as it is."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from events.counting.facts import contradicts_itself, facts_of
from events.counting.indicators import BY_CODE
from events.counting.lives import Correction, Verdict
from events.models import Appeal, CountedFact, Event
from events.policy import may_decide
from events.selectors.entries import entries_of
from events.services import deeds, routing
from events.services.effects.base import Case
from events.workflow import Step
from grid.models import Level, Organisation, Role
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
    } | _deciders(case.event, case.duty.organisation)  # fmt: skip


def correct(case: Case, deed: deeds.Correct) -> None:
    """It counts as decided from now on. Raises as `_appeal` does."""
    kept = _appeal(case, deed.appeal, Appeal.State.OPEN)
    kept.verdict = deed.verdict
    made = Correction(kept.indicator, kept.at, Verdict(deed.verdict)).line()
    _refuse_contradiction(case, Step.CORRECT, made)
    case.payload |= {"corrected": made, "verdict": deed.verdict}
    _decide(case, kept, Appeal.State.UPHELD)


def dismiss(case: Case, deed: deeds.Dismiss) -> None:
    """It counts as it did. Raises as `_appeal` does."""
    _decide(case, _appeal(case, deed.appeal, Appeal.State.OPEN), Appeal.State.DISMISSED)


def restore(case: Case, deed: deeds.Restore) -> None:
    """A correction is taken back: it counts as the journal says. Raises as `_appeal` does, and Conflict while a later
    correction of the same holds: that one would go with it."""
    kept = _appeal(case, deed.appeal, Appeal.State.UPHELD)
    same = Appeal.objects.filter(event=case.event, indicator=kept.indicator, at=kept.at, state=Appeal.State.UPHELD)
    if same.filter(decided_version__gt=kept.decided_version).exists():
        raise Conflict("appeal-superseded", _("A later correction of the same holds now. Take that one back first."))
    made = Correction(kept.indicator, kept.at, Verdict(kept.verdict)).line()
    _refuse_contradiction(case, Step.RESTORE, made)
    case.payload["corrected"] = made
    _decide(case, kept, Appeal.State.RESTORED)


def _deciders(event: Event, appellant: int) -> dict[str, Any]:
    """The centres, and the posts there, of those who may decide what an organisation contests (`policy.may_decide`)."""
    told = Organisation.objects.filter(pk=appellant).values_list("region__path", "region__level")
    ground, level = told.get()
    centres = [one for one in routing.centres_over(event) if ground.startswith(one.region.path)]
    if not event.restricted and level != Level.CITY:
        return {"deciders": [one.pk for one in centres if one.pk != appellant], "decided_by": [Role.SUPERVISOR]}
    centre = event.holder_id if event.restricted else next((one.pk for one in centres), event.holder_id)
    roles = [Role.LEADER] if centre == appellant else [Role.SUPERVISOR, Role.LEADER]
    return {"deciders": [centre], "decided_by": roles}


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


def _appeal(case: Case, number: int, state: Appeal.State) -> Appeal:
    """The appeal to decide. Raises Invalid for none of this event, Conflict for one that stands otherwise by now,
    Forbidden for whom it is not (`policy.may_decide`)."""
    found = Appeal.objects.select_for_update(of=("self",)).select_related("organisation__region")
    kept = found.defer("organisation__region__boundary").filter(event=case.event, pk=number).first()
    if kept is None:
        raise Invalid("no-appeal", _("This event has no such appeal."), field="appeal")
    if kept.state != state:
        raise Conflict("appeal-decided", _("This appeal stands otherwise by now: %s.") % kept.get_state_display())
    if not may_decide(case.access, case.event, kept.organisation, asked_by=kept.asked_by_id):
        raise Forbidden("appeal-own", _("Nobody decides an appeal of their own organisation: a supervisor above does;"
                                        " of the city's centre a leader of the city."))  # fmt: skip
    return kept


def _refuse_contradiction(case: Case, step: Step, corrected: str) -> None:
    """Raises Invalid where the event would then count as closed on time and not as closed."""
    entries = entries_of([case.event.pk])
    then = entries[-1]._replace(version=case.event.version + 1, at=case.now, step=step.value, corrected=corrected)
    if any(map(contradicts_itself, facts_of([*entries, then]))):
        words = _("It would count as closed on time, and not as closed. Have the other of the two corrected first.")
        raise Invalid("contradictory-correction", words, field="decision")


def _decide(case: Case, kept: Appeal, state: Appeal.State) -> None:
    kept.state = state
    kept.decided_at, kept.decided_by_id, kept.decided_version = case.now, case.access.user, case.event.version + 1
    kept.save()
    case.payload |= {"appeal": kept.pk, "indicator": kept.indicator, "appellant": kept.organisation_id}
