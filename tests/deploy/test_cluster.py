"""The private cluster: from nothing, durable, two roles, and back after a crash."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy import cluster as clusters
from deploy import places
from deploy.cluster import APP_ROLE, OWNER_ROLE, Cluster, ClusterError, execute
from deploy.database_url import DatabaseURL, InvalidDatabaseURLError, parse
from deploy.places import State
from deploy.processes import postgres_in


@pytest.fixture(scope="module")
def made() -> Iterator[Cluster]:
    folder = Path(tempfile.mkdtemp(prefix="wangge-test-", dir="/tmp"))
    folder.chmod(0o755)
    made = Cluster(State(folder / "state"))
    clusters.start(made, with_parent=True)
    yield made
    clusters.stop(made)
    shutil.rmtree(folder)


@pytest.fixture
def cluster(made: Cluster) -> Cluster:
    """One for all: making one takes a second. A test that killed it without bringing it back gets it back here."""
    clusters.start(made, with_parent=True)
    return made


def wait_gone(cluster: Cluster) -> None:
    deadline = time.monotonic() + 10
    while clusters.running_pid(cluster):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_it_is_durable_checked_private_and_in_utc(cluster):
    settings = {
        name: execute(cluster, f"SHOW {name}")
        for name in (
            "fsync", "synchronous_commit", "full_page_writes", "data_checksums", "jit", "TimeZone", "listen_addresses",
        )
    }  # fmt: skip
    assert settings == {
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "data_checksums": "on",
        "jit": "off",
        "TimeZone": "UTC",
        "listen_addresses": "",
    }


def test_the_application_role_writes_rows_and_changes_no_table(cluster):
    execute(cluster, "CREATE TABLE note (id bigserial PRIMARY KEY, text text)", database="wangge", role=OWNER_ROLE)
    execute(cluster, "INSERT INTO note (text) VALUES ('a'), ('b'); UPDATE note SET text = 'c'; DELETE FROM note",
            database="wangge", role=APP_ROLE)  # fmt: skip
    for statement in (
        "TRUNCATE note",
        "ALTER TABLE note ADD COLUMN x int",
        "DROP TABLE note",
        "CREATE TABLE x (i int)",
    ):
        with pytest.raises(ClusterError, match=r"permission denied|must be owner"):
            execute(cluster, statement, database="wangge", role=APP_ROLE)
    with pytest.raises(ClusterError, match="permission denied"):
        execute(cluster, "CREATE DATABASE other", role=APP_ROLE)


def test_an_append_only_table_stays_so_for_the_application(cluster):
    execute(cluster, f"CREATE TABLE entry (id int); REVOKE UPDATE, DELETE ON entry FROM {APP_ROLE}",
            database="wangge", role=OWNER_ROLE)  # fmt: skip
    execute(cluster, "INSERT INTO entry VALUES (1)", database="wangge", role=APP_ROLE)
    for statement in ("UPDATE entry SET id = 2", "DELETE FROM entry", "TRUNCATE entry"):
        with pytest.raises(ClusterError, match="permission denied"):
            execute(cluster, statement, database="wangge", role=APP_ROLE)


def test_a_database_made_by_the_owner_has_extensions_and_privileges(cluster):
    execute(cluster, "CREATE DATABASE made_by_owner", role=OWNER_ROLE)
    execute(cluster, "CREATE TABLE spot (g geometry(Point, 4326))", database="made_by_owner", role=OWNER_ROLE)
    inserted = "INSERT INTO spot VALUES (ST_SetSRID(ST_Point(111.99, 27.75), 4326)) RETURNING ST_X(g)"
    assert execute(cluster, inserted, database="made_by_owner", role=APP_ROLE) == "111.99"
    found = execute(cluster, "SELECT string_agg(extname, ' ' ORDER BY extname) FROM pg_extension",
                    database="made_by_owner")  # fmt: skip
    assert found == "btree_gist pg_trgm plpgsql postgis"


def test_the_service_user_is_the_application_and_nobody_else(cluster):
    """Peer authentication: as root the services' user may not become the owner (control: root may)."""
    if not places.is_root():
        pytest.skip("one user alone: the roles differ by address only")
    if not places.user_exists(places.SERVICE_USER):
        pytest.skip("no service user on this machine; ./run creates it")
    command = [str(clusters.binaries() / "psql"), "-XqAt", "-d", "wangge", "-c", "SELECT current_user"]

    def ask(user: str, role: str) -> subprocess.CompletedProcess[str]:
        environment = cluster.url(role).libpq_environment()
        return subprocess.run(command, env=environment, user=user, capture_output=True, text=True, check=False)

    assert ask(places.SERVICE_USER, APP_ROLE).stdout.strip() == APP_ROLE
    assert "Peer authentication failed" in ask(places.SERVICE_USER, OWNER_ROLE).stderr
    assert "Peer authentication failed" in ask("nobody", APP_ROLE).stderr
    assert ask("root", OWNER_ROLE).stdout.strip() == OWNER_ROLE


