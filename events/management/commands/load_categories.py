"""manage.py load_categories [FILE]: bring the category table to a file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from data.categories import DEFAULT_FILE, CategoriesRefused, read_categories
from events.services import categories


class Command(BaseCommand):
    help = "Load the category list (the product's own, or a city's file), checked whole; retire what it lacks."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, default=DEFAULT_FILE)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            rows = read_categories(file)
        except FileNotFoundError as error:
            raise CommandError(f"there is no file {file}") from error
        except CategoriesRefused as refused:
            raise CommandError("nothing was loaded:\n" + "\n".join(refused.problems)) from refused
        done = categories.load(rows=rows)
        self.stdout.write(
            f"{done.added} categories added, {done.changed} changed, {done.retired} retired, {done.kept} as they were"
        )
