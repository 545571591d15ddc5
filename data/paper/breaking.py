"""Where a line of Chinese, or of words between spaces, may end. Pure.

Chinese may end anywhere but before a closing mark or after an opening one (GB/T 15834: 避头尾); a word of letters and
digits is kept whole while it fits into a line at all.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator

NEVER_FIRST = frozenset("，。、；：？！）》】」』”’…—·％,.;:?!)]}%")
NEVER_LAST = frozenset("（《【「『“‘([{￥$")
_PIECE = re.compile(r"[!-~À-ɏ]+|\s|.", re.DOTALL)


def plain(text: str) -> str:
    """`text` without what has no place on paper: control characters, and marks that turn the direction of writing."""
    kept = (char for char in text.replace("\r\n", "\n").replace("\t", " ") if char == "\n" or _is_shown(char))
    return "".join(kept)


def _is_shown(char: str) -> bool:
    return unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn"}


def broken(text: str, *, width: float, measure: Callable[[str], float]) -> list[str]:
    """`text` as lines none of which is wider than `width` (as `measure` says of one character, summed up).

    A character wider than that has a line of its own. Nothing but spaces at the ends of lines is lost.
    """
    lines = [line for part in plain(text).split("\n") for line in _filled(part, width, measure)]
    return lines or [""]


def _filled(part: str, width: float, measure: Callable[[str], float]) -> list[str]:
    lines: list[str] = []
    line, used = "", 0.0
    for piece in _pieces(part, width, measure):
        wide = sum(map(measure, piece))
        if line.strip() and used + wide > width and not piece.isspace():
            lines.append(line.rstrip())
            line, used = "", 0.0
        if line or not piece.isspace():
            line, used = line + piece, used + wide
    return [*lines, line.rstrip()]


def _pieces(part: str, width: float, measure: Callable[[str], float]) -> Iterator[str]:
    """What is never broken: words, and characters with the marks that belong to them; cut where too wide for a line."""
    joined = ""
    for piece in _PIECE.findall(part):
        if joined and not _holds_together(joined[-1], piece[0]):
            yield from _cut(joined, width, measure)
            joined = ""
        joined += piece
    if joined:
        yield from _cut(joined, width, measure)


def _holds_together(before: str, after: str) -> bool:
    return not before.isspace() and not after.isspace() and (after in NEVER_FIRST or before in NEVER_LAST)


def _cut(piece: str, width: float, measure: Callable[[str], float]) -> Iterator[str]:
    kept, used = "", 0.0
    for char in piece:
        wide = measure(char)
        if kept and used + wide > width:
            yield kept
            kept, used = "", 0.0
        kept, used = kept + char, used + wide
    yield kept
