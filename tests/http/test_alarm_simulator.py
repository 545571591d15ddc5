"""The demo's alarm buttons and video doors as a process of their own against the running server."""

import html
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import shapely
from django.core.management import call_command
from django.core.management.base import CommandError

from data.demo.small import write_small
from data.pipeline import DeviceRow, write_devices
from deploy.simulators.devices import HAPPENINGS
from events.models import Alarm, Event
from gis_layers.models import Device
from grid.models import Grid, Revision
from tests.factories import SANYI_GRID
from tests.factories.hotline import OTHER_SECRET, SECRET
from tests.factories.receivers import deaf_port
from tests.http.test_hotline_simulator import origin

__all__ = ["origin"]
ROOT = Path(__file__).resolve().parents[2]
KEYS = {"buttons": SECRET, "doors": OTHER_SECRET}
XSS = "<img src=x onerror=alert(1)>&\"'"


def _device(source: str, code: str, **fields: Any) -> DeviceRow:
    made: dict[str, Any] = {"source": source, "code": code, "kind": "button" if source == "buttons" else "door",
                            "name": f"{code}{XSS}", "organisation": "", "address": "三益街12号"}  # fmt: skip
    middle = Grid.objects.get(code=SANYI_GRID).boundary.point_on_surface
    return DeviceRow(**(made | {"point": shapely.Point(middle.x, middle.y)} | fields))


@pytest.fixture
def start(committed: str, tmp_path: Path) -> Iterator[Callable[..., str]]:
    """Loads both sources as the deployment does, and starts the simulator; ends it by SIGTERM, and expects it to
    obey."""
    for folder in ("keys", "demo"):
        (tmp_path / folder).mkdir()
    ground = tmp_path / "demo" / "demo.gpkg"
    write_small(ground)
    write_devices([_device("buttons", "BTN-1"), _device("doors", "D-1")], ground)
    for source, key in KEYS.items():
        file = tmp_path / "keys" / f"{source}_secret"
        file.write_text(f"{key}\n")
        config = ROOT / "deploy" / "simulators" / f"{source}.yaml"
        call_command("load_source", str(config), "--devices", str(ground), "--key-file", str(file))
    started: list[subprocess.Popen[str]] = []

    def run(origin: str, *, every: str = "0") -> str:
        url = f"http://127.0.0.1:{deaf_port()}"
        process = subprocess.Popen(
            [sys.executable, "-m", "deploy.simulators.alarms"], cwd=ROOT, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "WANGGE_STATE": str(tmp_path), "WANGGE_ORIGIN": origin,
                 "WANGGE_ALARMS_URL": f"{url}/", "WANGGE_ALARMS_EVERY": every},
        )  # fmt: skip
        started.append(process)
        assert process.stdout
        assert url in process.stdout.readline()
        return url

    yield run
    for process in started:
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def _post(url: str, **options: Any) -> httpx.Response:
    return httpx.post(url, trust_env=False, timeout=30, **options)


def test_a_press_on_the_page_is_an_urgent_event_at_the_devices_place(origin, start):
    page = start(origin)
    shown = httpx.get(f"{page}/", trust_env=False).text
    assert XSS not in shown
    assert html.escape(f"BTN-1{XSS}") in shown
    form = {"source": "buttons", "code": "BTN-1", "kind": "SOS"}
    assert _post(f"{page}/press", data=form, headers={"Accept": "text/html"}).status_code == 303
    event = Event.objects.get()
    assert (event.urgent, event.category.code, event.grid.code, event.address) == (
        True, "10-005", SANYI_GRID, "三益街12号",
    )  # fmt: skip
    assert Alarm.objects.get().device == Device.objects.get(source="buttons")
    assert f"/events/{event.no}" in httpx.get(f"{page}/", trust_env=False).text
    again = _post(f"{page}/press", json=form).json()
    assert (again["status"], again["answer"]) == (200, {"code": 0, "data": {"caseNo": event.no}})


def test_a_door_speaks_in_its_own_words_and_is_urgent_only_where_forced(origin, start):
    page = start(origin)
    for happening, urgent in zip(HAPPENINGS["doors"], (True, False), strict=True):
        answer = _post(f"{page}/press", json={"source": "doors", "code": "D-1", "kind": happening.word}).json()
        event = Event.objects.get(no=answer["answer"]["data"]["caseNo"])
        assert (answer["status"], event.urgent, event.grid.code) == (201, urgent, SANYI_GRID)
    told = httpx.get(f"{page}/told", trust_env=False).json()
    assert [entry["verdict"] for entry in told["sent"]] == ["门未关好", "强行开门"]


def test_it_presses_by_itself_soon_after_its_first_start(origin, start):
    start(origin, every="0.2")
    until = time.monotonic() + 30
    while not Alarm.objects.exists():
        assert time.monotonic() < until, "nothing was pressed"
        time.sleep(0.1)
    assert Event.objects.filter(urgent=True).exists()


def test_what_it_can_not_press_is_refused_and_nothing_is_sent(origin, start):
    page = start(origin)
    for bad in ({"source": "buttons", "code": "BTN-9", "kind": "SOS"},
                {"source": "buttons", "code": "BTN-1", "kind": "1"}, {}):  # fmt: skip
        assert _post(f"{page}/press", json=bad).status_code == 400
    elsewhere = {"Origin": "https://evil.example"}
    form = {"source": "buttons", "code": "BTN-1", "kind": "SOS"}
    assert _post(f"{page}/press", data=form, headers=elsewhere).status_code == 403
    assert not Event.objects.exists()


# The layer of devices


@pytest.mark.django_db
def test_every_fault_of_a_layer_is_named_and_nothing_is_loaded(tmp_path):
    file = tmp_path / "devices.gpkg"
    config = str(ROOT / "deploy" / "simulators" / "buttons.yaml")
    for rows, faults in (
        ([_device("buttons", "A", organisation="nobody")], ["A: there is no organisation nobody"]),
        ([_device("buttons", "A", point=shapely.Point(116.4, 39.9))], ["A: "]),
        ([_device("", "A"), _device("buttons", "A")], ["duplicate_code A"]),
        ([_device("doors", "A")], ["no row of the layer device has the source buttons"]),
        ([_device("buttons", " A")], ["bad_value"]),
    ):
        file.unlink(missing_ok=True)
        write_devices(rows, file)
        with pytest.raises(CommandError) as refused:
            call_command("load_source", config, "--devices", str(file))
        for fault in faults:
            assert fault in str(refused.value)
    file.write_text("no GeoPackage")
    with pytest.raises(CommandError, match="not_a_geopackage"):
        call_command("load_source", config, "--devices", str(file))
    with pytest.raises(CommandError, match="can't be read"):
        call_command("load_source", config, "--devices", str(tmp_path / "missing.gpkg"))
    assert not Device.objects.exists()


@pytest.mark.django_db
def test_a_layer_gives_a_source_its_own_rows_and_those_of_nobody(tmp_path):
    file = tmp_path / "devices.gpkg"
    write_devices([_device("buttons", "A"), _device("", "B", address=""), _device("doors", "C")], file)
    before = _revision()
    call_command("load_source", str(ROOT / "deploy" / "simulators" / "buttons.yaml"), "--devices", str(file))
    found = list(Device.objects.order_by("code").values_list("source", "code", "grid__code"))
    assert found == [("buttons", "A", SANYI_GRID), ("buttons", "B", SANYI_GRID)]
    assert _revision() == before + 1


def _revision() -> int:
    return Revision.objects.filter(name="devices").values_list("value", flat=True).first() or 0
