"""Drawn street scenes for the simulated cameras: invented places, simple shapes, no person and no plate to recognise.

Everything is drawn at twice the size and scaled down, so that edges are smooth at the size of a map tile.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from PIL import Image, ImageChops, ImageDraw, ImageFilter

WIDTH: Final = 640
HEIGHT: Final = 360
_FINE: Final = 2

Colour = tuple[int, int, int]
Brush = ImageDraw.ImageDraw
_CAR_PAINTS: Final[tuple[Colour, ...]] = (
    (196, 52, 46), (36, 84, 150), (226, 228, 230), (58, 62, 68), (150, 156, 162), (214, 164, 48), (44, 118, 88),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mover:
    """A sprite that goes from `start` to `end` (x, y of its foot, height in pixels) `turns` times in each clip."""

    sprite: str
    paint: Colour
    start: tuple[float, float, float]
    end: tuple[float, float, float]
    phase: float
    turns: int = 1

    def at(self, share: float) -> tuple[float, float, float]:
        """Where it is when `share` (0 to 1) of the clip has passed, in perspective: far things move slowly."""
        way = (share * self.turns + self.phase) % 1.0
        (x0, y0, s0), (x1, y1, s1) = self.start, self.end
        size = 1 / (1 / s0 + way * (1 / s1 - 1 / s0))
        done = (size - s0) / (s1 - s0) if abs(s1 - s0) > 1 else way
        return x0 + (x1 - x0) * done, y0 + (y1 - y0) * done, size


@dataclass(frozen=True, slots=True)
class Scene:
    """One place: a name for the picture, its still ground, and what moves; `night` turns headlights on."""

    name: str
    paint: Callable[[Brush, random.Random], None]
    movers: tuple[Mover, ...] = field(default=())
    night: bool = False


def background(scene: Scene) -> Image.Image:
    """The scene without its movers, as a 640 x 360 RGB picture; the same scene gives the same pixels."""
    chance = random.Random(scene.name)  # noqa: S311 (a drawing, not a secret)
    canvas = Image.new("RGB", (WIDTH * _FINE, HEIGHT * _FINE), (138, 142, 134))
    scene.paint(ImageDraw.Draw(canvas), chance)
    picture = canvas.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS).filter(ImageFilter.GaussianBlur(0.4))
    return ImageChops.multiply(picture, _vignette())


def _vignette() -> Image.Image:
    glow = Image.radial_gradient("L").resize((WIDTH * 2, HEIGHT * 2)).crop(
        (WIDTH // 2, HEIGHT // 2, WIDTH * 3 // 2, HEIGHT * 3 // 2)
    )  # fmt: skip
    shade = glow.point([255 - value // 4 for value in range(256)])
    return Image.merge("RGB", (shade, shade, shade))


def sprite(kind: str, paint: Colour, size: int, *, mirrored: bool, night: bool) -> Image.Image:
    """A mover's picture `size` pixels high, transparent around it."""
    wide = {"bus": 2.6, "truck": 2.2, "car": 2.3, "bicycle": 1.1, "boat": 3.0, "front": 1.25, "rear": 1.25}[kind]
    height = 96
    canvas = Image.new("RGBA", (round(height * wide), height))
    _SPRITES[kind](ImageDraw.Draw(canvas), canvas.width, height, paint, night)
    if mirrored:
        canvas = canvas.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    return canvas.resize((max(2, round(size * wide)), max(2, size)), Image.Resampling.LANCZOS)


# ---- sprites: draw into a box of `w` x `h`, the wheels on its lower edge ---------------------------------------------
_GLASS: Final = (38, 52, 66)
_TYRE: Final = (24, 24, 26)
_LAMP: Final = (255, 244, 200)


def _darker(colour: Colour, share: float) -> Colour:
    red, green, blue = (round(part * share) for part in colour)
    return red, green, blue


