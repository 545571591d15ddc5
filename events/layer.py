"""How events plug into the live feed: whose sight decides, in which words."""

from events.policy import sight_of
from events.sight import Scope, Sight
from gis_layers import live

NAME = "events"


def register() -> None:
    """Plug in: readers with equal sights share one stream."""
    live.register_layer(name=NAME, audience=sight_of, scope=Scope.from_json, sees=Sight.sees)
