"""The whole table of steps once more, by hand from the domain's description, as a model that knows no code of ours.

`TABLE` and the functions below it say for a `Told` event, an `Actor` and a moment whether a step works; `tests/domain/
test_whole_table.py` takes random walks through the real doors and holds them against this.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

# step | from | to (= stays) | who, as role@how that role must stand to the event
TABLE = """
place             | reported verifying accepted | =  | acceptor@holder grid_officer@asked grid_lead@asked
recategorise      | reported verifying accepted | =  | acceptor@holder grid_officer@asked grid_lead@asked
amend             | reported verifying accepted | =  | acceptor@holder grid_officer@asked grid_lead@asked
request_verify    | reported           | verifying    | acceptor@holder
confirm           | verifying          | accepted     | grid_officer@asked grid_lead@asked
refute            | verifying          | rejected     | grid_officer@asked grid_lead@asked
cannot_tell       | verifying          | reported     | grid_officer@asked grid_lead@asked
accept            | reported           | accepted     | acceptor@holder
reject            | reported           | rejected     | acceptor@holder
merge             | OPEN               | merged       | acceptor@holder dispatcher@holder
unmerge           | merged             | back         | acceptor@holder dispatcher@holder
dispatch          | accepted           | dispatched   | dispatcher@undecided shift_lead@deciding \
system@rule
sign              | dispatched         | handling     | dept_clerk@lead
return            | dispatched handling | accepted    | dept_clerk@lead
redispatch        | dispatched handling | dispatched  | dispatcher@undecided shift_lead@holder
add_joint         | dispatched handling | =           | dispatcher@holder shift_lead@holder
recall_joint      | dispatched handling | =           | dispatcher@holder shift_lead@holder
joint_sign        | dispatched handling | =           | dept_clerk@joint
joint_finish      | dispatched handling | =           | dept_clerk@joint
joint_return      | dispatched handling | =           | dept_clerk@joint
escalate          | reported accepted handling | reported | acceptor@holder grid_lead@ground
assign_down       | accepted           | reported     | dispatcher@holder
request_extension | handling           | =            | dept_clerk@lead
grant_extension   | handling           | =            | dispatcher@holder shift_lead@holder
refuse_extension  | handling           | =            | dispatcher@holder shift_lead@holder
ask_suspension    | handling           | =            | dept_lead@lead
approve_suspension | handling          | suspended    | leader@holder
refuse_suspension | handling           | =            | leader@holder
resume            | suspended          | handling     | dept_lead@lead leader@holder
finish            | handling           | pending_check | dept_clerk@lead
pass_check        | pending_check      | pending_close | grid_officer@check checker@check grid_lead@check
fail_check        | pending_check      | handling     | grid_officer@check checker@check grid_lead@check
close             | pending_close      | closed       | acceptor@holder shift_lead@holder
force_close       | OPEN               | closed       | shift_lead@holder
reopen            | closed self_closed rejected | accepted | acceptor@holder hotline@ticket
withdraw          | reported verifying accepted | voided | hotline@ticket
void              | reported           | voided       | shift_lead@holder
urge              | OPEN               | =            | dispatcher@holder hotline@ticket source@alarm
supervise         | OPEN               | =            | supervisor@above system@clock
instruct          | OPEN               | =            | leader@above
copy_to           | OPEN               | =            | dispatcher@holder
mark_urgent       | OPEN               | =            | acceptor@holder
note              | OPEN               | =            | grid_officer@case grid_lead@case acceptor@case dispatcher@case \
shift_lead@case dept_clerk@case dept_lead@case checker@case supervisor@case leader@case hotline@ticket
hand_over         | verifying pending_check | = | system@clock
supplement        | OPEN               | =            | hotline@ticket
revisit           | OPEN closed self_closed rejected | = | hotline@ticket
redact            | OPEN closed self_closed rejected merged voided | = | shift_lead@holder system@clock
"""
OPEN = ("reported", "verifying", "accepted", "dispatched", "handling", "suspended", "pending_check", "pending_close")
# The clock that runs in each state; in the others none does.
STAGES = {
    "reported": "accept", "verifying": "verify", "accepted": "dispatch", "dispatched": "sign", "handling": "handle",
    "suspended": "review", "pending_check": "check", "pending_close": "close",
}  # fmt: skip
# What a step has to carry.
WORDS = {
    "refute", "cannot_tell", "reject", "return", "redispatch", "escalate", "request_extension", "refuse_extension",
    "ask_suspension", "refuse_suspension", "finish", "fail_check", "force_close", "reopen", "void", "instruct", "note",
    "recall_joint", "joint_finish", "joint_return", "redact",
}  # fmt: skip
PICTURES = {"confirm", "refute", "finish", "pass_check", "fail_check"}
CENTRE_ROLES = ("acceptor", "dispatcher", "shift_lead", "checker", "supervisor", "leader")
LEVELS = ("city", "county", "township", "village")
MOST_RETURNS, MOST_EXTENSIONS, REOPEN_DAYS = 3, 2, 30
MOST_JOINT = 8


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    step: str
    sources: frozenset[str]
    target: str
    actors: tuple[tuple[str, str], ...]


def _row(line: str) -> Row:
    step, sources, target, actors = (cell.strip() for cell in line.split("|"))
    pairs = tuple((role, how) for role, _, how in (word.partition("@") for word in actors.split()))
    return Row(step, frozenset(sources.replace("OPEN", " ".join(OPEN)).split()), target, pairs)


ROWS = {row.step: row for row in map(_row, TABLE.strip().splitlines())}


@dataclass(frozen=True)
class Place:
    """An organisation: a centre of a level, or a department; `path` is its region's."""

    pk: int
    centre: bool
    level: str
    path: str


