"""`hub topics`: the topics of the brokers against the catalogue's."""

import typer
from msgspec import structs

from benefit_hub.cli.frame import Json, given_to, print_json
from benefit_hub.runtime.admin import Difference, administration
from benefit_hub.runtime.hub import open_hub

app = typer.Typer(
    no_args_is_help=True, help="Compare the brokers' topics with the catalogue, and create what is missing."
)


@app.command()
def plan(context: typer.Context, *, as_json: Json = False) -> None:
    """Show where the brokers differ from the catalogue, old -> new; exit code 2 if they do."""
    hub = open_hub(given_to(context).settings)
    with administration(hub.settings, hub.bootstrap) as admin:
        differences = admin.plan(hub.catalogue.topics.values())
    _tell(differences, as_json=as_json)


@app.command()
def apply(context: typer.Context, *, as_json: Json = False) -> None:
    """Create the topics that are missing. Nothing is deleted or changed; exit code 2 if something else differs."""
    hub = open_hub(given_to(context).settings)
    topics = list(hub.catalogue.topics.values())
    with administration(hub.settings, hub.bootstrap) as admin:
        created = admin.create_missing(topics)
        differences = admin.plan(topics)
    if not as_json:
        for name in created:
            typer.echo(f"created {name}")
    _tell(differences, as_json=as_json)


def _tell(differences: list[Difference], *, as_json: bool) -> None:
    if as_json:
        print_json([structs.asdict(one) for one in differences])
    else:
        for one in differences:
            typer.echo(f"{one.topic}  {one.key}: {one.old} -> {one.new}")
        typer.echo("the brokers are as the catalogue says" if not differences else f"{len(differences)} differences")
    if differences:
        raise typer.Exit(2)
