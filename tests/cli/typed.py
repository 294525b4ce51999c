"""The command as it is typed, run in this process: its output, what it says of errors, its exit code."""

import sys
from collections.abc import Mapping
from typing import Any, NamedTuple
from unittest import mock

from benefit_hub.cli import main


class Done(NamedTuple):
    """What a command left."""

    returncode: int
    stdout: str
    stderr: str


def typed(capsys: Any, *arguments: object, environment: Mapping[str, str] | None = None) -> Done:
    """Run `hub` with these arguments, and these variables beside those of the test."""
    capsys.readouterr()
    with (
        mock.patch.object(sys, "argv", ["hub", *map(str, arguments)]),
        mock.patch.dict("os.environ", dict(environment or {})),
    ):
        try:
            main()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
    said = capsys.readouterr()
    return Done(code, said.out, said.err)
