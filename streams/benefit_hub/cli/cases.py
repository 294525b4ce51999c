"""`hub cases`: worked cases of the law, run in memory, and what differs from what they expect."""

from pathlib import Path
from typing import Annotated, Literal

import typer
from msgspec import to_builtins

from benefit_hub.catalogue import find_assets
from benefit_hub.catalogue.packs import CLASH
from benefit_hub.cli.frame import Json, counted, print_json
from benefit_hub.policy.sources import explained
from benefit_hub.simulate.cases import CaseResult, Cases, case_files
from benefit_hub.values.errors import CatalogueError

Places = Annotated[
    list[Path] | None,
    typer.Argument(metavar="PATH", help="Case files, or folders of them; else those of the checkout."),
]
Told = Annotated[
    Literal["zh", "en"],
    typer.Option("--language", help="In which language amounts that differ are explained (说明用语)."),
]


Copies = Annotated[
    list[Path] | None,
    typer.Option(
        "--pack", metavar="PACK", help="A changed pack, or a folder of them, for the installed ones (改动的政策包)."
    ),
]


def cases(places: Places = None, *, pack: Copies = None, language: Told = "zh", as_json: Json = False) -> None:
    """Run worked cases (案例) in memory; exit code 1 where something is not as expected."""
    files = case_files(places or [own_cases()])
    if not files:
        raise CatalogueError(f"no case at {', '.join(map(str, places or []))}. Cases are files that end in .yaml.")
    runner = Cases(pack or ())
    results: list[CaseResult] = []
    for path in files:
        results.append(runner.run(path, language=language))
        if not as_json and results[-1].later_from is None:
            typer.echo(case_text(results[-1]))
    if as_json:
        print_json([{**to_builtins(each), "passed": each.passed} for each in results])
    else:
        for each in results:
            if each.later_from is not None:  # last, so that what may be a mistake is not lost among what was meant
                typer.echo(case_text(each))
        for line in explained(line for each in results for because in each.because for line in because):
            typer.echo(f"  {line}")
        if runner.policies.unused:
            unused = ", ".join(sorted(runner.policies.unused))
            typer.echo(f"No case here goes by the changed {unused}（没有案例用到改动后的这个政策包）.")
        typer.echo(summary(results))
    if not all(each.passed for each in results):
        raise typer.Exit(1)


def own_cases() -> Path:
    """The cases of the checkout; raises CatalogueError where there is none."""
    folder = find_assets().root / "tests" / "law"
    if not folder.is_dir():
        raise CatalogueError("cases are not part of the installed package. Name a case file, or a folder of them.")
    return folder


def case_text(result: CaseResult) -> str:
    """A line for the case, and below it one for each difference, with how what was found came about, the same only once."""
    if result.unfit:
        return "\n".join([f"UNREADABLE  {result.file}", *(f"            {told}" for told in result.unfit)])
    word = "ok         " if result.passed else "DIFFERS    "
    since = f" (only from {result.later_from} on, after its last day)" if result.later_from else ""
    lines, shown = [f"{word} {result.file}: {result.title}{since}"], list[tuple[str, ...]]()
    for told, because in zip(result.differences, result.because, strict=True):
        lines.append(f"            {told}")
        if because not in shown:
            lines += [f"                {line}" for line in because]
            shown.append(because)
    return "\n".join(lines)


def summary(results: list[CaseResult]) -> str:
    """How many, and by which policies; assumed ones are named as such."""
    failed = sum(not each.passed for each in results)
    assumed = sorted({each.policy for each in results if each.assumed})
    told = f"{counted(len(results), 'case')}, {'all as expected' if not failed else f'{failed} not as expected'}."
    clashing = sum(each.clashes for each in results)
    if clashing:
        told += (
            f" {clashing} cannot be run: their own override clashes with the pack's amounts（{clashing} 个{CLASH}）."
        )
    later = [each.later_from for each in results if each.later_from is not None]
    if later:
        differ = sum(bool(each.differences) for each in results)
        told += (
            f" {differ} differ, {len(later)} of them only after their last day (until), from {min(later)} on"
            f"（{len(later)} 个只在各自的 until 之后、自 {min(later)} 起不同）."
        )
    return told + (
        f" Policy {', '.join(assumed)} is assumed, for demonstration only (假定，仅供演示)." if assumed else ""
    )
