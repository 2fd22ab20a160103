"""Read captions: which class is in which part, how much of it, and how sure that reading is.

A caption goes through these steps, each a function of the values of the step before:

0. ``markup``: lists and markup become sentences;
1. ``tokens``: the phrases of the lexicon, and ``numbers``;
2. ``clauses.split_sentences``: sentences;
3. ``clauses.split_clauses``: clauses;
4. ``binding``: what each clause says on its own of its classes. ``chunks`` finds which are in one list, ``sites``
   which places they have, ``denials`` which of these stand beside a "not", ``amounts`` which amounts they have, and
   ``leads`` which of them is called the largest. ``statements`` applies these ``effects``;
5. ``discourse``: what the sentences say together; ``relate`` goes through them. Before a clause is bound,
   ``directions`` ("to its right"), ``rest`` ("elsewhere") and ``subjects`` ("the middle has 30 %") put in what it takes
   from the text before; after its sentence, ``likeness`` ("the same, but with water") and ``settling`` give a place to
   the classes for which it names none;
6. ``discourse.conflicts``: which claims of the caption contradict each other.

docs/explanation/reading-captions.md shows each step of one caption. ``discourse.context`` has the values of step 5, and
``claim`` those of a caller. ``gaps`` judges the words between two phrases. The phrases are in ``lexicon``.
``class_mentions`` is no step: it only finds the names of classes, to mark them in a text.
"""

from __future__ import annotations

import re
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING

from chatearthnet_explorer.caption import LIMIT
from chatearthnet_explorer.claims.binding.leads import PLAIN
from chatearthnet_explorer.claims.claim import DOUBTS, Certainty, Claim, Reading
from chatearthnet_explorer.claims.clauses import split_sentences
from chatearthnet_explorer.claims.discourse.conflicts import doubt_conflicts
from chatearthnet_explorer.claims.discourse.relate import relate
from chatearthnet_explorer.claims.markup import plain_text
from chatearthnet_explorer.claims.tokens import find_tokens
from chatearthnet_explorer.landcover.shares import PARTS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chatearthnet_explorer.claims.binding.statements import Mention
    from chatearthnet_explorer.claims.claim import Parts

__all__ = ["DOUBTS", "Certainty", "Claim", "Reading", "is_english", "read_claims"]


def read_claims(text: str) -> Reading:
    """Return the claims of a caption, as a reader who knows the classes and the five parts would read them.

    English only; a text in another language has no claims. The time is linear in the length of the text, of which no
    more than ``caption.LIMIT`` characters are read. Spans count characters of the text as given. What is read well
    and what is not: docs/explanation/reading-captions.md.
    """
    low = plain_text(text[:LIMIT])
    sentences = split_sentences(find_tokens(low), low)
    readings, parts = relate(sentences, low)
    mentions = [mention for reading in readings for mention in reading.mentions]
    leaders = _leaders(mentions)
    claims = _claims(sorted(mentions, key=_start), text)
    spans = tuple([(sentence.start, sentence.end) for sentence in sentences])
    return Reading(
        claims=doubt_conflicts(claims, spans),
        dominant=leaders.get(""),
        dominant_of={part: name for part, name in leaders.items() if part},
        parts=parts,
        walk=tuple([part for reading in readings for part in reading.walk]),
        loose=frozenset([part for reading in readings for part in reading.loose]),
        sentences=spans,
    )


def is_english(text: str) -> bool:
    """Return whether a text is mostly English, judged by its most common words; False if it is too short."""
    words = _WORD.findall(text[:2000].lower())
    return len(words) >= _FEWEST and sum(word in _COMMON for word in words) >= _SHARE * len(words)


_WORD = re.compile(r"[^\W\d_]+")
# Words that English texts are full of, and that German, Dutch, Spanish, Portuguese, French and Italian ones are not.
_COMMON = frozenset(
    {
        *("the", "of", "and", "is", "are", "with", "by", "there", "this", "from", "to", "which", "its", "it"),
        *("other", "where", "while", "that", "has", "have", "across", "overall", "left", "right", "cover", "covers"),
    }
)
_FEWEST, _SHARE = 5, 0.15
_GIVES_IT = re.compile(r", (?:gives?|grants?|leaves?|offers?|allows?|lends?|affords?) (?:it|them|him|her) ")


_start = attrgetter("start")


def _leaders(mentions: Iterable[Mention]) -> dict[str, str]:
    """Return the class that is called the largest of each part, and under an empty part that of the whole chip."""
    plain: dict[str, str] = {}
    in_passing: dict[str, str] = {}
    for mention in mentions:
        for statement in mention.statements:
            if statement.lead and not statement.negated:
                leaders = plain if statement.lead == PLAIN else in_passing
                parts = statement.parts or ()
                for part in (*parts, "") if len(parts) in {0, len(PARTS)} else parts:
                    leaders.setdefault(part, mention.name)
    return {**in_passing, **plain}


@lru_cache(1024)
def _in_order(parts: Parts) -> Parts:
    return tuple(part for part in PARTS if part in parts)


def _claims(mentions: Iterable[Mention], text: str) -> list[Claim]:
    claims = []
    for name, start, end, statements, denied_at, _ in mentions:
        for parts, size, negated, lead, doubt in statements:
            word, words, of_image, of_part, first, last = None, "", False, False, start, end
            if size:
                word, size_start, size_end, of_image, of_part, _ = size
                words = text[size_start:size_end]
                first, last = min(start, size_start), max(end, size_end)
                if not doubt and end < size_start and _GIVES_IT.search(text, end, size_start):
                    doubt = "it"  # noqa: PLW2901 - "bare land is ahead, gives it a tenth": an amount of another class
            if negated and 0 <= denied_at < first:
                first = denied_at
            leads = lead > 0 and not negated
            own = _in_order(parts) if parts else ()
            claims.append(
                Claim(name, own, word, words, of_image, negated, leads, start, end, first, last, doubt, of_part)
            )
    return claims
