"""Setting up: packages, the copy for the services' user, keys, environment, ports, lock, reset."""

from __future__ import annotations

import argparse
import base64
import json
import os
import socket
import stat
import subprocess
import sys
import time

import pytest

from deploy import bootstrap, checks, packages, places, toolchain, up
from deploy.environment import (
    Installation,
    MissingOwnerError,
    child_environment,
    find_databases,
    wheel_libraries,
)
from deploy.keys import make_demo_keys, make_keys
from deploy.lock import Lock, RefusedError
from deploy.mirror import mirror
from deploy.places import State
from deploy.processes import is_alive
from deploy.services import SOURCES
from deploy.stamps import Stamp
from deploy.static_files import compress

GIVEN = {
    "DATABASE_URL": "postgis://app:geheim@db.example/wangge",
    "DATABASE_OWNER_URL": "postgis://owner:geheim@db.example/wangge",
}


def options(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    up.add_arguments(parser)
    return parser.parse_args(arguments)


@pytest.fixture
def made(state: State, service_user: str) -> State:
    if places.is_root() and not places.user_exists("postgres"):
        pytest.skip("no PostgreSQL user")
    places.make_state(state)
    return state


def installation(state: State, environment: dict[str, str] | None = None) -> Installation:
    return Installation(
        state=state,
        databases=find_databases(state, environment or {}),
        origin="http://127.0.0.1:8080",
        host="127.0.0.1",
        port=8080,
        cameras_port=5001,
        hotline_port=5002,
        alarms_port=5003,
    )


class TestPackages:
    def test_every_line_of_the_lists_is_a_package_and_a_pattern(self):
        listed = packages.listed([packages.RUN_LIST, packages.TEST_LIST])
        assert len({package.name for package in listed}) == len(listed) >= 10
        assert all(package.shown_by.startswith("/") for package in listed)

    def test_what_is_there_is_not_missing_and_what_is_not_is(self):
        there = packages.Package("python3", sys.executable)
        gone = packages.Package("gone", "/nonexistent/*/gone")
        assert packages.missing([there, gone]) == ("gone",)

    def test_without_rights_it_names_the_exact_line(self, monkeypatch):
        monkeypatch.setattr(packages, "_privilege", lambda: None)
        with pytest.raises(packages.MissingPackagesError) as caught:
            packages.ensure([packages.Package("nginx-light", "/nonexistent")])
        assert caught.value.line.startswith("sh -c ")
        assert caught.value.line.rstrip("'").endswith("install -y --no-install-recommends nginx-light")
        assert "\n" not in caught.value.line

    @pytest.mark.parametrize("status", [0, 100])
    @pytest.mark.parametrize("before", [None, "#!/bin/sh\nexit 0\n"])
    def test_nothing_starts_while_installing_and_the_policy_is_put_back(self, tmp_path, status, before):
        """The real script with its paths moved, and an apt-get that looks whether the guards stand."""
        script = packages.install_script(["nginx-light"])
        policy, create = tmp_path / "sbin/policy-rc.d", tmp_path / "etc/createcluster.conf"
        policy.parent.mkdir()
        if before:
            policy.write_text(before)
        seen = tmp_path / "seen"
        apt = tmp_path / "bin/apt-get"
        apt.parent.mkdir()
        apt.write_text(f'#!/bin/sh\necho "$@" >> {seen}\ncat {policy} {create} >> {seen}\nexit {status}\n')
        apt.chmod(0o755)
        for path, moved in (("/usr/sbin/policy-rc.d", policy), ("/etc/postgresql-common/createcluster.conf", create)):
            assert script.count(path) == 1
            script = script.replace(path, str(moved))
        done = subprocess.run(
            ["sh", "-c", script],
            env={"PATH": f"{apt.parent}:{os.environ['PATH']}"},
            check=False,
        )
        assert done.returncode == status
        assert "exit 101" in seen.read_text()
        assert "create_main_cluster = false" in seen.read_text()
        assert (policy.read_text() if policy.exists() else None) == before

    @pytest.mark.parametrize(
        ("arguments", "lists"),
        [((), (packages.RUN_LIST,)), (("test", "lint"), (packages.RUN_LIST, packages.TEST_LIST))],
    )
    def test_without_python_the_launcher_names_the_same_line_with_everything_in_it(self, tmp_path, arguments, lists):
        """`run` with Debian's Python and apt-get out of sight, as somebody who is neither root nor may use sudo."""
        launcher = tmp_path / "run"
        launcher.write_text((places.CHECKOUT / "run").read_text().replace("/usr/bin/python3", "/nonexistent/python3"))
        (tmp_path / "deploy").symlink_to(places.CHECKOUT / "deploy")
        for name, text in (("id", "echo 1000"), ("apt-get", "exit 1"), ("sudo", "exit 1")):
            (tmp_path / "bin").mkdir(exist_ok=True)
            (tmp_path / "bin" / name).write_text(f"#!/bin/sh\n{text}\n")
            (tmp_path / "bin" / name).chmod(0o755)
        done = subprocess.run(
            ["sh", str(launcher), *arguments], env={"PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin"},
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == bootstrap.NO_RIGHTS
        line = packages.MissingPackagesError([package.name for package in packages.listed(lists)]).line
        assert line in done.stderr.splitlines()


class TestMirror:
    def test_the_copy_follows_the_source_and_keeps_what_is_made_beside_it(self, tmp_path):
        source, target = tmp_path / "source", tmp_path / "target"
        for name in ("app/a.py", "app/old.py", "run", ".git/config", "client/node_modules/x.js", "var/pg/x"):
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_text(name)
        (source / "run").chmod(0o700)
        assert mirror(source, target) == 3
        assert not (target / ".git").exists()
        assert not (target / "var").exists()
        assert stat.S_IMODE((target / "run").stat().st_mode) == 0o755
        assert stat.S_IMODE((target / "app/a.py").stat().st_mode) == 0o644
        (target / "client/node_modules").mkdir()
        (target / "client/node_modules/kept.js").write_text("x")
        (source / "app/old.py").unlink()
        (source / "app/a.py").write_text("changed")
        assert mirror(source, target) == 2
        assert (target / "app/a.py").read_text() == "changed"
        assert not (target / "app/old.py").exists()
        assert (target / "client/node_modules/kept.js").exists()
        assert mirror(source, target) == 0


class TestKeys:
    def test_they_are_random_private_and_never_replaced(self, made):
        names = ("secret_key", "field_key", "ticket_key", "audience_key", "hotline_secret")
        assert set(make_keys(made)) == set(names)
        texts = [(made.keys / name).read_text().strip() for name in names]
        assert len(set(texts)) == len(names)
        for name in names:
            about = (made.keys / name).stat()
            assert stat.S_IMODE(about.st_mode) == 0o600
            assert about.st_uid == made.keys.stat().st_uid
        (made.keys / "ticket_key").unlink()
        assert make_keys(made) == ("ticket_key",)
        assert (made.keys / "secret_key").read_text().strip() == texts[0]

    def test_secrets_of_other_systems_have_the_form_of_standard_webhooks(self, made):
        from standardwebhooks import Webhook

        make_keys(made)
        assert set(make_demo_keys(made)) == {f"{code}_secret" for code in SOURCES}
        assert make_demo_keys(made) == ()
        for name in ("hotline_secret", *(f"{code}_secret" for code in SOURCES)):
            secret = (made.keys / name).read_text().strip()
            assert Webhook(secret)
            assert len(base64.b64decode(secret.removeprefix("whsec_"))) == 32


class TestState:
    def test_only_the_services_reach_the_sockets_that_trust_who_connects(self, made):
        assert stat.S_IMODE(made.run.stat().st_mode) == 0o710

    def test_what_root_reads_as_instructions_is_not_the_services(self, made):
        if not places.is_root():
            pytest.skip("one user alone")
        for folder in (made.root, made.nginx, made.stamps, made.build):
            assert folder.stat().st_uid == 0

    def test_a_folder_too_deep_for_sockets_is_refused_with_advice(self, reachable):
        with pytest.raises(ValueError, match="WANGGE_STATE"):
            places.make_state(State(reachable / ("x" * 100)))


class TestDatabases:
    def test_both_addresses_given_means_no_private_cluster(self, state):
        found = find_databases(state, GIVEN)
        assert (found.cluster, found.app.role, found.owner.role) == (None, "app", "owner")
        assert find_databases(state, {}).cluster

    @pytest.mark.parametrize("name", GIVEN)
    def test_one_address_alone_is_refused(self, state, name):
        with pytest.raises(MissingOwnerError, match="DATABASE_OWNER_URL"):
            find_databases(state, {name: GIVEN[name]})

    def test_reset_refuses_another_database_and_touches_nothing(self, made):
        (made.media / "photo").write_text("x")
        with pytest.raises(RefusedError, match="nothing was touched"):
            up.reset(made, find_databases(made, GIVEN))
        assert (made.media / "photo").exists()

    def test_the_command_line_says_so_too(self, made):
        done = subprocess.run(
            [sys.executable, "-m", "deploy.up", "--reset"],
            env={**os.environ, **GIVEN, "WANGGE_STATE": str(made.root)},
            cwd=places.CHECKOUT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 2
        assert "nothing was touched" in done.stderr
        assert "geheim" not in done.stderr + done.stdout

    def test_reset_forgets_data_and_keys_and_keeps_the_build(self, made):
        make_keys(made)
        (made.media / "photo").write_text("x")
        (made.build / "manifest.json").write_text("{}")
        Stamp(made.stamps, "seeded").set("x")
        notes = [made.demo / name for name in ("accounts.json", "hotline.jsonl", "hotline.old.jsonl", "alarms.jsonl")]
        for note in notes:
            note.write_text("{}")
        (made.demo / "demo.gpkg").write_text("ground")
        up.reset(made, find_databases(made, {}))
        assert not made.media.exists()
        assert not made.keys.exists()
        assert not (made.stamps / "seeded").exists()
        assert (made.build / "manifest.json").exists()
        assert not any(note.exists() for note in notes), "what another database was told of"
        assert (made.demo / "demo.gpkg").exists()


class TestEnvironment:
    def test_the_owners_address_goes_to_migrations_alone(self, state):
        found = child_environment(installation(state, GIVEN), base=GIVEN)
        assert found["DATABASE_URL"].startswith("postgis://app:")
        assert "DATABASE_OWNER_URL" not in found
        assert "owner" not in " ".join(found.values())
        owner = child_environment(installation(state, GIVEN), base=GIVEN, owner=True)
        assert owner["DATABASE_URL"] == owner["DATABASE_OWNER_URL"] == str(find_databases(state, GIVEN).owner)

    def test_what_misleads_the_wheels_is_dropped_and_certificates_stay(self, state):
        base = {"PROJ_LIB": "/x", "PROJ_DATA": "/x", "GDAL_DATA": "/x", "PYTHONPATH": "/x", "SSL_CERT_FILE": "/ca.pem"}
        found = child_environment(installation(state), base=base)
        assert not {"PROJ_LIB", "PROJ_DATA", "GDAL_DATA", "PYTHONPATH"} & found.keys()
        assert found["SSL_CERT_FILE"] == "/ca.pem"
        assert found["WANGGE_CAMERAS"] == "127.0.0.1:5001"
        assert found["WANGGE_HOTLINE_URL"] == "http://127.0.0.1:5002/callback"
        assert (found["WANGGE_DEMO"], found["LANG"]) == ("1", "C.UTF-8")

    def test_the_libraries_of_the_wheels_are_found_by_their_hashed_names(self, tmp_path):
        for name in (
            "pyogrio.libs/libgdal-ab12.so.36",
            "shapely.libs/libgeos_c-cd34.so.1",
            "shapely.libs/libgeos-1.so",
        ):
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).touch()
        assert wheel_libraries(tmp_path) == {
            "GDAL_LIBRARY_PATH": str(tmp_path / "pyogrio.libs/libgdal-ab12.so.36"),
            "GEOS_LIBRARY_PATH": str(tmp_path / "shapely.libs/libgeos_c-cd34.so.1"),
        }
        assert wheel_libraries(tmp_path / "none") == {}

    def test_what_is_set_for_pip_is_said_to_uv_and_node(self):
        found = toolchain.installer_environment(
            {"PIP_CERT": "/ca.pem", "PIP_INDEX_URL": "https://index.example/simple"}
        )
        assert found["SSL_CERT_FILE"] == found["NODE_EXTRA_CA_CERTS"] == "/ca.pem"
        assert found["UV_DEFAULT_INDEX"] == "https://index.example/simple"
        kept = toolchain.installer_environment({"PIP_CERT": "/a", "SSL_CERT_FILE": "/b", "NODE_EXTRA_CA_CERTS": "/c"})
        assert (kept["PIP_CERT"], kept["SSL_CERT_FILE"], kept["NODE_EXTRA_CA_CERTS"]) == ("/a", "/b", "/c")

    @pytest.mark.parametrize(
        ("version", "enough"),
        [("v20.19.0", True), ("v24.1.3\n", True), ("v20.18.9", False), ("v18.20.4", False), ("", False)],
    )
    def test_node_is_new_enough_from_20_19_on(self, version, enough):
        assert toolchain.is_new_enough(version) is enough


class TestStart:
    def test_a_taken_port_is_refused_with_advice(self, made):
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            given = options("--port", str(other.getsockname()[1]))
            with pytest.raises(RefusedError, match="--port"):
                up.prepare_installation(made, find_databases(made, {}), given, {})

    def test_the_origin_is_the_address_or_what_the_environment_says(self, made):
        databases = find_databases(made, {})
        given = options("--port", "0", "--host", "0.0.0.0")  # noqa: S104 - not opened
        assert up.prepare_installation(made, databases, given, {}).origin == "http://127.0.0.1:0"
        behind = up.prepare_installation(made, databases, given, {"WANGGE_ORIGIN": "https://wangge.example/"})
        assert behind.origin == "https://wangge.example"
        assert "X-Forwarded-Proto https;" in (made.nginx / "nginx.conf").read_text()

    def test_the_simulators_keep_their_ports_while_they_are_free(self, made):
        first = up.simulator_ports(made)
        assert up.simulator_ports(made) == first
        assert json.loads((made.run / "ports.json").read_text()) == first
        assert set(first) == {"cameras", "hotline", "alarms"}
        assert len(set(first.values())) == 3
        with socket.socket() as other:
            other.bind(("127.0.0.1", first["cameras"]))
            other.listen()
            later = up.simulator_ports(made)
        assert later["cameras"] != first["cameras"]
        assert (later["hotline"], later["alarms"]) == (first["hotline"], first["alarms"])
        for damaged in ("", "[]", '{"cameras": "x"}', '{"cameras": 1, "alarms": null}'):
            (made.run / "ports.json").write_text(damaged)
            assert set(up.simulator_ports(made)) == set(first)

    def test_two_supervisors_on_one_state_are_refused(self, made):
        ask = (
            "from deploy.lock import Lock; from deploy import places\nwith Lock(places.default_state()): print('mine')"
        )
        command = [sys.executable, "-c", ask]
        with Lock(made):
            refused = subprocess.run(command, capture_output=True, text=True, check=False, cwd=places.CHECKOUT)
        assert f"in use by process {os.getpid()}" in refused.stderr
        taken = subprocess.run(command, capture_output=True, text=True, check=True, cwd=places.CHECKOUT)
        assert taken.stdout == "mine\n"

    def test_accounts_are_read_as_seeding_wrote_them(self, made):
        assert up.accounts(made) == ()
        (made.demo / "accounts.json").write_text('[{"username": "a", "password": "b", "title": "网格员"}]')
        assert up.accounts(made) == (("a", "b", "网格员"),)
        (made.demo / "accounts.json").write_text("half")
        assert up.accounts(made) == ()

    def test_tests_have_a_state_of_their_own(self, state):
        assert bootstrap.state_for(testing=False) == state
        assert bootstrap.state_for(testing=True) == State(state.root / "test")


class TestStaticFiles:
    def test_large_texts_are_zipped_once_with_the_same_time(self, tmp_path):
        script = tmp_path / "a.js"
        script.write_text("x" * 5000)
        (tmp_path / "small.js").write_text("x")
        (tmp_path / "photo.png").write_bytes(b"x" * 5000)
        assert compress(tmp_path) == 1
        assert (tmp_path / "a.js.gz").stat().st_mtime_ns == script.stat().st_mtime_ns
        assert compress(tmp_path) == 0
        os.utime(script, (1, 1))
        assert compress(tmp_path) == 1


class TestChecks:
    def test_no_folder_of_tests_is_forgotten(self, tmp_path):
        for name in ("unit", "surprise", "browser", "payloads"):
            (tmp_path / name).mkdir()
            if name != "payloads":
                (tmp_path / name / "test_x.py").touch()
        assert [check.name for check in checks.test_groups(tmp_path, {})] == ["unit", "browser", "surprise"]

    def test_groups_that_are_shared_out_are_one_run_in_the_place_of_the_first(self, tmp_path):
        for name in ("unit", "domain", "http", "sockets"):
            (tmp_path / name).mkdir()
            (tmp_path / name / "test_x.py").touch()
        groups = checks.test_groups(tmp_path, {})
        one, sockets = checks.together(groups)
        assert (one.name, sockets.name) == ("unit+domain+http", "sockets")
        assert one.argv[-3:] == ("tests/unit", "tests/domain", "tests/http")
        assert [check.name for check in checks.together([groups[0], groups[3]])] == ["unit", "sockets"]

    @pytest.mark.parametrize(
        ("code", "passed"), [("pass", True), ("raise SystemExit(1)", False), ("raise SystemExit(5)", False)]
    )
    def test_a_check_passes_by_its_status_alone(self, tmp_path, code, passed):
        check = checks.Check("x", (sys.executable, "-c", code), tmp_path, os.environ)
        assert [one.passed for one in checks.run_checks([check], print)] == [passed]

    def test_quiet_checks_run_side_by_side_and_the_others_alone(self, tmp_path, capfd):
        script = tmp_path / "meet.py"
        script.write_text(
            "import pathlib, sys, time\n"
            "pathlib.Path(sys.argv[1]).touch()\n"
            "print('from', sys.argv[1], flush=True)\n"
            "while not pathlib.Path(sys.argv[2]).exists(): time.sleep(0.01)\n"
            "print('to', sys.argv[2])"
        )
        pair = [
            checks.Check(one, (sys.executable, str(script), one, other), tmp_path, os.environ, seconds=20, quiet=True)
            for one, other in (("a", "b"), ("b", "a"))
        ]
        lonely = checks.Check("c", (sys.executable, "-c", "print('alone')"), tmp_path, os.environ)
        said: list[str] = []
        outcomes = list(checks.run_checks([lonely, *pair], said.append))
        assert {one.name for one in outcomes if one.passed} == {"a", "b", "c"}
        assert outcomes[-1].name == "c"
        printed = capfd.readouterr().out
        assert "from a\nto b\n" in printed  # each whole
        assert "from b\nto a\n" in printed
        assert [words.split(":")[0] for words in said[2:]] == ["==> c", "<== c"]

    def test_a_check_that_hangs_is_ended_with_its_children(self, tmp_path):
        note = tmp_path / "pid"
        code = (
            "import subprocess, time\n"
            f"open({str(note)!r}, 'w').write(str(subprocess.Popen(['sleep', '600']).pid))\n"
            "time.sleep(600)"
        )
        check = checks.Check("x", (sys.executable, "-c", code), tmp_path, os.environ, seconds=1.5)
        assert [one.passed for one in checks.run_checks([check], print)] == [False]
        child = int(note.read_text())
        deadline = time.monotonic() + 5
        while is_alive(child):
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def test_the_closing_line_counts_them(self):
        text = checks.summary([checks.Outcome("a", True, 1.0), checks.Outcome("b", False, 2.0)])
        assert text.endswith("checks: 1 passed, 1 failed")
        assert "FAILED" in text
