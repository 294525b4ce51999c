"""What is wrong with a data file, as a value; and the error that carries such findings."""

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from benefit_hub.values.errors import CatalogueError


class Finding(Struct, frozen=True, kw_only=True):
    """One thing that is wrong, or doubtful: in which file, at which line and key, what was expected, what to do."""

    file: str
    line: int | None = None
    key: str = ""
    message: str
    action: str
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        """`topics/facts.v1.yaml:3: owner: missing. Say who answers for the topic.`; a warning says that it is one."""
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        what = f"{self.key}: {self.message}" if self.key else self.message
        what = what if self.severity == "error" else f"{what} (warning 须核对)"
        return f"{place}: {what.removesuffix('.')}. {self.action}"


class Unfit(CatalogueError):
    """Data files that do not fit together, with all that was found."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("\n".join(map(str, findings)))
        self.findings = tuple(findings)


def errors(findings: Sequence[Finding]) -> list[Finding]:
    """Those by which nothing can be loaded."""
    return [finding for finding in findings if finding.severity == "error"]
