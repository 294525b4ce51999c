"""What the population has besides: intake takes it, the same seed says the same, and a preview shows every programme by it."""

from collections import Counter
from itertools import islice

import pytest
from msgspec import structs

from benefit_hub.cli.preview import generated
from benefit_hub.simulate.population import Population, further
from benefit_hub.simulate.population.further import VOCATIONAL
from benefit_hub.simulate.preview import Preview
from benefit_hub.simulate.preview_lines import Window
from benefit_hub.simulate.proposed_law import ProposedLaw, Wish, proposed
from benefit_hub.simulate.registers import Registers
from benefit_hub.values.months import month
from tests.checkout import catalogue
from tests.simulation.towns import opened, town

pytestmark = pytest.mark.slow

PEOPLE = 1_000
NOT_PAID = {"margin", "rigid_expenditure", "temporary_aid", "temporary_aid_person"}
"""Recognised or recorded only: they cost nothing, so no sum shows them."""


def wished(*settings: str) -> ProposedLaw:
    return proposed(catalogue().assets, Wish(settings=settings, pack="demo.gz-t"))


@pytest.fixture(scope="module")
def registers() -> Registers:
    return generated(wished('materiality="60.00"'), catalogue(), PEOPLE, "1")


def looked(registers: Registers, *settings: str) -> Preview:
    """The people by the pack as it is, and with these values."""
    law = wished(*settings)
    preview = Preview(law.before, law.after, Window(month("2026-06"), 3), registers.bootstrap, registers.region_values)
    for each in registers.households():
        preview.look(each)
    return preview


def effects(registers: Registers, *settings: str) -> Counter[tuple[str, str]]:
    return Counter((line.effect, line.programme) for line in looked(registers, *settings).lines)


def test_intake_refuses_nothing_and_no_record_is_said_twice(registers: Registers) -> None:
    receipts = registers.simulation.said("receipts")
    assert len(receipts) > PEOPLE
    assert [each for each in receipts if each.status == "REFUSED"] == []
    said = list(further(town(400)))
    names = Counter((one.topic, one.record.get("record_id") or one.record["xsbh"]) for one in (*opened(), *said))
    assert names.most_common(1)[0][1] == 1


def test_the_same_seed_says_the_same_and_another_something_else() -> None:
    assert list(further(town(200))) == list(further(town(200)))
    assert list(further(town(200))) != list(further(town(200, "2")))


def test_nobody_applies_for_what_the_place_has_not() -> None:
    crowd = town(400)
    some = ("dibao", "margin", "relocation")
    pack = structs.replace(crowd.pack, programmes={name: crowd.pack.programmes[name] for name in some})
    said = list(further(Population("1", 400, pack, crowd.begins)))
    asked = {one.record["programme"] for one in said if one.topic.endswith(("application", "decision"))}
    assert asked == {"relocation", "dibao"}


def test_every_programme_that_is_paid_is_paid_to_somebody(registers: Registers) -> None:
    preview = looked(registers, 'materiality="60.00"')
    paid = Counter[str]()
    for each in preview.totals():
        paid[each.programme] += sum(each.before_fen)
    programmes = set(wished('materiality="60.00"').pack.programmes)
    assert programmes - NOT_PAID == {name for name, fen in paid.items() if fen > 0}
    assert preview.lines == []
    assert preview.left_out == 0


LABELS = '[{label: STUDENT, ratio: "1/10"}, {label: SERIOUSLY_ILL, ratio: "3/10"}]'
OTHERWISE = {
    'programmes.dibao_single.shares={"1": "1/2", "2": "1/2"}': ("LOSES", "dibao_single"),
    'programmes.rigid_expenditure.expenses={over: "2/5", valid_months: 12}': ("MAY_APPLY", "rigid_expenditure"),
    f"programmes.dibao.top_ups={{stack: MAX, labels: {LABELS}, clause: 甲, source: a test}}": ("GAINS", "dibao"),
    'standards.tekun_lost.values+={from: 2026-06, yuan: "900.00"}': ("GAINS", "tekun"),
    'standards.relocation_per_head.values+={from: 2026-06, yuan: "2000.00"}': ("GAINS", "relocation"),
    'programmes.price_subsidy.price={triggers: {CPI: "4"}, rate: CPI, groups: [dibao]}': ("ENDS", "price_subsidy"),
    'standards.elder_partly.values+={from: 2026-06, yuan: "60.00"}': ("GAINS", "elder_care"),
    'standards.orphan_home.values+={from: 2026-06, yuan: "1100.00"}': ("GAINS", "orphan"),
    'standards.unattended.values+={from: 2026-06, yuan: "1100.00"}': ("GAINS", "unattended_child"),
}
"""A value of each programme, and what becomes of somebody by it."""


def test_changed_values_show_what_they_do(registers: Registers) -> None:
    assert set(OTHERWISE.values()) - effects(registers, *OTHERWISE).keys() == set()


def test_dibao_by_grade_shows_who_gains_and_who_loses(registers: Registers) -> None:
    """n·G by the grade instead of n·S - I: some have more by it, and some less."""
    paid = "{{unit: MONTH, basis: exact, clause: 甲, source: a test, values: [{{from: 2015-01, yuan: '{}'}}]}}"
    values = ("standards.grade_a=" + paid.format("500.00"), "standards.grade_b=" + paid.format("200.00"))
    keys = (
        "URBAN: dibao_urban, RURAL: dibao_rural, URBAN A: grade_a, RURAL A: grade_a, URBAN B: grade_b, RURAL B: grade_b"
    )
    settings = (*values, f"programmes.dibao.standards={{{keys}}}", 'programmes.dibao.grades={A: "1/2", B: "1"}')
    found = effects(registers, *settings, "programmes.dibao.rule=graded")
    assert {("GAINS", "dibao"), ("LOSES", "dibao")} <= found.keys()


def test_grown_orphans_who_study_are_led_to_their_aid() -> None:
    """Their own enrolment and an award of before their eighteenth birthday; some ten among ten thousand."""
    stages = (one.record.get("xd") for one in further(town(10_000)))
    assert len(list(islice((stage for stage in stages if stage == VOCATIONAL), 3))) == 3
