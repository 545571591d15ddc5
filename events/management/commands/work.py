"""`manage.py work`: the house's jobs and the deliveries, each in a lane of its own, until SIGTERM."""

import asyncio
import logging
import signal
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException

log = logging.getLogger("wangge.worker")
LANES = {"house": 2, "deliveries": 4}
"""How many jobs of each queue run at once. Deliveries wait for other systems, up to 15 seconds each: however many of
them hang, the clocks' watch and the other jobs of the house have places of their own."""
GRACE = 8.0  # seconds that a running job gets to end


class Command(BaseCommand):
    help = "Work off the jobs until SIGTERM; a job that is running then gets 8 seconds to end."

    def handle(self, *args: Any, **options: Any) -> None:
        with app.replace_connector(app.connector.get_worker_connector()):  # type: ignore[attr-defined]
            try:
                asyncio.run(_work())
            except ConnectorException as error:
                raise CommandError(f"the database does not answer: {error.__cause__ or error}") from error


async def _work() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(sum(LANES.values()) + 2, thread_name_prefix="job"))
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    async with app.open_async():
        lanes = [asyncio.create_task(_lane(queue, places), name=queue) for queue, places in LANES.items()]
        told = asyncio.create_task(stop.wait())
        await asyncio.wait([*lanes, told], return_when=asyncio.FIRST_COMPLETED)
        for task in (*lanes, told):
            task.cancel()
        ended = await asyncio.gather(*lanes, return_exceptions=True)
    for outcome in ended:
        if isinstance(outcome, Exception):
            raise outcome


async def _lane(queue: str, places: int) -> None:
    log.info("%d places for %s", places, queue)
    await app.run_worker_async(
        queues=[queue], concurrency=places, name=queue, install_signal_handlers=False, shutdown_graceful_timeout=GRACE
    )
