"""The tables of what stands on the ground, and of what the map shows."""

from gis_layers.models.components import Component, ComponentKind, ComponentState
from gis_layers.models.devices import Device
from gis_layers.models.feed import Update
from gis_layers.models.ground import BaseFeature, GroundShape
from gis_layers.models.sharing import Grant, PlaybackSession
from gis_layers.models.sites import Channel, ChannelSource, Health, Site, SiteCell, SiteClass

__all__ = [
    "BaseFeature",
    "Channel",
    "ChannelSource",
    "Component",
    "ComponentKind",
    "ComponentState",
    "Device",
    "Grant",
    "GroundShape",
    "Health",
    "PlaybackSession",
    "Site",
    "SiteCell",
    "SiteClass",
    "Update",
]
