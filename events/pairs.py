"""What a text is found by: its character pairs, the same here as in the database's `events_pairs`; pure.

Chinese has no blanks between words, and two characters are most often one word; trigrams find nothing in those.
Only the letters of ASCII are folded, so that both sides do exactly the same.
"""

_FOLDED = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


def folded(text: str) -> str:
    """The text with ASCII letters small."""
    return text.translate(_FOLDED)


def pairs(text: str) -> list[str]:
    """Every two characters that stand beside one another, once, sorted."""
    letters = folded(text)
    return sorted({letters[at : at + 2] for at in range(len(letters) - 1)})
