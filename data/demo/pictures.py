"""Drawn pictures for the demo's events: what is wrong, and the same place put right. The same bytes every time.

They are simple drawings on purpose: nobody may take them for photographs of a real place.
"""

import io
import random
from collections.abc import Callable
from math import cos, pi, sin

from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT = 960, 720
Colour = tuple[int, int, int]
Drawing = ImageDraw.ImageDraw

SKY: Colour = (178, 205, 226)
WALL: Colour = (206, 196, 180)
PAVING: Colour = (172, 168, 162)
ASPHALT: Colour = (92, 95, 100)
GRASS: Colour = (108, 142, 86)
WATER: Colour = (96, 128, 138)


def picture(scene: str, *, fixed: bool) -> bytes:
    """A JPEG of 960 x 720 pixels of one of SCENES, with its fault or put right. Raises KeyError for another scene."""
    draw_scene = SCENES[scene]
    image = Image.new("RGB", (WIDTH, HEIGHT), SKY)
    dice = random.Random(scene)  # the same backdrop before and after
    draw_scene(ImageDraw.Draw(image, "RGBA"), dice, fixed)
    softened = Image.blend(image.filter(ImageFilter.GaussianBlur(1.2)), _grain(dice), 0.06)
    out = io.BytesIO()
    softened.save(out, "JPEG", quality=82)
    return out.getvalue()


def _grain(dice: random.Random) -> Image.Image:
    wide, high = WIDTH // 4, HEIGHT // 4
    small = Image.frombytes("L", (wide, high), dice.randbytes(wide * high))
    return small.resize((WIDTH, HEIGHT)).convert("RGB")


def _street(draw: Drawing, dice: random.Random) -> None:
    """A row of houses, a pavement and a road."""
    left = 0
    while left < WIDTH:
        width = dice.randrange(140, 230)
        tone = dice.randrange(-18, 18)
        draw.rectangle((left, dice.randrange(40, 110), left + width, 330), fill=_shade(WALL, tone))
        for row in range(3):
            for window in range(left + 22, left + width - 40, 58):
                top = 130 + row * 62
                draw.rectangle((window, top, window + 34, top + 38), fill=_shade((112, 134, 150), tone))
        left += width
    draw.rectangle((0, 320, WIDTH, 420), fill=PAVING)
    for joint in range(0, WIDTH, 60):
        draw.line((joint, 320, joint - 40, 420), fill=_shade(PAVING, -16), width=2)
    draw.rectangle((0, 412, WIDTH, 424), fill=_shade(PAVING, -34))
    draw.rectangle((0, 424, WIDTH, HEIGHT), fill=ASPHALT)
    for dash in range(40, WIDTH, 190):
        draw.polygon(_leaning(dash, 650, 110, 14), fill=(226, 226, 220))
    _speckle(draw, dice, (0, 424, WIDTH, HEIGHT), ASPHALT, 700)


def _speckle(draw: Drawing, dice: random.Random, box: tuple[int, int, int, int], colour: Colour, count: int) -> None:
    for _ in range(count):
        x, y = dice.randrange(box[0], box[2]), dice.randrange(box[1], box[3])
        draw.point((x, y), fill=_shade(colour, dice.randrange(-22, 22)))
        draw.point((x + 1, y), fill=_shade(colour, dice.randrange(-22, 22)))


def _shade(colour: Colour, by: int) -> Colour:
    red, green, blue = (max(0, min(255, part + by)) for part in colour)
    return red, green, blue


def _leaning(x: int, y: int, width: int, height: int) -> list[tuple[int, int]]:
    return [(x + 12, y), (x + 12 + width, y), (x + width, y + height), (x, y + height)]


def _blob(
    draw: Drawing, dice: random.Random, at: tuple[int, int], size: tuple[int, int], fill: Colour, *, corners: int = 22
) -> None:
    """A ragged patch around a point."""
    points = []
    for step in range(corners):
        angle = 2 * pi * step / corners
        reach = dice.uniform(0.78, 1.0)
        points.append((at[0] + size[0] * reach * cos(angle), at[1] + size[1] * reach * sin(angle)))
    draw.polygon(points, fill=fill)


def _cones(draw: Drawing, spots: list[tuple[int, int]]) -> None:
    for x, y in spots:
        draw.polygon([(x, y - 92), (x - 30, y), (x + 30, y)], fill=(226, 96, 38))
        draw.polygon([(x - 13, y - 52), (x + 13, y - 52), (x + 19, y - 32), (x - 19, y - 32)], fill=(244, 240, 232))
        draw.rectangle((x - 40, y, x + 40, y + 11), fill=(60, 60, 60))


