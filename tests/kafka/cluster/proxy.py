"""A bad line between clients and a broker: slow, narrow, silent one way, cut, or losing the one message that matters.

It stands where the broker says that it is, so all traffic of its clients passes it, in Kafka's own frames (four bytes of
length, then the request or the answer). A line that is silent keeps what was sent, as TCP does, and delivers it when it speaks
again: late heartbeats and late commits reach the broker. A line that is cut loses what was on its way.
"""

import asyncio
import socket
import struct
from collections import Counter
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Any, Literal, Self

Way = Literal["request", "answer"]
WAYS: tuple[Way, Way] = ("request", "answer")

END_TXN = 26
"""The request by which a transaction is committed or aborted."""
TXN_OFFSET_COMMIT = 28

PIECE = 16_384
CALL_S = 10.0
_HEADER = struct.Struct(">hhi")
"""How a request begins: which API, its version, and the number that its answer bears too."""


@dataclass(eq=False)
class Loss:
    """One message that is to be lost, with the connection that bore it: the request of an API, or the answer to it.

    An answer is lost after the broker has given it, a request before the broker has seen it. `then_shut` leaves the line down,
    so that nobody asks again.
    """

    api: int
    way: Way
    containing: bytes = b""
    then_shut: bool = False
    happened: Event = field(default_factory=Event)
    request: bytes = b""
    """The request, once it came by."""


class Link:
    """One connection: the client's side and the broker's."""

    def __init__(self, client: asyncio.StreamWriter, broker: asyncio.StreamWriter) -> None:
        self.writers = {"answer": client, "request": broker}
        self.awaited: dict[int, Loss] = {}
        """By the numbers of their requests, the answers that are to be lost."""
        self.was_cut = asyncio.Event()

    def cut(self) -> None:
        """End it at once, both ways, whatever is on its way."""
        self.was_cut.set()
        for writer in self.writers.values():
            line: socket.socket | None = writer.get_extra_info("socket")
            if line is not None and line.fileno() >= 0:
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()


class Proxy:
    """A line to the broker on `target` for clients of `port`, both on 127.0.0.1; perfect until told otherwise."""

    def __init__(self, port: int, target: int) -> None:
        self.delay_s = 0.0
        """How much later each message arrives, each way."""
        self.bytes_per_s = 0
        """How narrow each connection is; 0: not at all."""
        self.requests: Counter[int] = Counter()
        """How many requests of each API came by."""
        self.cuts = 0
        """How many connections were cut."""
        self._port = port
        self._target = target
        self._links: set[Link] = set()
        self._losses: list[Loss] = []
        self._open = True
        self._loop = asyncio.new_event_loop()
        self._flows = {way: asyncio.Event() for way in WAYS}
        self._thread = Thread(target=self._loop.run_forever, name="proxy", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._call(self._listen())
        return self

    def __exit__(self, *_: object) -> None:
        self._call(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(CALL_S)
        self._loop.close()

    def cut(self) -> None:
        """Cut every connection; new ones are welcome."""
        self._call(self._cut())

    def shut(self) -> None:
        """Cut every connection, and take no new one until `open`."""
        self._call(self._cut(shut=True))

    def open(self) -> None:
        """Take connections again."""
        self._open = True

    @contextmanager
    def silent(self, way: Way) -> Iterator[None]:
        """For a block, nothing passes this way; it is late, and not lost."""
        self._loop.call_soon_threadsafe(self._flows[way].clear)
        try:
            yield
        finally:
            self._loop.call_soon_threadsafe(self._flows[way].set)

    def lose(self, loss: Loss) -> Loss:
        """Lose the next such message."""
        self._loop.call_soon_threadsafe(self._losses.append, loss)
        return loss

    def forgive(self) -> None:
        """Lose nothing any more."""
        self._call(self._forgive())

    def _call(self, doing: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(doing, self._loop).result(CALL_S)

    async def _listen(self) -> None:
        for flow in self._flows.values():
            flow.set()
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", self._port)

    async def _end(self) -> None:
        self._server.close()
        await self._cut(shut=True)
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for each in others:
            each.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _cut(self, *, shut: bool = False) -> None:
        self._open = not shut
        self.cuts += len(self._links)
        for link in self._links:
            link.cut()

    async def _forgive(self) -> None:
        self._losses.clear()
        for link in self._links:
            link.awaited.clear()

    async def _connected(self, from_client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        """Serve one connection until one side ends it, or it is cut."""
        try:
            if not self._open:
                raise ConnectionError("the line is down")
            from_broker, to_broker = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:  # the client sees what it would see of a broker that is not there
            to_client.transport.abort()
            return
        link = Link(to_client, to_broker)
        self._links.add(link)
        parts = []
        readers: dict[Way, asyncio.StreamReader] = {"request": from_client, "answer": from_broker}
        for way, reader in readers.items():
            passing: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(maxsize=64)
            parts += [self._take(link, way, reader, passing), self._give(link, way, passing)]
        tasks = [asyncio.create_task(part) for part in parts]
        ends = [tasks[1], tasks[3], asyncio.create_task(link.was_cut.wait())]
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._links.discard(link)
            link.cut()
            self._losses += link.awaited.values()  # their answers never came, so the next ones are lost
            for each in (*tasks, *ends):
                each.cancel()
            await asyncio.gather(*tasks, *ends, return_exceptions=True)

    async def _take(
        self, link: Link, way: Way, reader: asyncio.StreamReader, passing: "asyncio.Queue[tuple[float, bytes]]"
    ) -> None:
        """Take messages from one side, and note when each may arrive; an empty one says that this side has ended."""
        try:
            while True:
                size = await reader.readexactly(4)
                body = await reader.readexactly(int.from_bytes(size))
                if self._loses(link, way, body):
                    link.cut()
                    return
                await passing.put((self._loop.time() + self.delay_s, size + body))
        except (OSError, asyncio.IncompleteReadError):
            await passing.put((self._loop.time() + self.delay_s, b""))

    async def _give(self, link: Link, way: Way, passing: "asyncio.Queue[tuple[float, bytes]]") -> None:
        """Hand messages to the other side, in order and not before their time, until there are no more."""
        writer, flow = link.writers[way], self._flows[way]
        while True:
            due, message = await passing.get()
            await asyncio.sleep(due - self._loop.time())
            await flow.wait()
            if not message:
                return
            if not self.bytes_per_s:
                writer.write(message)
                await writer.drain()
                continue
            for start in range(0, len(message), PIECE):
                piece = message[start : start + PIECE]
                await asyncio.sleep(len(piece) / max(1, self.bytes_per_s))
                writer.write(piece)
                await writer.drain()

    def _loses(self, link: Link, way: Way, body: bytes) -> bool:
        """Whether this is the message to be lost. The answer to be lost is known by the number of its request."""
        if way == "answer":
            loss = link.awaited.pop(int.from_bytes(body[:4], signed=True), None)
            return loss is not None and self._lost(loss)
        api, _version, number = _HEADER.unpack_from(body)
        self.requests[api] += 1
        loss = next((each for each in self._losses if each.api == api and each.containing in body), None)
        if loss is None:
            return False
        self._losses.remove(loss)
        loss.request = body
        if loss.way == "request":
            return self._lost(loss)
        link.awaited[number] = loss
        return False

    def _lost(self, loss: Loss) -> bool:
        self.cuts += 1
        if loss.then_shut:
            self._open = False
            for link in self._links:
                link.cut()
        loss.happened.set()
        return True
