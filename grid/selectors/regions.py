"""How regions nest, and which of them a reader works in."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from grid.models import Level
from grid.paths import parent_path
from grid.policy import Access, visible_regions
from grid.refusals import NotFound
from grid.selectors.index import Box, GroundIndex, Leaf, Node, ground_index

LISTED_WITHOUT_PARENT = (Level.CITY, Level.COUNTY, Level.TOWNSHIP)


@dataclass(frozen=True, slots=True)
class Home:
    """Where a reader's map opens."""

    name: str
    bbox: Box


def ancestors(path: str) -> tuple[Node, ...]:
    """The regions that contain a path, the city first; a region's own node is the last of them."""
    nodes = ground_index().node_by_path
    found: list[Node] = []
    while path:
        if path in nodes:
            found.append(nodes[path])
        path = parent_path(path)
    return tuple(reversed(found))


def region_labels(paths: Iterable[str]) -> dict[str, str]:
    """Regions in words, by path: the names from the county down ("资阳区 大码头街道"), the city's for the city alone.

    One look at the ground; "" for the path of no region.
    """
    nodes = ground_index().node_by_path
    return {path: _names(nodes, path) for path in paths}


def _names(nodes: Mapping[str, Node], path: str) -> str:
    names: list[str] = []
    while path in nodes:
        names.append(nodes[path].name)
        path = parent_path(path)
    return " ".join(reversed(names[:-1] or names))


def place_label(path: str) -> str:
    """Where a grid is, in the reader's language: "大码头街道 群众街社区 网格005". "" for the path of no grid."""
    return _label(ground_index(), path)


def place_labels(paths: Iterable[str]) -> dict[str, str]:
    """`place_label` of many grids at once, by path: one look at the ground."""
    index = ground_index()
    return {path: _label(index, path) for path in paths}


def _label(index: GroundIndex, path: str) -> str:
    leaf = index.leaf_by_path.get(path)
    if leaf is None:
        return ""
    village = index.node_by_path[parent_path(path)]
    township = index.node_by_path.get(parent_path(village.path))
    names = [node.name for node in (township, village) if node]
    return " ".join([*names, _("Grid %s") % leaf.code[-3:]])


def regions_below(path: str, *, levels: Collection[str] = tuple(Level)) -> tuple[Node, ...]:
    """The regions of a subtree, its root included, of these levels, in path order."""
    return tuple(node for node in ground_index().nodes if node.path.startswith(path) and node.level in levels)


def regions_for(*, access: Access, parent: str | None = None) -> tuple[Node, ...]:
    """The regions of the reader's ground: those directly below `parent`, or without one the roots and down to township.

    A grid officer's root is the village that the grid lies in. Raises NotFound for a parent outside that ground.
    """
    index = ground_index()
    roots = _roots(index, access)
    if parent is None:
        inside = [node for node in index.nodes if node.path.startswith(roots)]
        return tuple(node for node in inside if node.level in LISTED_WITHOUT_PARENT or node.path in roots)
    if parent not in index.node_by_path or not parent.startswith(roots):
        raise NotFound("no-region", _("There is no such region, or not for your post."), field="parent")
    return tuple(node for node in index.nodes if parent_path(node.path) == parent)


def home_of(*, access: Access) -> Home:
    """The ground that the reader works in: its name (of the first of several) and the box around all of it."""
    index = ground_index()
    paths = visible_regions(access)
    boxes = [box for box in map(index.box_of, paths) if box]
    if not boxes:
        return Home(name=index.nodes[0].name if index.nodes else "", bbox=index.bounds)
    west, south, east, north = zip(*boxes, strict=True)
    return Home(name=_name_of(index, paths[0]), bbox=(min(west), min(south), max(east), max(north)))


def grid_of_reader(*, access: Access, code: str) -> Leaf:
    """A grid by its 15-digit code. Raises NotFound where there is none, or outside the reader's ground."""
    leaf = ground_index().leaf_by_code.get(code)
    if leaf is None or not leaf.path.startswith(visible_regions(access)):
        raise NotFound("no-grid", _("There is no such grid, or not for your post."))
    return leaf


def _name_of(index: GroundIndex, path: str) -> str:
    node = index.node_by_path.get(path)
    return node.name if node else place_label(path)


def _roots(index: GroundIndex, access: Access) -> tuple[str, ...]:
    return tuple(path if path in index.node_by_path else parent_path(path) for path in visible_regions(access))
