"""`hub onboard`: the files with which a department, or another class of records of one, begins."""

import shutil
from pathlib import Path, PurePath
from typing import Annotated, Literal

import typer

from benefit_hub.catalogue import Assets, Catalogue, check, find_assets, load
from benefit_hub.catalogue.assets import FOLDERS, VARIABLE
from benefit_hub.catalogue.findings import Unfit
from benefit_hub.catalogue.glossary import PLACE, glossary
from benefit_hub.catalogue.kinds import Acts, Kind, kinds_of, titles
from benefit_hub.catalogue.lock import relock, write_lock
from benefit_hub.catalogue.onboarding import Newcomer, files_of, newcomer, write_files
from benefit_hub.cli.frame import console, counted, plain_table
from benefit_hub.values.errors import CatalogueError, HubError

STORY = "demo"
"""The folder of the story, without which `hub demo` has nothing to tell."""

EXAMPLES = "mappings/examples/"

ACTS: dict[Acts, str] = {"AUTOMATIC": "自动", "PROPOSED": "经决定", "DEPENDS": "自动或经决定"}

KINDS_TOLD = """
自动 by itself; 经决定 the hub proposes, an officer decides; 自动或经决定 either, by direction, day or place; 线索 finds people
who may be helped to apply; 核查任务 asks officers to verify what somebody owns; 仅登记 is held, and moves no money by the
policy here. Every record also needs record_id, revision, valid_from, recorded_at, and mostly id_number. A | B: one of them."""


def onboard(
    name: Annotated[
        str | None, typer.Argument(help="The department, or department.class, such as county-hospital.")
    ] = None,
    *,
    kind: Annotated[str | None, typer.Option(help="What its records say; --kinds lists them.")] = None,
    rows: Annotated[
        Literal["added", "overwritten"],
        typer.Option(
            help="overwritten: a row of theirs is changed when the world changes; added: there is another row."
        ),
    ] = "added",
    contact: Annotated[str, typer.Option(help="Whom to write to.")] = "",
    to: Annotated[
        Path | None, typer.Option(help="The folder with schemas, topics and mappings; begun as a copy if it has none.")
    ] = None,
    again: Annotated[
        bool, typer.Option("--relock", help="Lock its schema as it is now; only while nothing was ever sent with it.")
    ] = False,
    kinds: Annotated[
        bool, typer.Option("--kinds", help="List the kinds of records, what each can change and needs.")
    ] = False,
) -> None:
    """Write schema, topic, mapping and an example for a new department, lock the id, check everything. Overwrites nothing."""
    if kinds:
        list_kinds(_loaded(_assets(to)))
        return
    if name is None or (kind is None and not again):
        raise HubError("name the department and say what its records are: `hub onboard county-hospital --kind death`")
    assets, department = _assets(to), name.partition(".")[0]
    if again:
        number = relock(assets, f"{name}.v1-value")
        typer.echo(f"locked {name}.v1 as it is now, under its id {number}")
        _glossary(assets)
        _tell_findings(assets, department)
        return
    new = newcomer(name, str(kind), rows=rows, contact=contact)
    _begin(new, assets)
    _tell_next(new, assets)


def list_kinds(catalogue: Catalogue) -> None:
    """The kinds as a table; what each can cause is by the policy books of the catalogue."""
    rows = plain_table("kind", "名称", "能引起的待遇变动 what it can cause", "必填 needed")
    every = len(titles(catalogue))
    for kind in sorted(kinds_of(catalogue), key=lambda kind: not (kind.moves or kind.finds or kind.warns)):
        rows.add_row(kind.name, kind.title, what_it_causes(kind, every), ", ".join(kind.needed))
    console().print(rows)
    typer.echo(KINDS_TOLD)


