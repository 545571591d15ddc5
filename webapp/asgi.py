"""The web process: Django for HTTP, one hub and its lines for /ws/live."""

import os
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.settings")
django.setup(set_prefix=False)  # before anything that needs the app registry

from channels.routing import ProtocolTypeRouter, URLRouter  # type: ignore[import-untyped]  # noqa: E402
from django.conf import settings  # noqa: E402
from django.urls import path  # noqa: E402

from webapp.handler import OneThread  # noqa: E402
from webapp.live.line import hub, line  # noqa: E402
from webapp.patience import patient  # noqa: E402


async def _refuse(_scope: Any, receive: Any, send: Any) -> None:
    """There is no line at any other address."""
    await receive()
    await send({"type": "websocket.close", "code": 4404})


async def _lifespan(_scope: Any, receive: Any, send: Any) -> None:
    """Read the feed for as long as the process runs."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            hub().start()
            await send({"type": "lifespan.startup.complete"})
        else:
            await hub().stop()
            await send({"type": "lifespan.shutdown.complete"})
            return


_addresses: list[tuple[str, Any]] = [("ws/live", line), ("<path:anything>", _refuse), ("", _refuse)]
_lines = URLRouter([path(address, application) for address, application in _addresses])
_answers = patient(OneThread(), seconds=settings.WEBHOOK_SECONDS)
application = ProtocolTypeRouter({"http": _answers, "websocket": _lines, "lifespan": _lifespan})
