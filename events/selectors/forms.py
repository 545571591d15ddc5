"""What a step asks for, so that a page draws its form without knowing the workflow."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from events.models import RejectReason, StepLabel, Supervision
from events.undo import undone_by
from events.workflow import Step


@dataclass(frozen=True)
class Choice:
    """One value to choose."""

    value: str
    label: str


@dataclass(frozen=True)
class Field:
    """One input of a step's form; `name` is its name in the step's request."""

    name: str
    kind: str  # text, longtext, photos, organisation, organisations, category, point, choice, amount, date, event
    label: str
    required: bool = False
    help: str = ""
    choices: list[Choice] | None = None


@dataclass(frozen=True)
class AllowedStep:
    """A step that the reader may take now, with its form; `effect` says what follows from it."""

    step: str
    label: str
    primary: bool
    key: str | None
    effect: str = ""
    fields: list[Field] = field(default_factory=list)
    undoes: list[str] = field(default_factory=list)  # the steps that it takes back, right after them


_PRIMARY = {
    Step.CONFIRM, Step.ACCEPT, Step.DISPATCH, Step.SIGN, Step.FINISH, Step.PASS_CHECK, Step.CLOSE,
    Step.GRANT_EXTENSION, Step.APPROVE_SUSPENSION, Step.RESUME, Step.JOINT_SIGN, Step.JOINT_FINISH,
}  # fmt: skip
# None of them is a key of a page itself: j and k walk, x ticks, o opens, v shows video, q takes the last step back.
_KEYS = {
    Step.ACCEPT: "a", Step.REJECT: "r", Step.DISPATCH: "d", Step.SIGN: "s", Step.RETURN: "b", Step.FINISH: "f",
    Step.PASS_CHECK: "p", Step.FAIL_CHECK: "w", Step.CLOSE: "c", Step.URGE: "u", Step.NOTE: "n", Step.PLACE: "l",
    Step.AMEND: "e", Step.RECATEGORISE: "c", Step.REQUEST_VERIFY: "h", Step.CONFIRM: "y", Step.REFUTE: "r",
    Step.REDISPATCH: "d", Step.ESCALATE: "t", Step.ASSIGN_DOWN: "g", Step.REQUEST_EXTENSION: "m",
    Step.GRANT_EXTENSION: "y", Step.REFUSE_EXTENSION: "r", Step.ASK_SUSPENSION: "h", Step.APPROVE_SUSPENSION: "y",
    Step.REFUSE_SUSPENSION: "r", Step.RESUME: "h", Step.REOPEN: "a", Step.SUPERVISE: "u", Step.INSTRUCT: "i",
    Step.ADD_JOINT: "z", Step.JOINT_SIGN: "s", Step.JOINT_FINISH: "f", Step.JOINT_RETURN: "b",
    Step.MERGE: "m", Step.UNMERGE: "z",
}  # fmt: skip


def allowed(step: Step, *, effect: str = "", wants_reply: bool = False) -> AllowedStep:
    """The form of one step."""
    return AllowedStep(
        step=step.value,
        label=str(StepLabel(step.value).label),
        primary=step in _PRIMARY,
        key=_KEYS.get(step),
        effect=effect,
        fields=_fields(step, wants_reply),
        undoes=[one.value for one in undone_by(step)],
    )


def _fields(step: Step, wants_reply: bool) -> list[Field]:
    if step == Step.CLOSE:
        label = _("Reply to the hotline") if wants_reply else _("Remark")
        return [Field("text", "longtext", label, required=wants_reply)]
    return _FIELDS[step]() if step in _FIELDS else []


def _photos(label: str) -> Field:
    return Field("photos", "photos", label, required=True)


def _far() -> Field:
    words = _("Needed when the photo was taken over 100 m away, and when it does not say where it was taken.")
    return Field("far_reason", "text", _("Why not on the spot"), help=words)


_FIELDS = {
    Step.PLACE: lambda: [
        Field("point", "point", _("Place"), required=True),
        Field("address", "text", _("Address")),
    ],
    Step.RECATEGORISE: lambda: [
        Field("category", "category", _("Category"), required=True),
        Field("text", "longtext", _("Remark")),
    ],
    Step.AMEND: lambda: [
        Field("address", "text", _("Address")),
        Field("description", "longtext", _("Description")),
    ],
    Step.REQUEST_VERIFY: lambda: [Field("text", "longtext", _("What to look for"))],
    Step.CONFIRM: lambda: [
        _photos(_("Photo taken on the spot")), Field("category", "category", _("Category")),
        Field("text", "longtext", _("Remark")),
    ],
    Step.REFUTE: lambda: [
        Field("text", "longtext", _("What you found instead"), required=True), _photos(_("Photo taken on the spot")),
    ],
    Step.CANNOT_TELL: lambda: [Field("text", "longtext", _("Why it can't be told"), required=True)],
    Step.REJECT: lambda: [
        Field("reason", "choice", _("Reason"), True, "", [Choice(v, str(label)) for v, label in RejectReason.choices]),
        Field("text", "longtext", _("Explanation"), required=True, help=_("The reporter reads it.")),
    ],
    Step.MERGE: lambda: [
        Field("into", "event", _("Merge into"), required=True), Field("text", "longtext", _("Remark")),
    ],
    Step.UNMERGE: lambda: [Field("text", "longtext", _("Reason"))],
    Step.DISPATCH: lambda: [
        Field("organisation", "organisation", _("Organisation"), required=True),
        Field("joint", "organisations", _("Joint organisations")),
        Field("text", "longtext", _("Instruction")),
    ],
    Step.REDISPATCH: lambda: [
        Field("organisation", "organisation", _("Organisation"), required=True),
        Field("joint", "organisations", _("Joint organisations"), help=_("Whoever is left out loses its share.")),
        Field("text", "longtext", _("Reason"), required=True),
    ],
    Step.ADD_JOINT: lambda: [
        Field("joint", "organisations", _("Joint organisations"), required=True),
        Field("text", "longtext", _("Instruction")),
    ],
    Step.RECALL_JOINT: lambda: [
        Field("joint", "organisations", _("Whose share is recalled"), required=True),
        Field("text", "longtext", _("Reason"), required=True),
    ],
    Step.JOINT_FINISH: lambda: [
        Field("text", "longtext", _("What was done"), required=True),
        Field("photos", "photos", _("Photo after the work")),
    ],
    Step.JOINT_RETURN: lambda: [Field("text", "longtext", _("Why it is not yours"), required=True)],
    Step.ESCALATE: lambda: [Field("text", "longtext", _("Why the level above is needed"), required=True)],
    Step.ASSIGN_DOWN: lambda: [
        Field("organisation", "organisation", _("Command centre"), required=True),
        Field("text", "longtext", _("Instruction")),
    ],
    Step.REQUEST_EXTENSION: lambda: [
        Field("amount", "amount", _("How much more time"), required=True),
        Field("text", "longtext", _("What it is needed for"), required=True),
    ],
    Step.GRANT_EXTENSION: lambda: [Field("text", "longtext", _("Remark"))],
    Step.REFUSE_EXTENSION: lambda: [Field("text", "longtext", _("Reason"), required=True)],
    Step.ASK_SUSPENSION: lambda: [
        Field("until", "date", _("Look at it again on"), required=True),
        Field("text", "longtext", _("What hinders the work"), required=True),
    ],
    Step.APPROVE_SUSPENSION: lambda: [Field("text", "longtext", _("Remark"))],
    Step.REFUSE_SUSPENSION: lambda: [Field("text", "longtext", _("Reason"), required=True)],
    Step.RESUME: lambda: [Field("text", "longtext", _("Remark"))],
    Step.FORCE_CLOSE: lambda: [Field("text", "longtext", _("Reason"), required=True)],
    Step.REOPEN: lambda: [Field("text", "longtext", _("Reason"), required=True)],
    Step.VOID: lambda: [Field("text", "longtext", _("Reason"), required=True)],
    Step.SUPERVISE: lambda: [
        Field("level", "choice", _("Supervision"), True, "", [Choice(v, str(name)) for v, name in Supervision.choices]),
        Field("text", "longtext", _("Message")),
    ],
    Step.INSTRUCT: lambda: [Field("text", "longtext", _("Leader's instruction"), required=True)],
    Step.COPY_TO: lambda: [
        Field("organisation", "organisation", _("Organisation"), required=True),
        Field("text", "longtext", _("Message")),
    ],
    Step.MARK_URGENT: lambda: [Field("text", "longtext", _("Reason"))],
    Step.RETURN: lambda: [Field("text", "longtext", _("Why it is not yours"), required=True)],
    Step.FINISH: lambda: [
        Field("text", "longtext", _("What was done"), required=True),
        _photos(_("Photo after the work")),
    ],
    Step.PASS_CHECK: lambda: [
        _photos(_("Photo taken on the spot")), Field("text", "longtext", _("Remark")), _far(),
    ],
    Step.FAIL_CHECK: lambda: [
        Field("text", "longtext", _("What is still wrong"), required=True), _photos(_("Photo taken on the spot")),
        _far(),
    ],
    Step.URGE: lambda: [Field("text", "text", _("Message"))],
    Step.NOTE: lambda: [Field("text", "longtext", _("Note"), required=True)],
}  # fmt: skip
