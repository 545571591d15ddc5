"""The pages for what is not there and what went wrong."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """No such page."""
    return render(request, "404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """Our own fault. Says the request's number, and needs neither database nor client build."""
    context = {"request_id": getattr(request, "id", ""), "title": _("Something broke on our side")}
    return HttpResponse(render_to_string("500.html", context), status=500)
