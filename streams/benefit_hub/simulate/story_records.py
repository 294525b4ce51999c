"""From sentences to department records: which record, which revision of it, and by which name a case speaks of it."""

from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches
from itertools import groupby
from typing import Any, NoReturn

from msgspec import Struct, structs, to_builtins
from pydantic import ValidationError

from benefit_hub.catalogue import Unfit
from benefit_hub.catalogue.documents import Document, Place
from benefit_hub.messages.departments import RevisionName
from benefit_hub.simulate.case_file import Confirms, Corrects, Repeats, Retracts, Sentence
from benefit_hub.simulate.cast import Cast, with_wrong_check
from benefit_hub.simulate.sentences import Draft, Told
from benefit_hub.task import SourceTopic
from benefit_hub.values.months import day_of_millis


class Line(Struct, frozen=True, kw_only=True):
    """A sentence, when it was received, and its place among the events; the lines of the opening have numbers below 0.

    `when` is the day as the case writes it.
    """

    index: int
    at_ms: int
    sentence: Sentence
    said: Mapping[str, Any]
    when: date | str = ""

    @property
    def place(self) -> Place:
        """Where the case says it."""
        return ("events", self.index, str(self.when))

    @property
    def day(self) -> date:
        """The day in Asia/Shanghai."""
        return day_of_millis(self.at_ms)


class Revision(Struct, frozen=True, kw_only=True):
    """A revision of a department's record, ready to be published."""

    label: str
    topic: str
    name: RevisionName
    body: Mapping[str, Any]
    event_id: str
    at_ms: int
    who: str
    household: str | None


class Chain(Struct, kw_only=True):
    """A record: the sentence that it came from, with all corrections so far, and its revisions."""

    draft: Draft
    sentence: Told
    said: Mapping[str, Any]
    revisions: list[Revision]


