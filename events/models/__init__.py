"""The tables of what happened and who answers. Nothing above `events` imports them."""

from events.models.appeals import Appeal, VerdictLabel
from events.models.assessment import AssessmentEntry
from events.models.category import CalendarDay, Category
from events.models.counting import CountedFact
from events.models.desk import ReplyTemplate, SavedView
from events.models.event import CLASS_RESTRICTED, Caller, ClientKey, Event, NumberBase, Source, StateLabel
from events.models.evidence import Evidence, Photo
from events.models.hotline import DeliveryAttempt, HotlineMessage, OutboxMessage, Ticket
from events.models.journal import FreeText, JournalEntry
from events.models.labels import MACHINES, RejectReason, Satisfaction, StageLabel, StepLabel
from events.models.notices import Notice, NoticeRead
from events.models.patrols import CadenceLabel, CheckIn, PatrolPlan
from events.models.rules import AreaKind, Rule
from events.models.senders import Alarm, Sender, SenderKey
from events.models.shifts import ShiftEvent, ShiftNote
from events.models.task import Application, Supervision, Task, TaskKind, TaskState, Timer

__all__ = [
    "CLASS_RESTRICTED",
    "MACHINES",
    "Alarm",
    "Appeal",
    "Application",
    "AreaKind",
    "AssessmentEntry",
    "CadenceLabel",
    "CalendarDay",
    "Caller",
    "Category",
    "CheckIn",
    "ClientKey",
    "CountedFact",
    "DeliveryAttempt",
    "Event",
    "Evidence",
    "FreeText",
    "HotlineMessage",
    "JournalEntry",
    "Notice",
    "NoticeRead",
    "NumberBase",
    "OutboxMessage",
    "PatrolPlan",
    "Photo",
    "RejectReason",
    "ReplyTemplate",
    "Rule",
    "Satisfaction",
    "SavedView",
    "Sender",
    "SenderKey",
    "ShiftEvent",
    "ShiftNote",
    "Source",
    "StageLabel",
    "StateLabel",
    "StepLabel",
    "Supervision",
    "Task",
    "TaskKind",
    "TaskState",
    "Ticket",
    "Timer",
    "VerdictLabel",
]
