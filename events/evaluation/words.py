"""What people read for each indicator: its name, its formula, and the two things that are counted."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from events.evaluation.breakdowns import By

Text = str | Promise
PLACES = {1: By.COUNTY, 2: By.TOWNSHIP, 3: By.VILLAGE, 4: By.GRID}  # by how deep a path is, what lies directly below


@dataclass(frozen=True)
class Words:
    """Of one indicator."""

    name: Text
    formula: Text
    hits: Text
    of: Text


WORDS: dict[str, Words] = {
    "acceptance": Words(
        _("Acceptance rate"),
        _("Accepted ÷ reported: events reported in the period, and those of them that were accepted."),
        pgettext_lazy("counted", "Accepted"), pgettext_lazy("counted", "Reported"),
    ),
    "closure": Words(
        _("Closure rate"),
        _("Closed ÷ due: events whose deadline fell in the period, open and overdue ones too, and those closed."),
        pgettext_lazy("counted", "Closed"), pgettext_lazy("counted", "Due"),
    ),
    "closure_on_time": Words(
        _("Closed on time"),
        _("Closed on time ÷ due: the work was finished for the last time by the deadline, and the event closed."
          " Closed by force never counts as on time."),
        pgettext_lazy("counted", "Closed on time"), pgettext_lazy("counted", "Due"),
    ),
    "handled_on_time": Words(
        _("Handled on time"),
        _("Finished by the deadline of handling ÷ handling that fell due in the period, unfinished too."),
        pgettext_lazy("counted", "Finished in time"), pgettext_lazy("counted", "Fell due"),
    ),
    "accepted_on_time": Words(
        _("Accepted on time"),
        _("Decided by the deadline (accepted, not accepted, or sent to be verified) ÷ decisions that fell due in the"
          " period, open ones too."),
        pgettext_lazy("counted", "Decided in time"), pgettext_lazy("counted", "Fell due"),
    ),
    "dispatched_on_time": Words(
        _("Dispatched on time"),
        _("Dispatched by the deadline ÷ dispatches that fell due in the period, open ones too."),
        pgettext_lazy("counted", "Dispatched in time"), pgettext_lazy("counted", "Fell due"),
    ),
    "dispatched_right": Words(
        _("Dispatched right"),
        _("(Dispatched − returned − dispatched anew) ÷ dispatched: each time an event was given to a lead in the"
          " period, the new ones too."),
        pgettext_lazy("counted", "Stayed there"), pgettext_lazy("counted", "Dispatched"),
    ),
    "returned": Words(
        _("Return rate"), _("Handed back by the lead ÷ dispatched in the period."),
        pgettext_lazy("counted", "Handed back"), pgettext_lazy("counted", "Dispatched"),
    ),
    "reworked": Words(
        _("Rework rate"), _("Failed the check ÷ finished in the period."),
        pgettext_lazy("counted", "To be done again"), pgettext_lazy("counted", "Finished"),
    ),
    "check_passed": Words(
        _("Checks passed"), _("Checks passed ÷ checks made in the period."),
        pgettext_lazy("counted", "Passed"), pgettext_lazy("counted", "Checked"),
    ),
    "self_closed": Words(
        pgettext_lazy("evaluation", "Solved on the spot"), _("Solved on the spot ÷ reported in the period."),
        pgettext_lazy("counted", "Solved on the spot"), pgettext_lazy("counted", "Reported"),
    ),
    "duplicate": Words(
        _("Duplicates"), _("Merged into another event ÷ reported in the period."),
        pgettext_lazy("counted", "Merged"), pgettext_lazy("counted", "Reported"),
    ),
    "satisfied": Words(
        _("Satisfaction"),
        _("Satisfied or very satisfied (2 or 3 of 0 to 3) ÷ citizens asked in the period who answered."),
        pgettext_lazy("counted", "Satisfied"), pgettext_lazy("counted", "Answered"),
    ),
    "patrolled": Words(
        _("Patrol coverage rate"),
        _("Grids visited as due ÷ grids due: each grid once for every period of its patrol plans that ended in these"
          " days."),
        pgettext_lazy("counted", "Visited as due"), pgettext_lazy("counted", "Due for a visit"),
    ),
}  # fmt: skip
PATROLS_HAVE_NO_CATEGORY = _("Patrols are of whole grids: they can't be counted for one category.")
PATROLS_BY_PLACE = _("Patrols are of whole grids: they are counted by county, township, village and grid.")


@dataclass(frozen=True)
class Unmeasured:
    """An indicator that nothing can count yet, and why."""

    code: str
    name: Text
    formula: Text
    why: Text


UNMEASURED = (
    Unmeasured(
        "devices_online", _("Devices online"),
        _("Time that devices were online ÷ time that they were watched; time of which nothing is known is left out."),
        _("Not measured yet: it needs device monitoring. Nothing watches devices or keeps when their state changed."),
    ),
    Unmeasured(
        "key_sites_networked", _("Key areas networked"),
        _("Class 1 sites with a channel whose stream is connected ÷ class 1 sites, as of a time."),
        _("Not measured yet: it needs device monitoring. The register says what stands today and keeps no history; in"
          " the self-assessment it is entered by hand."),
    ),
)  # fmt: skip

BY: dict[By, Text] = {
    By.COUNTY: pgettext_lazy("evaluation", "County"),
    By.TOWNSHIP: pgettext_lazy("evaluation", "Township"),
    By.VILLAGE: pgettext_lazy("evaluation", "Village"),
    By.GRID: pgettext_lazy("evaluation", "Grid"),
    By.LEAD: pgettext_lazy("evaluation", "Answering organisation"),
    By.CENTRE: pgettext_lazy("evaluation", "Command centre"),
    By.POST: pgettext_lazy("evaluation", "Post"),
    By.MAJOR: pgettext_lazy("evaluation", "Major category"),
    By.CATEGORY: pgettext_lazy("evaluation", "Category"),
    By.SOURCE: pgettext_lazy("evaluation", "Source"),
}
NOBODY: dict[By, Text] = {
    By.LEAD: _("Not dispatched yet"),
    By.POST: _("Not dispatched yet"),
    By.MAJOR: _("No category"),
    By.CATEGORY: _("No category"),
}
NOWHERE = _("Not placed yet")
