"""The twelve drawn places that the simulated cameras look at."""

import random
from typing import Final

from deploy.simulators.brushes import (
    ASPHALT,
    GRASS,
    LINE,
    PAVING,
    SCALE,
    awning,
    building,
    crossing,
    day,
    disc,
    fill,
    gradient,
    lamp,
    mix,
    rect,
    road_across,
    road_ahead,
    skyline,
    texture,
    tree,
)
from deploy.simulators.scenes import HEIGHT, WIDTH, Brush, Colour, Scene, traffic


def _main_road(brush: Brush, chance: random.Random) -> None:
    day(brush, 130)
    skyline(brush, chance, 134, 112)
    gradient(brush, 132, HEIGHT, mix(GRASS, (255, 255, 255), 0.2), GRASS)
    road_ahead(brush, 132, 26, 250)
    for depth in (0.06, 0.14, 0.27, 0.46, 0.74):
        y = 132 + depth * 228
        spread = 46 + depth * 290
        tree(brush, chance, 320 - spread, y, 40 + 120 * depth)
        tree(brush, chance, 320 + spread, y, 40 + 120 * depth)


def _junction(brush: Brush, chance: random.Random) -> None:
    day(brush, 96)
    skyline(brush, chance, 112, 96)
    gradient(brush, 110, HEIGHT, PAVING, mix(PAVING, (0, 0, 0), 0.12))
    road_ahead(brush, 110, 50, 190)
    road_across(brush, 196, 290)
    fill(brush, [(212, 196), (428, 196), (478, 290), (162, 290)], ASPHALT)
    crossing(brush, 128, 158, 202, 286)
    crossing(brush, 486, 516, 202, 286)
    for x, y in ((118, 186), (520, 186)):
        lamp(brush, x, y, 74)
        rect(brush, x - 4, y - 70, x + 4, y - 48, (36, 38, 40))
        disc(brush, x, y - 65, 2.4, (222, 64, 52))
        disc(brush, x, y - 53, 2.4, (78, 200, 110))
    for x in (40, 596):
        tree(brush, chance, x, 190, 84)


def _market(brush: Brush, chance: random.Random) -> None:
    day(brush, 70)
    skyline(brush, chance, 92, 76)
    gradient(brush, 90, HEIGHT, (196, 184, 168), (164, 152, 138))
    texture(brush, chance, 150, HEIGHT, (176, 164, 150), 300)
    tones: list[Colour] = [(196, 66, 54), (58, 124, 98), (214, 150, 52), (66, 104, 160), (170, 72, 110)]
    for index, tone in enumerate(tones * 2):
        row, place = divmod(index, 5)
        left, top = place * 132 - 10 + row * 24, 104 + row * 62
        rect(brush, left + 6, top + 22, left + 112, top + 50, (120, 96, 74))
        for _ in range(34):
            fruit = chance.choice([(222, 92, 40), (96, 152, 60), (226, 190, 66), (184, 44, 52)])
            disc(brush, left + chance.uniform(10, 108), top + chance.uniform(28, 46), 3.2, fruit)
        awning(brush, left, left + 118, top, tone)
    rect(brush, 0, 262, WIDTH, HEIGHT, (140, 138, 136))
    texture(brush, chance, 262, HEIGHT, (140, 138, 136), 160)


def _school_gate(brush: Brush, chance: random.Random) -> None:
    day(brush, 120)
    building(brush, chance, 60, 580, 40, 176, (206, 170, 140), 0.02)
    rect(brush, 0, 170, WIDTH, 236, PAVING)
    for x in range(0, WIDTH, 9):
        if not 240 < x < 400:
            rect(brush, x, 158, x + 2, 206, (72, 92, 84))
    for x in (232, 398):
        rect(brush, x, 136, x + 18, 214, (158, 66, 52))
        rect(brush, x - 3, 130, x + 21, 138, (226, 220, 206))
    rect(brush, 244, 138, 404, 152, (186, 50, 44))
    road_across(brush, 240, 336)
    crossing(brush, 296, 346, 244, 334)
    for x in (24, 122, 520, 612):
        tree(brush, chance, x, 232, 96)


