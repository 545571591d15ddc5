"""Who stands behind a request."""

from django.http import HttpRequest
from django.utils import timezone

from grid.models import User
from grid.policy import NOBODY, Access, access_of
from webapp.middleware import client_address


def asking(request: HttpRequest) -> Access:
    """The access of the signed-in user, or of nobody, with the address and id of the request. One query."""
    user = request.user
    access = access_of(user, now=timezone.now()) if isinstance(user, User) else NOBODY
    return access.coming_from(address=client_address(request), request_id=getattr(request, "id", ""))
