"""`hub check`: the data files against themselves and against each other."""

import typer
from msgspec import structs

from benefit_hub.catalogue import check as findings_of
from benefit_hub.catalogue.findings import errors
from benefit_hub.cli.frame import Json, counted, print_json


def check(*, as_json: Json = False) -> None:
    """Check schemas, topics and policies against each other; exit code 2 where something does not fit, 0 with warnings only."""
    findings = findings_of()
    wrong = errors(findings)
    if as_json:
        print_json([structs.asdict(finding) for finding in findings])
    else:
        for finding in findings:
            typer.echo(str(finding))
        typer.echo(f"{counted(len(wrong), 'thing')} to mend" if wrong else "everything fits together")
    if wrong:
        raise typer.Exit(2)
