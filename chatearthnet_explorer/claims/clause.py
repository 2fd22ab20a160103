"""How the words of one clause belong together: which class stands in which part, with which amount."""

from __future__ import annotations

import re

from chatearthnet_explorer.claims.mention import PASSING, PLAIN, Mention, Parts, Size, Statement
from chatearthnet_explorer.vocabulary import Sign

# What may stand between the members of a list that share an amount or a denial.
_LISTED = re.compile(
    r"(?: (?:area|land|zone|region|field|patch|cover|ground|vegetation)[a-z]{0,3})?"
    r"(?:,|,? (?:and|or|&|and/or)(?: the| any)?|/) ?"
)
# What tells, behind words of amount that no class follows, that they speak of the class before them.
_NOUN = re.compile(r"\s(?:fraction|part|portion|amount|quantit|share|coverage|presence|extent|area|expanse)")
_STANDALONE = re.compile(rf"{_NOUN.pattern}[a-z]{{0,3}}(?:\s?[,.;]|\s(?:overall|in|throughout|across)\b)")
_NEAR = 12


class Clause:
    """Takes the words of a clause one by one and fills in mentions.

    Two kinds are told apart by what comes first. In one that opens with a place ("in the top left, ...") the classes
    that follow stand there. In one that opens with a class ("trees cover the top left") its place follows it.
    """

    __slots__ = (
        *("text", "mentions", "here", "mode", "open", "latest", "turned", "subject", "whole"),
        *("_absent", "_apart", "_before", "_before_end", "_before_word", "_came_from", "_comparing", "_covers"),
        *("_denied_at", "_especially", "_excepting", "_grouping", "_lead", "_lead_survives", "_orphan"),
        *("_pending", "_pending_of_whole"),
    )

    def __init__(self, text: str, *, subject: list[Mention] | None = None, whole: bool = False) -> None:
        """Start a clause of a text; ``subject`` are classes of the one before that it goes on to speak of."""
        self.text = text
        self.mentions: list[Mention] = []
        self.here: Parts = ()
        self.mode = ""
        self.open: list[Mention] = []
        self.latest: Parts = ()
        self.turned: Parts = ()
        self.subject = subject or []
        self.whole = whole
        self._before: Sign = Sign.STOP
        self._before_end = 0
        self._before_word = ""
        self._apart = True
        self._grouping = self._comparing = self._excepting = False
        self._absent = self._covers = self._especially = self._orphan = self._came_from = False
        self._pending: Size | None = None
        self._pending_of_whole = self._lead_survives = False
        self._denied_at = -1
        self._lead = 0

    def after(self, sign: Sign, word: object, end: int) -> None:
        """Remember what was taken last."""
        if sign is not Sign.PLACE and sign is not Sign.AND and sign is not Sign.JOINS:
            if self._grouping:
                self._grouping = self._comparing = self._excepting = False
            if sign is Sign.REFERENCE:
                self._comparing = True
            elif sign is Sign.EXCEPT:
                self._excepting = True
        self._before, self._before_word, self._before_end = sign, word, end

    def close(self) -> None:
        """Give what is left over to whom it belongs."""
        if self._orphan and (self.open or self.subject):
            # a place that no class follows: "trees fill the left but are absent from the middle"
            self._grouping = False
            self._bind(self.open or self.subject, self.here)
            if not self.open:
                self.here = ()
        elif self._orphan:
            self.turned += self.here
        if self._pending and self.open and (self._covers or _NOUN.match(self.text, self._pending.end)):
            self._size_back(self._pending)
        if self.mode == "classes" and self.latest:
            for mention in self.open:
                if mention.statements[-1].parts is None:
                    mention.statements[-1].parts = self.latest

    # --- classes

    def land(self, name: str, start: int, end: int) -> None:
        """A class."""
        mention = Mention(name, start, end)
        said = mention.statements[0]
        before = self.open[-1] if self.open else None
        if self._pending:
            self._sized(mention, self._pending)
        if self._denied_at >= 0:
            mention.deny_all(self._denied_at)
        if before and _LISTED.fullmatch(self.text, before.end, start):
            if before.shares_size and not said.size:
                said.size, mention.shares_size = before.statements[-1].size, True
            if before.statements[0].negated:
                mention.deny_all(before.denied_at)
        if self._lead:
            mention.lead, mention.of_whole, self._lead = self._lead, self.whole, 0
        if not self.mode:
            self.mode = "classes"
        elif self.mode == "places":
            mention.statements[-1].parts = self.here
            if self._orphan:
                self.turned += self.here
        if self._apart or (before and self.mode == "classes" and before.statements[-1].parts is not None):
            self.open = []
            self._absent = False
        self.open.append(mention)
        self.mentions.append(mention)
        self._apart = self._covers = self._orphan = self._comparing = self._excepting = False
        self._denied_at = -1

    def _sized(self, mention: Mention, size: Size) -> None:
        self._pending = None
        if self._pending_of_whole:
            mention.statements = [Statement((), size), Statement()]
            self._pending_of_whole = False
            return
        mention.statements[0].size = size
        # "a small area of grass and trees" speaks of both, "a small lake and trees" of one
        article = self.text[max(size.start - 3, 0) : size.start].endswith((" a ", "an "))
        mention.shares_size = not article or self.text[mention.start - 3 : mention.start] == "of "

    # --- places

    def place(self, parts: Parts, start: int, _end: int) -> None:
        """One part or several."""
        if self._comparing:
            self._grouping = True
            return
        lead_in = self.text[max(start - 9, 0) : start]
        if self._excepting:
            self.here = tuple(part for part in self.here if part not in parts)
            for mention in self.open:
                mention.deny(parts)
        elif self.mode == "classes" and not self._fronted(start):
            self._bind(self.open, parts)
        elif self.mode == "places" and self._grouping and not (self._came_from and lead_in.endswith(("to the ", "to "))):
            self.here += tuple(part for part in parts if part not in self.here)
        else:
            self._turn_to(parts, lead_in)
        self.latest = self.latest + parts if self._grouping else parts
        if not self._lead_survives:
            self._lead = 0
        self._grouping = True
        self._covers = False
        self._especially = self._especially and self.mode == "places"

    def _turn_to(self, parts: Parts, lead_in: str) -> None:
        if self.mode == "classes":
            self.open = []
        elif self._pending and self.open and not lead_in.endswith("of the "):
            self._size_back(self._pending)
        self.mode = "places"
        self.here = parts
        self._orphan = True
        self._came_from = lead_in.endswith(("from the ", "from "))

    def _fronted(self, start: int) -> bool:
        """Return whether a place opens a clause of its own: "trees dominate, and in the middle there is water"."""
        near = start - self._before_end < _NEAR
        opened = self.text[self._before_end : start].startswith((" in ", " at ", " on ", " within ", " towards "))
        return self._apart and near and opened and self._before_word == "and" and not self._grouping

    def _bind(self, mentions: list[Mention], parts: Parts) -> None:
        if self._pending:
            self._size_back(self._pending)
        for mention in mentions:
            if self._absent:
                mention.deny(parts)
            else:
                mention.place(parts, joined=self._grouping, especially=self._especially)

    # --- amounts

    def amount(self, word: str | None, start: int, end: int) -> None:
        """Words of amount: of the class that follows, as a rule."""
        size = Size(word, start, end)
        unsized = bool(self.open) and not any(mention.statements[-1].size for mention in self.open)
        if unsized and (self._covers or _STANDALONE.match(self.text, end)):
            self._covers = self._pending_of_whole = False
            self._size_back(size)
        elif self._pending is None or self._pending.word is None or self.text[start - 2 : start] in {"a ", "n "}:
            self._pending = size

    def of_it(self, _word: str, _start: int, _end: int) -> None:
        """"Of it": the amount before belongs to the class before."""
        if self._pending:
            for mention in self.open:
                mention.statements[-1].size = mention.statements[-1].size or self._pending
            self._pending = None

    def _size_back(self, size: Size) -> None:
        self._pending = None
        for mention in self.open:
            last = mention.statements[-1]
            if last.size is None and not (mention.wider and mention.statements[0].size):
                last.size = size

    # --- the whole image

    def image(self, _word: str, start: int, _end: int) -> None:
        """The image as a whole, unless it says whose part is meant."""
        if self._before is Sign.PLACE and " of " in self.text[self._before_end : min(start, self._before_end + 24)]:
            return
        self.whole = True
        for mention in self.open:
            mention.of_whole = mention.of_whole or mention.lead > 0
            if self.mode == "classes" and mention.statements[-1].parts is None:
                mention.statements[-1].parts = ()

    def of_image(self, word: str, start: int, end: int) -> None:
        """"Of the image": the amount before is one of the whole."""
        if self._before is Sign.PLACE and start - self._before_end < _NEAR:
            return
        self._pending_of_whole = self._pending is not None
        self.image(word, start, end)

    # --- denial

    def no(self, _word: str, start: int, _end: int) -> None:
        """Denies the classes that follow."""
        self._denied_at = start
        self._apart = True

    def missing(self, _word: str, start: int, _end: int) -> None:
        """Denies the classes before, or their being in the parts that follow."""
        self._absent = True
        for mention in self.open:
            if self.mode == "places" or mention.statements[-1].parts is None:
                mention.deny_all(start)

    def unless(self, _word: str, _start: int, _end: int) -> None:
        """Ends a denial: "nothing but trees"."""
        self._denied_at = -1

    # --- who leads

    def leads(self, _word: str, _start: int, _end: int) -> None:
        """The class before leads; where there is none, the class behind."""
        if self._denied_at >= 0:
            self._denied_at = -1
        elif self.open:
            self.open[0].promote(PLAIN, of_whole=self.whole)
        else:
            self._lead, self._lead_survives = PLAIN, True
        self._apart = True

    def led_by(self, _word: str, _start: int, _end: int) -> None:
        """The class behind leads."""
        self._lead, self._lead_survives = PLAIN, False
        self._apart = True

    def theme(self, word: str, start: int, end: int) -> None:
        """The class before or behind is what the image is about."""
        self.image(word, start, end)
        if self.open:
            self.leads(word, start, end)
        else:
            self.made_of(word, start, end)

    def made_of(self, _word: str, _start: int, _end: int) -> None:
        """The class behind leads, if nothing clearer is said."""
        if not self._lead:
            self._lead, self._lead_survives = PASSING, False
        self._apart = True

    def ahead(self, _word: str, _start: int, _end: int) -> None:
        """The class before comes before those behind."""
        if self.open and not any(mention.lead for mention in self.mentions):
            self.open[0].promote(PASSING, of_whole=self.whole)
        self._apart = False

    # --- what else holds words together or apart

    def especially(self, _word: str, _start: int, _end: int) -> None:
        """The parts that follow are not the only ones."""
        self._especially = True

    def cover(self, _word: str, _start: int, _end: int) -> None:
        """An amount that follows is that of the class before."""
        self._covers = self._apart = True

    def verb(self, _word: str, _start: int, _end: int) -> None:
        """The class behind does not share the place of the one before."""
        self._apart = True

    def join(self, _word: str, _start: int, _end: int) -> None:
        """The class behind shares the place of the one before."""
        self._apart = self._covers = False

    def listing(self, word: str, _start: int, _end: int) -> None:
        """A comma ends a comparison and a denial; "and" does not."""
        if word == ",":
            self._comparing = self._excepting = False
            self._denied_at = -1
