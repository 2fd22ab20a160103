"""The numbered rules in the system message of a prompt, each of which can be left out."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection

    from chatearthnet_explorer.prompts.prompt import Prompt

MOST = 20
"""Most rules that are told apart; the styles of ChatEarthNet have six and eight."""

_RULE = re.compile(r"^(\d{1,2})\. (.*(?:\n(?!\d{1,2}\. ).+)*)$", re.MULTILINE)
_NUMBER_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


class PromptRule(NamedTuple):
    """One rule of a prompt."""

    number: int
    """Its number in the message, from 1."""

    text: str
    """The rule without its number."""


def rules_of(system: str) -> tuple[PromptRule, ...]:
    """Return the numbered rules of a system message, in their order; none if it has no list from 1 upwards."""
    return tuple(PromptRule(int(match[1]), match[2]) for match in _matches(system))


def without_rules(prompt: Prompt, numbers: Collection[int]) -> Prompt:
    """Return a prompt without some of its rules; the others are numbered anew, and the announced number fits them.

    Args:
        prompt: The prompt.
        numbers: Numbers of the rules to leave out, as in ``rules_of``; numbers of no rule do nothing.
    """
    matches = _matches(prompt.system)
    remaining = [match for match in matches if int(match[1]) not in numbers]
    if len(remaining) == len(matches):
        return prompt
    system = prompt.system
    head, tail = system[: matches[0].start()], system[matches[-1].end() :]
    lines = "\n".join(f"{number}. {match[2]}" for number, match in enumerate(remaining, start=1))
    return replace(prompt, system=f"{_announce(head, len(matches), len(remaining))}{lines}{tail}".strip())


def _matches(system: str) -> list[re.Match[str]]:
    """Return the lines of the list: numbers that rise by one from 1."""
    matches: list[re.Match[str]] = []
    for match in _RULE.finditer(system):
        if int(match[1]) == len(matches) + 1 and len(matches) < MOST:
            matches.append(match)
    return matches


def _announce(head: str, before: int, after: int) -> str:
    """Return the text before the list with the number of rules that there are now: ``these five rules``."""
    if before >= len(_NUMBER_WORDS):
        return head
    word = _NUMBER_WORDS[after]
    text = re.sub(rf"\b{_NUMBER_WORDS[before]} rules\b", f"{word} rule{'' if after == 1 else 's'}", head)
    return text.replace("these one rule", "this one rule")
