"""Every rule over the whole tree, and over a sample that it must find, so that no rule can fall asleep."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest

from tests.architecture import habits, purity
from tests.architecture.source import Source, layers, pure_layers, python_sources


class Rule(NamedTuple):
    """A rule and sources of which each must give at least one finding."""

    check: Callable[[Source], Iterator[str]]
    bad: tuple[str, ...]
    good: tuple[str, ...] = ("total = 1\n",)
    where: str = "streams/benefit_hub/values/sample.py"
    pure: bool = False


RULES = [
    Rule(
        purity.only_pure_imports,
        pure=True,
        bad=(
            "import time\n",
            "from pathlib import Path\n",
            "import logging\n",
            "def f():\n    import socket\n",
            "import requests\n",
            "from os import urandom\n",
            "import random\n",
            "import secrets\n",
        ),
        good=("from datetime import date\nfrom benefit_hub.values.money import Fen\n",),
    ),
    Rule(
        purity.no_clock_or_chance,
        pure=True,
        bad=(
            "import datetime\nx = datetime.datetime.now()\n",
            "from datetime import datetime as d\nx = d.utcnow()\n",
            "from datetime import date\nx = date.today()\n",
            "from uuid import uuid4\nx = uuid4()\n",
            "x = hash('a')\n",
            "for x in {1, 2}:\n    y = x\n",
            "x = [y for y in set('ab') | {1}]\n",
            "x = id(y)\n",
        ),
        good=("from datetime import date\nx = date(2026, 4, 1)\n", "for x in sorted({1, 2}):\n    y = x\n"),
    ),
    Rule(
        purity.no_side_effects,
        pure=True,
        bad=("open('x')\n", "print(1)\n", "def f():\n    global x\n", "eval('1')\n"),
        good=("from re import search\nx = search('a', 'b')\n",),
    ),
    Rule(
        purity.no_float,
        pure=True,
        bad=(
            "x = 0.5\n",
            "def f(x: float) -> int: ...\n",
            "x = a / b\n",
            "x /= 2\n",
            "x = 2 ** -1\n",
            "import math\nx = math.sqrt(2)\n",
            "x = span.total_seconds()\n",
            "from math import inf\nx = inf\n",
        ),
        good=("from fractions import Fraction\nx = 3 * Fraction(a) / 12 // 2\n", "import math\nx = math.ceil(y)\n"),
    ),
    Rule(
        habits.libraries_in_their_layer,
        bad=(
            "import confluent_kafka\n",
            "from confluent_kafka import Producer\n",
            "import faust\n",
            "from rocksdict import Rdict\n",
            "from kafka import KafkaConsumer\n",
            "def f():\n    import kafka.admin\n",
        ),
        good=("import fastavro\n",),
        where="streams/benefit_hub/cli/sample.py",
    ),
    Rule(
        habits.nothing_swallowed,
        bad=(
            "try:\n    f()\nexcept:\n    pass\n",
            "try:\n    f()\nexcept ValueError:\n    ...\n",
            "for x in y:\n    try:\n        f()\n    except Exception:\n        continue\n",
            "import contextlib\nwith contextlib.suppress(Exception):\n    f()\n",
        ),
        good=(
            "try:\n    f()\nexcept ValueError:\n    x = None\n",
            "from contextlib import suppress\nwith suppress(FileNotFoundError):\n    f()\n",
        ),
    ),
    Rule(habits.no_long_module, bad=("x = 1\n" * 401,), good=("x = 1\n" * 400,)),
    Rule(
        habits.no_long_function,
        bad=("def f():\n" + "    x = 1\n" * 70, "class A:\n    async def f(self):\n" + "        x = 1\n" * 70),
        good=("def f():\n" + "    x = 1\n" * 69,),
    ),
    Rule(habits.name_says_something, bad=("",), where="streams/benefit_hub/values/utils.py"),
    Rule(habits.name_says_something, bad=("",), where="streams/benefit_hub/common/money.py"),
    Rule(
        habits.no_words_of_the_workshop,
        bad=(
            "# see issue" + " 3\n",
            '"""As in a later ' + 'session."""\n',
            "x = 1  # TO" + "DO\n",
            "# fixes" + " #12\n",
        ),
        good=("session_timeout_ms = 6000  # of a consumer's session\n", "colour = '#102030'\n"),
    ),
]


@pytest.mark.slow
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.check.__name__)
def test_the_tree_keeps_the_rule(rule: Rule) -> None:
    sources = [source for source in python_sources() if not rule.pure or source.layer in pure_layers()]
    assert sources, "a rule that looks at nothing finds nothing"
    findings = [f"{source.path}:{found}" for source in sources for found in rule.check(source)]
    assert not findings, "\n".join(findings)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.check.__name__)
def test_the_rule_finds_what_breaks_it(rule: Rule) -> None:
    asleep = [text for text in rule.bad if not list(rule.check(Source(rule.where, text)))]
    assert asleep == []


@pytest.mark.parametrize(
    "rule", [rule for rule in RULES if rule.where.endswith("sample.py")], ids=lambda rule: rule.check.__name__
)
def test_the_rule_lets_good_code_pass(rule: Rule) -> None:
    assert [found for text in rule.good for found in rule.check(Source(rule.where, text))] == []


def test_kafka_python_is_for_the_client_too() -> None:
    told = "from kafka import KafkaProducer\n"
    assert list(habits.libraries_in_their_layer(Source("streams/benefit_hub/client/sample.py", told))) == []
    assert list(habits.libraries_in_their_layer(Source("streams/benefit_hub/client/sample.py", "import faust\n"))) != []


def test_the_pure_layers_are_topology_and_below() -> None:
    assert layers()[0] == ("cli",)
    assert pure_layers() >= {
        "topology",
        "intake",
        "register",
        "entitlement",
        "settlement",
        "task",
        "policy",
        "messages",
    }
    assert pure_layers().isdisjoint({"runtime", "simulate", "catalogue", "client", "cli"})
