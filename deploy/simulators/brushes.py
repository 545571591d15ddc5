"""What drawn places are made of: grounds, blocks, trees, roads. Measures are in pixels of the 640 x 360 picture."""

import random
from typing import Final

from deploy.simulators.scenes import HEIGHT, WIDTH, Brush, Colour

SCALE: Final = 2  # the canvas is drawn at twice the picture's size
Point = tuple[float, float]


def fill(brush: Brush, points: list[Point], colour: Colour) -> None:
    """Fill a polygon."""
    brush.polygon([(x * SCALE, y * SCALE) for x, y in points], fill=colour)


def rect(brush: Brush, left: float, top: float, right: float, bottom: float, colour: Colour) -> None:
    """Fill a rectangle."""
    brush.rectangle((left * SCALE, top * SCALE, right * SCALE, bottom * SCALE), fill=colour)


def disc(brush: Brush, x: float, y: float, radius: float, colour: Colour, flat: float = 1.0) -> None:
    """Fill an ellipse of that radius, `flat` times as high as wide."""
    brush.ellipse(
        ((x - radius) * SCALE, (y - radius * flat) * SCALE, (x + radius) * SCALE, (y + radius * flat) * SCALE),
        fill=colour,
    )


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """`share` of the way from one colour to the other."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def gradient(brush: Brush, top: float, bottom: float, upper: Colour, lower: Colour) -> None:
    """Shade the whole width from one colour to the other."""
    for row in range(round(top * SCALE), round(bottom * SCALE) + 1):
        share = (row / SCALE - top) / max(1.0, bottom - top)
        brush.line((0, row, WIDTH * SCALE, row), fill=mix(upper, lower, share))


def texture(brush: Brush, chance: random.Random, top: float, bottom: float, colour: Colour, count: int) -> None:
    """Scatter faint blots, so that a surface is not flat."""
    for _ in range(count):
        x, y = chance.uniform(0, WIDTH), chance.uniform(top, bottom)
        tone = mix(colour, (0, 0, 0) if chance.random() < 0.5 else (255, 255, 255), 0.07)
        disc(brush, x, y, chance.uniform(1, 5), tone, 0.4)


def building(
    brush: Brush, chance: random.Random, left: float, right: float, top: float, base: float, wall: Colour, lit: float
) -> None:
    """A block with windows; `lit` is the share of windows with light."""
    rect(brush, left, top, right, base, wall)
    rect(brush, right - (right - left) * 0.12, top, right, base, mix(wall, (0, 0, 0), 0.18))
    rect(brush, left, top, right, top + 3, mix(wall, (255, 255, 255), 0.3))
    y = top + 9
    while y + 8 < base - 6:
        x = left + 6
        while x + 7 < right - 4:
            glow = chance.random() < lit
            rect(brush, x, y, x + 6, y + 8, (250, 214, 130) if glow else mix(wall, (30, 44, 60), 0.62))
            x += 12
        y += 15


def skyline(brush: Brush, chance: random.Random, base: float, tallest: float, lit: float = 0.04) -> None:
    """A row of blocks; `lit` is the share of windows with light."""
    x = -10.0
    while x < WIDTH:
        width = chance.uniform(38, 84)
        grey = chance.randint(120, 205) if lit < 0.3 else chance.randint(34, 60)
        wall = (grey, grey - chance.randint(0, 14), grey - chance.randint(4, 24))
        building(brush, chance, x, x + width, base - chance.uniform(0.4, 1) * tallest, base, wall, lit)
        x += width + chance.uniform(-4, 10)


def tree(brush: Brush, chance: random.Random, x: float, base: float, size: float, leaf: Colour = (62, 112, 58)) -> None:
    """A tree of that height on its shadow."""
    disc(brush, x + size * 0.1, base, size * 0.42, (58, 66, 58), 0.22)
    rect(brush, x - size * 0.05, base - size * 0.5, x + size * 0.05, base, (88, 66, 48))
    for _ in range(26):
        dx, dy = chance.gauss(0, 0.19), chance.gauss(-0.72, 0.15)
        tone = mix(leaf, (226, 232, 150) if dy < -0.75 else (14, 40, 24), chance.uniform(0, 0.34))
        disc(brush, x + dx * size, base + dy * size, size * chance.uniform(0.1, 0.2), tone)


def lamp(brush: Brush, x: float, base: float, size: float, *, lit: bool = False) -> None:
    """A street lamp of that height."""
    rect(brush, x - 1.2, base - size, x + 1.2, base, (92, 96, 100))
    rect(brush, x, base - size, x + size * 0.2, base - size + 2, (92, 96, 100))
    if lit:
        for radius in range(16, 3, -3):
            disc(brush, x + size * 0.2, base - size + 3, radius, mix((255, 226, 150), (44, 46, 58), radius / 18))


ASPHALT: Final[Colour] = (96, 98, 102)
LINE: Final[Colour] = (226, 226, 220)
PAVING: Final[Colour] = (176, 172, 164)
GRASS: Final[Colour] = (112, 142, 84)


def road_ahead(brush: Brush, horizon: float, far: float, near: float, colour: Colour = ASPHALT) -> None:
    """A road towards the horizon at the picture's middle, with kerbs and a broken centre line."""
    middle = WIDTH / 2
    for extra, tone in ((1.16, mix(colour, (255, 255, 255), 0.45)), (1.0, colour)):
        fill(
            brush,
            [
                (middle - far * extra, horizon),
                (middle + far * extra, horizon),
                (middle + near * extra, HEIGHT),
                (middle - near * extra, HEIGHT),
            ],
            tone,
        )
    for index in range(14):
        a, b = (index / 14) ** 2.2, ((index + 0.45) / 14) ** 2.2
        y0, y1 = horizon + a * (HEIGHT - horizon), horizon + b * (HEIGHT - horizon)
        w0, w1 = 0.6 + 4 * a, 0.6 + 4 * b
        fill(brush, [(middle - w0, y0), (middle + w0, y0), (middle + w1, y1), (middle - w1, y1)], LINE)


def road_across(brush: Brush, top: float, bottom: float, colour: Colour = ASPHALT) -> None:
    """A road from left to right, with kerbs and a broken centre line."""
    rect(brush, 0, top - 4, WIDTH, bottom + 5, (188, 186, 180))
    gradient(brush, top, bottom, mix(colour, (255, 255, 255), 0.08), colour)
    x = 6.0
    while x < WIDTH:
        rect(brush, x, (top + bottom) / 2 - 1.5, x + 26, (top + bottom) / 2 + 1.5, LINE)
        x += 52


def crossing(brush: Brush, left: float, right: float, top: float, bottom: float) -> None:
    """A zebra crossing."""
    y = top
    while y < bottom:
        rect(brush, left, y, right, y + 5, (232, 232, 226))
        y += 11


def awning(brush: Brush, left: float, right: float, top: float, colour: Colour) -> None:
    """A striped market awning."""
    width = (right - left) / 8
    for index in range(8):
        tone = colour if index % 2 else (240, 238, 230)
        x = left + index * width
        fill(brush, [(x + 4, top), (x + width + 4, top), (x + width, top + 22), (x, top + 22)], tone)


def day(brush: Brush, horizon: float) -> None:
    """A daylight sky."""
    gradient(brush, 0, horizon, (148, 184, 214), (222, 230, 230))
