"""The API's description: what ninja makes of the routes, and the refusals that every one of them shares."""

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

PROBLEM: dict[str, Any] = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457 problem details. `type` and `code` are stable and for programs, `detail` is for people.",
    "required": ["type", "title", "status", "code", "detail", "request_id"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference", "pattern": "^/problems/[a-z0-9-]+$"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "code": {"type": "string", "pattern": "^[a-z0-9-]+$"},
        "detail": {"type": "string", "minLength": 1},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "description": "The fields at fault.",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
    "additionalProperties": True,
}
REFUSALS = {
    400: "The address or the body can't be read.",
    401: "Nobody is signed in.",
    403: "This post may not do it, or the CSRF token is missing.",
    404: "There is no such thing, or not for this reader: the two are not told apart.",
    409: "It has moved on since; the problem says how it stands now.",
    422: "Something in it can't be taken as it is; nothing was changed.",
    503: "A part that is needed is out of order; try again.",
}
UNSAFE = ("post", "put", "patch", "delete")
CSRF = {"type": "apiKey", "in": "header", "name": "X-CSRFToken", "description": "The value of the cookie wangge_csrf."}


class DescribedAPI(NinjaAPI):
    """An API whose description names its refusals once, for every operation."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """The OpenAPI document, with problems and CSRF tokens."""
        document = super().get_openapi_schema(**options)
        components = document["components"]
        components["schemas"]["Problem"] = PROBLEM
        components["securitySchemes"]["CSRFToken"] = CSRF
        for path in document["paths"].values():
            for method, operation in path.items():
                _describe(method, operation)
        return document


def _describe(method: str, operation: dict[str, Any]) -> None:
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for status, words in REFUSALS.items():
        operation["responses"][status] = {"description": words, "content": problem}
    if method in UNSAFE:
        operation["security"] = [scheme | {"CSRFToken": []} for scheme in operation.get("security", [])]
