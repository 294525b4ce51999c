"""The glossary is that of the schemas."""

from benefit_hub.catalogue import find_assets
from benefit_hub.catalogue.glossary import PLACE, glossary
from tests.checkout import catalogue

CURRENT = glossary(catalogue())


def test_it_is_current() -> None:
    written = (find_assets().root / PLACE).read_text("utf-8")
    assert written == CURRENT, "make it again: .venv/bin/python -m benefit_hub.catalogue.glossary"


def test_it_tells_records_fields_and_values() -> None:
    lines = CURRENT.splitlines()
    assert any(line.startswith("| 户籍登记 | Residence | `public-security.residence` | where ") for line in lines)
    assert any(line.startswith("| `heard_on` | 听取意见日期 | ") and line.endswith("| Adjustment |") for line in lines)
    assert "| Sex | 性别 | `FEMALE` | 女 |" in lines
    assert not any("`UNKNOWN`" in line for line in lines)
