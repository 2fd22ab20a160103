"""The words captions use: for classes, places and amounts, and for what is said of them; the only table of them."""

from __future__ import annotations

import re
from enum import IntEnum, auto
from itertools import product
from typing import TYPE_CHECKING

from chatearthnet_explorer.landcover import PARTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# How phrases are written here: "a[b|c]" is a, ab or ac; "{a|b}c" is ac or bc; a space stands for spaces or hyphens.
_AREA = " area| areas| land| lands| zone| zones| region| regions| space| spaces| terrain"
_SPOT = "part|parts|section|sections|quadrant|quadrants|quarter|quarters|corner|corners|area|areas|region|regions"
_SIDE = f"half|side|sides|edge|third|portion|portions|halves|{_SPOT}"
_IMAGE = "image|scene|picture|square|map|landscape|view|chip|tile"
_TOP = "{top|upper}"
_BOTTOM = "{bottom|lower}"

LAND: dict[str, tuple[str, ...]] = {
    "water": (
        *("[open ]water[s|way|ways|course|courses]", "water {body|bodies|area|areas|feature|features|surface|cover}"),
        *("waterbod{y|ies}", "bod{y|ies} of water", "river[s]", "stream[s]", "lake[s]", "pond[s]", "reservoir[s]"),
        *("sea", "ocean", "canal[s]", "lagoon[s]", "estuary"),
    ),
    "developed area": (
        f"[human ]developed[{_AREA}]",
        *(f"{{built up|urban|urbanized|urbanised|residential|artificial}}[{_AREA}]", "[human ]settlement[s]"),
        *("[human |urban ]development[s]", "urban sprawl", "urbanization", "urbanisation", "built environment"),
        *("infrastructure", "building[s]", "road[s]", "road network", "town[s]", "city", "cities", "village[s]"),
    ),
    "tree": (
        *("tree[s]", "tree cover[age]", "tree covered[ area| areas]", "tree canopy", "forest[s|ry]", "forest cover"),
        f"{{forested|wooded}}[{_AREA}]",
        *("[rain ]forest area[s]", "rainforest[s]", "woodland[s]", "woods"),
    ),
    "shrub": (
        *("shrub[s|by|land|lands]", "shrub {cover|land|lands|area|areas}", "bush[es|y|land]", "scrub[by|land|lands]"),
        *("shrubbery", "thicket[s]"),
    ),
    "grass": (
        *("grass[es|land|lands]", "grass {cover|covered|land|lands|field|fields}", f"grassy[{_AREA}| field| fields]"),
        *("meadow[s]", "pasture[s|land|lands]", "lawn[s]", "prairie[s]", "steppe[s]", "rangeland[s]"),
        "herbaceous {cover|vegetation}",
    ),
    "crop": (
        *("crop[s]", "cropland[s]", "crop {field|fields|land|lands|cultivation|cover|area|areas|production}", "field[s]"),
        *("farm[s|land|lands|ing]", "agriculture", f"{{agricultural|cultivated|arable}}[{_AREA}| field| fields]"),
        *("cultivation", "paddies", "orchard[s]", "plantation[s]"),
    ),
    "bare land": (
        f"{{bare|barren}}[{_AREA}| soil| soils| ground| earth| rock| rocks| surface| surfaces]",
        *("exposed {soil|ground|earth|rock}", "desert[s]", "sand[y]", "sandy {area|areas|soil}", "sand dunes"),
    ),
    "snow": (
        *("snow[y]", "snow covered[ area| areas]", "snow {and|or} ice", "ice and snow", "snow {cover|field|fields}"),
        *("snowfield[s]", "ice", "icy", "glacier[s]"),
    ),
    "wetland": (
        *("[herbaceous ]wetland[s]", "wetland {area|areas|vegetation}", "marsh[es|y|land|lands]", "swamp[s|y]", "bog[s]"),
        *("peatland[s]", "fen[s]"),
    ),
    "mangroves": ("mangrove[s]", "mangrove {tree|trees|forest|forests|swamp|swamps|area|areas|cover|vegetation}"),
    "moss": ("moss[es|y]", "{moss|mosses} and lichen[s]", "lichen[s]", "moss cover"),
}
"""What each class is called in captions, by its 3.5 name. Longer phrases win: mangrove trees are mangroves."""

