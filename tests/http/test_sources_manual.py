"""The manuals of other sources and of mappings: their examples, run as they stand; their lists, against the code."""

import json
import os
import re
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from django.core.management import call_command
from django.utils import timezone

from events.hotline import callback
from events.mapping import HOTLINE, SOURCE, faults
from events.models import Event, OutboxMessage, Ticket
from events.services import senders
from grid.policy import NOBODY
from tests.factories import SANYI_GRID
from tests.factories.hotline import OTHER_SECRET, SECRET
from tests.http.test_hotline_manual import address

__all__ = ["address"]
ROOT = Path(__file__).resolve().parents[2]
SOURCES, MAPPING = ((ROOT / "docs" / "api" / name).read_text(encoding="utf-8") for name in ("sources.md", "mapping.md"))


def _block(manual, language, name):
    (found,) = re.findall(rf"^```{language} {name}\n(.*?)^```$", manual, re.M | re.S)
    return found


@pytest.mark.parametrize("shell", [shell for shell in ("bash", "dash") if shutil.which(shell)])
def test_the_first_alarm_is_taken_as_it_stands_in_the_manual(address, tmp_path, shell):
    for name in ("yaml", "csv"):
        (tmp_path / f"alarm.{name}").write_text(_block(SOURCES, name, "alarm"), encoding="utf-8")
    call_command("load_source", str(tmp_path / "alarm.yaml"), "--devices", str(tmp_path / "alarm.csv"))
    senders.rotate(access=NOBODY, code="alarm", overlap=timedelta(0), now=timezone.now(), secret=OTHER_SECRET)
    answer = _sent(shell, _block(SOURCES, "sh", "first-alarm"), WANGGE=address, SOURCE_SECRET=OTHER_SECRET)
    event = Event.objects.get()
    assert (answer["event_no"], event.grid.code, event.urgent) == (event.no, SANYI_GRID, True)
    wanted = re.findall(r"Answered are `\{([\w, ]+)\}`", SOURCES)[0].split(", ")
    assert set(wanted) == set(answer)


def test_a_foreign_hotlines_message_signed_with_openssl_becomes_an_event_and_is_told_in_its_words(address, settings):
    settings.HOTLINE_KEYS = [SECRET]
    config = yaml.safe_load(_block(MAPPING, "yaml", "other-city"))
    senders.load(access=NOBODY, config=config, now=timezone.now())
    script = _block(SOURCES, "sh", "first-alarm").replace("/api/v1/sources/alarm", "/hotline/v1/messages")
    script = re.sub(r"^body=.*$", 'body=$(cat "$BODY")', script, flags=re.M)
    body = ROOT / "tests" / "payloads" / "other-city-new.json"
    answer = _sent("bash", script, WANGGE=address, SOURCE_SECRET=SECRET, BODY=str(body))
    event = Event.objects.get()
    assert answer == {"code": 0, "data": {"orderCode": Ticket.objects.get().order_no, "caseNo": event.no}}
    from events.workflow import State
    from tests.factories import brought_to

    brought_to(event, State.ACCEPTED)
    told = json.loads(callback.render(OutboxMessage.objects.latest("number")))
    assert (told["order"]["caseNo"], told["order"]["statusCode"]) == (event.no, "20")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", told["order"]["acceptTime"])


def _sent(shell, script, **environment):
    done = subprocess.run(
        [shell, "-euc", script], capture_output=True, text=True, timeout=60, check=False,
        env={**os.environ, **environment, "NO_PROXY": "*", "no_proxy": "*"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_manuals_name_every_field_section_and_kind():
    rows = SOURCES.split("| field | | meaning |", 1)[1]
    named = {name for cell in re.findall(r"^\| (`[^|]*) \|", rows, re.M) for name in re.findall(r"`(\w+)`", cell)}
    assert named == set(SOURCE.fields)
    table = MAPPING.split("| section | |", 1)[1].split("\n\n", 1)[0]
    sections = {name for cell in re.findall(r"^\| (`[^|]*) \|", table, re.M) for name in re.findall(r"`(\w+)`", cell)}
    assert sections == {"code", "name", "kind", *HOTLINE.sections, *SOURCE.sections}
    assert faults(yaml.safe_load(_block(MAPPING, "yaml", "other-city"))) == []
    example = (ROOT / "tests" / "payloads" / "other-city.yaml").read_text(encoding="utf-8")
    assert _block(MAPPING, "yaml", "other-city") == example
