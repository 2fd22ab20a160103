"""The reference of the command line, from its parsers."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from chatearthnet_explorer.cli import build_parser
from generators import markdown

if TYPE_CHECKING:
    from collections.abc import Iterator


def page() -> str:
    """Return a section for each command, with its usage and a table of its arguments and options."""
    return "\n".join(_section(parser, summary) for parser, summary in commands(build_parser()))


def commands(parser: argparse.ArgumentParser, summary: str = "") -> Iterator[tuple[argparse.ArgumentParser, str]]:
    """Yield the parser of each command that has no commands of its own, and what its help says."""
    groups = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]  # noqa: SLF001 - argparse has no other way
    for group in groups:
        summaries = {choice.dest: choice.help or "" for choice in group._choices_actions}  # noqa: SLF001 - likewise
        for name, child in group.choices.items():
            yield from commands(child, summaries.get(name, ""))
    if not groups:
        yield parser, summary


def options(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    """Return the arguments and options of one command, without ``--help``."""
    return [action for action in parser._actions if action.dest != "help"]  # noqa: SLF001 - likewise


def _section(parser: argparse.ArgumentParser, summary: str) -> str:
    usage = " ".join(parser.format_usage().removeprefix("usage: ").split())
    actions = options(parser)
    rows = [(_names(action), _meaning(action)) for action in actions]
    name = parser.prog.partition(" ")[2]
    sentence = f"{summary[:1].upper()}{summary[1:]}."
    parts = [f"## {name}\n", f"{markdown.escape(sentence)}\n", f"```text\n{_wrap(usage)}\n```\n"]
    if rows:
        parts.append(markdown.table(("argument or option", "meaning"), rows))
    return "\n".join(parts)


def _names(action: argparse.Action) -> str:
    if not action.option_strings:
        return markdown.code(str(action.metavar or action.dest))
    takes_value = action.nargs != 0
    value = f" {action.metavar or action.dest.upper()}" if takes_value and not action.choices else ""
    return ", ".join(markdown.code(f"{option}{value}") for option in action.option_strings)


def _meaning(action: argparse.Action) -> str:
    parts = [markdown.escape(action.help or "")] if action.help else []
    if action.choices:
        parts.append("one of " + ", ".join(markdown.code(str(choice)) for choice in action.choices))
    if action.required and action.option_strings:
        parts.append("required")
    if action.nargs != 0 and action.default not in (None, "", [], argparse.SUPPRESS):
        parts.append(f"default {markdown.code(str(action.default))}")
    return "; ".join(parts)


def _wrap(usage: str, width: int = 90) -> str:
    """Break a usage between options, never inside one."""
    pieces = usage.replace(" [", "\n[").replace("] ", "]\n").split("\n")
    lines = [pieces[0]]
    for piece in pieces[1:]:
        if len(lines[-1]) + 1 + len(piece) <= width:
            lines[-1] += f" {piece}"
        else:
            lines.append(f"    {piece}")
    return "\n".join(lines)
