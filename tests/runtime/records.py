"""Records that several tests of the runtime use."""

from benefit_hub.messages.public import Adjustment


def adjustment(number: int) -> Adjustment:
    """The adjustment of this number in a household's sequence."""
    return Adjustment(
        adjustment_id=f"a{number}",
        beneficiary="h:1",
        household="h:1",
        sequence=number,
        programme="dibao",
        kind="INCREASE",
        effective_month="2026-04",
        payable_from="2026-05",
        before_fen=0,
        after_fen=number,
        settled=(),
        arrears_fen=0,
        receivable_fen=0,
        execution="AUTOMATIC",
        authority=None,
        decided_on=None,
        heard_on=None,
        cause_class="WAGE",
        overpayment_class=None,
        book="b",
        engine="e",
        explanation_id=f"x{number}",
        assumed=True,
        origin=0,
    )
