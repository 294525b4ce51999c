"""The ledger: sums of the worked scenarios by hand, and against a payer who follows what he is told."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benefit_hub.settlement.ledger import Amounts, Ledger, PastMonth, Settled, past_month, prove, settle
from benefit_hub.values.errors import InvariantBroken
from benefit_hub.values.months import Month, month, month_text
from benefit_hub.values.steps import squeeze, value_at
from tests.settlement.claimed import amounts


def ahead(settled: Settled) -> list[str]:
    """`2026-06: 1035 -> 590`."""
    return [f"{month_text(step.since)}: {step.before // 100} -> {step.after // 100}" for step in settled.ahead]


def past(settled: Settled) -> dict[str, int]:
    """Month paid to difference, in yuan."""
    return {month_text(each.month): each.difference // 100 for each in settled.past}


def sums(settled: Settled) -> tuple[int, int]:
    """Arrears and receivable, in yuan."""
    return settled.arrears // 100, settled.receivable // 100


def settled_in_turn(*chapters: tuple[str, Amounts]) -> tuple[Ledger, Settled]:
    """What is due changes, each time after another month was paid; the last change."""
    ledger, settled = Ledger(), Settled(ahead=(), past=())
    for paid, due in chapters:
        ledger, settled = settle(ledger, due, month(paid))
    return ledger, settled


FULL, LESS = amounts(m2026_04=1035), amounts(m2026_04=590)
AWARDED = ("2026-03", FULL)
DIED_LATE = ("2026-05", LESS)
REVOKED = ("2026-06", FULL)


@pytest.mark.parametrize(
    ("chapters", "steps", "differences", "arrears_and_receivable", "outstanding"),
    [
        # T01: awarded before anything was paid
        ([AWARDED], ["2026-04: 0 -> 1035"], {}, (0, 0), 0),
        # the death of T24 was known in time
        ([AWARDED, ("2026-03", LESS)], ["2026-04: 1035 -> 590"], {}, (0, 0), 0),
        # T25: April and May were paid
        ([AWARDED, DIED_LATE], ["2026-06: 1035 -> 590"], {"2026-04": -445, "2026-05": -445}, (0, 890), 890),
        # T26: revoked after the June run: 890 cancelled, 445 for June; the July run pays 1035 + 445
        (
            [AWARDED, DIED_LATE, REVOKED],
            ["2026-07: 590 -> 1035"],
            {"2026-04": 445, "2026-05": 445, "2026-06": 445},
            (445, -890),
            0,
        ),
        # confirmed again before the July run: its arrears for June are not paid yet and are taken back
        (
            [AWARDED, DIED_LATE, REVOKED, ("2026-06", LESS)],
            ["2026-07: 1035 -> 590"],
            {"2026-04": -445, "2026-05": -445, "2026-06": -445},
            (-445, 890),
            890,
        ),
        # confirmed again after the July run: 1480 was paid, 445 of it for June
        (
            [AWARDED, DIED_LATE, REVOKED, ("2026-07", LESS)],
            ["2026-08: 1035 -> 590"],
            {"2026-04": -445, "2026-05": -445, "2026-06": -445, "2026-07": -445},
            (0, 1780),
            1780,
        ),
        # part of the arrears of a month is taken back before the run, and July is said again
        (
            [AWARDED, DIED_LATE, REVOKED, ("2026-06", amounts(m2026_04=1035, m2026_06=900, m2026_07=1035))],
            ["2026-07: 1035 -> 1035"],
            {"2026-06": -135},
            (-135, 0),
            0,
        ),
        # T33: alone, dead since March, told in May
        (
            [("2026-03", amounts(m2026_04=645)), ("2026-05", ())],
            ["2026-06: 645 -> 0"],
            {"2026-04": -645, "2026-05": -645},
            (0, 1290),
            1290,
        ),
        # T74: a standard of July, published after the August run
        (
            [AWARDED, ("2026-08", amounts(m2026_04=1035, m2026_07=1140))],
            ["2026-09: 1035 -> 1140"],
            {"2026-07": 105, "2026-08": 105},
            (210, 0),
            0,
        ),
        # arrears of May, and then of April, wait for the July run; all of April's and some of May's are taken back before it
        (
            [
                ("2026-03", LESS),
                ("2026-06", amounts(m2026_04=590, m2026_05=1035, m2026_06=590)),
                ("2026-06", amounts(m2026_04=1035, m2026_06=590)),
                ("2026-06", amounts(m2026_04=590, m2026_05=900, m2026_06=590)),
            ],
            ["2026-07: 590 -> 590"],
            {"2026-04": -445, "2026-05": -135},
            (-580, 0),
            0,
        ),
        # only months that were paid: the amount of the next is said again
        (
            [AWARDED, ("2026-06", amounts(m2026_04=590, m2026_05=1035))],
            ["2026-07: 1035 -> 1035"],
            {"2026-04": -445},
            (0, 445),
            445,
        ),
        # nothing was ever paid before the first run
        ([("0000-01", FULL)], ["2026-04: 0 -> 1035"], {}, (0, 0), 0),
        # every later step is said again
        (
            [("2026-03", amounts(m2026_04=100, m2026_07=0)), ("2026-03", amounts(m2026_05=100, m2026_07=0))],
            ["2026-04: 100 -> 0", "2026-05: 0 -> 100", "2026-07: 100 -> 0"],
            {},
            (0, 0),
            0,
        ),
        # nothing is due
        ([("2026-03", ())], [], {}, (0, 0), 0),
        # the same again
        ([AWARDED, DIED_LATE, REVOKED, REVOKED], [], {}, (0, 0), 0),
        # a pay run alone changes nothing
        ([AWARDED, ("2026-12", FULL)], [], {}, (0, 0), 0),
    ],
)
def test_what_a_change_comes_to(chapters, steps, differences, arrears_and_receivable, outstanding):
    ledger, settled = settled_in_turn(*chapters)
    assert ahead(settled) == steps
    assert past(settled) == differences
    assert sums(settled) == arrears_and_receivable
    assert ledger.outstanding == outstanding * 100
    assert settled.nothing is (not steps and not differences)
    assert all(ledger.fresh.values()), "a month of which nothing waits for the next run is not kept"
    for column in (ledger.due, ledger.instructed, ledger.receivable):
        assert column == squeeze(sorted(dict(column).items()), 0), "a column has a step where it changes, and no other"


@pytest.mark.parametrize(
    ("difference", "overpaid", "unpaid", "arrears", "receivable"),
    [
        # more is owed than was paid
        (445, 0, 0, 445, 0),
        (445, 445, 0, 0, -445),
        (445, 400, 0, 45, -400),
        (445, 900, 0, 0, -445),
        (445, 0, 100, 445, 0),
        # less
        (-445, 0, 0, 0, 445),
        (-445, 0, 445, -445, 0),
        (-445, 0, 400, -400, 45),
        (-445, 0, 900, -445, 0),
        (-445, 100, 0, 0, 445),
        # by one fen
        (1, 2, 0, 0, -1),
        (-1, 0, 2, -1, 0),
    ],
)
def test_more_cancels_what_was_overpaid_first_and_less_undoes_what_is_not_paid_yet(
    difference, overpaid, unpaid, arrears, receivable
):
    may = month("2026-05")
    assert past_month(may, difference, overpaid, unpaid) == PastMonth(
        may, difference, overpaid, unpaid, arrears, receivable
    )


@pytest.mark.parametrize(
    ("receivable", "recovered", "outstanding"),
    [
        (amounts(m2026_04=445, m2026_06=0), (), 890),
        (amounts(m2026_04=445, m2026_06=0), amounts(m2026_04=445, m2026_05=0), 445),
        (amounts(m2026_04=445, m2026_06=0), amounts(m2026_05=100, m2026_06=0), 790),
        # what came back for April was owed after all
        (amounts(m2026_05=445, m2026_06=0), amounts(m2026_04=45, m2026_05=0), 400),
    ],
)
def test_what_came_back_is_not_outstanding(receivable, recovered, outstanding):
    assert Ledger(receivable=receivable, recovered=recovered).outstanding == outstanding * 100


START = month("2026-01")
SPAN = range(START, START + 14)
DUES = st.dictionaries(st.integers(START, START + 11), st.sampled_from([0, 100, 250]), max_size=4).map(
    lambda rows: squeeze(((Month(at), rows[at]) for at in sorted(rows)), 0)
)
# What happens: something is due, or a month (None) is paid.
CHAPTERS = st.lists(st.one_of(DUES, st.none()), max_size=10)


def spelled(column: Amounts) -> list[int]:
    """A column month by month."""
    return [value_at(column, at, 0) for at in SPAN]


class Payer:
    """Follows what he is told, and nothing else: a monthly amount, extra at the next run, what is under review."""

    def __init__(self) -> None:
        self.monthly = dict.fromkeys(SPAN, 0)
        self.extra, self.review, self.cash = 0, 0, 0

    def hear(self, settled: Settled) -> None:
        for step in settled.ahead:
            assert self.monthly[Month(step.since)] == step.before or step is not settled.ahead[0]
            self.monthly.update({at: step.after for at in SPAN if at >= step.since})
        self.extra += settled.arrears
        self.review += settled.receivable

    def pay(self, at: int) -> None:
        assert self.extra >= 0, "nobody can be paid less than nothing extra"
        self.cash += self.monthly[at] + self.extra
        self.extra = 0


@settings(max_examples=60)
@given(CHAPTERS)
def test_a_payer_who_follows_has_paid_what_is_owed_but_for_what_is_under_review(chapters):
    ledger, payer, paid = Ledger(), Payer(), int(START) - 1
    for due in chapters:
        if due is None:
            if paid + 1 in SPAN:
                paid += 1
                payer.pay(paid)
            continue
        ledger, settled = settle(ledger, due, paid)
        payer.hear(settled)
        assert settle(ledger, due, paid)[1].nothing
        owed, told, back = spelled(ledger.due), spelled(ledger.instructed), spelled(ledger.receivable)
        assert owed == spelled(due) == [a - b for a, b in zip(told, back, strict=True)]
        assert min(back, default=0) >= 0
        assert sum(each.difference for each in settled.past) == settled.arrears - settled.receivable
        assert ledger.outstanding == payer.review == sum(back)
        assert payer.cash + payer.extra - payer.review == sum(spelled(due)[: paid - START + 1])
        assert [payer.monthly[at] for at in SPAN if at > paid] == spelled(due)[paid - START + 1 :]


@settings(max_examples=40)
@given(DUES, DUES, st.sampled_from(SPAN[:-1]))
def test_from_the_first_month_that_is_said_the_steps_alone_tell_the_amount(old, new, paid):
    ledger, _ = settle(Ledger(), old, paid)
    _, settled = settle(ledger, new, paid)
    steps = settled.ahead
    later = [at for at in SPAN if at > paid]
    changed = [at for at in later if value_at(old, at, 0) != value_at(new, at, 0)]
    assert [int(step.since) for step in steps[:1]] == (later[:1] if settled.past else changed[:1])
    if steps:
        alone = squeeze([(step.since, step.after) for step in steps], -1)
        assert [value_at(alone, at, -1) for at in later if at >= steps[0].since] == [
            value_at(new, at, 0) for at in later if at >= steps[0].since
        ]
        assert [step.before for step in steps] == [value_at(old, steps[0].since, 0), *(s.after for s in steps[:-1])]


@pytest.mark.parametrize(
    "ledger",
    [
        Ledger(due=FULL),
        Ledger(instructed=FULL),
        Ledger(due=FULL, instructed=FULL, receivable=amounts(m2026_05=1, m2026_06=0)),
        Ledger(due=amounts(m2026_05=2, m2026_06=0), receivable=amounts(m2026_05=-2, m2026_06=0)),
    ],
)
def test_columns_that_do_not_fit_stop_the_worker(ledger):
    with pytest.raises(InvariantBroken, match="a ledger no longer fits"):
        prove(ledger)
