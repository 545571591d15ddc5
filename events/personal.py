"""What of a text is personal: a caller's name and number, any mobile number, any identity card's number; pure."""

import re

_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_IDENTITY = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
_LEAST = 2  # characters of a name, below which it is too likely to be a word
HIDDEN = "＊＊"


def without(text: str, *, name: str = "", phone: str = "") -> str:
    """The text with all of that hidden; the same text when there was nothing."""
    for word in (name.strip(), phone.strip()):
        if len(word) >= _LEAST:
            text = text.replace(word, HIDDEN)
    return _MOBILE.sub(HIDDEN, _IDENTITY.sub(HIDDEN, text))
