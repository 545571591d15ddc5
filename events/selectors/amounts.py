"""How much of a clock, in words."""

from collections.abc import Callable

from django.utils.translation import ngettext

from events.sla import Allowance, Clock


def amount_in_words(allowance: Allowance) -> str:
    """So many hours or days of its clock, to a hundredth: `2 working hours`; of less than an hour the minutes."""
    in_minutes = _MINUTES.get(allowance.clock) if allowance.minutes < _HOUR else None
    amount = round(allowance.minutes if in_minutes else allowance.amount, 2)
    words = in_minutes or _WORDS[allowance.clock]
    return words(1 if amount == 1 else 2) % {"amount": f"{amount:g}"}


_HOUR = 60
_MINUTES: dict[Clock, Callable[[int], str]] = {
    Clock.URGENT_HOUR: lambda n: ngettext("%(amount)s minute", "%(amount)s minutes", n),
    Clock.WORK_HOUR: lambda n: ngettext("%(amount)s working minute", "%(amount)s working minutes", n),
}
_WORDS: dict[Clock, Callable[[int], str]] = {
    Clock.URGENT_HOUR: lambda n: ngettext("%(amount)s urgent hour", "%(amount)s urgent hours", n),
    Clock.WORK_HOUR: lambda n: ngettext("%(amount)s working hour", "%(amount)s working hours", n),
    Clock.WORK_DAY: lambda n: ngettext("%(amount)s working day", "%(amount)s working days", n),
    Clock.NATURAL_DAY: lambda n: ngettext("%(amount)s calendar day", "%(amount)s calendar days", n),
}
