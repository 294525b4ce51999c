"""What civil affairs decides: on what waits, on applications of the opening that were left, or that all stays as it is."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from benefit_hub.simulate.population.chance import Chance, Odds
from benefit_hub.simulate.population.households import Household, Population
from benefit_hub.simulate.population.lives import Lives, Open
from benefit_hub.simulate.population.opening import applies_on, household_decision
from benefit_hub.simulate.population.persons import Person
from benefit_hub.simulate.population.records import Saying, application, decision, named
from benefit_hub.values.months import add_months

LEFT_OVER = Fraction(1, 10)
HEARD = Fraction(95, 100)
NOTICED = Fraction(1, 2)
NAMES_A_MONTH = Fraction(1, 12)
TAKEN_BACK = Fraction(1, 10)
"""So many decisions may be taken back some day."""
OUTCOMES = Odds([("ACCEPT", 84), ("REJECT", 10), ("MODIFY", 6)])
OTHER_OUTCOMES = Odds([("ACCEPT", 9), ("REJECT", 1)])
"""Only what is worked out for a household can be set otherwise."""


class Deciding:
    """Makes the decisions of a day."""

    def __init__(self, town: Population, lives: Lives, chance: Chance) -> None:
        self._town = town
        self._lives = lives
        self._chance = chance
        self._count = 0
        self._entered: set[str] = set()

    def decide(self, day: date) -> Saying | None:
        """One decision; None where nobody was met about whom there is anything to decide."""
        if self._chance.happens(LEFT_OVER):
            entry = self._entry(day)
            if entry is not None:
                return entry
        matter = self._lives.take_open()
        if matter is None:
            return self._review(day)
        outcome = self._chance.pick(OUTCOMES if matter.programme == "dibao" else OTHER_OUTCOMES)
        return self._decision(matter.programme, outcome, matter, day, **self._terms(outcome, day))

    def _terms(self, outcome: str, day: date) -> dict[str, Any]:
        """What a decision sets itself: the month from which it holds; or an amount, and for how long."""
        if outcome == "MODIFY":
            until = add_months(day, self._chance.between(2, 12)).isoformat()[:7]
            return {"amount_fen": 100 * self._chance.between(100, 700), "until_month": until}
        if outcome == "ACCEPT" and self._chance.happens(NAMES_A_MONTH):
            return {"from_month": add_months(day, self._chance.below(3)).isoformat()[:7]}
        return {}

    def _decision(self, programme: str, outcome: str, matter: Open, day: date, **terms: Any) -> Saying:
        self._count += 1
        heard = (day - timedelta(days=2)).isoformat() if self._chance.happens(HEARD) else None
        notice = day.isoformat() if self._chance.happens(NOTICED) else None
        about = {
            "household_ids": [] if matter.household is None else [matter.household],
            "id_numbers": [] if matter.number is None else [matter.number],
        }
        terms = {**terms, "heard_on": heard, "notice_served_on": notice}
        one = decision(f"JD-{self._count}", programme, outcome, matter.covers, day, about, **terms)
        if self._chance.happens(TAKEN_BACK):
            self._lives.keep(one)
        return one

    def _entry(self, day: date) -> Saying | None:
        """An application of the opening that was left waiting is decided at last."""

        def waits(home: Household, _person: Person) -> bool:
            return home.state == "PENDING" and home.name not in self._entered

        met = self._lives.somebody(waits)
        if met is None:
            return None
        home, _ = met
        self._entered.add(home.name)
        return household_decision(home, "dibao", "ACCEPT", applies_on(self._town, home.index), day)

    def _review(self, day: date) -> Saying | None:
        """A household on dibao is looked at again, and all stays as it is."""
        met = self._lives.somebody(lambda home, _person: home.receives)
        if met is None:
            return None
        home, _ = met
        applied = applies_on(self._town, home.index)
        covers = (named(application("dibao", home, home.people[0], applied, personal=False)),)
        matter = Open(programme="dibao", household=home.name, number=None, covers=covers)
        return self._decision("dibao", "ACCEPT", matter, day, next_review=add_months(day, 12).isoformat())
