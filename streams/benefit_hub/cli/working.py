"""`hub worker`: one worker here, or several beside each other."""

import signal
import sys
from contextlib import AbstractContextManager, nullcontext
from threading import Event
from typing import Annotated

import typer

from benefit_hub.cli.frame import given_to
from benefit_hub.runtime.endings import end_at_once, exit_code
from benefit_hub.runtime.health import Health
from benefit_hub.runtime.hub import Hub, open_hub
from benefit_hub.runtime.settings import Settings
from benefit_hub.runtime.slots import Slots
from benefit_hub.runtime.worker_log import last_word, set_up_log
from benefit_hub.values.errors import HubError
from benefit_hub.web.external_registry import check_external, external_url
from benefit_hub.web.listening import registry_beside
from benefit_hub.web.watching import watched


def worker(
    context: typer.Context,
    processors: Annotated[str, typer.Option(help="Which processors, separated by commas; all if left out.")] = "",
    number: Annotated[
        int | None,
        typer.Option(
            "--number", "-n", min=1, help="How many worker processes, watched and started again; this one if left out."
        ),
    ] = None,
    loglevel: Annotated[str, typer.Option(help="DEBUG, INFO, WARNING or ERROR.")] = "INFO",
) -> None:
    """Work until told to stop (SIGTERM, Ctrl-C): the transaction at work is finished, and the others take over.

    Exit code 78 where starting again is of no use before somebody mends what it said: settings, key, law, a broken invariant.
    """
    try:
        if number is None:
            _one(given_to(context).settings, [name for name in processors.split(",") if name], loglevel)
            end_at_once()
        else:
            file = given_to(context).settings_file
            arguments = ["worker", "--processors", processors, "--loglevel", loglevel]
            set_up_log(loglevel, given_to(context).settings.log_format)
            _several(number, given_to(context).settings, [*(["--settings", str(file)] if file else []), *arguments])
    except HubError as trouble:
        last_word(trouble)
        raise typer.Exit(exit_code(trouble)) from None


def _one(settings: Settings, names: list[str], loglevel: str) -> None:
    """Be a worker."""
    set_up_log(loglevel, settings.log_format)
    hub = open_hub(settings)
    with hub.folder.slot(settings.slot) as slot, _registry(hub):
        from benefit_hub.runtime.worker import work  # noqa: PLC0415  Faust takes seconds to import, and only this needs it

        health = Health(slot, hub.folder.store(slot))
        with watched(settings, health):
            work(hub, names, health)


def _registry(hub: Hub) -> AbstractContextManager[None]:
    """The schema registry while the worker works: the external one, asked once, or our own."""
    if not external_url(hub.settings):
        return registry_beside(hub.settings, hub.catalogue)
    check_external(hub.settings, hub.catalogue)
    return nullcontext()


def _several(number: int, settings: Settings, arguments: list[str]) -> None:
    """Run so many worker processes, each in a slot of its own, until told to stop."""
    stop = Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stop.set())
    first = settings.slot
    slots: list[dict[str, str]] = [{} if first is None else {"HUB_SLOT": str(first + at)} for at in range(number)]
    Slots([sys.executable, "-m", "benefit_hub.cli", *arguments], slots).run(stop)
