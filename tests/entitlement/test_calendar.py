"""What happens by itself: birthdays and ends of validity, on the day that opens, for those whom it concerns, in any order."""

from itertools import permutations

import pytest
from msgspec import structs

from benefit_hub import entitlement
from benefit_hub.entitlement.household import CALENDAR
from benefit_hub.messages.internal import ControlCopy, ControlEvent, Fact, Held, Snapshot
from benefit_hub.task import DictStore, Incoming, Out, Overlay
from benefit_hub.values.months import FIRST_MONTH
from tests.entitlement.families import about_h0, dibao, h0, subsidised
from tests.facts import applies, card, decides, home, wage
from tests.in_memory import Hub, demo_book, env_of

OLD = home("eva", born="1946-07-20", received="2026-03-01")


@pytest.mark.parametrize(
    ("day", "owed"),
    [
        ("2026-06-30", ["0.00", "0.00", "0.00"]),
        ("2026-07-19", ["0.00", "0.00", "0.00"]),
        ("2026-07-20", ["0.00", "50.00", "50.00"]),
        ("2026-09-01", ["0.00", "50.00", "50.00"]),
    ],
)
def test_the_eightieth_birthday_starts_the_old_age_allowance_from_its_month(day, owed):
    """T71."""
    months = ("2026-06", "2026-07", "2026-08")
    assert Hub().hear(OLD).open(day).owed("p:eva", "old_age_allowance", *months) == owed
    assert Hub().open(day).hear(OLD).owed("p:eva", "old_age_allowance", *months) == owed


def test_a_birthday_says_so():
    hub = Hub().hear(OLD).open("2026-07-19", "2026-07-20")
    (adjustment,) = hub.said("benefits.adjustments")
    assert (adjustment.kind, adjustment.cause_class, adjustment.execution) == ("START", "age", "AUTOMATIC")
    assert "2026-07-20 年满 80 周岁" in hub.said("benefits.explanations")[0].text_zh


def test_a_birth_date_corrected_in_the_persons_favour_brings_the_birthday_forward():
    wrong = home("eva", born="1946-09-20", received="2026-03-01")
    right = home("eva", born="1946-07-20", revision=2, received="2026-04-01")
    for facts in ([wrong, right], [wrong]):
        hub = Hub().hear(*facts).open("2026-07-20")
        assert hub.owed("p:eva", "old_age_allowance", "2026-07") == ["50.00" if right in facts else "0.00"]


@pytest.mark.parametrize(
    ("until", "day", "owed"),
    [
        ("2026-08-31", "2026-08-30", ["50.00", "50.00"]),
        ("2026-08-31", "2026-08-31", ["50.00", "0.00"]),
        ("2026-09-01", "2026-08-31", ["50.00", "50.00"]),
        ("2026-09-01", "2026-09-01", ["50.00", "0.00"]),
    ],
)
def test_a_certificate_that_ends_stops_the_allowance_from_the_month_after(until, day, owed):
    """T60: without any event."""
    facts = [home("eva", received="2026-03-01"), *subsidised("eva", "care_subsidy", 2, until=until)]
    assert Hub().hear(*facts).open("2026-04-10", day).owed("p:eva", "care_subsidy", "2026-08", "2026-09") == owed
    assert Hub().open("2026-04-10", day).hear(*facts).owed("p:eva", "care_subsidy", "2026-08", "2026-09") == owed


def test_the_end_of_a_certificate_is_the_reason():
    facts = [home("eva", received="2026-03-01"), *subsidised("eva", "care_subsidy", 2, until="2026-09-01")]
    hub = Hub().hear(*facts).open("2026-04-10", "2026-09-01")
    stop = hub.said("benefits.adjustments")[-1]
    assert (stop.kind, stop.payable_from, stop.cause_class) == ("STOP", "2026-09", "certificate_end")


def test_the_end_of_an_application_stops_a_household():
    ends = applies("h:H0", "dibao", "2026-03-02", revision=2, until="2026-09-01")
    granted = about_h0([ends], "2026-03-18", record="d-again")
    hub = h0().hear(ends, *granted).open("2026-04-01")
    assert dibao(hub, "2026-04", "2026-08", "2026-09") == ["1035.00", "1035.00", "1035.00"]
    assert dibao(hub.open("2026-09-01"), "2026-04", "2026-08", "2026-09") == ["1035.00", "1035.00", "0.00"]