def _wheels(brush: Brush, places: tuple[float, ...], radius: float, ground: float) -> None:
    for x in places:
        brush.ellipse((x - radius, ground - 2 * radius, x + radius, ground), fill=_TYRE)
        brush.ellipse(
            (x - radius / 2, ground - 1.5 * radius, x + radius / 2, ground - radius / 2), fill=(150, 152, 156)
        )


def _shadow(brush: Brush, w: int, h: int) -> None:
    brush.ellipse((w * 0.02, h * 0.84, w * 0.98, h), fill=(0, 0, 0, 90))


def _car(brush: Brush, w: int, h: int, paint: Colour, night: bool) -> None:
    _shadow(brush, w, h)
    brush.polygon([(w * 0.2, h * 0.45), (w * 0.33, h * 0.12), (w * 0.66, h * 0.12), (w * 0.82, h * 0.45)], fill=paint)
    brush.polygon([(w * 0.25, h * 0.43), (w * 0.35, h * 0.18), (w * 0.48, h * 0.18), (w * 0.48, h * 0.43)], fill=_GLASS)
    brush.polygon([(w * 0.52, h * 0.43), (w * 0.52, h * 0.18), (w * 0.64, h * 0.18), (w * 0.75, h * 0.43)], fill=_GLASS)
    brush.rounded_rectangle((w * 0.02, h * 0.42, w * 0.98, h * 0.82), h * 0.14, fill=paint)
    brush.rectangle((w * 0.04, h * 0.64, w * 0.96, h * 0.7), fill=_darker(paint, 0.75))
    brush.rectangle((w * 0.93, h * 0.48, w * 0.98, h * 0.58), fill=_LAMP)
    brush.rectangle((w * 0.02, h * 0.48, w * 0.06, h * 0.58), fill=(200, 30, 30))
    _wheels(brush, (w * 0.22, w * 0.78), h * 0.17, h * 0.96)
    if night:
        brush.ellipse((w * 0.88, h * 0.4, w, h * 0.66), fill=(255, 250, 220, 220))


def _bus(brush: Brush, w: int, h: int, paint: Colour, night: bool) -> None:
    _shadow(brush, w, h)
    brush.rounded_rectangle((w * 0.01, h * 0.04, w * 0.99, h * 0.86), h * 0.08, fill=paint)
    brush.rectangle((w * 0.01, h * 0.6, w * 0.99, h * 0.66), fill=(240, 240, 236))
    lit = (250, 230, 160) if night else _GLASS
    for index in range(7):
        left = w * (0.05 + index * 0.132)
        brush.rectangle((left, h * 0.16, left + w * 0.11, h * 0.5), fill=lit)
    _wheels(brush, (w * 0.18, w * 0.8), h * 0.14, h * 0.98)


def _truck(brush: Brush, w: int, h: int, paint: Colour, night: bool) -> None:
    _shadow(brush, w, h)
    brush.rectangle((w * 0.02, h * 0.06, w * 0.7, h * 0.8), fill=(214, 216, 212))
    for index in range(1, 6):
        brush.line((w * (0.02 + index * 0.113), h * 0.08, w * (0.02 + index * 0.113), h * 0.78), (184, 186, 184), 2)
    brush.rounded_rectangle((w * 0.72, h * 0.24, w * 0.98, h * 0.82), h * 0.06, fill=paint)
    brush.rectangle((w * 0.84, h * 0.3, w * 0.96, h * 0.52), fill=_GLASS)
    _wheels(brush, (w * 0.14, w * 0.3, w * 0.84), h * 0.15, h * 0.98)
    if night:
        brush.ellipse((w * 0.94, h * 0.56, w, h * 0.72), fill=_LAMP)


