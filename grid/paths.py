"""Paths of regions and grids: codes from the widest region down, each with a slash after it (4309/430903/)."""


def parent_path(path: str) -> str:
    """The path one level up; "" above a root."""
    return path[: path.rstrip("/").rfind("/") + 1]


def paths_down_to(path: str) -> list[str]:
    """The paths of the regions that hold this one, the widest first, and its own."""
    parts = path.rstrip("/").split("/")
    return ["/".join(parts[: count + 1]) + "/" for count in range(len(parts))]
