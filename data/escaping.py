"""The one way for text into a page that folium writes.

folium puts popups, tooltips, layer names and icons into the page as they are: as HTML, and partly inside JavaScript
template literals. A text that went through `escaped` is plain text in both, and in an HTML attribute as well.
"""

_ENTITIES = {ord(character): f"&#{ord(character)};" for character in "&<>\"'\\`$"}


def escaped(text: object) -> str:
    """`text` with & < > " ' \\ ` $ as numeric character references; control characters are left out."""
    kept = "".join(character for character in str(text) if character.isprintable() or character in "\n\t")
    return kept.translate(_ENTITIES)
