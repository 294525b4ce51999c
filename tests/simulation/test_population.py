"""A population from a seed: its sizes and shares against the texts, its numbers, and that the same seed gives the same."""

import os
import subprocess
import sys
import tracemalloc
from collections import Counter
from collections.abc import Callable
from datetime import date
from itertools import islice
from pathlib import Path

import pytest

from benefit_hub.simulate.population import figures, opening
from benefit_hub.simulate.population.figures import Figure
from benefit_hub.simulate.population.households import Household
from benefit_hub.simulate.population.persons import Person
from tests.simulation.towns import BEGINS, large, town

pytestmark = pytest.mark.slow

Part = Callable[[Household, Person], object]

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def everybody() -> list[tuple[Household, Person]]:
    return [(home, person) for home in large() for person in home.people]


def on_dibao(home: Household, _: Person) -> bool:
    return home.segment == "DIBAO"


def of_all(_home: Household, _person: Person) -> bool:
    return True


@pytest.mark.parametrize(("area", "mean"), [("URBAN", 1.76), ("RURAL", 1.41)])
def test_households_on_dibao_are_as_large_as_the_text_says(area: str, mean: float) -> None:
    sizes = [len(home.people) for home in large() if (home.segment, home.area) == ("DIBAO", area)]
    assert abs(sum(sizes) / len(sizes) - mean) < 0.05


@pytest.mark.parametrize(
    ("what", "part", "of", "percent", "tolerance"),
    [
        # 25.5 of 124.4 (ten thousand persons)
        ("urban", lambda home, _: home.area == "URBAN", on_dibao, 20.5, 2.0),
        # 306.3, 48.3 and 82.8 of 513.0, of which 75.6 are assumed
        ("on dibao", on_dibao, of_all, 59.7, 2.2),
        ("in extreme difficulty", lambda home, _: home.segment == "TEKUN", of_all, 9.4, 1.2),
        ("watched", lambda home, _: home.segment == "WATCHED", of_all, 16.1, 2.0),
        ("60 and above", lambda _, person: person.age >= 60, of_all, 18.92, 1.2),
        # 2.7 of 24.1
        ("80 and above", lambda _, person: person.age >= 80, lambda _, person: person.age >= 60, 11.2, 2.0),
        # 34.4 of 274.5
        ("living subsidy", lambda _, person: person.card is not None, on_dibao, 12.5, 1.0),
    ],
)
def test_shares_are_as_the_texts_say(what: str, part: Part, of: Part, percent: float, tolerance: float) -> None:
    whole = [(home, person) for home, person in everybody() if of(home, person)]
    found = 100 * sum(bool(part(home, person)) for home, person in whole) / len(whole)
    assert abs(found - percent) < tolerance, f"{what}: {found:.2f} %"


def test_as_many_receive_the_care_subsidy_as_the_text_counts_beside_dibao() -> None:
    """37.36 beside 274.5 on dibao."""
    care = sum(
        home.segment != "TEKUN" and person.card is not None and person.card.level <= 2 for home, person in everybody()
    )
    assert abs(care / sum(on_dibao(home, person) for home, person in everybody()) - 0.136) < 0.012


def test_every_figure_has_a_source_or_is_called_assumed() -> None:
    found = {name: each for name, each in vars(figures).items() if isinstance(each, Figure)}
    assert len(found) > 20
    texts = {"Henan 2023", "Hebi 2012-2022", "Shanxi 2021", "Guizhou 2020"}
    for name, each in found.items():
        assert each.about, name
        assert (each.source == "assumed") if each.assumed else (each.source in texts), name


@pytest.mark.parametrize(
    ("sizes", "mean"),
    [
        (figures.SIZES_URBAN, figures.SIZE_URBAN),
        (figures.SIZES_RURAL, figures.SIZE_RURAL),
        (figures.SIZES_OTHER, figures.SIZE_OTHER),
    ],
)
def test_assumed_shapes_have_the_means_of_the_texts(sizes: tuple[tuple[int, int], ...], mean: Figure) -> None:
    assert sum(part for _, part in sizes) == 100
    assert sum(size * part for size, part in sizes) == mean.value * 100


def test_numbers_are_right_unique_and_nobodys() -> None:
    numbers = [person.number for _, person in everybody()]
    assert len(set(numbers)) == len(numbers) == 10_000
    for home, person in everybody():
        number = person.number
        weighed = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, number, strict=False))
        assert number[17] == "10X98765432"[weighed % 11]
        assert number[:2] == "99"
        assert number[:4] != "9901", "those are of the stories"
        assert number[6:14] == f"{person.born:%Y%m%d}"
        assert int(number[16]) % 2 == (person.sex == "MALE")
        assert home.region.startswith("99")


def test_ages_and_roles_fit_together() -> None:
    roles = Counter(person.role for _, person in everybody())
    assert min(roles[role] for role in ("HEAD", "SPOUSE", "CHILD", "PARENT")) > 200
    for home, person in everybody():
        head = home.people[0]
        birthday_passed = (BEGINS.month, BEGINS.day) >= (person.born.month, person.born.day)
        assert abs(person.age - (BEGINS.year - person.born.year - (not birthday_passed))) <= 1
        assert head.age >= 18
        assert person.role != "CHILD" or head.age - person.age >= 18
        assert person.role != "PARENT" or person.age - head.age >= 18
        assert sum(each.role == "SPOUSE" for each in home.people) <= 1
        assert person.card is None or person.born < person.card.issued < BEGINS
    assert not any(person.able for home, person in everybody() if home.segment == "TEKUN")


@pytest.mark.parametrize("people", [1, 2, 3, 97, 1_000])
def test_there_are_as_many_people_as_were_asked_for(people: int) -> None:
    homes = list(town(people).households())
    assert sum(len(home.people) for home in homes) == people
    assert len(homes) == town(people).count
    assert all(home.people for home in homes)


def test_another_seed_gives_other_people() -> None:
    one, other = (list(town(200, seed).households()) for seed in ("1", "2"))
    assert one == list(town(200, "1").households())
    assert one[:20] != other[:20]


@pytest.mark.slow
def test_the_same_seed_gives_the_same_bytes_in_another_process() -> None:
    told = (
        "import hashlib, msgspec; from itertools import islice\n"
        "from tests.checkout import catalogue\n"
        "from tests.simulation.towns import opening, snapshot, changes, town\n"
        "topics = ['human-resources.wage', 'civil-affairs.decision', 'public-security.death']\n"
        "said = [*opening(town(80)), *snapshot(town(80)), *islice(changes(town(80), topics), 300)]\n"
        "print(len(said), hashlib.sha256(msgspec.json.encode(said)).hexdigest())"
    )
    root = Path(__file__).parents[2]
    digests = {
        subprocess.run(
            [sys.executable, "-c", told],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": f"{root}:{root / 'streams'}"},
            capture_output=True,
            text=True,
            check=True,
            cwd=root,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1
    assert int(digests.pop().split()[0]) > 700


def test_a_population_of_any_size_streams_in_the_same_memory() -> None:
    peaks = []
    for people in (300, 3_000):
        crowd = town(people)
        assert crowd.count
        tracemalloc.start()
        for _ in islice(opening(crowd), people):
            pass
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 2 * peaks[0], peaks


def test_the_days_of_the_changes_do_not_move_the_people() -> None:
    later = type(town(50))("1", 50, town(50).pack, date(2027, 1, 9))
    pairs = zip(town(50).households(), later.households(), strict=True)
    assert all([each.age for each in one.people] == [each.age for each in other.people] for one, other in pairs)
