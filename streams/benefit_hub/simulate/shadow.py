"""A hub in memory beside a live one: what everybody is entitled to by the same facts, by this or by another policy book.

Nothing of it leaves the process. It begins from nothing, so whoever is interrupted begins it again.
"""

from collections.abc import Iterable, Iterator

from msgspec import Struct, structs

from benefit_hub.entitlement.claiming import facts_hash
from benefit_hub.entitlement.household import HOUSEHOLDS, Household
from benefit_hub.messages.internal import ControlCopy, Fact
from benefit_hub.messages.public import Entitlement
from benefit_hub.settlement.account import ACCOUNTS
from benefit_hub.simulate.hearing import AT_ONCE, as_heard, deliver
from benefit_hub.simulate.run import Simulation
from benefit_hub.task import Env
from benefit_hub.task.controls import CONTROL, ROW
from benefit_hub.topology import Topology, hub_topology
from benefit_hub.values.months import month
from benefit_hub.values.steps import Steps, squeeze

ENTITLEMENTS = "benefits.entitlements"
NOTHING = (0, "NONE")
"""What stands in a month of which an entitlement says nothing: no fen, no status."""

Unit = tuple[str, str]
"""A beneficiary and a programme."""
Entitled = Steps[tuple[int, str]]
"""Fen and status by month."""


class Side(Struct):
    """How a hub stands, the live one or its shadow: what its parts keep, and what it says.

    `accounts` are the rows of settlement as they are stored, by beneficiary; `facts` a hash over all that is known in each
    household; `reached` the last control event that anybody has begun to act on, `done` the last one that all have acted on.
    """

    entitled: dict[Unit, Entitled] = {}
    accounts: dict[str, bytes] = {}
    facts: dict[str, str] = {}
    reached: int = -1
    done: int = -1

    def say(self, one: Entitlement) -> None:
        """Take in what is said of a beneficiary and programme; the newest word stands."""
        months = ((month(each.since), (each.amount_fen, each.status)) for each in one.months)
        self.entitled[one.beneficiary, one.programme] = squeeze(months, NOTHING)

    def unsay(self, key: str) -> None:
        """Somebody has deleted the record with this key: the beneficiary, a bar, the programme."""
        beneficiary, _, programme = key.rpartition("|")
        self.entitled.pop((beneficiary, programme), None)

    def keep(self, key: str, raw: bytes | None) -> None:
        """Take in an account as settlement stores it, None where it is gone."""
        if raw is None:
            self.accounts.pop(key, None)
        else:
            self.accounts[key] = raw

    def know(self, key: str, known: Household | None) -> None:
        """Take in what is known of a household, None where it is gone."""
        if known is None:
            self.facts.pop(key, None)
        else:
            self.facts[key] = facts_hash(known, key)


class Shadow:
    """Register, entitlement and settlement by the same code as the hub's, over facts that a live hub has taken in.

    By `env`'s books as they were activated; or, where another `law` is named by its hash, by that one from the first day.
    """

    def __init__(self, env: Env, law: str | None = None) -> None:
        whole = hub_topology((), ())
        topology = Topology(processors=whole.processors[1:])
        self._law = law
        env = env if law is None else structs.replace(env, first_book=law)
        self._simulation = Simulation(topology, env, partitions=1, keeps={ENTITLEMENTS})
        self._side = Side()

    def hear(self, messages: Iterable[tuple[int, Fact | ControlCopy]], partitions: int) -> Iterator[int]:
        """Facts and copies of control events, each with its partition, as they lie on so many partitions of `facts`.

        Gives how many of each were heard so far.
        """
        for number, value in enumerate(as_heard(messages, partitions), 1):
            deliver(self._simulation, self._by_law(value))
            if number % AT_ONCE == 0:
                self._work_off()
                yield number
        self._work_off()

    def _by_law(self, value: Fact | ControlCopy) -> Fact | ControlCopy:
        if self._law is None or isinstance(value, Fact) or value.event.type != "POLICY_ACTIVATED":
            return value
        return structs.replace(value, event=structs.replace(value.event, book=self._law))

    def _work_off(self) -> None:
        """Only the newest word on each is kept, however long the story is."""
        for out in self._simulation.run().outputs.pop(ENTITLEMENTS, ()):
            self._side.say(out.value)

    def side(self) -> Side:
        """How it stands after what was heard."""
        take_in(self._side, self._simulation)
        return self._side


def take_in(side: Side, simulation: Simulation) -> None:
    """What the tasks of a hub in memory keep."""
    for task in simulation.tasks:
        for address, raw in task.store.rows.items():
            if (who := ACCOUNTS.key(address)) is not None:
                side.keep(who, raw)
            elif (household := HOUSEHOLDS.key(address)) is not None:
                side.know(household, HOUSEHOLDS.decode(raw))
    rows = [task.store.get(CONTROL.address(ROW)) for task in simulation.tasks if task.processor.stateful]
    side.done = side.reached = min(-1 if raw is None else CONTROL.decode(raw).acted for raw in rows)
