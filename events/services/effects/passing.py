"""What steps change of who answers for an event."""

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from events.models import Event, Task, TaskKind, TaskState
from events.services import clocks, deeds, routing
from events.services.effects.base import Case
from events.services.effects.sharing import share_out
from grid.models import Organisation
from grid.refusals import Invalid


def dispatch(case: Case, deed: deeds.Dispatch) -> None:
    """A lead task for the organisation that answers for it."""
    event = case.event
    with translation.override(settings.LANGUAGE_CODE):  # what the journal keeps is everybody's
        found = routing.choice(event, at=case.now)
    chosen = {row.organisation.pk: row for row in found.candidates}.get(deed.organisation)
    if chosen is None:
        raise _not_offered()
    event.lead = chosen.organisation
    Task.objects.create(
        event=event, kind=TaskKind.LEAD, organisation=chosen.organisation, assigned_at=case.now,
        return_until=clocks.last_return(event=event, now=case.now),
    )  # fmt: skip
    case.name_party(chosen.organisation.pk)
    case.payload |= {
        "organisation": chosen.organisation.pk, "name": chosen.organisation.short_name, "suggested": chosen.suggested,
        "reason": chosen.reason, "via": found.suggestion.via, "reference": found.suggestion.reference,
        "words": found.suggestion.words,
    }  # fmt: skip
    share_out(case, deed.joint)


def redispatch(case: Case, deed: deeds.Redispatch) -> None:
    """The same, after taking it from the one that has it; joint organisations that are named again go on."""
    event = case.event
    if event.lead_id == deed.organisation:
        raise Invalid("nothing-changed", _("That organisation has it already."), field="organisation")
    case.payload |= {"taken_from": event.lead.short_name if event.lead else "", "taken_from_id": event.lead_id}
    case.recall(but=frozenset(deed.joint))
    dispatch(case, deed)


def give_back(case: Case, _deed: deeds.Return) -> None:
    """Not ours: the centre decides again, and after the third time its shift lead does for good."""
    task = case.task(TaskKind.LEAD)
    case.payload |= {
        "organisation": task.organisation_id,
        "name": case.event.lead.short_name if case.event.lead else "",
    }
    case.end(task, TaskState.RETURNED)
    case.recall()
    case.event.lead = None
    case.event.returns += 1


def escalate(case: Case, _deed: deeds.Escalate) -> None:
    """The centre above holds it, and takes it on or not."""
    above = routing.centre_above(case.event)
    case.recall()
    case.event.lead = None
    case.give_to(above)


def assign_down(case: Case, deed: deeds.AssignDown) -> None:
    """A centre below holds it, and takes it on or not."""
    chosen = {centre.pk: centre for centre in routing.centres_below(case.event)}.get(deed.organisation)
    if chosen is None:
        raise _not_offered()
    case.give_to(chosen)


def copy_to(case: Case, deed: deeds.CopyTo) -> None:
    """One more organisation reads it."""
    event: Event = case.event
    chosen: Organisation | None = {one.pk: one for one in routing.readers(event)}.get(deed.organisation)
    if chosen is None:
        raise _not_offered()
    case.name_party(chosen.pk)
    case.payload |= {"organisation": chosen.pk, "name": chosen.short_name}


def _not_offered() -> Invalid:
    return Invalid(
        "organisation-not-offered", _("This centre can't give it to that organisation."), field="organisation"
    )
