"""Walk 3: from an event to a moving picture of its place: decided, written down, opened, cut."""

import json
import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection

from tests.product import Product
from tests.video.mp4 import pictures
from tests.visitors import People, Person, in_time
from tests.walks.route import OFFICER, category, own_grid

SAMPLE, AT_ONCE = 50, 5
SEED = 20261121


@dataclass
class Seen:
    """What a browser was sent."""

    frames: list[dict[str, Any]] = field(default_factory=list)
    media: list[bytes] = field(default_factory=list)

    def take(self, connection: ClientConnection, *, media: int, seconds: float = 20) -> "Seen":
        """Read until that many media messages more, the end, or the time is over."""
        goal, deadline = len(self.media) + media, time.monotonic() + seconds
        while len(self.media) < goal and (left := deadline - time.monotonic()) > 0:
            try:
                message = connection.recv(timeout=left)
            except (ConnectionClosed, TimeoutError):
                break
            if isinstance(message, str):
                self.frames.append(json.loads(message))
            else:
                self.media.append(message)
        return self

    def kinds(self) -> list[str]:
        """Of the JSON frames."""
        return [frame["type"] for frame in self.frames]


@dataclass(frozen=True)
class Watched:
    """An event, and a channel beside it that plays."""

    no: str
    channel: str


@pytest.fixture(scope="module")
def watched(people: People) -> Watched:
    officer, dispatcher = people(OFFICER), people("ziyang.dispatch")
    _grid, point = own_grid(officer)
    no = officer.report(point=point, category=category(officer)).json()["no"]
    near = dispatcher.ask(f"events/{no}/channels", metres=2000)
    assert near["total"] > 0
    distances = [row["distance_m"] for row in near["channels"] if not row["covers"]]
    assert distances == sorted(distances)
    return Watched(no, next(r["code"] for r in near["channels"] if r["playable"] and r["state"] == "online"))


def trail(people: People, channel: str) -> list[tuple[str, str, str, str]]:
    """Who did what with a channel, what for, and with which result; the newest first."""
    rows = people("city.audit").ask("audit", kind="channel", subject=channel)["rows"]
    return [
        (row["actor"], row["action"], row["detail"].get("event") or row["detail"].get("purpose", ""), row["result"])
        for row in rows
    ]


def test_an_event_s_camera_shows_a_moving_picture(product, people, watched):
    dispatcher = people("ziyang.dispatch")
    opened = dispatcher.tell("playback", {"channel": watched.channel, "event_no": watched.no}, status=201)
    name = dispatcher.ask("me")["name"]
    assert name in opened["watermark"]
    assert trail(people, watched.channel)[0] == (name, "playback.grant", watched.no, "ok"), "before any byte"
    with dispatcher.socket(opened["url"]) as connection:
        seen = Seen().take(connection, media=60)
    assert seen.kinds()[0] == "stream"
    shown = pictures(seen.media)
    assert len(shown) >= 40
    assert [one.pts for one in shown] == sorted({one.pts for one in shown}), "the counter rises"
    assert trail(people, watched.channel)[0][1] in {"playback.open", "playback.end"}
    assert (name, "playback.open", watched.no, "ok") in trail(people, watched.channel)

    with pytest.raises(InvalidStatus) as refused, dispatcher.socket(opened["url"]):
        pass
    assert refused.value.response.status_code == 403, "a ticket opens once"


def test_a_ticket_is_of_no_use_to_others_or_for_other_cameras(people, watched):
    dispatcher, other = people("ziyang.dispatch"), people("ziyang.shift")
    opened = dispatcher.tell("playback", {"channel": watched.channel, "event_no": watched.no}, status=201)
    with pytest.raises(InvalidStatus) as refused, other.socket(opened["url"]):
        pass
    assert refused.value.response.status_code == 403
    elsewhere = opened["url"].replace(watched.channel, "4" * 20)
    with pytest.raises(InvalidStatus) as refused, dispatcher.socket(elsewhere):
        pass
    assert refused.value.response.status_code == 403


def test_no_picture_without_a_right_or_a_purpose(people, watched):
    acceptor, dispatcher = people("ziyang.accept"), people("ziyang.dispatch")
    wanted = {"channel": watched.channel, "event_no": watched.no}
    refused = acceptor.post("playback", wanted)
    assert (refused.status_code, refused.json()["code"]) == (403, "may-not-watch"), refused.text
    assert (acceptor.ask("me")["name"], "playback.refuse", watched.no, "refused") in trail(people, watched.channel)
    assert people(OFFICER).post("playback", wanted).status_code == 404, "sites are not for officers to see"
    aimless = dispatcher.post("playback", {"channel": watched.channel, "purpose": "看"})
    assert (aimless.status_code, aimless.json()["code"]) == (422, "purpose-needed")
    outside = people("heshan.dispatch").post("playback", {"channel": watched.channel, "purpose": "查看路口情况"})
    assert outside.status_code in {403, 404}


def test_a_sign_out_cuts_the_picture(product, watched):
    person = Person(product, "ziyang.dispatch")
    opened = person.tell("playback", {"channel": watched.channel, "event_no": watched.no}, status=201)
    with person.socket(opened["url"]) as connection:
        seen = Seen().take(connection, media=10)
        assert len(seen.media) == 10
        began = time.monotonic()
        person.sign_out()
        seen.take(connection, media=10_000, seconds=30)
        assert in_time(time.monotonic() - began, 10)
    assert [frame.get("reason") for frame in seen.frames if frame["type"] == "closed"] == ["revoked"]


def first_picture(viewer: Person, channel: str) -> str:
    """Why there is no picture of a channel; "" when its first one could be decoded."""
    opened = viewer.tell("playback", {"channel": channel, "purpose": "抽查图像质量"}, status=201)
    try:
        with viewer.socket(opened["url"], open_timeout=20) as connection:
            seen = Seen().take(connection, media=4, seconds=25)
    except (OSError, InvalidStatus) as error:
        return f"{channel}: {error}"
    closed = [frame for frame in seen.frames if frame["type"] == "closed"]
    if not seen.media or not pictures(seen.media):
        return f"{channel}: {closed or 'nothing to see'}"
    return ""


def online_channels(product: Product) -> list[str]:
    """Of public owners, as the register has them."""
    rows = product.rows(
        """SELECT channel.code FROM gis_layers_channel channel JOIN gis_layers_site site ON site.id = channel.site_id
           JOIN grid_organisation owner ON owner.id = site.owner_id
           WHERE channel.state = 'online' AND owner.public AND NOT site.secret ORDER BY channel.code"""
    )
    return [code for (code,) in rows]


def test_a_sample_of_all_channels_plays(product, people):
    chosen = random.Random(SEED).sample(online_channels(product), SAMPLE)
    viewer = people("city.supervise")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        faults = [fault for fault in pool.map(lambda channel: first_picture(viewer, channel), chosen) if fault]
    assert not faults, faults