def _car_park(brush: Brush, chance: random.Random) -> None:
    day(brush, 60)
    skyline(brush, chance, 84, 64)
    gradient(brush, 82, HEIGHT, (128, 130, 134), (100, 102, 106))
    texture(brush, chance, 90, HEIGHT, (112, 114, 118), 260)
    paints: list[Colour] = [(196, 52, 46), (226, 228, 230), (58, 62, 68), (36, 84, 150), (150, 156, 162)]
    for top, size in ((104, 46.0), (292, 78.0)):
        x = 10.0
        while x < WIDTH:
            fill(brush, [(x, top), (x + 2, top), (x - 6, top + size), (x - 9, top + size)], LINE)
            if chance.random() < 0.66:
                paint = chance.choice(paints)
                left, wide = x + size * 0.12, size * 0.72
                rect(brush, left, top + size * 0.2, left + wide, top + size * 0.86, paint)
                rect(brush, left + wide * 0.12, top + size * 0.34, left + wide * 0.88, top + size * 0.5, (38, 52, 66))
                rect(brush, left + wide * 0.16, top + size * 0.7, left + wide * 0.84, top + size * 0.78, (38, 52, 66))
            x += size
    for x in (90, 330, 570):
        lamp(brush, x, 176, 96)


def _tunnel(brush: Brush, chance: random.Random) -> None:
    gradient(brush, 0, HEIGHT, (84, 76, 62), (58, 54, 48))
    for step in range(12, 0, -1):
        share = step / 12
        tone = mix((206, 196, 164), (62, 58, 50), share)
        disc(brush, 320, 170, 40 + 330 * share**1.7, tone, 0.62)
    road_ahead(brush, 178, 26, 300, (70, 70, 72))
    for index in range(8):
        share = ((index + 1) / 8) ** 2
        for side in (-1, 1):
            x, y = 320 + side * (30 + 250 * share), 146 - 120 * share
            rect(brush, x - 2 - 12 * share, y, x + 2 + 12 * share, y + 1 + 4 * share, (255, 236, 178))
    texture(brush, chance, 250, HEIGHT, (70, 70, 72), 60)


def _river_dyke(brush: Brush, chance: random.Random) -> None:
    gradient(brush, 0, 120, (168, 196, 214), (230, 232, 222))
    fill(
        brush,
        [(0, 118), (120, 84), (250, 112), (400, 78), (560, 106), (640, 92), (640, 130), (0, 130)],
        (134, 156, 148),
    )
    gradient(brush, 122, 250, (150, 178, 186), (96, 134, 148))
    for _ in range(220):
        x, y = chance.uniform(0, WIDTH), chance.uniform(126, 246)
        rect(brush, x, y, x + chance.uniform(8, 34), y + 0.8, (176, 200, 206))
    fill(brush, [(0, 262), (640, 226), (640, HEIGHT), (0, HEIGHT)], (150, 148, 140))
    fill(brush, [(0, 284), (640, 248), (640, HEIGHT), (0, HEIGHT)], GRASS)
    fill(brush, [(0, 318), (640, 282), (640, 330), (0, 372)], (128, 126, 122))
    rect(brush, 560, 150, 566, 246, (240, 240, 236))
    for index in range(9):
        rect(brush, 560, 152 + index * 10, 566, 157 + index * 10, (206, 52, 44))
    for x in (60, 190, 330):
        tree(brush, chance, x, 296 - x * 0.056, 70, (92, 136, 70))


def _night_street(brush: Brush, chance: random.Random) -> None:
    gradient(brush, 0, 140, (14, 18, 36), (44, 46, 66))
    skyline(brush, chance, 150, 128, 0.42)
    gradient(brush, 148, HEIGHT, (44, 46, 54), (30, 30, 36))
    road_ahead(brush, 148, 30, 260, (50, 52, 58))
    for depth in (0.08, 0.24, 0.5, 0.86):
        for side in (-1, 1):
            y, x = 148 + depth * 212, 320 + side * (48 + depth * 280)
            disc(brush, x, y, 20 + 60 * depth, (82, 76, 64), 0.3)
            lamp(brush, x, y, 50 + 110 * depth, lit=True)


