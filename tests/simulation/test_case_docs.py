"""docs/cases.md is for people who write cases: it names every key, and its example is true."""

import re
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from benefit_hub.simulate.case_file import (
    VERBS,
    Case,
    CertificateWritten,
    Decides,
    GoingLive,
    HouseholdWritten,
    LonePersonWritten,
    PaidWritten,
    Revokes,
)
from benefit_hub.simulate.casework import CASEWORK
from benefit_hub.simulate.circumstances import CIRCUMSTANCES
from benefit_hub.simulate.expected import (
    Expected,
    ExpectedAdjustment,
    ExpectedLead,
    ExpectedPerson,
    ExpectedProposal,
    ExpectedReceipt,
    ExpectedReconciliation,
    ExpectedTask,
)
from benefit_hub.simulate.sentences import TELLING
from tests.simulation.telling import run_text

TEXT = Path(__file__).parents[2].joinpath("docs", "cases.md").read_text("utf-8")
WRITTEN: tuple[type[BaseModel], ...] = (
    Case, GoingLive, HouseholdWritten, LonePersonWritten, PaidWritten, CertificateWritten, Decides, Revokes, Expected,
    ExpectedAdjustment, ExpectedProposal,
    ExpectedLead, ExpectedTask, ExpectedReceipt, ExpectedReconciliation, ExpectedPerson, *TELLING.values(),
    *CIRCUMSTANCES.values(), *CASEWORK.values(),
)  # fmt: skip


def keys() -> Iterator[str]:
    """Every key that a case may have."""
    yield from VERBS
    for model in WRITTEN:
        for name, field in model.model_fields.items():
            if name not in ("of", "what"):
                yield field.alias or name


def test_every_key_is_described() -> None:
    coded = " ".join(re.findall(r"`([^`]+)`", re.sub(r"```.*?```", "", TEXT, flags=re.DOTALL)))
    assert [key for key in keys() if re.search(rf"(?<![\w]){key}(?![\w])", coded) is None] == []


def test_the_example_is_true(tmp_path: Path) -> None:
    example = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    assert len(example) == 1
    result = run_text(tmp_path, example[0])
    assert result.passed, [*result.differences, *result.unfit]
