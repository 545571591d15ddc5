"""The tree of regions: one root, every parent there and wider, every code once and well formed."""

from collections import Counter
from collections.abc import Iterable

from data.pipeline.codes import is_region_code, region_path
from data.pipeline.problems import Problem, ProblemKind
from data.pipeline.rows import RegionRow


def duplicates(layer: str, codes: Iterable[str]) -> list[Problem]:
    """One problem for every code that a layer holds more than once."""
    return [
        Problem(ProblemKind.DUPLICATE_CODE, code, f"{times} rows of layer {layer} have this code")
        for code, times in sorted(Counter(codes).items())
        if times > 1
    ]


def tree_problems(regions: tuple[RegionRow, ...]) -> list[Problem]:
    """What is wrong with the tree. Levels may be skipped (a city without counties), never turned round."""
    problems = duplicates("region", (region.code for region in regions))
    by_code = {region.code: region for region in regions}
    for region in regions:
        if not is_region_code(region.code, region.level):
            reason = f"it is not the 12-digit code of a {region.level} (zeros below its level)"
            problems.append(Problem(ProblemKind.MALFORMED_CODE, region.code, reason))
        if region.parent is not None:
            problems += _parent_problems(region, by_code.get(region.parent))
    return problems + _root_problems(regions)


def _parent_problems(region: RegionRow, parent: RegionRow | None) -> list[Problem]:
    if parent is None:
        reason = f"{region.name}: its parent {region.parent} is no region of this file"
        return [Problem(ProblemKind.UNKNOWN_PARENT, region.code, reason)]
    if parent.level.depth >= region.level.depth:
        reason = f"{region.name}: a {region.level} can't lie in {parent.name}, a {parent.level}"
        return [Problem(ProblemKind.WRONG_PARENT, region.code, reason)]
    return []


def _root_problems(regions: tuple[RegionRow, ...]) -> list[Problem]:
    roots = sorted(region.code for region in regions if region.parent is None)
    if len(roots) == 1:
        return []
    reason = f"exactly one region has no parent; here {len(roots)} have none"
    return [Problem(ProblemKind.SEVERAL_ROOTS, ", ".join(roots[:10]), reason)]


def paths(regions: tuple[RegionRow, ...]) -> dict[str, str]:
    """Path of each region of a tree without problems, by code: "4309/430902/430902001/430902001001/"."""
    found: dict[str, str] = {}
    for region in sorted(regions, key=lambda row: row.level.depth):
        above = "" if region.parent is None else found[region.parent]
        found[region.code] = region_path(above, region.code, region.level)
    return found
