"""A mark of how a row stood when somebody looked: whoever saves names it, and is told when the row has moved on."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def stamp(values: Mapping[str, Any]) -> str:
    """Sixteen hexadecimal digits that are the same while the values are; values are what JSON knows."""
    text = json.dumps(dict(values), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
