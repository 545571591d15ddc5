"""The category list as a file, read into checked rows."""

from data.categories.read import DEFAULT_FILE, CategoriesRefused, read_categories
from data.categories.rows import CategoryRow

__all__ = ["DEFAULT_FILE", "CategoriesRefused", "CategoryRow", "read_categories"]
