"""What people read for steps, stages and reasons: the words of docs/glossary.md."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class StepLabel(models.TextChoices):
    """The steps of events.workflow, as verbs."""

    REPORT = "report", _("Report")
    PLACE = "place", _("Place")
    AMEND = "amend", _("Amend")
    SELF_RESOLVE = "self_resolve", _("Solve on the spot")
    ACCEPT = "accept", _("Accept")
    REJECT = "reject", _("Do not accept")
    DISPATCH = "dispatch", _("Dispatch")
    SIGN = "sign", _("Sign")
    RETURN = "return", _("Return")
    FINISH = "finish", _("Finish")
    PASS_CHECK = "pass_check", _("Check passed")
    FAIL_CHECK = "fail_check", _("Rework")
    CLOSE = "close", _("Close")
    URGE = "urge", _("Urge")
    WITHDRAW = "withdraw", _("Withdraw")
    NOTE = "note", _("Note")


class StageLabel(models.TextChoices):
    """The stages that clocks run for."""

    ACCEPT = "accept", _("Acceptance")
    DISPATCH = "dispatch", _("Dispatching")
    SIGN = "sign", _("Signing")
    HANDLE = "handle", _("Handling")
    CHECK = "check", _("Checking")
    CLOSE = "close", _("Closing")
    WHOLE = "whole", _("Whole")


class RejectReason(models.TextChoices):
    """Why an event is not accepted."""

    NOT_OURS = "not_ours", _("Not within our duties")
    DUPLICATE = "duplicate", _("Already being handled")
    NO_FAULT = "no_fault", _("Nothing wrong was found")
    TEST = "test", _("A test or mistake")


MACHINES = {"hotline": _("12345 hotline"), "system": _("System")}
