"""A tiny upstream on a Unix socket for nginx's tests: it tells what it received. `standin.py SOCKET NAME [MODE]`."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import sys


async def main(socket: str, name: str, mode: str) -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.rstrip().split("\r\n")
        headers = {key.lower(): value for key, value in (line.split(": ", 1) for line in lines if ": " in line)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        print(json.dumps({"name": name, "request": first}), flush=True)
        if mode == "dies":
            writer.transport.abort()
            return
        if headers.get("upgrade", "").lower() == "websocket":
            await greet(writer, headers)
            return
        said = json.dumps({"name": name, "request": first, "headers": headers, "body": len(body)}).encode()
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(said) + said
        )
        await writer.drain()
        writer.close()

    async def greet(writer: asyncio.StreamWriter, headers: dict[str, str]) -> None:
        key = headers["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        accepted = base64.b64encode(hashlib.sha1(key.encode()).digest())  # noqa: S324 - RFC 6455
        writer.write(
            b"HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
            + accepted
            + b"\r\n\r\n"
        )
        text = name.encode()
        writer.write(bytes([0x81, len(text)]) + text)
        await writer.drain()
        await asyncio.sleep(30)

    server = await asyncio.start_unix_server(handle, socket)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else ""))
