"""What a pack says of a programme beyond its amounts: how long somebody stays on it who has found work."""

from collections.abc import Collection

from msgspec import Struct


class GraceTerm(Struct, frozen=True, kw_only=True):
    """For how many months, for which job and which group of households; none named: for any."""

    months: int
    job_class: str | None = None
    cohort: str | None = None

    def fits(self, job_class: str | None, cohorts: Collection[str]) -> bool:
        """Whether this is said of such a job in a household of such groups."""
        return self.job_class in (None, job_class) and (self.cohort is None or self.cohort in cohorts)


class Grace(Struct, frozen=True, kw_only=True):
    """Gradual exit (渐退): a household whose income from work reaches the standard keeps its last amount for some months.

    Of the terms the first that fits counts, and of several jobs the longest; no term and no decision goes beyond the cap.
    """

    terms: tuple[GraceTerm, ...]
    cap: int
    clause: str
    source: str
    assumed: bool

    def months(self, job_classes: Collection[str], cohorts: Collection[str]) -> int:
        """For how many months by the terms; 0 where none fits."""
        jobs: list[str | None] = [*job_classes] or [None]
        fitting = (next((term.months for term in self.terms if term.fits(job, cohorts)), 0) for job in jobs)
        return min(max(fitting), self.cap)
