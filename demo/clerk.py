"""Who is owed what, worked out by hand: month by month, household by household, as a clerk with a pencil would.

Shares nothing with the hub, neither code nor algorithm. The law is that of the story: 低保 by the gap between standard and
income (《社会救助法》18) from the month after a decision; the two disability subsidies; the old-age allowance from 80; and from
2026-07-01 no decrease before people are heard (《社会救助法》48). What the story does not hold is refused, not guessed.
"""

import hmac
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from fractions import Fraction
from hashlib import sha256
from typing import Any, NamedTuple

HEARING_SINCE = date(2026, 7, 1)

Row = dict[str, Any]
Name = tuple[str, str, str, int]
"""Source, kind, record, version."""
Owed = dict[tuple[str, str, str], int]
"""Beneficiary, programme, month: fen."""


class Stuck(Exception):
    """Something that this calculation does not know, or cannot read; it says so rather than guess."""


class Seen(NamedTuple):
    """A record on a department topic: what it is about, what it says, and the day on which it came."""

    source: str
    kind: str
    body: Row
    day: date


class Paper(NamedTuple):
    """The newest version of a record in the files, and the day on which that version first came."""

    name: Name
    row: Row
    came: date


def day_of(text: str) -> date:
    """A day, or the first day of a month."""
    return date.fromisoformat(text if len(text) == 10 else f"{text}-01")


def month_of(day: date | str) -> str:
    """The month of a day, as text: 2026-07."""
    return f"{day if isinstance(day, date) else day_of(day):%Y-%m}"


def next_month(month: str) -> str:
    """The month after."""
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12}-{number % 12 + 1:02d}"


def months(first: str, last: str) -> list[str]:
    """All months from one to another."""
    found = [first]
    while found[-1] < last:
        found.append(next_month(found[-1]))
    return found


def checks_out(number: str) -> bool:
    """Whether the check character of an identity number is right (ISO 7064 MOD 11-2)."""
    if len(number) != 18 or not number[:17].isdigit():
        return False
    rest = 0
    for digit in number[:17]:
        rest = (rest + int(digit)) * 2 % 11
    return "0123456789X"[(12 - rest) % 11] == number[17]


class Files:
    """The clerk's files: of every record the newest version, and for every version the month from which it was decided."""

    def __init__(self, seen: Iterable[Seen]) -> None:
        versions: dict[tuple[str, str, str], dict[int, Row]] = defaultdict(dict)
        came: dict[Name, date] = {}
        for one in seen:
            numbers = [one.body["id_number"], *one.body.get("id_numbers", [])]
            if all(checks_out(number) for number in numbers if number):
                name = (one.source, one.kind, one.body["record_id"], one.body["revision"])
                versions[name[:3]][name[3]] = one.body
                came[name] = min(one.day, came.get(name, one.day))
        self._by_kind: dict[str, list[Paper]] = defaultdict(list)
        for record, known in versions.items():
            newest = max(known)
            if len(known) > 1 and not (
                record[1] == "membership" or (record[1] == "death" and known[newest]["retracted"])
            ):
                raise Stuck(f"{record[1]} {record[2]} has a second version: the story holds no such thing")
            name = (*record, newest)
            if not known[newest]["retracted"]:
                self._by_kind[record[1]].append(Paper(name, known[newest], came[name]))
        self.decided = self._decisions()

    def of(self, kind: str, number: str | None = None) -> list[Paper]:
        """The papers of a kind, all or those of one person."""
        return [one for one in self._by_kind[kind] if number is None or one.row["id_number"] == number]

    def from_month(self, paper: Paper, programme: str = "dibao") -> str:
        """From when a paper counts by a decision: the month after it, and not before its own; never where nobody decided."""
        return max(self.decided.get((programme, paper.name), "9999-12"), month_of(paper.row["valid_from"]))

    def _decisions(self) -> dict[tuple[str, Name], str]:
        """For a programme (or any, `*`) and a version that an accepted decision names, the month after the decision."""
        found: dict[tuple[str, Name], str] = {}
        for _, row, _ in self.of("decision"):
            if row["outcome"] == "MODIFY" or row["from_month"] or row["until_month"]:
                raise Stuck("a decision sets its own amount or months: the story holds no such thing")
            if row["outcome"] == "ACCEPT":
                after = next_month(month_of(row["decided_on"]))
                for each in row["covers"]:
                    name = (each["source"], each["kind"], each["record"], each["revision"])
                    for programme in (row["programme"], "*"):
                        found[programme, name] = min(after, found.get((programme, name), after))
        return found


