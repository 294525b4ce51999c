"""A preview names what was changed, and says why it changes nothing for anybody, where it does not."""

from pathlib import Path

import pytest

from benefit_hub.simulate.preview_changes import changes, notes, when
from benefit_hub.simulate.proposed_law import Wish, proposed
from benefit_hub.simulate.registers import Registers
from benefit_hub.values.errors import HubError
from tests.checkout import catalogue
from tests.simulation.looked import put, registers_of, wished

DEMO = Path(__file__).parents[2] / "policies" / "demo" / "gz-t.yaml"
RURAL = 'standards.dibao_rural.values+={from: 2027-04, yuan: "4800.00"}'
FAMILY = """title: a household in town
assumed: for this test
households:
  H0:
    place: urban
    people: {A: {age: 45, income: 200.00}}
    receives: {dibao: 2026-01-20}
expect: {amounts: {H0 dibao: {2026-02: 445.00}}}
"""


@pytest.fixture(scope="module")
def known() -> Registers:
    """One household on dibao in town."""
    return registers_of(FAMILY)


@pytest.mark.parametrize(
    ("setting", "text", "from_when", "why"),
    [
        (
            'standards.dibao_urban.values+={from: 2027-04, yuan: "680.00"}',
            "2027-04 起 645.00 元/月 → 680.00 元/月",
            "2027-04 起",
            None,
        ),
        (RURAL, "2027-04 起 4318.00 元/年 → 4800.00 元/年", "2027-04 起", "享受的人不按它计算"),
        (
            'standards.dibao_urban.values+={from: 2030-01, yuan: "680.00"}',
            "2030-01 起 645.00 元/月 → 680.00 元/月",
            "2030-01 起（晚于所看的月份）",
            "晚于所看的月份（2027-04 至 2028-03）；请加 --month 2030-01",
        ),
        (
            'standards.orphan_home.values+={from: 2027-04, yuan: "1200.00"}',
            "标准 orphan_home（孤儿基本生活费）：2027-04 起 1050.00 元/月 → 1200.00 元/月",
            "2027-04 起",
            "没有人享受「孤儿基本生活费」",
        ),
        ('materiality="10.00"', "materiality", "—", "不改变金额"),
        ('programmes.dibao.clause="another"', "待遇 dibao（最低生活保障）：clause（不改变金额）", "—", "不改变金额"),
        ('programmes.margin.factor="2"', "待遇 margin（最低生活保障边缘家庭）：factor", "所有月份", "没有人享受"),
    ],
)
def test_what_was_changed_and_why_nothing_comes_of_it(
    known: Registers, setting: str, text: str, from_when: str, why: str | None
) -> None:
    law = wished(setting)
    looked = put(known, law)
    (change,) = changes(law)
    assert text in change.text
    assert when(change, looked.window) == from_when
    said = notes(looked, law)
    if why is None:
        assert (said, len(looked.lines)) == ([], 1)
    else:
        assert looked.lines == []
        assert [each for each in said if change.text in each and why in each] == said != []


def test_a_slip_of_the_hand_is_doubted(known: Registers) -> None:
    for yuan, doubt in (("6800.00", "是否多写了一位"), ("590.00", "低于此前的标准")):
        law = wished(f'standards.dibao_urban.values+={{from: 2027-04, yuan: "{yuan}"}}')
        (said,) = notes(put(known, law), law)
        assert said.startswith(changes(law)[0].text)
        assert doubt in said


def pack_of_another_place(folder: Path, *, registers: bool = True) -> Path:
    """The demonstration pack under another name, for a place that begins with 5299."""
    text = (
        DEMO.read_text("utf-8").replace("pack: demo.gz-t", "pack: elsewhere").replace('region: "99"', 'region: "5299"')
    )
    if not registers:
        text = "\n".join(line for line in text.splitlines() if "cause: registration" not in line)
    file = folder / "elsewhere.yaml"
    file.write_text(text, "utf-8")
    return file


def test_a_pack_of_a_place_where_nobody_of_them_lives(known: Registers, tmp_path: Path) -> None:
    law = proposed(catalogue().assets, Wish(places=[pack_of_another_place(tmp_path)]))
    looked = put(known, law)
    new, nobody = notes(looked, law)
    assert looked.lines == []
    assert "elsewhere 是新的政策包，现行政策中没有可比的" in new
    assert "没有人适用 elsewhere（地区代码 5299 开头）；他们适用的是 demo.gz-t 1 户" in nobody


def test_a_value_of_a_pack_that_is_not_installed_is_compared_with_its_file(tmp_path: Path) -> None:
    law = proposed(catalogue().assets, Wish(places=[pack_of_another_place(tmp_path)], settings=[RURAL]))
    assert law.changed == ("elsewhere",)
    assert [each.text for each in changes(law)] == [each.text for each in changes(wished(RURAL))]
    with pytest.raises(HubError, match="没有改动"):
        proposed(catalogue().assets, Wish(places=[DEMO]))


def test_a_pack_by_which_nothing_counts_by_itself_says_so(known: Registers, tmp_path: Path) -> None:
    law = proposed(catalogue().assets, Wish(places=[pack_of_another_place(tmp_path, registers=False)]))
    (said,) = (each for each in notes(put(known, law), law) if "没有首次登记自动采用的行" in each)
    assert "没有人享受「最低生活保障」「最低生活保障边缘家庭」" in said
