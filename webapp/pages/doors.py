"""Who may open a page: the signed-in alone, and of these the posts that it is for."""

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

from grid.policy import Access
from webapp.asking import asking
from webapp.pages.catalogue import Page, home_of, labels

P = ParamSpec("P")


def signed_in(
    view: Callable[Concatenate[HttpRequest, Access, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """The view gets the reader's access; anybody else is sent to sign in, and comes back afterwards."""

    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            query = urlencode({"next": request.get_full_path()}) if request.method == "GET" else ""
            return HttpResponseRedirect(f"{settings.LOGIN_URL}?{query}".rstrip("?"))
        response = view(request, asking(request), *args, **kwargs)
        add_never_cache_headers(response)
        return response

    return functools.wraps(view)(guarded)


def refused(request: HttpRequest, access: Access, page: Page) -> HttpResponse:
    """A friendly no: which posts the reader has, which ones the page is for, where the reader's own work is."""
    context: dict[str, Any] = {
        "page_title": page.title,
        "own": [f"{duty.organisation_name} {labels([duty.role])[0]}" for duty in access.duties],
        "needed": labels(page.roles),
        "home": home_of(access),
    }
    return render(request, "403.html", context, status=403)