@dataclass(frozen=True)
class Desk:
    """A post: the role, where, over which ground; a grid officer's grid."""

    role: str
    at: Place
    path: str
    grid: int | None = None


@dataclass(frozen=True)
class Actor:
    """Somebody with posts; machines have no number."""

    name: str
    user: int | None
    desks: tuple[Desk, ...]


@dataclass
class Share:
    """A joint organisation's part, in hand."""

    returnable_until: datetime
    signed: bool = False


@dataclass
class Told:
    """What the model knows of an event."""

    state: str
    holder: Place
    from_hotline: bool
    category: str | None
    grid: int | None
    path: str
    reporter: int | None
    no: str = ""
    walkers: frozenset[int] = frozenset()  # the officers of its grid
    urgent: bool = False
    kinds_urgency: bool = False  # urgent by its category
    restricted: bool = False
    secret: bool = False
    from_source: bool = False  # an alarm, a device or a partner's system said it
    version: int = 1
    passed: set[int] = field(default_factory=set)
    parties: set[int] = field(default_factory=set)
    workers: set[int | None] = field(default_factory=set)
    lead: int | None = None  # with the task in hand
    last_lead: int | None = None
    returnable_until: datetime | None = None
    shares: dict[int, Share] = field(default_factory=dict)  # by organisation, those in hand
    shares_returned: int = 0
    verifier: int | None = None
    checker: int | None = None  # the person asked
    handed_to: int | None = None  # the grid lead, once the task on the spot was overdue
    leads: tuple[tuple[int, str], ...] = ()  # the grid leads, with the ground of each
    check_at: int | None = None  # the centre whose checkers stand in
    hands: set[int | None] = field(default_factory=set)  # who signed, gave back or finished it
    asked: str = ""
    returns: int = 0
    extensions: int = 0
    ended_at: datetime | None = None
    tickets: int = 0  # that it answers now
    brought: int = 0  # that left it with its merge
    mate: "Told | None" = None  # the other event, of the same thing
    merged_from: str = ""
    taken_in: int = 0

    @property
    def decided(self) -> bool:
        """Returned so often that the shift lead decides."""
        return self.returns >= MOST_RETURNS

    @property
    def is_open(self) -> bool:
        """Whether it goes on."""
        return self.state in OPEN


