"""The registry's endpoint: alone in a process, or in a thread beside a worker, where one of several serves and others wait."""

import errno
import logging
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Protocol

from benefit_hub.catalogue import Catalogue
from benefit_hub.runtime.settings import Settings
from benefit_hub.values.errors import HubError
from benefit_hub.web.registry import Registry

log = logging.getLogger(__name__)

TRY_AGAIN_S = 1.0
"""How often a worker whose address is taken looks whether it is free."""
END_S = 2.0


class Server(Protocol):
    """What uvicorn's server is to us."""

    should_exit: bool

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until `should_exit`."""


def serve_registry(settings: Settings, catalogue: Catalogue) -> None:
    """Serve until told to stop (SIGTERM, Ctrl-C). Raises HubError where the address cannot be had."""
    if not settings.registry.listen:
        raise HubError("registry.listen is empty: set it to host:port, or leave it out for 127.0.0.1:8081")
    listening = _listen(settings.registry.listen, "registry.listen")
    if listening is None:
        raise HubError(
            f"registry.listen: {settings.registry.listen} is taken; choose another, or port 0 for a free one"
        )
    signal.signal(signal.SIGTERM, lambda *_: None)  # the server's own handler ends it, then asks this one
    with listening:
        log.info("schema registry at %s", _address(listening))
        _server(settings, catalogue).run(sockets=[listening])


@contextmanager
def registry_beside(settings: Settings, catalogue: Catalogue) -> Iterator[None]:
    """Serve in a thread during this block. An address that is taken is waited for; raises HubError for one that cannot be had."""
    if not settings.registry.listen:
        yield
        return
    with served("schema registry", "registry.listen", settings.registry.listen, lambda: _server(settings, catalogue)):
        yield


@contextmanager
def served(what: str, setting: str, address: str, make_server: Callable[[], Server]) -> Iterator[None]:
    """Serve this in a thread during this block, as a setting says; what else holds the address is waited for."""
    turn = _Turn(what, setting, address, make_server)
    turn.start()
    try:
        yield
    finally:
        turn.end()


class _Turn(Thread):
    """Serves once the address is free: when the worker ends that serves now, the next one takes over."""

    def __init__(self, what: str, setting: str, address: str, make_server: Callable[[], Server]) -> None:
        super().__init__(name=f"hub-{what}", daemon=True)
        self._what = what
        self._setting = setting
        self._address = address
        self._make_server = make_server
        self._ended = Event()
        self._listening = _listen(address, setting)
        self._server = None if self._listening is None else make_server()

    def run(self) -> None:
        """Wait for the address, and serve."""
        if self._listening is None:
            log.warning(
                "the %s is not served from here: %s is taken. If by another worker of this hub, this one takes "
                "over when that ends; else set %s to another address",
                self._what,
                self._address,
                self._setting,
            )
        while self._listening is None:
            if self._ended.wait(TRY_AGAIN_S):
                return
            self._listening = _listen(self._address, self._setting)
        self._server = self._server or self._make_server()
        with self._listening:
            log.info("%s at %s", self._what, _address(self._listening))
            if not self._ended.is_set():
                self._server.run(sockets=[self._listening])

    def end(self) -> None:
        """Stop serving, or waiting."""
        self._ended.set()
        if self._server is not None:
            self._server.should_exit = True
        self.join(END_S)


def _server(settings: Settings, catalogue: Catalogue) -> Server:
    import uvicorn  # noqa: PLC0415  a second to import, and a worker whose address is taken needs neither

    from benefit_hub.web.registry_routes import registry_app  # noqa: PLC0415

    app = registry_app(Registry(catalogue, settings.topic_prefix))
    return uvicorn.Server(
        uvicorn.Config(app, log_config=None, log_level="warning", access_log=False, lifespan="off", server_header=False)
    )


def _listen(address: str, setting: str) -> socket.socket | None:
    """A socket that listens there, None where another process does. Raises HubError where it cannot."""
    host, _, port = address.rpartition(":")
    host = host.strip("[]")
    try:
        return socket.create_server((host, int(port)), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as trouble:
        if trouble.errno == errno.EADDRINUSE:
            return None
        told = f"{setting}: {address} cannot be listened at: {trouble}; correct it, or leave it empty"
        raise HubError(told) from None


def _address(listening: socket.socket) -> str:
    host, port, *_ = listening.getsockname()
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"
