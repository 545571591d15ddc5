"""`manage.py preview_ground FILE OUT.html`: a city file as one printable page with a map."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _


class Command(BaseCommand):
    help = "Write a printable map page of a city file: counties, townships, counts. It opens without any network."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="the city file (docs/operations/ground.md)")
        parser.add_argument(
            "page", type=Path, metavar="OUT.html", help="the page to write; one that is there is replaced"
        )
        parser.add_argument("--title", help="the page's title; the file's name where not given")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        from data.pipeline import GroundRefused
        from data.preview import Words, write_preview

        source, page = options["file"], options["page"]
        words = Words(
            title=options["title"] or source.stem,
            county=_("County"),
            township=_("Township"),
            villages=_("Villages"),
            grids=_("Grids"),
            sites=_("Sites"),
            note=_("Demonstration data, not a survey") if settings.DEMO else "",
        )
        try:
            write_preview(source, page, words=words)
        except FileNotFoundError as missing:
            raise CommandError(f"there is no {missing.filename}") from None
        except GroundRefused as refused:
            for problem in refused.problems:
                self.stderr.write(str(problem))
            raise CommandError(f"{source}: {len(refused.problems)} problem(s), no page was written") from None
        self.stdout.write(f"{page}: {page.stat().st_size / 1000:.0f} kB")
