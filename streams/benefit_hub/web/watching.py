"""/livez, /readyz and /metrics of one worker, served from a thread of its own: it answers while all others hang.

Plain WSGI by the standard library: it must cost next to nothing at the start of a worker.
"""

import logging
import socket
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from http import HTTPStatus
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from prometheus_client import make_wsgi_app

from benefit_hub.runtime.health import Health
from benefit_hub.runtime.settings import Settings
from benefit_hub.web.listening import served
from benefit_hub.web.metrics import metrics_of

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.5
REQUEST_WITHIN_S = 10

Answer = Callable[..., Any]
Application = Callable[[dict[str, Any], Answer], Iterable[bytes]]


def watched(settings: Settings, health: Health) -> AbstractContextManager[None]:
    """Tell during this block how a worker is. Raises HubError for an address that cannot be had."""
    address = settings.watch.address(health.slot)
    if not address:
        return nullcontext()
    return served("watch", "watch.listen", address, lambda: _Server(watch_app(health)))


def watch_app(health: Health) -> Application:
    """The application that answers for this worker."""
    metrics: Application = make_wsgi_app(metrics_of(health))
    states = {"/livez": health.troubles, "/readyz": health.missing}

    def answer(environ: dict[str, Any], start_response: Answer) -> Iterable[bytes]:
        path, method = environ.get("PATH_INFO", ""), environ.get("REQUEST_METHOD", "")
        if path not in states and path != "/metrics":
            return _told(start_response, HTTPStatus.NOT_FOUND, ["there are /livez, /readyz and /metrics"])
        if method not in ("GET", "HEAD"):
            return _told(start_response, HTTPStatus.METHOD_NOT_ALLOWED, ["only GET is answered"])
        if path == "/metrics":
            return metrics(environ, start_response)
        reasons = states[path]()
        status = HTTPStatus.SERVICE_UNAVAILABLE if reasons else HTTPStatus.OK
        return _told(start_response, status, reasons or ["ok"])

    return answer


def _told(start_response: Answer, status: HTTPStatus, lines: Sequence[str]) -> Iterable[bytes]:
    body = "".join(f"{line}\n" for line in lines).encode()
    start_response(
        f"{status.value} {status.phrase}",
        [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Length", str(len(body))),
            ("Cache-Control", "no-store"),
        ],
    )
    return [body]


class _Handler(WSGIRequestHandler):
    """Says nothing of each request, and waits for none for ever."""

    timeout = REQUEST_WITHIN_S

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  as the library calls it
        """Requests are no news; what was asked for stays out of the log."""


class _Http(ThreadingMixIn, WSGIServer):
    """A server on a socket that listens already."""

    daemon_threads = True
    timeout = LOOK_EVERY_S

    def __init__(self, listening: socket.socket, app: Application) -> None:
        super().__init__(listening.getsockname()[:2], _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listening
        self.server_name, self.server_port = listening.getsockname()[:2]
        self.setup_environ()
        self.set_app(app)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002  as the library calls it
        """A client that went away is no trouble of ours; a defect is told without what was asked for."""
        log.warning("a request could not be answered: %r", sys.exc_info()[0])


class _Server:
    """What `served` takes turns with."""

    should_exit = False

    def __init__(self, app: Application) -> None:
        self._app = app

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until `should_exit`."""
        (listening,) = sockets or []
        with _Http(listening, self._app) as http:
            while not self.should_exit:
                http.handle_request()
