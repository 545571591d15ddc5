"""What narrows a list of events: region, states, category, words; checked, and as a condition."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from events.selectors import search
from events.workflow import State
from grid.refusals import Invalid


@dataclass(frozen=True)
class Narrowing:
    """`region` is a path, `state` one or several joined by commas, `category` a code or its beginning."""

    region: str = ""
    state: str = ""
    category: str = ""
    text: str = ""


def narrowed(by: Narrowing) -> Q:
    """The condition. Raises Invalid for an unknown state, and for words that can't be searched for."""
    condition = Q()
    if by.region:
        condition &= Q(path__startswith=by.region)
    if by.state:
        condition &= Q(state__in=_states(by.state))
    if by.category:
        condition &= Q(category__code__startswith=by.category)
    for word in search.words(by.text):
        condition &= search.tells(word)
    return condition


def _states(text: str) -> list[str]:
    names = text.split(",")
    if any(name not in set(State) for name in names):
        raise Invalid("state-unknown", _("There is no such state."), field="state")
    return names
