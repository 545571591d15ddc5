"""Devices that report by themselves, over HTTP: what the map's card of one says."""

from dataclasses import asdict
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Path, Router, Schema
from pydantic import Field

from events.selectors.alarms import MessageRow, last_messages
from gis_layers.selectors import DeviceRow, placed_device
from webapp.api.auth import access

router = Router(tags=["sources"])
Number = Annotated[int, Field(ge=1, le=9_223_372_036_854_775_807)]


class DeviceOut(Schema):
    """A device and its last 5 messages, newest first."""

    device: DeviceRow
    messages: list[MessageRow]


@router.get("/devices/{number}", response=DeviceOut, summary="A device that reports by itself")
def get_device(request: HttpRequest, number: Path[Number]) -> dict[str, Any]:
    """By the feature id that the tiles carry: whose it is, where it stands, and what it reported last."""
    who = access(request)
    device = placed_device(who, number)
    return {"device": asdict(device), "messages": [asdict(row) for row in last_messages(who, device=device.id)]}
