"""Parts are killed while people work: nothing that was acknowledged is lost, nothing is there twice, all comes back."""

import random
import time
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tests.chaos.writers import answered, checked
from tests.product import Product
from tests.video.mp4 import pictures
from tests.visitors import Line, Person, plain
from tests.walks.route import OFFICER, beside_a_camera, category
from tests.walks.test_watching import Seen

pytestmark = pytest.mark.product
SEED = 430900
KILLS, SECONDS = 20, 60
WEB = ("web-1", "web-2")
PREFECTURE = ZoneInfo("Asia/Shanghai")


def healed(product: Product, person: Person) -> None:
    """Wait until twenty requests in a row are answered: both web processes have connections that work."""
    product.wait(lambda: all(person.get("me").status_code == 200 for _ in range(20)), 20)


def test_web_processes_killed_at_random_lose_and_double_nothing(product, people):
    """Promise 1, short: 20 kills, each 50 to 500 ms after a process was seen to answer, under 8 writers."""
    chance = random.Random(SEED)
    killed = 0
    with checked(product, people(OFFICER)) as writers:
        answered(writers, 8, product)
        deadline = time.monotonic() + SECONDS
        while killed < KILLS and time.monotonic() < deadline:
            name = chance.choice(WEB)
            if product.works(name):
                time.sleep(chance.uniform(0.05, 0.5))
                product.kill(name)
                killed += 1
        answered(writers, 8, product, 60)
    repeated = [sent for sent in writers.kept if sent.attempts > 1]
    print(f"{killed} kills, {len(writers.kept)} acknowledged, {len(repeated)} of them after a retry")
    assert killed >= KILLS // 2
    assert repeated, "no kill hit a request: this has tested nothing"


def test_a_killed_database_loses_and_doubles_nothing(product, people):
    """Promise 3, short: two kills of the database under 8 writers."""
    with checked(product, people(OFFICER)) as writers:
        for _ in range(2):
            answered(writers, 16, product, 60)
            product.back("postgres", product.kill("postgres"), 60)
        answered(writers, 16, product, 60)
    print(f"{len(writers.kept)} acknowledged, {sum(sent.attempts > 1 for sent in writers.kept)} of them after a retry")


def test_soon_after_the_database_is_back_nobody_meets_its_death(product, people):
    """Connections of before, kept in a pool, fail the first requests that get them."""
    desk = people("damatou.desk")
    product.wait(lambda: desk.get("map/events").status_code == 200, 20)
    product.back("postgres", product.kill("postgres"), 60)
    healed(product, desk)


@pytest.mark.parametrize("name", ["web-1", "web-2", "worker", "gateway", "nginx", "postgres"])
def test_what_was_killed_comes_back_by_itself(product, people, name):
    product.wait(lambda: product.ask("/readyz")[0] == 200, 60)
    desk = people("damatou.desk")
    seconds = product.back(name, product.kill(name), 60)
    healed(product, desk)
    print(f"{name}: back after {seconds:.1f} s")


def test_a_picture_can_be_had_again_after_its_gateway_died(product, people):
    dispatcher, desk = people("ziyang.dispatch"), people("damatou.desk")
    point = beside_a_camera(product, people(OFFICER))
    no = desk.report(point=point, category=category(desk)).json()["no"]
    near = dispatcher.ask(f"events/{no}/channels")["channels"]
    channel = next(row["code"] for row in near if row["playable"] and row["state"] == "online")
    wanted = {"channel": channel, "event_no": no}
    with dispatcher.socket(dispatcher.tell("playback", wanted, status=201)["url"]) as connection:
        assert len(Seen().take(connection, media=10).media) == 10
        killed = product.kill("gateway")
        Seen().take(connection, media=10_000, seconds=20)
        assert dispatcher.get("map/events").status_code == 200, "the centre goes on"
    product.back("gateway", killed)
    with dispatcher.socket(dispatcher.tell("playback", wanted, status=201)["url"]) as connection:
        assert pictures(Seen().take(connection, media=20).media)


def test_an_open_line_equals_a_fresh_snapshot_after_kills(product, people):
    """Promise 21's end: web processes and the database die under an open map; it misses nothing."""
    desk = people("damatou.desk")
    with Line(desk) as line:
        line.ready()
        with checked(product, people(OFFICER), count=2) as writers:
            for name in ("web-1", "postgres", "web-2"):
                answered(writers, 4, product, 60)
                product.back(name, product.kill(name), 60)
            answered(writers, 4, product, 60)
        healed(product, desk)
        last = writers.kept[-1].no
        desk.step(last, "accept")
        line.wait_row(last, 30, state="accepted")
        assert line.reconnects > 0, "no kill cut the line: this has tested nothing"

        def same() -> bool:
            fresh = {row["id"]: plain(row) for row in desk.ask("map/events")["rows"]}
            midnight = datetime.now(PREFECTURE).replace(hour=0, minute=0, second=0, microsecond=0).timestamp()
            held = {number: plain(row) for number, row in line.rows.items()}  # what ended before it, a snapshot lacks
            return fresh == {number: row for number, row in held.items() if (row["ended_at"] or midnight) >= midnight}

        product.wait(same, 20)
        assert {sent.no for sent in writers.kept} <= {row["no"] for row in line.rows.values()}
