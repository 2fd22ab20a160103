"""What the words between two phrases, which are in no list of the lexicon, say about them; used by steps 1 and 4.

Each function takes the words between, in lower case; docstrings have them in brackets: "a small [patch of dry] grass".
Its answers are cached, because the same few words stand between phrases again and again.
"""

from __future__ import annotations

import re
from functools import lru_cache

_CACHE_SIZE = 1 << 14
_LONGEST = 60

# --- between two classes

_BETWEEN = re.compile(
    r"(?: (?:area|land|zone|region|field|patch|cover|ground|vegetation)[a-z]{0,3})?"
    # "moss and, slightly behind it, shrub"
    r"(?:,|,? (?:and|or|&|and/or)(?:, (?:(?:slightly|just|closely|somewhat|a little|right|close) )?"
    r"(?:behind|after|fewer|less|lastly|finally|then)(?: it| them| that)?,)?(?: then| also)?(?: of)?(?: the| any)?|/) ?"
)
# what stands between two classes of one series: "a large area of trees, a smaller one of dense shrub and some grass".
# A hyphen is in a word or between two, so both take all they can ("++"): there are too many ways to share a line of
# hyphens among seven words
_SERIES_WORD = (
    r"[\s\-]++(?!(?:in|at|on|by|against|set|beside|behind|near|among|around|under|with|while|where|which|that|than|from"
    r"|over|along|to|is|are|has|have|then|since|because|as|so|though)\b)[a-z\-]++"
)
_SERIES = re.compile(rf"(?:{_SERIES_WORD}){{0,2}}(?:,|,? and|,? or|/| &)(?:{_SERIES_WORD}){{0,7}}[\s\-]*")


@lru_cache(_CACHE_SIZE)
def is_list(gap: str) -> bool:
    """Return whether two classes are in one list: only a comma, "and" or "or" is between them."""
    return _BETWEEN.fullmatch(gap) is not None


@lru_cache(_CACHE_SIZE)
def is_series(gap: str) -> bool:
    """Return whether only a comma or "and", amounts and adjectives are between two classes."""
    return _SERIES.fullmatch(gap) is not None


# --- between two places

_PLACES = re.compile(
    r"(?:[\s,]|\b(?:and|or|to|then|also|as well as|both|even|the|its|in|at|on|across|of|over|along|within|into|through"
    r"|towards?|near|around|from|finally|especially|particularly|parts?|sections?|corners?|quadrants?|areas?|sides?)\b)*"
)


@lru_cache(_CACHE_SIZE)
def joins_places(gap: str) -> bool:
    """Return whether only "and", a comma or words like "in" and "corner" are between two parts of one list."""
    return _PLACES.fullmatch(gap) is not None


# --- after an amount

