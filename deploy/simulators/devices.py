"""The demo's alarm buttons and video doors, and what the platform of each sends when something happens at one."""

import json
import random
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

BUTTONS, DOORS = "buttons", "doors"


@dataclass(frozen=True, slots=True)
class Device:
    """One device of the demo's register, by the platform that speaks for it."""

    source: str
    code: str
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Happening:
    """What can happen at a device: the platform's own word for it, and ours on the page."""

    word: str
    label: str


HAPPENINGS: Final[Mapping[str, tuple[Happening, ...]]] = {
    BUTTONS: (Happening("SOS", "按下报警"), Happening("LOWPOWER", "电量不足")),
    DOORS: (Happening("1", "强行开门"), Happening("2", "门未关好")),
}
"""The first of each is the urgent one."""


def read_devices(path: Path) -> tuple[Device, ...]:
    """The devices of a city file that one of our platforms speaks for, by platform and code.

    Raises OSError or sqlite3.Error for a file that is no such thing, or has no layer of devices.
    """
    if not path.is_file():
        raise FileNotFoundError(f"{path} is not there")
    found = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        rows = found.execute("SELECT source, code, name, address FROM device ORDER BY source, code").fetchall()
    finally:
        found.close()
    return tuple(Device(*map(str, row)) for row in rows if row[0] in HAPPENINGS)


def message(device: Device, word: str, now: datetime, chance: random.Random) -> tuple[str, bytes]:
    """What its platform sends: the message's id, and the body in the platform's words.

    Raises ValueError for what can't happen at this device.
    """
    if word not in {one.word for one in HAPPENINGS[device.source]}:
        raise ValueError(f"{word!r} can't happen at {device.code}")
    number = f"{device.source}-{chance.getrandbits(64):016x}"
    body = _button(device, word, number, now) if device.source == BUTTONS else _door(device, word, number, now)
    return number, json.dumps(body, ensure_ascii=False).encode()


def _button(device: Device, word: str, number: str, now: datetime) -> dict[str, Any]:
    return {
        "msgId": number, "terminal": {"no": device.code, "model": "SOS-2"}, "event": word,
        "happen": now.strftime("%Y-%m-%d %H:%M:%S"),
    }  # fmt: skip


def _door(device: Device, word: str, number: str, now: datetime) -> dict[str, Any]:
    return {
        "eventId": number,
        "sender": {"vendor": "门禁平台", "version": "3.2"},
        "alarm": {
            "type": int(word), "time": int(now.timestamp() * 1000),
            "device": {"sn": device.code, "room": device.address},
        },
    }  # fmt: skip
