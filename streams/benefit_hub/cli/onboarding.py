"""`hub onboard`: the files with which a department, or another class of records of one, begins."""

import inspect
import shutil
from pathlib import Path, PurePath
from typing import Annotated, Literal

import typer

from benefit_hub.catalogue import Assets, Catalogue, check, find_assets, load
from benefit_hub.catalogue.assets import FOLDERS, VARIABLE
from benefit_hub.catalogue.findings import Unfit
from benefit_hub.catalogue.glossary import PLACE, glossary
from benefit_hub.catalogue.lock import relock, write_lock
from benefit_hub.catalogue.mapping_targets import targets
from benefit_hub.catalogue.onboarding import Newcomer, files_of, newcomer, write_files
from benefit_hub.catalogue.onboarding_columns import unspeakable
from benefit_hub.cli.frame import counted
from benefit_hub.messages.departments import PAYLOADS
from benefit_hub.values.errors import CatalogueError, HubError

STORY = "demo"
"""The folder of the story, without which `hub demo` has nothing to tell."""

EXAMPLES = "mappings/examples/"


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
    kinds: Annotated[bool, typer.Option("--kinds", help="List the kinds of records, and end.")] = False,
) -> None:
    """Write schema, topic, mapping and an example for a new department, lock the id, check everything. Overwrites nothing."""
    if kinds:
        _list_kinds()
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


def _list_kinds() -> None:
    for kind, payload in PAYLOADS.items():
        if not unspeakable(targets(kind)):
            typer.echo(f"{kind:24} {(inspect.getdoc(payload) or '').splitlines()[0]}")


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
