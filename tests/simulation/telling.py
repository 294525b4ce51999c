"""Cases for tests of the cases: those of the demonstration pack by name, and new ones from a few lines."""

from pathlib import Path

from benefit_hub.simulate.cases import CaseResult
from tests.checkout import cases

DEMO = Path(__file__).parents[1] / "law" / "demo" / "gz-t"

PEOPLE = """title: a household in town
assumed: for this test
households:
  H0:
    place: urban
    people: {A: {age: 45, income: 200.00}, B: {age: 43, role: spouse, income: 700.00}, C: {age: 10}}
    receives: {dibao: 2026-01-20}
"""


def case_path(name: str) -> Path:
    """A case of the demonstration pack."""
    return DEMO / name


def run_text(folder: Path, text: str) -> CaseResult:
    """Run a case that is written here."""
    path = folder / "case.yaml"
    path.write_text(text, "utf-8")
    return cases().run(path, "case.yaml")
