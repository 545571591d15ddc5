"""Bringing the category table to a list of rows. Nothing is deleted: old events keep their category."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from events.models import Category

if TYPE_CHECKING:
    from data.categories import CategoryRow


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
    fields = _fields(rows[0]) if rows else {}
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
        Category.objects.bulk_update([*changed, *retired], [*fields, "active"])
    return CategoriesLoaded(
        added=len(added), changed=len(changed), retired=len(retired), kept=len(rows) - len(added) - len(changed)
    )


def _fields(row: "CategoryRow") -> dict[str, Any]:
    fields = asdict(row)
    del fields["code"]
    return {**fields, "keywords": list(row.keywords), "active": True}


def _apply(category: Category, fields: dict[str, Any]) -> bool:
    differing = {name: value for name, value in fields.items() if getattr(category, name) != value}
    for name, value in differing.items():
        setattr(category, name, value)
    return bool(differing)
