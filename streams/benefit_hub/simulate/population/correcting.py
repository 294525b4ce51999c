"""What departments said wrongly and say again: other content, taken back, or after all as it was."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from benefit_hub.simulate.population.chance import Chance
from benefit_hub.simulate.population.lives import Lives, Open, Told
from benefit_hub.simulate.population.opening import subsidies
from benefit_hub.simulate.population.records import (
    CERTIFICATE,
    DEATH,
    DECISION,
    FUNERAL,
    MEDICAL,
    RESIDENCE,
    VERIFICATION,
    WAGE,
    Body,
    Saying,
    named,
    revised,
)

RETRACTED = {DEATH: Fraction(1, 2), FUNERAL: Fraction(1, 2), DECISION: Fraction(1), WAGE: Fraction(1, 5)}
SELDOM = Fraction(1, 10)


class Correcting:
    """Makes the corrections of a day."""

    def __init__(self, lives: Lives, chance: Chance) -> None:
        self._lives = lives
        self._chance = chance
        self._corrects: Mapping[str, Callable[[Body, date], dict[str, Any]]] = {
            WAGE: self._amount,
            VERIFICATION: self._amount,
            MEDICAL: self._bill,
            DEATH: self._died,
            FUNERAL: self._died,
            CERTIFICATE: self._level,
            RESIDENCE: self._place,
        }

    def correct(self, day: date) -> Saying | None:
        """The next version of some record; None where nothing was told yet."""
        told = self._lives.told
        if not told:
            return None
        place = self._chance.below(len(told))
        before = told[place]
        one = self._next(before.last, day)
        told[place] = Told(last=one, home=before.home, person=before.person)
        self._live_on(before, one)
        self._wait_for(before, one)
        return one

    def _next(self, before: Saying, day: date) -> Saying:
        """Right after all, or taken back, or with other content."""
        heard = {"heard_on": day.isoformat()} if before.topic == DECISION else {}
        if before.record["retracted"]:
            return revised(before, day, retracted=False, **heard)
        if self._chance.happens(RETRACTED.get(before.topic, SELDOM)):
            return revised(before, day, retracted=True, **heard)
        return revised(before, day, **self._corrects[before.topic](before.record, day))

    def _live_on(self, before: Told, one: Saying) -> None:
        if before.person is not None and one.topic in (DEATH, FUNERAL):
            if one.record["retracted"]:
                self._lives.dead.discard(before.person.key)
            else:
                self._lives.dead.add(before.person.key)

    def _wait_for(self, before: Told, one: Saying) -> None:
        """A correction may need a decision: of the household's benefit, or of the care subsidy of who is disabled."""
        home = before.home
        if one.topic == CERTIFICATE and home is not None and before.person is not None:
            if not subsidies(home, before.person):
                return
            number, covers = one.record["id_number"], (named(one),)
            self._lives.wait(Open(programme="care_subsidy", household=None, number=number, covers=covers))
        elif home is not None and home.receives:
            self._lives.wait(Open(programme="dibao", household=home.name, number=None, covers=(named(one),)))

    def _amount(self, record: Body, _day: date) -> dict[str, Any]:
        return {"amount_fen": max(0, record["amount_fen"] + 100 * self._chance.between(-300, 200))}

    def _bill(self, record: Body, _day: date) -> dict[str, Any]:
        less = record["self_paid_fen"] * self._chance.below(50) // 100
        return {
            "self_paid_fen": record["self_paid_fen"] - less,
            "reimbursed_fen": record["reimbursed_fen"] + less,
        }

    def _died(self, record: Body, day: date) -> dict[str, Any]:
        other = date.fromisoformat(record["valid_from"]) + timedelta(days=self._chance.between(-40, 15))
        return {"valid_from": min(day, other).isoformat()}

    def _level(self, record: Body, _day: date) -> dict[str, Any]:
        level = 1 + (record["categories"][0]["level"] + self._chance.below(3)) % 4
        return {"categories": [{**record["categories"][0], "level": level}, *record["categories"][1:]]}

    def _place(self, record: Body, _day: date) -> dict[str, Any]:
        if self._chance.below(4):
            return {"register_number": f"{record['register_number']}-{record['revision']}"}
        return {"area": "RURAL" if record["area"] == "URBAN" else "URBAN"}