def test_a_second_start_keeps_the_data(cluster):
    execute(cluster, "CREATE TABLE kept AS SELECT 7 AS i", database="wangge", role=OWNER_ROLE)
    clusters.stop(cluster)
    assert clusters.running_pid(cluster) is None
    began = time.monotonic()
    clusters.start(cluster, with_parent=True)
    assert time.monotonic() - began < 10
    assert execute(cluster, "SELECT i FROM kept", database="wangge", role=APP_ROLE) == "7"


def test_a_killed_server_comes_back_with_every_committed_row(cluster):
    execute(cluster, "CREATE TABLE counted (i int)", database="wangge", role=OWNER_ROLE)
    for number in range(20):
        execute(cluster, "INSERT INTO counted VALUES (:number)", database="wangge", role=APP_ROLE, number=str(number))
    pid = clusters.running_pid(cluster)
    assert pid
    os.kill(pid, signal.SIGKILL)
    wait_gone(cluster)
    clusters.start(cluster, with_parent=True)
    assert execute(cluster, "SELECT count(*), max(i) FROM counted", database="wangge", role=APP_ROLE) == "20|19"


def test_a_back_end_that_outlived_its_server_is_ended(cluster):
    """A back end in the middle of a computation doesn't notice the death of its server and holds the shared memory."""
    environment = {**os.environ, **cluster.url(APP_ROLE).libpq_environment()}
    endless = "SELECT count(*) FROM generate_series(1, 1000000000) a, generate_series(1, 1000000000) b"
    client = subprocess.Popen([str(clusters.binaries() / "psql"), "-Xq", "-c", endless], env=environment,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    busy = (
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE state = 'active' AND query LIKE '%1000000000%' AND pid <> pg_backend_pid()"
    )
    deadline = time.monotonic() + 10
    while execute(cluster, busy) == "0":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    pid = clusters.running_pid(cluster)
    assert pid
    os.kill(pid, signal.SIGKILL)
    wait_gone(cluster)
    time.sleep(0.3)
    assert postgres_in(cluster.data), "control: the busy back end is still there"
    clusters.start(cluster, with_parent=True)
    assert execute(cluster, "SELECT 1") == "1"
    client.wait(timeout=10)


def test_a_stale_lock_file_of_a_zombie_does_not_stop_a_start(cluster):
    clusters.stop(cluster)
    zombie = subprocess.Popen(["true"])
    time.sleep(0.2)  # ended and not waited for: a zombie, whose pid still answers
    os.kill(zombie.pid, 0)
    lock = cluster.data / "postmaster.pid"
    lock.write_text(f"{zombie.pid}\n{cluster.data}\n1\n5432\n")
    clusters.start(cluster, with_parent=True)
    assert execute(cluster, "SELECT 1") == "1"
    zombie.wait()


def test_two_servers_on_one_folder_are_refused(cluster):
    with pytest.raises(ClusterError, match="already runs"):
        clusters.clear_after_crash(cluster)
    assert execute(cluster, "SELECT 1") == "1"


def test_a_first_start_that_was_cut_leaves_nothing_in_the_way(state):
    made = Cluster(state)
    half = state.root / "pg.new" / "base"
    half.mkdir(parents=True)
    (half / "1").write_text("half")
    clusters.start(made, with_parent=True)
    assert execute(made, "SELECT 1") == "1"
    clusters.stop(made)


def test_somebody_elses_files_are_never_removed(state):
    state.cluster.mkdir(parents=True)
    (state.cluster / "precious").write_text("x")
    with pytest.raises(ClusterError, match="other files"):
        clusters.prepare(Cluster(state))
    assert (state.cluster / "precious").read_text() == "x"


@pytest.mark.parametrize("depth", [1, 12])
def test_the_socket_path_fits_into_the_kernel(reachable, depth):
    state = State(reachable.joinpath(*["long-folder-name"] * depth))
    assert len(str(state.database_sockets / ".s.PGSQL.5432.lock")) <= 107


@pytest.mark.parametrize(
    "url",
    [
        DatabaseURL(role="wangge_app", name="wangge", host="/var/lib/x/run/pg"),
        DatabaseURL(role="a b", name="d", host="db.example", port=6000, password="p@:/?ss"),
        DatabaseURL(role="a", name="d", host="::1", options=(("sslmode", "require"),)),
    ],
)
def test_an_address_reads_back_as_it_was_written(url):
    assert parse(str(url)) == url


@pytest.mark.parametrize("text", ["mysql://a@h/d", "postgis://h/d", "postgis://a@h/", "postgis://a@h:x/d", "nonsense"])
def test_a_bad_address_is_refused_without_its_password(text):
    with pytest.raises(InvalidDatabaseURLError) as caught:
        parse(text.replace("a@", "a:geheim@"))
    assert "geheim" not in str(caught.value)
