"""Asking a service whether it is ready: small requests that never block the supervisor."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from deploy.cluster import Cluster, is_ready

Probe = Callable[[], Awaitable[bool]]
TIMEOUT_SECONDS = 3.0


def http_over_socket(socket: Path, path: str) -> Probe:
    """Ready when GET `path` over the Unix socket answers 200."""

    async def probe() -> bool:
        return await _answers(lambda: asyncio.open_unix_connection(str(socket)), path)

    return probe


def http(host: str, port: int, path: str) -> Probe:
    """Ready when GET `path` answers 200."""

    async def probe() -> bool:
        return await _answers(lambda: asyncio.open_connection(host, port), path)

    return probe


def port_open(host: str, port: int) -> Probe:
    """Ready when a TCP connection is taken."""

    async def probe() -> bool:
        try:
            _, writer = await asyncio.wait_for(asyncio.open_connection(host, port), TIMEOUT_SECONDS)
        except (OSError, TimeoutError):
            return False
        writer.close()
        return True

    return probe


def database(cluster: Cluster) -> Probe:
    """Ready when the private cluster takes connections."""

    async def probe() -> bool:
        return await asyncio.to_thread(is_ready, cluster)

    return probe


async def started() -> bool:
    """Ready as soon as the process runs: for services that have no port to ask."""
    return True


_Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _answers(connect: Callable[[], Awaitable[_Streams]], path: str) -> bool:
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            reader, writer = await connect()
            try:
                writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
                status = await reader.readline()
            finally:
                writer.close()
    except (OSError, TimeoutError, ValueError):
        return False
    return status.split(b" ")[1:2] == [b"200"]
