"""Reply templates over HTTP: an organisation's register of them, and those that fit one event."""

from typing import Annotated, Literal

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Path, Router, Status
from pydantic import AwareDatetime, Field

from events.selectors import templates
from events.selectors.savedviews import organisations_of
from events.selectors.templates import Ready, Register, TemplateRow
from events.services import templates as door
from grid.refusals import Forbidden
from webapp.api.auth import access
from webapp.api.parsing import Body
from webapp.api.stepping import Number, Text

router = Router(tags=["templates"])

Id = Path[Annotated[int, Field(ge=1, le=2**62)]]


class TemplateIn(Body):
    """Words to use again: of an organisation, at a step, for a category (empty: any)."""

    organisation: Number
    step: Annotated[str, Field(max_length=20)]
    category: Annotated[str, Field(max_length=6)] = ""
    title: Annotated[str, Field(max_length=80)]
    body: Text

    def draft(self) -> door.Draft:
        """As the door takes it."""
        return door.Draft(
            organisation=self.organisation, step=self.step, category=self.category, title=self.title, body=self.body
        )


class ChangeIn(TemplateIn):
    """The template as it is to be, and when the one that was opened was last changed."""

    changed_at: AwareDatetime


@router.get("/templates", response=Register, summary="Reply templates of one's organisations")
def get_templates(request: HttpRequest) -> Register:
    """All of them, with what may stand in them and for whom one may write."""
    who = access(request)
    if not organisations_of(who):
        raise Forbidden("no-business-data", _("Templates are for those who work on events."))
    return templates.register(who)


@router.post("/templates", response={201: TemplateRow}, summary="Write a reply template")
def post_template(request: HttpRequest, body: TemplateIn) -> Status[TemplateRow]:
    """The template as it is kept."""
    return Status(201, door.keep(access=access(request), draft=body.draft()))


@router.post("/templates/{number}", response=TemplateRow, summary="Change a reply template")
def change_template(request: HttpRequest, number: Id, body: ChangeIn) -> TemplateRow:
    """The template as it is from now on. Refused with 409 and the `template` where somebody changed it meanwhile."""
    return door.change(access=access(request), number=number, draft=body.draft(), changed_at=body.changed_at)


@router.post("/templates/{number}/remove", response={204: None}, summary="Remove a reply template")
def remove_template(request: HttpRequest, number: Id) -> Status[None]:
    """It is gone."""
    door.remove(access=access(request), number=number)
    return Status(204, None)


@router.get("/events/{no}/templates", response=list[Ready], summary="Reply templates for an event")
def event_templates(
    request: HttpRequest, no: str, step: Literal["finish", "joint_finish", "close", "reject", "return"]
) -> list[Ready]:  # fmt: skip
    """With its facts filled in; what fits its category closest first."""
    return templates.ready_for(access(request), no, step, now=timezone.now())
