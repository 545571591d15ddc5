"""What the media gateway asks of us. Only reachable over the local socket (nginx hides it), and signed all the same."""

import hmac
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from gis_layers.services import playback
from gis_layers.video.platform import signature
from grid import strict_json
from grid.refusals import Refusal
from webapp.api.errors import problem

_TOLERANCE = 30  # seconds between two clocks of one machine


def _genuine(request: HttpRequest) -> bool:
    stamp = request.headers.get("X-Gateway-Time", "")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) < 12) or abs(time.time() - int(stamp)) > _TOLERANCE:
        return False
    given = request.headers.get("X-Gateway-Signature", "")
    expected = signature(key=settings.INTERNAL_KEY, stamp=stamp, body=request.body)
    return hmac.compare_digest(expected, given)


def _signed(view: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[HttpRequest], HttpResponse]:
    def answer(request: HttpRequest) -> HttpResponse:
        if not _genuine(request):
            return problem(request, 404, "not-found", "There is nothing here.")
        try:
            return JsonResponse(view(strict_json.loads(request.body)))
        except (strict_json.NotJson, KeyError, ValueError, TypeError):
            return problem(request, 422, "invalid-fields", "The gateway's call can't be read.")

    return csrf_exempt(require_POST(answer))


def _authorise(call: dict[str, Any]) -> dict[str, Any]:
    try:
        admission = playback.admit(
            session=UUID(call["session"]), user=call["user"], channel=call["channel"], binding=call["binding"],
            address=call.get("address") or None,
        )  # fmt: skip
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


def _recheck(call: dict[str, Any]) -> dict[str, Any]:
    return {"allowed": playback.still_allowed(UUID(call["session"]))}


def _closed(call: dict[str, Any]) -> dict[str, Any]:
    playback.ended(
        session=UUID(call["session"]),
        reason=str(call["reason"]),
        seconds=float(call["seconds"]),
        sent=int(call["bytes"]),
    )
    return {}


authorise = _signed(_authorise)
recheck = _signed(_recheck)
closed = _signed(_closed)
