"""One mention of a class in a clause, with its part, amount and negation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

PASSING, PLAIN = 1, 2
"""How clearly a class is said to lead."""

Parts = tuple[str, ...]
"""Parts of the chip; empty for the chip as a whole."""


class Size(NamedTuple):
    """Words of amount."""

    word: str | None
    """The size word of ``size_words.SIZES`` that they stand for; None where they stand for none."""

    start: int
    """Where they start in the text."""

    end: int
    """Where they end."""

    of_image: bool = False
    """Whether they say that it is so much of the image as a whole."""


@dataclass(slots=True)
class Statement:
    """Where and how much; filled in as the words come."""

    parts: Parts | None = None
    """None until it is known."""

    size: Size | None = None
    """None where nothing is said of it."""

    shared: bool = False
    """Whether the size was taken from the class before it in a list; its own size replaces it."""

    negated: bool = False
    """Whether the class is said not to be there."""

    lead: int = 0
    """How clearly the class is said to lead there: 0 not at all, ``PASSING``, ``PLAIN``."""


@dataclass(slots=True)
class Mention:
    """A class word with its statements; filled in as the words come."""

    name: str
    """The class, by its 3.5 name."""

    start: int
    """Where the word starts in the text."""

    end: int
    """Where it ends."""

    statements: list[Statement] = field(default_factory=lambda: [Statement()])
    """What is said of it, at least one thing; the first is what the words before it say."""

    shares_size: bool = False
    """Whether classes listed behind it have its size too."""

    denied_at: int = -1
    """Where the word that denies it starts; -1 for none."""

    wider: bool = False
    """Whether the part named last is only where there is most of it."""

    leads_whole: int = 0
    """How clearly it is said to lead in the chip as a whole, whatever parts are named after; likewise."""

    @property
    def leads(self) -> bool:
        """Whether it is said to lead anywhere."""
        return bool(self.leads_whole) or any(statement.lead for statement in self.statements)

    def follow(self, before: Mention) -> None:
        """Take over what is said of the class before it in a list: "a small area of grass and trees"."""
        statement = self.statements[0]
        if before.shares_size and not statement.size:
            statement.size, statement.shared, self.shares_size = before.statements[-1].size, True, True
        if before.statements[0].negated:
            self.deny_all(before.denied_at)
        statement.lead, self.leads_whole = before.statements[0].lead, before.leads_whole

    def place(self, parts: Parts, *, is_joined: bool, especially: bool) -> None:
        """Say where it is. ``joined`` parts belong to those placed before; ``especially`` leaves it elsewhere too."""
        last = self.statements[-1]
        if last.parts and {*parts} <= {*last.parts}:
            self.statements.append(Statement(parts))
        elif last.parts is None:
            if especially:
                last.parts = ()
                self.wider = True
                self.statements.append(Statement(parts, negated=last.negated))
            else:
                last.parts = parts
        elif is_joined or not (last.size or last.negated or last.lead or len(self.statements) > 1):
            last.parts += tuple(part for part in parts if part not in last.parts)
        else:
            self.statements.append(Statement(parts))

    def deny(self, parts: Parts) -> None:
        """Say where it is not."""
        last = self.statements[-1]
        if last.parts is None and len(self.statements) > 1:
            last.parts, last.negated = parts, True
            return
        if last.parts is None:
            # what is missing from one part is there in others
            last.parts, last.negated = (), False
            self.statements.append(Statement(parts, negated=True))
            return
        if last.negated and len(self.statements) > 1:
            last.parts += tuple(part for part in parts if part not in last.parts)
            return
        last.parts = tuple(part for part in last.parts if part not in parts)
        self.statements.append(Statement(parts, negated=True))

    def leave_out(self, parts: Parts) -> None:
        """Take parts out of where it is, without a word on whether it is there."""
        last = self.statements[-1]
        last.parts = tuple(part for part in last.parts or () if part not in parts)

    def deny_all(self, at: int) -> None:
        """Say that it is not there; ``at`` is where the word that denies it starts."""
        self.denied_at = at
        self.statements[-1].negated = True

    def promote(self, lead: int, *, of_whole: bool) -> None:
        """Say that it leads, in the part spoken of or in the chip as a whole."""
        if of_whole:
            self.leads_whole = max(self.leads_whole, lead)
        else:
            self.statements[-1].lead = max(self.statements[-1].lead, lead)

    def widen(self) -> None:
        """Take the lead that was said last, of no part, as one of the chip as a whole."""
        last = self.statements[-1]
        if last.lead and not last.parts:
            self.leads_whole, last.lead = max(self.leads_whole, last.lead), 0

    def copy_to(self, source: Parts, parts: Parts) -> Mention | None:
        """Return what is said of ``source``, said of other parts; None if nothing is."""
        statement = next((one for one in self.statements if not one.negated and {*source} & {*(one.parts or ())}), None)
        if statement is None:
            return None
        return Mention(self.name, self.start, self.end, [Statement(parts, statement.size, lead=statement.lead)])

    def settle(self, parts: Parts) -> None:
        """Put it in the parts that the sentences before speak of, if nothing was said of where it is."""
        if self.statements[-1].parts is None and len(self.statements) > 1:
            self.statements.pop()
        for statement in self.statements:
            statement.parts = parts if statement.parts is None else statement.parts

    def lead_whole(self) -> None:
        """Say that it leads in the chip as a whole, if that was said."""
        first = self.statements[0]
        if self.leads_whole and first.parts:
            self.statements.insert(0, Statement((), lead=self.leads_whole))
        elif self.leads_whole:
            first.lead = max(first.lead, self.leads_whole)
        self.leads_whole = 0
