"""Request bodies: through the one strict JSON parser, into schemas that know all their fields."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Schema
from ninja.parser import Parser
from pydantic import ConfigDict

from grid import strict_json
from grid.refusals import Invalid


class StrictParser(Parser):
    """Ninja's parser, strict."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body's value. Raises Invalid with what is wrong with it."""
        try:
            return strict_json.loads(request.body)
        except strict_json.NotJson as error:
            raise Invalid("not-json", _("The body can't be read: %s") % error) from None


class Body(Schema):
    """Base of all request bodies: a field that nobody knows is refused, not ignored."""

    model_config = ConfigDict(extra="forbid", str_max_length=20_000)
