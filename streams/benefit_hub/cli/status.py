"""`hub status`: brokers, topics, who works, how far behind, what the view holds."""

import urllib.error
import urllib.request
from collections.abc import Set as AbstractSet
from typing import Any

import typer
from msgspec import to_builtins

from benefit_hub.cli.frame import Json, counted, given_to, print_json
from benefit_hub.messages.public import Alarm
from benefit_hub.runtime.admin import administration
from benefit_hub.runtime.hub import Hub, open_hub
from benefit_hub.runtime.source_watch import ALARMS, known_alarms
from benefit_hub.runtime.view import NoView, View

ANSWER_S = 2.0


def status(context: typer.Context, *, as_json: Json = False) -> None:
    """Show the state of this hub; exit code 2 where topics differ from the catalogue, or records could not be shown."""
    hub = open_hub(given_to(context).settings)
    state = _state(hub)
    if as_json:
        print_json(state)
    else:
        _print(state)
    if state["topics_differing"] or state["view"].get("parked"):
        raise typer.Exit(2)


def _state(hub: Hub) -> dict[str, Any]:
    groups = {hub.settings.group(each.name): each.name for each in hub.topology.processors}
    with administration(hub.settings, hub.bootstrap) as admin:
        differences = admin.plan(hub.catalogue.topics.values())
        members, lag, transactions = admin.members(groups), admin.lag(groups), admin.open_transactions()
    processors = [
        {
            "processor": name,
            "group": members[group][0],
            "workers": members[group][1],
            "lag_records": sum(one.records for one in lag if one.group == group),
            "partitions_committed": sum(1 for one in lag if one.group == group),
        }
        for group, name in groups.items()
    ]
    return {
        "brokers": hub.bootstrap,
        "topics_differing": sorted({one.topic for one in differences}),
        "processors": processors,
        "open_transactions": transactions,
        "workers_here": workers_here(hub),
        "alarms": to_builtins(_alarms(hub, {one.topic for one in differences if one.key == "topic"})),
        "view": _view(hub),
    }


def workers_here(hub: Hub) -> dict[int, str]:
    """How the workers of this data folder say that they are, by slot; silent ones are left out."""
    found = {}
    for slot in hub.folder.slots_used():
        address = hub.settings.watch.address(slot)
        if address and not address.endswith(":0") and (said := readiness(address)) is not None:
            found[slot] = said
    return found


def readiness(address: str) -> str | None:
    """What a worker answers to whoever asks whether it is ready: `ok`, or why it is not. None where nobody answers."""
    try:
        with urllib.request.urlopen(f"http://{address}/readyz", timeout=ANSWER_S) as answer:
            return str(answer.read().decode().strip())
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.read().decode("utf-8", "replace").strip().replace("\n", "; ")
    except OSError:
        return None


def _alarms(hub: Hub, missing: AbstractSet[str]) -> list[Alarm]:
    """The open alarms; none where their topic is still missing."""
    if hub.settings.topic(ALARMS) in missing:
        return []
    known = known_alarms(hub.settings, hub.bootstrap, hub.codecs).values()
    return [alarm for alarm in known if alarm.state == "OPEN"]


def _view(hub: Hub) -> dict[str, Any]:
    view = View(hub.folder.view_file)
    try:
        parked = view.parked()
    except NoView:
        return {}
    return {
        "adjustments": sum(each.kind != "PAY_RUN_MARKER" for each in view.adjustments()),
        "open_proposals": len(view.proposals()),
        "open_leads": len(view.leads()),
        "open_tasks": len(view.tasks()),
        "parked": [f"{one.topic} partition {one.partition} offset {one.offset}: {one.reason}" for one in parked],
    }


def _print(state: dict[str, Any]) -> None:
    typer.echo(f"brokers            {state['brokers']}")
    typer.echo(
        f"topics             {len(state['topics_differing']) or 'none'} differ from the catalogue (hub topics plan)"
    )
    for one in state["processors"]:
        typer.echo(
            f"{one['processor']:<18} {one['group'] or 'no worker ever'}, {counted(one['workers'], 'worker')}, "
            f"{counted(one['lag_records'], 'record')} behind"
        )
    for slot, said in state["workers_here"].items():
        typer.echo(f"{f'worker in slot {slot}':<18} {'ready' if said == 'ok' else said}")
    typer.echo(f"open transactions  {', '.join(state['open_transactions']) or 'none'}")
    for alarm in state["alarms"]:
        typer.echo(f"alarm              {alarm['text_zh']}\n{'':<18} {alarm['text_en']}")
    for name, count in state["view"].items():
        if name != "parked":
            typer.echo(f"{name.replace('_', ' '):<18} {count}")
    for parked in state["view"].get("parked", []):
        typer.echo(f"not shown          {parked}")
