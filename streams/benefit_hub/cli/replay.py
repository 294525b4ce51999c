"""`hub replay`: a run beside the live one, from its first fact on, and what differs; docs/operating.md, Replay step by step."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from msgspec import Struct, structs

from benefit_hub.cli.control_events import activated
from benefit_hub.cli.frame import Json, console, given_to, print_json
from benefit_hub.cli.preview import law_in_force, progress
from benefit_hub.cli.replay_shown import Language, document, tables
from benefit_hub.messages.internal import ControlCopy, Fact
from benefit_hub.runtime.hub import Hub, open_hub
from benefit_hub.runtime.live_side import Cut, cut_of, facts_of, live_side, wait_until_worked_off
from benefit_hub.simulate.compared import Compared, compare
from benefit_hub.simulate.proposed_law import Wish
from benefit_hub.simulate.shadow import Shadow, Side
from benefit_hub.task import Env
from benefit_hub.values.errors import HubError

EQUAL, DIFFERENT, NOT_COMPARED = 0, 1, 2

Places = Annotated[
    list[Path] | None, typer.Argument(metavar="[PACK]...", help="Changed pack files, or folders of them.")
]


class Law(Struct, frozen=True):
    """By which policy is replayed: what tasks may know, and where another book is tried its hash and the packs it changes."""

    env: Env
    tried: str | None = None
    changed: tuple[str, ...] = ()


def replay(  # noqa: PLR0913  what an operator may want of it
    context: typer.Context,
    places: Places = None,
    *,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="PATH=VALUE", help="A value of a pack, as with hub preview."),
    ] = None,
    pack: Annotated[str | None, typer.Option(help="Whose value is set, where several packs have it.")] = None,
    wait: Annotated[float, typer.Option(help="How many seconds the live hub may take to catch up.")] = 60.0,
    most: Annotated[int, typer.Option(min=1, help="How many differences to tell; --json tells all.")] = 20,
    lang: Annotated[Language, typer.Option(help="The language of the table.")] = Language.ZH,
    as_json: Json = False,
) -> None:
    """Run all facts again in memory, beside the live hub, and compare what everybody is entitled to (重放).

    By the policy book in force, or by changed packs. Nothing is written anywhere; what was interrupted is begun again.
    Exit codes: 0 all equal; 1 something differs; 2 not, or not all, could be compared.
    """
    try:
        hub = open_hub(given_to(context).settings)
        law = law_of(hub, Wish(places=places or (), settings=settings or (), pack=pack))
        cut, found = compared(hub, law, wait)
    except HubError as trouble:
        typer.echo(f"hub: {trouble}", err=True)
        raise typer.Exit(NOT_COMPARED) from None
    if as_json:
        print_json(document(cut, law.changed, found))
    else:
        for each in tables(cut, law.env, law.changed, found, lang, most):
            console().print(each, highlight=False, markup=False) if isinstance(each, str) else console().print(each)
    raise typer.Exit(outcome(found))


def outcome(found: Compared) -> int:
    """The exit code."""
    if found.findings:
        return DIFFERENT
    return NOT_COMPARED if found.moved_on else EQUAL


def law_of(hub: Hub, wish: Wish) -> Law:
    """The books as they were activated, or one book with what somebody wishes for. Raises HubError."""
    env = hub.env()
    if not wish.places and not wish.settings:
        return Law(env)
    books = activated(hub)
    law = law_in_force(hub, books[-1] if books else env.first_book, wish)
    digest = law.after.digest()
    return Law(structs.replace(env, books={**env.books, digest: law.after}), digest, law.changed)


def compared(hub: Hub, law: Law, wait_s: float) -> tuple[Cut, Compared]:
    """Cut the facts, read how the live hub stands, run the shadow, compare. Raises HubError where that cannot be done."""
    cut = cut_of(hub)
    with progress() as bars:
        waiting = bars.add_task("等待 catching up", total=None)
        wait_until_worked_off(hub, cut, wait_s)
        bars.remove_task(waiting)
        reading = bars.add_task("现状 live", total=None)
        live = live_side(hub, lambda: bars.advance(reading))
        replaying = bars.add_task("重放 replay", total=cut.offsets)
        shadow = shadow_of(law, facts_of(hub, cut, lambda: bars.advance(replaying)), len(cut.ends))
        comparing = bars.add_task("比较 compare", total=None)
        check_days(live, shadow)
        found = Compared()
        for found in compare(live, shadow):  # noqa: B007  the last one is whole
            bars.advance(comparing)
    return cut, found


def shadow_of(law: Law, facts: Iterator[tuple[int, Fact | ControlCopy]], partitions: int) -> Side:
    """How everybody stands by the facts alone."""
    shadow = Shadow(law.env, law.tried)
    for _ in shadow.hear(facts, partitions):
        pass
    return shadow.side()


def check_days(live: Side, shadow: Side) -> None:
    """Raise HubError where days, pay runs or policy books on one side are not yet, or no more, those of the other."""
    if live.done < shadow.done:
        raise HubError(
            "the live hub is still at work on a day, a pay run or a policy book (仍在处理控制事件): "
            "`hub status` tells how far it is; replay when it is done"
        )
    if live.reached > shadow.reached:
        raise HubError(
            "a day was opened, a pay run closed or a policy book activated while this ran (期间有新的控制事件): replay again"
        )
