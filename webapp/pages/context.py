"""What every page knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from webapp.pages.words import catalogue_url

_HTML_LANGUAGE = {"zh-hans": "zh-Hans", "en": "en"}
THEME_COOKIE = "wangge_theme"


def page(request: HttpRequest) -> dict[str, Any]:
    """Template variables shared by all pages; reads no database."""
    language = get_language() or settings.LANGUAGE_CODE
    chosen = request.COOKIES.get(THEME_COOKIE)
    return {
        "html_language": _HTML_LANGUAGE.get(language, language),
        "language": language,
        "other_language": "en" if language == "zh-hans" else "zh-hans",
        "catalogue_url": catalogue_url(language),
        "chosen_theme": chosen if chosen in {"light", "dark"} else "",
        "demo": settings.DEMO,
    }