_TL, _TR, _BL, _BR, _MIDDLE = PARTS
PLACES: dict[tuple[str, ...], tuple[str, ...]] = {
    (_TL,): (f"{_TOP} left", f"left {_TOP}", "north[ ]west[ern]"),
    (_TR,): (f"{_TOP} right", f"right {_TOP}", "north[ ]east[ern]"),
    (_BL,): (f"{_BOTTOM} left", f"left {_BOTTOM}", "south[ ]west[ern]"),
    (_BR,): (f"{_BOTTOM} right", f"right {_BOTTOM}", "south[ ]east[ern]"),
    (_MIDDLE,): ("middle", "cent{er|re|ral|rally}", "midsection", "mid section"),
    (_TL, _TR): ("top", f"upper {{{_SIDE}}}", f"{_TOP} left and right", f"{_TOP} right and left"),
    (_BL, _BR): ("bottom", f"lower {{{_SIDE}}}", f"{_BOTTOM} left and right", f"{_BOTTOM} right and left"),
    (_TL, _BL): (
        *(f"left {{{_SIDE}|hand}}", "{on|at|to|in|along|toward|towards} the [far ]left"),
        *(f"{_TOP} and {_BOTTOM} left", f"{_BOTTOM} and {_TOP} left"),
    ),
    (_TR, _BR): (
        *(f"right {{{_SIDE}|hand}}", "{on|at|to|in|along|toward|towards} the [far ]right"),
        *(f"{_TOP} and {_BOTTOM} right", f"{_BOTTOM} and {_TOP} right"),
    ),
    (_TL, _TR, _BL, _BR): ("[four ]corners", "left and right sides"),
    PARTS: (
        *(f"all [of the |of its |the ][four |five ]{{{_SPOT}}}", f"{{every|each}} {{{_SPOT}}}"),
        *(f"each of {{the|its}} [four |five ]{{{_SPOT}}}", "everywhere"),
        *(f"{{throughout|all over}} the [entire |whole ]{{{_IMAGE}}}", f"across the {{entire|whole}} {{{_IMAGE}}}"),
    ),
}
"""Where in the chip, as parts of ``landcover.PARTS``; north is up."""

AMOUNTS: dict[str | None, tuple[str, ...]] = {
    "extra small": (
        *("{extra|very|extremely|exceptionally} {small|limited}", "very {little|few}", "tiny", "tiniest", "minuscule"),
        *("miniscule", "minute", "negligible", "minimal[ly]", "slight", "trace[s]", "hint[s]", "sliver[s]", "speck[s]"),
        *("scant[y]", "{hardly|barely} any", "marginal", "insignificant", "touch of"),
    ),
    "small": (
        *("small[er]", "little", "minor", "limited", "few[er]", "modest", "sparse[ly]", "lesser", "slim"),
        "[more than ]{a|one} tenth",
    ),
    "medium": (
        *("medium[ sized]", "moderate[ly]", "moderate[ly] sized", "mid sized", "intermediate", "fair", "average"),
        *("[more than ]{a|one} {third|quarter|fifth}", "{about|roughly|nearly|almost} half"),
    ),
    "large": (
        *("large[r]", "big[ger]", "significant", "substantial[ly]", "considerable", "extensive[ly]", "sizable"),
        *("sizeable", "expansive", "abundant", "abundance of", "majority", "most of", "much of", "bulk of", "half of"),
        *("{more than|over} half", "two thirds", "three quarters", "major {part|portion|share}"),
    ),
    "extra large": (
        *("{extra|very|extremely|exceptionally} large", "vast", "huge", "immense", "massive", "enormous", "entire"),
        *("overwhelming[ly]", "{vast|great|overwhelming} majority", "[almost |nearly ]{entirely|completely|wholly|fully}"),
        *("exclusively", "{almost|nearly|virtually} all", "[nearly |almost ]the {whole|entire}"),
    ),
    None: ("notable", "noticeable", "some", "several", "numerous", "many", "prominent"),
}
"""What captions say for each size of ``landcover.SIZES``; under None, words of amount that stand for no size."""


