"""One PDF file, filled from top to bottom: A4, millimetres, pages numbered at the foot.

The font is Noto Sans CJK SC (SIL Open Font License 1.1, which allows embedding) of Debian's fonts-noto-cjk; only the
characters used go into the file.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from fpdf import FPDF
from typing_extensions import override

from data.paper.breaking import broken, plain

FONTS = Path("/usr/share/fonts/opentype/noto")
_SIMPLIFIED = 2  # of the faces in the collection: the Chinese mainland's
_FAMILY = "sans"
MARGIN = 16.0  # mm
_FOOT = 14.0
_PAD = 1.4
_POINT = 25.4 / 72  # mm
_LEADING = 1.42
_INK, _DIM, _LINE, _SHADE = 25, 105, 175, 242  # greys, 0 black to 255 white

Weight = Literal["", "B"]

logging.getLogger("fontTools").setLevel(logging.WARNING)  # it tells of every table that it prunes


class FontMissing(RuntimeError):
    """The font is not installed; the message says what to do."""

    def __init__(self) -> None:
        super().__init__(f"{FONTS} lacks Noto Sans CJK: install Debian's package fonts-noto-cjk")


@dataclass(frozen=True)
class Column:
    """A table's column: its title, its share of the width, and where its words stand."""

    title: str
    share: float
    align: Literal["L", "R", "C"] = "L"


@dataclass(frozen=True)
class Picture:
    """A picture file (JPEG or PNG) and the words below it."""

    path: Path
    caption: str


@dataclass(frozen=True)
class _Cell:
    lines: list[str]
    width: float
    weight: Weight = ""
    shaded: bool = False
    align: str = "L"


class _Document(FPDF):
    """A4 with our foot on every page."""

    foot, numbering = "", ""

    @override
    def footer(self) -> None:
        self.set_y(-_FOOT + 3)
        self.set_font(_FAMILY, size=8)
        self.set_text_color(_DIM)
        self.cell(self.epw * 0.75, 4, self.foot)
        number = self.numbering.replace("%(page)s", str(self.page_no())).replace("%(pages)s", "{nb}")
        self.cell(self.epw * 0.25, 4, number, align="R")


