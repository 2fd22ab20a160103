"""Parse one clause: which class is in which part, with which amount."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatearthnet_explorer.claims.amounts import Amounts
from chatearthnet_explorer.claims.class_lists import are_in_series, are_listed, is_shape, start_of_list
from chatearthnet_explorer.claims.clause_mention import PASSING, Mention, Parts, Statement
from chatearthnet_explorer.claims.connecting_words import (
    FROM,
    OF,
    TO,
    are_places,
    ends_contrast,
    opens_clause,
)
from chatearthnet_explorer.claims.leading_class import Lead
from chatearthnet_explorer.claims.vocabulary import LAND
from chatearthnet_explorer.claims.vocabulary.sign_words import Sign

if TYPE_CHECKING:
    from chatearthnet_explorer.claims.tokenizer import Token


class Clause:
    """Reads the words of a clause one by one and fills in mentions.

    There are two kinds of clauses. In one that begins with a part ("in the top left, ...") the classes
    that follow are there. In one that begins with a class ("trees cover the top left") the part follows it.
    """

    __slots__ = (
        *("text", "mentions", "here", "mode", "open", "latest", "turn_parts", "subject", "whole", "before", "grouping"),
        *("absent", "amounts", "apart", "comparing", "contrast", "denied_at", "especially", "excepting", "lead"),
        *("ahead", "joins", "first", "recalled_mentions", "pair", "sums_up"),
        *("_orphan", "_after_from", "_stop_position", "_last_place"),
    )

    def __init__(
        self,
        text: str,
        *,
        subject: list[Mention] | None = None,
        whole: bool = False,
        contrast: bool = False,
        first: bool = True,
    ) -> None:
        """Start a clause of a text.

        Args:
            text: All of it, in lower case.
            subject: Classes of the clause before that this one continues with.
            whole: Whether the sentence has named the whole image.
            contrast: Whether a comma can end it, as in "while trees fill the left, the right is bare".
            first: Whether the sentence has no class before it.
        """
        self.text = text
        self.mentions: list[Mention] = []
        self.here: Parts = ()
        self.mode = ""
        self.open: list[Mention] = []
        self.latest: Parts = ()
        self.turn_parts: Parts = ()
        self.subject = subject or []
        self.whole = whole
        self.contrast = contrast
        self.before: Token = (Sign.STOP, "", 0, 0)
        self.apart = True
        self.grouping = self.comparing = self.excepting = False
        self.absent = self.especially = self._orphan = self._after_from = False
        self.amounts = Amounts(text)
        self.lead = Lead(text)
        self.denied_at = self._stop_position = self._last_place = -1
        self.ahead = self.joins = False
        self.first = first
        self.recalled_mentions: list[Mention] = []
        self.pair: list[Mention] = []
        self.sums_up = False

    def recall(self, mentions: list[Mention]) -> None:
        """Continue with classes of the clause or sentence before: "they cover ..."."""
        self.mode = "classes"
        self.open, self.recalled_mentions = list(mentions), mentions
        for mention in mentions:
            mention.statements.append(Statement())

    def close(self) -> None:
        """End the clause: assign pending amounts and parts."""
        if self._orphan and (self.open or self.subject):
            # a place that no class follows: "trees fill the left but are absent from the middle"
            self._place_last()
        elif self._orphan:
            self.turn_parts += self.here
        self.amounts.settle(self.open)
        if self.mode == "classes" and self.latest and not self.sums_up:
            for mention in self.open:
                if mention.statements[-1].parts is None:
                    mention.statements[-1].parts = self.latest

    def _place_last(self) -> None:
        """Assign a part that no class follows to the class before it, and to those in its list."""
        self.grouping = False
        if not self.open:
            self.open = self.subject
            self._bind(self.open, self.here, sized_after=True)
            self.here = ()
            return
        first = start_of_list(self.open, self.text)
        if first or len(self.mentions) > len(self.open):
            # the others keep the part that the clause began with
            for mention in self.open[first:]:
                mention.statements[-1].parts = None
        self._bind(self.open[first:], self.here)

    def end_group(self) -> None:
        """End a list of parts."""
        self.grouping = self.comparing = self.excepting = False

    # --- classes

    def land(self, name: str, start: int, end: int) -> None:
        """A class."""
        before = self.open[-1] if self.open else None
        if before and name != before.name and is_shape(self.text, before.end, start, end):
            return
        mention = Mention(name, start, end)
        self.amounts.give_to(mention, self.open)
        if self.denied_at >= 0:
            mention.deny_all(self.denied_at)
        if self.ahead and self.open:
            self.open[0].promote(PASSING, of_whole=self.whole)
        elif before and are_listed(self.text, before.end, start, third=len(self.open) > 1):
            mention.follow(before)
        lead = self.lead.take(start, again=before is not None and before.name == name)
        if lead:
            mention.promote(lead, of_whole=self.whole)
        has_place = before is not None and before.statements[-1].parts is not None
        if not self.mode:
            self.mode = "classes"
        elif self.mode == "places":
            mention.statements[-1].parts = self.here
            self.turn_parts += self.here if self._orphan else ()
            has_place = False
        if self.lead.is_theme:
            mention.statements[0].parts = ()  # places named with a theme are not claims
        self.mentions.append(mention)
        self._open(mention, before, has_place=has_place)
        self.denied_at = -1

    def _open(self, mention: Mention, before: Mention | None, *, has_place: bool) -> None:
        """Make a class the current one, alone or with those before it."""
        apart = self.apart or has_place
        if before and not apart and before.name != mention.name and not self.joins:
            apart = not are_in_series(self.text, before.end, mention.start)
            if apart and self.mode == "classes" and self.text.endswith(" the ", 0, mention.start):
                mention.statements[0].parts = ()  # "grass surrounds the town and is widest in the middle"
                return
        # a list longer than the legend is not a list, and would be slow to read
        if apart or len(self.open) == len(LAND):
            self.open = []
            self.absent = False
        self.open.append(mention)
        self.pair = []
        self.apart = self._orphan = self.comparing = self.excepting = self.ahead = self.joins = False

    # --- places

    def place(self, parts: Parts, start: int, end: int) -> None:
        """One part or several."""
        if self.comparing:
            self.grouping = True
            return
        if self.mode == "places" and self.grouping and self.before[1] != "and" and set(parts) < set(self.here):
            self.here = self.latest = parts  # "in the upper half, the top left"
            return
        if self.denied_at >= 0 and self.open and self.mode == "classes":
            # "with none in the middle"
            self.absent, self.denied_at = self.text.startswith("none", self.denied_at), -1
        if self.lead.is_theme:
            return
        self.grouping = self.grouping and are_places(self.text, self._stop_position, start)
        self._last_place, self._stop_position = self._stop_position, end
        if self.excepting:
            self.here = tuple(part for part in self.here if part not in parts)
            for mention in self.open:
                # "common in all parts but one" does not say that it is missing there
                last = mention.statements[-1]
                (mention.leave_out if last.size or mention.leads else mention.deny)(parts)
        elif self.mode == "classes" and not self._opens(start):
            self._bind(self.open, parts, start=start)
        elif self.mode == "places" and self.grouping and not (self._after_from and self.text.endswith(TO, 0, start)):
            self.here += tuple(part for part in parts if part not in self.here)
        else:
            self._turn_to(parts, start)
        self.latest = tuple(dict.fromkeys(self.latest + parts)) if self.grouping else parts
        self.ahead = False
        self.lead.pass_place()
        self.grouping = True
        self.especially = self.especially and self.mode == "places"

    def _turn_to(self, parts: Parts, start: int) -> None:
        if self.mode == "classes":
            self.open = []
        elif self.open and not self.text.endswith(OF, 0, start):
            self.amounts.settle(self.open, all_of_them=True)
        self.mode = "places"
        self.contrast = False
        self.here = parts
        self._orphan = True
        self._after_from = self.text.endswith(FROM, 0, start)

    def _opens(self, start: int) -> bool:
        """Return whether a part belongs to the classes after it instead of those before."""
        if self.apart and not self.grouping and opens_clause(self.text, self.before, start):
            return True
        return self.contrast and bool(self.open) and ends_contrast(self.text, self.before, start)

    def _bind(self, mentions: list[Mention], parts: Parts, *, start: int = -1, sized_after: bool = False) -> None:
        has_place = bool(mentions) and mentions[-1].statements[-1].parts is not None
        own = self.amounts.take_for_part(start, self._last_place) if has_place and not self.absent else None
        if own:
            for mention in mentions:
                mention.statements.append(Statement(parts, own))
            return
        if not sized_after:
            self.amounts.settle(mentions, all_of_them=True, before=start)
        for mention in mentions:
            if self.absent:
                mention.deny(parts)
            else:
                mention.place(parts, is_joined=self.grouping, especially=self.especially)
        self.amounts.settle(mentions, all_of_them=True)