NOUN = (
    "fraction|part|portion|amount|quantit|share|coverage|presence|extent|area|expanse|stretch|spread|level|proportion"
    "|percentage|number|scale|size|ground|surface|corner|quadrant|section|half|one|element|role|stake|component|cover"
    "|patch(?!es)|piece|block|bit|group|slice|holding|helping|cut|measure|dose|chunk|serving|margin|allotment|weight|strength|layer|tract"
    "|order|dollop|lot|mass|band|belt|strip|ribbon|fringe|hem|plot|remainder|residue|residual|minority|range|lead|footprint|standing|second|third|fourth"
)
# words that end the phrase of an amount and its noun
_ELSE = (
    "and|or|nor|but|yet|with|without|in|into|at|on|by|as|while|whereas|where|which|who|that|than|then|from|over|across"
    "|along|throughout|also|though|although|followed|plus|ahead|before|after|behind|next|beside|besides|near|like"
    "|unlike|if|because|since|so|both|each|all|is|are|was|were|be|being|has|have|having|had|to|of|the|a|an|there|here"
    "|no|not|it|its|they|their|too|again|cover[a-z]*|tak[a-z]+|hold[a-z]*|occup[a-z]+|fill[a-z]*|mak[a-z]+|lie[a-z]*"
    "|remain[a-z]*|stand[a-z]*|show[a-z]*|overall|everywhere|elsewhere|around|between|toward|towards|within|under|for"
)
_WORD = rf"[\s\-\u2010-\u2015]+(?!(?:{_ELSE})\b)[a-z'\u2019]+"
_COVER_VERBS = (
    "covered|occupied|taken|taken up|filled|held|dominated|claimed|made up|formed|given|given over|devoted|used|left"
    "|classified|mapped|labelled|labeled|marked"
)
_GOES = (
    r"\s(?:is|are|being|consists? of|goes? to|going to|belongs? to|belonging to|falls? to|falling to|to|for|in|under"
    rf"|(?:(?:is|are|being)\s(?:(?:also|again)\s)?)?(?:{_COVER_VERBS})\s(?:with|by|of|to|for|in|as))\b(?:\s(?:the|an?)\b)?"
)
# "a small, isolated patch of dry grass", "more than half of the ground is grass", "a large part of it belongs to crops"
_OF_CLASS = re.compile(
    rf"(?:,?{_WORD})?(?:{_WORD}){{0,4}}(?:\sof(?:\s(?:the|its?|this|that|these|them|which|an?)\b)?(?:{_WORD}){{0,3}}){{0,2}}"
    rf"(?:{_GOES}(?:{_WORD}){{0,2}})?[\s\-]*"
    rf"|\s(?:the|this|its)\b(?:{_WORD}){{0,3}}{_GOES}(?:{_WORD}){{0,2}}[\s\-]*"  # "most of the ground is grass"
)
# "trees in a medium share", "grass is large in extent"; but "trees on a large island" is not an amount of trees
_ALONE = re.compile(
    rf"(?:\s(?:{NOUN})[a-z]{{0,3}})?"
    rf"(?:\W*[,.;:()!?\x03]|\s*$|\s(?!of\b)(?:{_ELSE}|only|still|just|about|nearly|almost|compared|yet|once|now|instead"
    r"|apiece|alike|throughout|this|enough)\b"
    r"|\sof\s(?:the|its?|them|that|this|these|those|each|every|all|an?|both|which|their|what)\b)"
)
# "and a small one in the top right"
_OF_PLACE = re.compile(
    rf"(?:\s(?:{NOUN})[a-z]{{0,3}})?(?:,? (?:each|apiece|both))?"
    r"\s(?:(?:of|in|at|on|over|across|to|along|within|towards?|for|under)\s)?(?:(?:all|that|this|its|the|both|each)\s){0,3}"
)
# "in the middle", "it has only", "a fifth"
_PLACE_HAS = re.compile(
    r"(?:[\s,:(\u2010-\u2015-]|\b(?:with|at|by|has|have|having|each|holds?|takes?|gets?|makes?|only|just|it|they|is|are|and|where"
    r"|about|an?|covers?|covering|fills?|drops|falls|sinks|to|down|up|still|even|then|in|of|for|the|some|another|there"
    r"|remains?|arrives?|comes?|reaches|finds?|one|we|he|she|limited|but|its|mere|faint|faintest|merest|thin|single|very"
    r"|well|way)\b){0,20}"
)
_LEFT = re.compile(
    r"\bleav(?:es?|ing)\s(?:(?:only|just|some|about)\s)?\Z"
    r"|\b(?:that|it|less|more|ahead|leads|(?:bigg|larg|small|wid)er(?: than [a-z]+)?)\sby\s(?:an?\s)?\Z"
)
# "small, angular plots", "modest and box-like"
_SHAPE_WORD = (
    "angular|rectangular|rectilinear|irregular|elongated|elongate|round|rounded|oval|circular|linear|square|winding|narrow"
    "|blocky|boxy|oblong|straight|long|curved|curving|sinuous|slender|geometric|patchy|scattered|dotted|jagged|ragged|regular"
)
_OF_SHAPE = re.compile(
    rf"(?:,| and| but|,? yet) (?:[a-z]+ly )?(?:(?:{_SHAPE_WORD})\b|[a-z]+-(?:like|shaped|edged|sided)\b)"
)
_BEFORE_SHAPE = (",", " and ", " but ", " yet ")
_OF_THAT = re.compile(
    r"\sof\s(?:that|this|these|those)\b(?!\s(?:\w+\s)?(?:parts?|corners?|quadrants?|ground|area|section|quarter|square|surface"
    r"|land|region|space|image|scene))"
)
_ENDS_LIST = re.compile(r",? and (?:also |only )?(?:in|at|on|along|towards?)(?: the)? ")
_ALL = 11
_NUMBERS = {"both": 2, "neither": 2, "either": 2, "two": 2, "pair": 2, "three": 3, "four": 4}
_SHARERS = re.compile(
    r"\b(both|neither|either|(?:(?:each|all) of )?(?:the|these|all)(?: latter| last| other)? (?:two|three|four|pair)"
    r"|each"
    r"|all of them|every one|all)\b(?! of the\b)[^,.;:]*\Z"
)
_SHARERS_AFTER = re.compile(r"\W*(?:[a-z]+ ){0,2}(apiece|both|alike|each)\b(?! of)")
_SHARING = ("apiece", "both", "alike", "each")
_OF_WHOLE = re.compile(rf"(?:\s(?:{NOUN})[a-z]{{0,3}})?\s(?:of\s)?(?:(?:the|this|its)\s)?")
_IS_CLASS = re.compile(_GOES)
_NEAR = 30
_AHEAD = 60


