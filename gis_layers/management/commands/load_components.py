"""`manage.py load_components FILE`: components from a GeoPackage's layer `component`, all or nothing."""

from argparse import ArgumentParser
from pathlib import Path
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from gis_layers.services import components
from grid.policy import NOBODY
from grid.refusals import Unavailable


class Command(BaseCommand):
    help = "Add and amend components (manholes, lamps, hydrants ...) by code from a GeoPackage, all or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="a GeoPackage with a layer `component`")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        from data.pipeline import GroundRefused, read_components

        path, started = options["file"], monotonic()
        try:
            done = components.load(access=NOBODY, rows=read_components(path))
        except FileNotFoundError:
            raise CommandError(f"there is no file {path}") from None
        except GroundRefused as refused:
            for problem in refused.problems:
                self.stderr.write(str(problem))
            raise CommandError(f"{path}: {len(refused.problems)} problem(s), nothing was loaded") from None
        except Unavailable as refused:
            raise CommandError(f"{refused.detail} Nothing was loaded.") from None
        self.stdout.write(
            f"{done.added} components added, {done.amended} amended, {done.kept} as they were; "
            f"{monotonic() - started:.1f} s"
        )
