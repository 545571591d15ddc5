"""`manage.py up`: the whole installation under one supervisor."""

import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from deploy.up import add_arguments


class Command(BaseCommand):
    help = "Start database, web, worker, media gateway, simulators and nginx, and keep them running until Ctrl-C."
    requires_system_checks: list[str] = []  # the database may not exist yet

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_arguments(parser)

    def handle(self, *_: Any, **options: Any) -> None:
        arguments = ["--port", str(options["port"]), "--host", str(options["host"])]
        arguments += [f"--{name.replace('_', '-')}" for name in ("reset", "without_demo") if options[name]]
        # The supervisor outlives every child: it runs without Django in its memory.
        os.execv(sys.executable, [sys.executable, "-m", "deploy.up", *arguments])  # noqa: S606 - no shell
