"""A field's doc: a Chinese term and what it is, in the language of whoever writes it."""

import pytest

from benefit_hub.catalogue.conventions import term_and_explanation


@pytest.mark.parametrize(
    ("doc", "halves"),
    [
        ("证明编号: number of the certificate", ("证明编号", "number of the certificate")),
        ("证明编号: 死亡医学证明的编号", ("证明编号", "死亡医学证明的编号")),
        ("证明编号：死亡医学证明的编号", ("证明编号", "死亡医学证明的编号")),
        ("更新时间: 本地时间，格式 HH:mm", ("更新时间", "本地时间，格式 HH:mm")),
    ],
)
def test_a_doc_in_either_language(doc: str, halves: tuple[str, str]) -> None:
    assert term_and_explanation(doc) == halves


@pytest.mark.parametrize("doc", ["", "证明编号", "number: of the certificate", "证明编号:number"])
def test_what_has_no_term_or_no_explanation(doc: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  the doc itself is what it says
        term_and_explanation(doc)
