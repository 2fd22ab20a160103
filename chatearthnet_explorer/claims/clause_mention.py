"""One mention of a class in a clause, with its part, amount and negation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

PASSING, PLAIN = 1, 2
"""How clearly a class is called the largest."""

Parts = tuple[str, ...]
"""Parts of the chip; empty for the chip as a whole."""


class Size(NamedTuple):
    """Words of amount."""

    word: str | None
    """Their size word of ``size_words.SIZES``; None if there is none."""

    start: int
    """Start of the words in the text."""

    end: int
    """Where they end."""

    of_image: bool = False
    """Whether they refer to the whole image."""


@dataclass(slots=True)
class Statement:
    """One statement about a class: parts, amount, negation; filled in while the clause is read."""

    parts: Parts | None = None
    """Parts; None until they are known."""

    size: Size | None = None
    """Amount; None if there is none."""

    shared: bool = False
    """Whether the size was taken from the class before it in a list; its own size replaces it."""

    negated: bool = False
    """Whether the class is called absent."""

    lead: int = 0
    """How clearly the class is called the largest there: 0 not at all, ``PASSING``, ``PLAIN``."""


@dataclass(slots=True)
class Mention:
    """A class word with its statements; filled in while the clause is read."""

    name: str
    """The class, by its 3.5 name."""

    start: int
    """Start of the word in the text."""

    end: int
    """Where it ends."""

    statements: list[Statement] = field(default_factory=lambda: [Statement()])
    """Its statements, at least one; the first is from the words before it."""

    shares_size: bool = False
    """Whether classes after it in a list have the same size."""

    denied_at: int = -1
    """Start of the word that negates it; -1 for none."""

    wider: bool = False
    """Whether the last part is only where most of it is."""

    leads_whole: int = 0
    """How clearly it is called the largest of the whole chip, whichever parts are named after; likewise."""

    @property
    def leads(self) -> bool:
        """Whether it is called the largest anywhere."""
        return bool(self.leads_whole) or any(statement.lead for statement in self.statements)

    def follow(self, before: Mention) -> None:
        """Copy the statement of the class before it in a list: "a small area of grass and trees"."""
        statement = self.statements[0]
        if before.shares_size and not statement.size:
            statement.size, statement.shared, self.shares_size = before.statements[-1].size, True, True
        if before.statements[0].negated:
            self.deny_all(before.denied_at)
        statement.lead, self.leads_whole = before.statements[0].lead, before.leads_whole

    def place(self, parts: Parts, *, is_joined: bool, especially: bool) -> None:
        """Set its parts. ``joined`` parts are added to earlier ones; with ``especially`` it can be elsewhere too."""
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
        """Set the parts where it is absent."""
        last = self.statements[-1]
        if last.parts is None and len(self.statements) > 1:
            last.parts, last.negated = parts, True
            return
        if last.parts is None:
            # absent from one part means present in others
            last.parts, last.negated = (), False
            self.statements.append(Statement(parts, negated=True))
            return
        if last.negated and len(self.statements) > 1:
            last.parts += tuple(part for part in parts if part not in last.parts)
            return
        last.parts = tuple(part for part in last.parts if part not in parts)
        self.statements.append(Statement(parts, negated=True))

    def leave_out(self, parts: Parts) -> None:
        """Remove parts from its parts, without a claim of absence."""
        last = self.statements[-1]
        last.parts = tuple(part for part in last.parts or () if part not in parts)

    def deny_all(self, at: int) -> None:
        """Mark it as absent; ``at`` is the start of the negating word."""
        self.denied_at = at
        self.statements[-1].negated = True

    def promote(self, lead: int, *, of_whole: bool) -> None:
        """Mark it as the largest, in the current part or in the whole chip."""
        if of_whole:
            self.leads_whole = max(self.leads_whole, lead)
        else:
            self.statements[-1].lead = max(self.statements[-1].lead, lead)

    def widen(self) -> None:
        """Move the last lead without a part to the whole chip."""
        last = self.statements[-1]
        if last.lead and not last.parts:
            self.leads_whole, last.lead = max(self.leads_whole, last.lead), 0

    def copy_to(self, source: Parts, parts: Parts) -> Mention | None:
        """Return the statement of ``source`` for other parts; None if there is none."""
        statement = next((one for one in self.statements if not one.negated and {*source} & {*(one.parts or ())}), None)
        if statement is None:
            return None
        return Mention(self.name, self.start, self.end, [Statement(parts, statement.size, lead=statement.lead)])

    def settle(self, parts: Parts) -> None:
        """Put it in the parts of the sentences before, if it has no part yet."""
        if self.statements[-1].parts is None and len(self.statements) > 1:
            self.statements.pop()
        for statement in self.statements:
            statement.parts = parts if statement.parts is None else statement.parts

    def lead_whole(self) -> None:
        """Mark it as the largest of the whole chip, if the caption says so."""
        first = self.statements[0]
        if self.leads_whole and first.parts:
            self.statements.insert(0, Statement((), lead=self.leads_whole))
        elif self.leads_whole:
            first.lead = max(first.lead, self.leads_whole)
        self.leads_whole = 0
