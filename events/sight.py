"""Who may see an event: one rule, said once, pure.

`Scope` is what of an event the rule looks at; `Sight` is what of a reader. `events.policy` renders the same rule as SQL
for lists, tiles and counts; a property test holds the two together.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Scope:
    """What decides who sees an event."""

    path: str  # of its grid in the region tree; empty while it has no place
    grid: int | None
    holder: int  # organisation that holds it now
    passed: tuple[int, ...]  # every organisation that ever held it, the holder included
    parties: tuple[int, ...]  # organisations that have or had a task in it
    workers: tuple[int, ...]  # users with a task of their own in it
    reporter: int | None  # the user who reported it
    restricted: bool  # class 09: only the case's own organisations
    device: bool = False  # class 90: about a camera or another device
    category: str = ""  # 小类; empty while it has none

    def as_json(self) -> dict[str, Any]:
        """As the feed keeps it."""
        return asdict(self)

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> "Scope":
        """Back from `as_json`."""
        return cls(
            path=row["path"], grid=row["grid"], holder=row["holder"], passed=tuple(row["passed"]),
            parties=tuple(row["parties"]), workers=tuple(row["workers"]), reporter=row["reporter"],
            restricted=row["restricted"], device=row.get("device", False), category=row.get("category", ""),
        )  # fmt: skip


@dataclass(frozen=True)
class Opening:
    """What another organisation lets one read: its events of some classes in a region."""

    path: str  # region subtree, never empty
    classes: tuple[str, ...]  # 大类 ("06") and 小类 ("06-001")
    owner: int  # it has or had a task in them; 0: a centre lends its ground

    def opens(self, scope: Scope) -> bool:
        """Whether an event of this scope is one of them; whether it is kept within its case is asked elsewhere."""
        if not scope.path.startswith(self.path) or (self.owner and self.owner not in scope.parties):
            return False
        return any(scope.category == code or scope.category.startswith(f"{code}-") for code in self.classes)


@dataclass(frozen=True)
class Sight:
    """What a reader's posts let it see. All empty: nothing. Readers with equal sights are one audience."""

    paths: tuple[str, ...] = ()  # region subtrees read as a centre, checker, supervisor, leader or auditor
    centres: tuple[int, ...] = ()  # centres worked at: what they hold or held
    members: tuple[int, ...] = ()  # organisations worked for: what they have or had a task in
    keepers: tuple[int, ...] = ()  # organisations whose devices one keeps: what they have or had a task in of class 90
    grids: tuple[int, ...] = ()  # grids walked
    user: int | None = None  # set where tasks or reports of one's own count
    openings: tuple[Opening, ...] = ()  # what other organisations let one read at present

    def sees(self, scope: Scope) -> bool:
        """Whether an event of this scope is visible."""
        return self._works_in(scope) or (not scope.restricted and self._looks_over(scope))

    def _works_in(self, scope: Scope) -> bool:
        """By being in the case: holding it, having a task, or having reported it from one's own grid."""
        if scope.holder in self.centres or not set(self.members).isdisjoint(scope.parties):
            return True
        if scope.device and not set(self.keepers).isdisjoint(scope.parties):
            return True
        if self.user is None:
            return False
        return self.user in scope.workers or (scope.reporter == self.user and scope.grid in self.grids)

    def _looks_over(self, scope: Scope) -> bool:
        """By place: the ground one answers for, what passed through one's centre, or what others let one read."""
        if scope.grid is not None and scope.grid in self.grids:
            return True
        if not set(self.centres).isdisjoint(scope.passed):
            return True
        if scope.path and scope.path.startswith(self.paths):
            return True
        return any(opening.opens(scope) for opening in self.openings)
