"""Smooth noise over the plane, the same for the same seed: what makes made-up borders wander."""

import numpy as np

from data.demo.plane import Floats

_SIZE = 256


class Noise:
    """A field of values in [-1, 1] that changes over about `scale_m` metres."""

    def __init__(self, seed: int, scale_m: float) -> None:
        self._table = np.random.default_rng(seed).uniform(-1.0, 1.0, (_SIZE, _SIZE))
        self._scale_m = scale_m

    def at(self, points: Floats) -> Floats:
        """Values at (n, 2) points."""
        scaled = points / self._scale_m
        cell = np.floor(scaled).astype(np.int64)
        part = scaled - cell
        part = part * part * (3.0 - 2.0 * part)
        x, y = cell[:, 0] % _SIZE, cell[:, 1] % _SIZE
        x1, y1 = (x + 1) % _SIZE, (y + 1) % _SIZE
        low = self._table[x, y] * (1 - part[:, 0]) + self._table[x1, y] * part[:, 0]
        high = self._table[x, y1] * (1 - part[:, 0]) + self._table[x1, y1] * part[:, 0]
        value: Floats = low * (1 - part[:, 1]) + high * part[:, 1]
        return value


class Warp:
    """Moves points by noise, so that straight borders between nearest seeds become natural ones."""

    def __init__(self, seed: int, octaves: tuple[tuple[float, float], ...]) -> None:
        self._fields = [
            (reach, Noise(seed + 2 * number, scale), Noise(seed + 2 * number + 1, scale))
            for number, (scale, reach) in enumerate(octaves)
        ]

    def at(self, points: Floats) -> Floats:
        """(n, 2) points, each moved by at most the sum of the octaves' reaches (metres)."""
        moved: Floats = points.copy()
        for reach, east, north in self._fields:
            moved += reach * np.column_stack([east.at(points), north.at(points)])
        return moved