def _lane(brush: Brush, chance: random.Random) -> None:
    day(brush, 80)
    gradient(brush, 80, HEIGHT, (190, 182, 168), (160, 154, 144))
    for side, wall in ((0, (214, 204, 186)), (1, (196, 178, 158))):
        edge = 0 if side == 0 else WIDTH
        inner = 214 if side == 0 else 426
        fill(brush, [(edge, 0), (inner, 64), (inner, 168), (edge, 336)], wall)
        for index in range(5):
            share = index / 5
            x = edge + (inner - edge) * (share + 0.05)
            x2 = edge + (inner - edge) * (share + 0.13)
            y = 90 + 20 * share
            fill(brush, [(x, y), (x2, y + 4), (x2, y + 60 - 30 * share), (x, y + 66 - 30 * share)], (84, 100, 112))
            disc(brush, (x + x2) / 2, y + 96 - 40 * share, 5, (190, 40, 36), 1.3)
    skyline(brush, chance, 92, 60)
    fill(brush, [(214, 92), (426, 92), (426, 168), (214, 168)], (206, 214, 208))
    fill(brush, [(240, 168), (400, 168), (640, HEIGHT), (0, HEIGHT)], (168, 164, 156))
    texture(brush, chance, 190, HEIGHT, (168, 164, 156), 240)
    tree(brush, chance, 452, 214, 110)


def _bridge(brush: Brush, chance: random.Random) -> None:
    gradient(brush, 0, 150, (160, 190, 216), (234, 226, 210))
    skyline(brush, chance, 150, 70)
    gradient(brush, 148, HEIGHT, (134, 166, 178), (82, 118, 134))
    for x in (150, 490):
        rect(brush, x - 9, 30, x + 9, 330, (186, 74, 54))
        for index in range(1, 9):
            for side in (-1, 1):
                brush.line(
                    (x * SCALE, 40 * SCALE, (x + side * index * 22) * SCALE, 222 * SCALE), fill=(210, 210, 206), width=2
                )
    road_across(brush, 226, 284, (88, 90, 94))
    rect(brush, 0, 289, WIDTH, 304, (150, 150, 148))
    texture(brush, chance, 310, HEIGHT, (90, 126, 142), 120)


def _square(brush: Brush, chance: random.Random) -> None:
    day(brush, 110)
    skyline(brush, chance, 122, 84)
    gradient(brush, 120, HEIGHT, (204, 198, 186), (172, 166, 156))
    for index in range(16):
        y = 124 + (index / 16) ** 2 * 236
        rect(brush, 0, y, WIDTH, y + 0.8, (158, 152, 142))
    for index in range(-14, 15):
        brush.line(
            ((320 + index * 26) * SCALE, 124 * SCALE, (320 + index * 88) * SCALE, HEIGHT * SCALE),
            fill=(158, 152, 142),
            width=1,
        )
    disc(brush, 320, 208, 108, (150, 146, 138), 0.34)
    disc(brush, 320, 204, 98, (118, 168, 184), 0.32)
    for radius in (60, 40, 20):
        disc(brush, 320, 200, radius, mix((118, 168, 184), (255, 255, 255), 0.5 - radius / 160), 0.3)
    for x, y in ((70, 170), (160, 150), (480, 150), (574, 170), (30, 250), (612, 250)):
        tree(brush, chance, x, y, 60 + (y - 140) * 0.5)


def _village(brush: Brush, chance: random.Random) -> None:
    gradient(brush, 0, 130, (150, 190, 222), (226, 234, 232))
    fill(
        brush, [(0, 120), (90, 70), (210, 116), (330, 62), (470, 112), (640, 74), (640, 140), (0, 140)], (120, 150, 128)
    )
    gradient(brush, 132, HEIGHT, (172, 186, 96), (138, 160, 74))
    for index in range(18):
        y = 140 + (index / 18) ** 1.8 * 220
        brush.line((0, y * SCALE, WIDTH * SCALE, (y + 10) * SCALE), fill=(116, 142, 66), width=3)
    for x in (60, 130, 520):
        building(brush, chance, x, x + 58, 112, 158, (234, 230, 220), 0.0)
        fill(brush, [(x - 6, 114), (x + 29, 94), (x + 64, 114)], (92, 84, 84))
    fill(brush, [(0, 250), (640, 208), (640, 246), (0, 304)], (150, 146, 138))
    for x in (20, 220, 420, 600):
        tree(brush, chance, x, 238 - x * 0.05, 74, (84, 130, 62))


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