class Sign(IntEnum):
    """What a phrase does to the words around it."""

    LAND = auto()
    PLACE = auto()
    AMOUNT = auto()
    NO = auto()
    ABSENT = auto()
    REFERENCE = auto()
    EXCEPT = auto()
    LEADS = auto()
    LED_BY = auto()
    MADE_OF = auto()
    THEME = auto()
    AHEAD = auto()
    ESPECIALLY = auto()
    COVERS = auto()
    VERB = auto()
    JOINS = auto()
    AND = auto()
    IMAGE = auto()
    OF_IMAGE = auto()
    OVERALL = auto()
    OF_IT = auto()
    REST = auto()
    CLAUSE = auto()
    BUT = auto()
    SAME = auto()
    HERE = auto()
    STOP = auto()
    IDLE = auto()


_ADVERB = "mostly|mainly|primarily|predominantly|chiefly|largely|principally"
_LIES = "in|at|on|to|along|near|within|found|located|situated|concentrated|confined|across|around|towards"
_LEADING = "dominant|predominant|main|primary|principal|prevailing|leading|major|key"
_KIND = "feature|features|land cover|land cover type|cover|class|element|type|component|land cover class"

SIGNS: dict[Sign, tuple[str, ...]] = {
    # before a class: it is not there
    Sign.NO: (
        *("no", "not any", "none", "without", "devoid of", "lack[s]", "lack of", "lacking", "absence of", "free {of|from}"),
        *("neither", "nor", "rather than", "instead of"),
    ),
    # behind a class: it is not there, or not in the part that follows
    Sign.ABSENT: (
        *("absent", "missing", "not {present|visible|found|seen|observed|evident|noted|detected|there}"),
        "nowhere",
    ),
    # before a part: it is only compared with
    Sign.REFERENCE: (
        *("unlike", "compared {to|with}", "in comparison {to|with}", "in contrast to", "contrasting with", "similar to"),
        *("like", "than", "different from", "relative to", "outside", "away from", "as {in|with}"),
    ),
    Sign.EXCEPT: ("except[ for| in]", "excluding", "apart from", "other than", "with the exception of", "aside from"),
    # the class before it leads, or the class behind it where none stands before
    Sign.LEADS: (
        *("dominat{e|es|ing}", "predominat{e|es|ing}", "prevail[s|ing]", "preval{ent|ence}", f"[most ]{{{_LEADING}}}"),
        *(f"{{{_LEADING}}} {{{_KIND}}}", "tak{es|e|ing} the lead", "com{e|es|ing} first", "most {common|widespread}"),
        *("first in", "in front", "at the head"),
    ),
    # the class behind it leads
    Sign.LED_BY: (
        *("[pre]dominated by", "[pre]dominance of", "led by", f"{{{_ADVERB}}}", "most dominantly", "majority of", "ruled by"),
        *(f"{{{_LEADING}}} {{{_KIND}}} {{is|are|being|here is}}", "largest {part|portion|share|amount|fraction|area}"),
        *("characterized {mainly|mostly|chiefly|primarily|predominantly|largely} by", "prevalence of"),
        *("first place", "on top"),
    ),
    # likewise, where nothing says it more clearly
    Sign.MADE_OF: (
        *("characterized by", "characterised by", "consist[s|ing] of"),
        *("composed of", "made up of", "defined by"),
    ),
    # likewise, and of the whole image
    Sign.THEME: ("{main|overall|central|dominant} theme",),
    # the class before it leads what follows
    Sign.AHEAD: ("followed by", "ahead of", "then", "comes before", "before"),
    Sign.ESPECIALLY: (
        *("[e]specially", "particularly", "notably", "most of all", "most notably", "in particular", "above all"),
        "most {prominent|noticeable|evident|visible}[ly]",
    ),
    Sign.COVERS: (
        *("cover[s|ing]", "occup{y|ies|ying}", "tak{e|es|ing} up", "account[s|ing] for", "mak{e|es|ing} up"),
        *("fill[s|ing]", "constitut{e|es|ing}", "represent[s|ing]", "appear[s|ing] in", "occur[s|ring] in"),
    ),
    Sign.VERB: (
        *("{is|are|was|were|be|being}", "has", "have", "show[s|ing]", "exhibit[s|ing]", "contain[s|ing]", "with"),
        *("displays", "includes", "lie[s]", "remain[s]", "continue[s]", "gives way to", "give way to"),
    ),
    Sign.JOINS: (
        *("accompanied by", "together with", "along with", "as well as", "alongside", "combined with", "mixed with"),
        *("interspersed with", "surrounded by", "bordered by", "joined by", "supported by", "intermixed with"),
    ),
    Sign.AND: ("and", "or"),
    Sign.IMAGE: (
        *(f"[entire |whole ]{{{_IMAGE}}}", "throughout", "widely", "widespread"),
        "{entire|whole} {area|region|terrain}",
    ),
    Sign.OF_IMAGE: (f"of {{the|this|its}} [entire |whole |overall ]{{{_IMAGE}}}",),
    Sign.OVERALL: (
        *("overall", "in {summary|conclusion|general|total|short|essence|sum}", "all in all", "taken together"),
        *("taken as a whole", "as a whole", "altogether", "collectively", "to summarize"),
    ),
    Sign.OF_IT: ("of it", "of them", "of which"),
    Sign.REST: (
        *("the rest", "elsewhere", "the remainder", f"the {{remaining|other}} {{{_SPOT}|{_IMAGE}}}"),
        "rest of the image",
    ),
    Sign.CLAUSE: ("while", "whereas", "although", "meanwhile"),
    Sign.BUT: ("but", "yet", "though", "however"),
    # a sentence without a class repeats the part before
    Sign.SAME: ("same", "likewise", "similar[ly]", "identical", "mirrors", "repeats", "echoes"),
    # the part that the sentence before speaks of
    Sign.HERE: ("here", "there {is|are} also", f"{{this|that}} {{{_SPOT}}}"),
    # longer phrases that must not be taken for their words
    Sign.IDLE: (
        *(f"{{{_ADVERB}}} {{{_LIES}}}", "no other", "no longer", "no less", "not only", "rest of the", "for the most part"),
        *("no {kind|single|one|second kind}", "nothing", "at least", "no different"),
        "land cover[s| type| types| class| classes]",
    ),
}
"""What is said of classes, places and amounts."""


