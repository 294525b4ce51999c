"""`hub registry`: serves the schemas to others, or compares them with an external registry."""

import logging

import typer
from msgspec import structs

from benefit_hub.cli.frame import Json, counted, given_to, print_json
from benefit_hub.runtime.hub import Hub, open_hub
from benefit_hub.values.errors import HubError
from benefit_hub.web.external_registry import GIVEN, Misfit, external_registry, external_url
from benefit_hub.web.listening import serve_registry

app = typer.Typer(
    add_completion=False,
    help="Serve the schemas as a schema registry does, or compare an external one with the lock of ids.",
)


@app.callback(invoke_without_command=True)
def serve(context: typer.Context) -> None:
    """Serve the schemas at registry.listen until told to stop (SIGTERM, Ctrl-C). Workers do so too, beside their work."""
    if context.invoked_subcommand is None:
        logging.basicConfig(level="INFO", format="%(message)s")
        hub = open_hub(given_to(context).settings)
        serve_registry(hub.settings, hub.catalogue)


@app.command()
def check(context: typer.Context, *, as_json: Json = False) -> None:
    """Show where the external registry differs from the lock of ids; exit code 2 if it does."""
    hub = _with_external(context)
    with external_registry(hub.settings) as registry:
        misfits = registry.misfits(hub.catalogue)
    _tell(misfits, as_json=as_json)


@app.command()
def register(context: typer.Context, *, as_json: Json = False) -> None:
    """Bring into the external registry what it lacks, under our ids; exit code 2 if something else differs."""
    hub = _with_external(context)
    levels = {topic.subject: topic.compatibility for topic in hub.catalogue.topics.values()}
    with external_registry(hub.settings) as registry:
        missing = [each for each in registry.misfits(hub.catalogue) if each.kind == "MISSING"]
        for each in sorted(missing, key=lambda misfit: misfit.id):
            schema = hub.catalogue.schemas[each.id]
            registry.bring(each, schema, levels[schema.subject])
            if not as_json:
                typer.echo(f"registered {each.subject} version {each.version} under id {each.id}")
        misfits = registry.misfits(hub.catalogue)
    _tell(misfits, as_json=as_json)


def _with_external(context: typer.Context) -> Hub:
    hub = open_hub(given_to(context).settings)
    if not external_url(hub.settings):
        raise HubError(f"no external schema registry is named: set registry.url, or {GIVEN}")
    return hub


def _tell(misfits: list[Misfit], *, as_json: bool) -> None:
    if as_json:
        print_json([structs.asdict(each) for each in misfits])
    else:
        for each in misfits:
            typer.echo(str(each))
        typer.echo(
            "the registry knows our schemas under our ids" if not misfits else counted(len(misfits), "difference")
        )
    if misfits:
        raise typer.Exit(2)
