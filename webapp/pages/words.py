"""The words of the client: Django's catalogue as a file of its own, since no page may carry a script inside."""

import functools
import hashlib
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe
from django.views.i18n import JavaScriptCatalog

_LANGUAGES = dict(settings.LANGUAGES)
_view = JavaScriptCatalog.as_view(domain="djangojs")
_AGE = 31_536_000  # seconds


@require_safe
def catalogue(request: HttpRequest, language: str) -> HttpResponseBase:
    """The translations of the client's texts as a script; kept for ever by whoever asked for this very version."""
    if language not in _LANGUAGES:
        raise Http404
    with translation.override(language):
        response = _view(request)
    if request.GET.get("v") == _version(language):
        patch_cache_control(response, public=True, max_age=_AGE, immutable=True)
    else:
        patch_cache_control(response, no_cache=True)
    return response


def catalogue_url(language: str) -> str:
    """Where the texts of `language` are, with their version."""
    return f"/i18n/{language}.js?v={_version(language)}"


@functools.cache
def _version(language: str) -> str:
    """Changes with the compiled texts; a process that started before a release answers with its own."""
    digest = hashlib.sha256(language.encode())
    for root in settings.LOCALE_PATHS:
        compiled = Path(root) / translation.to_locale(language) / "LC_MESSAGES" / "djangojs.mo"
        if compiled.is_file():
            digest.update(compiled.read_bytes())
    return digest.hexdigest()[:12]
