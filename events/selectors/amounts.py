"""How much of a clock, in words."""

from collections.abc import Callable

from django.utils.translation import ngettext

from events.sla import Allowance, Clock


def amount_in_words(allowance: Allowance) -> str:
    """So many hours or days of its clock, to a hundredth: `2 working hours`."""
    amount = round(allowance.amount, 2)
    return _WORDS[allowance.clock](1 if amount == 1 else 2) % {"amount": f"{amount:g}"}


_WORDS: dict[Clock, Callable[[int], str]] = {
    Clock.URGENT_HOUR: lambda n: ngettext("%(amount)s urgent hour", "%(amount)s urgent hours", n),
    Clock.WORK_HOUR: lambda n: ngettext("%(amount)s working hour", "%(amount)s working hours", n),
    Clock.WORK_DAY: lambda n: ngettext("%(amount)s working day", "%(amount)s working days", n),
    Clock.NATURAL_DAY: lambda n: ngettext("%(amount)s calendar day", "%(amount)s calendar days", n),
}
