"""The yearly self-assessment as a PDF, as it is handed in: the form with its scores, and lines to sign on."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from data.paper import Column, Sheet
from events.evaluation.assessment import Assessment, AssessmentRow, origins


def assessment_paper(made: Assessment, *, made_at: datetime) -> bytes:
    """The file, A4 across. Raises FontMissing where the font is not installed."""
    title = f"{made.title} {made.year}"
    printed = _("Printed %(at)s") % {"at": timezone.localtime(made_at).strftime("%Y-%m-%d %H:%M")}
    sheet = Sheet(title=title, made_at=made_at, landscape=True)
    sheet.begin(title, subtitle=made.region_label, foot=f"{made.region_label} {title}  {printed}")
    sheet.table(_head(), (*map(_line, made.rows), _total(made)), size=8.5)
    if made.missing:
        sheet.paragraph(_("%(missing)s rows wait for a figure; their points are not in the total.")
                        % {"missing": made.missing}, dim=True)  # fmt: skip
    sheet.paragraph(
        _("Score: the whole points of weight × actual ÷ target, never more than the weight. Figures counted from the"
          " register are those of the day of printing."), dim=True,
    )  # fmt: skip
    sheet.signatures([
        pgettext("signature", "Filled in by"), pgettext("signature", "Checked by"), pgettext("signature", "Leader"),
        pgettext("signature", "Date"),
    ])  # fmt: skip
    return sheet.body()


def _head() -> list[Column]:
    return [
        Column(_("First level"), 1.5), Column(_("Second level"), 2), Column(_("Third level"), 2.6),
        Column(_("Weight"), 1, "R"), Column(_("Target"), 1.5, "R"), Column(_("Actual"), 1.5, "R"),
        Column(_("Score"), 1, "R"), Column(_("Where from"), 1.9),
        Column(_("Evidence, and reason for falling short"), 5), Column(_("Entered by"), 1.6),
    ]  # fmt: skip


def _line(row: AssessmentRow) -> Sequence[str]:
    words = "\n".join(filter(None, (row.evidence, row.reason)))
    return [
        row.first, row.second, row.third, str(row.weight), f"{row.target} {row.unit}",
        "–" if row.actual is None else f"{row.actual} {row.unit}", "–" if row.score is None else str(row.score),
        str(origins()[row.origin]), words, row.entered_by,
    ]  # fmt: skip


def _total(made: Assessment) -> Sequence[str]:
    return [_("Total"), "", "", str(made.weights), "", "", str(made.score), "", "", ""]
