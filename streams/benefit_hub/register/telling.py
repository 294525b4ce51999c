"""What register tells others about a subject: its households, the register of persons, other numbers, dependants."""

from datetime import date
from functools import partial

from msgspec import structs

from benefit_hub.messages.departments import Death, Decision, Membership, Residence, RevisionName
from benefit_hub.messages.internal import Fact, Gone, Held, HouseholdFact, PersonTransfer, RelatedStatus, Snapshot
from benefit_hub.messages.public import PersonEntry, TaskItem
from benefit_hub.policy.book import Book, Pack
from benefit_hub.policy.deaths import standing_death
from benefit_hub.register import tasks
from benefit_hub.register.assignment import Assignment, assignment, greatest
from benefit_hub.register.identity import TRANSFERS, Links, aliases_of, links_of, told_chains, united
from benefit_hub.register.relations import standing_statuses, statuses_for, told_statuses
from benefit_hub.register.subjects import Subject, standing
from benefit_hub.task import Bootstrap, Out, changed_items
from benefit_hub.values.ids import household_subject, is_person, is_solo


def flushed(known: Subject, book: Book, bootstrap: Bootstrap) -> tuple[Subject, list[Out]]:
    """The subject after its households were told; the same subject and nothing to say where nothing changed."""
    return flushed_person(known, book, bootstrap) if is_person(known.subject) else flushed_household(known)


def flushed_household(known: Subject) -> tuple[Subject, list[Out]]:
    """Facts about a household go on to it as they are."""
    changed = set(known.fresh)
    facts = (fact for fact in known.facts if fact.name in changed)
    outs = [
        Out(topic="household-facts", key=known.subject, value=HouseholdFact(household=known.subject, fact=fact))
        for fact in facts
    ]
    open_tasks, said = changed_items(known.tasks, tasks.conflicts(known))
    return structs.replace(known, fresh=(), tasks=open_tasks), [*outs, *said]


def flushed_person(known: Subject, book: Book, bootstrap: Bootstrap) -> tuple[Subject, list[Out]]:
    """Everybody told who has to know: of a person, or of a number that is another person's."""
    links = links_of(known.subject, known.facts, known.chains)
    chains, outs = told_chains(known.subject, links, known.told_chains)
    known = structs.replace(known, told_chains=chains)
    if links.root not in (None, known.subject):
        settled, said = lent_to(known, links.root or "", links)
    else:
        settled, said = stood_for(known, links, book, bootstrap)
    return settled, [*outs, *said]


def stood_for(known: Subject, links: Links, book: Book, bootstrap: Bootstrap) -> tuple[Subject, list[Out]]:
    """A new version of a person for every household that the person belongs to or is reported in, a farewell to others."""
    seen = structs.replace(known, facts=united(known.subject, known.facts, known.borrowed))
    hearing = partial(hears, seen, book)
    loaded = None if bootstrap.closed_at is None else bootstrap.loaded
    found = assignment(known.subject, seen.facts, book.membership_month, hearing, loaded)
    aliases, returned = aliases_of(known.borrowed), known.lent_to
    shifted = aliases != known.aliases or returned is not None
    moved = found.held != known.held or shifted
    if not (known.fresh or known.stirred or moved) and found.reported == known.reported:
        return known, []
    known = structs.replace(
        known,
        version=known.version + 1,
        number=known.number + 1 if moved and known.version else known.number,
        held=found.held,
        reported=found.reported,
        aliases=aliases,
        lent_to=None,
    )
    outs = [] if returned is None else [transfer(known, returned, lent=False)]
    known, said = told_households(known, seen.facts, found, everybody=shifted)
    statuses = statuses_for(known.subject, seen.facts)
    outs += [*said, *told_statuses(known.subject, known.told_statuses, statuses)]
    entry = person_entry(seen, found.held, book)
    if entry != known.entry:
        outs.append(Out(topic="register.persons", key=known.subject, value=entry))
    wanted = {
        **tasks.conflicts(known),
        **tasks.deaths(seen),
        **tasks.overlaps(known, found.overlap),
        **tasks.hearings(known, found.unheard),
        **tasks.identity(known, links),
    }
    return with_tasks(structs.replace(known, told_statuses=statuses, entry=entry), wanted, outs)


def with_tasks(known: Subject, wanted: dict[str, TaskItem], outs: list[Out]) -> tuple[Subject, list[Out]]:
    """The subject at rest, with the tasks that stand from now on."""
    open_tasks, said = changed_items(known.tasks, wanted)
    return structs.replace(known, fresh=(), stirred=False, tasks=open_tasks), [*outs, *said]


def told_households(
    known: Subject, facts: tuple[Fact, ...], found: Assignment, *, everybody: bool
) -> tuple[Subject, list[Out]]:
    """The person for each household of its history, a farewell for those that it left.

    `everybody`: numbers came or went, so every household that ever heard of one of them hears of it.
    """
    households = {each.household for each in known.held}
    households |= {each.household for each in known.reported if not is_solo(each.household)}
    related = related_to(known)
    outs = [
        Out(
            topic="household-facts",
            key=household,
            value=Snapshot(
                person=known.subject,
                household=household,
                version=known.version,
                number=known.number,
                held=known.held,
                reported=known.reported,
                role=role_in(facts, household, found.counted),
                records=facts,
                aliases=known.aliases,
                related=related,
                opened=found.opened,
            ),
        )
        for household in sorted(households)
    ]
    heard = {household for each in known.borrowed.values() for household in each.told}
    ever = {*known.ever_told, *heard, *households} if known.aliases else set(known.ever_told)
    farewells = {*known.told, *(ever if everybody else ())} - households
    outs += [farewell(known, household, None) for household in sorted(farewells)]
    return structs.replace(known, told=tuple(sorted(households)), ever_told=tuple(sorted(ever))), outs


