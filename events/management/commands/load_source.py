"""manage.py load_source FILE [--devices FILE] [--check]: how a system outside speaks, and its devices."""

from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from events import mapping
from events.services import senders
from gis_layers.services import devicelayer, devices
from grid import strict_yaml
from grid.policy import NOBODY
from grid.refusals import Refusal


class Command(BaseCommand):
    help = "Take the configuration of a hotline or another source (YAML or JSON; docs/api/mapping.md); audited."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--devices", type=Path, metavar="FILE", help="its devices: CSV, or .gpkg with a layer device"
        )
        parser.add_argument("--key-file", type=Path, help="take its keys from here, newest first, if it has none yet")
        parser.add_argument("--check", action="store_true", help="take nothing; say every fault and end with status 1")

    def handle(
        self, *args: Any, file: Path, devices: Path | None, key_file: Path | None, check: bool, **options: Any
    ) -> None:
        config = _read(file)
        rows = _devices(devices, config["code"]) if devices else []
        if check:
            self.stdout.write(f"{config['code']}: nothing is wrong with it")
            return
        try:
            with transaction.atomic():
                moved = _take(config, rows, key_file)
        except Refusal as refusal:
            raise CommandError(f"nothing was loaded: {refusal.detail}") from refusal
        self.stdout.write(f"{config['code']}: {'loaded' if moved else 'as it was'}, {len(rows)} devices")
        if not senders.has_key(config["code"]):
            self.stderr.write(f"it has no key yet: manage.py rotate_key {config['code']}")


def _read(file: Path) -> dict[str, Any]:
    try:
        config = strict_yaml.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{file} can't be read: {error}") from error
    except yaml.YAMLError as error:
        raise CommandError(f"nothing was loaded; {file} is no YAML: {error}") from error
    if faults := mapping.faults(config):
        raise CommandError("nothing was loaded:\n" + "\n".join(map(str, faults)))
    found: dict[str, Any] = config
    return found


def _devices(file: Path, source: str) -> list[devices.DeviceRow]:
    try:
        if file.suffix == ".gpkg":
            return devicelayer.read_layer(file, source=source)
        with file.open(encoding="utf-8-sig", newline="") as lines:
            return devices.read(lines)
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{file} can't be read: {error}") from error
    except devices.DevicesRefused as refused:
        raise CommandError(f"nothing was loaded:\n{refused}") from refused


def _take(config: dict[str, Any], rows: list[devices.DeviceRow], key_file: Path | None) -> bool:
    now = timezone.now()
    moved = senders.load(access=NOBODY, config=config, now=now)
    if rows:
        devices.register(access=NOBODY, source=config["code"], rows=rows)
    if key_file and not senders.has_key(config["code"]):
        senders.take_keys(access=NOBODY, code=config["code"], secrets=key_file.read_text("ascii").split(), now=now)
    return moved
