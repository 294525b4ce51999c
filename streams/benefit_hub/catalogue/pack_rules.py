"""What a rule wants of a programme in a pack: the keys of its standards, ages, schools, assessments."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from benefit_hub.catalogue.documents import Text, Written
from benefit_hub.catalogue.pack_terms import Told
from benefit_hub.policy.named_rules import AREAS, GRADES, NAMED_RULES
from benefit_hub.policy.prices import PriceLink
from benefit_hub.policy.terms import StudyAid

Age = Annotated[int, Field(ge=1, le=120)]
Stage = Literal[
    "PRIMARY",
    "JUNIOR_SECONDARY",
    "SENIOR_SECONDARY",
    "VOCATIONAL",
    "SPECIAL",
    "JUNIOR_COLLEGE",
    "BACHELOR",
    "POSTGRADUATE",
]
Purpose = Literal["TEKUN_CARE", "OLD_AGE", "DISABILITY_CARE"]
EndsWith = Literal["custody PRISON", "custody COMPULSORY_TREATMENT", "missing MISSING", "missing DEAD"]
Measure = Literal["CPI", "CPI_FOOD", "SCPI"]
Percent = Annotated[str, Field(pattern=r"^[0-9]{1,2}(\.[0-9]{1,4})?$")]

GROUNDS = ("1", "2", "3 INTELLECTUAL", "3 MENTAL", "SERIOUSLY_ILL")
"""By what somebody of a margin household may apply alone ([L2] 8)."""


def _named(rule: str) -> str:
    if rule not in NAMED_RULES:
        raise ValueError(f"one of {', '.join(NAMED_RULES)}")
    return rule


RuleName = Annotated[str, AfterValidator(_named)]


class StudyAidWritten(Written):
    """`study_aid:` of a programme."""

    title: Text
    from_age: Age
    stages: Annotated[list[Stage], Field(min_length=1)]
    clause: Text
    source: Text


def study_aid_of(written: StudyAidWritten | None) -> StudyAid | None:
    """What those may apply for who have outgrown a benefit for children."""
    if written is None:
        return None
    return StudyAid(
        title=written.title,
        from_age=written.from_age,
        stages=tuple(written.stages),
        clause=written.clause,
        source=written.source,
    )


class PriceWritten(Written):
    """`price:` of a programme."""

    triggers: Annotated[dict[Measure, Percent], Field(min_length=1)]
    rate: Measure
    groups: Annotated[list[Text], Field(min_length=1)]
    floor: Annotated[str, Field(pattern=r"^[0-9]+(\.[0-9]{2})?$")] | None = None
    once_with: Text | None = None


def price_of(written: PriceWritten | None) -> PriceLink | None:
    """How a programme follows prices."""
    if written is None:
        return None
    return PriceLink(
        triggers={str(measure): percent for measure, percent in written.triggers.items()},
        rate=written.rate,
        groups=tuple(written.groups),
        floor=written.floor,
        once_with=written.once_with,
    )


def price_mistakes(rule: str, price: PriceWritten | None, earlier: Sequence[str]) -> Iterator[Told]:
    """What does not fit of how a programme follows prices; `earlier` are the programmes that are computed before it."""
    if (rule == "price_linked") != (price is not None):
        yield ("price",), "rule price_linked, and no other, follows prices", "Add or remove price."
    if price is not None:
        for name in (*price.groups, *(() if price.once_with is None else (price.once_with,))):
            if name not in earlier:
                yield (
                    ("price",),
                    f"{name} is no programme that comes before it in order",
                    "Correct the name, or the order.",
                )


def grade_mistakes(rule: str, standards: Mapping[str, str], grades: Mapping[str, str] | None) -> Iterator[Told]:
    """What does not fit of grades: up to which share of the standard each goes, and an amount of each for town and country."""
    if (rule == "graded") != (grades is not None):
        yield ("grades",), "rule graded, and no other, has grades", "Add or remove grades."
    shares = [Fraction(each) for each in (grades or {}).values()]
    if grades is not None and (shares != sorted({*shares}) or shares[-1:] != [1]):
        told = "the shares of the standard have to rise, and the last to be 1"
        yield ("grades",), told, 'Write the poorest grade first: {A: "1/3", B: "2/3", C: "1"}.'
    wanted = {*AREAS, *(f"{area} {grade}" for area in AREAS for grade in grades or ())}
    if grades is not None and standards.keys() != wanted:
        yield ("standards",), f"expected {', '.join(sorted(wanted))}", "Give each grade an amount for town and country."


def share_mistakes(rule: str, shares: Mapping[str, str] | None, round_up: bool) -> Iterator[Told]:
    """What does not fit of the grounds to apply alone."""
    if (rule == "single") != (shares is not None):
        yield ("shares",), "rule single, and no other, has shares by ground", "Add or remove shares."
    if round_up and rule != "single":
        yield ("round_up",), "only rule single rounds up", "Remove it."
    for ground in shares or ():
        if ground not in GROUNDS:
            yield ("shares", ground), f"expected one of {', '.join(GROUNDS)}", "Correct the ground."


def retro_mistakes(rule: str, limit: int | None) -> Iterator[Told]:
    """What does not fit of how far back a benefit begins."""
    if limit is not None and rule != "by_age":
        yield ("retro_limit_months",), "only rule by_age begins further back than it was known", "Remove it."


def rule_mistakes(rule: str, standards: Mapping[str, str], ability: str | None) -> Iterator[Told]:
    """What does not fit the rule."""
    named = NAMED_RULES[rule]
    if not named.keys(standards.keys()):
        yield ("standards",), f"rule {rule} needs {named.wants}", "Correct the keys of standards."
    graded = not standards.keys().isdisjoint(GRADES)
    if graded != (ability is not None) and (graded or rule != "by_placement"):
        told = (
            "grades of ability need the assessments by which they go; without grades only a rule by placement has them"
        )
        yield ("ability",), told, "Add or remove ability."
