"""Control events: each acts once, in sequence, when all origins have reached it, and goes on only when its work is done."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benefit_hub.messages.internal import ControlCopy, ControlEvent
from benefit_hub.task import Controls, DictStore, Env, Incoming, Out, Overlay, drive, drive_on

DAYS = [ControlEvent(type="DAY_OPENED", day=f"2026-03-{number + 1:02d}") for number in range(6)]


def copy(sequence: int, origin: int = 0) -> ControlCopy:
    """A copy of the event of that sequence."""
    return ControlCopy(sequence=sequence, origin=origin, event=DAYS[sequence])


def env(origins: int) -> Env:
    """A task that waits for so many origins and hands on to three partitions."""
    return Env(books={}, first_book="first", engine="test", partition=4, origins=origins, partitions={"next": 3})


class Diary:
    """Work that notes what happens; the events of `sweeping` need a sweep of three pieces."""

    def __init__(self, sweeping: tuple[int, ...] = ()) -> None:
        self.sweeping = [DAYS[sequence].day for sequence in sweeping]
        self.noted: list[str] = []
        self._taken: list[str] = []

    def take(self, record: Incoming) -> list[Out]:
        self._taken.append(str(record.value))
        return []

    def flush(self) -> list[Out]:
        self.noted += self._taken
        self._taken = []
        return []

    def act(self, event: ControlEvent) -> tuple[bool, list[Out]]:
        self.noted.append(f"act {event.day}")
        return event.day not in self.sweeping, []

    def sweep(self, event: ControlEvent, cursor: str, budget: int) -> tuple[str | None, list[Out]]:
        self.noted.append(f"sweep {event.day} after {cursor or 'nothing'} by {budget}")
        return (None if cursor == "bb" else cursor + "b"), []


def fed(values: list[Any], origins: int, work: Diary) -> tuple[Overlay, Env, list[Out]]:
    """Everything in batches of one, each over what the one before committed."""
    store, task, outs = DictStore(), env(origins), list[Out]()
    for value in values:
        state = Overlay(store)
        outs += drive(work, Controls(state, task), [Incoming(topic="t", value=value)], "next")
        store.write(state.dirty)
    return Overlay(store), task, outs


@st.composite
def interleaved(draw: st.DrawFn) -> tuple[int, list[ControlCopy]]:
    """The copies of all events from each of some origins, each in its order, some sent again, in any interleaving."""
    origins = draw(st.integers(1, 3))
    queues = [[copy(sequence, origin) for sequence in range(len(DAYS))] for origin in range(origins)]
    found: list[ControlCopy] = []
    while any(queues):
        queue = draw(st.sampled_from([each for each in queues if each]))
        found.append(queue.pop(0))
        if draw(st.booleans()):
            found.append(draw(st.sampled_from(found)))
    return origins, found


@settings(max_examples=30)
@given(interleaved())
def test_in_any_interleaving_every_event_acts_once_in_sequence_after_its_last_origin(given_copies):
    origins, copies = given_copies
    reached: dict[int, int] = {}
    acted: list[int] = []
    work, controls = Diary(), Controls(Overlay(DictStore()), env(origins))
    for each in copies:
        outs = drive(work, controls, [Incoming(topic="t", value=each)], "next")
        reached[each.origin] = max(each.sequence, reached.get(each.origin, -1))
        least = min(reached.values()) if len(reached) == origins else -1
        due = [sequence for sequence in range(least + 1) if sequence not in acted]
        acted += due
        assert work.noted == [f"act {DAYS[sequence].day}" for sequence in acted]
        assert [(out.value.sequence, out.value.origin, out.partition) for out in outs] == [
            (sequence, 4, partition) for sequence in due for partition in range(3)
        ]
    assert controls.now.acted == len(DAYS) - 1
    assert controls.now.day == "2026-03-06"
    assert not controls.now.waiting


def test_nothing_acts_while_an_origin_is_silent():
    work = Diary()
    fed([copy(0, 0), copy(1, 0), copy(0, 1)], 3, work)
    assert work.noted == []
    fed([copy(0, 0), copy(1, 0), copy(0, 1), copy(0, 2)], 3, work)
    assert work.noted == ["act 2026-03-01"]


def test_what_came_before_a_copy_is_done_before_its_event_acts():
    work, controls = Diary(), Controls(Overlay(DictStore()), env(1))
    drive(work, controls, [Incoming(topic="t", value=value) for value in ("one", "two", copy(0), "three")], "next")
    assert work.noted == ["one", "two", "act 2026-03-01", "three"]


def test_a_sweep_holds_later_events_and_its_own_copy_back_until_its_last_piece():
    work = Diary(sweeping=(0,))
    state, task, outs = fed([copy(0), copy(1), "fact"], 1, work)
    assert work.noted == ["act 2026-03-01", "fact"]
    assert outs == []
    for _ in range(2):
        assert drive_on(work, Controls(state, task), 7, "next") == []
    last = drive_on(work, Controls(state, task), 7, "next")
    assert work.noted[2:] == [
        "sweep 2026-03-01 after nothing by 7",
        "sweep 2026-03-01 after b by 7",
        "sweep 2026-03-01 after bb by 7",
        "act 2026-03-02",
    ]
    assert [out.value.sequence for out in last] == [0, 0, 0, 1, 1, 1]
    assert {(out.key, out.partition) for out in last} == {
        (f"control:{sequence}", partition) for sequence in (0, 1) for partition in range(3)
    }


def test_with_nothing_at_work_there_is_nothing_to_go_on_with():
    work = Diary()
    state, task, _ = fed([copy(0)], 1, work)
    assert drive_on(work, Controls(state, task), 7, "next") == []
    assert work.noted == ["act 2026-03-01"]


@pytest.mark.parametrize("again", [copy(0), copy(0, 1)])
def test_an_event_that_is_at_work_is_not_taken_again(again):
    """Also when the copy of another origin comes only while the sweep is at work."""
    work = Diary(sweeping=(0,))
    state, task, _ = fed([copy(0), again], 1, work)
    assert Controls(state, task).now.waiting == {}
    assert work.noted == ["act 2026-03-01"]


def test_the_last_processor_hands_nothing_on():
    work, state = Diary(), Overlay(DictStore())
    assert drive(work, Controls(state, env(1)), [Incoming(topic="t", value=copy(0))], None) == []
    assert Controls(state, env(1)).now.acted == 0


@pytest.mark.parametrize(
    ("events", "day", "book"),
    [
        (
            [ControlEvent(type="DAY_OPENED", day="2026-03-02"), ControlEvent(type="DAY_OPENED", day="2026-03-01")],
            2,
            "first",
        ),
        ([ControlEvent(type="POLICY_ACTIVATED", book="second")], 0, "second"),
        ([ControlEvent(type="CUT", run="r1")], 0, "first"),
    ],
)
def test_what_an_event_leaves_behind(events, day, book):
    controls = Controls(Overlay(DictStore()), env(1))
    for sequence, event in enumerate(events):
        drive(
            Diary(), controls, [Incoming(topic="t", value=ControlCopy(sequence=sequence, origin=0, event=event))], None
        )
    assert controls.now.day == (f"2026-03-{day:02d}" if day else "")
    assert controls.now.book == book


def test_a_pay_run_that_closes_late_takes_no_month_back():
    controls = Controls(Overlay(DictStore()), env(1))
    for at in (24315, 24313):
        controls.paid(at)
    assert controls.now.paid_through == 24315
