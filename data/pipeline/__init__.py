"""City files: `read_ground` proves one, `write_ground` writes one, `generalise` prepares its boundaries for tiles.

It needs the GIS packages, so import it inside the function that uses it, in a worker or a command.
"""

from data.pipeline.codes import Level
from data.pipeline.components import read_components
from data.pipeline.devices import read_devices
from data.pipeline.generalise import Band, Generalised, generalise
from data.pipeline.ground import read_ground
from data.pipeline.problems import GroundRefused, Problem, ProblemKind, Where
from data.pipeline.rows import (
    Channel,
    Codec,
    ComponentKind,
    ComponentRow,
    ComponentState,
    DeviceRow,
    Grid,
    GridKind,
    GridRow,
    Ground,
    GroundFrames,
    GroundReport,
    HouseNumber,
    Mounting,
    Organisation,
    OrganisationKind,
    Place,
    Region,
    RegionRow,
    Road,
    RoadClass,
    Site,
    SiteRow,
    State,
    Water,
    WaterKind,
)
from data.pipeline.write import write_components, write_devices, write_ground

__all__ = [
    "Band",
    "Channel",
    "Codec",
    "ComponentKind",
    "ComponentRow",
    "ComponentState",
    "DeviceRow",
    "Generalised",
    "Grid",
    "GridKind",
    "GridRow",
    "Ground",
    "GroundFrames",
    "GroundRefused",
    "GroundReport",
    "HouseNumber",
    "Level",
    "Mounting",
    "Organisation",
    "OrganisationKind",
    "Place",
    "Problem",
    "ProblemKind",
    "Region",
    "RegionRow",
    "Road",
    "RoadClass",
    "Site",
    "SiteRow",
    "State",
    "Water",
    "WaterKind",
    "Where",
    "generalise",
    "read_components",
    "read_devices",
    "read_ground",
    "write_components",
    "write_devices",
    "write_ground",
]
