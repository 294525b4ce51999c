"""What a household claims for its beneficiaries, and when that has to be said."""

from datetime import date

import msgspec
from msgspec import structs

from benefit_hub.entitlement.assess import Assessment
from benefit_hub.entitlement.assessor import Unit
from benefit_hub.entitlement.causes import causes_of, new_causes
from benefit_hub.entitlement.household import Household, Sent
from benefit_hub.messages.internal import Claims, Gone, Held, Segment
from benefit_hub.task import Out
from benefit_hub.values.ids import content_id, is_person
from benefit_hub.values.steps import Steps


def claims_of(known: Household, assessment: Assessment, book: str, today: date) -> tuple[dict[str, Sent], list[Out]]:
    """What is claimed now, per beneficiary, and the claims that have to be sent because something in them changed."""
    sent: dict[str, Sent] = {}
    if assessment.only is not None:
        sent = {
            who: each if each.book == book else structs.replace(each, book=book) for who, each in known.sent.items()
        }
    outs: list[Out] = []
    everyone = assessment.reads.keys()
    for beneficiary in sorted(everyone):
        units = [unit for unit in assessment.units if unit.beneficiary == beneficiary]
        now, claims = claim(known, beneficiary, units, assessment, book, today)
        sent[beneficiary] = now
        if claims is not None:
            outs.append(Out(topic="claims", key=beneficiary, value=claims))
    outs += [
        Out(topic="claims", key=beneficiary, value=farewell(known, beneficiary, assessment.region, book))
        for beneficiary in (sorted({*known.sent, *unanswered(known)} - everyone) if assessment.only is None else ())
    ]
    return sent, outs


def unanswered(known: Household) -> list[str]:
    """The numbers of other people whose ledgers settlement must be told to let go, even where nothing was ever claimed."""
    return [
        person
        for person, gone in known.gone.items()
        if gone.canonical is not None and known.answered.get(person) != gone.number
    ]


def claim(
    known: Household, beneficiary: str, units: list[Unit], found: Assessment, book: str, today: date
) -> tuple[Sent, Claims | None]:
    """One beneficiary's claims over all programmes; None where there is nothing new to say.

    An empty claim is sent too where it answers an assignment, because settlement waits for the answer.
    """
    before = known.sent.get(beneficiary)
    number, held = assignment_of(known, beneficiary)
    by_name = {unit.programme.name: unit for unit in units}
    programmes = {unit.programme.name: unit.timeline for unit in units if unit.timeline}
    causes = {unit.programme.name: causes_of(known, unit) for unit in units}
    paid = {unit.programme.name: unit.paid for unit in units if unit.paid}
    digest = digest_of(number, held, programmes, paid)
    now = Sent(
        digest=digest,
        causes=causes,
        programmes=tuple(programmes),
        book=book,
    )
    silent = before is None and not programmes and not paid and number == 0
    if (before is not None and before.digest == digest) or silent:
        return now, None
    asked = (
        by_name if is_person(beneficiary) else ()
    )  # a household to which somebody has moved may owe nothing, and says why
    names = sorted({*programmes, *(before.programmes if before else asked)})
    claims = Claims(
        beneficiary=beneficiary,
        household=known.household,
        number=number,
        held=held,
        book=book,
        facts_hash=facts_hash(known, beneficiary),
        region=found.region,
        programmes=programmes,
        causes={name: new_causes(known, before, now, by_name.get(name), name, found, today) for name in names},
        aliases=known.members[beneficiary].aliases if is_person(beneficiary) else (),
        paid=paid,
    )
    return now, claims


def farewell(known: Household, beneficiary: str, region: str, book: str) -> Claims:
    """A household that holds a beneficiary no more claims nothing."""
    number, held = assignment_of(known, beneficiary)
    about = known.told.get(beneficiary)
    return Claims(
        beneficiary=beneficiary,
        household=known.household,
        number=number,
        held=held,
        book=book,
        facts_hash="",
        region=region,
        programmes={},
        causes={},
        gone=True,
        aliases=about.aliases if about else (),
        canonical=about.canonical if isinstance(about, Gone) else None,
    )


def assignment_of(known: Household, beneficiary: str) -> tuple[int, tuple[Held, ...]]:
    """The assignment that a claim answers; households have none."""
    source = known.members.get(beneficiary) or known.gone.get(beneficiary)
    return (source.number, source.held) if is_person(beneficiary) and source is not None else (0, ())


def digest_of(
    number: int, held: tuple[Held, ...], programmes: dict[str, tuple[Segment, ...]], paid: dict[str, Steps[int]]
) -> str:
    """A hash of what is claimed."""
    return content_id(msgspec.msgpack.encode((number, held, programmes, paid), order="sorted").hex())


def facts_hash(known: Household, beneficiary: str) -> str:
    """A hash over every revision that was looked at."""
    members = [known.members[beneficiary]] if is_person(beneficiary) else list(known.members.values())
    every = [*known.facts.values(), *(fact for snapshot in members for fact in snapshot.records)]
    said = {f"{fact.subject}|{fact.source}|{fact.kind}|{fact.record}|{fact.revision}|{fact.content}" for fact in every}
    return content_id(*sorted(said))
