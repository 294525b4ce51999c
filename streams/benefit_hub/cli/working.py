"""`hub worker`: one worker here, or several beside each other."""

import logging
import signal
import subprocess
import sys
import time
from contextlib import AbstractContextManager, nullcontext
from types import FrameType
from typing import Annotated

import typer

from benefit_hub.cli.frame import given_to
from benefit_hub.runtime.hub import Hub, open_hub
from benefit_hub.values.errors import HubError
from benefit_hub.web.external_registry import check_external, external_url
from benefit_hub.web.listening import registry_beside

ENDED_WITHIN_S = 10


def worker(
    context: typer.Context,
    processors: Annotated[str, typer.Option(help="Which processors, separated by commas; all if left out.")] = "",
    number: Annotated[int, typer.Option("--number", "-n", min=1, help="How many worker processes.")] = 1,
    loglevel: Annotated[str, typer.Option(help="DEBUG, INFO, WARNING or ERROR.")] = "INFO",
) -> None:
    """Work until told to stop (SIGTERM, Ctrl-C): the transaction at work is finished, and the others take over."""
    names = [name for name in processors.split(",") if name]
    if number > 1:
        arguments = ["--processors", processors, "--loglevel", loglevel]
        file = given_to(context).settings_file
        _several(number, [*(["--settings", str(file)] if file else []), "worker", *arguments])
        return
    logging.basicConfig(level=loglevel, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger().addFilter(_told_once)
    for handler in logging.getLogger().handlers:
        handler.addFilter(_told_once)
    for chatty in ("faust", "mode", "aiokafka", "abc", "httpx2"):
        logging.getLogger(chatty).setLevel(max(logging.getLogger().level, logging.WARNING))
    hub = open_hub(given_to(context).settings)
    with _registry(hub):
        from benefit_hub.runtime.worker import work  # noqa: PLC0415  Faust takes seconds to import, and only this needs it

        work(hub, names)


def _registry(hub: Hub) -> AbstractContextManager[None]:
    """The schema registry while the worker works: the external one, asked once, or our own."""
    if not external_url(hub.settings):
        return registry_beside(hub.settings, hub.catalogue)
    check_external(hub.settings, hub.catalogue)
    return nullcontext()


def _told_once(record: logging.LogRecord) -> bool:
    """An error of ours is told at the end, in one paragraph; its traceback on the way there says nothing more."""
    trouble = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
    return not isinstance(trouble, HubError)


def _several(number: int, arguments: list[str]) -> None:
    """Run so many workers; when one ends, all end. The supervisor of this command starts them again."""
    command = [sys.executable, "-m", "benefit_hub.cli", *arguments]
    workers = [subprocess.Popen(command) for _ in range(number)]  # noqa: S603  our own command

    def stop(_signal: int, _frame: FrameType | None) -> None:
        for each in workers:
            each.terminate()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    while all(each.poll() is None for each in workers):
        time.sleep(0.2)
    stop(signal.SIGTERM, None)
    codes = [each.wait(ENDED_WITHIN_S) for each in workers]
    if any(codes):
        raise HubError(
            f"a worker ended with exit code {next(code for code in codes if code)}; what it said stands above"
        )
