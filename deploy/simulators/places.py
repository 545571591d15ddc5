"""The twelve drawn places that the simulated cameras look at."""

import random
from typing import Final

from deploy.simulators.scenes import HEIGHT, WIDTH, Brush, Colour, Scene, traffic

_S: Final = 2  # the canvas is drawn at twice the picture's size
Point = tuple[float, float]


def _fill(brush: Brush, points: list[Point], colour: Colour) -> None:
    brush.polygon([(x * _S, y * _S) for x, y in points], fill=colour)


def _rect(brush: Brush, left: float, top: float, right: float, bottom: float, colour: Colour) -> None:
    brush.rectangle((left * _S, top * _S, right * _S, bottom * _S), fill=colour)


def _disc(brush: Brush, x: float, y: float, radius: float, colour: Colour, flat: float = 1.0) -> None:
    brush.ellipse(
        ((x - radius) * _S, (y - radius * flat) * _S, (x + radius) * _S, (y + radius * flat) * _S), fill=colour
    )


def _mix(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _gradient(brush: Brush, top: float, bottom: float, upper: Colour, lower: Colour) -> None:
    for row in range(round(top * _S), round(bottom * _S) + 1):
        share = (row / _S - top) / max(1.0, bottom - top)
        brush.line((0, row, WIDTH * _S, row), fill=_mix(upper, lower, share))


def _texture(brush: Brush, chance: random.Random, top: float, bottom: float, colour: Colour, count: int) -> None:
    for _ in range(count):
        x, y = chance.uniform(0, WIDTH), chance.uniform(top, bottom)
        tone = _mix(colour, (0, 0, 0) if chance.random() < 0.5 else (255, 255, 255), 0.07)
        _disc(brush, x, y, chance.uniform(1, 5), tone, 0.4)


def _building(
    brush: Brush, chance: random.Random, left: float, right: float, top: float, base: float, wall: Colour, lit: float
) -> None:
    """A block with windows; `lit` is the share of windows with light."""
    _rect(brush, left, top, right, base, wall)
    _rect(brush, right - (right - left) * 0.12, top, right, base, _mix(wall, (0, 0, 0), 0.18))
    _rect(brush, left, top, right, top + 3, _mix(wall, (255, 255, 255), 0.3))
    y = top + 9
    while y + 8 < base - 6:
        x = left + 6
        while x + 7 < right - 4:
            glow = chance.random() < lit
            _rect(brush, x, y, x + 6, y + 8, (250, 214, 130) if glow else _mix(wall, (30, 44, 60), 0.62))
            x += 12
        y += 15


def _skyline(brush: Brush, chance: random.Random, base: float, tallest: float, lit: float = 0.04) -> None:
    x = -10.0
    while x < WIDTH:
        width = chance.uniform(38, 84)
        grey = chance.randint(120, 205) if lit < 0.3 else chance.randint(34, 60)
        wall = (grey, grey - chance.randint(0, 14), grey - chance.randint(4, 24))
        _building(brush, chance, x, x + width, base - chance.uniform(0.4, 1) * tallest, base, wall, lit)
        x += width + chance.uniform(-4, 10)


def _tree(
    brush: Brush, chance: random.Random, x: float, base: float, size: float, leaf: Colour = (62, 112, 58)
) -> None:
    _disc(brush, x + size * 0.1, base, size * 0.42, (58, 66, 58), 0.22)
    _rect(brush, x - size * 0.05, base - size * 0.5, x + size * 0.05, base, (88, 66, 48))
    for _ in range(26):
        dx, dy = chance.gauss(0, 0.19), chance.gauss(-0.72, 0.15)
        tone = _mix(leaf, (226, 232, 150) if dy < -0.75 else (14, 40, 24), chance.uniform(0, 0.34))
        _disc(brush, x + dx * size, base + dy * size, size * chance.uniform(0.1, 0.2), tone)


def _lamp(brush: Brush, x: float, base: float, size: float, *, lit: bool = False) -> None:
    _rect(brush, x - 1.2, base - size, x + 1.2, base, (92, 96, 100))
    _rect(brush, x, base - size, x + size * 0.2, base - size + 2, (92, 96, 100))
    if lit:
        for radius in range(16, 3, -3):
            _disc(brush, x + size * 0.2, base - size + 3, radius, _mix((255, 226, 150), (44, 46, 58), radius / 18))


_ASPHALT: Final[Colour] = (96, 98, 102)
_LINE: Final[Colour] = (226, 226, 220)
_PAVING: Final[Colour] = (176, 172, 164)
_GRASS: Final[Colour] = (112, 142, 84)


def _road_ahead(brush: Brush, horizon: float, far: float, near: float, colour: Colour = _ASPHALT) -> None:
    """A road towards the horizon at the picture's middle, with kerbs and a broken centre line."""
    middle = WIDTH / 2
    for extra, tone in ((1.16, _mix(colour, (255, 255, 255), 0.45)), (1.0, colour)):
        _fill(
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
        _fill(brush, [(middle - w0, y0), (middle + w0, y0), (middle + w1, y1), (middle - w1, y1)], _LINE)


def _road_across(brush: Brush, top: float, bottom: float, colour: Colour = _ASPHALT) -> None:
    _rect(brush, 0, top - 4, WIDTH, bottom + 5, (188, 186, 180))
    _gradient(brush, top, bottom, _mix(colour, (255, 255, 255), 0.08), colour)
    x = 6.0
    while x < WIDTH:
        _rect(brush, x, (top + bottom) / 2 - 1.5, x + 26, (top + bottom) / 2 + 1.5, _LINE)
        x += 52


def _crossing(brush: Brush, left: float, right: float, top: float, bottom: float) -> None:
    y = top
    while y < bottom:
        _rect(brush, left, y, right, y + 5, (232, 232, 226))
        y += 11


def _awning(brush: Brush, left: float, right: float, top: float, colour: Colour) -> None:
    width = (right - left) / 8
    for index in range(8):
        tone = colour if index % 2 else (240, 238, 230)
        x = left + index * width
        _fill(brush, [(x + 4, top), (x + width + 4, top), (x + width, top + 22), (x, top + 22)], tone)


def _day(brush: Brush, horizon: float) -> None:
    _gradient(brush, 0, horizon, (148, 184, 214), (222, 230, 230))


def _main_road(brush: Brush, chance: random.Random) -> None:
    _day(brush, 130)
    _skyline(brush, chance, 134, 112)
    _gradient(brush, 132, HEIGHT, _mix(_GRASS, (255, 255, 255), 0.2), _GRASS)
    _road_ahead(brush, 132, 26, 250)
    for depth in (0.06, 0.14, 0.27, 0.46, 0.74):
        y = 132 + depth * 228
        spread = 46 + depth * 290
        _tree(brush, chance, 320 - spread, y, 40 + 120 * depth)
        _tree(brush, chance, 320 + spread, y, 40 + 120 * depth)


def _junction(brush: Brush, chance: random.Random) -> None:
    _day(brush, 96)
    _skyline(brush, chance, 112, 96)
    _gradient(brush, 110, HEIGHT, _PAVING, _mix(_PAVING, (0, 0, 0), 0.12))
    _road_ahead(brush, 110, 50, 190)
    _road_across(brush, 196, 290)
    _fill(brush, [(212, 196), (428, 196), (478, 290), (162, 290)], _ASPHALT)
    _crossing(brush, 128, 158, 202, 286)
    _crossing(brush, 486, 516, 202, 286)
    for x, y in ((118, 186), (520, 186)):
        _lamp(brush, x, y, 74)
        _rect(brush, x - 4, y - 70, x + 4, y - 48, (36, 38, 40))
        _disc(brush, x, y - 65, 2.4, (222, 64, 52))
        _disc(brush, x, y - 53, 2.4, (78, 200, 110))
    for x in (40, 596):
        _tree(brush, chance, x, 190, 84)


def _market(brush: Brush, chance: random.Random) -> None:
    _day(brush, 70)
    _skyline(brush, chance, 92, 76)
    _gradient(brush, 90, HEIGHT, (196, 184, 168), (164, 152, 138))
    _texture(brush, chance, 150, HEIGHT, (176, 164, 150), 300)
    tones: list[Colour] = [(196, 66, 54), (58, 124, 98), (214, 150, 52), (66, 104, 160), (170, 72, 110)]
    for index, tone in enumerate(tones * 2):
        row, place = divmod(index, 5)
        left, top = place * 132 - 10 + row * 24, 104 + row * 62
        _rect(brush, left + 6, top + 22, left + 112, top + 50, (120, 96, 74))
        for _ in range(34):
            fruit = chance.choice([(222, 92, 40), (96, 152, 60), (226, 190, 66), (184, 44, 52)])
            _disc(brush, left + chance.uniform(10, 108), top + chance.uniform(28, 46), 3.2, fruit)
        _awning(brush, left, left + 118, top, tone)
    _rect(brush, 0, 262, WIDTH, HEIGHT, (140, 138, 136))
    _texture(brush, chance, 262, HEIGHT, (140, 138, 136), 160)


def _school_gate(brush: Brush, chance: random.Random) -> None:
    _day(brush, 120)
    _building(brush, chance, 60, 580, 40, 176, (206, 170, 140), 0.02)
    _rect(brush, 0, 170, WIDTH, 236, _PAVING)
    for x in range(0, WIDTH, 9):
        if not 240 < x < 400:
            _rect(brush, x, 158, x + 2, 206, (72, 92, 84))
    for x in (232, 398):
        _rect(brush, x, 136, x + 18, 214, (158, 66, 52))
        _rect(brush, x - 3, 130, x + 21, 138, (226, 220, 206))
    _rect(brush, 244, 138, 404, 152, (186, 50, 44))
    _road_across(brush, 240, 336)
    _crossing(brush, 296, 346, 244, 334)
    for x in (24, 122, 520, 612):
        _tree(brush, chance, x, 232, 96)


def _car_park(brush: Brush, chance: random.Random) -> None:
    _day(brush, 60)
    _skyline(brush, chance, 84, 64)
    _gradient(brush, 82, HEIGHT, (128, 130, 134), (100, 102, 106))
    _texture(brush, chance, 90, HEIGHT, (112, 114, 118), 260)
    paints: list[Colour] = [(196, 52, 46), (226, 228, 230), (58, 62, 68), (36, 84, 150), (150, 156, 162)]
    for top, size in ((104, 46.0), (292, 78.0)):
        x = 10.0
        while x < WIDTH:
            _fill(brush, [(x, top), (x + 2, top), (x - 6, top + size), (x - 9, top + size)], _LINE)
            if chance.random() < 0.66:
                paint = chance.choice(paints)
                left, wide = x + size * 0.12, size * 0.72
                _rect(brush, left, top + size * 0.2, left + wide, top + size * 0.86, paint)
                _rect(brush, left + wide * 0.12, top + size * 0.34, left + wide * 0.88, top + size * 0.5, (38, 52, 66))
                _rect(brush, left + wide * 0.16, top + size * 0.7, left + wide * 0.84, top + size * 0.78, (38, 52, 66))
            x += size
    for x in (90, 330, 570):
        _lamp(brush, x, 176, 96)


def _tunnel(brush: Brush, chance: random.Random) -> None:
    _gradient(brush, 0, HEIGHT, (84, 76, 62), (58, 54, 48))
    for step in range(12, 0, -1):
        share = step / 12
        tone = _mix((206, 196, 164), (62, 58, 50), share)
        _disc(brush, 320, 170, 40 + 330 * share**1.7, tone, 0.62)
    _road_ahead(brush, 178, 26, 300, (70, 70, 72))
    for index in range(8):
        share = ((index + 1) / 8) ** 2
        for side in (-1, 1):
            x, y = 320 + side * (30 + 250 * share), 146 - 120 * share
            _rect(brush, x - 2 - 12 * share, y, x + 2 + 12 * share, y + 1 + 4 * share, (255, 236, 178))
    _texture(brush, chance, 250, HEIGHT, (70, 70, 72), 60)


def _river_dyke(brush: Brush, chance: random.Random) -> None:
    _gradient(brush, 0, 120, (168, 196, 214), (230, 232, 222))
    _fill(
        brush,
        [(0, 118), (120, 84), (250, 112), (400, 78), (560, 106), (640, 92), (640, 130), (0, 130)],
        (134, 156, 148),
    )
    _gradient(brush, 122, 250, (150, 178, 186), (96, 134, 148))
    for _ in range(220):
        x, y = chance.uniform(0, WIDTH), chance.uniform(126, 246)
        _rect(brush, x, y, x + chance.uniform(8, 34), y + 0.8, (176, 200, 206))
    _fill(brush, [(0, 262), (640, 226), (640, HEIGHT), (0, HEIGHT)], (150, 148, 140))
    _fill(brush, [(0, 284), (640, 248), (640, HEIGHT), (0, HEIGHT)], _GRASS)
    _fill(brush, [(0, 318), (640, 282), (640, 330), (0, 372)], (128, 126, 122))
    _rect(brush, 560, 150, 566, 246, (240, 240, 236))
    for index in range(9):
        _rect(brush, 560, 152 + index * 10, 566, 157 + index * 10, (206, 52, 44))
    for x in (60, 190, 330):
        _tree(brush, chance, x, 296 - x * 0.056, 70, (92, 136, 70))


def _night_street(brush: Brush, chance: random.Random) -> None:
    _gradient(brush, 0, 140, (14, 18, 36), (44, 46, 66))
    _skyline(brush, chance, 150, 128, 0.42)
    _gradient(brush, 148, HEIGHT, (44, 46, 54), (30, 30, 36))
    _road_ahead(brush, 148, 30, 260, (50, 52, 58))
    for depth in (0.08, 0.24, 0.5, 0.86):
        for side in (-1, 1):
            y, x = 148 + depth * 212, 320 + side * (48 + depth * 280)
            _disc(brush, x, y, 20 + 60 * depth, (82, 76, 64), 0.3)
            _lamp(brush, x, y, 50 + 110 * depth, lit=True)


def _lane(brush: Brush, chance: random.Random) -> None:
    _day(brush, 80)
    _gradient(brush, 80, HEIGHT, (190, 182, 168), (160, 154, 144))
    for side, wall in ((0, (214, 204, 186)), (1, (196, 178, 158))):
        edge = 0 if side == 0 else WIDTH
        inner = 214 if side == 0 else 426
        _fill(brush, [(edge, 0), (inner, 64), (inner, 168), (edge, 336)], wall)
        for index in range(5):
            share = index / 5
            x = edge + (inner - edge) * (share + 0.05)
            x2 = edge + (inner - edge) * (share + 0.13)
            y = 90 + 20 * share
            _fill(brush, [(x, y), (x2, y + 4), (x2, y + 60 - 30 * share), (x, y + 66 - 30 * share)], (84, 100, 112))
            _disc(brush, (x + x2) / 2, y + 96 - 40 * share, 5, (190, 40, 36), 1.3)
    _skyline(brush, chance, 92, 60)
    _fill(brush, [(214, 92), (426, 92), (426, 168), (214, 168)], (206, 214, 208))
    _fill(brush, [(240, 168), (400, 168), (640, HEIGHT), (0, HEIGHT)], (168, 164, 156))
    _texture(brush, chance, 190, HEIGHT, (168, 164, 156), 240)
    _tree(brush, chance, 452, 214, 110)


def _bridge(brush: Brush, chance: random.Random) -> None:
    _gradient(brush, 0, 150, (160, 190, 216), (234, 226, 210))
    _skyline(brush, chance, 150, 70)
    _gradient(brush, 148, HEIGHT, (134, 166, 178), (82, 118, 134))
    for x in (150, 490):
        _rect(brush, x - 9, 30, x + 9, 330, (186, 74, 54))
        for index in range(1, 9):
            for side in (-1, 1):
                brush.line((x * _S, 40 * _S, (x + side * index * 22) * _S, 222 * _S), fill=(210, 210, 206), width=2)
    _road_across(brush, 226, 284, (88, 90, 94))
    _rect(brush, 0, 289, WIDTH, 304, (150, 150, 148))
    _texture(brush, chance, 310, HEIGHT, (90, 126, 142), 120)


def _square(brush: Brush, chance: random.Random) -> None:
    _day(brush, 110)
    _skyline(brush, chance, 122, 84)
    _gradient(brush, 120, HEIGHT, (204, 198, 186), (172, 166, 156))
    for index in range(16):
        y = 124 + (index / 16) ** 2 * 236
        _rect(brush, 0, y, WIDTH, y + 0.8, (158, 152, 142))
    for index in range(-14, 15):
        brush.line(
            ((320 + index * 26) * _S, 124 * _S, (320 + index * 88) * _S, HEIGHT * _S), fill=(158, 152, 142), width=1
        )
    _disc(brush, 320, 208, 108, (150, 146, 138), 0.34)
    _disc(brush, 320, 204, 98, (118, 168, 184), 0.32)
    for radius in (60, 40, 20):
        _disc(brush, 320, 200, radius, _mix((118, 168, 184), (255, 255, 255), 0.5 - radius / 160), 0.3)
    for x, y in ((70, 170), (160, 150), (480, 150), (574, 170), (30, 250), (612, 250)):
        _tree(brush, chance, x, y, 60 + (y - 140) * 0.5)


def _village(brush: Brush, chance: random.Random) -> None:
    _gradient(brush, 0, 130, (150, 190, 222), (226, 234, 232))
    _fill(
        brush, [(0, 120), (90, 70), (210, 116), (330, 62), (470, 112), (640, 74), (640, 140), (0, 140)], (120, 150, 128)
    )
    _gradient(brush, 132, HEIGHT, (172, 186, 96), (138, 160, 74))
    for index in range(18):
        y = 140 + (index / 18) ** 1.8 * 220
        brush.line((0, y * _S, WIDTH * _S, (y + 10) * _S), fill=(116, 142, 66), width=3)
    for x in (60, 130, 520):
        _building(brush, chance, x, x + 58, 112, 158, (234, 230, 220), 0.0)
        _fill(brush, [(x - 6, 114), (x + 29, 94), (x + 64, 114)], (92, 84, 84))
    _fill(brush, [(0, 250), (640, 208), (640, 246), (0, 304)], (150, 146, 138))
    for x in (20, 220, 420, 600):
        _tree(brush, chance, x, 238 - x * 0.05, 74, (84, 130, 62))


SCENES: Final[tuple[Scene, ...]] = (
    Scene(
        "Main road",
        _main_road,
        traffic("front front front", (310, 140, 7), (216, 410, 150), seed=1)
        + traffic("rear rear", (424, 410, 150), (330, 140, 7), seed=4),
    ),
    Scene(
        "Junction",
        _junction,
        traffic("car bus car", (-120, 282, 46), (760, 282, 46), seed=2)
        + traffic("car truck", (760, 236, 36), (-120, 236, 36), seed=5)
        + traffic("bicycle", (760, 206, 30), (-60, 206, 30), seed=3),
    ),
    Scene(
        "Market",
        _market,
        traffic("bicycle truck", (-90, 318, 50), (720, 318, 50), seed=3)
        + traffic("bicycle bicycle", (720, 352, 58), (-90, 352, 58), seed=6),
    ),
    Scene(
        "School gate",
        _school_gate,
        traffic("car car bicycle", (-120, 280, 44), (760, 280, 44), seed=0)
        + traffic("bus car", (780, 328, 64), (-180, 328, 64), seed=2),
    ),
    Scene(
        "Car park",
        _car_park,
        traffic("car", (-120, 204, 44), (760, 204, 44), seed=4)
        + traffic("car car", (800, 268, 62), (-170, 268, 62), seed=1),
    ),
    Scene(
        "Tunnel",
        _tunnel,
        traffic("front front front", (312, 182, 5), (190, 420, 170), seed=5)
        + traffic("rear rear", (450, 420, 170), (328, 182, 5), seed=2),
        night=True,
    ),
    Scene(
        "River dyke",
        _river_dyke,
        traffic("boat boat", (-120, 200, 34), (720, 176, 28), seed=3)
        + traffic("bicycle car", (-100, 350, 44), (720, 308, 40), seed=6),
    ),
    Scene(
        "Night street",
        _night_street,
        traffic("front front", (312, 156, 6), (226, 420, 150), seed=3)
        + traffic("rear rear rear", (424, 420, 150), (330, 156, 6), seed=0),
        night=True,
    ),
    Scene(
        "Old lane",
        _lane,
        traffic("bicycle bicycle", (-60, 330, 90), (700, 292, 70), seed=2)
        + traffic("bicycle", (420, 190, 26), (80, 370, 110), seed=5),
    ),
    Scene(
        "Bridge",
        _bridge,
        traffic("car bus car truck", (-130, 280, 36), (760, 280, 36), seed=6)
        + traffic("car car car", (760, 252, 30), (-110, 252, 30), seed=1)
        + traffic("boat", (-140, 350, 44), (760, 340, 40), seed=2),
    ),
    Scene(
        "People's square",
        _square,
        traffic("bicycle bicycle", (-60, 300, 54), (700, 300, 54), seed=1)
        + traffic("bicycle truck", (700, 344, 64), (-150, 344, 64), seed=4),
    ),
    Scene(
        "Village road",
        _village,
        traffic("car bicycle truck", (-130, 292, 46), (740, 240, 38), seed=2)
        + traffic("car", (740, 224, 32), (-110, 268, 36), seed=5),
    ),
)
