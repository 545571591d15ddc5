"""Writing, changing and removing an organisation's reply templates: by those who lead it."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from events import personal
from events.models import ReplyTemplate
from events.selectors.savedviews import edited_by
from events.selectors.templates import USED_AT, TemplateRow, category_names, template_row, templates_of
from events.services.deeds import LONGEST_TEXT
from events.wording import faults
from grid.policy import Access
from grid.refusals import Conflict, Forbidden, Invalid, NotFound
from grid.services import audit

MOST = 200
"""So many an organisation has."""

LONGEST_TITLE = 40
_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True)
class Draft:
    """A template to be: of an organisation, at a step, for a 小类, a 大类 or (empty) any category."""

    organisation: int
    step: str
    category: str
    title: str
    body: str


def keep(*, access: Access, draft: Draft, now: datetime | None = None) -> TemplateRow:
    """Add a template.

    Raises Invalid for what can't be one, Forbidden for an organisation that others write for, Conflict for a title that
    is taken and where there are `MOST` already.
    """
    names = _check(access, draft)
    if ReplyTemplate.objects.filter(organisation=draft.organisation).count() >= MOST:
        raise Conflict(
            "templates-enough", _("There are %d templates already, which is the most. Remove one first.") % MOST
        )
    return _written(access, ReplyTemplate(), draft, "template.keep", names, now)


def change(
    *, access: Access, number: int, draft: Draft, changed_at: datetime, now: datetime | None = None
) -> TemplateRow:  # fmt: skip
    """Change a template as it was when it was last changed at `changed_at`; whose it is stays.

    Raises NotFound for one that isn't of this reader's organisations, Conflict for one that somebody has changed
    meanwhile (`extra` says how it stands), and as `keep` does.
    """
    one = _own(access, number)
    names = _check(access, draft)
    if one.organisation_id != draft.organisation:
        raise Invalid("template-stays", _("Whose template it is stays. Write a new one instead."), field="organisation")
    if abs(one.changed_at - changed_at) >= _MILLISECOND:  # what is sent out says moments to the millisecond
        words = _("Somebody has changed it meanwhile. What you typed is kept; see how it stands, then save again.")
        row = asdict(template_row(access, one, names)) | {"changed_at": one.changed_at.isoformat()}
        raise Conflict("template-changed", words, extra={"template": row})
    return _written(access, one, draft, "template.change", names, now)


def remove(*, access: Access, number: int) -> None:
    """Remove a template. Raises NotFound and Forbidden."""
    one = _own(access, number)
    with transaction.atomic():
        _record(access, one, "template.remove")
        one.delete()


def _own(access: Access, number: int) -> ReplyTemplate:
    one = templates_of(access).filter(pk=number).first()
    if one is None:
        raise NotFound("no-such-template", _("There is no such template, or it is not your organisation's."))
    _want_editor(access, one.organisation_id)
    return one


def _want_editor(access: Access, organisation: int) -> None:
    if organisation not in edited_by(access):
        words = _("An organisation's templates are written by its shift lead or its department's lead.")
        raise Forbidden("templates-not-yours", words)


def _check(access: Access, draft: Draft) -> dict[str, str]:
    """The names of categories, which were looked at."""
    _want_editor(access, draft.organisation)
    if draft.step not in USED_AT:
        raise Invalid("step-without-words", _("There are no templates for this step."), field="step")
    if not 0 < len(draft.title.strip()) <= LONGEST_TITLE:
        raise Invalid("title-needed", _("Give it a title of at most %d characters.") % LONGEST_TITLE, field="title")
    names = category_names()
    if draft.category and draft.category not in names:
        raise Invalid("category-unknown", _("There is no such category. Choose one of the list."), field="category")
    _check_body(draft.body)
    return names


def _check_body(body: str) -> None:
    if not 0 < len(body.strip()) <= LONGEST_TEXT // 2:
        raise Invalid("text-needed", _("Write between 1 and %d characters.") % (LONGEST_TEXT // 2), field="body")
    wrong = faults(body)
    if wrong:
        words = _("Not known: %s. Only the facts listed can stand in braces.")
        raise Invalid("fact-unknown", words % ", ".join(wrong), field="body")
    if personal.without(body) != body:
        raise Invalid(
            "personal-data", _("A mobile number or an identity number has no place in a template."), field="body"
        )


def _written(
    access: Access, one: ReplyTemplate, draft: Draft, action: str, names: dict[str, str], now: datetime | None
) -> TemplateRow:  # fmt: skip
    one.organisation_id, one.step, one.category = draft.organisation, draft.step, draft.category
    one.title, one.body = draft.title.strip(), draft.body.strip()
    one.changed_by_id, one.changed_at = access.user, now or timezone.now()
    try:
        with transaction.atomic():
            one.save()
            _record(access, one, action)
    except IntegrityError:
        words = _("There is a template of this title for that step and category already.")
        raise Conflict("title-taken", words, field="title") from None
    return template_row(access, one, names)


def _record(access: Access, one: ReplyTemplate, action: str) -> None:
    audit.record(
        access=access, action=action, kind="template", subject=one.pk, organisation=one.organisation_id,
        detail={"title": one.title, "step": one.step, "category": one.category},
    )  # fmt: skip
