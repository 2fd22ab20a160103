"""A caption prepared for the checks: its words, its claims and the shares of the labels."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from chatearthnet_explorer.claims import Reading  # noqa: TC001 - a field of a dataclass
from chatearthnet_explorer.claims.lexicon.phrase_finder import to_lower
from chatearthnet_explorer.review.certainty import open_parts
from chatearthnet_explorer.review.grounding import Fault, faults
from chatearthnet_explorer.review.label_counts import Cover  # noqa: TC001 - likewise

_ONLY_WORDS = bytes(code if chr(code).isascii() and chr(code).isalnum() else ord(" ") for code in range(256))


@dataclass
class Case:
    """A caption with the values that several checks need, each computed once."""

    text: str
    """The caption, hostile."""

    style: str
    """``3.5`` or ``4v``."""

    reading: Reading
    """What it claims."""

    cover: Cover | None = None
    """Counts of the labels; None without labels."""

    strict: bool = False
    """Whether claims that are only likely are checked as well."""

    low: str = field(init=False)
    """The caption in lower case, with the same positions of characters."""

    def __post_init__(self) -> None:
        """Convert it to lower case once."""
        self.low = to_lower(self.text)

    @cached_property
    def words(self) -> int:
        """The number of words."""
        return len(self.text.split())

    @cached_property
    def vocabulary(self) -> frozenset[bytes]:
        """Every word in lower case, once, as bytes; a sign that is no letter or digit separates words."""
        return frozenset(self.low.encode("ascii", "replace").translate(_ONLY_WORDS).split())

    @cached_property
    def faults(self) -> list[Fault]:
        """Every claim that the labels contradict."""
        return faults(self.reading, self.cover, strict=self.strict) if self.cover else []

    @cached_property
    def open_parts(self) -> frozenset[str]:
        """The parts of which it may say more than was read."""
        return open_parts(self.reading)

    @cached_property
    def texts_of(self) -> dict[str, list[str]]:
        """The classes claimed for each part, in the order of the text; whole-chip claims under the empty part."""
        texts: dict[str, list[str]] = {}
        for claim in self.reading.claims:
            if not claim.negated:
                for part in claim.parts or ("",):
                    texts.setdefault(part, []).append(claim.name)
        return texts
