"""What the doors for signed messages have in common."""

from typing import Any

from django.http import HttpRequest

# How a body is described that is read as bytes, so that its signature can be checked.
MACHINE_BODY: dict[str, Any] = {
    "requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}
}


def declared_length(request: HttpRequest) -> int:
    """What the header claims, so that a large body is refused before it is read; nothing for nonsense."""
    said = request.headers.get("Content-Length", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 20 else 0