def spelled(patterns: Iterable[str]) -> Iterator[str]:
    """Yield each phrase that patterns stand for: ``tree[s]`` is ``tree`` and ``trees``, ``{a|b} c`` is ``a c``, ``b c``."""
    for pattern in patterns:
        pieces = [
            (["", *piece[1:-1].split("|")] if piece[0] == "[" else piece[1:-1].split("|"))
            if piece[0] in "[{"
            else [piece]
            for piece in re.split(r"(\[[^]]*\]|\{[^}]*\})", pattern)
            if piece
        ]
        yield from map("".join, product(*pieces))


def finder(phrases: Iterable[str]) -> str:
    """Return a regular expression for the longest of the phrases, in lower case, at a place of a text.

    Shared beginnings are written once, so that a place where nothing stands is left after a few letters. A space in a
    phrase matches one to three spaces, line ends or hyphens.
    """
    tree: dict[str, dict[str, object]] = {}
    for phrase in phrases:
        node: dict[str, object] = tree
        for letter in phrase:
            node = node.setdefault(letter, {})  # type: ignore[assignment]
        node[""] = {}
    return rf"\b(?:{_branches(tree)})\b"


def lowered(text: str) -> str:
    """Return a text in lower case, each character in its place, as ``finder`` reads it."""
    small = text.lower()
    if len(small) == len(text):
        return small
    # a capital I with a dot becomes two characters, which would move all that stands behind it
    return "".join(one if len(one.lower()) > 1 else one.lower() for one in text)


def single_spaced(phrase: str) -> str:
    """Return a phrase that ``finder`` found as the vocabulary spells it: with one space where it has any or hyphens."""
    return _GAP.sub(" ", phrase)


_SPACES = r"[\s\-\u2010-\u2015]"
_GAP = re.compile(f"{_SPACES}+")


def _branches(node: dict[str, dict[str, object]]) -> str:
    options = [
        (_SPACES + "{1,3}" if letter == " " else re.escape(letter)) + _branches(rest)  # type: ignore[arg-type]
        for letter, rest in node.items()
        if letter
    ]
    if not options:
        return ""
    together = options[0] if len(options) == 1 and "" not in node else f"(?:{'|'.join(options)})"
    return f"{together}?" if "" in node else together
