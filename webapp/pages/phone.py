"""What makes the patrol page an app on a phone: its manifest, and the service worker at an address that reaches it."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe


@require_safe
def manifest(_request: HttpRequest) -> HttpResponse:
    """The web app manifest of the patrol page."""
    body = {
        "id": "/patrol",
        "name": _("Wangge patrol"),
        "short_name": _("Patrol"),
        "start_url": "/patrol",
        "scope": "/",
        "display": "standalone",
        "background_color": "#eef0f3",
        "theme_color": "#1d5fd1",
        "icons": [{"src": static("pages/mark.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}],
    }
    return JsonResponse(body, content_type="application/manifest+json")


@require_safe
def worker(_request: HttpRequest) -> HttpResponse:
    """The built service worker, never cached by the browser, so that a release reaches every phone."""
    try:
        script = (settings.CLIENT_MANIFEST.parent / "sw.js").read_bytes()
    except OSError:
        raise Http404 from None
    return HttpResponse(script, content_type="text/javascript", headers={"Cache-Control": "no-cache"})
