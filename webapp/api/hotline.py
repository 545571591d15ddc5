"""The hotline's webhook: read the body, check the size, hand it on."""

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from events.hotline import intake
from events.hotline.signature import HEADERS, Unsigned
from grid.refusals import Refusal
from grid.strict_json import MAX_BYTES
from webapp.api import errors
from webapp.api.machine import declared_length
from webapp.middleware import client_address
from webapp.problems import problem


@csrf_exempt
def messages(request: HttpRequest) -> HttpResponse:
    """POST /hotline/v1/messages: one signed message. docs/api/hotline.md is its manual."""
    if request.method != "POST":
        response = problem(request, 405, "method-not-allowed", _("Send messages with POST."))
        response["Allow"] = "POST"
        return response
    if declared_length(request) > MAX_BYTES or len(request.body) > MAX_BYTES:
        return problem(request, 413, "too-large", _("A message may be at most 1 MB."))
    try:
        answer = intake.take(
            body=request.body,
            headers={name: request.headers.get(name, "") for name in HEADERS},
            address=client_address(request),
            request_id=getattr(request, "id", ""),
        )
    except Unsigned as refusal:
        return problem(request, 401, refusal.code, str(refusal.detail))
    except Refusal as refusal:
        return errors.refused(request, refusal)
    except OperationalError as error:
        return errors.database_gone(request, error)
    as_ever = {"ensure_ascii": False, "sort_keys": True}  # an answer comes back from the database byte for byte
    return JsonResponse(answer.body, status=answer.status, json_dumps_params=as_ever)
