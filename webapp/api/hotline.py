"""The hotline's webhook: read the body, check the size, hand it on."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from events.hotline import intake
from events.hotline.signature import HEADERS, Unsigned
from grid.refusals import Refusal
from grid.strict_json import MAX_BYTES
from webapp.api import errors
from webapp.middleware import client_address


@csrf_exempt
@require_POST
def messages(request: HttpRequest) -> HttpResponse:
    """POST /hotline/v1/messages: one signed message. docs/api/hotline.md is its manual."""
    if int(request.headers.get("Content-Length") or 0) > MAX_BYTES:
        return errors.problem(request, 413, "too-large", _("A message may be at most 1 MB."))
    try:
        answer = intake.take(
            body=request.body,
            headers={name: request.headers.get(name, "") for name in HEADERS},
            secrets=settings.HOTLINE_KEYS,
            address=client_address(request),
            request_id=getattr(request, "id", ""),
        )
    except Unsigned as refusal:
        return errors.problem(request, 401, refusal.code, str(refusal.detail))
    except Refusal as refusal:
        return errors.refused(request, refusal)
    return JsonResponse(answer.body, status=answer.status, json_dumps_params={"ensure_ascii": False})
