"""The report as tables of a spreadsheet."""

from collections.abc import Sequence
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from data.evaluation.workbook import Cell, Sheet, workbook
from events.evaluation.reading import IndicatorRow, Reading, UncountedRow, ValueRow


def spreadsheet(reading: Reading) -> bytes:
    """The report as a file (.xlsx): the indicators with their formulas, and the breakdown."""
    return workbook([_indicators(reading), _groups(reading)])


def notes(reading: Reading) -> tuple[str, str]:
    """Of what and as of when, and the rule of rates."""
    return (
        _("%(region)s, %(since)s to %(until)s, as it stood at %(as_of)s") % {
            "region": reading.region_label, "since": reading.since, "until": reading.until,
            "as_of": timezone.localtime(reading.as_of).strftime("%Y-%m-%d %H:%M:%S"),
        },
        _("Rates are per cent, rounded half up to two decimals. Fewer than 20: not ranked."),
    )  # fmt: skip


def _indicators(reading: Reading) -> Sheet:
    head = (
        _("Indicator"), _("Rate %"), _("Hits"), _("Count of hits"), _("Counted"), _("Count"), _("Rate % before"),
        _("Formula"),
    )  # fmt: skip
    return Sheet(
        title=_("Indicators"),
        notes=notes(reading),
        head=head,
        rows=[*(_line(one) for one in reading.indicators), *(_nothing(one) for one in reading.uncounted)],
    )


def _line(one: IndicatorRow) -> Sequence[Cell]:
    now = one.now
    return [one.name, _rate(now), one.hits_label, now.hits, one.of_label, now.of, _rate(one.before), one.formula]


def _nothing(one: UncountedRow) -> Sequence[Cell]:
    return [one.name, None, "", None, "", None, None, f"{one.formula} {one.why}"]


def _groups(reading: Reading) -> Sheet:
    label = next((one.label for one in reading.breakdowns if one.value == reading.by), "")
    head = [label]
    split = [one for one in reading.indicators if not one.not_by]
    for one in split:
        head += [one.name, one.hits_label, one.of_label, _("Rank")]
    rows: list[list[Cell]] = []
    for group in reading.groups:
        line: list[Cell] = [group.label]
        for one in split:
            value = group.values[one.code]
            line += [_rate(value), value.hits, value.of, value.rank]
        rows.append(line)
    return Sheet(title=label or _("Breakdown"), notes=notes(reading), head=tuple(head), rows=rows)


def _rate(value: ValueRow) -> Decimal | None:
    return None if value.percent is None else Decimal(value.percent)
