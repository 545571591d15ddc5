"""One parent of everything: starts in stages, waits for readiness, restarts what ends, stops in order.

Nothing runs on after it: each child leads its own process group, which is ended as a whole, and the kernel ends the
children of a supervisor that was killed.
"""

from __future__ import annotations

import asyncio
import signal
import time
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deploy.files import write_whole
from deploy.logbook import Logbook
from deploy.process import Action, BackOff, Program, Running, Service, Step, signal_group, spawn

Member = Action | Step | Service
# Members of a stage run side by side; a tuple among them is a chain, one after the other.
Stage = tuple[Member | tuple[Member, ...], ...]
PROBE_SECONDS = 0.1
PROBE_LONGEST_SECONDS = 1.0
READY_SECONDS = 120.0
# A service that ends so often before it was ever ready will not become so: the start fails instead of waiting.
GIVE_UP_AFTER = 6
_ME = "wangge"
_CHUNK = 65536
_LONGEST_LINE = 16384


class StartError(RuntimeError):
    """A step failed or a service did not become ready; the message ends with its last lines."""


@dataclass
class _Child:
    """One service while it is looked after."""

    service: Service
    process: asyncio.subprocess.Process | None = None
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    stopping: bool = False
    was_ready: bool = False
    restarts: int = 0
    tail: deque[str] = field(default_factory=lambda: deque(maxlen=12))
    keeper: asyncio.Task[None] | None = None


