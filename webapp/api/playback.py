"""Live pictures over HTTP: ask for one, end it. The picture itself comes from the gateway."""

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from events.selectors import cards
from gis_layers.policy import Purpose
from gis_layers.services import playback
from webapp.api.auth import access
from webapp.api.parsing import Body
from webapp.sessions import binding

router = Router(tags=["playback"])


class PlaybackIn(Body):
    """A channel, and what for: an event that one sees, or words."""

    channel: Annotated[str, Field(max_length=20)]
    event_no: Annotated[str, Field(max_length=24)] = ""
    purpose: Annotated[str, Field(max_length=200)] = ""


class PlaybackOut(Schema):
    """Where to connect, once, within a minute."""

    session: UUID
    url: str
    watermark: str


@router.post("/playback", response={201: PlaybackOut}, summary="Ask for a live picture")
def post_playback(request: HttpRequest, body: PlaybackIn) -> Status[PlaybackOut]:
    """The decision is written down before the answer."""
    who = access(request)
    if body.event_no:
        cards.find(who, body.event_no)
    opened = playback.open_view(
        access=who,
        channel=body.channel,
        purpose=Purpose(event_no=body.event_no, words=body.purpose),
        binding=binding(request.session.session_key or ""),
    )
    return Status(201, PlaybackOut(session=opened.session, url=opened.url, watermark=opened.watermark))


@router.post("/playback/{session}/end", response={204: None}, summary="End a live picture")
def end_playback(request: HttpRequest, session: UUID) -> Status[None]:
    """Cuts it at once."""
    playback.close_view(access=access(request), session=session)
    return Status(204, None)
