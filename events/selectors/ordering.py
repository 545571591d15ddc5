"""In which order a list of events comes."""

from django.db.models import F, QuerySet
from django.db.models.expressions import OrderBy
from django.utils.translation import gettext as _

from events.models import Event
from events.selectors.shares import by_own_deadline
from grid.policy import Access
from grid.refusals import Invalid

LEFT = "due"
"""By the time left: the deadline that counts for the reader, the own share's where there is one; none last."""


def _both(name: str, *keys: str) -> dict[str, tuple[OrderBy, ...]]:
    return {
        name: tuple(F(key).asc(nulls_last=True) for key in keys),
        f"-{name}": tuple(F(key).desc(nulls_last=True) for key in keys),
    }


_ORDERS = {
    **_both(LEFT, "own_due_at"),
    **_both("whole", "due_at"),
    **_both("reported", "reported_at"),
    **_both("category", "category__code", "own_due_at"),
    **_both("place", "path", "own_due_at"),
    **_both("state", "state", "own_due_at"),
    "urgent": (F("urgent").desc(), F("own_due_at").asc(nulls_last=True)),
}
ORDERS = tuple(_ORDERS)


def check(sort: str) -> None:
    """Raises Invalid for an order that there isn't."""
    if sort not in _ORDERS:
        raise Invalid("sort-unknown", _("There is no such order. Choose one of: %s.") % ", ".join(ORDERS), field="sort")


def ordered(access: Access, found: QuerySet[Event], sort: str) -> QuerySet[Event]:
    """In that order, equals as they came in. Raises Invalid."""
    check(sort)
    last = F("pk").desc() if sort == "-reported" else F("pk").asc()
    return by_own_deadline(access, found).order_by(*_ORDERS[sort], last)
