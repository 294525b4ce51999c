"""Is it right? What stands on the topics, against the same records through the topology in memory, and against a calculation
by hand that shares nothing with the hub."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

import msgspec
from msgspec import structs

from benefit_hub.cli.demo_stage import Stage
from benefit_hub.client.reader import Read, Reader
from benefit_hub.messages.internal import ControlEvent
from benefit_hub.messages.public import Adjustment, Entitlement
from benefit_hub.runtime.processes import ask
from benefit_hub.settlement.ledger import single, total
from benefit_hub.simulate import Simulation
from benefit_hub.simulate.run import ledger_by_month
from benefit_hub.task import Undecodable
from benefit_hub.values.errors import HubError
from benefit_hub.values.months import month, month_text
from benefit_hub.values.steps import Steps, put_from

NAIVE_WITHIN_S = 60
WORKED_OFF_AT_ONCE = 50
"""So many records come before the simulation works them off; what comes of them does not depend on it."""

Unit = tuple[str, str]
R = TypeVar("R", bound=msgspec.Struct)


def by_simulation(stage: Stage) -> tuple[str, list[str]]:
    """The records as they lie on Kafka, through the topology in memory: what was compared, and every difference."""
    hub = stage.hub
    inputs = ["control", *hub.catalogue.sources]
    with Reader(hub.settings, hub.bootstrap, inputs) as reader:
        records = sorted(reader.new(), key=lambda read: (read.timestamp_ms, read.topic, read.partition, read.offset))
    with Reader(hub.settings, hub.bootstrap, ["benefits.adjustments", "benefits.entitlements"]) as reader:
        outputs = reader.new()
    simulation = simulated(stage, records)
    live = [decoded(stage, read, Entitlement) for read in outputs if read.topic == "benefits.entitlements"]
    adjustments = [decoded(stage, read, Adjustment) for read in outputs if read.topic == "benefits.adjustments"]
    expected = simulation.standing("benefits.entitlements").values()
    differences = [
        *different("entitled", as_told(expected), as_told(live)),
        *different("due", dues(simulation), adjusted(adjustments)),
    ]
    return f"{len(records)} records through the simulation, {len(dues(simulation))} ledgers", differences


def simulated(stage: Stage, records: Iterable[Read]) -> Simulation:
    """The topology in memory after these records."""
    hub = stage.hub
    simulation = Simulation(hub.topology, structs.replace(hub.env(), pseudonym_key=stage.key))
    for number, read in enumerate(records):
        body = hub.codecs.decode(read.topic, read.value)
        if isinstance(body, ControlEvent):
            simulation.control(body, at_ms=received_ms(read))
        elif not isinstance(body, Undecodable):
            source = hub.catalogue.sources[read.topic].source
            event_id = read.headers["ce_id"].decode()
            key = (read.key or b"").decode()
            simulation.publish(
                read.topic,
                body,
                key=key,
                event_id=event_id,
                source=source,
                at_ms=received_ms(read),
                headers=read.headers,
            )
        if number % WORKED_OFF_AT_ONCE == 0:
            simulation.run()
    return simulation.run()


def received_ms(read: Read) -> int:
    """When the story says that the hub received a record."""
    return int(read.headers.get("hub-story-received-at", read.timestamp_ms))


def decoded(stage: Stage, read: Read, kind: type[R]) -> R:
    """A record of an output."""
    return msgspec.convert(stage.hub.codecs.decode(read.topic, read.value), kind)


def as_told(entitlements: Iterable[Entitlement]) -> dict[Unit, Steps[object]]:
    """What everybody is entitled to; the newest word on each stands."""
    return {
        (one.beneficiary, one.programme): tuple((month(at.since), (at.amount_fen, at.status)) for at in one.months)
        for one in entitlements
    }


def dues(simulation: Simulation) -> dict[Unit, Steps[object]]:
    """What is due by the ledgers of the simulation."""
    return {unit: due for unit, (due, _) in ledger_by_month(simulation.accounts()).items()}


def adjusted(adjustments: Iterable[Adjustment]) -> dict[Unit, Steps[object]]:
    """What is due by the adjustments alone: what stands per month from `payable_from` on, and what was settled of months paid."""
    found: dict[Unit, Steps[int]] = {}
    for one in adjustments:
        if one.kind == "PAY_RUN_MARKER":
            continue
        unit = (one.beneficiary, one.programme)
        steps = put_from(found.get(unit, ()), month(one.payable_from), one.after_fen, 0)
        settled = single({month(each.month): each.difference_fen for each in one.settled})
        found[unit] = total(steps, settled)
    return {unit: steps for unit, steps in found.items() if steps}


def different(what: str, expected: Mapping[Unit, Steps[object]], live: Mapping[Unit, Steps[object]]) -> Iterator[str]:
    """Every beneficiary and programme of which two tell different months."""
    for unit in sorted({*expected, *live}):
        if expected.get(unit, ()) != live.get(unit, ()):
            yield f"{what} {unit[0]} {unit[1]}: simulation {shown(expected.get(unit))}, Kafka {shown(live.get(unit))}"


def shown(steps: Steps[object] | None) -> str:
    """Months and amounts."""
    return "; ".join(f"{month_text(at)} {value}" for at, value in steps) if steps else "nothing"


def by_hand(stage: Stage, at_least: int) -> tuple[str, list[str]]:
    """What `demo/naive.py` says, a program that knows only topics, schemas, the policy pack and the key."""
    assets = stage.hub.catalogue.assets
    command = [sys.executable, str(stage.demo_folder / "naive.py"), "--bootstrap", stage.hub.bootstrap]
    command += ["--assets", str(assets.root), "--policies", str(assets.policies / "demo" / "gz-t.yaml")]
    command += ["--key", str(stage.hub.folder.key_file), "--prefix", stage.hub.settings.topic_prefix]
    command += ["--at-least", str(at_least)]
    answer = ask(command, within_s=NAIVE_WITHIN_S, env={"PYTHONIOENCODING": "utf-8"})
    if answer.code not in (0, 1):
        raise HubError(f"the calculation by hand could not be made: {answer.err or answer.out}")
    *differences, told = answer.out.splitlines()
    return told, differences
