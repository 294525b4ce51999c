"""Whom and what a case names, and that there is such a person, household or benefit: a slip of the hand is told with its line."""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import NamedTuple

from benefit_hub.catalogue import Unfit
from benefit_hub.catalogue.documents import Document, Place
from benefit_hub.catalogue.findings import Finding
from benefit_hub.policy.book import Book
from benefit_hub.simulate.case_file import Case, Checks, Decides, Event
from benefit_hub.simulate.circumstances import Merged
from benefit_hub.simulate.expected import Expected
from benefit_hub.simulate.opening import everybody
from benefit_hub.simulate.sentences import Applies, Awarded, Joins, Leaves, Moves, Told

BENEFITS = ("amounts", "pay_runs", "status")
"""Expectations by whose benefit (`H0 dibao`) they are about."""
BENEFIT_LINES = ("adjustments", "proposals", "leads", "reconciliation")
"""Lists of expectations, each about a benefit of somebody."""
SIMILAR = 0.4
"""How alike a Chinese title and its short form are at least: 低保 and 最低生活保障."""


class Mention(NamedTuple):
    """Somebody, or a benefit, or both, named at a place of a case."""

    place: Place
    who: str | None = None
    programme: str | None = None


def check_people(case: Case, document: Document) -> None:
    """Everybody who is named is in the case; raises Unfit with all who are not."""
    paid = [f"h:{each.award}" for each in _awards(case) if each.payee is not None]
    known = dict.fromkeys([*case.households, *everybody(case), *paid], "")
    _refuse(
        _unknown(document, each.place, f"nobody here is called {each.who}", each.who, known)
        for each in mentions(case, document)
        if each.who is not None and each.who not in known
    )


def check_programmes(case: Case, document: Document, books: Iterable[Book]) -> None:
    """Every benefit that is named is one of the policy, or was paid before; raises Unfit with all that are not."""
    packs = [pack for book in books for pack in book.packs]
    known = {name: programme.title for pack in packs for name, programme in pack.programmes.items()}
    paid = [name for household in case.households.values() for name in household.paid]
    paid += [name for person in everybody(case).values() for name in person.paid]
    paid += [award.programme for award in _awards(case)]
    known = {**dict.fromkeys(paid, ""), **known}
    _refuse(
        _unknown(document, each.place, _no_programme(each), each.programme, known)
        for each in mentions(case, document)
        if each.programme is not None and each.programme not in known
    )


def check_region(case: Case, document: Document, books: Iterable[Book]) -> None:
    """Where everybody is registered, the policy holds; raises Unfit where it does not, since nobody would get anything."""
    packs = [pack for book in books for pack in book.packs]
    if not any(case.region.startswith(pack.region) for pack in packs):
        told = f"{case.policy} does not hold in region {case.region}, where everybody here is registered"
        places = " or ".join(sorted({f"{pack.region} ({pack.title})" for pack in packs}))
        raise Unfit([document.finding(("region",), told, f"Write `region:` with six digits that begin with {places}.")])


def mentions(case: Case, document: Document) -> Iterator[Mention]:
    """Everybody and every benefit that a case names, in its order."""
    for label, household in case.households.items():
        for key, said in (("receives", household.receives), ("paid", household.paid)):
            yield from (Mention(("households", label, key, name), programme=name) for name in said)
        for who, person in household.people.items():
            for key, said in (("receives", person.receives), ("paid", person.paid)):
                yield from (Mention(("households", label, "people", who, key, name), programme=name) for name in said)
    for who, alone in case.people.items():
        for key, said in (("receives", alone.receives), ("paid", alone.paid)):
            yield from (Mention(("people", who, key, name), programme=name) for name in said)
    for index, event in enumerate(case.events):
        (when,) = document.data["events"][index]
        yield from _in_event(event, ("events", index), str(when))
    yield from _in_expectation(case.expect, ("expect",))


def _awards(case: Case) -> list[Awarded]:
    return [event.what for event in case.events if isinstance(event.what, Awarded)]


def _in_event(event: Event, place: Place, when: str) -> Iterator[Mention]:
    """Those of a sentence."""
    said = event.what
    if isinstance(said, Checks):
        yield from _in_expectation(said.expect, (*place, when, "expect"))
    elif isinstance(said, Decides):
        decided = [each for each in (said.proposal, said.whose) if each is not None]
        yield from (_benefit(place, each) for each in decided)
    elif isinstance(said, Told):
        yield from (Mention(place, who=who) for who in _about(said, event.said))
        programme = getattr(said, "programme", None)
        if isinstance(programme, str):
            yield Mention(place, programme=programme)


def _about(sentence: Told, said: Mapping[str, object]) -> Iterator[str]:
    """Whom a sentence is about: first its subject, which the word that opens it names, then everybody else in it."""
    verb = next((str(value) for value in said.values()), "")
    match sentence:
        case Awarded(payee=str() as payee):
            yield payee  # he is paid for a household of which nobody knows anything
            return
        case Joins(household=other) | Leaves(household=other) | Merged(into=other):
            yield other
        case Moves(source=source, target=target):
            yield from (source, target)
        case Applies(by=str() as by):
            yield by
    yield verb


def _in_expectation(expected: Expected, place: Place) -> Iterator[Mention]:
    """Those of what is expected."""
    for name in BENEFITS:
        key = Expected.model_fields[name].alias or name
        yield from (_benefit((*place, key, who), who) for who in getattr(expected, name) or ())
    for key in BENEFIT_LINES:
        for index, line in enumerate(getattr(expected, key) or ()):
            yield _benefit((*place, key, index), line.of)
    yield from (Mention((*place, "tasks", at), who=line.of) for at, line in enumerate(expected.tasks or ()))
    yield from (Mention((*place, "class", who), who=who) for who in expected.computed_class)
    yield from (Mention((*place, "persons", who), who=who) for who in expected.persons)


def _benefit(place: Place, said: str) -> Mention:
    """`H0 dibao`."""
    who, _, programme = said.partition(" ")
    return Mention(place, who, programme)


def _no_programme(mention: Mention) -> str:
    return (
        f"the policy has no benefit {mention.programme}"
        if mention.programme
        else "it does not say which benefit, as `H0 dibao` does"
    )


def _unknown(document: Document, place: Place, told: str, name: str, known: Mapping[str, str]) -> Finding:
    """A name that nobody knows, with the one that may be meant, and all that there are; each with its title where it has one."""
    titled = {each: f"{each} {title}".strip() for each, title in known.items()}
    close = get_close_matches(name, known, n=1)
    close += [each for each, title in known.items() if title in get_close_matches(name, known.values(), 1, SIMILAR)]
    meant = f"Did you mean {titled[close[0]]}? " if close else ""
    return document.finding(place, told, f"{meant}There are {', '.join(titled.values())}.")


def _refuse(findings: Iterable[Finding]) -> None:
    found = sorted(findings, key=lambda each: each.line or 0)
    if found:
        raise Unfit(found)
