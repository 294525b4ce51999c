"""`hub asyncapi`: what others send and receive, as an AsyncAPI 3.0 document."""

import json
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
import yaml

from benefit_hub.catalogue.asyncapi import asyncapi as document_of
from benefit_hub.cli.frame import given_to
from benefit_hub.runtime.hub import open_hub


def asyncapi(
    context: typer.Context,
    out: Annotated[
        Path | None, typer.Option(help="The file to write, .json or .yaml; standard output if left out.")
    ] = None,
    party: Annotated[
        str, typer.Option("--for", help="Only what this department or subscriber sends and receives.")
    ] = "",
) -> None:
    """Print the topics that others write or read as an AsyncAPI 3.0 document."""
    hub = open_hub(given_to(context).settings)
    servers = [each for each in hub.settings.bootstrap.split(",") if each]
    document = document_of(
        hub.catalogue, version=version("benefit-hub"), prefix=hub.settings.topic_prefix, servers=servers, party=party
    )
    if out is not None and out.suffix in (".yaml", ".yml"):
        text = yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=120)
    else:
        text = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    if out is None:
        typer.echo(text, nl=False)
    else:
        out.write_text(text, "utf-8")
        typer.echo(f"wrote {out}: {len(document['channels'])} channels, {len(document['operations'])} operations")
