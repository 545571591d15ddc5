"""Jobs of the map: tiles that have run out are removed."""

from django.utils import timezone
from procrastinate.contrib.django import app

from gis_layers import tiles


@app.periodic(cron="* * * * *")
@app.task(queue="house", queueing_lock="sweep-tiles", priority=10)
def sweep_tiles(timestamp: int) -> None:
    """Every minute: an address that its reader may no longer have is served for a minute at most."""
    tiles.sweep(now=timezone.now())