@lru_cache(_CACHE_SIZE)
def amount_is_of_class(gap: str) -> bool:
    """Return whether an amount belongs to the class after it: "a small [patch of dry] grass"."""
    return _OF_CLASS.fullmatch(gap) is not None


@lru_cache(_CACHE_SIZE)
def amount_is_of_place(gap: str) -> bool:
    """Return whether an amount belongs to the part after it: "and a small [one in the] top right"."""
    return _OF_PLACE.fullmatch(gap) is not None


@lru_cache(_CACHE_SIZE)
def place_has_amount(gap: str) -> bool:
    """Return whether an amount belongs to the part before it: "and in the middle [it has only] a fifth"."""
    return len(gap) < _AHEAD and _PLACE_HAS.fullmatch(gap) is not None


@lru_cache(_CACHE_SIZE)
def ends_list(gap: str) -> bool:
    """Return whether a place no longer shares the amount of the one before: "a sixth of it[, and in the] top left"."""
    return _ENDS_LIST.fullmatch(gap) is not None


def is_difference(text: str, start: int, end: int) -> bool:
    """Return whether an amount there is only a difference or a part of another: "leaves a tenth", "half of that"."""
    if text.startswith(" of th", end) and _OF_THAT.match(text, end):
        return True
    before = text[max(start - _NEAR, 0) : start]
    return ("leav" in before or before.endswith((" by ", " by a "))) and _LEFT.search(before) is not None


def is_of_shape(text: str, end: int) -> bool:
    """Return whether an adjective that ends there describes single things, not an amount: "small, angular plots"."""
    return text.startswith(_BEFORE_SHAPE, end) and _OF_SHAPE.match(text, end) is not None


def sharers(text: str, start: int, end: int) -> int:
    """Return how many classes share the amount there, at most: "both in a middling share"; 0 for one class."""
    before = text[start - _NEAR - 1 : start] if start > _NEAR else f" {text[:start]}"
    mark = max(before.rfind(","), before.rfind("."), before.rfind(";"), before.rfind(":"), 0)
    count = _sharers_before(before[mark:])
    if count:
        return count
    after = text[end : end + _NEAR]
    match = _SHARERS_AFTER.match(after) if any([word in after for word in _SHARING]) else None  # noqa: C419 - fast
    return _count(match) if match else 0


@lru_cache(_CACHE_SIZE)
def _sharers_before(words: str) -> int:
    """Return how many classes share an amount behind these words, of which the first character is not looked at."""
    match = _SHARERS.search(words, 1)
    return _count(match) if match else 0


def _count(match: re.Match[str]) -> int:
    return _NUMBERS.get(match[1].split()[-1], _ALL)


@lru_cache(_CACHE_SIZE)
def amount_is_of_whole(gap: str) -> bool:
    """Return whether an amount belongs to the whole image after it: "half of [the] image"."""
    return _OF_WHOLE.fullmatch(gap) is not None


def amount_stands_alone(text: str, end: int) -> bool:
    """Return whether an amount that ends there is not the first word of a longer phrase: "grass is large in extent"."""
    return _stands_alone(text[end : end + _AHEAD])


@lru_cache(_CACHE_SIZE)
def _stands_alone(rest: str) -> bool:
    return _ALONE.match(rest) is not None


def amount_names_class(text: str, end: int) -> bool:
    """Return whether "of it", which ends there, gives an amount to the class after it: "most of it [is] grass"."""
    return _IS_CLASS.match(text, end, end + _AHEAD) is not None


# --- before a class that is called the largest

