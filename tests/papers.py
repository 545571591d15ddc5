"""Reading back what a PDF says."""

import io

from pypdf import PdfReader


def pages_of(body: bytes) -> list[str]:
    """The words of each page. The reader gives the first byte of Chinese characters' codes a character of its own."""
    return [page.extract_text().replace("\x00", "") for page in PdfReader(io.BytesIO(body)).pages]
