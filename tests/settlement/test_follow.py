"""Which household's claim a month follows: the holder's in the greatest assignment, once it has answered."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from benefit_hub.messages.internal import Claims, Held
from benefit_hub.settlement.account import Account, follow, take_claims
from benefit_hub.values.errors import InvariantBroken
from benefit_hub.values.months import FIRST_MONTH, Month, month
from benefit_hub.values.steps import value_at
from tests.settlement.claimed import claims, held, line

ANN = "p:ann"
STAYS, MOVES = held("H0"), held("H0", "2026-07 H1")


def claim(household: str, yuan: int, number: int, assignment: tuple[Held, ...], **said: object) -> Claims:
    """A household's answer to an assignment of ann: so many yuan, from April on."""
    found = {"2026-04": yuan} if yuan else {}
    return claims(household, found, person=ANN, programme="care_subsidy", number=number, held=assignment, **said)


def settled(account: Account) -> Account:
    """The account with what stands now."""
    return structs.replace(account, standing=follow(account))


def followed(*said: Claims) -> list[str]:
    """What stands after these claims, each settled on its own."""
    account = Account(beneficiary=said[0].beneficiary)
    for each in said:
        account = settled(take_claims(account, each))
    return line(next(iter(account.standing.values()), ()))


BEFORE = claim("H0", 50, 1, STAYS)
OLD_HOLDER = claim("H0", 50, 2, MOVES)
NEW_HOLDER = claim("H1", 70, 2, MOVES)
LETS_GO = claim("H0", 0, 2, held("H1"), gone=True)
TAKES_ALL = claim("H1", 70, 2, held("H1"))


@pytest.mark.parametrize(
    ("said", "stands"),
    [
        ([BEFORE], ["2026-04: 50"]),
        # who will hold is first: July follows, the months before wait for who holds them
        ([BEFORE, NEW_HOLDER], ["2026-04: 50", "2026-07: 70"]),
        ([BEFORE, NEW_HOLDER, OLD_HOLDER], ["2026-04: 50", "2026-07: 70"]),
        # who held is first: July stays as it stands until its holder has answered
        ([BEFORE, OLD_HOLDER], ["2026-04: 50"]),
        ([BEFORE, OLD_HOLDER, NEW_HOLDER], ["2026-04: 50", "2026-07: 70"]),
        # an answer to an assignment that is over changes nothing
        ([OLD_HOLDER, NEW_HOLDER, claim("H0", 99, 1, STAYS)], ["2026-04: 50", "2026-07: 70"]),
        # letting go alone takes nothing away
        ([BEFORE, LETS_GO], ["2026-04: 50"]),
        ([BEFORE, LETS_GO, TAKES_ALL], ["2026-04: 70"]),
        ([BEFORE, TAKES_ALL, LETS_GO], ["2026-04: 70"]),
        # the new holder owes nothing: then nothing is due from July
        ([BEFORE, OLD_HOLDER, claim("H1", 0, 2, MOVES)], ["2026-04: 50", "2026-07: -"]),
        # the holder changes its mind under the same number
        ([BEFORE, OLD_HOLDER, NEW_HOLDER, claim("H1", 80, 2, MOVES)], ["2026-04: 50", "2026-07: 80"]),
        # who holds nothing says nothing
        ([BEFORE, claim("H9", 500, 1, STAYS)], ["2026-04: 50"]),
    ],
)
def test_a_month_follows_its_holder_once_that_has_answered(said, stands):
    assert followed(*said) == stands


@pytest.mark.parametrize(
    ("said", "stands"),
    [
        ([claims("H0", {"2026-04": 1035})], ["2026-04: 1035"]),
        (
            [claims("H0", {"2026-04": 1035}), claims("H0", {"2026-04": 1035, "2026-06": 590})],
            ["2026-04: 1035", "2026-06: 590"],
        ),
        ([claims("H0", {"2026-04": 1035}), claims("H0", {})], []),
        ([claims("H0", {"2026-04": 1035}), claims("H0", {}, gone=True)], []),
    ],
)
def test_a_household_speaks_for_itself(said, stands):
    assert followed(*said) == stands


def test_two_holders_of_one_month_under_one_number_stop_the_worker():
    account = take_claims(Account(beneficiary=ANN), OLD_HOLDER)
    with pytest.raises(InvariantBroken, match="names different households"):
        take_claims(account, claim("H1", 70, 2, held("H1")))


HOUSEHOLDS = ("H0", "H1", "H2")
MONTHS = [Month(month("2026-01") + at) for at in range(8)]
LINES = st.lists(
    st.tuples(st.sampled_from(MONTHS[1:]), st.sampled_from(HOUSEHOLDS)), max_size=2, unique_by=lambda r: r[0]
)


@st.composite
def histories(draw: st.DrawFn) -> tuple[tuple[Held, ...], list[list[Claims]]]:
    """Assignments one after the other, and what each household answers to each, in its own order."""
    answers: list[list[Claims]] = [[] for _ in HOUSEHOLDS]
    assignment: tuple[Held, ...] = ()
    for number in range(1, draw(st.integers(1, 3)) + 1):
        rows = sorted(draw(LINES))
        assignment = (
            Held(FIRST_MONTH, "h:" + draw(st.sampled_from(HOUSEHOLDS)), True),
            *(Held(since, "h:" + name, True) for since, name in rows),
        )
        for at, household in enumerate(HOUSEHOLDS):
            for _ in range(draw(st.integers(1, 2))):
                yuan = draw(st.integers(0, 9))
                found = {"2026-02": yuan, "2026-05": yuan + 10} if yuan else {}
                answers[at].append(
                    claims(household, found, person=ANN, programme="care_subsidy", number=number, held=assignment)
                )
    return assignment, answers


@settings(max_examples=30)
@given(histories(), st.data())
def test_in_any_interleaving_every_month_ends_with_what_its_holder_said_last(history, data):
    assignment, answers = history
    last = {queue[-1].household: queue[-1] for queue in answers}
    account, queues = Account(beneficiary=ANN), [list(queue) for queue in answers]
    while any(queues):
        queue = data.draw(st.sampled_from([each for each in queues if each]))
        account = settled(take_claims(account, queue.pop(0)))
    standing = account.standing.get("care_subsidy", ())
    holders = tuple((each.since, each.household) for each in assignment)
    for at in MONTHS:
        said = last[value_at(holders, at, "")].programmes.get("care_subsidy", ())
        expected = max((each for each in said if each.since <= at), key=lambda each: each.since, default=None)
        found = value_at(standing, at, None)
        assert (found.amount if found else 0) == (expected.amount if expected else 0)
