"""`hub init`: the pseudonym key, the settings file, and the declaration of the key and of the first policy book."""

from collections.abc import Iterator
from pathlib import Path
from textwrap import wrap
from typing import Annotated

import typer
import yaml
from pydantic import BaseModel

from benefit_hub.cli.control_events import said_before
from benefit_hub.cli.controlling import titles
from benefit_hub.cli.frame import counted, given_to
from benefit_hub.client.publisher import Publisher
from benefit_hub.messages.internal import ControlEvent
from benefit_hub.runtime.admin import administration
from benefit_hub.runtime.changelog import now_ms
from benefit_hub.runtime.folder import DataFolder
from benefit_hub.runtime.hub import Hub, open_hub
from benefit_hub.runtime.keys import make_key, read_key
from benefit_hub.runtime.settings import SETTINGS_FILE, Settings
from benefit_hub.values.errors import HubError
from benefit_hub.values.identity import key_check


def init(
    context: typer.Context,
    *,
    declare: Annotated[
        bool, typer.Option("--declare", help="The key exists: only create topics and declare it.")
    ] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Make the files only; no Kafka is asked.")] = False,
) -> None:
    """Make the pseudonym key and a settings file, create the topics, and declare the key and the first policy book to all."""
    given = given_to(context)
    settings = given.settings
    key_file = DataFolder(settings.data).key_file
    hub = None if offline else open_hub(settings)  # what does not fit is told before anything is made
    if not declare:
        make_key(key_file)
        typer.echo(
            f"made {key_file}: keep a copy where nothing else of this hub is; without it nobody is recognised again"
        )
    _write_settings(given.settings_file or Path(SETTINGS_FILE), settings)
    if hub is None:
        typer.echo("next: start Kafka (`hub up`), then `hub init --declare`")
        return
    with administration(settings, hub.bootstrap) as admin:
        created = admin.create_missing(hub.catalogue.topics.values())
    typer.echo(f"created {counted(len(created), 'topic')}")
    _declare(hub, read_key(key_file))


def _write_settings(file: Path, settings: Settings) -> None:
    """A file with every key and what it means; what was not given to this command is left to its default, as a comment."""
    if file.exists():
        return
    lines = [
        "# Settings of this hub. A key that is commented out has the value shown. HUB_<KEY> in the environment wins.\n"
    ]
    for key, field in Settings.model_fields.items():
        lines += ["\n", *(f"# {line}\n" for line in wrap(field.description or "", 110))]
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            lines += _group(key, field.annotation)
        else:
            told = {key: settings.model_dump(mode="json")[key]}
            line = yaml.safe_dump(told, allow_unicode=True, default_flow_style=False, width=1000)
            lines.append(line if key in settings.model_fields_set | {"data"} else f"# {line}")
    file.write_text("".join(lines), "utf-8")
    typer.echo(f"wrote {file}")


def _group(key: str, group: type[BaseModel]) -> Iterator[str]:
    """Keys that belong together, only as comments: what was given may be a secret."""
    for name, told in group.model_fields.items():
        yield from (f"#   {line}\n" for line in wrap(f"{name}: {told.description}", 108, subsequent_indent="  "))
    first, field = next(iter(group.model_fields.items()))
    yield f"# {key}: {{{first}: {field.default}}}\n"


def _declare(hub: Hub, key: bytes) -> None:
    """Put on the control topic, once, the check value of the key, and by which policy book the hub begins.

    Raises HubError where another key was declared before.
    """
    check, said = key_check(key), said_before(hub)
    declared = {event.check for event in said if event.type == "KEY_DECLARED"}
    if declared - {check}:
        raise HubError(
            "another pseudonym key was declared here before: copy that key to this machine, or choose another topic_prefix to "
            "begin another hub"
        )
    if check in declared:
        typer.echo("the key was declared before")
        return
    # the book goes with the key, and first: a hub that has a key works already, by a book that need not be the first one here
    first = None if any(event.type == "POLICY_ACTIVATED" for event in said) else next(iter(hub.catalogue.books), None)
    with Publisher(hub.catalogue, hub.settings, hub.bootstrap) as publisher:
        if first is not None:
            event = ControlEvent(type="POLICY_ACTIVATED", book=first)
            publisher.control(event, event_id=f"POLICY_ACTIVATED-{first}", at_ms=now_ms()).sent()
            typer.echo(f"the policy book {first} ({titles(hub.catalogue.books[first])}) is in force from the beginning")
        event = ControlEvent(type="KEY_DECLARED", check=check)
        publisher.control(event, event_id=f"key-declared-{check}", at_ms=now_ms()).sent()
    typer.echo(f"declared the key by its check value {check}")
