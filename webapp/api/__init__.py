"""The HTTP API: one file per resource, each of which parses, calls one door, and renders."""

from collections.abc import Callable

from django.db import OperationalError
from django.http import Http404, HttpResponse
from ninja.errors import AuthenticationError, HttpError, ValidationError

from grid.refusals import Refusal
from webapp.api import (
    addresses,
    administration,
    appeals,
    audit,
    batches,
    deliveries,
    devices,
    duplicates,
    errors,
    evaluation,
    events,
    ground,
    notices,
    organisations,
    papers,
    patrol,
    people,
    photos,
    playback,
    reference,
    rules,
    sharing,
    shifts,
    sites,
    sources,
    status,
    templates,
    tickets,
    tiles,
    views,
)
from webapp.api.auth import PostAuth
from webapp.api.parsing import StrictParser
from webapp.api.schema import DescribedAPI

api = DescribedAPI(
    title="Wangge",
    version="1",
    description="Grid-based urban governance. Every error is problem+json (RFC 9457) with a stable type.",
    urls_namespace="api",
    auth=PostAuth(),
    parser=StrictParser(),
    docs_url=None,
)
for resource in (
    events, duplicates, people, photos, ground, sites, playback, deliveries, audit, evaluation, tiles, rules, patrol,
    tickets, sources, addresses, appeals, papers, notices, devices, sharing, views, batches,
    templates, administration, reference, shifts, organisations, status,
):  # fmt: skip
    api.add_router("", resource.router)

_HANDLERS: dict[type[Exception], Callable[..., HttpResponse]] = {
    Refusal: errors.refused,
    ValidationError: errors.invalid,
    AuthenticationError: errors.not_signed_in,
    HttpError: errors.http_error,
    Http404: errors.not_found,
    OperationalError: errors.database_gone,
}
for kind, handler in _HANDLERS.items():
    api.add_exception_handler(kind, handler)
