"""What the system does by itself right after a step: dispatching, where the city lets the rules decide."""

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from events.guards import MOST_JOINT
from events.services import deeds, routing
from events.services.effects.base import Case


def dispatched_by_itself(case: Case) -> None:
    """Leave it to the system to dispatch an event just taken on, where its category is one that the city lets it.

    Where nothing answers without doubt, the journal says why a dispatcher has to.
    """
    event = case.event
    if event.category is None or not event.category.auto_dispatch or event.returns:
        return
    with translation.override(settings.LANGUAGE_CODE):  # what the journal keeps is everybody's
        found = routing.choice(event, at=case.now)
        if found.lead is not None:
            joint = (row.organisation.pk for row in found.candidates if row.role == routing.Part.JOINT)
            case.next = deeds.Dispatch(organisation=found.lead.pk, joint=tuple(joint)[:MOST_JOINT])
        else:
            case.payload["waits"] = _why(found)


def _why(found: routing.Choice) -> str:
    lead = found.suggestion.lead
    if lead is None:
        return found.suggestion.words
    return _("%(organisation)s answers for it, but this centre can't dispatch to it: %(words)s") % {
        "organisation": lead.short_name,
        "words": found.suggestion.words,
    }
