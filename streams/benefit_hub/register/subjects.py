"""What register keeps of a subject (a person, or a household), and how it takes in what is said about it."""

from msgspec import Struct, structs

from benefit_hub.messages.departments import RevisionName
from benefit_hub.messages.internal import (
    Alias,
    Fact,
    Held,
    IdentityChain,
    PersonTransfer,
    RelatedFacts,
    RelatedStatus,
)
from benefit_hub.messages.public import PersonEntry, Receipt, ReceiptStatus, TaskItem
from benefit_hub.register.assignment import greatest
from benefit_hub.task import Out, Table
from benefit_hub.values.ids import solo_household


class Subject(Struct, frozen=True, gc=False, kw_only=True):
    """Everything kept of one subject: the revisions, what was told to whom, and the tasks that stand.

    `fresh` are the revisions taken since the last flush; `seen` are mapping and content of every version of a revision that
    came in more than one, so that a conflict is found in whatever order they come. `stirred` tells that a message of another
    subject changed something. `lent_to` is the person to whom all is lent while this is a wrong or merged number, `borrowed`
    what such numbers lent to this one, by alias; `ever_told` are the households that heard of aliases. `statuses` are those
    of related people, `told_statuses` what was told to dependants.
    """

    subject: str
    facts: tuple[Fact, ...] = ()
    fresh: tuple[RevisionName, ...] = ()
    conflicts: tuple[RevisionName, ...] = ()
    seen: dict[str, tuple[tuple[int, str], ...]] = {}
    version: int = 0
    number: int = 0
    held: tuple[Held, ...] = ()
    reported: tuple[Held, ...] = ()
    told: tuple[str, ...] = ()
    entry: PersonEntry | None = None
    tasks: dict[str, TaskItem] = {}
    stirred: bool = False
    chains: dict[str, tuple[str, ...]] = {}
    told_chains: dict[str, tuple[str, ...]] = {}
    lent_to: str | None = None
    borrowed: dict[str, PersonTransfer] = {}
    aliases: tuple[Alias, ...] = ()
    ever_told: tuple[str, ...] = ()
    statuses: dict[str, RelatedStatus] = {}
    told_statuses: dict[str, RelatedStatus] = {}

    @property
    def alone(self) -> str:
        """The household of one of this person."""
        return solo_household(self.subject)


SUBJECTS: Table[Subject] = Table("subjects", Subject)


def take_fact(known: Subject, fact: Fact) -> tuple[Subject, list[Out]]:
    """The subject with one more fact. The first arrival of a revision gives its day, whatever order they come in."""
    name = fact.name
    twin = next((each for each in known.facts if each.record == fact.record and each.name == name), None)
    if twin is None:
        return structs.replace(known, facts=(*known.facts, fact), fresh=(*known.fresh, name)), []
    first = min(twin, fact, key=lambda each: (each.received_at, each.event_id))
    stands = max(twin, fact, key=lambda each: each.rank)
    kept = structs.replace(
        stands, received_at=first.received_at, received_on=first.received_on, event_id=first.event_id
    )
    seen = known.seen.get(str(name), ((twin.mapping, twin.content),))
    conflict = any(mapping == fact.mapping and content != fact.content for mapping, content in seen)
    if (fact.mapping, fact.content) not in seen:
        known = structs.replace(known, seen={**known.seen, str(name): (*seen, (fact.mapping, fact.content))})
    status: ReceiptStatus = "CONFLICT" if conflict else "REPEATED"
    outs = [receipt(fact, status)]
    if conflict and name not in known.conflicts:
        known = structs.replace(known, conflicts=(*known.conflicts, name), fresh=(*known.fresh, name))
    if kept == twin:
        return known, outs
    facts = tuple(kept if each is twin else each for each in known.facts)
    return structs.replace(known, facts=facts, fresh=(*known.fresh, name)), outs


def receipt(fact: Fact, status: ReceiptStatus) -> Out:
    """What a department is told of a record that came again, or too late."""
    code, text_en, text_zh = {
        "REPEATED": (None, "The same revision was received before; nothing changes.", "该版本此前已收到，无变化。"),
        "CONFLICT": (
            "CONFLICT",
            "The same revision was received before with other content. Send what is right with a new revision number.",
            "同一版本号的内容与此前不同，请用新的版本号发送正确内容。",
        ),
        "TOO_LATE": (
            "TOO_LATE",
            "It was over for too long when it was received: not taken. If it is not, send a revision with the right valid_to.",
            "收到时已失效过久，未予采用，已转民政部门核实；如未失效，请更正 valid_to 并用新的版本号发送。",
        ),
    }[status]
    value = Receipt(
        source=fact.source,
        event_id=fact.event_id,
        kind=fact.kind,
        record=fact.record,
        revision=fact.revision,
        status=status,
        code=code,
        text_en=text_en,
        text_zh=text_zh,
    )
    return Out(topic="receipts", key=fact.source, value=value)


def take_transfer(known: Subject, message: PersonTransfer | IdentityChain | RelatedFacts) -> Subject:
    """The subject with what another subject's record told it."""
    match message:
        case PersonTransfer():
            return structs.replace(known, borrowed={**known.borrowed, message.alias: message}, stirred=True)
        case IdentityChain():
            return structs.replace(known, chains={**known.chains, message.via: message.chain}, stirred=True)
        case RelatedFacts():
            others = {related: each for related, each in known.statuses.items() if related != message.related}
            told = {} if message.status is None else {message.related: message.status}
            return structs.replace(known, statuses={**others, **told}, stirred=True)


def standing(known: Subject, kind: type) -> list[Fact]:
    """The reported, not retracted records of one kind."""
    said = greatest(fact for fact in known.facts if isinstance(fact.payload, kind))
    return [fact for fact in said.values() if not fact.retracted]