def what_it_causes(kind: Kind, every: int) -> str:
    """What a kind can cause, in words; `every` is how many programmes there are."""
    said = [
        f"{ACTS[acts]}：{'各项待遇' if len(moved) == every else '、'.join(moved)}" for acts, moved in kind.moves.items()
    ]
    further = [*(["线索"] if kind.finds else []), *(["核查任务"] if kind.warns else [])]
    return "；".join([*said, *further]) or "仅登记"


def _assets(to: Path | None) -> Assets:
    """Where the files go: the folder that was named, filled first if it is empty; else the checkout, or HUB_ASSETS."""
    found = find_assets()
    if to is not None:
        there = [folder for folder in FOLDERS if (to / folder).is_dir()]
        if there and len(there) < len(FOLDERS):
            raise HubError(f"{to} has {', '.join(there)} and not the others: name an empty folder, or a whole one")
        for folder in () if there else (*FOLDERS, STORY):
            shutil.copytree(found.root / folder, to / folder)
        return Assets(to.resolve())
    if found.root.name == "_assets":
        raise HubError(
            "these are the files of the installed package, which the next release replaces: `hub onboard … --to FOLDER` makes "
            f"a copy of them; then set {VARIABLE} to that folder"
        )
    return found


def _begin(new: Newcomer, assets: Assets) -> None:
    try:
        catalogue = _loaded(assets)
    except Unfit as unfit:
        raise CatalogueError(
            f"nothing was written, since something did not fit before; mend it first:\n{unfit}"
        ) from None
    files = files_of(new, catalogue)
    write_files(assets.root, files)
    for file in files:
        typer.echo(f"wrote {file}")
    write_lock(assets)
    schema = _loaded(assets).newest(new.topic)
    typer.echo(f"locked {schema.file} under id {schema.id}")
    _glossary(assets)
    _tell_findings(assets, new.department)


def _loaded(assets: Assets) -> Catalogue:
    return load(assets=assets, allow_assumed=True)


def _glossary(assets: Assets) -> None:
    """The glossary of a checkout is made from the schemas, so it is made again."""
    place = assets.root / PLACE
    if place.is_file():
        place.write_text(glossary(_loaded(assets)), "utf-8")


def _tell_findings(assets: Assets, department: str) -> None:
    """What does not fit, a department's own apart from what others have to mend. Raises CatalogueError for its own."""
    findings = check(assets)
    own = [finding for finding in findings if is_of(department, finding.file)]
    others = [finding for finding in findings if finding not in own]
    if others:
        typer.echo(f"not of {department}, for others to mend:")
    for finding in [*others, *own]:
        typer.echo(f"  {finding}" if finding in others else str(finding))
    if own:
        raise CatalogueError(f"{counted(len(own), 'thing')} to mend; then run `hub check`")
    tried = all(finding.file.startswith(EXAMPLES) for finding in others)
    told = (
        "and the examples come to what they say" if tried else "the examples are tried once the others' files fit, too"
    )
    typer.echo(f"hub check: {f'everything of {department}' if others else 'everything'} fits together, {told}")


def is_of(department: str, file: str) -> bool:
    """Whether a file, named as findings name it, is a department's own."""
    own = (f"{department}.", f"quarantine.{department}.")
    return file.startswith(f"schemas/{department.replace('-', '')}/") or PurePath(file).name.startswith(own)


def _tell_next(new: Newcomer, assets: Assets) -> None:
    here = "" if assets.root == find_assets().root else f"  export {VARIABLE}={assets.root}\n"
    typer.echo(
        f"""
next:
{here}  1. {new.schema_file}: name the fields as your table does, then `hub onboard {new.topic} --relock`
  2. mappings/{new.topic}.yaml: say how each is read; what the hub does not need goes under `unused`
  3. mappings/examples/{new.topic}.yaml: a row of yours and what it is to become; `hub check` runs it
  4. topics/{new.topic}.v1.yaml: owner, contact, legal basis; what stands under `assumed` was not looked up
  5. `hub topics apply`, start the worker again, and send: docs/onboarding.md"""
    )
