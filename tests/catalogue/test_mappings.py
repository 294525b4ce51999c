"""Mappings, each broken in one place: the finding names the file, the line, the key, and what to do."""

from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from benefit_hub.catalogue import Assets, check
from benefit_hub.catalogue.examples import example_faults
from benefit_hub.catalogue.mapping_files import MappingWritten, PartWritten, RuleWritten, read_mappings
from benefit_hub.catalogue.mappings import resolved
from benefit_hub.catalogue.schemas import read_schemas
from benefit_hub.intake.mapping_values import TOKENS
from benefit_hub.task.mapping import UNITS
from benefit_hub.values.identity import identity_fault
from tests.checkout import catalogue

CATALOGUE = catalogue()
SCHEMAS, _ = read_schemas(CATALOGUE.assets)
SCHOOL, HOUSE, FUND = "education.school-enrolment", "natural-resources.real-estate", "provident-fund.contribution"
POST, JAIL, FLOOD = "social-organisations.position", "justice.custody", "emergency-management.disaster"
ENTERPRISE, VETERAN = "market-regulation.enterprise", "veterans-affairs.entitlement"

CARD = """\
topic: disabled-persons-federation.certificate
version: 1
kind: certificate
about: 一个例子
rows: added
fields:
  record_id: {from: record_id}
  revision: {from: revision}
  valid_from: {from: valid_from, date: yyyy-MM-dd}
  recorded_at: {from: recorded_at}
  id_number: {from: id_number}
  categories:
    each: categories
    fields:
      category: {from: category}
      level: {from: level}
  status: {from: status}
  issued_on: {from: issued_on, date: yyyy-MM-dd}
unused: [retracted, valid_to, previous_id_number, previous]
"""
"""A mapping of the federation's own certificate onto itself: the one kind with a list."""


class Broken(NamedTuple):
    """`old` in the mapping of a topic becomes `new`; what has to be found, and on which line: where `new` is, or `at`."""

    topic: str
    old: str
    new: str
    told: str
    at: str = ""


