"""Tables as a spreadsheet file. Whatever a text begins with, it stays text: no cell is ever a formula."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell import Cell as SheetCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

Cell = str | int | Decimal | None
_MOST_WIDE, _LEAST_WIDE = 60, 9
_HEAD = PatternFill("solid", fgColor="E3EDFC")


@dataclass(frozen=True)
class Sheet:
    """One table: a line or more of what it is, the head, the rows. A Decimal is a figure with two decimals."""

    title: str
    notes: tuple[str, ...]
    head: tuple[str, ...]
    rows: Sequence[Sequence[Cell]]


def workbook(sheets: Sequence[Sheet]) -> bytes:
    """The file (.xlsx), a sheet for each table."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for sheet in sheets:
        _fill(book.create_sheet(sheet.title[:31]), sheet)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _fill(page: Worksheet, sheet: Sheet) -> None:
    lines: list[Sequence[Cell]] = [[note] for note in sheet.notes]
    lines += [sheet.head, *sheet.rows]
    for number, line in enumerate(lines, 1):
        for column, value in enumerate(line, 1):
            _write(page.cell(row=number, column=column), value)
    head = len(sheet.notes) + 1
    for cell in page[head]:
        cell.font, cell.fill = Font(bold=True), _HEAD
        cell.alignment = Alignment(wrap_text=True, vertical="center")
    page.freeze_panes = page.cell(row=head + 1, column=2)
    for column in range(1, len(sheet.head) + 1):
        longest = max((_width(line[column - 1]) for line in lines[head - 1 :] if len(line) >= column), default=0)
        page.column_dimensions[get_column_letter(column)].width = min(_MOST_WIDE, max(_LEAST_WIDE, longest + 2))


def _write(cell: SheetCell, value: Cell) -> None:
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
    elif isinstance(value, Decimal):
        cell.number_format = "0.00"


def _width(value: Cell) -> int:
    """In columns: a Chinese character takes two."""
    return sum(2 if ord(character) > 0x2E80 else 1 for character in str(value if value is not None else ""))