_PLAIN_WORD = r"\s+(?!(?:its?|with|by|of|in|and|set|where|which|while|a|an|the)\b)[a-z\-]++"
_PLAIN = re.compile(rf"(?:{_PLAIN_WORD}){{0,3}}[\s\-]*")
_BESIDE = re.compile(
    r"\b(?:broken|relieved|softened|fringed|edged|interrupted|dotted|punctuated|flanked|framed|crossed|cut|joined"
    r"|bordered|accompanied|surrounded|interspersed|threaded|laced|beside|enriched"
    r"|complemented|studded|sprinkled|woven|shared|followed|set|(?<!covered )(?<!filled )with)\b"
)


@lru_cache(_CACHE_SIZE)
def is_plain(gap: str) -> bool:
    """Return whether only a few adjectives are between a comma and a class."""
    return _PLAIN.fullmatch(gap) is not None


_BEFORE_COMPARISON = re.compile(rf"(?:\s(?:the|an?|any|even|all)\b){{0,2}}(?:{_PLAIN_WORD}){{0,3}}[\s\-]*")


@lru_cache(_CACHE_SIZE)
def is_compared(gap: str) -> bool:
    """Return whether the class after a comparison is what it compares with: "outnumber [the few] shrubs"."""
    return _BEFORE_COMPARISON.fullmatch(gap) is not None


@lru_cache(_CACHE_SIZE)
def is_beside_leader(gap: str) -> bool:
    """Return whether a class is only beside the leader: "the theme is [a snowbound land broken by] wetland"."""
    return _BESIDE.search(gap) is not None


# --- between a denial and a class

_NOT_DENIED = re.compile(r":|\b(?:than|among|between|against|except|but|then|in|on|is|are|was|were)\b")


@lru_cache(_CACHE_SIZE)
def denies(gap: str) -> bool:
    """Return whether a denial reaches the class after it: "no [sign of] trees", not "no rival [among the] trees"."""
    return _NOT_DENIED.search(gap) is None


# --- between the image and a class that sums it up

_SUMMARY = re.compile(
    r"(?: as a whole| overall| itself)?,?(?: then,?| thus,?| therefore,?)? (?:is|remains)\b"
    r"(?:,?[\s\-](?!(?:with|by|to|in|at|on|where|which|that|who|between|shared|split|divided|covered|home|made|both"
    r"|neither|not|no|hardly|less|marked|set|framed|about|than|like|as|for|from|also|mostly|free|if)\b)[a-z]+){0,8},?[\s\-]"
)


@lru_cache(_CACHE_SIZE)
def is_summary(gap: str) -> bool:
    """Return whether the image is said to be the class after it: "the scene [is, above all, open] grass"."""
    return len(gap) < 2 * _LONGEST and _SUMMARY.fullmatch(gap) is not None


# --- between two classes of which the first may have less

_BEHIND = re.compile(r"\b(?:follow|trail|second|third|next|last|behind|rear)")


@lru_cache(_CACHE_SIZE)
def is_behind(gap: str) -> bool:
    """Return whether the class before it has less than one before that: "grass [follows, then] shrub"."""
    return _BEHIND.search(gap) is not None


# --- around a class

_SHAPE = re.compile(
    r"(?<!well )\b(in|as|into|forms?|forming)\s(?:the (?:form|shape) of )?(?!the\s)"
    r"(?:(?!(?:of|and)\b)[a-z\-]+,?\s){0,4}\Z"
)
_IS_SHAPE = re.compile(r"\s(?:(?:is|are)\s(?:an?|the|one)|(?:has|have)\s(?:its|their))\s(?:(?!of\b)[a-z\-]+\s){0,3}")
_MADE_OF = re.compile(r"\sof(?:\s(?!(?:the|this|that|its|their|and|or|with|in|to|on)\b)[a-z\-]+){0,2}\s")


@lru_cache(_CACHE_SIZE)
def is_made_of(gap: str) -> bool:
    """Return whether the class after it fills the shape before it: "a sea of [tall green] grass"."""
    return len(gap) < _LONGEST and _MADE_OF.fullmatch(gap) is not None


@lru_cache(_CACHE_SIZE)
def is_shape(gap: str, *, may_be_in: bool) -> bool:
    """Return whether "fields" after it only describes the class before it: "snow [spreads in wide] fields"."""
    if _IS_SHAPE.fullmatch(gap):
        return True  # "grass [is the great] sea of the place"
    match = _SHAPE.search(gap)
    return match is not None and (may_be_in or match[1] != "in")
