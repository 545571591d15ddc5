"""The character pairs of a text as an expression, for indexes and for asking them."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import Func, TextField


class Pairs(Func):
    """`events_pairs(text)`: by it two characters of Chinese are found; made by the migration that first needs it."""

    function = "events_pairs"
    arity = 1

    def __init__(self, *expressions: Any, **extra: Any) -> None:
        extra.setdefault("output_field", ArrayField(TextField()))
        super().__init__(*expressions, **extra)
