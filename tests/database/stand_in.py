"""A stand-in for RDS Proxy: it passes on PostgreSQL's protocol and refuses what pins.

Each transaction of a client gets another session than the one before, so that whatever is left in
a session, and is not known to pin, is missed. The server must let everybody in.

https://www.postgresql.org/docs/current/protocol-message-formats.html
"""

from __future__ import annotations

import asyncio
import struct
from asyncio import StreamReader, StreamWriter
from dataclasses import dataclass
from threading import Event, Thread
from typing import Final

from tests.database.pinning import why_it_pins

SSL_REQUEST, GSS_REQUEST, CANCEL_REQUEST = 80877103, 80877104, 80877102
REFUSAL: Final = (
    b"DO $$BEGIN RAISE EXCEPTION 'This would pin: ?' USING ERRCODE = 'feature_not_supported'; END$$"
)
# After these the server waits: ready, an error, who are you, and "copy to me".
ENDS: Final = (b"Z", b"E", b"R", b"G")
NO_OPTIONS: Final = "RDS Proxy currently doesn't support command-line options."


@dataclass
class Session:
    """One with the server; free between transactions, when it has said so."""

    reader: StreamReader
    writer: StreamWriter
    is_free: bool = False


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
        sessions = [await self._connect(), await self._connect()]
        pouring: list[asyncio.Task[None]] = []
        try:
            if await self._begin(client, answer, sessions):
                self.sessions += 1
                pouring = [asyncio.create_task(_pour(session, answer)) for session in sessions]
                await self._pass_on(client, sessions)
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            pass  # Somebody hung up, or all is over.
        finally:
            for task in pouring:
                task.cancel()
            for session in sessions:
                session.writer.close()
            answer.close()

    async def _connect(self) -> Session:
        host, port = self.upstream
        if host.startswith("/"):
            return Session(*await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}"))
        return Session(*await asyncio.open_connection(host, port))

    async def _begin(
        self, client: StreamReader, answer: StreamWriter, sessions: list[Session]
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
            for session in sessions:
                session.writer.write(head + body)
            if code == CANCEL_REQUEST:
                return False
            return await _is_ready(sessions[1])

    async def _pass_on(self, client: StreamReader, sessions: list[Session]) -> None:
        current, other = sessions
        while True:
            head, body = await _message(client)
            if head[:1] == b"X":
                return
            if current.is_free and other.is_free:
                current, other = other, current
            current.is_free = False
            current.writer.write(self._let_through(head[:1], body) or head + body)
            await current.writer.drain()

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


async def _message(source: StreamReader) -> tuple[bytes, bytes]:
    head = await source.readexactly(5)
    return head, await source.readexactly(struct.unpack("!I", head[1:])[0] - 4)


async def _is_ready(session: Session) -> bool:
    """Hear how a session begins, and keep it from the client, who hears it of another one."""
    while True:
        head, _ = await _message(session.reader)
        if head[:1] in (b"E", b"Z"):
            session.is_free = head[:1] == b"Z"
            # What is wrong with one is wrong with the other, which says so.
            return True


async def _pour(session: Session, target: StreamWriter) -> None:
    """Pass on what the server says, much of it at once."""
    said = b""
    try:
        while True:
            head, body = await _message(session.reader)
            said += head + body
            if head[:1] == b"Z":
                session.is_free = body == b"I"
            if head[:1] in ENDS or len(said) > 65536:
                target.write(said)
                said = b""
                await target.drain()
    except asyncio.IncompleteReadError:
        target.write(said)
        target.close()


def _fatal(text: str) -> bytes:
    fields = f"SFATAL\0C0A000\0M{text}\0\0".encode()
    return b"E" + struct.pack("!I", len(fields) + 4) + fields
