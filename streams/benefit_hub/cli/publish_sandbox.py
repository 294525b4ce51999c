"""`hub publish --sandbox`: what a department's sample would cause among prepared people. Nothing is sent, no Kafka is needed."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import typer
from msgspec import to_builtins

from benefit_hub.catalogue import Catalogue
from benefit_hub.cli.frame import print_json
from benefit_hub.cli.publish_checked import Bad, bad_line, bad_lines
from benefit_hub.cli.publish_lines import Line
from benefit_hub.cli.receipt_words import receipt_lines
from benefit_hub.cli.words import word
from benefit_hub.client import Refused
from benefit_hub.client.letters import Desk
from benefit_hub.simulate.sandbox import Caused, Sandbox
from benefit_hub.values.money import yuan_text
from benefit_hub.values.refusal import Refusal

WORLD = "demo/world.yaml"


def run_sandbox(catalogue: Catalogue, topic: str, lines: Iterable[Line], world: Path | None, *, as_json: bool) -> int:
    """Try the records and tell what they would cause; the exit code: 2 where one would be refused, else 0."""
    file = world or catalogue.assets.root / WORLD
    sandbox = Sandbox(file)
    bad = list(_receive(sandbox, Desk(catalogue, checked=False), topic, lines))
    caused = sandbox.caused()
    refused = [each for each in caused.receipts if each.status not in ("ACCEPTED", "REPEATED")]
    if as_json:
        print_json(_document(file, sandbox, caused, bad))
    else:
        for text in _told(catalogue, file, sandbox, caused, bad, topic):
            typer.echo(text)
    return 2 if bad or refused else 0


def _receive(sandbox: Sandbox, desk: Desk, topic: str, lines: Iterable[Line]) -> Iterator[Bad]:
    """Give every record to the world; those that cannot even be written are told."""
    source = desk.source(topic)
    for line in lines:
        if isinstance(line.said, Refusal):
            yield bad_line(line.place, "", 0, line.said)
            continue
        try:
            letter = desk.letter(topic, line.said, at_ms=0)
        except Refused as refused:
            yield bad_line(line.place, refused.record, refused.revision, refused.refusal)
            continue
        body = desk.read(topic, line.said)
        sandbox.receive(source, body, key=letter.key.decode(), event_id=letter.event_id)


def _told(
    catalogue: Catalogue, file: Path, sandbox: Sandbox, caused: Caused, bad: list[Bad], topic: str
) -> Iterator[str]:
    label = sandbox.label
    yield f"试用环境 {catalogue.assets.shown(file)}：不发送任何内容，政策为假定，仅供演示 (nothing is sent; assumed policy)"
    for household, members in sandbox.households.items():
        people = "  ".join(f"{who} {sandbox.people[who].number}" for who in members)
        yield f"  {household}：{people}"
    housed = {who for members in sandbox.households.values() for who in members}
    yield "  " + "  ".join(f"{who} {each.number}" for who, each in sandbox.people.items() if who not in housed)
    accepted = sum(each.status == "ACCEPTED" for each in caused.receipts)
    others = [each for each in caused.receipts if each.status != "ACCEPTED"]
    rest = len(others) + len(bad)
    yield f"回执：已接收 {accepted} 条，其他 {rest} 条 (accepted {accepted}, otherwise {rest})"
    yield from bad_lines(catalogue.sources[topic].kind, bad)
    yield from receipt_lines(others)
    for change in caused.changes:
        each = change.adjustment
        benefit = f"{change.why.partition('：')[0]}（{each.programme}）"
        amounts = f"{yuan_text(each.before_fen)} → {yuan_text(each.after_fen)}"
        yield f"待遇变化 {label(each.beneficiary)} {benefit} {word(each.kind)}：自 {each.payable_from} 起每月 {amounts} 元"
        yield f"      {change.why}"
    for proposal in caused.proposals:
        yield f"建议 {label(proposal.beneficiary)}  {proposal.text_zh}"
    for lead in caused.leads:
        yield f"线索 {label(lead.person or lead.household)}  {lead.text_zh}"
    for task in caused.tasks:
        yield f"任务 {label(task.subject)}  {task.text_zh}"
    if caused.strangers:
        yield f"有 {caused.strangers} 人不在试用环境中：其记录已登记，但不影响任何家庭 (people whom this world does not know)"
    if caused.nothing:
        yield "没有引起任何变化。No amount changes, and nobody has anything to do."


def _document(file: Path, sandbox: Sandbox, caused: Caused, bad: list[Bad]) -> dict[str, Any]:
    people = {who: each.number for who, each in sandbox.people.items()}
    return {
        "world": str(file),
        "people": people,
        "households": {household: list(members) for household, members in sandbox.households.items()},
        "bad": to_builtins(bad),
        **to_builtins(caused),
        "labels": {each: sandbox.label(each) for each in _subjects(caused)},
    }


def _subjects(caused: Caused) -> list[str]:
    """Everybody of whom something is said."""
    found = [each.adjustment.beneficiary for each in caused.changes]
    found += [each.beneficiary for each in caused.proposals]
    found += [each.person or each.household for each in caused.leads]
    return sorted({*found, *(each.subject for each in caused.tasks)})
