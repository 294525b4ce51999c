"""For how long an origin of control copies is awaited: since it was first seen behind the others, and no longer than it is."""

from benefit_hub.runtime.control_age import ControlAges
from benefit_hub.task import ControlState


def reached(*sequences):
    """A task that heard of these sequences, by origin; None for an origin that has said nothing."""
    frontier = {number: sequence for number, sequence in enumerate(sequences) if sequence is not None}
    return {0: ControlState(frontier=frontier)}


def ages(*looks):
    """What is known after the last of these looks: second, and what the task has heard."""
    found = ControlAges()
    for second, controls in looks:
        found.look(second, controls, origins=2)
    return found


def test_nobody_is_awaited_where_all_have_said_the_same():
    assert ages((0, reached(4, 4)), (99, reached(4, 4))).late_s == {(0, 0): 0, (0, 1): 0}


def test_one_that_is_behind_is_awaited_since_it_was_seen_to_be():
    found = ages((0, reached(4, 4)), (10, reached(5, 4)), (400, reached(6, 4)))
    assert found.late_s == {(0, 0): 0, (0, 1): 390}
    assert found.late(300) == [(0, 1)]


def test_one_that_moves_is_awaited_anew_and_one_that_has_caught_up_is_not():
    assert ages((0, reached(5, 3)), (100, reached(5, 4)), (130, reached(5, 4))).late_s[0, 1] == 30
    assert ages((0, reached(5, 3)), (100, reached(5, 5))).late_s[0, 1] == 0


def test_one_that_has_said_nothing_is_awaited_too():
    assert ages((0, reached(5, None)), (60, reached(5, None))).late_s[0, 1] == 60


def test_a_task_that_went_elsewhere_is_forgotten():
    assert ages((0, reached(5, 3)), (60, {})).late_s == {}
