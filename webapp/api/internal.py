"""What the media gateway asks of us. Only reachable over the local socket (nginx hides it), and signed all the same."""

import hmac
import time
from collections.abc import Callable
from typing import Annotated, Any, TypeVar
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gis_layers.services import playback
from gis_layers.video.platform import signature
from grid import strict_json
from grid.refusals import Refusal
from webapp.problems import problem

_TOLERANCE = 30  # seconds between two clocks of one machine


class _Call(BaseModel):
    model_config = ConfigDict(extra="forbid")
    session: UUID


class _Authorise(_Call):
    user: Annotated[str, Field(pattern=r"^[0-9]{1,18}$")]
    channel: str
    binding: str
    address: str


class _Closed(_Call):
    reason: str
    seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    bytes: Annotated[int, Field(ge=0)]


CallType = TypeVar("CallType", bound=_Call)


def _genuine(request: HttpRequest) -> bool:
    stamp = request.headers.get("X-Gateway-Time", "")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) < 12) or abs(time.time() - int(stamp)) > _TOLERANCE:
        return False
    given = request.headers.get("X-Gateway-Signature", "")
    expected = signature(key=settings.TICKET_KEY, stamp=stamp, body=request.body)
    return hmac.compare_digest(expected, given)


def _signed(kind: type[CallType], view: Callable[[CallType], dict[str, Any]]) -> Callable[..., HttpResponse]:
    """A view for calls of this shape; what is not signed finds nothing here."""

    def answer(request: HttpRequest) -> HttpResponse:
        if not _genuine(request):
            return problem(request, 404, "not-found", "There is nothing here.")
        try:
            call = kind.model_validate(strict_json.loads(request.body))
        except (strict_json.NotJson, ValidationError):
            return problem(request, 422, "invalid-fields", "The gateway's call can't be read.")
        return JsonResponse(view(call))

    return csrf_exempt(require_POST(answer))


def _authorise(call: _Authorise) -> dict[str, Any]:
    try:
        admission = playback.admit(
            session=call.session,
            user=call.user,
            channel=call.channel,
            binding=call.binding,
            address=call.address or None,
        )
    except playback.Spent:
        return {"refused": "ticket", "detail": "The ticket was used before."}
    except Refusal as refusal:
        return {"refused": "refused", "detail": str(refusal.detail)}
    upstream = admission.upstream
    return {
        "upstream": {
            "host": upstream.host, "port": upstream.port, "path": upstream.path,
            "username": upstream.username, "password": upstream.password,
        },
        "watermark": admission.watermark,
        "user": str(admission.user),
    }  # fmt: skip


def _recheck(call: _Call) -> dict[str, Any]:
    return {"allowed": playback.still_allowed(call.session)}


def _closed(call: _Closed) -> dict[str, Any]:
    playback.ended(session=call.session, reason=call.reason, seconds=call.seconds, sent=call.bytes)
    return {}


authorise = _signed(_Authorise, _authorise)
recheck = _signed(_Call, _recheck)
closed = _signed(_Closed, _closed)