class Clerk:
    """Works out one month after the other. `today` is the last day that has opened."""

    def __init__(self, files: Files, pack: Row, key: bytes, today: date) -> None:
        self.files, self.pack, self.today = files, pack, today
        self._key = key
        self.numbers = sorted({one.row["id_number"] for one in files.of("residence")})
        self.households = sorted({one.row["household_id"] for one in files.of("membership")})

    def owed(self, over: Sequence[str]) -> Owed:
        """Everything that is owed for these months."""
        found: Owed = {}
        for month in over:
            living = {number: self.household_of(number, month) for number in self.numbers}
            dibao = {
                household: self.dibao(household, [number for number in living if living[number] == household], month)
                for household in self.households
            }
            found |= {(f"h:{household}", "dibao", month): fen for household, fen in dibao.items()}
            for number, home in living.items():
                for programme, fen in self.personal(number, month, on_dibao=dibao.get(home, 0) > 0).items():
                    found[self.person(number), programme, month] = fen
        return {place: fen for place, fen in found.items() if fen}

    def person(self, number: str) -> str:
        """How the hub calls somebody."""
        return "p:" + hmac.new(self._key, b"person\0" + number.encode(), sha256).hexdigest()[:32]

    def household_of(self, number: str, month: str) -> str:
        """Where somebody lives: where a decision put them in, until a decision closed that."""
        found = []
        for paper in self.files.of("membership", number):
            source, kind, record, newest = paper.name
            named = [self.files.decided.get(("*", (source, kind, record, each))) for each in range(1, newest + 1)]
            since = max(min(filter(None, named), default="9999-12"), month_of(paper.row["valid_from"]))
            until = "9999-12"
            if paper.row["valid_to"] and (closed := named[-1]):
                until = max(closed, next_month(month_of(day_of(paper.row["valid_to"]) - timedelta(days=1))))
            if since <= month < until:
                found.append(str(paper.row["household_id"]))
        if len(found) > 1:
            raise Stuck(f"somebody lives in two households in {month}: the story holds no such thing")
        return found[0] if found else ""

    def dibao(self, household: str, people: Sequence[str], month: str) -> int:
        """What a household gets. A death that is reported and not decided lowers nothing from 2026-07-01 on, while anybody is
        left to be heard."""
        if not self.applied("dibao", month, household=household):
            return 0
        alive = [number for number in people if not self.reported_dead(number, month)]
        with_unheard = [number for number in people if number in alive or self.unheard(number, month)]
        if not alive:
            return 0
        return max(self.gap(each, household, month) for each in (alive, with_unheard))

    def gap(self, people: Sequence[str], household: str, month: str) -> int:
        """People x standard - income, where income per head is under the standard; half a fen is rounded up."""
        standard = self.standard("dibao", self.area(people, household, month), month)
        income = sum((self.income(number, month) for number in people), Fraction(0))
        if income / len(people) >= standard:
            return 0
        return int((len(people) * standard - income) * 100 + Fraction(1, 2))

    def death(self, number: str) -> Paper | None:
        """The death that is reported of somebody; the police's word goes before others'."""
        papers = self.files.of("death", number)
        return min(papers, key=lambda paper: paper.name[0] != "public-security", default=None)

    def reported_dead(self, number: str, month: str) -> bool:
        """From the month after the death."""
        paper = self.death(number)
        return paper is not None and next_month(month_of(paper.row["valid_from"])) <= month

    def unheard(self, number: str, month: str) -> bool:
        """Whether a reported death waits for a decision, which came since the law asks to hear people first."""
        paper = self.death(number)
        came = [each.came for each in self.files.of("death", number)]
        return paper is not None and min(came) >= HEARING_SINCE and self.files.from_month(paper) > month

    def area(self, people: Sequence[str], household: str, month: str) -> str:
        """Where the head of a household is registered, or who comes next where the head has died."""
        rank = ("HEAD", "SPOUSE", "PARENT", "CHILD", "OTHER")
        roles = {
            one.row["id_number"]: rank.index(one.row["role"])
            for one in self.files.of("membership")
            if one.row["household_id"] == household
        }
        head = min(people, key=lambda number: roles[number])
        papers = sorted(self.files.of("residence", head), key=lambda paper: (paper.came, paper.row["valid_from"]))
        counting = [papers[0], *(each for each in papers[1:] if self.files.from_month(each) <= month)]
        return str(max(counting, key=lambda paper: paper.row["valid_from"]).row["area"])

    def income(self, number: str, month: str) -> Fraction:
        """Yuan: what verification found, and wages less the cost of work, as far as decisions have taken them up."""
        kept = 1 - Fraction(self.pack["wage_deduction"])
        newest: dict[str, Row] = {}
        for paper in [*self.files.of("verification_result", number), *self.files.of("wage", number)]:
            if self.files.from_month(paper) <= month:
                row = paper.row
                what = row["item"] if "item" in row else f"wage of {row['employer']}"
                newest[what] = max(row, newest.get(what, row), key=lambda each: each["valid_from"])
        amounts = (Fraction(row["amount_fen"], 100) * (1 if "item" in row else kept) for row in newest.values())
        return sum(amounts, Fraction(0))

    def applied(self, programme: str, month: str, *, household: str | None = None, number: str | None = None) -> bool:
        """Whether an application was accepted: dibao runs from the month after the decision, a subsidy from that of applying."""
        for paper in self.files.of("application", number):
            row = paper.row
            if row["programme"] == programme and row["household_id"] == household:
                decided = (programme, paper.name) in self.files.decided
                since = self.files.from_month(paper, programme) if household else month_of(row["submitted_on"])
                if decided and since <= month:
                    return True
        return False

    def personal(self, number: str, month: str, *, on_dibao: bool) -> dict[str, int]:
        """A person's own benefits of a month. They end with the month of death; for that nobody has to be heard."""
        if self.reported_dead(number, month):
            return {}
        found: dict[str, Fraction] = {}
        level = self.level(number, month)
        if level and on_dibao and self.applied("living_subsidy", month, number=number):
            found["living_subsidy"] = self.standard("living_subsidy", "ANY", month)
        if level in (1, 2) and self.applied("care_subsidy", month, number=number):
            found["care_subsidy"] = self.standard("care_subsidy", str(level), month)
        born = day_of(self.files.of("residence", number)[0].row["birth_date"])
        eighty = date(born.year + 80, born.month, born.day)
        if eighty <= self.today and month_of(eighty) <= month:
            found["old_age_allowance"] = self.standard("old_age_allowance", "80", month)
        return {programme: int(yuan * 100) for programme, yuan in found.items()}

    def level(self, number: str, month: str) -> int | None:
        """The most severe level of the valid certificate of a month; a new one counts from the month after its day."""
        held = [
            paper.row
            for paper in self.files.of("certificate", number)
            if next_month(month_of(paper.row["valid_from"])) <= month
        ]
        newest = max(held, key=lambda row: row["valid_from"], default=None)
        if newest is None or newest["status"] != "VALID":
            return None
        return int(min(each["level"] for each in newest["categories"]))

    def standard(self, programme: str, which: str, month: str) -> Fraction:
        """An amount of the policy pack, yuan per month, exact."""
        told = self.pack["standards"][self.pack["programmes"][programme]["standards"][which]]
        standing = [value["yuan"] for value in told["values"] if str(value["from"]) <= month]
        return Fraction(standing[-1]) / (12 if told["unit"] == "YEAR" else 1)
