"""Bringing the category table to a list of rows. Nothing is deleted: old events keep their category."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from events.models import Category
from grid.policy import NOBODY
from grid.refusals import Invalid
from grid.services import audit

if TYPE_CHECKING:
    from data.categories import CategoryRow


_COLUMNS = [
    "major", "major_name", "name", "keywords", "handle_amount", "handle_clock", "urgent", "self_resolvable",
    "department", "county_department", "min_level", "restricted", "component_kinds", "auto_dispatch", "active",
]  # fmt: skip


@dataclass(frozen=True)
class CategoriesLoaded:
    """How many rows were added, changed, retired (no longer offered) and left as they were."""

    added: int
    changed: int
    retired: int
    kept: int


@transaction.atomic
def load(*, rows: Sequence["CategoryRow"]) -> CategoriesLoaded:
    """Make the table hold exactly `rows` as its active categories, all or nothing; loading twice changes nothing."""
    known = {category.code: category for category in Category.objects.select_for_update()}
    added, changed = [], []
    for row in rows:
        category = known.pop(row.code, None)
        if category is None:
            added.append(Category(code=row.code, **_fields(row)))
        elif _apply(category, _fields(row)):
            changed.append(category)
    retired = [category for category in known.values() if _apply(category, {"active": False})]
    Category.objects.bulk_create(added)
    if changed or retired:
        Category.objects.bulk_update([*changed, *retired], _COLUMNS)
    return CategoriesLoaded(
        added=len(added), changed=len(changed), retired=len(retired), kept=len(rows) - len(added) - len(changed)
    )


def _fields(row: "CategoryRow") -> dict[str, Any]:
    fields = asdict(row)
    del fields["code"]
    if row.auto_dispatch is None:  # the list doesn't say: it stays as the installation has it
        del fields["auto_dispatch"]
    return {**fields, "keywords": list(row.keywords), "component_kinds": list(row.component_kinds), "active": True}


def _apply(category: Category, fields: dict[str, Any]) -> bool:
    differing = {name: value for name, value in fields.items() if getattr(category, name) != value}
    for name, value in differing.items():
        setattr(category, name, value)
    return bool(differing)


@transaction.atomic
def set_auto_dispatch(*, codes: Sequence[str], on: bool) -> int:
    """Let the system dispatch events of these categories by itself, or no longer; how many changed.

    Raises Invalid for a code that is no category in use; then nothing changes.
    """
    found = {one.code: one for one in Category.objects.select_for_update().filter(code__in=codes, active=True)}
    unknown = sorted({*codes} - set(found))
    if unknown:
        detail = _("There is no category %(codes)s. Take codes of the list, like 06-001.")
        raise Invalid("category-unknown", detail % {"codes": ", ".join(unknown)}, field="category")
    changed = [one for one in found.values() if _apply(one, {"auto_dispatch": on})]
    Category.objects.bulk_update(changed, ["auto_dispatch"])
    for one in changed:
        audit.record(
            access=NOBODY, action="category.auto_dispatch", kind="category", subject=one.code, detail={"on": on}
        )
    return len(changed)
