"""Checks of the words of a caption alone, without labels."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from chatearthnet_explorer.claims.lexicon.phrase_finder import finder, spellings
from chatearthnet_explorer.landcover.shares import PARTS
from chatearthnet_explorer.prompts.prompt import FORBIDDEN_WORDS
from chatearthnet_explorer.review.finding import Finding, quote

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from chatearthnet_explorer.review.checked_caption import Case

SHORTEST, LONGEST = 15, 260
"""Words that a caption of one chip has at least and at most. The four real ones at hand have 93 to 169, and a chip of
one class needs 15; 300 tokens, the limit of style 3.5 and a quarter of that of style 4V, are about 225."""

REPEATED_WORDS = 4
"""Words that a sentence must have for its repetition to count."""

# words of these phrases that are in most captions anyway, so that only the others show whether a text may have one
_COMMON = frozenset({"i", "we", "one", "it", "is", "are", "be", "in", "for", "all", "no", "who"})
_FORBIDDEN_ENDINGS = "[e|s|es|ed|ing|al|ally|ual|ually|ance|ances]"
_AROUND = 50  # characters before and behind a word for images that are its context
_LIST = 1000  # characters at the end of a caption that show whether it is a list
_SENTENCE_END = re.compile(r"[.!?][\"'\u2019\u201d)\]*]*\Z")
_FEWEST_PARTS = 3  # that clauses begin with, for their order to count
_SWAPS = 7  # of 10 pairs of parts: two parts that an opening names make at most 6
_DOTS = ("...", "\u2026")
_LIST_ITEM = re.compile(r"\s*(?:[-*\u2022\u2013\u2014+]|\(?\w{1,2}[.)]|[^.!?]{1,40}(?::|\s[-\u2013\u2014])\s)")
# no sentence and no item of a list ends with such a word
_OPEN_END = re.compile(
    r"(?:[,;:(\-\u2013\u2014]|\b(?:a|an|the|of|in|on|at|by|to|with|and|or|but|for|from|is|are|has|its))\Z"
)


def banned_word(case: Case) -> Iterator[Finding]:
    """Find words that both styles forbid, in any form, and other words of guessing."""
    pattern, words = _guesses()
    if words.isdisjoint(case.vocabulary):
        return
    for match in pattern.finditer(case.low):
        word = quote(case.text[match.start() : match.end()])
        yield Finding("banned word", f"The prompt forbids {word}.", start=match.start(), end=match.end())


def colour_word(case: Case) -> Iterator[Finding]:
    """Find colours in captions of style 4V."""
    if case.style != "4v":
        return
    pattern, words = _colours()
    if words.isdisjoint(case.vocabulary):
        return
    for match in pattern.finditer(case.low):
        word = quote(case.text[match.start() : match.end()])
        yield Finding("colour word", f"{word} is a colour of the label map.", start=match.start(), end=match.end())


def several_images(case: Case) -> Iterator[Finding]:
    """Find a caption that mentions other images."""
    pattern, nouns = _several_images()
    low, vocabulary = case.low, case.vocabulary
    for word, as_bytes in nouns:
        at = low.find(word) if as_bytes in vocabulary else -1
        while at >= 0:
            begin = max(at - _AROUND, 0)
            match = pattern.search(low[begin : at + _AROUND])
            if match:
                start, end = begin + match.start(), begin + match.end()
                evidence = f"{quote(case.text[start:end])} refers to more images than this one."
                yield Finding("several images", evidence, start=start, end=end)
                return
            at = low.find(word, at + len(word))


def cut_off(case: Case) -> Iterator[Finding]:
    """Find a caption that stops before its last sentence ends; the items of a list may have no full stop."""
    text = case.text.rstrip()
    if not text or (_SENTENCE_END.search(text[-8:]) and not text.endswith(_DOTS)) or _ends_with_item(text):
        return
    start = case.reading.sentences[-1][0] if case.reading.sentences else 0
    evidence = f"It stops at {quote(text[max(start, len(text) - 30) :])}."
    yield Finding("cut off", evidence, start=start, end=len(text))


def _ends_with_item(text: str) -> bool:
    """Return whether a text without a full stop ends with a complete item or heading of a list."""
    *before, last = text[-_LIST:].splitlines()
    if not before or text.endswith(_DOTS) or _OPEN_END.search(last.lower()):
        return False
    return bool(_LIST_ITEM.match(last)) and any(not _SENTENCE_END.search(line.rstrip()[-8:]) for line in before)


def repeated_sentence(case: Case) -> Iterator[Finding]:
    """Find sentences that occur twice, of the same parts: "Grass is small." may be said of two."""
    parts_of: dict[str, set[tuple[str, ...]]] = {}
    for start, end in case.reading.sentences:
        words = case.low[start:end].strip()
        if words.count(" ") < REPEATED_WORDS - 1:
            continue
        # style 3.5 goes from part to part
        claims = case.reading.claims if case.style == "3.5" else ()
        parts = {claim.parts for claim in claims if start <= claim.start < end}
        if words in parts_of and parts == parts_of[words]:
            evidence = f"{quote(case.text[start:end])} occurs twice."
            yield Finding("repeated sentence", evidence, start=start, end=end)
        parts_of[words] = parts


def too_short(case: Case) -> Iterator[Finding]:
    """Find captions with too few words to describe a chip."""
    if case.words < SHORTEST:
        yield Finding("too short", f"It has {case.words} words, fewer than {SHORTEST}.", figure=case.words)


def too_long(case: Case) -> Iterator[Finding]:
    """Find captions with more words than the prompt allows."""
    if case.words > LONGEST:
        yield Finding("too long", f"It has {case.words} words, more than {LONGEST}.", figure=case.words)


def part_unspoken(case: Case) -> Iterator[Finding]:
    """Find parts that a caption of style 3.5 does not mention."""
    if case.style != "3.5":
        return
    for part in PARTS:
        if part not in case.reading.parts:
            yield Finding("part unspoken", f"It does not mention the {part}.", part=part)


def order_of_parts(case: Case) -> Iterator[Finding]:
    """Find a caption of style 3.5 that does not describe the parts in the prompt's order.

    A caption may come back to a part, as an opening or a closing sentence does: its order is right if it describes all
    these parts in the prompt's order at least once. A caption with a paragraph for each class begins few clauses with a
    part; then its order is also wrong if that of the first mentions is far from the prompt's.
    """
    if case.style != "3.5":
        return
    steps = iter(case.reading.walk)
    is_right = all(part in steps for part in PARTS if part in case.reading.walk)
    walk = tuple(dict.fromkeys(case.reading.walk))
    if is_right and len(walk) < _FEWEST_PARTS:
        walk = case.reading.parts
        pairs = [(before, here) for at, here in enumerate(walk) for before in walk[:at]]
        is_right = sum(PARTS.index(here) < PARTS.index(before) for before, here in pairs) < _SWAPS
    for before, here in () if is_right else pairwise(walk):
        if PARTS.index(here) < PARTS.index(before):
            yield Finding("order of parts", f"It describes the {here} after the {before}.", part=here)
            return


@cache
def _phrases() -> Mapping[str, Any]:
    return tomllib.loads((files(__package__) / "word_checks.toml").read_text(encoding="utf-8"))


@cache
def _guesses() -> tuple[re.Pattern[str], frozenset[bytes]]:
    """Return the phrases of guessing, and words of which each has one."""
    forbidden = (f"{word.removesuffix('e')}{_FORBIDDEN_ENDINGS}" for word in FORBIDDEN_WORDS)
    phrases = set(spellings((*forbidden, *_phrases()["guesses"])))
    rare = ((word for word in phrase.split() if word not in _COMMON) for phrase in phrases)
    return re.compile(finder(phrases)), frozenset(next(words).encode() for words in rare)


@cache
def _colours() -> tuple[re.Pattern[str], frozenset[bytes]]:
    """Return the phrases for colours, and their first words."""
    phrases = set(spellings(_phrases()["colours"]))
    return re.compile(finder(phrases)), frozenset(phrase.split()[0].encode() for phrase in phrases)


@cache
def _several_images() -> tuple[re.Pattern[str], tuple[tuple[str, bytes], ...]]:
    """Return the phrases for several images, and nouns of which each has one, as text and as bytes."""
    table = _phrases()
    numbers = "|".join(map(_expression, table["numbered_images"]))
    pattern = rf"\b(?:(?:{'|'.join(map(_expression, table['several_images']))})\b|(?:{numbers})(?=\s?[:,.)]))"
    nouns = (*table["images"].split("|"), *(f"{noun}s" for noun in table["images"].split("|")))
    views = (*table["views"].split("|"), *(f"{noun}s" for noun in table["views"].split("|")))
    return re.compile(pattern), tuple((noun, noun.encode()) for noun in (*nouns, *views, "sheets", "plates", "figures"))


def _expression(phrase: str) -> str:
    """Return a regular expression for a phrase of ``word_checks.toml``."""
    names = ("image", "view", "about", "count")
    for name in names:
        phrase = phrase.replace(f"<{name}>", f"{{{_phrases().get(f'{name}s') or _phrases()[name]}}}")
    return phrase.translate(_SYNTAX)


_SYNTAX = str.maketrans({"{": "(?:", "}": ")", "[": "(?:", "]": ")?", " ": r"[\s\-]{1,3}"})