def _manhole(draw: Drawing, dice: random.Random, fixed: bool) -> None:
    _street(draw, dice)
    draw.ellipse((330, 488, 640, 648), fill=(64, 64, 66))
    if fixed:
        draw.ellipse((342, 494, 628, 640), fill=(122, 120, 116))
        for ring in range(5):
            inset = 18 + ring * 24
            draw.ellipse((342 + inset, 494 + inset // 2, 628 - inset, 640 - inset // 2), outline=(86, 84, 82), width=5)
        return
    draw.ellipse((346, 500, 624, 636), fill=(14, 14, 16))
    draw.polygon([(400, 486), (560, 470), (668, 520), (600, 560), (470, 548)], fill=(132, 128, 122))
    draw.line((470, 548, 600, 560), fill=(70, 68, 66), width=9)
    _cones(draw, [(262, 662), (724, 640)])


def _garbage(draw: Drawing, dice: random.Random, fixed: bool) -> None:
    _street(draw, dice)
    for bin_, colour in ((380, (58, 110, 72)), (500, (66, 92, 138))):
        draw.rectangle((bin_, 270, bin_ + 96, 412), fill=colour)
        draw.rectangle((bin_ - 8, 254, bin_ + 104, 276), fill=_shade(colour, -24))
        draw.ellipse((bin_ + 8, 402, bin_ + 32, 426), fill=(40, 40, 40))
        draw.ellipse((bin_ + 64, 402, bin_ + 88, 426), fill=(40, 40, 40))
    if fixed:
        return
    dark: list[Colour] = [(40, 42, 46), (88, 124, 168), (196, 62, 54)]
    bags = [*dark, (186, 190, 194), (222, 200, 110), (232, 232, 228)]
    for _ in range(46):
        x, y = int(dice.gauss(480, 120)), int(dice.gauss(440, 34))
        _blob(draw, dice, (x, y), (dice.randrange(24, 52), dice.randrange(18, 36)), dice.choice(bags), corners=11)
    for _ in range(70):
        x, y = int(dice.gauss(480, 180)), int(dice.gauss(500, 44))
        draw.polygon([(x, y), (x + 14, y + 4), (x + 9, y + 14)], fill=dice.choice(bags))


def _lamp(draw: Drawing, dice: random.Random, fixed: bool) -> None:
    """At night: one of three lamps is out, or all are lit."""
    draw.rectangle((0, 0, WIDTH, HEIGHT), fill=(20, 26, 42))
    for house in range(0, WIDTH, 160):
        draw.rectangle((house, dice.randrange(150, 240), house + 158, 450), fill=(34, 40, 58))
        for window in range(house + 20, house + 140, 44):
            lit = dice.random() < 0.4
            draw.rectangle((window, 290, window + 24, 322), fill=(236, 206, 130) if lit else (26, 30, 44))
    draw.rectangle((0, 450, WIDTH, HEIGHT), fill=(38, 40, 48))
    for lamp, lights in ((160, True), (480, fixed), (800, True)):
        draw.rectangle((lamp - 6, 130, lamp + 6, 560), fill=(92, 96, 104))
        draw.line((lamp, 134, lamp + 70, 112), fill=(92, 96, 104), width=10)
        if lights:
            _glow(draw, lamp + 60)
        draw.ellipse((lamp + 42, 104, lamp + 84, 128), fill=(255, 240, 196) if lights else (64, 66, 72))


def _glow(draw: Drawing, x: int) -> None:
    for reach in range(150, 0, -10):
        glow = 5 + (150 - reach) // 9
        draw.ellipse((x - reach, 118 - reach, x + reach, 118 + reach), fill=(255, 226, 150, glow))
    draw.polygon([(x - 20, 124), (x + 24, 124), (x + 170, 700), (x - 150, 700)], fill=(255, 226, 150, 44))


def _flood(draw: Drawing, dice: random.Random, fixed: bool) -> None:
    _street(draw, dice)
    if fixed:
        for _ in range(9):
            spot = (dice.randrange(60, 900), dice.randrange(470, 690))
            _blob(draw, dice, spot, (70, 16), _shade(ASPHALT, -14))
        return
    draw.rectangle((0, 392, WIDTH, HEIGHT), fill=(*WATER, 236))
    for _ in range(130):
        x, y = dice.randrange(0, WIDTH), dice.randrange(400, HEIGHT)
        draw.arc((x, y, x + dice.randrange(40, 150), y + 12), 190, 350, fill=(170, 196, 202), width=3)
    draw.rounded_rectangle((560, 300, 830, 452), 34, fill=(176, 52, 50))
    draw.rounded_rectangle((606, 248, 790, 344), 30, fill=(176, 52, 50))
    draw.rectangle((622, 266, 690, 330), fill=(168, 198, 212))
    draw.rectangle((704, 266, 774, 330), fill=(168, 198, 212))
    draw.rectangle((540, 424, 860, 470), fill=WATER)


def _pothole(draw: Drawing, dice: random.Random, fixed: bool) -> None:
    _street(draw, dice)
    if fixed:
        draw.polygon([(250, 500), (700, 490), (742, 660), (220, 672)], fill=(64, 66, 70))
        return
    for at, size in (((400, 560), (150, 58)), ((640, 610), (92, 36)), ((250, 640), (66, 24))):
        _blob(draw, dice, at, size, (70, 66, 62))
        _blob(draw, dice, (at[0] + 6, at[1] + 8), (int(size[0] * 0.74), int(size[1] * 0.66)), (46, 42, 38))
    for _ in range(160):
        x, y = int(dice.gauss(450, 150)), int(dice.gauss(590, 46))
        draw.ellipse((x, y, x + 8, y + 6), fill=_shade((120, 116, 110), dice.randrange(-24, 24)))


def _stall(draw: Drawing, dice: random.Random, fixed: bool) -> None:
    _street(draw, dice)
    if fixed:
        return
    for left, stripe in ((150, (200, 64, 56)), (430, (58, 108, 160)), (690, (222, 150, 58))):
        draw.line((left + 10, 230, left + 10, 470), fill=(110, 110, 110), width=7)
        draw.line((left + 200, 230, left + 200, 470), fill=(110, 110, 110), width=7)
        for band in range(5):
            colour = stripe if band % 2 == 0 else (240, 236, 226)
            over, under = left + band * 42, left + band * 46 - 12
            draw.polygon([(over, 178), (over + 42, 178), (under + 46, 240), (under, 240)], fill=colour)
        draw.rectangle((left, 400, left + 212, 470), fill=(150, 118, 84))
        for _ in range(34):
            x, y = dice.randrange(left + 8, left + 190), dice.randrange(366, 402)
            draw.ellipse((x, y, x + 24, y + 24), fill=dice.choice([(196, 52, 44), (228, 168, 48), (104, 150, 66)]))


def _tree(draw: Drawing, dice: random.Random, fixed: bool) -> None:
    _street(draw, dice)
    draw.rectangle((96, 330, 126, 420), fill=(104, 78, 56))
    if fixed:
        draw.ellipse((88, 400, 134, 424), fill=(196, 164, 120))
        return
    draw.line((112, 400, 660, 590), fill=(104, 78, 56), width=44)
    for reach in range(5):
        ends = (400 + reach * 60, 500 + reach * 20, 500 + reach * 70, 420 + reach * 40)
        draw.line(ends, fill=(104, 78, 56), width=14)
    for _ in range(120):
        x, y = int(dice.gauss(660, 110)), int(dice.gauss(560, 60))
        _blob(draw, dice, (x, y), (36, 26), _shade((76, 122, 64), dice.randrange(-26, 26)), corners=9)


def _parking(draw: Drawing, dice: random.Random, fixed: bool) -> None:
    _street(draw, dice)
    for line in range(60, WIDTH, 230):
        draw.polygon(_leaning(line, 440, 10, 90), fill=(232, 232, 226))
    if fixed:
        return
    for left, colour in ((70, (222, 222, 224)), (390, (58, 66, 84)), (690, (184, 60, 52))):
        top = 300 + dice.randrange(-10, 14)
        draw.rounded_rectangle((left, top + 52, left + 270, top + 142), 30, fill=colour)
        draw.rounded_rectangle((left + 46, top, left + 214, top + 84), 28, fill=colour)
        draw.rectangle((left + 64, top + 16, left + 124, top + 66), fill=(150, 178, 194))
        draw.rectangle((left + 136, top + 16, left + 198, top + 66), fill=(150, 178, 194))
        for wheel in (left + 34, left + 184):
            draw.ellipse((wheel, top + 112, wheel + 54, top + 166), fill=(28, 28, 30))
            draw.ellipse((wheel + 16, top + 128, wheel + 38, top + 150), fill=(150, 150, 154))


def _river(draw: Drawing, dice: random.Random, fixed: bool) -> None:
    draw.rectangle((0, 250, WIDTH, 360), fill=GRASS)
    for _ in range(60):
        x = dice.randrange(0, WIDTH)
        _blob(draw, dice, (x, 268), (46, 34), _shade(GRASS, dice.randrange(-30, 10)), corners=10)
    draw.rectangle((0, 340, WIDTH, HEIGHT), fill=WATER)
    for _ in range(150):
        x, y = dice.randrange(0, WIDTH), dice.randrange(350, HEIGHT)
        draw.line((x, y, x + dice.randrange(30, 120), y), fill=_shade(WATER, dice.randrange(8, 30)), width=3)
    if fixed:
        return
    for _ in range(150):
        x, y = int(dice.gauss(450, 190)), int(dice.gauss(540, 70))
        _blob(draw, dice, (x, y), (30, 14), _shade((84, 132, 62), dice.randrange(-24, 30)), corners=8)
    for _ in range(46):
        x, y = int(dice.gauss(450, 160)), int(dice.gauss(540, 60))
        colour = dice.choice([(236, 236, 230), (206, 70, 60), (80, 130, 190)])
        draw.rounded_rectangle((x, y, x + 34, y + 14), 6, fill=colour)


def _posters(draw: Drawing, dice: random.Random, fixed: bool) -> None:
    draw.rectangle((0, 0, WIDTH, HEIGHT), fill=WALL)
    for row in range(0, 600, 46):
        for column in range(-40 if row % 92 else 0, WIDTH, 110):
            draw.rectangle((column, row, column + 107, row + 43), fill=_shade((186, 128, 102), dice.randrange(-12, 12)))
    draw.rectangle((0, 600, WIDTH, HEIGHT), fill=PAVING)
    if fixed:
        _blob(draw, dice, (470, 300), (300, 180), (196, 148, 122))
        return
    papers: list[Colour] = [(240, 232, 120), (236, 236, 232), (238, 170, 170), (170, 214, 178), (170, 198, 232)]
    for _ in range(30):
        x, y = dice.randrange(100, 760), dice.randrange(70, 470)
        wide, high = dice.randrange(70, 120), dice.randrange(86, 130)
        draw.rectangle((x, y, x + wide, y + high), fill=dice.choice(papers))
        for line in range(y + 14, y + high - 8, 15):
            draw.line((x + 8, line, x + wide - dice.randrange(8, 34), line), fill=(84, 84, 92), width=4)


def _dust(draw: Drawing, dice: random.Random, fixed: bool) -> None:
    draw.rectangle((0, 470, WIDTH, HEIGHT), fill=(176, 148, 108))
    draw.rectangle((560, 60, 576, 470), fill=(216, 176, 46))
    draw.line((430, 92, 900, 78), fill=(216, 176, 46), width=13)
    for floor in range(4):
        draw.rectangle((90, 170 + floor * 76, 430, 182 + floor * 76), fill=(150, 148, 144))
        for column in range(100, 430, 80):
            draw.rectangle((column, 182 + floor * 76, column + 12, 246 + floor * 76), fill=(150, 148, 144))
    if fixed:
        for fold in range(0, WIDTH, 24):
            draw.polygon([(fold, 480), (fold + 20, 470), (fold + 26, 660), (fold - 4, 666)], fill=(58, 122, 74))
    else:
        _blob(draw, dice, (700, 560), (240, 110), (158, 126, 84))
        for _ in range(70):
            x, y = dice.randrange(0, WIDTH), int(dice.gauss(420, 90))
            radius = dice.randrange(50, 120)
            draw.ellipse((x - radius, y - radius // 2, x + radius, y + radius // 2), fill=(206, 186, 152, 34))
    draw.rectangle((0, 640, WIDTH, HEIGHT), fill=(62, 108, 156) if fixed else (120, 116, 108))


SCENES: dict[str, Callable[[Drawing, random.Random, bool], None]] = {
    "manhole": _manhole,
    "garbage": _garbage,
    "lamp": _lamp,
    "flood": _flood,
    "pothole": _pothole,
    "stall": _stall,
    "tree": _tree,
    "parking": _parking,
    "river": _river,
    "posters": _posters,
    "dust": _dust,
}
