"""The demo's own comparison with the simulation sees what is missing and what is altered."""

import pytest
from msgspec import structs

from benefit_hub.cli.demo_reconcile import adjusted, as_told, different, dues
from tests.stories.played import play

STAGE, _ = play()
ADJUSTMENTS = STAGE.said["benefits.adjustments"]
CHANGES = [place for place, one in enumerate(ADJUSTMENTS) if one.kind != "PAY_RUN_MARKER"]
DUE = dues(STAGE.simulation)


def test_the_adjustments_alone_come_to_what_is_due():
    assert len(DUE) > 10
    assert list(different("due", DUE, adjusted(ADJUSTMENTS))) == []


@pytest.mark.parametrize("place", CHANGES)
def test_a_dropped_or_altered_adjustment_is_seen(place):
    one = ADJUSTMENTS[place]
    before, after = ADJUSTMENTS[:place], ADJUSTMENTS[place + 1 :]
    altered = structs.replace(one, after_fen=one.after_fen + 1)
    for wrong in ([*before, *after], [*before, altered, *after]):
        (line,) = different("due", DUE, adjusted(wrong))
        assert line.startswith(f"due {one.beneficiary} {one.programme}: ")


def test_a_month_settled_otherwise_is_seen():
    place = next(place for place in CHANGES if ADJUSTMENTS[place].settled)
    wrong = structs.replace(ADJUSTMENTS[place], settled=())
    (line,) = different("due", DUE, adjusted([*ADJUSTMENTS[:place], wrong, *ADJUSTMENTS[place + 1 :]]))
    assert line.startswith(f"due {wrong.beneficiary} {wrong.programme}: simulation 2026-")


def test_an_entitlement_that_is_not_there_is_seen():
    told = as_told(STAGE.simulation.standing("benefits.entitlements").values())
    assert told
    unit = next(iter(told))
    rest = {each: steps for each, steps in told.items() if each != unit}
    (line,) = different("entitled", told, rest)
    assert line.endswith("Kafka nothing")
