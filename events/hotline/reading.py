"""Fields of a message from outside, one by one: what each may be, and which is at fault when it isn't."""

import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from events.models import Satisfaction
from events.services.deeds import GivenPoint
from grid.coordinates import Crs
from grid.refusals import Invalid

_BREAKS = ("Cc", "Zl", "Zp")  # control characters, line and paragraph separators
_YEARS = range(2000, 2100)


def an_object(body: Any, known: set[str]) -> Mapping[str, Any]:
    """A JSON object that has no field but these: a spelling mistake does not get lost. Raises Invalid."""
    if not isinstance(body, dict):
        raise Invalid("invalid-fields", _("The body must be a JSON object."))
    unknown = sorted(set(body) - known)
    if unknown:
        raise Invalid("invalid-fields", _("There is no field %s.") % unknown[0][:40], field=unknown[0][:40])
    return body


def degree(body: Mapping[str, Any], name: str) -> int | None:
    """How satisfied: 0 to 3. Raises Invalid."""
    value = body.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or value not in Satisfaction.values or not isinstance(value, int):
        raise Invalid("invalid-fields", _("%s must be one of 0, 1, 2, 3.") % name, field=name)
    return value


def text(body: Mapping[str, Any], name: str, longest: int, *, needed: bool = False) -> str:
    """A text of at most `longest` characters, "" for none. Raises Invalid."""
    value = body.get(name)
    if value is None or (isinstance(value, str) and not value.strip()):
        if needed:
            raise Invalid("invalid-fields", _("%s is needed.") % name, field=name)
        return ""
    if not isinstance(value, str) or len(value) > longest:
        raise Invalid(
            "invalid-fields", _("%(name)s must be a text of at most %(longest)d characters.")
            % {"name": name, "longest": longest}, field=name,
        )  # fmt: skip
    return value


def line(body: Mapping[str, Any], name: str, longest: int, *, needed: bool = False) -> str:
    """A text of one line: what stands in lists, logs and headers."""
    value = text(body, name, longest, needed=needed)
    if any(unicodedata.category(character) in _BREAKS for character in value):
        raise Invalid("invalid-fields", _("%s must be one line without control characters.") % name, field=name)
    return value


def one_of(body: Mapping[str, Any], name: str, values: tuple[str, ...], *, default: str | None = None) -> str:
    """One of `values`. Raises Invalid."""
    value = body.get(name)
    if value is None:
        value = default
    if value not in values:
        raise Invalid(
            "invalid-fields", _("%(name)s must be one of: %(values)s.") % {"name": name, "values": ", ".join(values)},
            field=name,
        )  # fmt: skip
    return str(value)


def time(body: Mapping[str, Any], name: str) -> datetime | None:
    """A moment with its offset. Raises Invalid."""
    value = body.get(name)
    if value is None:
        return None
    found = None
    if isinstance(value, str) and len(value) <= 40:
        try:
            found = parse_datetime(value)
        except ValueError:
            found = None
    if found is None or found.tzinfo is None or found.year not in _YEARS:
        raise Invalid("invalid-fields", _("%s must be a time in ISO 8601 with its offset.") % name, field=name)
    return found


def needed_time(body: Mapping[str, Any], name: str) -> datetime:
    """A moment that must be there. Raises Invalid."""
    found = time(body, name)
    if found is None:
        raise Invalid("invalid-fields", _("%s is needed.") % name, field=name)
    return found


def point(body: Mapping[str, Any]) -> GivenPoint | None:
    """A place: lng, lat and crs, all or none. Raises Invalid."""
    given = {name: body.get(name) for name in ("lng", "lat")}
    if all(value is None for value in given.values()):
        return None
    for name, value in given.items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise Invalid("invalid-fields", _("%s must be a number of degrees.") % name, field=name)
    crs = one_of(body, "crs", tuple(crs.value for crs in Crs))
    return GivenPoint(lng=float(body["lng"]), lat=float(body["lat"]), crs=Crs(crs))


def a_list(body: Mapping[str, Any], name: str) -> list[str]:
    """At most 20 short texts. Raises Invalid."""
    value = body.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or len(value) > 20 or not all(_short(item) for item in value):
        raise Invalid("invalid-fields", _("%s must be a list of at most 20 short texts.") % name, field=name)
    return value


def _short(item: object) -> bool:
    return isinstance(item, str) and len(item) <= 500


def truth(body: Mapping[str, Any], name: str, *, default: bool) -> bool:
    """True or false. Raises Invalid."""
    value = body.get(name)
    if value is None:
        return default
    if not isinstance(value, bool):
        raise Invalid("invalid-fields", _("%s must be true or false.") % name, field=name)
    return value
