"""The paper's fonts with fewer characters in them: real ones that load in a tenth of the time, where many papers are
made and nobody reads them. A character that they lack is printed as a box."""

from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

FACE = 2  # of the collection: the Chinese mainland's


def few_characters(source: Path, target: Path) -> None:
    """Noto's Regular and Bold with ASCII and the punctuation and signs of Chinese alone, below `target`."""
    target.mkdir(parents=True, exist_ok=True)
    for name in ("NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc"):
        font = TTFont(source / name, fontNumber=FACE, lazy=True)
        cut = Subsetter(Options(layout_features=[], notdef_outline=True))
        cut.populate(unicodes=[*range(0x20, 0x7F), *range(0x3000, 0x3030), *range(0xFF01, 0xFF5F)])
        cut.subset(font)
        font.save(target / name)
