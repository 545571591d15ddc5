"""Log lines: one line per record, whatever was put into it."""

import logging

_ESCAPES = {code: f"\\x{code:02x}" for code in (*range(32), 127)} | {
    0x2028: "\\u2028",
    0x2029: "\\u2029",
    ord("\n"): "\\n",
    ord("\r"): "\\r",
    ord("\t"): "\\t",
}


class LineFormatter(logging.Formatter):
    """level logger message, with control characters escaped, so that no input can forge a line."""

    def __init__(self) -> None:
        super().__init__("%(levelname)s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """The record as one printable line; a traceback is folded into it."""
        return super().format(record).translate(_ESCAPES)