BROKEN = {
    # the file
    "a file that is called otherwise": Broken(
        SCHOOL, "topic: education.school-enrolment", "topic: education.school",
        "topic: the file is called education.school-enrolment.yaml",
    ),
    "a topic that is not there": Broken(
        SCHOOL, "topic: education.school-enrolment", "topic: education.school",
        "there is no department topic education.school",
    ),
    "another version than the topic": Broken(SCHOOL, "version: 1", "version: 2", "v1.yaml says mapping: 1"),
    "another kind than the topic": Broken(SCHOOL, "kind: school_enrolment", "kind: death", "says school_enrolment"),
    "a kind that there is not": Broken(SCHOOL, "kind: school_enrolment", "kind: schooling", "kind: expected"),
    "rows that are neither": Broken(SCHOOL, "rows: overwritten", "rows: changed", "rows: expected 'added' or"),
    "a key misspelt": Broken(SCHOOL, "{from: xsbh}", "{form: xsbh}", "unknown key. Did you mean from?"),
    "no about": Broken(SCHOOL, "about:", "abut:", "unknown key. Did you mean about?"),
    # fields of the fact
    "a fact field misspelt": Broken(SCHOOL, "full_time:", "fulltime:", "Did you mean full_time?"),
    "a fact field missing": Broken(SCHOOL, "  school: {from: xxbsm}\n", "", "school is missing", at="fields:"),
    "nobody whom it is about": Broken(
        SCHOOL, "  id_number: {from: sfzjh}\n", "", "id_number is missing", at="fields:",
    ),
    # fields of the source
    "a source field misspelt": Broken(SCHOOL, "{from: xsbh}", "{from: xshb}", "no field xshb. Did you mean xsbh?"),
    "a source field inside of a record": Broken(VETERAN, "person.zjhm", "person.zjh", "Did you mean person.zjhm?"),
    "a record as a value": Broken(VETERAN, "{from: person.zjhm}", "{from: person}", "not a single value"),
    "a source field of which nothing is said": Broken(
        SCHOOL, "unused: [xm, xxmc]", "unused: [xm]", "nothing is said of xxmc", at="fields:",
    ),
    "an unused field that is used": Broken(SCHOOL, "unused: [xm, xxmc]", "unused: [xm, xxmc, xd]", "xd is used"),
    "an unused field that is not there": Broken(
        SCHOOL, "unused: [xm, xxmc]", "unused: [xm, xxmc, xz]", "no field xz",
    ),
    # where a value comes from
    "no source at all": Broken(FUND, "{from: lsh}", "{nothing: ['0']}", "expected one of from, constant, sum"),
    "two sources": Broken(FUND, "{from: lsh}", "{from: lsh, constant: x}", "there are from and constant"),
    "joined codes": Broken(SCHOOL, "from: xd\n", "from: [xd, xxxs]\n", "only texts can be joined"),
    # codes
    "a code that means nothing to us": Broken(
        SCHOOL, "'2': PRIMARY", "'2': ELEMENTARY", "codes.2: expected one of BACHELOR, ",
    ),
    "a code said twice": Broken(SCHOOL, "'2': PRIMARY", "'1': PRIMARY", "said twice"),
    "a code without quotes": Broken(SCHOOL, "'2': PRIMARY", "2: PRIMARY", "Put it in quotes."),
    "a flag that is no flag": Broken(
        SCHOOL, "{'0': false, '1': true}", "{'0': 'no', '1': true}", "expected true or false for retracted",
    ),
    "a symbol that the schema does not have": Broken(POST, "CHAIR: HEAD", "CHEF: HEAD", "the field never holds it"),
    "a symbol that the table leaves out": Broken(
        POST, ", EMPLOYEE: STAFF", "", "the schema has EMPLOYEE too", at="    codes:"
    ),
    "a blank in a code": Broken(SCHOOL, "'2': PRIMARY", "'2 ': PRIMARY", "blanks around a code"),
    "otherwise without codes": Broken(FUND, "{from: dwzh}", "{from: dwzh, otherwise: x}", "no codes beside it"),
    "no codes for a word": Broken(
        POST, "position:\n    from: post\n    codes:", "position:\n    from: post\n    # codes:", "codes: missing"
    ),
    "no codes for a flag": Broken(
        JAIL, "{from: cxbz, codes: {是: true, 否: false}}", "{from: cxbz}", "which means what",
    ),
    # units
    "a unit that does not fit": Broken(
        HOUSE, "unit: square-metres", "unit: yuan", "yuan does not fit floor_area_dm2",
    ),
    "a unit for a mere number": Broken(FUND, "{from: xgcs}", "{from: xgcs, unit: yuan}", "revision is a mere number"),
    "no unit for an amount": Broken(
        FUND, "{from: grjcjs, unit: yuan}", "{from: grjcjs}", "Say in what it is counted: fen",
    ),
    "a unit that there is not": Broken(
        FUND, "{from: grjcjs, unit: yuan}", "{from: grjcjs, unit: dollar}", "unit: expected",
    ),
    "a part of a sum without unit": Broken(FUND, "{from: dwyjce, unit: yuan}", "{from: dwyjce}", "unit: missing"),
    "a sum of texts": Broken(
        FUND, "employer: {from: dwzh}", "employer: {sum: [{from: dwzh}, {from: lsh}]}", "employer is a text",
    ),
    # dates
    "no pattern for a day": Broken(SCHOOL, "{from: rxny, date: yyyyMM}", "{from: rxny}", "date: missing"),
    "no pattern for an instant": Broken(FUND, "{from: jzsj, time: seconds}", "{from: jzsj}", "time: missing"),
    "a pattern with a strange letter": Broken(
        SCHOOL, "date: yyyyMM}", "date: YYYYMM}", "Y is no letter of a date pattern",
    ),
    "a pattern without a month": Broken(SCHOOL, "date: yyyyMM}", "date: yyyy}", "no year and month in it"),
    "a pattern that says a part twice": Broken(SCHOOL, "date: yyyyMM}", "date: yyyyMMMM}", "the same part twice"),
    "an instant without a day": Broken(
        SCHOOL, "recorded_at: {from: gxsj, time: yyyy-MM-dd HH:mm:ss}", "recorded_at: {from: gxsj, time: yyyy-MM}",
        "no day in it",
    ),
    "a beginning that is a last day": Broken(
        SCHOOL, "date: yyyyMM}", "date: yyyyMM, inclusive: true}", "only an end can be",
    ),
    "a date for a text": Broken(
        FUND, "{from: dwzh}", "{from: dwzh, date: yyyyMM}", "does not go with employer, which is a text",
    ),
    "a pattern for a day of Avro": Broken(
        POST, "{from: term_begins}", "{from: term_begins, date: yyyyMMdd}", "the schema says",
    ),
    # what is not there
    "optional where the fact needs it": Broken(
        SCHOOL, "{from: xxbsm}", "{from: xxbsm, optional: true}", "the fact needs school",
    ),
    "a default that we do not know": Broken(
        FLOOD, "default: INTACT", "default: WHOLE", "expected one of COLLAPSED, DAMAGED, INTACT for home",
    ),
    "optional and a default": Broken(
        FLOOD, "default: INTACT", "default: INTACT, optional: true", "Keep one of them.",
    ),
    # people
    "a number of a person in another field": Broken(
        SCHOOL, "school: {from: xxbsm}", "school: {from: sfzjh}", "sfzjh is an identity number, as id_number says",
    ),
    "a number of a person in the record's": Broken(
        SCHOOL, "{from: xsbh}", "{from: [xsbh, sfzjh]}", "numbers of people never leave intake",
    ),
    "a person who is always the same": Broken(
        SCHOOL, "{from: sfzjh}", "{constant: '990101201409050030'}", "a person is not the same in every record",
    ),
    "codes for people": Broken(
        SCHOOL, "{from: sfzjh}", "{from: sfzjh, codes: {'1': '2'}}", "which is an identity number",
    ),
    # constants
    "a constant that we do not know": Broken(
        "transport.vessel", "{constant: VESSEL}", "{constant: BOAT}", "expected one of BUS, CAR",
    ),
    "something beside a constant": Broken(
        "transport.vessel", "{constant: VESSEL}", "{constant: VESSEL, optional: true}",
        "beside a constant it means nothing",
    ),
    # lists
    "a list that is not one": Broken(
        "CARD", "each: categories", "from: categories", "Say each or several for a list",
    ),
    "no list where one is said": Broken("CARD", "each: categories", "each: status", "this is no list"),
    "a list that is cut": Broken(
        "CARD", "each: categories", "each: categories\n    split: ','", "only a text can be cut", at="    split:",
    ),
    "an item without a field": Broken(
        "CARD", "      level: {from: level}\n", "", "level is missing", at="    fields:",
    ),
    "an item with a strange field": Broken(
        "CARD", "      level: {from: level}", "      level: {from: level}\n      grade: {from: level}",
        "the fact has no such field. There are category, level.", at="      grade:",
    ),
    "an item from a field that is not there": Broken("CARD", "{from: level}", "{from: grade}", "no field grade"),
    "an item of which nothing is said": Broken(
        "CARD", "    fields:\n      category: {from: category}\n      level: {from: level}\n", "",
        "of what an item is made: category, level", at="  categories:",
    ),
    "a group without a source": Broken(
        "CARD", "    each: categories\n    fields:\n      category: {from: category}\n      level: {from: level}\n",
        "    several: [{category: {constant: VISUAL}, level: {constant: 1}}]\n",
        "nothing in it comes from the record", at="    several:",
    ),
}  # fmt: skip


