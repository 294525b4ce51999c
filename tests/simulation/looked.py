"""A few households as register tells them, put to the demonstration pack and to a changed one."""

from pathlib import Path
from tempfile import TemporaryDirectory

from benefit_hub.policy.book import Book
from benefit_hub.simulate.cases import CASE_KEY
from benefit_hub.simulate.preview import Preview
from benefit_hub.simulate.preview_lines import Window
from benefit_hub.simulate.proposed_law import ProposedLaw, Wish, proposed
from benefit_hub.simulate.registers import Registers
from benefit_hub.task import Env
from benefit_hub.values.months import month
from tests.checkout import cases, catalogue


def registers_of(case: str) -> Registers:
    """The households of a case, once all that happens in it was told."""
    with TemporaryDirectory() as folder:
        file = Path(folder, "case.yaml")
        file.write_text(case, "utf-8")
        stage = cases().stage(file)
    stage.play()
    book = installed()
    env = Env(books={book.digest(): book}, first_book=book.digest(), engine="test", pseudonym_key=CASE_KEY)
    registers = Registers(env, catalogue().sources, catalogue().quarantines)
    for each in stage.published:
        registers.simulation.publish(
            each.topic,
            dict(each.body),
            key=each.name.record,
            event_id=each.event_id,
            source=each.name.source,
            at_ms=each.at_ms,
        )
    registers.simulation.run()
    return registers


def wished(*settings: str) -> ProposedLaw:
    """The installed packs, and the demonstration pack with these values."""
    return proposed(catalogue().assets, Wish(settings=settings, pack="demo.gz-t"))


def installed() -> Book:
    """The demonstration pack as it is."""
    return wished('materiality="60.00"').before


def looked(known: Registers, *settings: str, first: str = "2027-04", months: int = 12) -> Preview:
    """The preview of these settings."""
    return put(known, wished(*settings), first, months)


def put(known: Registers, law: ProposedLaw, first: str = "2027-04", months: int = 12) -> Preview:
    """The preview of two books."""
    found = Preview(law.before, law.after, Window(month(first), months), known.bootstrap, known.region_values)
    for each in known.households():
        found.look(each)
    return found