def sees(actor: Actor, told: Told) -> bool:
    """What each may read."""
    if actor.user is None:
        return True
    return any(_reads(actor, desk, told) for desk in actor.desks) or _own(actor, told)


def _own(actor: Actor, told: Told) -> bool:
    """Own tasks, and what one reported from one's own grids."""
    walked = {desk.grid for desk in actor.desks if desk.role == "grid_officer"}
    if not walked and not any(desk.role in ("checker", "grid_lead") for desk in actor.desks):
        return False
    return actor.user in told.workers or (actor.user == told.reporter and told.grid in walked)


def _reads(actor: Actor, desk: Desk, told: Told) -> bool:
    if desk.role == "grid_officer":
        return desk.grid == told.grid and not told.restricted
    if desk.role in ("grid_lead", "auditor"):
        return _over(desk, told) and not told.restricted
    if desk.role in ("dept_clerk", "dept_lead", "checker") and desk.at.pk in told.parties:
        return True
    if desk.role not in CENTRE_ROLES or not desk.at.centre:
        return False
    looks = _over(desk, told) or desk.at.pk in told.passed
    return desk.at.pk == told.holder.pk or (looks and not told.restricted)


def _over(desk: Desk, told: Told) -> bool:
    return bool(told.path) and told.path.startswith(desk.path)


def desk_for(step: str, actor: Actor, told: Told) -> Desk | None:
    """The post at which somebody may take a step, by role and by how it stands to the event; None: at none."""
    row = ROWS[step]
    if told.state not in row.sources or not sees(actor, told):
        return None
    for desk in actor.desks:
        if any(role == desk.role and _stands(how, actor, desk, told) for role, how in row.actors):
            return desk
    return None


def _stands(how: str, actor: Actor, desk: Desk, told: Told) -> bool:
    holds, over = desk.at.pk == told.holder.pk, _over(desk, told)
    in_case = desk.at.pk in told.passed | told.parties or actor.user in told.workers or actor.user == told.reporter
    return {
        "holder": holds,
        "undecided": holds and not told.decided,
        "deciding": holds and told.decided,
        "ground": over,
        "above": over or holds,
        "lead": told.lead == desk.at.pk,
        "joint": desk.at.pk in told.shares,
        "asked": told.verifier is not None and _on_the_spot(actor, desk, told, told.verifier),
        "check": told.check_at is not None
        and actor.user not in told.hands
        and (_on_the_spot(actor, desk, told, told.checker) or _stands_in(desk, told)),
        "case": in_case,
        "ticket": told.tickets > 0,
        "clock": True,
        "rule": False,  # no category of the walks is one that is dispatched by itself
        "alarm": told.from_source,
    }[how]


def _on_the_spot(actor: Actor, desk: Desk, told: Told, asked: int | None) -> bool:
    """Who was asked, or walks the grid by now; a lead once it was handed over."""
    if desk.role == "grid_lead":
        return told.handed_to is not None and (told.handed_to == actor.user or _over(desk, told))
    return (asked is not None and asked == actor.user) or (desk.grid is not None and desk.grid == told.grid)


def lead_to_ask(told: Told) -> int | None:
    """The grid lead over the place whose ground is smallest, but not who was asked or had a hand in the work."""
    barred = {*told.hands, told.verifier, told.checker}
    fit = [lead for lead in told.leads if told.path.startswith(lead[1]) and lead[0] not in barred]
    return max(fit, key=lambda lead: len(lead[1]))[0] if fit else None


def _stands_in(desk: Desk, told: Told) -> bool:
    return desk.role == "checker" and desk.at.pk == told.check_at