def found_in(tmp_path: Path, topic: str, text: str) -> list[str]:
    """What is found of one mapping beside the topics and schemas as they are."""
    (tmp_path / "mappings").mkdir(exist_ok=True)
    (tmp_path / "mappings" / f"{topic}.yaml").write_text(text, "utf-8")
    files, unread = read_mappings(Assets(tmp_path))
    _, findings = resolved(files, CATALOGUE.topics, SCHEMAS)
    return [str(finding) for finding in (*unread, *findings)]


def line_of(text: str, part: str) -> int:
    """The line on which a part of a text begins."""
    return text[: text.index(part)].count("\n") + 1


def mapping_text(topic: str) -> tuple[str, str]:
    """A topic with its mapping as it is."""
    if topic == "CARD":
        return "disabled-persons-federation.certificate", CARD
    return topic, (CATALOGUE.assets.mappings / f"{topic}.yaml").read_text("utf-8")


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_what_does_not_fit_is_found_where_it_is(broken: Broken, tmp_path: Path) -> None:
    topic, text = mapping_text(broken.topic)
    assert broken.old in text, f"{topic} has no {broken.old!r} that could be broken"
    wrong = text.replace(broken.old, broken.new, 1)
    findings = found_in(tmp_path, topic, wrong)
    place = f"mappings/{topic}.yaml:{line_of(wrong, broken.at or broken.new)}: "
    assert any(each.startswith(place) and broken.told in each for each in findings), "\n".join(findings)
    assert all(each.rstrip().endswith((".", "?")) for each in findings), findings


