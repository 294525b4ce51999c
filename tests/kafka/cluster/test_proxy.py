"""The bad line itself: it does what it is told, and nothing else."""

import socket
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest

from benefit_hub.runtime.kafka_probe import free_ports
from tests.kafka.cluster.proxy import END_TXN, Loss, Proxy
from tests.kafka.hub.live import wait_for

WITHIN_S = 20
API_VERSIONS = 18


class Answering:
    """Stands for a broker: answers each request with its number and its text, and remembers what it has heard."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._server.accept()
            except OSError:  # closed
                return
            Thread(target=self._answer, args=(line,), daemon=True).start()

    def _answer(self, line: socket.socket) -> None:
        with line:
            try:
                while (request := read_frame(line)) is not None:
                    self.heard.append(request[8:])
                    write_frame(line, request[4:])
            except OSError:  # cut
                return

    def close(self) -> None:
        """No more connections."""
        self._server.close()


def read_frame(line: socket.socket) -> bytes | None:
    """One message; None at the end. Raises OSError where the line is cut."""

    def exactly(count: int) -> bytes:
        found = b""
        while len(found) < count and (more := line.recv(count - len(found))):
            found += more
        return found

    size = exactly(4)
    return exactly(struct.unpack(">i", size)[0]) if size else None


def write_frame(line: socket.socket, body: bytes) -> None:
    """One message."""
    line.sendall(struct.pack(">i", len(body)) + body)


class Client:
    """Asks as a client of Kafka does."""

    def __init__(self, port: int) -> None:
        self.line = socket.create_connection(("127.0.0.1", port), WITHIN_S)
        self._number = 0

    def send(self, text: bytes, api: int = API_VERSIONS) -> None:
        """Send a request."""
        self._number += 1
        write_frame(self.line, struct.pack(">hhi", api, 0, self._number) + text)

    def ask(self, text: bytes, api: int = API_VERSIONS) -> bytes | None:
        """Send a request, and its answer; None where the line was cut."""
        try:
            self.send(text, api)
            answer = read_frame(self.line)
        except ConnectionError:
            return None
        return answer and answer[4:]


@pytest.fixture
def broker() -> Iterator[Answering]:
    found = Answering()
    yield found
    found.close()


@pytest.fixture
def proxy(broker: Answering) -> Iterator[Proxy]:
    (port,) = free_ports(1)
    with Proxy(port, broker.port) as found:
        yield found


@pytest.fixture
def client(proxy: Proxy) -> Iterator[Client]:
    with connected(proxy) as found:
        yield found


@contextmanager
def connected(proxy: Proxy) -> Iterator[Client]:
    """A client for this block."""
    client = Client(proxy._port)
    with client.line:
        yield client


def test_what_passes_is_what_was_sent(client, broker, proxy):
    large = bytes(range(256)) * 4_000
    assert [client.ask(text) for text in (b"a", large, b"c")] == [b"a", large, b"c"]
    assert broker.heard == [b"a", large, b"c"]
    assert proxy.requests == {API_VERSIONS: 3}


def test_a_slow_line_is_slow_both_ways(client, proxy):
    proxy.delay_s = 0.1
    began = time.monotonic()
    assert client.ask(b"a") == b"a"
    assert time.monotonic() - began >= 0.2


def test_a_narrow_line_takes_its_time_for_much(client, proxy):
    proxy.bytes_per_s = 400_000
    began = time.monotonic()
    assert client.ask(b"x" * 40_000) == b"x" * 40_000
    assert time.monotonic() - began >= 0.2


@pytest.mark.parametrize(("way", "heard_meanwhile"), [("request", []), ("answer", [b"a"])])
def test_what_a_silent_line_holds_back_comes_late(client, broker, proxy, way, heard_meanwhile):
    assert client.ask(b"before") == b"before"
    with proxy.silent(way):
        client.send(b"a")
        client.line.settimeout(0.3)
        with pytest.raises(TimeoutError):
            read_frame(client.line)
        assert broker.heard[1:] == heard_meanwhile
    client.line.settimeout(WITHIN_S)
    assert (read_frame(client.line) or b"")[4:] == b"a"
    assert broker.heard == [b"before", b"a"]


def test_a_cut_line_may_be_made_again_and_one_that_is_shut_may_not(client, proxy):
    assert client.ask(b"a") == b"a"
    proxy.cut()
    assert client.ask(b"b") is None
    with connected(proxy) as again:
        assert again.ask(b"c") == b"c"
    proxy.shut()
    with connected(proxy) as refused:
        assert refused.ask(b"d") is None
    proxy.open()
    with connected(proxy) as again:
        assert again.ask(b"e") == b"e"


@pytest.mark.parametrize(("way", "heard"), [("request", []), ("answer", [b"commit of settlement"])])
def test_one_message_is_lost(client, broker, proxy, way, heard):
    loss = proxy.lose(Loss(END_TXN, way, b"settlement"))
    assert client.ask(b"settlement", API_VERSIONS) == b"settlement", "another API"
    assert client.ask(b"commit of intake", END_TXN) == b"commit of intake", "another processor"
    assert client.ask(b"commit of settlement", END_TXN) is None
    assert loss.happened.wait(WITHIN_S)
    assert broker.heard[2:] == heard
    with connected(proxy) as again:
        assert again.ask(b"commit of settlement", END_TXN) == b"commit of settlement", "only once"


def test_after_a_loss_the_line_may_stay_down(client, proxy):
    proxy.lose(Loss(END_TXN, "answer", then_shut=True))
    with connected(proxy) as other:
        assert other.ask(b"a") == b"a"
        assert client.ask(b"commit", END_TXN) is None
        assert other.ask(b"b") is None
    with connected(proxy) as refused:
        assert refused.ask(b"c") is None


def test_an_answer_that_never_came_is_not_the_one_that_was_lost(client, proxy):
    loss = proxy.lose(Loss(END_TXN, "answer"))
    with proxy.silent("request"):
        client.send(b"a", END_TXN)
        wait_for(lambda: proxy.requests[END_TXN] == 1, WITHIN_S, "the request does not come by")
        proxy.cut()
    assert not loss.happened.is_set()
    with connected(proxy) as again:
        assert again.ask(b"b", END_TXN) is None
    assert loss.happened.is_set()


def test_what_is_forgiven_is_not_lost(client, proxy):
    loss = proxy.lose(Loss(END_TXN, "request"))
    proxy.forgive()
    assert client.ask(b"a", END_TXN) == b"a"
    assert not loss.happened.is_set()
