"""The pages of the product: where they are, who may open them, how they look."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from events.grants import READERS
from grid.models import Role
from grid.policy import WITHOUT_BUSINESS_DATA, Access

BUSINESS = tuple(role for role in Role if role not in WITHOUT_BUSINESS_DATA)


@dataclass(frozen=True)
class Page:
    """One page that the client draws."""

    entry: str  # of the client's build
    path: str  # in the address
    title: str | Promise
    roles: tuple[Role, ...]
    theme: str = "dark"
    size: str = ""  # the tokens' scale: console unless said
    in_menu: bool = True

    def is_for(self, access: Access) -> bool:
        """Whether one of the posts may open it."""
        return access.has(*self.roles)


MAP = Page("map", "map", _("Map"), BUSINESS)
WORK = Page("work", "work", _("Worklists"), BUSINESS)
CASE = Page("case", "events", _("Event"), BUSINESS, in_menu=False)
PATROL = Page(
    "patrol", "patrol", _("Patrol"), (Role.GRID_OFFICER, Role.GRID_LEAD, Role.CHECKER), theme="light", size="phone"
)
DELIVERIES = Page(
    "deliveries", "deliveries", _("Deliveries"),
    (Role.SHIFT_LEAD, Role.SUPERVISOR, Role.LEADER, Role.INTEGRATOR, Role.SYSADMIN),
)  # fmt: skip
RULES = Page(
    "rules", "rules", _("Responsibility"),
    (Role.ACCEPTOR, Role.DISPATCHER, Role.SHIFT_LEAD, Role.SUPERVISOR, Role.LEADER, Role.SYSADMIN),
)  # fmt: skip
COVERAGE = Page(
    "coverage", "coverage", _("Patrol coverage"),
    (Role.GRID_LEAD, Role.ACCEPTOR, Role.DISPATCHER, Role.SHIFT_LEAD, Role.SUPERVISOR, Role.LEADER),
)  # fmt: skip
SHARING = Page("sharing", "sharing", _("Sharing"), READERS)
TEMPLATES = Page("templates", "templates", _("Reply templates"), BUSINESS, in_menu=False)
SHIFTS = Page(
    "shifts", "shifts", _("Shift hand-over"),
    (Role.ACCEPTOR, Role.DISPATCHER, Role.SHIFT_LEAD, Role.SUPERVISOR, Role.LEADER),
)  # fmt: skip
STATUS = Page("status", "status", _("System status"), (Role.SYSADMIN, Role.SHIFT_LEAD), theme="light")
AUDIT = Page("audit", "audit", _("Audit trail"), (Role.AUDITOR,), theme="light")
EVALUATION = Page(
    "evaluation", "evaluation", _("Evaluation"), (Role.SHIFT_LEAD, Role.SUPERVISOR, Role.LEADER, Role.AUDITOR),
    theme="light",
)  # fmt: skip
ADMINISTRATION = Page(
    "admin", "administration", _("Administration"), (Role.SYSADMIN, Role.SECADMIN), theme="light"
)  # fmt: skip
PAGES = (
    MAP, WORK, CASE, PATROL, RULES, COVERAGE, SHARING, SHIFTS, DELIVERIES, EVALUATION, ADMINISTRATION, STATUS, AUDIT,
    TEMPLATES,
)  # fmt: skip

# Where somebody lands after signing in: the first line that fits.
_HOMES: tuple[tuple[tuple[Role, ...], Page], ...] = (
    ((Role.GRID_OFFICER, Role.GRID_LEAD), PATROL),
    ((Role.ACCEPTOR, Role.DISPATCHER, Role.SHIFT_LEAD, Role.SUPERVISOR, Role.LEADER), MAP),
    ((Role.DEPT_CLERK, Role.DEPT_LEAD, Role.CHECKER, Role.OM_ENGINEER), WORK),
    ((Role.AUDITOR,), AUDIT),
    ((Role.SYSADMIN, Role.SECADMIN), ADMINISTRATION),
    ((Role.INTEGRATOR,), DELIVERIES),
)


def home_of(access: Access) -> str:
    """The address where somebody's work is; the account page for those without any."""
    for roles, page in _HOMES:
        if access.has(*roles):
            return f"/{page.path}"
    return "/account"


def menu(access: Access) -> tuple[Page, ...]:
    """The pages that somebody may open, as the top bar lists them."""
    return tuple(page for page in PAGES if page.in_menu and page.is_for(access))


def labels(roles: Iterable[str]) -> list[str]:
    """The names of roles, as people say them."""
    return [str(Role(role).label) for role in roles]