def test_the_end_of_an_application_is_the_reason():
    ends = applies("h:H0", "dibao", "2026-03-02", revision=2, until="2026-09-01")
    hub = h0().hear(ends, *about_h0([ends], "2026-03-18", record="d-again")).open("2026-04-01", "2026-09-01")
    assert hub.said("benefits.adjustments")[-1].cause_class == "application_end"


def hub_with_a_wage_until_june() -> tuple[Hub, list[Fact]]:
    """A wage of May with its end, decided before that end."""
    ends = wage("ben", 600, "2026-05-01", until="2026-06-01", received="2026-05-10")
    return h0(), [ends, *about_h0([ends], "2026-05-20", record="d2")]


def test_the_end_of_a_wage_is_seen_on_its_day_and_not_when_something_else_happens():
    early, facts = hub_with_a_wage_until_june()
    late, _ = hub_with_a_wage_until_june()
    early.hear(*facts).open("2026-05-21", "2026-06-05")
    late.open("2026-05-21", "2026-06-05").hear(*facts)
    months = ("2026-05", "2026-06", "2026-07")
    assert dibao(early, *months) == dibao(late, *months)


SLEPT = (
    "of a record's revisions the one that came last tells when to wake, be it counted or not: another is slept through"
)


def test_a_certificate_ends_whichever_of_its_revisions_came_first():
    held, ends = card("eva", 2, "2026-03-01"), card("eva", 2, "2026-03-01", revision=2, until="2026-09-01")
    asked = applies("p:eva", "care_subsidy", "2026-04-02")
    rest = [home("eva"), asked, *decides("care_subsidy", [held, asked], "2026-04-10", ["p:eva"])]
    owed = {
        tuple(
            Hub()
            .hear(*order, *rest)
            .open("2026-04-10", "2026-09-01")
            .owed("p:eva", "care_subsidy", "2026-04", "2026-08", "2026-09")
        )
        for order in permutations([held, ends])
    }
    assert owed == {("50.00", "50.00", "0.00")}


def test_a_birth_date_corrected_against_the_person_waits_for_a_decision_and_the_birthday_comes():
    later = home("eva", born="1946-09-20", revision=2, received="2026-04-01")
    for order in permutations([OLD, later]):
        hub = Hub().hear(*order).open("2026-07-20")
        assert hub.owed("p:eva", "old_age_allowance", "2026-06", "2026-07") == ["0.00", "50.00"]


def test_a_certificate_whose_retraction_waits_still_ends():
    held = card("eva", 2, "2026-03-01", until="2026-09-01")
    asked = applies("p:eva", "care_subsidy", "2026-04-02")
    wrong = card("eva", 2, "2026-03-01", revision=2, retracted=True, received="2026-05-01")
    granted = decides("care_subsidy", [held, asked], "2026-04-10", ["p:eva"])
    hub = Hub().hear(home("eva"), held, asked, *granted, wrong).open("2026-05-01", "2026-09-01")
    assert hub.owed("p:eva", "care_subsidy", "2026-08", "2026-09") == ["50.00", "0.00"]


class Street:
    """One task of entitlement with people who each live alone, born on the first days of August 1946."""

    def __init__(self, people: int) -> None:
        self.store, self.env, self._sequence = DictStore(), env_of(demo_book()), -1
        for number in range(people):
            who = f"w{number}"
            held = (Held(FIRST_MONTH, f"s:{who}", True),)
            residence = home(who, born=f"1946-08-{number + 1:02d}", received="2026-03-01")
            self.do(
                Snapshot(
                    person=f"p:{who}",
                    household=f"s:{who}",
                    version=1,
                    number=0,
                    held=held,
                    reported=held,
                    role="HEAD",
                    records=(residence,),
                )
            )

    def do(self, value: object) -> list[Out]:
        """A batch of one."""
        state = Overlay(self.store)
        outs = entitlement.step(state, [Incoming(topic="household-facts", value=value)], self.env)
        self.store.write(state.dirty)
        return outs

    def open(self, day: str) -> list[Out]:
        """A day opens."""
        self._sequence += 1
        event = ControlEvent(type="DAY_OPENED", day=day)
        return self.do(ControlCopy(sequence=self._sequence, origin=0, event=event))

    def go_on(self, budget: int) -> list[Out]:
        """A piece of the sweep."""
        state = Overlay(self.store)
        outs = entitlement.resume(state, budget, self.env)
        self.store.write(state.dirty)
        return outs

    @property
    def calendar(self) -> list[str]:
        """Who is woken when."""
        return Overlay(self.store).keys(CALENDAR, "", 99)


