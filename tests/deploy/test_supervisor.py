"""The supervisor with real children: order, readiness, restart with back-off, ordered stop, nothing left behind."""

from __future__ import annotations

import asyncio
import io
import os
import re
import signal
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest

from deploy import probes
from deploy.logbook import Logbook, neutral
from deploy.process import Action, BackOff, Program, Service, Step
from deploy.processes import is_alive
from deploy.supervisor import StartError, Supervisor

ENVIRONMENT = {"PATH": os.environ["PATH"]}
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
SLEEP = "import time; print('up', flush=True); time.sleep(600)"


@pytest.fixture
def console() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def supervisor(tmp_path: Path, console: io.StringIO) -> Supervisor:
    log = Logbook(tmp_path / "all.log", console)
    return Supervisor(log=log, pid_folder=tmp_path, back_off=BackOff(first=0.1, longest=0.4), ready_seconds=10)


def python(name: str, code: str, **more: object) -> Program:
    return Program(name=name, argv=(sys.executable, "-c", code), environment=ENVIRONMENT, **more)  # type: ignore[arg-type]


async def until(condition, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        await asyncio.sleep(0.02)


async def test_a_killed_service_comes_back_and_its_pid_file_follows(supervisor, tmp_path):
    await supervisor.start([(Service(python("web", SLEEP)),)])
    first = supervisor.pid("web")
    assert (tmp_path / "web.pid").read_text() == f"{first}\n"
    os.kill(first, signal.SIGKILL)
    await until(lambda: supervisor.pid("web") not in {None, first})
    assert (tmp_path / "web.pid").read_text() == f"{supervisor.pid('web')}\n"
    assert supervisor.restarts("web") == 1
    await supervisor.stop()
    assert not (tmp_path / "web.pid").exists()


async def test_a_service_that_keeps_ending_is_started_ever_later(supervisor, tmp_path):
    marks = tmp_path / "marks"
    code = f"import time; open({str(marks)!r}, 'a').write(f'{{time.time()}}\\n')"
    never = Service(python("broken", code), ready=probes.port_open("127.0.0.1", 1))
    bring = asyncio.create_task(supervisor.start([(never,)]))
    await until(lambda: marks.exists() and len(marks.read_text().splitlines()) >= 5)
    bring.cancel()
    await supervisor.stop()
    times = [float(line) for line in marks.read_text().splitlines()]
    gaps = [after - before for before, after in pairwise(times)]
    assert gaps[0] >= 0.1
    assert gaps[1] >= 0.2
    assert all(gap >= 0.4 for gap in gaps[2:4]), gaps


def test_back_off_doubles_to_its_limit():
    waits = BackOff()
    assert [waits.delay(number) for number in (1, 2, 3, 6, 7, 60, 10**6)] == [0.2, 0.4, 0.8, 6.4, 10, 10, 10]


async def test_the_next_stage_waits_until_this_one_answers(supervisor, tmp_path):
    """The second may only start when the first one's socket answers, which takes it half a second."""
    socket = tmp_path / "s"
    late = f"""
import http.server, socketserver, time
time.sleep(0.5)
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
    def address_string(self): return "x"
socketserver.UnixStreamServer({str(socket)!r}, Answer).serve_forever()
"""
    began = time.monotonic()
    started_at: list[float] = []
    await supervisor.start(
        [
            (Service(python("first", late), ready=probes.http_over_socket(socket, "/readyz")),),
            (Action("second", lambda: started_at.append(time.monotonic() - began)),),
        ]
    )
    assert started_at[0] >= 0.5
    await supervisor.stop()


@pytest.mark.parametrize(("status", "ready"), [(200, True), (503, False)])
async def test_ready_means_an_answer_of_200(tmp_path, status, ready):
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(f"HTTP/1.1 {status} X\r\n\r\n".encode())
        writer.close()

    async with await asyncio.start_unix_server(answer, tmp_path / "s"):
        assert await probes.http_over_socket(tmp_path / "s", "/readyz")() is ready
    assert await probes.http_over_socket(tmp_path / "gone", "/readyz")() is False


async def test_services_stop_in_their_order(supervisor, tmp_path):
    marks = tmp_path / "marks"
    code = f"""
import signal, sys, time
def end(*_):
    time.sleep(0.1)
    open({str(marks)!r}, 'a').write(sys.argv[1])
    sys.exit()
signal.signal(signal.SIGTERM, end)
open({str(marks)!r} + sys.argv[1], 'w')
signal.pause()
"""

    def service(letter: str, order: int) -> Service:
        program = Program(name=letter, argv=(sys.executable, "-c", code, letter), environment=ENVIRONMENT)
        return Service(program, stop_order=order)

    await supervisor.start([(service("c", 3), service("a", 1)), (service("b", 2),)])
    await until(lambda: all((tmp_path / f"marks{letter}").exists() for letter in "abc"))
    await supervisor.stop()
    assert marks.read_text() == "abc"


async def test_a_service_that_will_not_stop_is_killed(supervisor):
    await supervisor.start([(Service(python("stubborn", STUBBORN), stop_seconds=0.3),)])
    pid = supervisor.pid("stubborn")
    await asyncio.sleep(0.3)
    began = time.monotonic()
    await supervisor.stop()
    assert 0.3 <= time.monotonic() - began < 3
    assert not is_alive(pid)


async def test_asking_twice_kills_at_once(supervisor):
    await supervisor.start([(Service(python("stubborn", STUBBORN), stop_seconds=60),)])
    await asyncio.sleep(0.3)
    supervisor.ask_to_stop()
    stopping = asyncio.create_task(supervisor.stop())
    await asyncio.sleep(0.2)
    assert not stopping.done()
    supervisor.ask_to_stop()
    await asyncio.wait_for(stopping, 5)


async def test_what_a_dead_leader_left_is_ended_before_it_starts_again(supervisor, tmp_path):
    """A killed nginx master leaves workers that hold the port: they go with its process group."""
    note = tmp_path / "grandchild"
    code = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"open({str(note)!r}, 'w').write(str(child.pid)); time.sleep(600)"
    )
    await supervisor.start([(Service(python("master", code)),)])
    await until(lambda: note.exists() and note.read_text())
    orphan = int(note.read_text())
    os.kill(supervisor.pid("master"), signal.SIGKILL)
    await until(lambda: supervisor.restarts("master") == 1)
    assert not is_alive(orphan)
    await supervisor.stop()


