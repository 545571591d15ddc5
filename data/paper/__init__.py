"""Paper: PDF files with Chinese in them, made of headings, facts, tables and small pictures. Knows no app."""

from data.paper.sheet import Column, FontMissing, Picture, Sheet

__all__ = ["Column", "FontMissing", "Picture", "Sheet"]
