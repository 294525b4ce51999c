"""Dibao by grade (分档): an amount per head by how far the income per head is under the standard, not the gap itself."""

from fractions import Fraction

from msgspec import structs

from benefit_hub.entitlement.rules import top_up
from benefit_hub.entitlement.rules.means import Means
from benefit_hub.entitlement.rules.rule import Answer, Question, nothing, standard_of
from benefit_hub.values.money import half_up


def graded(question: Question, month: int) -> Answer:
    """n·G for the first grade under whose share of the standard the income per head is (《社会救助法》 18; [L2] 23)."""
    asked = top_up.asked(question, month)
    if isinstance(asked, Answer):
        return asked
    application, means = asked
    counted = (application, *means.counted)
    grade = grade_of(question, means)
    if grade is None:
        return top_up.too_much(counted, means)
    name, share = grade
    found = standard_of(question, f"{means.area} {name}", month)
    if found is None:
        return nothing("no standard yet", {"grade": name}, counted, means=means)
    answer = Answer(
        status="DIBAO",
        fen=half_up(len(means.people) * found[1]),
        formula="n*G",
        numbers={"grade": name, "under": share, "G": str(found[1])},
        counted=counted,
        standards=(means.standard, found[0]),
        means=means,
    )
    return top_up.by_member(question, month, answer, means)


def grade_of(question: Question, means: Means) -> tuple[str, str] | None:
    """The poorest grade into which the income per head falls, and the share of the standard under which it is."""
    grades = question.programme.grades or {}
    return next(((name, share) for name, share in grades.items() if means.under(Fraction(share))), None)


RULE = structs.replace(top_up.RULE, answer=graded)
