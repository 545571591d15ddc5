"""What people read for steps, stages and reasons: the words of docs/glossary.md."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class StepLabel(models.TextChoices):
    """The steps of events.workflow, as verbs."""

    REPORT = "report", _("Report")
    PLACE = "place", _("Place")
    RECATEGORISE = "recategorise", _("Change category")
    AMEND = "amend", _("Amend")
    SELF_RESOLVE = "self_resolve", _("Solve on the spot")
    REQUEST_VERIFY = "request_verify", _("Have it verified")
    CONFIRM = "confirm", _("Confirm")
    REFUTE = "refute", _("Refute")
    CANNOT_TELL = "cannot_tell", _("Cannot tell")
    ACCEPT = "accept", _("Accept")
    REJECT = "reject", _("Do not accept")
    MERGE = "merge", _("Merge")
    UNMERGE = "unmerge", _("Undo the merge")
    TAKE_IN = "take_in", _("Take in")
    LET_GO = "let_go", _("Let go")
    DISPATCH = "dispatch", _("Dispatch")
    SIGN = "sign", _("Sign")
    RETURN = "return", _("Return")
    REDISPATCH = "redispatch", _("Dispatch anew")
    ADD_JOINT = "add_joint", _("Add joint organisations")
    RECALL_JOINT = "recall_joint", _("Recall joint organisations")
    JOINT_SIGN = "joint_sign", _("Sign jointly")
    JOINT_FINISH = "joint_finish", _("Finish joint share")
    JOINT_RETURN = "joint_return", _("Return joint share")
    ESCALATE = "escalate", _("Pass up")
    ASSIGN_DOWN = "assign_down", _("Pass down")
    REQUEST_EXTENSION = "request_extension", _("Ask for more time")
    GRANT_EXTENSION = "grant_extension", _("Grant more time")
    REFUSE_EXTENSION = "refuse_extension", _("Refuse more time")
    ASK_SUSPENSION = "ask_suspension", _("Ask to suspend")
    APPROVE_SUSPENSION = "approve_suspension", _("Suspend")
    REFUSE_SUSPENSION = "refuse_suspension", _("Do not suspend")
    RESUME = "resume", _("Resume")
    FINISH = "finish", _("Finish")
    PASS_CHECK = "pass_check", _("Check passed")
    FAIL_CHECK = "fail_check", _("Rework")
    CLOSE = "close", _("Close")
    FORCE_CLOSE = "force_close", _("Close by force")
    REOPEN = "reopen", _("Reopen")
    WITHDRAW = "withdraw", _("Withdraw")
    VOID = "void", _("Void")
    URGE = "urge", _("Urge")
    SUPERVISE = "supervise", _("Supervise")
    INSTRUCT = "instruct", _("Instruct")
    COPY_TO = "copy_to", _("Copy to")
    MARK_URGENT = "mark_urgent", _("Mark urgent")
    NOTE = "note", _("Note")
    HAND_OVER = "hand_over", _("Hand over")
    SUPPLEMENT = "supplement", _("Add to the order")
    REVISIT = "revisit", _("Ask whether it is well")
    REDACT = "redact", _("Redact words")
    APPEAL = "appeal", _("Appeal")
    CORRECT = "correct", _("Uphold the appeal")
    DISMISS = "dismiss", _("Dismiss the appeal")
    RESTORE = "restore", _("Take the correction back")


class StageLabel(models.TextChoices):
    """The stages that clocks run for."""

    ACCEPT = "accept", _("Acceptance")
    VERIFY = "verify", _("Verifying")
    DISPATCH = "dispatch", _("Dispatching")
    SIGN = "sign", _("Signing")
    HANDLE = "handle", _("Handling")
    REVIEW = "review", _("Review")
    CHECK = "check", _("Checking")
    CLOSE = "close", _("Closing")
    WHOLE = "whole", _("Whole")


class RejectReason(models.TextChoices):
    """Why an event is not accepted."""

    NOT_OURS = "not_ours", _("Not within our duties")
    DUPLICATE = "duplicate", _("Already being handled")
    NO_FAULT = "no_fault", _("Nothing wrong was found")
    TEST = "test", _("A test or mistake")


class Satisfaction(models.IntegerChoices):
    """What a citizen said when the hotline called back."""

    UNHAPPY = 0, _("Not satisfied")
    UNDERSTANDS = 1, _("Understands")
    SATISFIED = 2, _("Satisfied")
    VERY_SATISFIED = 3, _("Very satisfied")


MACHINES = {"hotline": _("12345 hotline"), "system": _("System"), "source": _("Alarm or partner system")}
