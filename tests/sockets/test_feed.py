"""The feed: dense numbers for committed rows only, and snapshot + updates == fresh state. Promise 21."""

import json
import random
import threading
from dataclasses import dataclass, field
from datetime import timedelta

import psycopg
import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from events.sight import Scope, Sight
from gis_layers import live
from gis_layers.models import Update
from tests.conftest import _owner

PATHS = ("43/", "43/01/", "43/01/001/", "43/02/", "43/02/001/")
SIGHTS = (
    Sight(), Sight(paths=("43/",)), Sight(paths=("43/01/",)), Sight(paths=("43/02/001/",)), Sight(centres=(1,)),
    Sight(members=(2, 3)), Sight(grids=(7,), user=5), Sight(paths=("43/01/",), members=(3,)), Sight(user=5),
)  # fmt: skip


def _tell(subject: int, before: Scope | None, after: Scope | None, version: int) -> None:
    live.publish(
        layer="events", subject=subject, before=before.as_json() if before else None,
        after=after.as_json() if after else None, body={"id": subject, "version": version} if after else None,
    )  # fmt: skip


def _scope(rng: random.Random) -> Scope:
    return Scope(
        path=rng.choice(("", *PATHS)), grid=rng.choice((None, 7, 8)), holder=rng.choice((1, 2)),
        passed=tuple(rng.sample((1, 2, 4), rng.randint(0, 2))), parties=tuple(rng.sample((2, 3), rng.randint(0, 2))),
        workers=tuple(rng.sample((5, 6), rng.randint(0, 1))), reporter=rng.choice((None, 5)),
        restricted=rng.random() < 0.2,
    )  # fmt: skip


@dataclass
class World:
    """The truth: what there is now, and for whom."""

    scopes: dict[int, Scope] = field(default_factory=dict)
    versions: dict[int, int] = field(default_factory=dict)

    def step(self, rng: random.Random) -> None:
        """One event appears, changes, moves or goes; one in ten is taken back."""
        subject = rng.randint(1, 60)
        before = self.scopes.get(subject)
        after = None if before is not None and rng.random() < 0.1 else _scope(rng)
        version = self.versions.get(subject, 0) + 1
        with transaction.atomic():
            _tell(subject, before, after, version)
            if rng.random() < 0.1:
                transaction.set_rollback(True)
                return
        self.versions[subject] = version
        if after is None:
            self.scopes.pop(subject, None)
        else:
            self.scopes[subject] = after

    def seen(self, sight: Sight) -> dict[int, int]:
        """The fresh state for a reader."""
        return {number: self.versions[number] for number, scope in self.scopes.items() if sight.sees(scope)}


@dataclass
class Reader:
    """A page: a snapshot, then what it is told; it drops off now and then, and goes on from its number."""

    sight: Sight
    rows: dict[int, int] = field(default_factory=dict)
    seq: int = 0
    connected: bool = True

    def snapshot(self, world: World) -> None:
        self.seq = live.snapshot_seq()
        self.rows = world.seen(self.sight)

    def live_on(self, rng: random.Random, world: World) -> None:
        """A new page in the middle of everything, a line that breaks or comes back, or some updates."""
        chance = rng.random()
        if chance < 0.05:
            self.snapshot(world)
        elif chance < 0.2:
            self.connected = not self.connected
        elif self.connected:
            self.follow(rng.randint(1, 40))

    def follow(self, limit: int) -> None:
        changes = live.since(self.seq, limit=limit)
        for text in live.seen_by((("events", self.sight),), changes):
            change = json.loads(text)
            if change.get("remove"):
                self.rows.pop(change["id"], None)
            else:
                self.rows[change["id"]] = change["row"]["version"]
        if changes:
            self.seq = changes[-1].seq


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.django_db
def test_snapshot_and_updates_are_the_fresh_state_after_a_thousand_steps(seed):
    rng, world = random.Random(seed), World()
    readers = [Reader(sight) for sight in SIGHTS]
    for _ in range(1000):
        world.step(rng)
        if rng.random() < 0.3:
            live.number()
        rng.choice(readers).live_on(rng, world)
    live.number()
    for reader in readers:
        while reader.seq < live.snapshot_seq():
            reader.follow(40)
        assert reader.rows == world.seen(reader.sight), reader.sight
    assert world.scopes
    assert any(world.seen(sight) for sight in SIGHTS[1:])