# What stands in the way besides state and post; `due` is when the stage's allowance ends.
_HINDRANCES: dict[str, Callable[[Told, datetime, datetime | None], bool]] = {
    "request_verify": lambda told, now, due: (
        not (told.from_hotline or told.from_source) or told.grid is None or not told.walkers
    ),
    "return": lambda told, now, due: told.decided or told.returnable_until is None or now > told.returnable_until,
    "escalate": lambda told, now, due: told.holder.level == "city",
    "assign_down": lambda told, now, due: told.holder.level == "village" or told.grid is None,
    "request_extension": lambda told, now, due: (
        bool(told.asked) or told.extensions >= MOST_EXTENSIONS or due is None or now >= due
    ),
    "grant_extension": lambda told, now, due: told.asked != "extension",
    "refuse_extension": lambda told, now, due: told.asked != "extension",
    "ask_suspension": lambda told, now, due: bool(told.asked),
    "approve_suspension": lambda told, now, due: told.asked != "suspension",
    "refuse_suspension": lambda told, now, due: told.asked != "suspension",
    "accept": lambda told, now, due: told.category is None or told.grid is None,
    "reopen": lambda told, now, due: (
        told.category is None or told.grid is None or told.ended_at is None
        or now - told.ended_at > timedelta(days=REOPEN_DAYS)
    ),
    "copy_to": lambda told, now, due: told.restricted,
    "mark_urgent": lambda told, now, due: told.urgent,
    "finish": lambda told, now, due: bool(told.shares),
    "add_joint": lambda told, now, due: len(told.shares) >= MOST_JOINT,
    "recall_joint": lambda told, now, due: not told.shares,
    "merge": lambda told, now, due: (
        told.taken_in > 0 or is_dispute(told) or told.mate is None or not takes(told.mate, told)
    ),
    "unmerge": lambda told, now, due: told.mate is None or not told.mate.is_open,
    "hand_over": lambda told, now, due: told.handed_to is not None or lead_to_ask(told) is None,
}  # fmt: skip


# The same for one's own joint share.
_OWN_HINDRANCES: dict[str, Callable[[Share, datetime], bool]] = {
    "joint_sign": lambda share, now: share.signed,
    "joint_finish": lambda share, now: not share.signed,
    "joint_return": lambda share, now: now > share.returnable_until,
}


def may(step: str, actor: Actor, told: Told, now: datetime, *, due: datetime | None) -> bool:
    """Whether a well-made step works."""
    own = _OWN_HINDRANCES.get(step)
    if own is not None:
        desk = desk_for(step, actor, told)
        return desk is not None and not own(told.shares[desk.at.pk], now)
    hindered = _HINDRANCES.get(step)
    if step == "merge" and told.mate is not None and not sees(actor, told.mate):
        return False
    return desk_for(step, actor, told) is not None and not (hindered and hindered(told, now, due))


def is_dispute(told: Told) -> bool:
    """Of the class that is never merged."""
    return told.category is not None and told.category.startswith("09")


def takes(mate: Told, told: Told) -> bool:
    """Whether an event may be merged into this one."""
    return mate.is_open and not is_dispute(mate) and mate.restricted == told.restricted


def receivers(told: Told, places: list[Place]) -> list[Place]:
    """Whom the holder may dispatch to: a township's or village's centre its county's departments and itself, a county's
    or the city's those of its own level and below and itself."""
    holder = told.holder
    root = holder.path if holder.level in ("city", "county") else "/".join(holder.path.split("/")[:2]) + "/"
    return [one for one in places if (not one.centre and one.path.startswith(root)) or one.pk == holder.pk]


def centre_above(told: Told, places: list[Place]) -> Place:
    """The next level's."""
    higher = LEVELS[: LEVELS.index(told.holder.level)]
    found = [one for one in places if one.centre and one.level in higher and told.holder.path.startswith(one.path)]
    return max(found, key=lambda one: LEVELS.index(one.level))


def centres_below(told: Told, places: list[Place]) -> list[Place]:
    """Those of the ground where it lies."""
    lower = LEVELS[LEVELS.index(told.holder.level) + 1 :]
    return [one for one in places if one.centre and one.level in lower and told.path.startswith(one.path)]


def readers(told: Told, places: list[Place]) -> list[Place]:
    """Whom a copy may go to: who is not in it yet, of the centres over its ground and those it may be given to."""
    ground = told.path or told.holder.path
    centres = [one for one in places if one.centre and ground.startswith(one.path)]
    known = told.parties | told.passed
    return [one for one in {*centres, *receivers(told, places)} if one.pk not in known]
