"""The second opinion: right on scenarios worked by hand, at one with the hub on the whole story, and loud on any difference."""

import ast
import sys
from datetime import date
from pathlib import Path

import naive
import pytest
import yaml
from clerk import Clerk, Files, Seen, Stuck, months
from msgspec import to_builtins

from benefit_hub.catalogue import find_assets
from benefit_hub.values.identity import check_character
from benefit_hub.values.months import day_of_millis
from tests.stories.played import CATALOGUE, KEY, STORY, played

pytestmark = pytest.mark.slow

ROOT = find_assets().root
PACK = yaml.safe_load((ROOT / "policies/demo/gz-t.yaml").read_text("utf-8"))
STAND_ALONE = ("naive.py", "clerk.py", "subscriber.py")
NOT_OURS = {"kafka", "fastavro", "yaml", *sys.stdlib_module_names}


def told():
    """The story as a reader of the topics finds it."""
    stage, _ = played()
    sources = CATALOGUE.sources
    return naive.Told(
        seen=[
            Seen(sources[topic].source, sources[topic].kind, body, day_of_millis(at_ms))
            for topic, body, at_ms in stage.published
        ],
        days=stage.days,
        adjustments=to_builtins(stage.said["benefits.adjustments"]),
        entitlements=to_builtins(stage.said["benefits.entitlements"]),
    )


TOLD = told()
ADJUSTMENTS = TOLD.adjustments
CHANGES = [place for place, one in enumerate(ADJUSTMENTS) if one["kind"] != "PAY_RUN_MARKER"]
MONTHS, BY_HAND = naive.worked_out(TOLD, PACK, KEY)


def audit(adjustments=None, at_least=0):
    given = TOLD if adjustments is None else TOLD._replace(adjustments=adjustments)
    return naive.compare(given, MONTHS, BY_HAND, at_least)


def test_it_agrees_with_the_hub_on_every_month_of_the_story():
    verdict = audit(at_least=STORY.adjustments_at_least())
    assert verdict.differences == []
    assert verdict.compared > 150
    assert verdict.adjustments == len(CHANGES)


@pytest.mark.parametrize("place", CHANGES)
def test_it_sees_every_adjustment_that_is_dropped(place):
    assert audit([*ADJUSTMENTS[:place], *ADJUSTMENTS[place + 1 :]]).differences


@pytest.mark.parametrize("field", ["before_fen", "after_fen", "arrears_fen", "receivable_fen"])
@pytest.mark.parametrize("place", CHANGES)
def test_it_sees_every_amount_that_is_altered(place, field):
    altered = {**ADJUSTMENTS[place], field: ADJUSTMENTS[place][field] + 1}
    assert audit([*ADJUSTMENTS[:place], altered, *ADJUSTMENTS[place + 1 :]]).differences


def test_it_sees_a_month_settled_otherwise():
    place = next(place for place in CHANGES if ADJUSTMENTS[place]["settled"])
    one = ADJUSTMENTS[place]
    first = {**one["settled"][0], "difference_fen": one["settled"][0]["difference_fen"] - 1}
    altered = {**one, "settled": [first, *one["settled"][1:]]}
    assert audit([*ADJUSTMENTS[:place], altered, *ADJUSTMENTS[place + 1 :]]).differences


def test_it_sees_an_adjustment_that_comes_twice():
    place = CHANGES[-1]
    assert audit([*ADJUSTMENTS, ADJUSTMENTS[place]]).differences


def test_it_counts_the_adjustments():
    verdict = audit(at_least=len(CHANGES) + 1)
    assert verdict.differences == [f"{len(CHANGES)} adjustments, and the story has {len(CHANGES) + 1} at least"]


def number(serial, born="19800101"):
    first_17 = f"990101{born}{serial:03d}"
    return first_17 + check_character(first_17)


A, B, C = number(1, "19810101"), number(2, "19830101"), number(3, "20160101")


