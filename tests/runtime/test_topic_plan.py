"""A saved plan: as it is written, and when it holds no more."""

import json

import pytest

from benefit_hub.runtime.admin import Difference
from benefit_hub.runtime.topic_plan import Plan, load_plan, moved_on, save_plan
from benefit_hub.values.errors import HubError

CREATE = Difference("t.facts.v1", "topic", "missing", "4 partitions")
KEEP_LONGER = Difference("t.leads.v1", "retention.ms", "1000", "-1")
DELETE = Difference("t.old.v1", "topic", "2 partitions, 5 offsets", "deleted")
SAVED = Plan("cluster-a", "t.", (CREATE, KEEP_LONGER, DELETE))


def test_a_plan_is_read_as_it_was_saved_and_can_be_read_by_people(tmp_path):
    file = tmp_path / "plan.json"
    save_plan(SAVED, file)
    assert load_plan(file) == SAVED
    assert json.loads(file.read_text("utf-8"))["differences"][1] == {
        "topic": "t.leads.v1",
        "key": "retention.ms",
        "old": "1000",
        "new": "-1",
    }


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is no plan"),
        ("{}", "missing required field `cluster`"),
        ('{"cluster": "a", "prefix": "", "differences": [{"topic": "t"}]}', "missing required field `key`"),
        ('{"cluster": "a", "prefix": "", "differences": [], "force": true}', "unknown field `force`"),
        (None, "No such file"),
    ],
)
def test_what_is_no_plan_is_refused(text, told, tmp_path):
    file = tmp_path / "plan.json"
    if text is not None:
        file.write_text(text, "utf-8")
    with pytest.raises(HubError, match=f"{told}.*hub topics plan --out"):
        load_plan(file)


@pytest.mark.parametrize(
    ("now", "told"),
    [
        (SAVED, []),
        (Plan("cluster-a", "t.", (DELETE, CREATE, KEEP_LONGER)), []),
        (
            Plan("cluster-b", "t.", SAVED.differences),
            ["it was made for the brokers of cluster cluster-a, and these are of cluster-b"],
        ),
        (
            Plan("cluster-a", "u.", SAVED.differences),
            ["it was made for topics that begin with 't.', and ours begin with 'u.'"],
        ),
        (
            Plan("cluster-a", "t.", (CREATE, DELETE)),
            ["t.leads.v1  retention.ms: 1000 -> -1 in the plan, nothing to do now"],
        ),
        (
            Plan("cluster-a", "t.", (CREATE, Difference("t.leads.v1", "retention.ms", "5", "-1"), DELETE)),
            ["t.leads.v1  retention.ms: 1000 -> -1 in the plan, 5 -> -1 now"],
        ),
        (
            Plan("cluster-a", "t.", (*SAVED.differences, Difference("t.tasks.v1", "partitions", "7", "2"))),
            ["t.tasks.v1  partitions: nothing to do in the plan, 7 -> 2 now"],
        ),
        (
            Plan("cluster-a", "t.", (CREATE, KEEP_LONGER, Difference("t.old.v1", "topic", "2 partitions, 6 offsets", "deleted"))),
            ["t.old.v1  topic: 2 partitions, 5 offsets -> deleted in the plan, 2 partitions, 6 offsets -> deleted now"],
        ),
    ],
    ids=[
        "nothing", "the order only", "other brokers", "other topics", "mended by somebody", "changed again", "something new",
        "written to",
    ],
)  # fmt: skip
def test_a_plan_holds_until_something_moves(now, told):
    assert list(moved_on(SAVED, now)) == told
