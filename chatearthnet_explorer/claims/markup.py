"""Step 0: a caption as running text: items of a list become sentences, markup and names spaces.

Each character stays in its place, so that the spans of the claims are spans of the caption.
"""

from __future__ import annotations

import re

from chatearthnet_explorer.claims.lexicon import CLASSES, NAME_HEADS, kinds
from chatearthnet_explorer.claims.lexicon.phrase_finder import spellings, to_lower
from chatearthnet_explorer.claims.tokens import find_tokens

# "- Trees: ...", "2) Trees: ...", at the beginning of a line; the space after it is in the same line, because a text
# may have line ends for spaces
_ITEM = r"(?:[\-+*\u2010-\u2015\u2022\u25aa\u25cf\u25e6]|\(?\d{1,2}[.)])[ \t]+(?=\S)"
_TITLE = r"\#{1,6}[ \t]+[^\n]{1,99}(?:\n|\Z)"
# "Top left: ...", "Top left, beside it - ...", "**Trees** ..." and a row of a table
_ENTRY = r"(?=[^\n:;.!?]{1,60}(?::|[ \t][\-\u2010-\u2015])\*{0,3}[ \t]+\S|\*\*|\|)"
_NAMES = "[abiup]|br|li|ul|ol|tr|td|th|em|h[1-6]|div|span|strong|img|font|section|article|table"
_TAG = rf"</?(?:{_NAMES})(?:\s[^<>]{{0,300}})?/?>"
# each alternative begins with a letter of its own, which makes the search four times as fast
_LAYOUT = re.compile(rf"\n(?:\s{{0,9}}(?:{_TITLE}|{_ITEM}|{_ENTRY})|[ \t]{{0,9}}\n)|{_TAG}|\*|_|`|\|")
_STOP = "\x03"
"""End of a sentence, where the text has no mark for it. It is neither a space nor a letter."""

_INLINE = "*_`"
_WITHIN = re.compile(r"</?(?:[abiu]|em|strong|span|font|img)\b")
# addresses of pages and pictures, and spaces and other signs by their names in HTML
_ADDRESS = re.compile(r"\bhttps?://[^\s<>)\]]+")
_ENTITY = re.compile(r"&(?:nbsp|thinsp|ensp|emsp|#160|#xa0);|&amp;")


_CLASS_WORDS = frozenset(phrase for patterns in CLASSES.values() for phrase in spellings(patterns))
_HEADS = "|".join(sorted((head.capitalize() for head in spellings(NAME_HEADS)), key=len, reverse=True))
# followed by a small letter, because a text may have capitals everywhere
_NAME = re.compile(rf"[A-Z][a-z]{{2,20}}\s(?:{_HEADS})(?=,?\s[a-z]|[.;:)])")


def plain_text(text: str) -> str:
    """Return a caption in lower case and without layout and names, each character in its place."""
    low = to_lower(_NAME.sub(_without_class, text))
    if "|" in low and "--" in low:
        low = _without_grids(low)
    if "://" in low:
        low = _ADDRESS.sub(_blank, low)
    if "&" in low:
        low = _ENTITY.sub(_blank, low)
    if any(sign in low for sign in "\n*_`|<") or low.startswith(("-", "#", "1", "(1", "\u2022")):
        low = _LAYOUT.sub(_plain, f"\n{low}")[1:]
    return low.replace("\n", " ").replace("\t", " ") if "\n" in low or "\t" in low else low


def _without_class(match: re.Match[str]) -> str:
    """Return a name without its class words: "Forest Hills" has none, "Snow Lake" is only a lake."""
    name = match.group()
    first, head = name.split()
    if first.lower() not in _CLASS_WORDS:
        return name
    return " " * len(name) if head.lower() not in _CLASS_WORDS else f"{' ' * len(first)} {head}"


def _blank(match: re.Match[str]) -> str:
    words = match.group()
    return " " * len(words) if words != "&amp;" else "&    "


def _plain(match: re.Match[str]) -> str:
    layout = match.group()
    if layout == "|":
        return ","
    if layout in _INLINE or _WITHIN.match(layout):
        return " " * len(layout)
    if "#" in layout:
        # what stands under a title belongs to it: "### Top left" or "### Main theme"
        return f"{_STOP}{layout[1:].replace('#', ' ')}".replace("\n", ":")
    # "Trees.\n- Grass" has a mark already
    before = match.string[max(match.start() - 9, 0) : match.start()].rstrip()
    return (" " if before.endswith((".", "!", "?")) else _STOP) + " " * (len(layout) - 1)


_RULE = re.compile(r"[ \t|:\-]*")


def _without_grids(low: str) -> str:
    """Return a text with each row of a table as a sentence.

    The cells of a table that has a column for each part or class become spaces: what they mean stands elsewhere.
    """
    lines = low.split("\n")
    pieces: list[str] = []
    columns = 0
    is_table = False
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        is_head = "|" in line and "--" in after and _RULE.fullmatch(after) is not None
        is_table = is_head or (is_table and "|" in line)
        if is_head:
            columns = _columns(line)
            pieces.append(" " * len(line) if columns == kinds.PLACE else line)
        else:
            pieces.append(_without_cells(line) if is_table and columns else line)
        pieces.append(_STOP if is_table else "\n")
    return "".join(pieces[:-1])


def _columns(head: str) -> int:
    """Return whether a table has a column for each part or class; 0 for neither."""
    signs = [token[0] for token in find_tokens(head)]
    return next((kind for kind in (kinds.PLACE, kinds.LAND) if signs.count(kind) > 1), 0)


def _without_cells(line: str) -> str:
    first = line.find("|", 1)
    return line[:first] + re.sub(r"[^|]", " ", line[first:]) if first > 0 else line
