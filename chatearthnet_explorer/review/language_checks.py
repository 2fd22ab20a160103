"""Checks of the words of a caption alone, without labels."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from chatearthnet_explorer.landcover.shares import PARTS
from chatearthnet_explorer.prompts.prompt import FORBIDDEN_WORDS
from chatearthnet_explorer.review.finding import Finding, quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chatearthnet_explorer.review.checked_caption import Case

SHORTEST, LONGEST = 15, 260
"""Words that a caption of one chip has at least and at most. The four real ones at hand have 93 to 169, and a chip of
one class needs 15; 300 tokens, the limit of style 3.5 and a quarter of that of style 4V, are about 225."""

REPEATED_WORDS = 4
"""Words that a sentence must have for its repetition to count."""

COLOURS = (
    *("red", "green", "blue", "yellow", "cyan", "magenta", "purple", "white", "black", "gray", "grey", "brown", "tan"),
    *("orange", "pink", "violet", "beige", "turquoise", "teal", "greenish", "bluish", "reddish", "yellowish"),
    *("color", "colors", "colored", "colour", "colours", "coloured", "hue", "hues", "shades of", "shade of", "rgb"),
)
"""Words for colours, which style 4V forbids: the model saw a coloured map, not the land."""

_STEMS = tuple(word.removesuffix("e") for word in FORBIDDEN_WORDS)
GUESSES = (
    *("probably", "probable", "presumably", "apparently", "seem", "seems", "seemingly", "maybe", "conceivably"),
    *("supposedly", "plausibly"),
)
"""More words of guessing: the prompts forbid nine by name, and words like those."""

_BANNED_WORDS = re.compile(
    rf"\b(?:(?:{'|'.join(_STEMS)})(?:e|s|es|ed|ing|u?al(?:ly)?|ances?)?|colou?r dictionary|{'|'.join(GUESSES)})\b"
)
_COLOURS = re.compile(rf"\b(?:{'|'.join(COLOURS)})\b")
_KINDS = ("image", "picture", "map", "photo", "tile", "chip")
_KIND = "|".join(_KINDS)
_AROUND = 40  # characters before such a word that are its context
_SEVERAL = re.compile(
    rf"\b(?:(?:first|second|third|fourth|other|another|next|previous|preceding|last) (?:label )?(?:{_KIND})s?"
    rf"|(?:{_KIND}) (?:[1-4]|one|two|three|four|a|b|c|d)(?= ?[:,.)]| (?:shows|is|has|depicts|displays|presents)\b)"
    rf"|(?:both|these|those|all|two|three|four|several|multiple|the|between|across|each of the) "
    rf"(?:(?:two|three|four|other|label|satellite) ){{0,2}}(?:{_KIND})s|(?:{_KIND})s (?:show|depict|display|present)"
    rf"|each (?:{_KIND}))\b"
)
_SENTENCE_END = re.compile(r"[.!?][\"'\u2019\u201d)\]*]*\Z")
_DOTS = ("...", "\u2026")


def banned_word(case: Case) -> Iterator[Finding]:
    """Find words that both styles forbid, in any form, and other words of guessing."""
    if any(word in case.low for word in (*_STEMS, *GUESSES)) or "dictionary" in case.low:
        for match in _BANNED_WORDS.finditer(case.low):
            word = quote(case.text[match.start() : match.end()])
            yield Finding("banned word", f"The prompt forbids {word}.", start=match.start(), end=match.end())


def colour_word(case: Case) -> Iterator[Finding]:
    """Find colours in captions of style 4V."""
    if case.style != "4v":
        return
    for match in _COLOURS.finditer(case.low):
        word = quote(case.text[match.start() : match.end()])
        yield Finding("colour word", f"{word} is a colour of the label map.", start=match.start(), end=match.end())


def several_images(case: Case) -> Iterator[Finding]:
    """Find a caption that mentions other images."""
    low = case.low
    for kind in _KINDS:
        at = low.find(kind)
        while at >= 0:
            begin = max(at - _AROUND, 0)
            match = _SEVERAL.search(low[begin : at + _AROUND])
            if match:
                start, end = begin + match.start(), begin + match.end()
                evidence = f"{quote(case.text[start:end])} refers to more images than this one."
                yield Finding("several images", evidence, start=start, end=end)
                return
            at = low.find(kind, at + len(kind))


def cut_off(case: Case) -> Iterator[Finding]:
    """Find a caption that stops before its last sentence ends."""
    text = case.text.rstrip()
    if text and (text.endswith(_DOTS) or not _SENTENCE_END.search(text[-8:])):
        start = case.reading.sentences[-1][0] if case.reading.sentences else 0
        evidence = f"It stops at {quote(text[max(start, len(text) - 30) :])}."
        yield Finding("cut off", evidence, start=start, end=len(text))


def repeated_sentence(case: Case) -> Iterator[Finding]:
    """Find sentences that occur twice."""
    sentences_seen: set[str] = set()
    for start, end in case.reading.sentences:
        words = case.low[start:end].strip()
        if words in sentences_seen and words.count(" ") >= REPEATED_WORDS - 1:
            evidence = f"{quote(case.text[start:end])} occurs twice."
            yield Finding("repeated sentence", evidence, start=start, end=end)
        sentences_seen.add(words)


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
    missing = [part for part in PARTS if part not in case.reading.parts]
    for part in missing:
        yield Finding("part unspoken", f"It does not mention the {part}.", part=part)


def order_of_parts(case: Case) -> Iterator[Finding]:
    """Find a caption of style 3.5 that does not describe the parts in the prompt's order."""
    if case.style != "3.5":
        return
    walk = [PARTS.index(part) for part in dict.fromkeys(case.reading.walk)]
    for before, here in pairwise(walk):
        if here < before:
            evidence = f"It describes the {PARTS[here]} after the {PARTS[before]}."
            yield Finding("order of parts", evidence, part=PARTS[here])
            return
