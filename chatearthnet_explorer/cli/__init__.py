"""The command line: one module for each command."""

from __future__ import annotations

import argparse
import os
import re
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from chatearthnet_explorer.cli import (
    audit_command,
    bench_captioner_command,
    caption_command,
    caption_many_command,
    catalog_command,
    doctor_command,
    models_command,
    prompt_command,
    review_command,
    serve_command,
    simulate_release_command,
    terminal,
    wording_command,
)
from chatearthnet_explorer.errors import ExplorerError

if TYPE_CHECKING:
    from collections.abc import Sequence

_WRONG_ARGUMENTS = 2  # exit status, as argparse has it


class _Parser(argparse.ArgumentParser):
    """An argument parser that explains errors in one sentence and prints like the other output."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # what begins as a number does is none of our options: -1e-5, or -33,9 of which a sentence can be said
        self._negative_number_matcher = re.compile(r"-\.?\d")
        self.color = False  # Python 3.14 would steer the terminal

    def add_argument(self, *names: Any, **options: Any) -> argparse.Action:
        """Add an argument; no path may be empty, which Python takes for the folder one is in."""
        if options.get("type") is Path:
            options["type"] = _path
        return super().add_argument(*names, **options)

    def error(self, message: str) -> NoReturn:
        message = _CHOICE.sub(_choices, _NUMBER.sub(_not_a_number, message))
        terminal.complain(f"{message[:1].upper()}{message[1:].rstrip('.')}; see `{self.prog} --help`.")
        raise SystemExit(_WRONG_ARGUMENTS)

    def _print_message(self, message: str, file: object = None) -> None:  # noqa: ARG002 - always the same
        terminal.write(message)  # help, which is all that is left to print


_NUMBER = re.compile(r"invalid (int|float) value: (.*)", re.DOTALL)
_CHOICE = re.compile(r"invalid choice: (.*) \(choose from (.*)\)", re.DOTALL)


def _not_a_number(match: re.Match[str]) -> str:
    return f"{match[2]} is not a {'whole ' if match[1] == 'int' else ''}number"


def _choices(match: re.Match[str]) -> str:
    names = match[2].replace("'", "")
    return f"{match[1]} is not a choice; choose from {names}"


def _path(text: str) -> Path:
    if not text:
        msg = "an empty path names no file; write . for the folder you are in"
        raise argparse.ArgumentTypeError(msg)
    return Path(text)


_EXTRAS = {"dask": "data", "distributed": "data", "duckdb": "data", "pyarrow": "data", "jupyterlab": "lab"}
"""Extras that bring packages which the app does without."""


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands; the documentation and its tests read it as well."""
    parser = _Parser(
        prog="chatearthnet-explorer",
        description="Click a place on Earth; browse ChatEarthNet; check its captions.",
        allow_abbrev=False,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in (
        caption_command,
        caption_many_command,
        prompt_command,
        wording_command,
        models_command,
        catalog_command,
        audit_command,
        bench_captioner_command,
        simulate_release_command,
        review_command,
        doctor_command,
        serve_command,
    ):
        command.add_to(commands)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status: 0 done, 1 not done and one sentence on standard error.

    Arguments that no command has raise ``SystemExit`` with 2, after one sentence on standard error.
    """
    parser, words = build_parser(), _with_dashes(sys.argv[1:] if arguments is None else arguments)
    options, unknown_words = parser.parse_known_args(words)
    if unknown_words:
        parser.prog = f"{parser.prog} {words[0]}"  # whose options they are not
        parser.error(f"unrecognized arguments: {' '.join(unknown_words)}")
    # servers keep their log
    with nullcontext() if options.run.__module__ == serve_command.__name__ else terminal.quiet():
        return _run(options)


def _run(options: argparse.Namespace) -> int:  # noqa: PLR0911 - one for each kind of failure
    try:
        options.run(options)
        if sys.stdout is not None:
            sys.stdout.flush()
    except ExplorerError as error:
        return _fail(str(error))
    except ModuleNotFoundError as error:
        name = str(error.name).partition(".")[0]
        extra = _EXTRAS.get(name, "app")
        return _fail(f"The package {name} is needed here; pip install 'chatearthnet-explorer[{extra}]'.")
    except BrokenPipeError:  # `| head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is still buffered has nowhere to go
        return 1
    except OSError as error:
        return _fail(f"{error.strerror or error}: {error.filename or 'a file'}; choose another path.")
    except KeyboardInterrupt:
        return _fail("Stopped.")
    except BaseException as error:
        # compiled libraries panic with a BaseException of their own
        if os.environ.get(terminal.DEBUG) or isinstance(error, SystemExit | GeneratorExit):
            raise
        what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        return _fail(f"This should not happen ({what}); report it, with what {terminal.DEBUG}=1 in front prints.")
    return 0


def _with_dashes(arguments: Sequence[str]) -> list[str]:
    """Tie values that may begin with a dash to their option: argparse would take them for options themselves."""
    tied: list[str] = []
    for argument in arguments:
        if tied and tied[-1] in {"--bbox", "--flag", "--finding", "--words"}:
            tied[-1] += f"={argument}"
        else:
            tied.append(argument)
    return tied


def _fail(sentence: str) -> int:
    terminal.complain(sentence)
    return 1
