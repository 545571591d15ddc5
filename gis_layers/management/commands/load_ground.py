"""`manage.py load_ground FILE`: a city's ground and sites from one GeoPackage, all or nothing."""

from argparse import ArgumentParser
from pathlib import Path
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from gis_layers.services.register import load_city
from grid.policy import NOBODY
from grid.refusals import Conflict


class Command(BaseCommand):
    help = "Load a city's regions, grids, sites and base map from a GeoPackage into an empty database, all or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="the city file (docs/operations/ground.md)")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        from data.pipeline import GroundRefused, read_ground

        path, started = options["file"], monotonic()
        try:
            ground = read_ground(path)
            load_city(access=NOBODY, ground=ground)
        except FileNotFoundError:
            raise CommandError(f"there is no file {path}") from None
        except GroundRefused as refused:
            for problem in refused.problems:
                self.stderr.write(str(problem))
            raise CommandError(f"{path}: {len(refused.problems)} problem(s), nothing was loaded") from None
        except Conflict as refused:
            raise CommandError(f"{refused.detail} Nothing was loaded.") from None
        for name, count in ground.report.counts:
            self.stdout.write(f"{name:13}{count:>9}")
        self.stdout.write(f"area {ground.report.area_km2} km2, gaps 0, overlaps 0; {monotonic() - started:.1f} s")
