"""The report as a PDF: rates with their formulas, what fell due over time as a drawing, the breakdown."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from data.paper import Column, Sheet
from events.evaluation.drawing import Bar, drawn
from events.evaluation.reading import GroupRow, IndicatorRow, Reading, ValueRow
from events.evaluation.sheets import notes

_MAIN = ("acceptance", "closure", "closure_on_time", "handled_on_time", "dispatched_right", "check_passed", "patrolled")
_CHART = 52.0  # mm


def paper(reading: Reading, *, made_at: datetime) -> bytes:
    """The file, A4 across. Raises FontMissing where the font is not installed."""
    title = _("Evaluation report")
    sheet = Sheet(title=title, made_at=made_at, landscape=True)
    when, rule = notes(reading)
    sheet.begin(title, subtitle=when, foot=when)
    sheet.paragraph(rule, dim=True)
    bars = _bars(reading)
    if len(bars) > 1 and any(bar.due for bar in bars):
        sheet.heading(_("What fell due, and how much of it was closed"))
        sheet.drawing(drawn(bars), height=_CHART)
        sheet.paragraph(
            _("Events due. Dark green: closed on time. Pale amber: closed late. Hollow with a red edge: not closed."),
            dim=True, size=8,
        )  # fmt: skip
    sheet.heading(_("Indicators"))
    sheet.table(_head(), (_line(one) for one in reading.indicators), size=8.5)
    for none in reading.uncounted:
        sheet.paragraph(f"{none.name}: {none.why}", dim=True, size=8)
    _breakdown(sheet, reading)
    return sheet.body()


def _head() -> list[Column]:
    return [
        Column(_("Indicator"), 3), Column(_("Rate %"), 1.6, "R"), Column(_("Count of hits"), 1.4, "R"),
        Column(_("Count"), 1.4, "R"), Column(_("Rate % before"), 1.6, "R"), Column(_("Formula"), 10),
    ]  # fmt: skip


def _line(one: IndicatorRow) -> Sequence[str]:
    return [one.name, _rate(one.now), str(one.now.hits), str(one.now.of), _rate(one.before), one.formula]


def _breakdown(sheet: Sheet, reading: Reading) -> None:
    """The main rates alone: all of them stand in the spreadsheet."""
    if not reading.groups:
        return
    label = next((one.label for one in reading.breakdowns if one.value == reading.by), "")
    sheet.heading(_("By %(what)s") % {"what": label})
    main = [one for one in reading.indicators if one.code in _MAIN and not one.not_by]
    columns = [Column(label, 3.4), *(Column(one.name, 2, "R") for one in main)]
    sheet.table(columns, (_group(group, main) for group in reading.groups), size=8.5)


def _group(group: GroupRow, main: Sequence[IndicatorRow]) -> Sequence[str]:
    return [group.label, *_cells(group, main)]


def _cells(group: GroupRow, main: Sequence[IndicatorRow]) -> Iterator[str]:
    for one in main:
        value = group.values[one.code]
        place = _("no. %(rank)s") % {"rank": value.rank} if value.rank is not None else ""
        yield f"{_rate(value)} ({value.hits}/{value.of}) {place}".strip() if value.of else "–"


def _rate(value: ValueRow) -> str:
    if value.percent is None:
        return "–"
    return value.percent if value.firm else f"[{value.percent}]"


def _bars(reading: Reading) -> list[Bar]:
    return [
        Bar(
            label=timezone.localtime(point.start).strftime("%m-%d"), due=point.values["closure"].of,
            closed=point.values["closure"].hits, on_time=point.values["closure_on_time"].hits,
        )
        for point in reading.trend
    ]  # fmt: skip
