"""`hub control`: what happens to all at once: a day opens, a pay run closes, a policy book comes into force, prices rise."""

from collections.abc import Mapping, Sequence
from typing import Annotated

import typer

from benefit_hub.catalogue.kinds import packs_of
from benefit_hub.cli.control_events import StoryDay, Wait, act, activated, happens_on, month_given, said_before
from benefit_hub.cli.frame import given_to
from benefit_hub.intake.step import check_pay_run
from benefit_hub.messages.internal import ControlEvent
from benefit_hub.policy.book import Book
from benefit_hub.runtime.hub import Hub, open_hub
from benefit_hub.task.indices import PERCENT
from benefit_hub.values.errors import HubError
from benefit_hub.values.months import Month, month, month_of, month_text

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="控制事件: open a day, close a pay run, bring a policy book into force, publish a price index.",
)

SECTION = "docs/operating.md, 提标一步一步 · A raise, step by step"
"""Where it is written how an officer brings a changed pack into force."""

MonthText = Annotated[str, typer.Argument(metavar="MONTH", help="2026-07.")]


@app.command()
def day(context: typer.Context, *, story_day: StoryDay = None, wait: Wait = True) -> None:
    """Open today (日期开启): birthdays, ends of validity and deadlines act. By a timer, once a day; days left out are made up."""
    hub = open_hub(given_to(context).settings)
    opens = happens_on(hub, story_day)
    last = max((event.day for event in said_before(hub) if event.type == "DAY_OPENED" and event.day), default="")
    if last >= opens.isoformat():
        typer.echo(f"{last} 已开启 is open already")
        return
    act(hub, ControlEvent(type="DAY_OPENED", day=opens.isoformat()), opens, wait=wait)
    typer.echo(f"{opens} 已开启 is open")


@app.command("pay-run")
def pay_run(context: typer.Context, closed: MonthText, *, story_day: StoryDay = None, wait: Wait = True) -> None:
    """Close the pay run of a month (发放关账): what was said for it is paid, later corrections are arrears or overpaid."""
    hub = open_hub(given_to(context).settings)
    at, today = month_given(closed), happens_on(hub, story_day)
    if (refusal := check_pay_run(at, today)) is not None:
        raise HubError(f"the pay run of {closed} cannot close: expected {refusal.expected}")
    last = paid_through(said_before(hub))
    if last is not None and at <= last:
        raise HubError(f"{month_text(last)} was closed before, and all months before it: what is past stays past")
    act(hub, ControlEvent(type="PAY_RUN_CLOSED", month=month_text(at)), today, wait=wait)
    typer.echo(f"{month_text(at)} 发放已关账 is closed: subscribers find its marker in benefits.adjustments")


@app.command()
def policy(
    context: typer.Context,
    book: Annotated[str, typer.Argument(help="Its hash; without it the one book here that was never in force.")] = "",
    *,
    story_day: StoryDay = None,
    wait: Wait = True,
) -> None:
    """Bring a policy book into force (启用政策包). All machines must hold it before: workers without it end."""
    hub = open_hub(given_to(context).settings)
    before = activated(hub)
    stands = before[-1] if before else None
    if stands is not None and stands not in hub.env().books:
        raise HubError(
            f"{stands} 在执行，本机没有 is in force, and this machine has only {books_told(hub.catalogue.books, stands)}: "
            f"put back the pack that was changed where it is installed, and change a copy of it: {SECTION}"
        )
    chosen = book or the_new(hub.catalogue.books, before)
    if chosen == stands:
        typer.echo(f"{stands} 已在执行 is in force already")
        return
    if chosen not in hub.catalogue.books:
        raise HubError(f"name one of the books here: {books_told(hub.catalogue.books, stands)}")
    act(hub, ControlEvent(type="POLICY_ACTIVATED", book=chosen), happens_on(hub, story_day), wait=wait)
    typer.echo(f"{chosen} 已启用 is in force: {titles(hub.catalogue.books[chosen])}")


@app.command(context_settings={"ignore_unknown_options": True})  # prices fall, too: -0.2 is no option
def index(
    context: typer.Context,
    measure: Annotated[str, typer.Argument(help="CPI, CPI_FOOD, …: what the packs look at.")],
    of: MonthText,
    percent: Annotated[str, typer.Argument(help="How much higher prices are than a year before, in percent: 3.5.")],
    *,
    region: Annotated[str, typer.Option(help="Administrative code or its beginning; without it everywhere.")] = "",
    story_day: StoryDay = None,
    wait: Wait = True,
) -> None:
    """Publish a price index of a month (价格指数): by it the price-linked subsidy is owed. Said again, the last one counts."""
    hub = open_hub(given_to(context).settings)
    at, known, today = month_given(of), measures(hub), happens_on(hub, story_day)
    if measure not in known:
        raise HubError(f"no pack here looks at {measure}: it is one of {', '.join(known) or 'none'}")
    if PERCENT.fullmatch(percent) is None:
        raise HubError(f"{percent} is no percentage: write 3.5 or -0.2, with at most four decimals")
    if at > month_of(today):
        raise HubError(f"{of} is not over: an index is published of a month that was")
    if region and not (region.isdigit() and len(region) in (2, 4, 6)):
        raise HubError(f"{region} is no region: 2 digits are a province, 4 a city, 6 a county")
    event = ControlEvent(type="REGION_VALUE", measure=measure, month=month_text(at), value=percent, region=region)
    act(hub, event, today, wait=wait)
    typer.echo(f"{measure} {month_text(at)} {region or '全国'}：{percent}% 已发布 is published")


def paid_through(events: Sequence[ControlEvent]) -> Month | None:
    """The last month that is past: closed, or paid by others before this hub answered."""
    closed = [month(each.month) for each in events if each.type == "PAY_RUN_CLOSED" and each.month]
    own = [Month(month(each.month) - 1) for each in events if each.type == "BOOTSTRAP_CLOSED" and each.month]
    return max([*closed, *own], default=None)


def measures(hub: Hub) -> list[str]:
    """All measures at which a programme of a pack here looks."""
    links = (programme.price for pack in packs_of(hub.catalogue) for programme in pack.programmes.values())
    return sorted({name for link in links if link is not None for name in (*link.triggers, link.rate)})


def the_new(books: Mapping[str, Book], before: Sequence[str]) -> str:
    """The one book that was never in force: who asks twice does not go back. Raises HubError where there is none, or several."""
    if not before:
        raise HubError(
            "尚未启用过政策包，请写明启用哪一个 no policy book was ever activated: name the one by which workers work, or shall "
            f"begin to: {books_told(books, None)}"
        )
    told, new = books_told(books, before[-1]), [name for name in books if name not in before]
    if not new:
        raise HubError(f"没有待启用的政策包 there is no new policy book here: {told}. {SECTION}")
    if len(new) > 1:
        raise HubError(f"name one of the books here: {told}")
    return new[0]


def books_told(books: Mapping[str, Book], stands: str | None) -> str:
    """The books by hash and packs, with the one in force."""
    return "; ".join(f"{name} ({titles(each)}{', in force' if name == stands else ''})" for name, each in books.items())


def titles(book: Book) -> str:
    """The packs of a book."""
    return ", ".join(pack.name for pack in book.packs)
