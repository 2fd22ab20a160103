"""How often the reader errs, by kind of prose and kind of error: counts that were measured, with their source."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING

from chatearthnet_explorer.captioner_bench.contenders import PLANTED_ROW, RELEASE_ROW, TEMPLATE
from chatearthnet_explorer.captioner_bench.judging import ANY, KINDS
from chatearthnet_explorer.captioner_bench.rates import Share

if TYPE_CHECKING:
    from collections.abc import Mapping

CLOSE, LOOSE = "close", "loose"
"""Kinds of prose of models: close to the words of the prompt, and loose."""

OWN = ("own 3.5", "own 4v")
"""The sentences of this project, in each style."""


@dataclass(frozen=True, slots=True)
class ReaderErrors:
    """The errors of the reader on one kind of prose."""

    prose: str
    """``CLOSE``, ``LOOSE``, or one of ``OWN``."""

    description: str
    """Which captions were measured, in one sentence."""

    false_alarms: Mapping[str, Share]
    """Faithful captions in which the reader finds an error, by kind and of ``ANY``."""

    recall: Mapping[str, Share]
    """Captions with a planted error of a kind in which the reader finds one of that kind; of ``ANY`` any."""

    prompt_words: Share
    """Class words of the faithful captions that are the prompt's own: the closer the prose, the more."""

    def to_dict(self) -> dict[str, object]:
        """Return it as JSON."""
        return {
            "prose": self.prose,
            "description": self.description,
            "false_alarms": {kind: share.to_dict() for kind, share in self.false_alarms.items()},
            "prompt_words": self.prompt_words.share,
            "recall": {kind: share.to_dict() for kind, share in self.recall.items()},
        }


@cache
def reader_errors() -> Mapping[str, ReaderErrors]:
    """Return what ``benchmarks/reader_errors.py`` measured, by kind of prose."""
    table = tomllib.loads(files(__package__).joinpath("reader_errors.toml").read_text("utf-8"))
    return MappingProxyType({prose: _errors(prose, table[prose]) for prose in (CLOSE, LOOSE, *OWN)})


def prose_of(captioner: str, style: str, *, simulated: bool) -> tuple[str, ...]:
    """Return which kinds of prose a captioner may write.

    Args:
        captioner: Name of the captioner.
        style: Style of its prompts.
        simulated: Whether released captions are simulated, and so in sentences of this project.
    """
    is_ours = captioner in {TEMPLATE, PLANTED_ROW} or (captioner == RELEASE_ROW and simulated)
    return (OWN[style != "3.5"],) if is_ours else (CLOSE, LOOSE)


def _errors(prose: str, table: dict[str, dict[str, list[int]]]) -> ReaderErrors:
    return ReaderErrors(
        prose,
        str(table["description"]),
        MappingProxyType({kind: Share(*table["false_alarms"][kind]) for kind in (ANY, *KINDS)}),
        MappingProxyType({kind: Share(*table["recall"][kind]) for kind in (ANY, *KINDS)}),
        Share(*table["prompt_words"]["in faithful captions"]),
    )
