"""`hub check`: the data files against themselves and against each other."""

from pathlib import Path
from typing import Annotated

import typer
from msgspec import structs
from rich.console import Console

from benefit_hub.catalogue import check as findings_of
from benefit_hub.catalogue import find_assets
from benefit_hub.catalogue.coverage import MEANING, Coverage
from benefit_hub.catalogue.coverage import coverage as coverage_of
from benefit_hub.catalogue.coverage_file import write_coverage
from benefit_hub.catalogue.findings import errors
from benefit_hub.cli.frame import Json, counted, given_to, plain_table, print_json
from benefit_hub.values.errors import CatalogueError

Packs = Annotated[
    list[Path] | None,
    typer.Argument(metavar="PACK", help="Pack files, or folders of them, to check too (另查的政策包)."),
]
Covered = Annotated[bool, typer.Option("--coverage", help="which policy pack has which programme, and how well known")]
Write = Annotated[
    bool, typer.Option("--write", help="with --coverage: write policies/coverage.yaml from the packs (写出)")
]


def check(
    context: typer.Context,
    places: Packs = None,
    *,
    coverage: Covered = False,
    write: Write = False,
    as_json: Json = False,
) -> None:
    """Check schemas, topics and policies, those of the settings and those named too, against each other.

    Exit code 2 where something does not fit, 0 with warnings only.
    """
    if write and not coverage:
        raise CatalogueError("--write writes what --coverage shows: say hub check --coverage --write")
    if coverage:
        assets = find_assets()
        found = coverage_of(assets)
        if write:
            typer.echo(f"{write_coverage(assets, found)} 已写出 (written)", err=True)
        _show_coverage(found, as_json=as_json)
        return
    findings = findings_of(policies=[*given_to(context).settings.policies, *(places or ())])
    wrong = errors(findings)
    if as_json:
        print_json([structs.asdict(finding) for finding in findings])
    else:
        for finding in findings:
            typer.echo(str(finding))
        typer.echo(verdict(len(wrong), len(findings) - len(wrong)))
    if wrong:
        raise typer.Exit(2)


def verdict(wrong: int, doubtful: int) -> str:
    """The last line: what has to be mended, or looked at."""
    if wrong:
        return f"{counted(wrong, 'thing')} to mend（{wrong} 处须改正）"
    if doubtful:
        return f"nothing to mend, {counted(doubtful, 'thing')} to look at（没有错误，{doubtful} 处须看一看）"
    return "everything fits together"


def _show_coverage(found: Coverage, *, as_json: bool) -> None:
    """A row per programme and a column per pack; below, what the words mean and what each pack leaves open."""
    if as_json:
        print_json(structs.asdict(found))
        return
    programmes = dict.fromkeys(name for pack in found.packs.values() for name in pack)
    table = plain_table("", *found.packs)
    table.columns[0].no_wrap = True
    for name in programmes:
        table.add_row(name, *(pack.get(name, "") for pack in found.packs.values()))
    console = Console()
    console.print(table)
    used = {known for pack in found.packs.values() for known in pack.values()}
    for known, meaning in MEANING.items():
        if known in used:
            console.print(f"  {known}: {meaning}", highlight=False)
    for pack, missing in found.left_open.items():
        if missing:
            console.print(f"  {pack} leaves open 未写明: {', '.join(missing)}", highlight=False)