@pytest.mark.parametrize("topic", ["CARD", SCHOOL])
def test_what_fits_is_not_complained_of(topic: str, tmp_path: Path) -> None:
    assert found_in(tmp_path, *mapping_text(topic)) == []


def test_a_topic_is_keyed_by_what_makes_the_record(assets: Assets) -> None:
    topic = assets.topics / f"{SCHOOL}.v1.yaml"
    topic.write_text(topic.read_text("utf-8").replace("key: [xsbh]", "key: [sfzjh]"), "utf-8")
    findings = [str(finding) for finding in check(assets)]
    assert len(findings) == 1
    assert findings[0].startswith(f"topics/{SCHOOL}.v1.yaml:8: key: a department's record is keyed by its own number")
    assert "here xsbh" in findings[0]


def test_a_mapping_that_is_gone_leaves_the_departments_fields_unexplained(assets: Assets) -> None:
    (assets.mappings / f"{SCHOOL}.yaml").unlink()
    findings = [str(finding) for finding in check(assets)]
    (found,) = [each for each in findings if "StudentStatus.xsbh: the message type has no such field" in each]
    assert f"say in mappings/{SCHOOL}.yaml" in found


FACT, FIRST = "  fact:", "- it:"
SECOND = "'20260515'}\n  fact:\n    record_id: X3307714/2025-09\n    revision: 1779265200000\n    valid_from: 2025-09\n"
EXAMPLE_BROKEN = {
    "the mapping makes something else": (
        "stage: JUNIOR_SECONDARY", "stage: PRIMARY", "stage: PRIMARY", "expected 'PRIMARY', the mapping makes",
    ),
    "another person": (
        "    id_number: '990101201409050030'", "    id_number: 99010119460720005X", "    id_number:",
        "id_number: another number",
    ),
    "refused": ("    xd: '3'", "    xd: '0'", FACT, "refused: UNKNOWN_CODE: field xd"),
    "not refused": ("but: {xd: '0'}", "but: {xd: '1'}", "  refused: {code: UNKNOWN_CODE", "it is not refused"),
    "refused otherwise": (
        "but: {xd: '0'}", "but: {xd: '0', rxny: '1'}", "  refused: {code: UNKNOWN_CODE",
        "refused otherwise: BAD_DATE: field rxny",
    ),
    "no such field in the schema": ("    xd: '3'", "    xdd: '3'", "  record:", "the schema has no field xdd"),
    "a number where the schema has a text": ("    xd: '3'", "    xd: 3", "  record:", "xd is not as the schema says"),
    "no fact of the kind": (
        "    full_time: true\n", "", FACT, "field full_time: expected a value for full_time. Correct it. Write the whole fact",
    ),
    "a fact that tells only what differs": (
        "- it: a stage", "- it: moved\n  but: {lxrq: '20260515'}\n  fact: {valid_to: '2026-05-16'}\n- it: a stage",
        "  fact: {valid_to", "Write the whole fact: only the record may tell just what differs",
    ),
    "a fact that leaves out what the mapping says": (
        SECOND + "    valid_to: '2026-05-16'\n", SECOND.replace("fact:", "fact:   # no end"),
        "  fact:   # no end", "the mapping makes '2026-05-16'. Correct the example, or the mapping. Write",
    ),
    "a field that no fact has": (
        "    full_time: true\n", "    full_time: true\n    sex: MALE\n", "    sex: MALE", "has no such field",
    ),
    "neither fact nor refusal": (
        "  refused: {code: UNKNOWN_CODE, field: xd}\n", "", "- it: a stage", "expected either fact or refused",
    ),
    "neither record nor but": ("  but: {xd: '0'}\n", "", "- it: a stage", "expected either record or but"),
    "no fact in the first": (
        FACT, "  refused: {code: BAD_DATE, field: xd}\n  more:", "  more:", "more: unknown key",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "at", "told"), EXAMPLE_BROKEN.values(), ids=EXAMPLE_BROKEN)
