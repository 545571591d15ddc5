"""Words for the codes of the audit trail: what was done, to what kind of thing, how it ended, and which machine did it.

A code stays what it is in the table, for programs and for years; these are what an auditor reads. A test fails when
some part of the house records an action that has no words here.
"""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy

from events.selectors import sentences
from grid.selectors.trail import TrailRow

EVENT = "event."
ACTIONS: Mapping[str, str | Promise] = {
    "session.sign-in": lazy("Sign in"),
    "session.sign-out": lazy("Sign out"),
    "session.end": lazy("End a session elsewhere"),
    "session.end-disabled": lazy("End a session: account disabled"),
    "session.end-password": lazy("End a session: password changed"),
    "session.end-factor": lazy("End a session: second factor wanted"),
    "session.code": lazy("Second factor asked"),
    "account.create": lazy("Account made"),
    "account.amend": lazy("Account changed"),
    "account.disable": lazy("Account disabled"),
    "account.enable": lazy("Account enabled"),
    "account.hand-password": lazy("New password handed out"),
    "account.release": lazy("Released for a new password"),
    "account.password": lazy("Own password set"),
    "account.factor": lazy("Second factor set up"),
    "account.forget-factor": lazy("Second factor taken away"),
    "post.give": lazy("Post given"),
    "post.end": lazy("Post ended"),
    "playback.grant": lazy("Live video granted"),
    "playback.open": lazy("Live video opened"),
    "playback.refuse": lazy("Live video refused"),
    "playback.end": lazy("Live video ended"),
    "playback.revoke": lazy("Live video cut"),
    "grant.share": lazy("Video shared with another organisation"),
    "grant.revoke": lazy("Sharing of video ended"),
    "notice.read": lazy("Notices read"),
    "photo.keep": lazy("Photo kept"),
    "shift.write": lazy("Shift note written"),
    "shift.take_over": lazy("Shift taken over"),
    "shift.print": lazy("Shift note made as PDF"),
    "sheet.print": lazy("Handling sheet made as PDF"),
    "delivery.resend": lazy("Callback sent again"),
    "delivery.resend_many": lazy("Callbacks of a span sent again"),
    "sender.load": lazy("Sender configured"),
    "sender.rotate": lazy("Sender's key changed"),
    "sender.open": lazy("Sender's endpoint opened again"),
    "device.load": lazy("Devices loaded"),
    "caller.unmask": lazy("Caller shown"),
    "restricted.view": lazy("Restricted case viewed"),
    "make_rules": lazy("Rules of responsibility made"),
    "load_rules": lazy("Rules of responsibility loaded"),
    "load_components": lazy("Components loaded"),
    "category.auto_dispatch": lazy("Dispatch by itself switched"),
    "category.amend": lazy("Category changed"),
    "category.add": lazy("Category added"),
    "calendar.day": lazy("Working calendar changed"),
    "organisation.amend": lazy("Organisation changed"),
    "organisation.close": lazy("Organisation closed"),
    "organisation.reopen": lazy("Organisation opened again"),
    "organisation.hours": lazy("Working hours changed"),
    "load_ground": lazy("Ground data loaded"),
    "demo.people": lazy("Demo accounts made"),
    "evaluation.export": lazy("Evaluation exported"),
    "assessment.enter": lazy("Self-assessment: figure entered"),
    "audit.read": lazy("Audit trail read"),
    "patrol.check_in": lazy("Patrol check-in"),
    "patrol.plan_set": lazy("Patrol plan set"),
    "patrol.plan_ended": lazy("Patrol plan ended"),
    "event_grant.ask": lazy("Sharing of events asked for"),
    "event_grant.approve": lazy("Sharing of events approved"),
    "event_grant.refuse": lazy("Sharing of events refused"),
    "event_grant.withdraw": lazy("Request for sharing taken back"),
    "event_grant.end": lazy("Sharing of events ended"),
    "event_grant.lapse": lazy("Sharing of events run out"),
    "view.keep": lazy("View kept"),
    "view.change": lazy("View changed"),
    "view.remove": lazy("View removed"),
    "template.keep": lazy("Reply template written"),
    "template.change": lazy("Reply template changed"),
    "template.remove": lazy("Reply template removed"),
}
KINDS: Mapping[str, str | Promise] = {
    "event": pgettext_lazy("audit", "Event"),
    "session": pgettext_lazy("audit", "Session"),
    "account": pgettext_lazy("audit", "Account"),
    "channel": pgettext_lazy("audit", "Video channel"),
    "grant": pgettext_lazy("audit", "Video sharing"),
    "photo": pgettext_lazy("audit", "Photo"),
    "delivery": pgettext_lazy("audit", "Callback"),
    "sender": pgettext_lazy("audit", "Sender"),
    "rules": pgettext_lazy("audit", "Rules of responsibility"),
    "components": pgettext_lazy("audit", "Components"),
    "category": pgettext_lazy("audit", "Category"),
    "organisation": pgettext_lazy("audit", "Organisation"),
    "ground": pgettext_lazy("audit", "Ground data"),
    "demo": pgettext_lazy("audit", "Demo"),
    "evaluation": pgettext_lazy("audit", "Evaluation"),
    "assessment": pgettext_lazy("audit", "Self-assessment"),
    "audit": pgettext_lazy("audit", "Audit trail"),
    "calendar": pgettext_lazy("audit", "Working calendar"),
    "grid": pgettext_lazy("audit", "Grid"),
    "shift": pgettext_lazy("audit", "Shift note"),
    "patrol_plan": pgettext_lazy("audit", "Patrol plan"),
    "event_grant": pgettext_lazy("audit", "Sharing of events"),
    "view": pgettext_lazy("audit", "View"),
    "template": pgettext_lazy("audit", "Reply template"),
}
RESULTS: Mapping[str, str | Promise] = {
    "ok": pgettext_lazy("audit", "Done"),
    "refused": pgettext_lazy("audit", "Refused"),
    "failed": pgettext_lazy("audit", "Failed"),
    "locked": pgettext_lazy("audit", "Locked"),
}


def action(code: str) -> str:
    """What was done; the code itself where nobody gave it words."""
    verb = sentences.verbs().get(code.removeprefix(EVENT)) if code.startswith(EVENT) else None
    return _("Event: %(step)s") % {"step": verb} if verb else str(ACTIONS.get(code, code))


def actions() -> list[tuple[str, str]]:
    """Every action with its words, for a list to choose from."""
    codes = [*(f"{EVENT}{step}" for step in sentences.verbs()), *ACTIONS]
    return [(code, action(code)) for code in codes]


def actor(row: TrailRow) -> str:
    """Who it was: a person, a machine by its name, whoever was not signed in, or the system."""
    if row.actor:
        return row.actor
    machine = row.detail.get("machine")
    if isinstance(machine, str) and machine:
        return sentences.machine(machine)
    return _("Not signed in") if row.subject_kind == "account" else _("System")
