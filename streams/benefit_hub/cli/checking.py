"""`hub check`: the data files against themselves and against each other."""

import typer
from msgspec import structs

from benefit_hub.catalogue import check as findings_of
from benefit_hub.cli.frame import Json, counted, print_json


def check(*, as_json: Json = False) -> None:
    """Check schemas, topics and policies against each other; exit code 2 where something does not fit."""
    findings = findings_of()
    if as_json:
        print_json([structs.asdict(finding) for finding in findings])
    else:
        for finding in findings:
            typer.echo(str(finding))
        typer.echo("everything fits together" if not findings else f"{counted(len(findings), 'thing')} to mend")
    if findings:
        raise typer.Exit(2)