def _bicycle(brush: Brush, w: int, h: int, paint: Colour, night: bool) -> None:
    _shadow(brush, w, h)
    for x in (w * 0.22, w * 0.78):
        brush.ellipse((x - h * 0.2, h * 0.56, x + h * 0.2, h * 0.96), outline=_TYRE, width=5)
    brush.line((w * 0.22, h * 0.76, w * 0.45, h * 0.5, w * 0.7, h * 0.5, w * 0.78, h * 0.76), fill=paint, width=6)
    brush.line((w * 0.22, h * 0.76, w * 0.52, h * 0.78, w * 0.7, h * 0.5), fill=paint, width=5)
    # A rain cape, not a person: nothing to recognise.
    brush.polygon([(w * 0.52, h * 0.02), (w * 0.3, h * 0.6), (w * 0.74, h * 0.6)], fill=_darker(paint, 0.8))
    brush.rectangle((w * 0.06, h * 0.34, w * 0.32, h * 0.56), fill=(228, 188, 70))
    if night:
        brush.ellipse((w * 0.8, h * 0.44, w * 0.94, h * 0.58), fill=_LAMP)


def _boat(brush: Brush, w: int, h: int, paint: Colour, night: bool) -> None:
    brush.ellipse((0, h * 0.8, w, h), fill=(210, 226, 230, 90))
    brush.polygon([(0, h * 0.55), (w, h * 0.5), (w * 0.9, h * 0.9), (w * 0.1, h * 0.9)], fill=paint)
    brush.rectangle((w * 0.12, h * 0.2, w * 0.36, h * 0.56), fill=(236, 236, 230))
    brush.rectangle((w * 0.16, h * 0.28, w * 0.32, h * 0.42), fill=(250, 230, 160) if night else _GLASS)
    brush.polygon([(w * 0.42, h * 0.54), (w * 0.6, h * 0.36), (w * 0.8, h * 0.53)], fill=(196, 168, 112))


def _end_on(lamp: Colour) -> Callable[[Brush, int, int, Colour, bool], None]:
    def draw(brush: Brush, w: int, h: int, paint: Colour, night: bool) -> None:
        _shadow(brush, w, h)
        brush.polygon(
            [(w * 0.16, h * 0.42), (w * 0.27, h * 0.08), (w * 0.73, h * 0.08), (w * 0.84, h * 0.42)], fill=paint
        )
        brush.polygon(
            [(w * 0.22, h * 0.41), (w * 0.31, h * 0.14), (w * 0.69, h * 0.14), (w * 0.78, h * 0.41)], fill=_GLASS
        )
        brush.rounded_rectangle((w * 0.06, h * 0.4, w * 0.94, h * 0.84), h * 0.1, fill=paint)
        brush.rectangle((w * 0.3, h * 0.6, w * 0.7, h * 0.72), fill=_darker(paint, 0.6))
        for left in (0.1, 0.74):
            brush.rounded_rectangle((w * left, h * 0.48, w * (left + 0.16), h * 0.58), 4, fill=lamp)
            brush.rectangle((w * left, h * 0.82, w * (left + 0.14), h * 0.97), fill=_TYRE)
            if night:
                brush.ellipse((w * (left - 0.03), h * 0.42, w * (left + 0.19), h * 0.64), fill=(*lamp, 210))

    return draw


_SPRITES: Final[dict[str, Callable[[Brush, int, int, Colour, bool], None]]] = {
    "car": _car,
    "bus": _bus,
    "truck": _truck,
    "bicycle": _bicycle,
    "boat": _boat,
    "front": _end_on(_LAMP),
    "rear": _end_on((206, 36, 32)),
}


def traffic(
    kinds: str, start: tuple[float, float, float], end: tuple[float, float, float], *, seed: int, turns: int = 1
) -> tuple[Mover, ...]:
    """A lane: one mover for each word of `kinds`, spread over the way."""
    names = kinds.split()
    paints = [_CAR_PAINTS[(seed + 3 * index) % len(_CAR_PAINTS)] for index in range(len(names))]
    return tuple(
        Mover(name, paint, start, end, (index + 0.13 * ((seed + index) % 3)) / len(names), turns)
        for index, (name, paint) in enumerate(zip(names, paints, strict=True))
    )
