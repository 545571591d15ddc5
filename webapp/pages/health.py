"""Is the process alive, and may it take work."""

from dataclasses import asdict

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from webapp import readiness


@never_cache
@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(_request: HttpRequest) -> HttpResponse:
    """200 when work may be taken; else 503 with every reason. Warnings are of what is out of order beside that."""
    reasons = [asdict(fault) for fault in readiness.faults()]
    warnings = [] if reasons else [asdict(warning) for warning in readiness.warnings()]
    told = {"ready": not reasons, "reasons": reasons, "warnings": warnings}
    return JsonResponse(told, status=503 if reasons else 200)