@pytest.mark.django_db
def test_only_who_had_sight_is_told_that_something_went():
    before, after = Scope("43/01/", None, 1, (), (), (), None, False), Scope("43/02/", None, 1, (), (), (), None, False)
    _tell(9, before, after, 2)
    live.number()
    changes = live.since(live.snapshot_seq() - 1)
    readers = (("43/01/",), ("43/02/",), ("44/",))
    told = {paths: live.seen_by((("events", Sight(paths=paths)),), changes) for paths in readers}
    assert told == {
        ("43/01/",): ('{"layer":"events","id":9,"remove":true}',),
        ("43/02/",): ('{"layer":"events","id":9,"row":{"id":9,"version":2}}',),
        ("44/",): (),
    }


@pytest.mark.django_db
def test_a_layer_that_nobody_registered_is_seen_by_nobody():
    live.publish(layer="unknown", subject=1, before=None, after={"path": "43/"}, body={"id": 1})
    live.number()
    changes = live.since(live.snapshot_seq() - 1)
    assert live.seen_by((("events", Sight(paths=("43/",))), ("unknown", True)), changes) == ()


@pytest.mark.django_db
def test_a_reader_that_lost_its_place_is_told_so():
    for number in range(5):
        _tell(number, None, None, 1)
    newest = live.number()
    assert [change.seq for change in live.since(newest - 5)] == list(range(newest - 4, newest + 1))
    assert live.since(newest) == ()
    with pytest.raises(live.LostPlace):
        live.since(newest + 1)
    Update.objects.filter(seq__lte=newest - 2).update(at=timezone.now() - timedelta(hours=25))
    live.prune()
    with pytest.raises(live.LostPlace):
        live.since(newest - 3)
    assert len(live.since(newest - 2)) == 2
    Update.objects.update(at=timezone.now() - timedelta(hours=25))
    live.prune()
    assert live.snapshot_seq() == newest  # the newest stays: the numbers never begin again
    _tell(1, None, None, 2)
    assert live.number() == newest + 1


class TestCommitted:
    """Real transactions on real connections."""

    def test_ids_that_become_visible_late_are_skipped_by_nobody(self, committed):
        """Control: a reader that remembers the highest id loses the late row; one that goes by numbers does not."""
        parts = settings.DATABASES["default"]
        base = live.snapshot_seq()
        with psycopg.connect(host=parts["HOST"], port=parts["PORT"], user=parts["USER"], dbname=committed) as slow:
            slow.execute("INSERT INTO gis_layers_update (layer, subject) VALUES ('events', 1)")
            live.publish(layer="events", subject=2, before=None, after=None, body=None)
            live.number()
            first = live.since(base)
            highest = Update.objects.order_by("-pk").values_list("pk", flat=True)[0]
            slow.commit()
        live.number()
        second = live.since(first[-1].seq)
        assert [change.subject for change in (*first, *second)] == [2, 1]
        assert not Update.objects.filter(pk__gt=highest).exists()  # what the naive reader would have asked

    def test_numbers_are_dense_under_many_writers_and_sequencers(self, committed):
        failures: list[BaseException] = []

        def write(worker: int) -> None:
            try:
                for number in range(50):
                    with transaction.atomic():
                        live.publish(layer="events", subject=worker * 1000 + number, before=None, after=None, body=None)
                        transaction.set_rollback(number % 7 == 3)
                    live.number()
            except BaseException as error:
                failures.append(error)
            finally:
                connection.close()

        threads = [threading.Thread(target=write, args=(worker,)) for worker in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        assert failures == []
        newest = live.number()
        changes = live.since(0, limit=1000)
        assert [change.seq for change in changes] == list(range(1, newest + 1))
        assert newest == 6 * 43
        for worker in range(6):  # and each writer's in the order in which it wrote them
            own = [change.subject for change in changes if change.subject // 1000 == worker]
            assert own == sorted(own)

    def test_a_commit_wakes_the_readers_and_a_roll_back_does_not(self, committed):
        with _owner(committed) as listener:
            listener.execute("LISTEN feed")
            with transaction.atomic():
                live.publish(layer="events", subject=1, before=None, after=None, body={"secret": "x"})
                transaction.set_rollback(True)
            assert list(listener.notifies(timeout=0.5)) == []
            with transaction.atomic():
                for number in range(100):
                    live.publish(layer="events", subject=number, before=None, after=None, body={"secret": "x"})
            told = list(listener.notifies(timeout=1))
            assert [(note.channel, note.payload) for note in told] == [("feed", "")]