class Desk:
    """Papers for the clerk, put down as a test needs them."""

    def __init__(self):
        self.seen = []

    def put(self, source, kind, record, who, valid_from, came, revision=1, **content):
        body = {
            "record_id": record, "revision": revision, "retracted": content.pop("retracted", False), "id_number": who,
            "valid_from": valid_from, "valid_to": content.pop("valid_to", None), **content,
        }  # fmt: skip
        self.seen.append(Seen(source, kind, body, date.fromisoformat(came)))
        return {"source": source, "kind": kind, "record": record, "revision": revision}

    def decide(self, record, on, covers, programme="dibao"):
        self.put(
            "civil-affairs", "decision", record, None, on, on, outcome="ACCEPT", programme=programme, covers=covers,
            decided_on=on, from_month=None, until_month=None, id_numbers=[],
        )  # fmt: skip

    def household(self, people, on="2026-03-18", area="URBAN"):
        """Applied, verified (yuan per month each), decided."""
        covers = []
        for place, (who, yuan) in enumerate(people.items()):
            role = ("HEAD", "SPOUSE", "CHILD")[place]
            self.put("public-security", "residence", f"r{place}", who, "2010-01-01", "2026-03-01", area=area,
                     birth_date=f"{who[6:10]}-{who[10:12]}-{who[12:14]}")  # fmt: skip
            covers.append(self.put("civil-affairs", "membership", f"m{place}", who, "2015-01-01", "2026-03-01",
                                   household_id="H0", role=role))  # fmt: skip
            if yuan:
                covers.append(self.put("civil-affairs", "verification_result", f"v{place}", who, "2026-03-01", "2026-03-02",
                                       item="OTHER", amount_fen=yuan * 100))  # fmt: skip
        covers.append(self.put("civil-affairs", "application", "a", next(iter(people)), "2026-03-02", "2026-03-02",
                               programme="dibao", household_id="H0", submitted_on="2026-03-02"))  # fmt: skip
        self.decide("d", on, covers)
        return self

    def owed(self, first, last, programme="dibao", today="2026-12-31"):
        clerk = Clerk(Files(self.seen), PACK, KEY, date.fromisoformat(today))
        owed = clerk.owed(months(first, last))
        return [sum(fen for (_, name, at), fen in owed.items() if (name, at) == (programme, month)) / 100
                for month in months(first, last)]  # fmt: skip


H0 = {A: 200, B: 700, C: 0}


def test_t01_dibao_begins_in_the_month_after_the_decision():
    assert Desk().household(H0).owed("2026-03", "2026-05") == [0, 1035.00, 1035.00]


def test_t03_income_at_the_standard_is_too_much():
    assert Desk().household({A: 1935, B: 0, C: 0}).owed("2026-04", "2026-04") == [0]


def test_t09_a_wage_counts_from_the_month_after_the_decision():
    desk = Desk().household(H0)
    wage = desk.put("human-resources", "wage", "w", B, "2026-06-05", "2026-06-08", employer="E", amount_fen=60000)
    assert desk.owed("2026-06", "2026-08") == [1035.00, 1035.00, 1035.00]
    desk.decide("d2", "2026-06-20", [wage])
    assert desk.owed("2026-06", "2026-08") == [1035.00, 555.00, 555.00]


def test_t24_t26_a_death_and_its_revocation():
    desk = Desk().household(H0)
    desk.put("public-security", "death", "x", A, "2026-03-15", "2026-05-20")
    assert desk.owed("2026-04", "2026-06") == [590.00, 590.00, 590.00]
    desk.put("public-security", "death", "x", A, "2026-03-15", "2026-06-25", revision=2, retracted=True)
    assert desk.owed("2026-04", "2026-06") == [1035.00, 1035.00, 1035.00]


def test_t24b_since_july_nobody_falls_unheard():
    desk = Desk().household(H0)
    death = desk.put("public-security", "death", "x", A, "2026-08-15", "2026-08-20")
    assert desk.owed("2026-08", "2026-11") == [1035.00] * 4
    desk.decide("d2", "2026-09-15", [death])
    assert desk.owed("2026-08", "2026-11") == [1035.00, 1035.00, 590.00, 590.00]


def test_t24c_nobody_is_left_to_be_heard():
    desk = Desk().household({A: 0})
    desk.put("public-security", "death", "x", A, "2026-08-15", "2026-08-20")
    assert desk.owed("2026-08", "2026-09") == [645.00, 0]


