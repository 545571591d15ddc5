"""The webhook of other sources: read the body, check the size, hand it on. A signature opens it, no session does."""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import Path, Router
from pydantic import Field

from events.hotline import alarms
from events.hotline.signature import HEADERS, Unsigned
from grid.strict_json import MAX_BYTES
from webapp.api.machine import MACHINE_BODY, declared_length
from webapp.middleware import client_address
from webapp.problems import problem

router = Router(tags=["sources"], auth=None)
Code = Annotated[str, Field(max_length=32, pattern=r"^[a-z][a-z0-9-]*$")]


@router.post("/sources/{code}", response={200: dict[str, Any], 201: dict[str, Any]}, summary="Hand in an alarm",
             openapi_extra=MACHINE_BODY)  # fmt: skip
def post_alarm(request: HttpRequest, code: Path[Code]) -> HttpResponse:
    """One message of a source, signed as Standard Webhooks prescribes. docs/api/sources.md is its manual."""
    if declared_length(request) > MAX_BYTES or len(request.body) > MAX_BYTES:
        return problem(request, 413, "too-large", _("A message may be at most 1 MB."))
    try:
        answer = alarms.take(
            code=code,
            body=request.body,
            headers={name: request.headers.get(name, "") for name in HEADERS},
            address=client_address(request),
            request_id=getattr(request, "id", ""),
        )
    except Unsigned as refusal:
        return problem(request, 401, refusal.code, str(refusal.detail))
    as_ever = {"ensure_ascii": False, "sort_keys": True}  # an answer comes back from the database byte for byte
    return JsonResponse(answer.body, status=answer.status, json_dumps_params=as_ever)