class Sheet:
    """A file in the making. `numbering` says a page's number: `%(page)s` of `%(pages)s`.

    Raises FontMissing where the font is not installed.
    """

    def __init__(
        self, *, title: str, numbering: str = "%(page)s / %(pages)s", made_at: datetime | None = None,
        landscape: bool = False,
    ) -> None:  # fmt: skip
        self._pdf = _Document(orientation="landscape" if landscape else "portrait", format="A4")
        for weight, name in (("", "NotoSansCJK-Regular.ttc"), ("B", "NotoSansCJK-Bold.ttc")):
            if not (FONTS / name).is_file():
                raise FontMissing
            self._pdf.add_font(_FAMILY, weight, FONTS / name, collection_font_number=_SIMPLIFIED)
        self._pdf.set_title(plain(title))
        self._pdf.set_creator("Wangge")
        if made_at is not None:
            self._pdf.set_creation_date(made_at)
        self._pdf.set_margins(MARGIN, MARGIN)
        self._pdf.set_auto_page_break(False, margin=_FOOT)
        self._pdf.set_draw_color(_LINE)
        self._pdf.set_line_width(0.2)
        self._pdf.numbering = numbering
        self._widths: dict[tuple[Weight, str], float] = {}

    @property
    def width(self) -> float:
        """Of what can be written on, mm."""
        return float(self._pdf.epw)

    def begin(self, title: str, *, subtitle: str = "", foot: str = "") -> None:
        """A new page with a title in its middle; `foot` stands at the foot of it and of those that follow."""
        self._break_page(foot=plain(foot))
        self._pdf.start_section(plain(title if not subtitle else f"{title} {subtitle}"))
        self._line(title, size=18, weight="B", align="C")
        if subtitle:
            self._line(subtitle, size=10, shade=_DIM, align="C")
        self._pdf.ln(2.5)

    def heading(self, text: str) -> None:
        """A heading within the page; never the last line of one."""
        self._room(16)
        self._pdf.ln(2.5)
        self._line(text, size=11.5, weight="B")
        self._pdf.ln(0.8)

    def paragraph(self, text: str, *, dim: bool = False, size: float = 9.5) -> None:
        """Words over the whole width."""
        for line in self._broken(text, self.width, size, ""):
            self._line(line, size=size, shade=_DIM if dim else _INK)
        self._pdf.ln(1)

    def facts(self, pairs: Iterable[tuple[str, str]], *, beside: int = 2, size: float = 9.5) -> None:
        """Labels and values in a ruled grid, `beside` pairs to a line; a label that starts with | has its own line."""
        line: list[tuple[str, str]] = []
        for label, value in pairs:
            if label.startswith("|"):
                self._fact_line(line, beside, size)
                self._fact_line([(label[1:], value)], 1, size)
                line = []
                continue
            line.append((label, value))
            if len(line) == beside:
                self._fact_line(line, beside, size)
                line = []
        self._fact_line(line, beside, size)

    def table(self, columns: Sequence[Column], rows: Iterable[Sequence[str]], *, size: float = 9) -> None:
        """A ruled table; its titles stand again on every page that it goes on to."""
        whole = sum(column.share for column in columns)
        widths = [self.width * column.share / whole for column in columns]
        titles = [
            self._cell(column.title, width, size, weight="B", shaded=True, align=column.align)
            for column, width in zip(columns, widths, strict=True)
        ]
        self._row(titles, size)
        for row in rows:
            cells = [
                self._cell(text, width, size, align=column.align)
                for text, width, column in zip(row, widths, columns, strict=True)
            ]
            self._row(cells, size, titles)

    def pictures(self, pictures: Sequence[Picture], *, across: int = 4, height: float = 34.0) -> None:
        """Small pictures side by side, none taller than `height` mm, with their captions below."""
        width = (self.width - (across - 1) * 2) / across
        for at in range(0, len(pictures), across):
            self._room(height + 8)
            self._pictures(pictures[at : at + across], width, height)

    def signatures(self, labels: Sequence[str]) -> None:
        """Lines to sign on."""
        self._room(16)
        self._pdf.ln(8)
        share = self.width / max(1, len(labels))
        for label in labels:
            self._style(9.5, "", _INK)
            self._pdf.cell(share, 5, plain(label) + "＿" * 8)
        self._pdf.ln(6)

    def drawing(self, svg: bytes, *, height: float) -> None:
        """A drawing in SVG over the whole width, `height` mm tall."""
        self._room(height)
        top = self._pdf.get_y()
        self._pdf.image(svg, x=MARGIN, y=top, w=self.width, h=height, keep_aspect_ratio=True)
        self._pdf.set_y(top + height + 1)

    def body(self) -> bytes:
        """The whole file. Nothing can be added afterwards."""
        return bytes(self._pdf.output())

    def _break_page(self, *, foot: str | None = None) -> None:
        """The page that ends keeps its own foot."""
        if self._pdf.page == 0:
            self._pdf.foot = foot or ""
        self._pdf.add_page()
        if foot is not None:
            self._pdf.foot = foot

    def _room(self, height: float) -> float:
        """What is left of the page, mm; of a new one where that is less than `height`."""
        if self._left() < height:
            self._break_page()
        return self._left()

    def _left(self) -> float:
        return float(self._pdf.h - _FOOT - self._pdf.get_y())

    def _style(self, size: float, weight: Weight, shade: int) -> None:
        self._pdf.set_font(_FAMILY, weight, size)
        self._pdf.set_text_color(shade)

    def _line(self, text: str, *, size: float, weight: Weight = "", shade: int = _INK, align: str = "L") -> None:
        for line in self._broken(text, self.width, size, weight):
            self._room(_tall(size))
            self._style(size, weight, shade)
            self._pdf.cell(self.width, _tall(size), line, align=align, new_x="LMARGIN", new_y="NEXT")

    def _broken(self, text: str, width: float, size: float, weight: Weight) -> list[str]:
        scale = size * _POINT
        return broken(text, width=width - 0.1, measure=lambda char: self._ems(char, weight) * scale)

    def _ems(self, char: str, weight: Weight) -> float:
        """How wide a character is, of the size of the type."""
        key = (weight, char)
        if key not in self._widths:
            self._pdf.set_font(_FAMILY, weight, 100)
            self._widths[key] = float(self._pdf.get_string_width(char)) / (100 * _POINT)
        return self._widths[key]

    def _cell(
        self, text: str, width: float, size: float, *, weight: Weight = "", shaded: bool = False, align: str = "L"
    ) -> _Cell:
        return _Cell(self._broken(text, width - 2 * _PAD, size, weight), width, weight, shaded, align)

    def _fact_line(self, pairs: Sequence[tuple[str, str]], beside: int, size: float) -> None:
        if not pairs:
            return
        label = min(26.0, self.width / beside / 3)
        share = self.width / (beside if len(pairs) == beside else len(pairs))
        cells: list[_Cell] = []
        for name, value in pairs:
            cells.append(self._cell(name, label, size, shaded=True))
            cells.append(self._cell(value, share - label, size))
        self._row(cells, size)

    def _row(self, cells: Sequence[_Cell], size: float, titles: Sequence[_Cell] = ()) -> None:
        """A row of boxes, as tall as its tallest cell; what doesn't fit on the page goes on on the next."""
        tall = _tall(size)
        done, lines = 0, max(len(cell.lines) for cell in cells)
        while done < lines:
            whole = min(lines - done, 3)
            if self._left() < whole * tall + 2 * _PAD:
                self._break_page()
                if titles:
                    self._row(titles, size)
            count = min(lines - done, int((self._left() - 2 * _PAD) / tall))
            self._boxes(cells, size, done, count)
            done += count

    def _boxes(self, cells: Sequence[_Cell], size: float, start: int, count: int) -> None:
        tall = _tall(size)
        top, left, height = self._pdf.get_y(), MARGIN, count * tall + 2 * _PAD
        for cell in cells:
            if cell.shaded:
                self._pdf.set_fill_color(_SHADE)
            self._pdf.rect(left, top, cell.width, height, style="DF" if cell.shaded else "D")
            self._style(size, cell.weight, _INK)
            for number, line in enumerate(cell.lines[start : start + count]):
                self._pdf.set_xy(left + _PAD, top + _PAD + number * tall)
                self._pdf.cell(cell.width - 2 * _PAD, tall, line, align=cell.align)
            left += cell.width
        self._pdf.set_xy(MARGIN, top + height)

    def _pictures(self, pictures: Sequence[Picture], width: float, height: float) -> None:
        top, left = self._pdf.get_y() + 1, MARGIN
        for picture in pictures:
            self._pdf.image(picture.path, x=left, y=top, w=width, h=height, keep_aspect_ratio=True)
            self._style(7.5, "", _DIM)
            for number, line in enumerate(self._broken(picture.caption, width, 7.5, "")[:2]):
                self._pdf.set_xy(left, top + height + 0.5 + number * 3.6)
                self._pdf.cell(width, 3.6, line)
            left += width + 2
        self._pdf.set_xy(MARGIN, top + height + 8.5)


def _tall(size: float) -> float:
    """Of a line of type, mm."""
    return size * _POINT * _LEADING
