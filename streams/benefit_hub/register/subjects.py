"""What register keeps of a subject (a person, or a household), and what it tells others about it."""

from datetime import date
from functools import partial

from msgspec import Struct, structs

from benefit_hub.messages.departments import Death, Membership, Residence, RevisionName
from benefit_hub.messages.internal import Fact, Gone, Held, HouseholdFact, Snapshot
from benefit_hub.messages.public import PersonEntry, Receipt, ReceiptStatus, TaskItem
from benefit_hub.policy.book import Book, Pack
from benefit_hub.policy.deaths import standing_death
from benefit_hub.register.assignment import assignment, greatest
from benefit_hub.task import Out, Table, changed_items
from benefit_hub.values.ids import content_id, household_subject, is_person, is_solo, solo_household
from benefit_hub.values.months import month_of


class Subject(Struct, frozen=True, kw_only=True):
    """Everything kept of one subject: the revisions, what was told to whom, and the tasks that stand.

    `fresh` are the revisions taken since the last flush; `seen` are mapping and content of every version of a revision that
    came in more than one, so that a conflict is found in whatever order they come.
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


SUBJECTS: Table[Subject] = Table("subjects", Subject)


def take_fact(known: Subject, fact: Fact) -> tuple[Subject, list[Out]]:
    """The subject with one more fact. The first arrival of a revision gives its day, whatever order they come in."""
    twin = next((each for each in known.facts if each.name == fact.name), None)
    if twin is None:
        return structs.replace(known, facts=(*known.facts, fact), fresh=(*known.fresh, fact.name)), []
    first = min(twin, fact, key=lambda each: (each.received_at, each.event_id))
    stands = max(twin, fact, key=lambda each: each.rank)
    kept = structs.replace(
        stands, received_at=first.received_at, received_on=first.received_on, event_id=first.event_id
    )
    seen = known.seen.get(str(fact.name), ((twin.mapping, twin.content),))
    conflict = any(mapping == fact.mapping and content != fact.content for mapping, content in seen)
    if (fact.mapping, fact.content) not in seen:
        known = structs.replace(known, seen={**known.seen, str(fact.name): (*seen, (fact.mapping, fact.content))})
    status: ReceiptStatus = "CONFLICT" if conflict else "REPEATED"
    outs = [receipt(fact, status)]
    if conflict and fact.name not in known.conflicts:
        known = structs.replace(known, conflicts=(*known.conflicts, fact.name), fresh=(*known.fresh, fact.name))
    if kept == twin:
        return known, outs
    facts = tuple(kept if each is twin else each for each in known.facts)
    return structs.replace(known, facts=facts, fresh=(*known.fresh, fact.name)), outs


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


def flushed(known: Subject, book: Book) -> tuple[Subject, list[Out]]:
    """The subject after its households were told; the same subject and nothing to say where nothing changed."""
    return flushed_person(known, book) if is_person(known.subject) else flushed_household(known)


def flushed_household(known: Subject) -> tuple[Subject, list[Out]]:
    """Facts about a household go on to it as they are."""
    changed = set(known.fresh)
    facts = (fact for fact in known.facts if fact.name in changed)
    outs = [
        Out(topic="household-facts", key=known.subject, value=HouseholdFact(household=known.subject, fact=fact))
        for fact in facts
    ]
    tasks, said = changed_items(known.tasks, conflict_tasks(known))
    return structs.replace(known, fresh=(), tasks=tasks), [*outs, *said]


def flushed_person(known: Subject, book: Book) -> tuple[Subject, list[Out]]:
    """A new version of a person for every household that the person belongs to or is reported in, and a farewell to others."""
    pack = pack_of(known, book)
    found = assignment(known.subject, known.facts, book.membership_month, partial(hears, pack))
    held, reported = found.held, found.reported
    moved = held != known.held
    if not known.fresh and not moved and reported == known.reported:
        return known, []
    number = known.number + 1 if moved and known.held else known.number
    version = known.version + 1
    households = {each.household for each in held} | {
        each.household for each in reported if not is_solo(each.household)
    }
    outs = [
        Out(
            topic="household-facts",
            key=household,
            value=Snapshot(
                person=known.subject,
                household=household,
                version=version,
                number=number,
                held=held,
                reported=reported,
                role=role_in(known.facts, household, found.counted),
                records=known.facts,
            ),
        )
        for household in sorted(households)
    ]
    outs += [
        Out(
            topic="household-facts",
            key=household,
            value=Gone(person=known.subject, household=household, version=version, number=number, held=held),
        )
        for household in sorted(set(known.told) - households)
    ]
    entry = person_entry(known, held, book)
    if entry != known.entry:
        outs.append(Out(topic="register.persons", key=known.subject, value=entry))
    wanted = {**conflict_tasks(known), **death_tasks(known), **overlap_tasks(known, found.overlap)}
    tasks, said = changed_items(known.tasks, {**wanted, **hearing_tasks(known, found.unheard)})
    settled = structs.replace(
        known,
        fresh=(),
        version=version,
        number=number,
        held=held,
        reported=reported,
        told=tuple(sorted(households)),
        entry=entry,
        tasks=tasks,
    )
    return settled, [*outs, *said]


def role_in(facts: tuple[Fact, ...], household: str, counted: frozenset[RevisionName]) -> str:
    """The person's role in a household: by decision, else by the latest word; alone, the head."""
    roles = [
        (fact.name in counted, fact.rank, fact.payload.role)
        for fact in facts
        if isinstance(fact.payload, Membership) and household_subject(fact.payload.household_id) == household
    ]
    return max(roles)[-1] if roles else "HEAD"


