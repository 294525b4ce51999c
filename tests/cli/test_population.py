"""`hub population` and the options of `hub demo` that speak of people, as they are typed."""

import json
from collections import Counter

import pytest

from benefit_hub.cli.demo_heard import moves_money, told_counts
from benefit_hub.cli.demo_people import faults
from tests.cli.typed import typed


def lines(file):
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


@pytest.mark.slow
def test_a_population_is_written_as_lines_per_topic_and_its_changes_in_order(tmp_path, capsys):
    out = tmp_path / "town"
    done = typed(capsys, "population", "--people", 30, "--changes", 40, "--out", out)
    assert done.returncode == 0, done.stderr
    residences = lines(out / "opening" / "public-security.residence.jsonl")
    assert len(residences) == 30
    assert len({line["record"]["id_number"] for line in residences}) == 30
    assert {"received_at", "record"} == set(residences[0])
    changes = lines(out / "changes.jsonl")
    assert len(changes) == 40
    assert [line["received_at"] for line in changes] == sorted(line["received_at"] for line in changes)
    assert {"mix", "topic", "record", "received_at"} == set(changes[0])
    total = sum(len(lines(file)) for file in (out / "opening").iterdir())
    assert f"{total} records and 40 changes" in done.stdout


@pytest.mark.slow
def test_the_same_seed_writes_the_same_bytes_and_a_snapshot_holds_awards(tmp_path, capsys):
    for name, extra in (("a", ()), ("b", ()), ("c", ("--snapshot",)), ("d", ("--seed", "2"))):
        assert typed(capsys, "population", "--people", 20, "--out", tmp_path / name, *extra).returncode == 0
    written = {
        name: {file.name: file.read_bytes() for file in sorted((tmp_path / name / "opening").iterdir())}
        for name in "abcd"
    }
    assert written["a"] == written["b"] != written["d"]
    assert "civil-affairs.legacy-award.jsonl" in written["c"]
    assert "civil-affairs.legacy-award.jsonl" not in written["a"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("population", "--people", 5, "--out", "."), "not an empty folder"),
        (("population", "--people", 5, "--out", "new", "--begins", "soon"), "a day like 2026-05-01, not soon"),
        (("demo", "--changes", 10), "say how many with --people"),
    ],
)
def test_what_cannot_be_meant_is_told(tmp_path, capsys, monkeypatch, arguments, told):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "something").touch()
    done = typed(capsys, *arguments)
    assert done.returncode == 1
    assert told in done.stderr


@pytest.mark.parametrize(
    ("said", "moves"),
    [
        ({"before_fen": 100, "after_fen": 200}, True),
        ({"before_fen": 100, "after_fen": 100}, False),
        ({"before_fen": 100, "after_fen": 100, "arrears_fen": 5}, True),
        ({"before_fen": 0, "after_fen": 0, "receivable_fen": -5}, True),
        ({"before_fen": 0, "after_fen": 0, "settled": [{"month": "2026-05", "difference_fen": 7}]}, True),
    ],
)
def test_what_moves_money(said, moves):
    assert moves_money({"arrears_fen": 0, "receivable_fen": 0, "settled": [], **said}) is moves


def test_counts_are_told_the_most_first():
    assert told_counts(Counter({"STOP": 3, "START": 1_200})) == "START 1,200，STOP 3"
    assert told_counts(Counter()) == "无"


@pytest.mark.parametrize(
    ("moved", "refused", "differences", "told"),
    [
        (1_000, "", [], []),
        (999, "", [], ["999 adjustments by the changes moved money, and there must be 1000 at least"]),
        (1_000, "BAD_DATE 2", [], ["records were refused, and all were valid: BAD_DATE 2"]),
        (1_000, "", ["due a: x", "due b: y"], ["due a: x", "due b: y"]),
    ],
)
def test_a_population_comes_out_right_or_its_faults_are_named(moved, refused, differences, told):
    assert faults(10_000, moved, refused, differences) == told


def test_of_many_differences_the_first_are_shown_and_all_are_counted():
    told = faults(0, 0, "", [f"due {number}" for number in range(25)])
    assert told[:20] == [f"due {number}" for number in range(20)]
    assert told[20:] == ["and 5 more differences"]
