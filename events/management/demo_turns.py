"""The rarer ways of the demo's week: verified, returned, passed up and down, extended, suspended, taken up again."""

from dataclasses import dataclass

from events.management.demo_plan import Leg
from events.workflow import State, Step


@dataclass(frozen=True)
class Turn:
    """One way that so many events of the week take.

    `told` by the hotline; `slow` work that takes days; `watched` in a grid whose officer signs in.
    """

    name: str
    count: int
    legs: tuple[Leg, ...]
    told: bool = False
    slow: bool = False
    watched: bool = False
    shared: bool = False  # dispatched jointly
    category: str = ""  # of this one alone; else of any that fits

    @property
    def open(self) -> bool:
        """Whether the last leg still lasts."""
        return self.legs[-1].step is None


def _still(state: State, hours: tuple[float, float] | None = None) -> Leg:
    return Leg(state, None, hours)


_ASK = Leg(State.REPORTED, Step.REQUEST_VERIFY)
_CONFIRM = Leg(State.VERIFYING, Step.CONFIRM)
_ACCEPT = Leg(State.REPORTED, Step.ACCEPT)
_DISPATCH = Leg(State.ACCEPTED, Step.DISPATCH)
_SIGN = Leg(State.DISPATCHED, Step.SIGN)
_RETURN = (Leg(State.DISPATCHED, Step.RETURN), _DISPATCH)
_UP = Leg(State.REPORTED, Step.ESCALATE)
_DOWN = Leg(State.ACCEPTED, Step.ASSIGN_DOWN)
_AGAIN = Leg(State.DISPATCHED, Step.REDISPATCH)
_MORE = Leg(State.HANDLING, Step.REQUEST_EXTENSION)
_HOLD = Leg(State.HANDLING, Step.ASK_SUSPENSION)
_HELD = Leg(State.HANDLING, Step.APPROVE_SUSPENSION, (1, 4))
_DAYS = (20.0, 120.0)
_END = (
    Leg(State.HANDLING, Step.FINISH),
    Leg(State.PENDING_CHECK, Step.PASS_CHECK),
    Leg(State.PENDING_CLOSE, Step.CLOSE),
)
_WORK = (_SIGN, _still(State.HANDLING))
_GIVEN = (_ACCEPT, _DISPATCH)
_TAKEN = (*_GIVEN, _SIGN)
_BURST = "04-002"  # a burst pipe: water off, traffic led around, the road made good
_SOON = (0.02, 0.06)
_OWN_DONE = Leg(State.HANDLING, Step.JOINT_FINISH, (0.1, 0.2))
_NOT_OURS = Leg(State.HANDLING, Step.JOINT_RETURN, _SOON)
_SHARED = (
    *_GIVEN,
    Leg(State.DISPATCHED, Step.JOINT_SIGN, _SOON),
    Leg(State.DISPATCHED, Step.SIGN, _SOON),
    Leg(State.HANDLING, Step.JOINT_SIGN, _SOON),
)
_REOPEN = Leg(State.CLOSED, Step.REOPEN, _DAYS)


def _beside(step: Step) -> tuple[Leg, ...]:
    return (*_TAKEN, Leg(State.HANDLING, step), _still(State.HANDLING))


