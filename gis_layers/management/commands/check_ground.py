"""`manage.py check_ground [FILE]`: count the ground and prove that its grids tile it, in a file or as it is stored."""

from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from gis_layers.services import proof


class Command(BaseCommand):
    help = "Count the ground and prove that its grids leave no gap and no overlap; exit status 1 where they do."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", nargs="?", help="a city file; without one the database")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        counts, problems = self._check_file(options["file"]) if options["file"] else self._check_stored()
        for name, count in counts:
            self.stdout.write(f"{name:13}{count:>9}")
        for problem in problems:
            self.stderr.write(problem)
        if problems:
            raise CommandError(f"{len(problems)} problem(s)")
        self.stdout.write("every place lies in exactly one grid: no gap, no overlap")

    def _check_file(self, path: Path) -> tuple[Iterable[tuple[str, int]], list[str]]:
        from data.pipeline import GroundRefused, read_ground

        try:
            return read_ground(path).report.counts, []
        except FileNotFoundError:
            raise CommandError(f"there is no file {path}") from None
        except GroundRefused as refused:
            return (), [str(problem) for problem in refused.problems]

    def _check_stored(self) -> tuple[Iterable[tuple[str, int]], list[str]]:
        proved = proof.prove_stored()
        return proved.counts, list(proved.problems)
