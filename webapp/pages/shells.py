"""The pages that the client draws: each is a shell that says who is there and loads one entry of the build."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from grid.policy import Access
from webapp.pages.catalogue import CASE, Page, home_of, menu
from webapp.pages.doors import refused, signed_in


@require_safe
@signed_in
def home(_request: HttpRequest, access: Access) -> HttpResponse:
    """Everyone's first page is where their work is."""
    return HttpResponseRedirect(home_of(access))


def shell(page: Page) -> Callable[[HttpRequest], HttpResponse]:
    """The view of one page."""

    @require_safe
    @ensure_csrf_cookie
    @signed_in
    def view(request: HttpRequest, access: Access) -> HttpResponse:
        return _draw(request, access, page, subject="")

    return view


@require_safe
@ensure_csrf_cookie
@signed_in
def case(request: HttpRequest, access: Access, number: str) -> HttpResponse:
    """The page of one event. Whether the reader may see it, the API answers."""
    return _draw(request, access, CASE, subject=number)


def _draw(request: HttpRequest, access: Access, page: Page, *, subject: str) -> HttpResponse:
    if not page.is_for(access):
        return refused(request, access, page)
    context = {
        "page": page,
        "subject": subject,
        "name": access.name,
        "menu": [{"entry": item.entry, "path": f"/{item.path}", "title": str(item.title)} for item in menu(access)],
        "home": home_of(access),
        "now": timezone.now(),
    }
    return render(request, "shell.html", context)
