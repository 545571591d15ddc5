"""`manage.py media_gateway`: live pictures, in a process of their own behind nginx."""

import asyncio
import ipaddress
import json
import logging
import signal
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection

from gis_layers.services.playback import CHANNEL
from gis_layers.video.gateway import MediaGateway
from gis_layers.video.platform import Platform
from gis_layers.video.upstream import AddressRefused as NotAllowed
from grid import network

log = logging.getLogger("wangge.gateway")
_ADDRESS = ("dbname", "user", "password", "host", "port")
_LONGEST_PAUSE = 5.0  # seconds between two attempts to hear the database again


class Command(BaseCommand):
    help = "Serve live pictures to ticket holders on STATE/run/gateway.sock, until SIGTERM."

    def handle(self, *args: Any, **options: Any) -> None:
        asyncio.run(_serve())


async def _serve() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    run = settings.RUN_ROOT
    platform = Platform(
        key=settings.TICKET_KEY,
        sockets=[str(run / "web-1.sock"), str(run / "web-2.sock")],
        host=urlsplit(settings.ORIGIN).netloc,
    )
    gateway = MediaGateway(
        ticket_key=settings.TICKET_KEY,
        cookie_name=settings.SESSION_COOKIE_NAME,
        allowed_origins=[settings.ORIGIN],
        check=_check,
        authorise=platform.authorise,
        recheck=platform.recheck,
        closed=platform.closed,
    )
    path = run / "gateway.sock"
    path.unlink(missing_ok=True)
    await gateway.listen_unix(str(path))
    listener = asyncio.create_task(_hear_revocations(gateway))
    await stop.wait()
    listener.cancel()
    await gateway.stop()
    await platform.stop()


async def _check(host: str, port: int) -> Any:
    """The addresses that may be connected to, by the installation's one allow-list."""
    try:
        return [ipaddress.ip_address(address) for address in await network.resolve(host, port)]
    except network.AddressRefused as error:
        raise NotAllowed(str(error)) from None


async def _hear_revocations(gateway: MediaGateway) -> None:
    """Cut what is revoked; when the database goes away, listen again as soon as it is back.

    What was revoked meanwhile is found by the gateway's own recheck.
    """
    pause = 0.2
    while True:
        try:
            wanted = connection.get_connection_params()
            address = {name: wanted[name] for name in _ADDRESS if name in wanted}
            async with await psycopg.AsyncConnection.connect(**address, autocommit=True) as listening:
                await listening.execute(f"LISTEN {CHANNEL}")
                pause = 0.2
                async for notice in listening.notifies():
                    await _revoke(gateway, notice.payload)
        except psycopg.OperationalError:
            log.warning("the database does not answer; listening again in %.1f s", pause)
        await asyncio.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)


async def _revoke(gateway: MediaGateway, payload: str) -> None:
    told = json.loads(payload)
    if told["session"]:
        await gateway.revoke(UUID(told["session"]))
    if told["binding"]:
        await gateway.revoke_browser_session(told["binding"])
