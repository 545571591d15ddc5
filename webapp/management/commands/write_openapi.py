"""manage.py write_openapi: write the API's description beside its code, where the client and a test look for it."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from webapp.api import api

SNAPSHOT = Path(__file__).resolve().parents[2] / "api" / "openapi.json"


def described() -> str:
    """The present description, as the snapshot holds it."""
    return json.dumps(api.get_openapi_schema(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


class Command(BaseCommand):
    help = "Write webapp/api/openapi.json from the routes. Run it whenever the API changes, and read the difference."

    def handle(self, *_args: Any, **_options: Any) -> None:
        SNAPSHOT.write_text(described(), encoding="utf-8")
        self.stdout.write(f"written: {SNAPSHOT.name}")