@dataclass
class Supervisor:
    """Runs stages of steps and services. Members of a stage start side by side; the next one waits for all of them."""

    log: Logbook
    pid_folder: Path
    back_off: BackOff = field(default_factory=BackOff)
    ready_seconds: float = READY_SECONDS
    _children: dict[str, _Child] = field(default_factory=dict)
    _stop: asyncio.Event = field(default_factory=asyncio.Event)
    _signals: int = 0

    async def start(self, stages: Sequence[Stage]) -> None:
        """Start stage after stage. Raises StartError; what was started runs on until `stop`."""
        for stage in stages:
            if self._stop.is_set():
                return
            await self._start_stage(stage)

    async def wait(self) -> None:
        """Wait until somebody asks to stop."""
        await self._stop.wait()

    def ask_to_stop(self) -> None:
        """Ask once for an ordered stop; ask again and every child is killed."""
        self._signals += 1
        self._stop.set()
        if self._signals > 1:
            for child in self._running():
                child.stopping = True
                self._signal(child, child.service.kill_signal)

    def listen_to_signals(self) -> None:
        """SIGINT, SIGTERM and SIGHUP ask to stop; under nohup SIGHUP stays ignored."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                loop.add_signal_handler(number, self.ask_to_stop)

    async def stop(self) -> None:
        """Stop the services in rising `stop_order`, those of one order together; return when none is left."""
        self._stop.set()
        for order in sorted({child.service.stop_order for child in self._children.values()}):
            group = [child for child in self._children.values() if child.service.stop_order == order]
            await asyncio.gather(*(self._stop_child(child) for child in group))
        self._children.clear()

    def restarts(self, name: str) -> int:
        """How often a service was started again."""
        return self._children[name].restarts

    def pid(self, name: str) -> int | None:
        """Process id of a running service, or None."""
        process = self._children[name].process
        return process.pid if process and process.returncode is None else None

    async def _start_stage(self, stage: Stage) -> None:
        try:
            async with asyncio.TaskGroup() as tasks:
                for member in stage:
                    tasks.create_task(self._run_chain(member if isinstance(member, tuple) else (member,)))
        except BaseExceptionGroup as group:
            failed, others = group.split(StartError)
            if failed and not others:
                raise StartError("\n".join(str(error) for error in failed.exceptions)) from None
            raise

    async def _run_chain(self, chain: tuple[Member, ...]) -> None:
        for member in chain:
            if not self._stop.is_set():
                await self._run_member(member)

    async def _run_member(self, member: Member) -> None:
        if isinstance(member, Service):
            await self._bring_up(member)
        elif isinstance(member, Step):
            await self._run_step(member)
        else:
            try:
                await asyncio.to_thread(member.call)
            except (OSError, RuntimeError) as error:
                raise StartError(f"{member.name}: {error}") from error

    async def _run_step(self, step: Step) -> None:
        if not await asyncio.to_thread(step.needed):
            return
        began = time.monotonic()
        self.log.line(_ME, f"{step.name} ...")
        running = await spawn(step.program, death_signal=signal.SIGTERM)
        process = running.process
        tail: deque[str] = deque(maxlen=12)
        try:
            waiting = [
                asyncio.create_task(self._copy(running, step.program, tail)),
                asyncio.create_task(self._stop.wait()),
            ]
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            _cancel(waiting)
            if self._stop.is_set():
                return
            status = await process.wait()
        finally:
            signal_group(process.pid, signal.SIGKILL)
            await process.wait()
            running.pipe.close()
        if status:
            raise StartError(_failure(f"{step.name} failed with status {status}", tail))
        await asyncio.to_thread(step.done)
        self.log.line(_ME, f"{step.name}: done in {time.monotonic() - began:.1f} s")

    async def _bring_up(self, service: Service) -> None:
        began = time.monotonic()
        child = _Child(service)
        self._children[service.name] = child
        child.keeper = asyncio.create_task(self._keep(child))
        waiting = [asyncio.create_task(child.ready.wait()), asyncio.create_task(self._stop.wait()), child.keeper]
        await asyncio.wait(waiting, timeout=self.ready_seconds, return_when=asyncio.FIRST_COMPLETED)
        _cancel(waiting[:2])
        if child.ready.is_set():
            self.log.line(_ME, f"{service.name}: ready in {time.monotonic() - began:.1f} s")
        elif not self._stop.is_set():
            ended = f"ended {GIVE_UP_AFTER} times" if child.keeper.done() else "does not answer"
            raise StartError(_failure(f"{service.name} is not ready: it {ended}", child.tail))

    async def _keep(self, child: _Child) -> None:
        failures = 0
        while True:
            began = time.monotonic()
            if not await self._run_once(child):
                return
            failures = 1 if time.monotonic() - began > self.back_off.steady else failures + 1
            if failures >= GIVE_UP_AFTER and not child.was_ready:
                return
            delay = self.back_off.delay(failures)
            self.log.line(_ME, f"{child.service.name} ended; starting it again in {delay:.1f} s")
            await asyncio.sleep(delay)
            child.restarts += 1

    async def _run_once(self, child: _Child) -> bool:
        """Start the service and wait for its end; whether it is to be started again."""
        service = child.service
        try:
            if service.prepare:
                await asyncio.to_thread(service.prepare)
            running = await spawn(service.program, death_signal=service.death_signal)
            child.process = process = running.process
            write_whole(self.pid_folder / f"{service.name}.pid", f"{process.pid}\n")
        except (OSError, RuntimeError, KeyError) as error:
            child.tail.append(str(error))
            self.log.line(_ME, f"{service.name} can't be started: {error}")
            return not child.stopping
        watch = asyncio.create_task(self._watch_readiness(child))
        copy = asyncio.create_task(self._copy(running, service.program, child.tail))
        try:
            status = await process.wait()
        finally:
            # What the leader left behind would hold its socket or port.
            signal_group(process.pid, signal.SIGKILL)
            _cancel([watch])
            child.ready.clear()
        await asyncio.wait([copy], timeout=1)
        _cancel([copy])
        running.pipe.close()
        if not child.stopping:
            self.log.line(_ME, f"{service.name} (process {process.pid}) {_said(status)}")
        return not child.stopping

    async def _watch_readiness(self, child: _Child) -> None:
        began, pause = time.monotonic(), PROBE_SECONDS
        while not await child.service.ready():
            await asyncio.sleep(pause)
            # Somebody who is slow need not say so ten times a second.
            pause = min(pause * 1.2, PROBE_LONGEST_SECONDS)
        child.was_ready = True
        child.ready.set()
        if child.restarts:
            self.log.line(_ME, f"{child.service.name}: ready again after {time.monotonic() - began:.1f} s")

    async def _copy(self, running: Running, program: Program, tail: deque[str]) -> None:
        rest = b""
        while chunk := await running.output.read(_CHUNK):
            *lines, rest = (rest + chunk).split(b"\n")
            if len(rest) > _LONGEST_LINE:
                lines, rest = [*lines, rest], b""
            self._say(program, lines, tail)
        self._say(program, [rest], tail)

    def _say(self, program: Program, lines: Iterable[bytes], tail: deque[str]) -> None:
        for line in lines:
            text = line[:_LONGEST_LINE].decode(errors="backslashreplace").rstrip()
            if program.redact:
                text = program.redact.sub("", text)
            if text:
                tail.append(text)
                self.log.line(program.name, text)

    async def _stop_child(self, child: _Child) -> None:
        child.stopping = True
        if child.process and child.process.returncode is None:
            self._signal(child, child.service.stop_signal)
            waited = asyncio.create_task(child.process.wait())
            done, _ = await asyncio.wait([waited], timeout=child.service.stop_seconds)
            if not done:
                self.log.line(_ME, f"{child.service.name} did not stop in {child.service.stop_seconds:.0f} s: killed")
                self._signal(child, child.service.kill_signal)
                await waited
        elif child.keeper:
            child.keeper.cancel()
        if child.keeper:
            await asyncio.wait([child.keeper], timeout=5)
        (self.pid_folder / f"{child.service.name}.pid").unlink(missing_ok=True)
        self.log.line(_ME, f"{child.service.name}: stopped")

    def _signal(self, child: _Child, number: signal.Signals) -> None:
        if child.process is None or child.process.returncode is not None:
            return
        if number == signal.SIGKILL:
            signal_group(child.process.pid, number)
        else:
            child.process.send_signal(number)

    def _running(self) -> list[_Child]:
        return [child for child in self._children.values() if child.process and child.process.returncode is None]


def _cancel(tasks: Iterable[asyncio.Task[object]] | Iterable[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()


def _failure(what: str, tail: Iterable[str]) -> str:
    return "\n".join([what, *(f"    {line}" for line in tail)])


def _said(status: int) -> str:
    return f"was ended by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"