TURNS = (
    Turn("asked to verify", 2, (_ASK, _still(State.VERIFYING)), told=True),
    Turn("asked an officer who signs in", 1, (_ASK, _still(State.VERIFYING)), told=True, watched=True),
    Turn("confirmed", 2, (_ASK, _CONFIRM, _DISPATCH, *_WORK), told=True),
    Turn("confirmed and done", 3, (_ASK, _CONFIRM, _DISPATCH, _SIGN, *_END), told=True),
    Turn("refuted", 3, (_ASK, Leg(State.VERIFYING, Step.REFUTE)), told=True),
    Turn("not to be told", 1, (_ASK, Leg(State.VERIFYING, Step.CANNOT_TELL), _still(State.REPORTED)), told=True),
    Turn("returned twice", 2, (*_GIVEN, *_RETURN, *_RETURN, _still(State.DISPATCHED))),
    Turn("returned thrice", 1, (*_GIVEN, *_RETURN, *_RETURN, _RETURN[0], _still(State.ACCEPTED))),
    Turn("decided for good", 1, (*_GIVEN, *_RETURN, *_RETURN, *_RETURN, *_WORK)),
    Turn("dispatched anew", 2, (*_GIVEN, _AGAIN, *_WORK)),
    Turn("dispatched anew and done", 2, (*_GIVEN, _AGAIN, _SIGN, *_END)),
    Turn("passed up", 2, (_UP, _still(State.REPORTED))),
    Turn("passed up and taken", 2, (_UP, *_TAKEN, _still(State.HANDLING))),
    Turn("passed up to the city", 2, (_UP, _ACCEPT, Leg(State.ACCEPTED, Step.ESCALATE), _still(State.REPORTED))),
    Turn("passed down", 1, (_ACCEPT, _DOWN, _still(State.REPORTED)), told=True),
    Turn("passed down and taken", 2, (_ACCEPT, _DOWN, *_TAKEN, _still(State.HANDLING)), told=True),
    Turn("more time asked for", 4, (*_TAKEN, _MORE, _still(State.HANDLING)), slow=True),
    Turn("more time granted", 3,
         (*_TAKEN, _MORE, Leg(State.HANDLING, Step.GRANT_EXTENSION), _still(State.HANDLING)), slow=True),
    Turn("more time refused", 1,
         (*_TAKEN, _MORE, Leg(State.HANDLING, Step.REFUSE_EXTENSION), _still(State.HANDLING)), slow=True),
    Turn("suspension asked for", 2, (*_TAKEN, _HOLD, _still(State.HANDLING, (1, 4))), slow=True),
    Turn("suspension refused", 1,
         (*_TAKEN, _HOLD, Leg(State.HANDLING, Step.REFUSE_SUSPENSION, (1, 4)), _still(State.HANDLING)), slow=True),
    Turn("suspended", 4, (*_TAKEN, _HOLD, _HELD, _still(State.SUSPENDED, _DAYS)), slow=True),
    Turn("resumed", 2, (*_TAKEN, _HOLD, _HELD, Leg(State.SUSPENDED, Step.RESUME, _DAYS), _still(State.HANDLING)),
         slow=True),
    Turn("taken up again", 1, (*_TAKEN, *_END, _REOPEN, _still(State.ACCEPTED))),
    Turn("taken up again and in hand", 2, (*_TAKEN, *_END, _REOPEN, _DISPATCH, *_WORK)),
    Turn("closed by force", 2, (*_TAKEN, Leg(State.HANDLING, Step.FORCE_CLOSE))),
    Turn("void", 2, (Leg(State.REPORTED, Step.VOID),)),
    Turn("urged", 4, _beside(Step.URGE)),
    Turn("supervised", 2, _beside(Step.SUPERVISE)),
    Turn("instructed", 1, _beside(Step.INSTRUCT)),
    Turn("copied", 1, _beside(Step.COPY_TO)),
    Turn("shared and waiting", 1, (*_GIVEN, _still(State.DISPATCHED)), shared=True, category=_BURST),
    Turn("shared and in hand", 3, (*_SHARED, _OWN_DONE, _still(State.HANDLING)), shared=True, category=_BURST),
    Turn("shared and done", 2, (*_SHARED, _OWN_DONE, _OWN_DONE, *_END), shared=True, category=_BURST),
    Turn("shared and done again", 1,
         (*_SHARED, _OWN_DONE, _OWN_DONE, _END[0], Leg(State.PENDING_CHECK, Step.FAIL_CHECK), *_END), shared=True,
         category=_BURST),
    Turn("shared, and one hands it back", 2, (*_SHARED, _NOT_OURS, _still(State.HANDLING)), shared=True, slow=True),
    Turn("shared, and one recalled", 1,
         (*_SHARED, Leg(State.HANDLING, Step.RECALL_JOINT, _SOON), _still(State.HANDLING)), shared=True, slow=True),
    Turn("shared later", 1, (*_TAKEN, Leg(State.HANDLING, Step.ADD_JOINT), _still(State.HANDLING)), slow=True),
    Turn("marked urgent", 2, (*_GIVEN, Leg(State.DISPATCHED, Step.MARK_URGENT), _still(State.DISPATCHED))),
)  # fmt: skip
