"""A stand-in for RDS Proxy: it passes on PostgreSQL's protocol and refuses what pins.

https://www.postgresql.org/docs/current/protocol-message-formats.html
"""

from __future__ import annotations

import asyncio
import struct
from asyncio import StreamReader, StreamWriter
from threading import Event, Thread
from typing import Final

from tests.database.pinning import why_it_pins

SSL_REQUEST, GSS_REQUEST, CANCEL_REQUEST = 80877103, 80877104, 80877102
REFUSAL: Final = (
    b"DO $$BEGIN RAISE EXCEPTION 'This would pin: ?' USING ERRCODE = 'feature_not_supported'; END$$"
)
NO_OPTIONS: Final = "RDS Proxy currently doesn't support command-line options."


class StandIn:
    """A server on 127.0.0.1 before another one, which is a folder with its socket, or a host."""

    def __init__(self, host: str, port: int = 5432) -> None:
        self.upstream = host, port
        self.port = 0
        self.sessions = 0
        self.refused: list[str] = []
        self._is_up = Event()
        self._thread = Thread(target=lambda: asyncio.run(self._run()), daemon=True)

    def start(self) -> None:
        self._thread.start()
        if not self._is_up.wait(10):
            raise TimeoutError

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(10)

    async def _run(self) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._is_up.set()
        await self._end.wait()
        server.close()

    async def _serve(self, client: StreamReader, answer: StreamWriter) -> None:
        server, to_server = await self._connect()
        try:
            if await self._begin(client, answer, to_server):
                self.sessions += 1
                back = asyncio.create_task(_pour(server, answer))
                try:
                    await self._pass_on(client, to_server)
                finally:
                    back.cancel()
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            pass  # Somebody hung up, or all is over.
        finally:
            to_server.close()
            answer.close()

    async def _connect(self) -> tuple[StreamReader, StreamWriter]:
        host, port = self.upstream
        if host.startswith("/"):
            return await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        return await asyncio.open_connection(host, port)

    async def _begin(
        self, client: StreamReader, answer: StreamWriter, to_server: StreamWriter
    ) -> bool:
        """Pass on how a session begins; tell whether one did."""
        while True:
            head = await client.readexactly(8)
            length, code = struct.unpack("!II", head)
            body = await client.readexactly(length - 8)
            if code in (SSL_REQUEST, GSS_REQUEST):
                answer.write(b"N")
                continue
            # Names and values take turns.
            if code != CANCEL_REQUEST and b"options" in body.split(b"\0")[::2]:
                self.refused.append("options at the start")
                answer.write(_fatal(NO_OPTIONS))
                await answer.drain()
                return False
            to_server.write(head + body)
            await to_server.drain()
            return bool(code != CANCEL_REQUEST)

    async def _pass_on(self, client: StreamReader, to_server: StreamWriter) -> None:
        while True:
            head = await client.readexactly(5)
            body = await client.readexactly(struct.unpack("!I", head[1:])[0] - 4)
            to_server.write(self._let_through(head[:1], body) or head + body)
            await to_server.drain()
            if head[:1] == b"X":
                return

    def _let_through(self, kind: bytes, body: bytes) -> bytes:
        """Return what to say instead of a message that pins, or nothing."""
        if kind == b"Q":
            name, text = b"", body[:-1]
        elif kind == b"P":
            name, text = body.split(b"\0", 2)[:2]
        else:
            return b""
        reason = why_it_pins(text, name)
        if not reason:
            return b""
        self.refused.append(f"{reason}: {text[:200].decode(errors='replace')}")
        # The server refuses in our words, and so knows itself where the transaction stands.
        words = REFUSAL.replace(b"?", reason.encode())
        new = words + b"\0" if kind == b"Q" else b"\0" + words + b"\0\0\0"
        return kind + struct.pack("!I", len(new) + 4) + new


async def _pour(source: StreamReader, target: StreamWriter) -> None:
    while data := await source.read(65536):
        target.write(data)
        await target.drain()
    target.close()


def _fatal(text: str) -> bytes:
    fields = f"SFATAL\0C0A000\0M{text}\0\0".encode()
    return b"E" + struct.pack("!I", len(fields) + 4) + fields