async def test_children_die_with_a_killed_supervisor(tmp_path):
    script = f"""
import asyncio, sys
from pathlib import Path
from deploy.logbook import Logbook
from deploy.process import Program, Service
from deploy.processes import is_alive
from deploy.supervisor import Supervisor
async def main():
    supervisor = Supervisor(log=Logbook(Path({str(tmp_path)!r}) / "log"), pid_folder=Path({str(tmp_path)!r}))
    program = Program(name="child", argv=(sys.executable, "-c", "import time; time.sleep(600)"))
    await supervisor.start([(Service(program),)])
    print(supervisor.pid("child"), flush=True)
    await asyncio.sleep(600)
asyncio.run(main())
"""
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    child = int(process.stdout.readline())
    assert is_alive(child)
    process.kill()
    process.wait()
    await until(lambda: not is_alive(child), 5)


async def test_a_failed_step_stops_the_start_with_its_last_words(supervisor):
    failing = Step(python("migrate", "import sys; print('relation missing'); sys.exit(3)"))
    never: list[int] = []
    with pytest.raises(StartError, match=r"migrate failed with status 3\n    relation missing"):
        await supervisor.start([(failing,), (Action("after", lambda: never.append(1)),)])
    assert not never
    await supervisor.stop()


async def test_a_step_that_is_not_needed_is_skipped_and_done_follows_success_only(supervisor, tmp_path):
    done: list[str] = []
    write = f"open({str(tmp_path / 'ran')!r}, 'a').write('x')"
    await supervisor.start(
        [
            (Step(python("skipped", write), needed=lambda: False, done=lambda: done.append("skipped")),),
            (Step(python("made", write), done=lambda: done.append("made")),),
        ]
    )
    assert (tmp_path / "ran").read_text() == "x"
    assert done == ["made"]
    await supervisor.stop()


async def test_a_chain_runs_in_order_beside_the_others(supervisor):
    seen: list[str] = []

    def slowly(name: str) -> Action:
        def act() -> None:
            time.sleep(0.2)
            seen.append(name)

        return Action(name, act)

    began = time.monotonic()
    await supervisor.start([((slowly("a"), slowly("b")), slowly("x"), slowly("y"))])
    assert time.monotonic() - began < 0.75, "side by side"
    assert [name for name in seen if name in "ab"] == ["a", "b"]
    assert set(seen) == set("abxy")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (
            "import time; print('no socket for me', flush=True); time.sleep(600)",
            "it does not answer\n    no socket for me",
        ),
        ("print('no module', flush=True)", r"it ended 6 times\n    no module"),
    ],
)
async def test_a_service_that_never_answers_fails_the_start(supervisor, code, said):
    supervisor.ready_seconds = 6 if "ended" in said else 1
    silent = Service(python("silent", code), ready=probes.port_open("127.0.0.1", 1))
    with pytest.raises(StartError, match=f"silent is not ready: {said}"):
        await supervisor.start([(silent,)])
    await supervisor.stop()


async def test_a_stop_during_the_start_is_an_ordered_one(supervisor):
    slow = Step(python("slow", "import time; time.sleep(600)"))
    bring = asyncio.create_task(
        supervisor.start([(Service(python("db", SLEEP)),), (slow,), (Service(python("web", SLEEP)),)])
    )
    await until(lambda: "db" in supervisor._children and supervisor.pid("db"))
    await asyncio.sleep(0.2)
    supervisor.ask_to_stop()
    await asyncio.wait_for(bring, 5)
    await supervisor.stop()


async def test_prepare_runs_before_each_start(supervisor):
    count: list[int] = []
    await supervisor.start([(Service(python("db", SLEEP), prepare=lambda: count.append(1)),)])
    os.kill(supervisor.pid("db"), signal.SIGKILL)
    await until(lambda: len(count) == 2)
    await supervisor.stop()


async def test_every_line_goes_to_console_and_file_with_its_name_and_without_tricks(supervisor, tmp_path, console):
    said = (
        "print('plain'); print('GET /live/x?ticket=geheim HTTP');"
        "print('\\x1b[31mred\\x1b[0m \\x1b]0;title\\x07 \\u2028 forged')"
    )
    program = Program(
        name="talker",
        argv=(sys.executable, "-X", "utf8", "-c", said),
        environment=ENVIRONMENT,
        redact=re.compile(r"\?\S*"),
    )
    await supervisor.start([(Step(program),)])
    for text in (console.getvalue(), (tmp_path / "all.log").read_text()):
        assert "talker     plain" in text
        assert r"red \x1b]0;title\x07 \u2028 forged" in text
        assert "\x1b" not in text
        assert "geheim" not in text
        assert "GET /live/x HTTP" in text


def test_a_log_is_never_written_through_a_symbolic_link(tmp_path):
    target = tmp_path / "target"
    (tmp_path / "all.log").symlink_to(target)
    Logbook(tmp_path / "all.log").line("web", "x")
    assert not target.exists()


def test_neutral_leaves_chinese_and_tabs_alone():
    assert neutral("井盖\t破损\r\n") == "井盖\t破损\\r\n"