def test_t44_the_rural_standard_is_divided_exactly():
    desk = Desk().household({A: 0, B: 0}, on="2026-03-18")
    moved = desk.put("public-security", "residence", "r0b", A, "2026-04-01", "2026-04-08", area="RURAL",
                     birth_date="1981-01-01")  # fmt: skip
    desk.decide("d2", "2026-04-08", [moved])
    assert desk.owed("2026-04", "2026-05") == [1290.00, 719.67]


def test_t58_a_higher_level_counts_from_the_month_after_its_day():
    desk = Desk().household(H0)
    level = {"status": "VALID", "categories": [{"level": 2}]}
    desk.put("disabled-persons-federation", "certificate", "c1", A, "2020-01-01", "2026-03-01", **level)
    applied = desk.put("civil-affairs", "application", "a2", A, "2026-03-02", "2026-03-02", programme="care_subsidy",
                       household_id=None, submitted_on="2026-03-02")  # fmt: skip
    desk.decide("d2", "2026-03-20", [applied], "care_subsidy")
    level = {"status": "VALID", "categories": [{"level": 1}]}
    desk.put("disabled-persons-federation", "certificate", "c2", A, "2026-07-14", "2026-07-16", **level)
    assert desk.owed("2026-02", "2026-04", "care_subsidy") == [0, 50, 50]
    assert desk.owed("2026-07", "2026-08", "care_subsidy") == [50, 70]


def test_t71_eighty_years_once_the_day_has_opened():
    old = number(8, "19460720")
    desk = Desk()
    desk.put(
        "public-security", "residence", "r", old, "2010-01-01", "2026-03-01", area="URBAN", birth_date="1946-07-20"
    )
    assert desk.owed("2026-06", "2026-08", "old_age_allowance", today="2026-07-19") == [0, 0, 0]
    assert desk.owed("2026-06", "2026-08", "old_age_allowance", today="2026-07-20") == [0, 50, 50]


def test_a_wrong_check_digit_is_no_paper():
    desk = Desk().household(H0)
    desk.put("public-security", "death", "x", A[:-1] + ("0" if A[-1] != "0" else "1"), "2026-03-15", "2026-03-20")
    assert desk.owed("2026-04", "2026-04") == [1035.00]


def test_it_refuses_what_the_story_does_not_hold():
    desk = Desk().household(H0)
    desk.put("public-security", "residence", "r0", A, "2010-01-01", "2026-05-01", revision=2, area="RURAL",
             birth_date="1981-01-01")  # fmt: skip
    with pytest.raises(Stuck, match="residence r0 has a second version"):
        desk.owed("2026-04", "2026-04")


def foreign_imports(text, allowed):
    """Line and name of every import from elsewhere than `allowed`, wherever in the file; also what is imported by name."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names if alias.name.split(".")[0] not in allowed)
        elif isinstance(node, ast.ImportFrom) and (node.level or (node.module or "").split(".")[0] not in allowed):
            yield node.lineno, node.module
        elif isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in (
            "__import__", "import_module", "exec", "eval", "run_path", "run_module", "spec_from_file_location",
        ):  # fmt: skip
            yield node.lineno, ast.unparse(node.func)


@pytest.mark.parametrize("name", STAND_ALONE)
def test_it_imports_nothing_of_ours(name):
    allowed = {*NOT_OURS, *({"clerk"} if name == "naive.py" else ())}
    assert list(foreign_imports((ROOT / "demo" / name).read_text("utf-8"), allowed)) == []


@pytest.mark.parametrize(
    "text",
    [
        "import benefit_hub",
        "from benefit_hub.values import money",
        "from . import x",
        "def f():\n    import benefit_hub.policy",
        "__import__('benefit_hub')",
        "importlib.import_module('benefit_hub')",
    ],
)
def test_an_import_of_ours_would_be_seen(text):
    assert list(foreign_imports(text, NOT_OURS))


def test_the_files_of_the_demo_are_known_here():
    assert {file.name for file in Path(ROOT / "demo").glob("*.py")} == set(STAND_ALONE)