def test_an_example_that_comes_to_something_else_is_found(
    old: str, new: str, at: str, told: str, tmp_path: Path
) -> None:
    (tmp_path / "mappings" / "examples").mkdir(parents=True)
    path = CATALOGUE.assets.mappings / "examples" / f"{SCHOOL}.yaml"
    text = path.read_text("utf-8")
    assert old in text
    wrong = text.replace(old, new, 1)
    (tmp_path / "mappings" / "examples" / path.name).write_text(wrong, "utf-8")
    source, schema = CATALOGUE.sources[SCHOOL], CATALOGUE.newest(SCHOOL)
    findings = [str(finding) for finding in example_faults(Assets(tmp_path), source, schema)]
    place = f"mappings/examples/{SCHOOL}.yaml:{line_of(wrong, at)}: "
    assert any(each.startswith(place) and told in each for each in findings), "\n".join(findings)
    assert ".." not in "".join(findings).replace("...", "")
    assert "9901012014" not in "".join(findings)


def test_a_mapping_without_an_example_is_found(tmp_path: Path) -> None:
    (finding,) = example_faults(Assets(tmp_path), CATALOGUE.sources[SCHOOL], CATALOGUE.newest(SCHOOL))
    assert "the mapping has no example" in str(finding)


def test_people_in_examples_are_invented() -> None:
    files = sorted((CATALOGUE.assets.mappings / "examples").glob("*.yaml"))
    assert len(files) >= 14
    for path in files:
        (first, *_) = yaml.safe_load(path.read_text("utf-8"))
        number = first["fact"]["id_number"]
        assert number.startswith("99")
        assert identity_fault(number) is None


def test_at_least_nineteen_departments_and_twelve_by_data_alone() -> None:
    sources = CATALOGUE.sources.values()
    assert len({source.department for source in sources}) >= 19
    assert len({source.department for source in sources if source.rules is not None}) >= 12


DOCUMENT = Path(__file__).parents[2] / "docs" / "mappings.md"


def test_the_document_tells_every_key_and_every_unit() -> None:
    text = DOCUMENT.read_text("utf-8")
    keys = [*MappingWritten.model_fields, *RuleWritten.model_fields, *PartWritten.model_fields]
    names = [key.rstrip("_") for key in keys]
    assert [name for name in names if f"`{name}" not in text and f"\n{name}:" not in text] == []
    assert [unit for unit in UNITS if f"`{unit}`" not in text] == []
    assert [token for token in TOKENS if token not in text] == []


def test_the_documents_lists_are_rules() -> None:
    told = DOCUMENT.read_text("utf-8").partition("\nLists, ")[2].partition("\n## ")[0]
    blocks = [yaml.safe_load(block.partition("```")[0]) for block in told.split("```yaml\n")[1:]]
    rules = [RuleWritten.model_validate(rule) for block in blocks for rule in block.values()]
    assert [rule.each for rule in rules] == ["cjlb_list", None, "fwdm"]
    assert rules[1].several is not None
    assert len(rules[1].several) == 2


def test_the_documents_example_is_a_mapping_of_ours() -> None:
    example = DOCUMENT.read_text("utf-8").partition("```yaml\n")[2].partition("```")[0]
    assert yaml.safe_load(example) == yaml.safe_load((CATALOGUE.assets.mappings / f"{JAIL}.yaml").read_text("utf-8"))