@pytest.mark.parametrize("budget", [1, 2, 3, 100])
def test_a_day_wakes_those_whom_it_concerns_in_pieces_and_goes_on_after_the_last(budget):
    street = Street(6)
    assert street.calendar == [f"2026-08-{number + 1:02d}/s:w{number}" for number in range(6)]
    assert street.open("2026-08-04") == []
    woken, copied = list[str](), list[int]()
    while entitlement.pending(Overlay(street.store), street.env):
        assert not copied
        outs = street.go_on(budget)
        claims = [out for out in outs if out.topic == "claims" and not isinstance(out.value, ControlCopy)]
        assert len(claims) <= budget
        woken += [str(out.key) for out in claims]
        copied += [out.value.sequence for out in outs if isinstance(out.value, ControlCopy)]
    assert woken == ["p:w0", "p:w1", "p:w2", "p:w3"]
    assert copied == [0]
    assert [row for row in street.calendar if row < "2036"] == ["2026-08-05/s:w4", "2026-08-06/s:w5"]
    assert [row for row in street.calendar if row > "2036"] == [f"2036-08-{at + 1:02d}/s:w{at}" for at in range(4)]


def test_before_the_first_day_opens_nothing_happens_by_the_calendar():
    assert Hub().hear(home("eva", born="1930-01-01")).owed("p:eva", "old_age_allowance", "2026-07") == ["0.00"]


LATE = home("eva", born="1944-07-20", received="2026-07-20", on="2010-01-01")


def late(limit: int | None) -> Hub:
    """Eighty since July 2024, registered in July 2026 after its pay run, in a place that pays so far back."""
    pack = demo_book().packs[0]
    allowance = structs.replace(pack.programmes["old_age_allowance"], retro_limit_months=limit)
    pack = structs.replace(pack, programmes={**pack.programmes, "old_age_allowance": allowance})
    book = structs.replace(demo_book(), packs=(pack,))
    return Hub(book).open("2026-06-01").pay("2026-06", "2026-07").hear(LATE)


@pytest.mark.parametrize(
    ("limit", "since", "arrears"),
    # July 2024 to July 2026 are 25 months; with one before July 2026: two; the limit is further back than the birthday
    [
        (None, "2024-07", 125000),
        (0, "2026-07", 5000),
        (1, "2026-06", 10000),
        (24, "2024-07", 125000),
        (36, "2024-07", 125000),
    ],
)
def test_who_is_registered_late_is_paid_back_as_far_as_the_place_says(limit, since, arrears):
    (adjustment,) = [each for each in late(limit).said("benefits.adjustments") if each.kind == "START"]
    assert (adjustment.effective_month, adjustment.arrears_fen, adjustment.assumed) == (since, arrears, True)
    assert (adjustment.cause_class, adjustment.payable_from) == ("registration", "2026-08")


@pytest.mark.parametrize(
    ("limit", "says"),
    [
        (None, "登记较晚的补发至该月（假定）"),
        (None, "登记之前各月一并补发（假定）"),
        (1, "（只追溯到得知之月前 1 个月）"),
    ],
)
def test_how_far_back_somebody_is_paid_who_is_registered_late_is_said(limit, says):
    (explanation,) = late(limit).said("benefits.explanations")
    assert says in explanation.text_zh


def test_what_a_limit_does_not_cut_off_says_nothing_of_it():
    (explanation,) = late(24).said("benefits.explanations")
    assert "只追溯到" not in explanation.text_zh
