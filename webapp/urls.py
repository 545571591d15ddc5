"""Every address of the product."""

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path
from django.utils.translation import gettext as _
from django.views.i18n import set_language

from webapp.api import api, hotline, internal, tiles
from webapp.pages import account, credentials, failures, health, phone, shells, signing, words
from webapp.pages.catalogue import CASE, PAGES
from webapp.problems import problem

_FOR_PROGRAMS = ("/api/", "/hotline/", "/internal/", "/tiles/")

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("login", account.sign_in),
    path("login/step", signing.step),
    path("logout", account.sign_out),
    path("account", account.account),
    path("account/sessions/end", account.end_sessions),
    path("account/password", credentials.password),
    path("account/factor", credentials.factor),
    path("i18n/language", set_language),
    path("i18n/<slug:language>.js", words.catalogue),
    path("sw.js", phone.worker),
    path("patrol.webmanifest", phone.manifest),
    path("", shells.home),
    *(path(page.path, shells.shell(page)) for page in PAGES if page is not CASE),
    path("events/<slug:number>", shells.case),
    path("api/v1/", api.urls),
    path("hotline/v1/messages", hotline.messages),
    path("internal/playback/authorise", internal.authorise),
    path("internal/playback/recheck", internal.recheck),
    path("internal/playback/closed", internal.closed),
    path("", include(tiles)),
]


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What is not there: a problem for programs, a page for people."""
    if request.path.startswith(_FOR_PROGRAMS):
        return problem(request, 404, "not-found", _("There is nothing here, or not for your post."))
    return failures.not_found(request, exception)


def handler500(request: HttpRequest) -> HttpResponse:
    """What broke: a problem for programs, a page for people."""
    if request.path.startswith(_FOR_PROGRAMS):
        return problem(request, 500, "internal", _("Something broke on our side. Nothing was changed."))
    return failures.broken(request)
