"""Files of departments, read record by record: every way of writing them, and where something is wrong in them."""

import io

import pytest

from benefit_hub.cli.publish_lines import read_lines
from benefit_hub.values.errors import HubError
from benefit_hub.values.refusal import Refusal
from tests.checkout import catalogue

CATALOGUE = catalogue()
WAGE = CATALOGUE.newest("human-resources.wage")
DECISION = CATALOGUE.newest("civil-affairs.decision")


def lines(tmp_path, content, name="f.jsonl", form=None, schema=WAGE):
    file = tmp_path / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_lines(file, form, schema)


def wrong(line):
    assert isinstance(line.said, Refusal)
    return line.place, line.said.code


@pytest.mark.parametrize(
    "content",
    [
        '{"a": 1}\n{"a": "二"}\n',
        '\ufeff{"a": 1}\r\n\r\n{"a": "二"}',
        '[{"a": 1}, {"a": "二"}]',
        '\n [\n{"a": 1},{"a":"二"}]',
    ],
)
def test_json_lines_and_an_array_are_the_same(tmp_path, content):
    assert [each.said for each in lines(tmp_path, content)] == [{"a": 1}, {"a": "二"}]


def test_places_are_lines_of_the_file_and_items_of_an_array(tmp_path):
    assert [each.place for each in lines(tmp_path, '\n{"a": 1}\n\n{"a": 2}')] == [2, 4]
    assert [each.place for each in lines(tmp_path, '[{"a": 1},\n\n{"a": 2}]')] == [1, 2]


def test_a_line_that_is_no_record_does_not_stop_the_next(tmp_path):
    good, *bad, last = lines(tmp_path, '{"a": 1}\nnot json\n[1]\n"text"\n{"a": 990101194607200017\n{"a": 2}')
    assert (good.said, last.said) == ({"a": 1}, {"a": 2})
    assert [wrong(each) for each in bad] == [(number, "WRONG_SHAPE") for number in (2, 3, 4, 5)]
    assert not any("990101" in each.said.english for each in bad)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('[{"a": 1}', "no JSON array: .* line 1 column 10"),
        (b'{"a": "\xff\xfe"}', "not UTF-8: byte 7 is the first"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_with_the_place(tmp_path, content, told):
    with pytest.raises(HubError, match=told):
        lines(tmp_path, content)


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(HubError, match="cannot be read: No such file"):
        read_lines(tmp_path / "nowhere.json", None, WAGE)


def test_standard_input(monkeypatch, tmp_path):
    class Given:
        buffer = io.BytesIO(b'{"a": 1}')

    monkeypatch.setattr("sys.stdin", Given)
    assert [each.said for each in read_lines(tmp_path.__class__("-"), None, WAGE)] == [{"a": 1}]


CSV = "record_id,revision,retracted,valid_to,amount_fen,employer\nW-1, 2 ,false,,60000,甲公司\n"


@pytest.mark.parametrize(
    "raw", [CSV.encode(), CSV.encode("utf-8-sig"), CSV.encode("gb18030"), CSV.replace("\n", "\r\n").encode()]
)
def test_cells_are_read_as_the_schema_says_and_empty_ones_left_out(tmp_path, raw):
    (line,) = lines(tmp_path, raw, "f.CSV")
    assert line.place == 2
    assert line.said == {
        "record_id": "W-1",
        "revision": 2,
        "retracted": False,
        "amount_fen": 60000,
        "employer": "甲公司",
    }


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        ("amount_fen", "4.2E+17", "4.2E+17"),
        ("amount_fen", "9" * 30, "9" * 30),
        ("amount_fen", "-5", -5),
        ("retracted", "是", True),
        ("retracted", "TRUE", True),
        ("retracted", "perhaps", "perhaps"),
        ("record_id", "007", "007"),
        ("no_such_column", "7", "7"),
    ],
)
def test_a_cell_that_does_not_fit_stays_what_it_is(tmp_path, column, cell, value):
    (line,) = lines(tmp_path, f"{column}\n{cell}\n", form="csv")
    assert line.said == {column: value}


def test_lists_in_cells_are_json(tmp_path):
    covers = '[{""source"": ""s"", ""kind"": ""wage"", ""record"": ""w"", ""revision"": 1}]'
    (line,) = lines(tmp_path, f'covers,household_ids\n"{covers}",not json\n', form="csv", schema=DECISION)
    assert line.said == {
        "covers": [{"source": "s", "kind": "wage", "record": "w", "revision": 1}],
        "household_ids": "not json",
    }


def test_a_row_with_too_many_or_too_few_cells_is_wrong(tmp_path):
    first, second, third = lines(tmp_path, "record_id,revision\nW-1,1,extra\nW-2\nW-3,1\n", form="csv")
    assert [wrong(each) for each in (first, second)] == [(2, "WRONG_SHAPE"), (3, "WRONG_SHAPE")]
    assert third.said == {"record_id": "W-3", "revision": 1}
