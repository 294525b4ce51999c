"""What an assessment looks at: which law applies, and whom is asked for what."""

from collections.abc import Mapping, Sequence
from datetime import date

from msgspec import Struct

from benefit_hub.entitlement.opening import NO_LAW, unruled
from benefit_hub.entitlement.papers import Papers
from benefit_hub.entitlement.shares import Statuses
from benefit_hub.messages.departments import Residence
from benefit_hub.messages.internal import Fact, Snapshot
from benefit_hub.policy.book import Book, Pack, Programme
from benefit_hub.policy.named_rules import OF_FEW
from benefit_hub.task import Bootstrap
from benefit_hub.task.indices import RegionValues
from benefit_hub.values.ids import is_solo


class Inputs(Struct, frozen=True, gc=False, kw_only=True):
    """What an assessment looks at. `today` is the day that is open, `date.min` before the first; `bootstrap` how the hub went
    live. `only` are the beneficiaries to be assessed, where not all are, and `statuses` those of the household until now.
    """

    household: str
    members: Mapping[str, Snapshot]
    facts: Sequence[Fact]
    book: Book
    today: date
    bootstrap: Bootstrap = Bootstrap()
    region_values: RegionValues = ()
    region: str
    only: frozenset[str] | None = None
    statuses: Mapping[str, Statuses] = {}


def whom_for_what(
    inputs: Inputs, pack: Pack | None, papers: Papers, whom: Mapping[str, list[str]]
) -> list[tuple[Programme, str]]:
    """The programmes of the pack in their order, each with those for whom it is assessed here (`whom`, by kind): the household,
    and of its people those who ask for it; then awards without a rule."""
    asked: list[tuple[Programme, str]] = []
    for programme in () if pack is None else map(pack.programmes.__getitem__, pack.order):
        here = whom[programme.beneficiary]
        if programme.beneficiary == "PERSON":
            here = [] if is_silent(inputs, programme) else papers.asking(here, programme)
        elif programme.rule in OF_FEW:
            here = papers.asking(here, programme)
        asked += [(programme, who) for who in here]
    if inputs.bootstrap.closed_on is not None:
        left = unruled(pack or NO_LAW, papers.awards, inputs.bootstrap)
        asked += [(programme, who) for programme, who in left if who in whom[programme.beneficiary]]
    return asked


def is_silent(inputs: Inputs, programme: Programme) -> bool:
    """Whether a programme goes by prices of which nothing was published yet."""
    return programme.price is not None and not inputs.region_values


def region_of(household: str, members: Mapping[str, Snapshot]) -> str:
    """The place whose pack applies: the first registered residence received of the people here, the head's before others',
    those of members by decision before those of people who are only reported here."""
    homes = [
        (snapshot, fact, fact.payload.region)
        for snapshot in members.values()
        for fact in snapshot.records
        if isinstance(fact.payload, Residence) and not fact.retracted
    ]
    regions = {region for _, _, region in homes}
    if len(regions) < 2:
        return "".join(regions)

    def rank(home: tuple[Snapshot, Fact, str]) -> tuple[bool, bool, date, str, str, str]:
        snapshot, fact, region = home
        here = any(each.household == household for each in snapshot.held)
        return (not here, snapshot.role != "HEAD", fact.received_on, snapshot.person, fact.record, region)

    return min(homes, key=rank)[-1]


def beneficiaries(inputs: Inputs) -> dict[str, list[str]]:
    """Whom programmes are assessed for here: the household, unless it is of one by itself; and the persons whom it holds."""
    household = inputs.household
    persons = [
        person
        for person, snapshot in sorted(inputs.members.items())
        if any(each.household == household for each in snapshot.held)
    ]
    return {"HOUSEHOLD": [] if is_solo(household) else [household], "PERSON": persons}
