"""The plan of a spot-check: which pairs in which order, and how many more each stands for."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chatearthnet_explorer.caption import RELEASED_STYLES
from chatearthnet_explorer.errors import PlanError
from chatearthnet_explorer.files.input_paths import unreadable
from chatearthnet_explorer.net.safe_json import read_json
from chatearthnet_explorer.record import NAME_LIMIT

if TYPE_CHECKING:
    from pathlib import Path

    from chatearthnet_explorer.review.verdict import Verdict

SIMPLE, STRATIFIED, RISK = "simple random", "stratified", "risk first"
"""Designs. The first two are probability samples; the last is a search for faults and estimates nothing."""

DESIGNS = (SIMPLE, STRATIFIED, RISK)
"""All of them."""

STRATA = ("continent", "country", "split", "dominant")
"""What a plan of catalog pairs may be stratified by."""

VERSION = 2
"""Highest version of the file format; a higher version is refused. Plans of released captions have version 1."""

MOST = 2**53
"""Most pairs of a stratum: the largest integer that every JSON reader represents exactly."""

LIMIT = 64_000_000
"""Maximum size of a plan's file in bytes: 163,488 pairs take about 11 million."""


@dataclass(frozen=True, slots=True)
class Stratum:
    """A stratum: a part of the population that is sampled separately."""

    value: str
    """Its value of the facet, untrusted; views escape it."""

    population: int
    """Pairs it has."""

    sample: int
    """Number of pairs drawn from it."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Everything that a report needs to estimate the population from a sample."""

    design: str
    """One of ``DESIGNS``."""

    style: str
    """The captions to judge: ``3.5`` or ``4v``."""

    seed: int
    """Random seed."""

    strata: tuple[Stratum, ...]
    """The strata; a single one if the sample was not stratified."""

    pairs: tuple[tuple[str, str], ...]
    """Pairs to judge, in order: name and stratum. Names are untrusted; views escape them."""

    facet: str = ""
    """The facet of the strata; empty if there is one stratum."""

    allocation: str = ""
    """How the sample was allocated to strata; empty if there is one."""

    caption_set: str = ""
    """Id of the set that the captions belong to; empty for the released ones."""

    writer: str = ""
    """Who wrote the captions of the set, untrusted; views escape it."""

    def __post_init__(self) -> None:
        """Check that strata and pairs agree."""
        sizes = dict.fromkeys((stratum.value for stratum in self.strata), 0)
        for _, value in self.pairs:
            sizes[value] = sizes.get(value, 0) + 1
        agree = all(0 <= one.sample == sizes[one.value] <= one.population <= MOST for one in self.strata)
        whole = bool(self.pairs) and len(sizes) == len(self.strata) and len(set(self.names)) == len(self.pairs)
        if not (agree and whole and self.design in DESIGNS and self.style in RELEASED_STYLES):
            msg = "The strata of this plan do not match its pairs; draw it again."
            raise PlanError(msg)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the pairs, in order."""
        return tuple(name for name, _ in self.pairs)

    @property
    def population(self) -> int:
        """Pairs of the whole population."""
        return sum(stratum.population for stratum in self.strata)

    def judges(self, verdict: Verdict) -> bool:
        """Return whether a verdict is on the kind of caption that the plan is about, whatever the pair."""
        return verdict.style == self.style and verdict.caption_set == self.caption_set

    def to_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        captions = {"caption_set": self.caption_set, "writer": self.writer} if self.caption_set else {}
        return {
            "plan": VERSION if self.caption_set else 1,
            "design": self.design,
            "style": self.style,
            **captions,
            "seed": self.seed,
            "facet": self.facet,
            "allocation": self.allocation,
            "population": self.population,
            "sample": len(self.pairs),
            "strata": [{"value": one.value, "population": one.population, "sample": one.sample} for one in self.strata],
            "pairs": [{"name": name, "stratum": stratum} for name, stratum in self.pairs],
        }

    @classmethod
    def from_dict(cls, fields: object) -> Plan:
        """Return the plan that ``to_dict`` wrote.

        Raises:
            PlanError: If it is none, or of a newer version.
        """
        if isinstance(fields, dict) and isinstance(fields.get("plan"), int) and fields["plan"] > VERSION:
            msg = "This plan was written by a newer version of the explorer; update it to read the plan."
            raise PlanError(msg)
        try:
            return cls(
                design=_text(fields["design"]),  # type: ignore[index]  # a value that is not a dict is caught below
                style=_text(fields["style"]),  # type: ignore[index]
                seed=_number(fields["seed"]),  # type: ignore[index]
                facet=_text(fields["facet"]),  # type: ignore[index]
                allocation=_text(fields["allocation"]),  # type: ignore[index]
                caption_set=_text(fields.get("caption_set", "")),  # type: ignore[attr-defined]
                writer=_text(fields.get("writer", "")),  # type: ignore[attr-defined]
                strata=tuple(
                    Stratum(_text(one["value"]), _number(one["population"]), _number(one["sample"]))
                    for one in fields["strata"]  # type: ignore[index]
                ),
                pairs=tuple((_text(one["name"]), _text(one["stratum"])) for one in fields["pairs"]),  # type: ignore[index]
            )
        except (TypeError, KeyError, AttributeError) as error:
            msg = f"This is not a plan of a spot-check ({type(error).__name__}: {error}); make one with `review plan`."
            raise PlanError(msg) from None

    def save(self, path: Path) -> None:
        """Write it as JSON.

        Raises:
            OSError: If the file cannot be written.
        """
        path.write_text(json.dumps(self.to_dict(), indent=1) + "\n", encoding="ascii")

    @classmethod
    def load(cls, path: Path) -> Plan:
        """Read what ``save`` wrote.

        Raises:
            PlanError: If it is not a regular file or not a plan, too large, or of a newer version.
            OSError: If the file cannot be read.
        """
        if why := unreadable(path):
            msg = f"The plan {path.name} {why}."
            raise PlanError(msg)
        with path.open("rb") as file:
            content = file.read(LIMIT + 1)
        if len(content) > LIMIT:
            msg = f"{path.name} is larger than any plan ({LIMIT:,} bytes); choose another file."
            raise PlanError(msg)
        try:
            fields = read_json(content)
        except ValueError:
            msg = f"{path.name} is not JSON; choose a file that a plan was saved to."
            raise PlanError(msg) from None
        return cls.from_dict(fields)


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > NAME_LIMIT:
        msg = "a text is missing or too long"
        raise TypeError(msg)
    return value


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        msg = "a whole number is missing"
        raise TypeError(msg)
    return value
