"""Reads of the ground: which grid a point lies in, how regions nest, who walks a grid, which places a text names."""

from grid.selectors.addresses import Matched, match_address
from grid.selectors.index import Box, GroundIndex, Leaf, Node, ground_index
from grid.selectors.location import (
    Located,
    grid_at,
    grid_at_sql,
    grid_box,
    grids_at,
    locate,
    metres_outside,
    settled,
)
from grid.selectors.people import Lead, Officer, leads_of, officers_of, officers_of_grids
from grid.selectors.placements import Placement, placements
from grid.selectors.regions import (
    Home,
    ancestors,
    grid_of_reader,
    home_of,
    place_label,
    place_labels,
    region_labels,
    regions_below,
    regions_for,
)

__all__ = [
    "Box",
    "GroundIndex",
    "Home",
    "Lead",
    "Leaf",
    "Located",
    "Matched",
    "Node",
    "Officer",
    "Placement",
    "ancestors",
    "grid_at",
    "grid_at_sql",
    "grid_box",
    "grid_of_reader",
    "grids_at",
    "ground_index",
    "home_of",
    "leads_of",
    "locate",
    "match_address",
    "metres_outside",
    "officers_of",
    "officers_of_grids",
    "place_label",
    "place_labels",
    "placements",
    "region_labels",
    "regions_below",
    "regions_for",
    "settled",
]
