"""How the installation stands, over HTTP."""

from django.http import HttpRequest
from ninja import Router

from webapp import status
from webapp.api.auth import access
from webapp.status import StatusPage

router = Router(tags=["status"])


@router.get("/status", response=StatusPage, summary="How the installation stands")
def get_status(request: HttpRequest) -> StatusPage:
    """Each part, the alarms first: the worker among them, once it was not heard for the minutes that are set."""
    return status.status(access(request))
