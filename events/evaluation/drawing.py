"""What fell due and how much of it was closed, as bars in SVG. Pure.

Dark, pale and hollow say the same as the colours, for whoever can't tell these apart, and on a black-and-white printer.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 1000, 200  # units of the drawing
_LEFT, _TOP, _BOTTOM = 40, 8, 22
_DARK_GREEN, _PALE_AMBER = 'fill="#17703f"', 'fill="#f2bf5e"'
_RED_EDGE = 'fill="#ffffff" stroke="#bd2323" stroke-width="2"'
_MOST_LABELS = 12


@dataclass(frozen=True)
class Bar:
    """One stretch of time: how many fell due, how many of them were closed, and on time."""

    label: str
    due: int
    closed: int
    on_time: int


def drawn(bars: Sequence[Bar]) -> bytes:
    """The drawing. `bars` has at least one that is not empty."""
    most = max(bar.due for bar in bars)
    inner = HEIGHT - _TOP - _BOTTOM
    wide = (WIDTH - _LEFT) / len(bars)
    named = -(-len(bars) // _MOST_LABELS)
    parts = [_scale(most, inner)]
    for number, bar in enumerate(bars):
        left = _LEFT + number * wide
        parts += _column(bar, left + wide * 0.18, wide * 0.64, inner / most)
        if number % named == 0:
            parts.append(_text(left + wide / 2, HEIGHT - 6, bar.label, "middle"))
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
    return f"{head}{''.join(parts)}</svg>".encode()


def _column(bar: Bar, left: float, width: float, unit: float) -> Iterator[str]:
    closed = min(bar.closed, bar.due)  # what was corrected may leave one of them out
    on_time = min(bar.on_time, closed)
    parts = ((0, on_time, _DARK_GREEN), (on_time, closed, _PALE_AMBER), (closed, bar.due, _RED_EDGE))
    for start, end, look in parts:
        if end > start:
            top = HEIGHT - _BOTTOM - end * unit
            tall = (end - start) * unit
            yield f'<rect x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{tall:.1f}" {look}/>'


def _scale(most: int, inner: int) -> str:
    """The foot and the top of the scale."""
    foot = HEIGHT - _BOTTOM
    line = '<line x1="{left}" y1="{y}" x2="{right}" y2="{y}" stroke="#bbbbbb" stroke-width="1"/>'
    lines = "".join(line.format(left=_LEFT, right=WIDTH, y=y) for y in (foot, foot - inner))
    return lines + _text(_LEFT - 6, foot + 4, "0", "end") + _text(_LEFT - 6, foot - inner + 8, str(most), "end")


def _text(x: float, y: float, words: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="12" fill="#555555" text-anchor="{anchor}">{words}</text>'
