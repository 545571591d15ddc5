"""Keeping, changing and removing views of the worklist. What is shared is changed by who leads the organisation."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from events import personal
from events.models import SavedView
from events.selectors import ordering
from events.selectors.narrowing import Narrowing, narrowed
from events.selectors.savedviews import SavedRow, edited_by, organisations_of, saved_row, saved_views
from events.selectors.views import views_of
from grid.policy import Access
from grid.refusals import Conflict, Forbidden, Invalid, NotFound
from grid.services import audit

MOST = 20
"""So many views a person keeps, and so many an organisation shares: all are counted whenever a list is."""

LONGEST_NAME = 40


@dataclass(frozen=True)
class Draft:
    """A view to be kept: for the organisation with this id, or (None) for oneself."""

    name: str
    view: str
    by: Narrowing
    sort: str = ordering.LEFT
    organisation: int | None = None


def keep(*, access: Access, draft: Draft, now: datetime | None = None) -> SavedRow:
    """Keep a view.

    Raises Invalid for what can't be kept, Forbidden for an organisation whose views are others' to change, Conflict
    for a name that is taken and where there are `MOST` already.
    """
    if not organisations_of(access):
        raise Forbidden("no-business-data", _("Views are for those who work on events."))
    _check(access, draft)
    owner = None if draft.organisation else access.user
    if SavedView.objects.filter(owner=owner, organisation=draft.organisation).count() >= MOST:
        raise Conflict("views-enough", _("There are %d views already, which is the most. Remove one first.") % MOST)
    saved = SavedView(owner_id=owner, organisation_id=draft.organisation)
    return _written(access, saved, draft, "view.keep", now or timezone.now())


def change(*, access: Access, number: int, draft: Draft, now: datetime | None = None) -> SavedRow:
    """Change a view; whose it is stays. Raises NotFound for one that isn't this reader's, and as `keep` does."""
    saved = _own(access, number)
    _check(access, draft)
    if saved.organisation_id != draft.organisation:
        raise Invalid("view-stays", _("Whose view it is stays. Keep a new one instead."), field="organisation")
    return _written(access, saved, draft, "view.change", now or timezone.now())


def remove(*, access: Access, number: int) -> None:
    """Remove a view. Raises NotFound for one that isn't this reader's, Forbidden for one that others change."""
    saved = _own(access, number)
    with transaction.atomic():
        _record(access, saved, "view.remove")
        saved.delete()


def _own(access: Access, number: int) -> SavedView:
    found: QuerySet[SavedView] = saved_views(access).filter(pk=number)
    saved = found.first()
    if saved is None:
        raise NotFound("no-such-view", _("There is no such view, or it is not yours."))
    _want_editor(access, saved.organisation_id)
    return saved


def _want_editor(access: Access, organisation: int | None) -> None:
    if organisation is not None and organisation not in edited_by(access):
        raise Forbidden(
            "views-not-yours", _("What your organisation shares is changed by its shift lead or its department's lead.")
        )


def _check(access: Access, draft: Draft) -> None:
    if not 0 < len(draft.name.strip()) <= LONGEST_NAME:
        raise Invalid("name-needed", _("Give it a name of at most %d characters.") % LONGEST_NAME, field="name")
    if any(personal.without(words) != words for words in (draft.name, draft.by.text)):
        raise Invalid(
            "personal-data", _("A mobile number or an identity number has no place in a kept view."), field="name"
        )
    if draft.view not in views_of(access):
        raise Invalid("view-unknown", _("There is no such view for your post."), field="view")
    ordering.check(draft.sort)
    narrowed(draft.by)
    _want_editor(access, draft.organisation)


def _written(access: Access, saved: SavedView, draft: Draft, action: str, now: datetime) -> SavedRow:
    by = draft.by
    saved.name, saved.view, saved.sort = draft.name.strip(), draft.view, draft.sort
    saved.region, saved.state, saved.category, saved.text = by.region, by.state, by.category, by.text.strip()
    saved.changed_by_id, saved.changed_at = access.user or 0, now
    try:
        with transaction.atomic():
            saved.save()
            _record(access, saved, action)
    except IntegrityError:
        words = _("There is a view of this name already. Give it another.")
        raise Conflict("name-taken", words, field="name") from None
    return saved_row(access, saved)


def _record(access: Access, saved: SavedView, action: str) -> None:
    audit.record(
        access=access, action=action, kind="view", subject=saved.pk, organisation=saved.organisation_id,
        detail={"name": saved.name, "shared": saved.organisation_id is not None},
    )  # fmt: skip
