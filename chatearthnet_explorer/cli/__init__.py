"""The same functions, from a shell."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from chatearthnet_explorer.cli import audit, caption, catalog, doctor, doors, prompt, release, review
from chatearthnet_explorer.errors import ExplorerError

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status: 0 done, 1 not done and one sentence on standard error."""
    parser = argparse.ArgumentParser(prog="chatearthnet-explorer", description=__doc__, allow_abbrev=False)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for room in (caption, prompt, catalog, audit, release, review, doctor, doors):
        room.add_to(commands)
    options = parser.parse_args(_with_dashes(sys.argv[1:] if arguments is None else arguments))
    try:
        options.run(options)
    except ExplorerError as error:
        return _failed(str(error))
    except ModuleNotFoundError as error:
        return _failed(f"The package {error.name} is needed here; pip install 'chatearthnet-explorer[app]'.")
    except OSError as error:
        return _failed(f"{error.strerror or error}: {error.filename or 'a file'}; choose another path.")
    except KeyboardInterrupt:
        return _failed("Stopped.")
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


def _failed(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return 1
