"""`hub topics`: the topics of the brokers against the catalogue's."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from msgspec import structs

from benefit_hub.cli.frame import Json, counted, given_to, print_json
from benefit_hub.runtime.admin import DELETED, Difference, administration
from benefit_hub.runtime.hub import open_hub
from benefit_hub.runtime.topic_plan import AGAIN, LEFT_ALONE, carry_out, load_plan, make_plan, moved_on, save_plan
from benefit_hub.values.errors import HubError

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Compare the brokers' topics with the catalogue, and make them as it says.",
)


@app.command()
def plan(
    context: typer.Context,
    *,
    out: Annotated[Path | None, typer.Option(help="Save the plan here, for hub topics apply.")] = None,
    delete: Annotated[
        list[str] | None, typer.Option(help="Delete this topic, which the catalogue does not have; as often as wanted.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Show where the brokers differ from the catalogue, old -> new; exit code 2 if they do. Nothing is changed."""
    hub = open_hub(given_to(context).settings)
    with administration(hub.settings, hub.bootstrap) as admin:
        made = make_plan(admin, list(hub.catalogue.topics.values()), delete or ())
    if out is not None:
        save_plan(made, out)
    _tell(made.differences, as_json=as_json)


@app.command()
def apply(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(metavar="PLAN", help="A plan saved by hub topics plan --out.")] = None,
    *,
    as_json: Json = False,
) -> None:
    """Do what a saved plan says, if nothing has moved since; without one, only create what is missing.

    Nothing is deleted that the plan does not name, no number of partitions or replicas is changed. Exit code 2 if something still
    differs.
    """
    hub = open_hub(given_to(context).settings)
    topics = list(hub.catalogue.topics.values())
    with administration(hub.settings, hub.bootstrap) as admin:
        if file is None:
            done = [f"created {name}" for name in admin.create_missing(topics)]
        else:
            saved = load_plan(file)
            doomed = [each.topic for each in saved.differences if each.new == DELETED]
            if changes := list(moved_on(saved, make_plan(admin, topics, doomed))):
                raise HubError(f"{file} does not hold any more, nothing was done: {'; '.join(changes)}; {AGAIN}")
            done = [f"{_line(each)}  done" for each in carry_out(admin, saved, topics)]
        left = admin.plan(topics)
    if not as_json:
        for line in done:
            typer.echo(line)
    _tell(left, as_json=as_json)


def _line(one: Difference) -> str:
    return f"{one.topic}  {one.key}: {one.old} -> {one.new}"


def _tell(differences: Sequence[Difference], *, as_json: bool) -> None:
    if as_json:
        print_json([structs.asdict(one) for one in differences])
    else:
        for one in differences:
            typer.echo(_line(one))
        typer.echo(
            "the brokers are as the catalogue says" if not differences else counted(len(differences), "difference")
        )
    for key in sorted(LEFT_ALONE.keys() & {one.key for one in differences}):
        typer.echo(f"hub: {LEFT_ALONE[key]}", err=True)
    if differences:
        raise typer.Exit(2)
