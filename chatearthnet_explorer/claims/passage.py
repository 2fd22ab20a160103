"""Parse a caption sentence by sentence: what carries over to the next, and which class leads in which part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chatearthnet_explorer.caption import LIMIT
from chatearthnet_explorer.claims.clause import Clause
from chatearthnet_explorer.claims.clause_mention import PLAIN, Mention, Parts
from chatearthnet_explorer.claims.phrase_effects import OF_CLAUSE, image
from chatearthnet_explorer.claims.vocabulary.phrase_finder import to_lower
from chatearthnet_explorer.claims.vocabulary.sign_words import Sign
from chatearthnet_explorer.landcover.shares import PARTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from chatearthnet_explorer.claims.tokenizer import Token


class Passage:
    """Reads the tokens of a caption and collects its mentions.

    A part at the start of a sentence applies to the sentences after it, until a part or the whole image is named.
    """

    def __init__(self, text: str) -> None:
        """Start at the beginning of a text."""
        self.text = to_lower(text[:LIMIT])
        self.mentions: list[Mention] = []
        self.classes_seen: dict[str, None] = {}
        self.walk: list[str] = []
        self.sentences: list[tuple[int, int]] = []
        self.leaders: dict[str, str] = {}
        self._in_passing: dict[str, str] = {}
        self.loose: set[str] = set()
        self._context: Parts = ()
        self._last: Parts = ()
        self._in_context: list[Mention] = []
        self._topic: list[Mention] = []
        self._start_sentence(0)

    def read(self, tokens: Iterable[Token]) -> None:
        """Read all tokens of the text."""
        for token in tokens:
            sign, value, start, end = token
            clause = self._clause
            if clause.grouping and sign not in _IN_GROUP:
                clause.end_group()
            action = OF_CLAUSE.get(sign)
            if action:
                action(clause, value, start, end)
                clause.before = token
            elif sign in _OF_PASSAGE:
                _OF_PASSAGE[sign](self, value, start, end)
                self._clause.before = token
            if sign is Sign.OF_IT and not clause.open:
                self._loose = True
            if sign is Sign.PLACE:
                self.classes_seen.update(dict.fromkeys(value))
        if self.text[self._begin :].strip():
            self._stop("", len(self.text), len(self.text))
        self.leaders = {**self._in_passing, **self.leaders}

    def _start_sentence(self, at: int) -> None:
        self._begin = at
        self._mentions: list[Mention] = []
        self._recalled_mentions: list[Mention] = []
        self._here: Parts = ()
        self._there: Parts = ()
        self._latest: Parts = ()
        self._mode = ""
        self._whole = self._same = self._points_back = self._loose = False
        self._clause: Clause = Clause(self.text)

    def _finish_clause(self) -> None:
        clause = self._clause
        clause.close()
        self._mentions += clause.mentions
        self._recalled_mentions += clause.recalled_mentions
        if clause.mentions or clause.recalled_mentions:
            self._topic = clause.mentions[:1] or clause.recalled_mentions if clause.mode == "classes" else []
        self.walk += clause.turn_parts
        self._mode = self._mode or clause.mode
        self._here = clause.here or self._here
        self._latest = clause.latest or self._latest
        self._whole = self._whole or clause.whole

    def _next_clause(self, _word: str, _start: int, _end: int) -> None:
        self._finish_clause()
        self._clause = Clause(self.text, whole=self._whole, contrast=True, first=not self._mentions)

    def _but(self, _word: str, _start: int, _end: int) -> None:
        self._finish_clause()
        subject = self._clause.open or self._clause.subject
        self._clause = Clause(self.text, subject=subject, whole=self._whole, first=not self._mentions)

    def _overall(self, _word: str, _start: int, _end: int) -> None:
        self._clause.whole = self._clause.sums_up = True
        self._context = self._last = ()

    def _rest(self, word: str, start: int, end: int) -> None:
        """Read "the rest" as the parts that the sentence, or all before it, has not named."""
        here = self._here or self._clause.here
        if (self._context or self._loose) and word in {"the rest", "the remainder"}:
            return  # of the part that is spoken of
        candidates = self._latest or self._clause.latest or self.classes_seen
        parts = tuple(part for part in PARTS if part not in candidates)
        if here and not self._mentions:
            return
        if self._clause.mode and word.startswith("the ") and self.text[start - 3 : start] != "in ":
            self._next_clause(word, start, end)
        vague = word == "elsewhere" or word.startswith(("the other", "the remaining"))
        if vague and not self._clause.absent:
            image(self._clause, word, start, end)  # "a few specks elsewhere": it is unknown in how many of them
        elif 0 < len(parts) < len(PARTS):
            self._clause.place(parts, start, end)
            self._clause.end_group()
        else:
            image(self._clause, word, start, end)

    def _repeats(self, _word: str, _start: int, _end: int) -> None:
        self._same = True

    def _pronoun(self, _word: str, _start: int, _end: int) -> None:
        """Let a clause that begins with a pronoun continue with the subject of the clause before."""
        self._loose = True
        if self._topic and not self._clause.mode:
            self._clause.recall(self._topic)

    def _loosely(self, _word: str, _start: int, _end: int) -> None:
        self._loose = True

    def _back(self, _word: str, _start: int, _end: int) -> None:
        clause = self._clause
        # "there" refers to a part of this sentence, if it has named one
        self._there = clause.here or clause.latest or self._here or self._latest
        self._points_back = not self._there

    def _stop(self, _word: str, _start: int, end: int) -> None:
        self._finish_clause()
        if self._same and self._here and not self._mentions:
            self._mentions = self._copies(self._context or self._last)
        if self._points_back and not self._whole:
            self._context = self._context or self._last
        fallback = self._here or self._there or (() if self._whole else self._part_spoken_of())
        if self._same or self._loose:
            self.loose.update(self._here or self._latest or fallback)
        for mention in (*self._mentions, *self._recalled_mentions):
            self._settle(mention, fallback)
        self.mentions += self._mentions
        if self._mode == "places":
            self._context = self._here if len(self._here) < len(PARTS) else ()
        elif self._context and self._latest:
            self._context = self._latest
        elif self._whole:
            self._context = ()
        if self._here or self._latest or not self._context:
            self._in_context = []
        self._in_context += self._mentions
        if self._mentions or self._here:
            # a sentence without a class does not change "here"
            self._last = self._here or (() if self._whole else self._latest)
        sentence = self.text[self._begin : end].lstrip()
        self.sentences.append((end - len(sentence), end))
        self._start_sentence(end)

    def _copies(self, source: Parts) -> list[Mention]:
        """Return the classes of some parts as mentions in the parts of this sentence."""
        copies = {mention.name: mention.copy_to(source, self._here) for mention in self._in_context}
        return [copy for copy in copies.values() if copy]

    def _part_spoken_of(self) -> Parts:
        """Return the parts of classes without a part."""
        return self._latest if self._context and self._latest and not self._points_back else self._context

    def _settle(self, mention: Mention, fallback: Parts) -> None:
        mention.settle(fallback)
        if (self._here or self._points_back) and mention.leads_whole:
            mention.statements[0].lead, mention.leads_whole = mention.leads_whole, 0
        mention.lead_whole()
        for statement in mention.statements:
            if statement.lead and not statement.negated:
                leaders = self.leaders if statement.lead == PLAIN else self._in_passing
                parts = statement.parts or ()
                for part in (*parts, *(("",) if len(parts) in {0, len(PARTS)} else ())):
                    leaders.setdefault(part, mention.name)


_OF_PASSAGE: dict[Sign, Callable[[Passage, Any, int, int], None]] = {
    Sign.OVERALL: Passage._overall,  # noqa: SLF001 - its own table
    Sign.REST: Passage._rest,  # noqa: SLF001 - likewise
    Sign.CLAUSE: Passage._next_clause,  # noqa: SLF001 - likewise
    Sign.BUT: Passage._but,  # noqa: SLF001 - likewise
    Sign.SAME: Passage._repeats,  # noqa: SLF001 - likewise
    Sign.HERE: Passage._back,  # noqa: SLF001 - likewise
    Sign.PRONOUN: Passage._pronoun,  # noqa: SLF001 - likewise
    Sign.POSSESSIVE: Passage._loosely,  # noqa: SLF001 - likewise
    Sign.STOP: Passage._stop,  # noqa: SLF001 - likewise
}
_IN_GROUP = frozenset({Sign.PLACE, Sign.AND, Sign.JOINS})