def related_to(known: Subject) -> tuple[RelatedStatus, ...]:
    """What was told of a person's parents, supporters and guardians, under every number."""
    lent = {status.related: status for each in known.borrowed.values() if each.lent for status in each.statuses}
    return standing_statuses({**lent, **known.statuses}.values())


def farewell(known: Subject, household: str, canonical: str | None) -> Out:
    """A household need not reckon with this person any more, or with this number."""
    value = Gone(
        person=known.subject,
        household=household,
        version=known.version,
        number=known.number,
        held=known.held,
        aliases=known.aliases,
        canonical=canonical,
        decided=decided(known.facts),
    )
    return Out(topic="household-facts", key=household, value=value)


def decided(facts: tuple[Fact, ...]) -> tuple[RevisionName, ...]:
    """Every revision that decisions among these name, whatever their outcome."""
    decisions = (fact.payload for fact in facts if isinstance(fact.payload, Decision) and not fact.retracted)
    return tuple(sorted({name for decision in decisions for name in decision.covers}, key=str))


def lent_to(known: Subject, root: str, links: Links) -> tuple[Subject, list[Out]]:
    """A wrong or merged number: all that is known under it goes to the person whose number it is."""
    aliases, former = aliases_of(known.borrowed), known.lent_to
    shifted = former != root or aliases != known.aliases
    if not (known.fresh or known.stirred or shifted):
        return known, []
    outs: list[Out] = []
    if shifted:
        households = {*known.told, *known.ever_told, known.alone}
        known = structs.replace(
            known,
            version=known.version + 1,
            number=known.number + 1,
            aliases=aliases,
            lent_to=root,
            told=(),
            ever_told=tuple(sorted(households)),
        )
        outs += [farewell(known, household, root) for household in sorted(households)]
        outs += [] if former in (None, root) else [transfer(known, former or "", lent=False)]
    outs.append(transfer(known, root, lent=True))
    outs += told_statuses(known.subject, known.told_statuses, {})
    entry = PersonEntry(
        person=known.subject,
        alive=True,
        died_on=None,
        death_confirmed_by=0,
        region=None,
        area=None,
        household=known.alone,
        records=len(greatest(known.facts)),
        canonical=root,
    )
    if entry != known.entry:
        outs.append(Out(topic="register.persons", key=known.subject, value=entry))
    wanted = {**tasks.conflicts(known), **tasks.identity(known, links)}
    return with_tasks(structs.replace(known, told_statuses={}, entry=entry), wanted, outs)


def transfer(known: Subject, person: str, *, lent: bool) -> Out:
    """All that is known under this number, lent to a person, or taken back from one."""
    value = PersonTransfer(
        person=person,
        alias=known.subject,
        number=known.number,
        lent=lent,
        facts=known.facts if lent else (),
        statuses=standing_statuses(known.statuses.values()) if lent else (),
        told=tuple(sorted({*known.told, *known.ever_told, known.alone})),
    )
    return Out(topic=TRANSFERS, key=person, value=value)


def role_in(facts: tuple[Fact, ...], household: str, counted: frozenset[RevisionName]) -> str:
    """The person's role in a household: by decision, else by the latest word; alone, the head."""
    roles = [
        (fact.name in counted, fact.rank, fact.payload.role)
        for fact in facts
        if isinstance(fact.payload, Membership) and household_subject(fact.payload.household_id) == household
    ]
    return max(roles)[-1] if roles else "HEAD"


def pack_of(home: Residence | None, book: Book) -> Pack | None:
    """The pack of the place where a person was registered last."""
    return book.pack(home.region) if home else None


def home_of(known: Subject) -> Residence | None:
    """Where a person was registered last."""
    homes = sorted(standing(known, Residence), key=lambda fact: (fact.valid_from, fact.source, fact.record))
    return next((fact.payload for fact in reversed(homes) if isinstance(fact.payload, Residence)), None)


def hears(known: Subject, book: Book, decided_on: date) -> bool:
    """Whether somebody has to be heard before a decision of this day takes him out of a household."""
    pack = pack_of(home_of(known), book)
    if pack is None:
        return False
    programmes = (each.name for each in pack.programmes.values() if each.beneficiary == "HOUSEHOLD")
    return any(pack.effect(name, "membership_end", "DECREASE", decided_on).hearing for name in programmes)


def person_entry(known: Subject, held: tuple[Held, ...], book: Book) -> PersonEntry:
    """The line of the register of persons."""
    home = home_of(known)
    deaths = standing(known, Death)
    pack = pack_of(home, book)
    ranked = pack.death_sources if pack else ()
    chosen = standing_death([(fact.source, fact.valid_from) for fact in deaths], ranked)
    return PersonEntry(
        person=known.subject,
        alive=chosen is None,
        died_on=None if chosen is None else deaths[chosen].valid_from,
        death_confirmed_by=len({fact.source for fact in deaths}),
        region=home.region if home else None,
        area=home.area if home else None,
        household=held[-1].household if held else known.alone,
        records=len({fact.record_key for fact in known.facts}),
    )