class Records:
    """All records of a story. `said` holds what each line publishes; revisions count up in the order of their receipt."""

    def __init__(self, cast: Cast, document: Document, sources: Mapping[str, SourceTopic]) -> None:
        self._cast = cast
        self._document = document
        self._sources = sources
        self._chains: dict[str, Chain] = {}
        self._named: dict[str, tuple[Revision, ...]] = {}
        self._ambiguous: set[str] = set()
        self.said: dict[int, tuple[Revision, ...]] = {}

    def tell(self, lines: list[Line]) -> None:
        """Make the records of all lines."""
        for line in lines:
            if isinstance(line.sentence, Told):
                self._open(line, line.sentence)
        for line in sorted(lines, key=lambda line: (line.at_ms, line.index)):
            self._revise(line)
        for line in lines:
            if isinstance(line.sentence, Repeats):
                self._repeat(line, line.sentence)

    def meant(self, line: Line, label: str) -> tuple[Revision, ...]:
        """The revisions that a line means by a name."""
        if label in self._ambiguous:
            self.refuse(line, f"several sentences are called {label}", "Name the one that is meant with `as`.")
        if label not in self._named:
            close = get_close_matches(label, self._named, n=1)
            known = f"Did you mean {close[0]}?" if close else f"There are {', '.join(sorted(self._named))}."
            self.refuse(line, f"no sentence is called {label}", known)
        return self._named[label]

    def refuse(self, line: Line, told: str, action: str) -> NoReturn:
        """A line that fits nothing."""
        raise Unfit([self._document.finding(("events", line.index), told, action)])

    def _open(self, line: Line, sentence: Told) -> None:
        """The new records of a sentence."""
        made = []
        for at, draft in enumerate(self._drafted(line, sentence)):
            if draft.revises is None:
                place = f"{line.index}" if line.index >= 0 else f"opening-{-line.index}"
                record = f"{draft.topic.rpartition('.')[2]}-{place}-{at}"
                revision = self._revision(line, draft, record, 1)
                self._chains[record] = Chain(draft=draft, sentence=sentence, said=line.said, revisions=[revision])
                made.append(revision)
        self._keep(line, made, sentence.named, sentence.together)

    def _drafted(self, line: Line, sentence: Told) -> list[Draft]:
        drafts = sentence.drafts(self._cast, line.day)
        for draft in drafts:
            if draft.who not in self._cast.people:
                self.refuse(line, f"nobody here is called {draft.who}", "Correct the name.")
        return drafts

    def _keep(self, line: Line, made: list[Revision], named: str | None, together: str | None = None) -> None:
        """What a line publishes, and its names: the one it was given, else one for each record and one for all."""
        self.said[line.index] = (*self.said.get(line.index, ()), *made)
        called = named or together
        if called is not None:
            self._call(called, self.said[line.index], extending=True)
        if named is None:
            for label, group in groupby(made, key=lambda revision: revision.label):
                self._call(label, tuple(group))

    def _call(self, label: str, revisions: tuple[Revision, ...], extending: bool = False) -> None:
        """Give revisions a name; a name given twice means nothing from then on."""
        standing = self._named.get(label, ())
        if standing and not (extending and set(_ids(standing)) <= set(_ids(revisions))):
            self._ambiguous.add(label)
        self._named[label] = revisions

    def _revision(self, line: Line, draft: Draft, record: str, number: int, **changed: Any) -> Revision:
        person = self._cast.people[draft.who]
        source = self._sources[draft.topic]
        wrong = line.said.get("number") == "wrong check digit"
        body = {
            "record_id": record,
            "revision": number,
            "retracted": False,
            "valid_from": draft.on,
            "valid_to": draft.until,
            "recorded_at": line.at_ms,
            "id_number": with_wrong_check(person.number) if wrong else person.number,
            "previous_id_number": None,
            **draft.said,
            **{field: to_builtins(self.meant(line, label)[-1].name) for field, label in draft.names.items()},
            **changed,
        }
        return Revision(
            label=draft.label,
            topic=draft.topic,
            name=RevisionName(source.source, source.kind, record, number),
            body=body,
            event_id=f"{record}-{number}",
            at_ms=line.at_ms,
            who=draft.who,
            household=draft.household,
        )

    def _revise(self, line: Line) -> None:
        """The next revision of each record that a line is about."""
        together: str | None = None
        match line.sentence:
            case Retracts(retract=label, named=named):
                made = [
                    self._next(line, each, f"retraction of {label}", retracted=True) for each in self.meant(line, label)
                ]
            case Confirms(confirm=label, named=named):
                made = [self._next(line, each, f"confirmation of {label}") for each in self.meant(line, label)]
            case Corrects(correct=label, named=named):
                made = [self._corrected(line, each, line.sentence) for each in self.meant(line, label)]
            case Told(named=named, together=together) as told:
                made = [
                    self._next(line, each, draft.label, valid_to=draft.until)
                    for draft in self._drafted(line, told)
                    if draft.revises is not None
                    for each in self.meant(line, draft.revises)
                ]
            case _:
                return
        if made:
            self._keep(line, made, named, together)

    def _next(self, line: Line, meant: Revision, label: str, **changed: Any) -> Revision:
        """A record's next revision: as it was said last, but for what changed."""
        record = meant.name.record
        chain = self._chains[record]
        draft = structs.replace(chain.draft, label=label)
        made = self._revision(line, draft, record, len(chain.revisions) + 1, **changed)
        chain.revisions.append(made)
        return made

    def _corrected(self, line: Line, meant: Revision, sentence: Corrects) -> Revision:
        chain = self._chains[meant.name.record]
        chain.said = {**chain.said, **(sentence.model_extra or {})}
        chain.draft = self._redrafted(line, chain)
        return self._next(line, meant, f"correction of {sentence.correct}")

    def _redrafted(self, line: Line, chain: Chain) -> Draft:
        """A record's draft from its sentence with other words."""
        try:
            sentence = type(chain.sentence).model_validate(chain.said)
        except ValidationError as error:
            told = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
            self.refuse(line, told, "Use the keys of the sentence that is meant.")
        drafts = self._drafted(line, sentence)
        same = (chain.draft.topic, chain.draft.who, chain.draft.household)
        return next(each for each in drafts if (each.topic, each.who, each.household) == same)

    def _repeat(self, line: Line, sentence: Repeats) -> None:
        """What was said before, once more: the same event, or with other words another event of the same revision."""
        made = []
        for meant in self.meant(line, sentence.again):
            if sentence.model_extra:
                chain = self._chains[meant.name.record]
                other = structs.replace(chain, said={**chain.said, **sentence.model_extra})
                draft = self._redrafted(line, other)
                again = self._revision(line, draft, meant.name.record, meant.name.revision)
                made.append(structs.replace(again, event_id=f"{again.event_id}-{line.index}"))
            else:
                made.append(structs.replace(meant, at_ms=line.at_ms))
        self._keep(line, made, sentence.named or f"repetition of {sentence.again}")


def _ids(revisions: tuple[Revision, ...]) -> list[str]:
    return [each.event_id for each in revisions]
