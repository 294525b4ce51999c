"""`hub up` and `hub down`: a Kafka on this machine that stays until it is stopped."""

from typing import Annotated

import typer

from benefit_hub.cli.frame import given_to
from benefit_hub.runtime import local_kafka
from benefit_hub.runtime.folder import DataFolder


def up(
    context: typer.Context,
    port: Annotated[int | None, typer.Option(help="Where clients find it; a free port if left out.")] = None,
) -> None:
    """Start a local Kafka in the data folder, or say which one stands there already."""
    folder = DataFolder(given_to(context).settings.data)
    typer.echo(local_kafka.up(folder.kafka, port=port, say=typer.echo).describe())


def down(context: typer.Context) -> None:
    """Stop the Kafka that `hub up` started; its data stays."""
    stopped = local_kafka.down(DataFolder(given_to(context).settings.data).kafka)
    typer.echo("no local Kafka stood here" if stopped is None else f"stopped {stopped.describe()}")