def pack_of(known: Subject, book: Book) -> Pack | None:
    """The pack of the place where a person was registered last."""
    home = home_of(known)
    return book.pack(home.region) if home else None


def home_of(known: Subject) -> Residence | None:
    """Where a person was registered last."""
    homes = sorted(standing(known, Residence), key=lambda fact: (fact.valid_from, fact.source, fact.record))
    return next((fact.payload for fact in reversed(homes) if isinstance(fact.payload, Residence)), None)


def hears(pack: Pack | None, decided_on: date) -> bool:
    """Whether somebody has to be heard before a decision of this day takes him out of a household."""
    if pack is None:
        return False
    programmes = (each.name for each in pack.programmes.values() if each.beneficiary == "HOUSEHOLD")
    return any(pack.effect(name, "membership_end", "DECREASE", decided_on).hearing for name in programmes)


def standing(known: Subject, kind: type) -> list[Fact]:
    """The reported, not retracted records of one kind."""
    return [fact for fact in greatest(known.facts).values() if isinstance(fact.payload, kind) and not fact.retracted]


def person_entry(known: Subject, held: tuple[Held, ...], book: Book) -> PersonEntry:
    """The line of the register of persons."""
    home = home_of(known)
    deaths = standing(known, Death)
    pack = pack_of(known, book)
    ranked = pack.death_sources if pack else ()
    chosen = standing_death([(fact.source, fact.valid_from) for fact in deaths], ranked)
    return PersonEntry(
        person=known.subject,
        alive=chosen is None,
        died_on=None if chosen is None else deaths[chosen].valid_from,
        death_confirmed_by=len({fact.source for fact in deaths}),
        region=home.region if home else None,
        area=home.area if home else None,
        household=held[-1].household if held else solo_household(known.subject),
        records=len(greatest(known.facts)),
    )


def conflict_tasks(known: Subject) -> dict[str, TaskItem]:
    """A task for every revision that was sent with different contents."""
    tasks = (
        task(
            known,
            "REVISION_CONFLICT",
            (name,),
            f"同一版本（{name.source} {name.kind} {name.record} 第 {name.revision} 版）内容不一致，请与来源部门核实。",
        )
        for name in sorted(known.conflicts, key=lambda each: (each.source, each.kind, each.record, each.revision))
    )
    return {each.task_id: each for each in tasks}


def death_tasks(known: Subject) -> dict[str, TaskItem]:
    """A task where sources put a death into different months."""
    deaths = sorted(standing(known, Death), key=lambda fact: fact.record_key)
    if len({month_of(fact.valid_from) for fact in deaths}) < 2:
        return {}
    each = task(
        known, "DEATH_DATES_DIFFER", tuple(fact.name for fact in deaths), "各部门登记的死亡日期不在同一月份，请核实。"
    )
    return {each.task_id: each}


def hearing_tasks(known: Subject, unheard: tuple[RevisionName, ...]) -> dict[str, TaskItem]:
    """A task for every decision that takes somebody out of a household and lacks the hearing before it."""
    text = "成员退出家庭的决定缺少听取意见日期，暂不执行：请先听取意见并补录（社会救助法第四十七、四十八条）。"
    tasks = (task(known, "HEARING_MISSING", (name,), text) for name in unheard)
    return {each.task_id: each for each in tasks}


def overlap_tasks(known: Subject, overlap: tuple[str, ...]) -> dict[str, TaskItem]:
    """A task where memberships of several households stand at once; the assignment stays as it is meanwhile."""
    if not overlap:
        return {}
    text = f"同一人同时登记在多个家庭（{'、'.join(each[2:] for each in overlap)}），请核实并作出决定。"
    each = task(known, "MEMBERSHIP_OVERLAP", (), text)
    return {each.task_id: each}


def task(known: Subject, kind: str, facts: tuple[RevisionName, ...], text: str) -> TaskItem:
    """A task about a subject; the same trouble has the same id."""
    names = [f"{name.source}/{name.kind}/{name.record}/{name.revision}" for name in facts]
    return TaskItem(
        task_id=content_id("task", kind, known.subject, *names),
        state="OPEN",
        type=kind,
        subject=known.subject,
        household=None,
        due_on=None,
        facts=facts,
        text_zh=text,
    )
