"""What follows from the figures: the odds by which a household and a person are made."""

from fractions import Fraction
from typing import Literal

from benefit_hub.simulate.population import figures as told
from benefit_hub.simulate.population.chance import Odds

Segment = Literal["DIBAO", "TEKUN", "MARGIN", "WATCHED", "OTHER"]
Area = Literal["URBAN", "RURAL"]
State = Literal["ACCEPTED", "PENDING", "REJECTED", "NONE"]

_PERSONS = {
    "DIBAO": told.DIBAO_PERSONS,
    "TEKUN": told.TEKUN_PERSONS,
    "MARGIN": told.MARGIN_PERSONS,
    "WATCHED": told.WATCHED_PERSONS,
    "OTHER": told.OTHER_PERSONS,
}
_EVERYBODY = sum((each.value for each in _PERSONS.values()), Fraction(0))
_DIBAO_OF_TWO_AREAS = told.URBAN_PERSONS.value + told.RURAL_PERSONS.value
_DIBAO_HOUSEHOLDS = told.URBAN_HOUSEHOLDS.value + told.RURAL_HOUSEHOLDS.value


def persons(segment: Segment) -> Fraction:
    """The share of a segment among all people."""
    return _PERSONS[segment].value / _EVERYBODY


def dibao_persons(area: Area) -> Fraction:
    """The share of an area among people on dibao."""
    return (told.URBAN_PERSONS if area == "URBAN" else told.RURAL_PERSONS).value / _DIBAO_OF_TWO_AREAS


def households(area: Area) -> Fraction:
    """The share of an area among households; of those not on dibao, as of those on it."""
    return (told.URBAN_HOUSEHOLDS if area == "URBAN" else told.RURAL_HOUSEHOLDS).value / _DIBAO_HOUSEHOLDS


def _kinds() -> Odds[tuple[Segment, Area]]:
    """Households by segment and area: people by the mean size of their households."""
    areas: tuple[tuple[Area, told.Figure], ...] = (("URBAN", told.SIZE_URBAN), ("RURAL", told.SIZE_RURAL))
    others: tuple[tuple[Segment, Fraction], ...] = (
        ("TEKUN", Fraction(1)),
        ("MARGIN", told.SIZE_OTHER.value),
        ("WATCHED", told.SIZE_OTHER.value),
        ("OTHER", told.SIZE_OTHER.value),
    )
    dibao = [(("DIBAO", area), persons("DIBAO") * dibao_persons(area) / size.value) for area, size in areas]
    rest = [
        ((segment, area), persons(segment) / size * households(area)) for segment, size in others for area, _ in areas
    ]
    return Odds([*dibao, *rest])  # type: ignore[list-item]  # mypy widens the literals of the pairs


def _cards() -> dict[Segment, Fraction]:
    """Who holds a disability certificate, as a share of each segment.

    On dibao as many as receive the living subsidy; outside so many that all severe ones together, but for those in extreme
    difficulty, are as many as receive the care subsidy.
    """
    dibao = told.share(told.LIVING_PERSONS, told.PERSONS_BESIDE)
    severe = told.share(told.CARE_PERSONS, told.PERSONS_BESIDE) * persons("DIBAO")
    left = severe / told.SEVERE.value - dibao * persons("DIBAO")
    outside = left / (persons("MARGIN") + persons("WATCHED") + persons("OTHER"))
    return {
        "DIBAO": dibao,
        "TEKUN": told.TEKUN_CARDS.value,
        "MARGIN": outside,
        "WATCHED": outside,
        "OTHER": outside,
    }


KINDS = _kinds()
SIZES: dict[Area, Odds[int]] = {"URBAN": Odds(told.SIZES_URBAN), "RURAL": Odds(told.SIZES_RURAL)}
SIZES_OTHER: Odds[int] = Odds(told.SIZES_OTHER)
CATEGORIES: Odds[str] = Odds(told.CATEGORIES)
CARDS = _cards()
STATES: Odds[State] = Odds(
    [
        ("ACCEPTED", told.ACCEPTED.value),
        ("PENDING", told.PENDING.value),
        ("REJECTED", 1 - told.ACCEPTED.value - told.PENDING.value),
    ]
)
AGED = (told.AGED_60.value - persons("TEKUN") * told.TEKUN_AGED.value) / (1 - persons("TEKUN"))
"""60 and above, of those not in extreme difficulty: so many that of all it is as told."""
AGED_80 = told.share(told.ELDERS_80, told.ELDERS)
