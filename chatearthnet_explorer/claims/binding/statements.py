"""Step 4e: apply what a clause says of its classes, phrase by phrase, to get a statement for each class and place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from chatearthnet_explorer.claims.binding import effects as kinds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from chatearthnet_explorer.claims.binding.chunks import ClassWord
    from chatearthnet_explorer.claims.binding.effects import Effect, Size
    from chatearthnet_explorer.claims.binding.sites import Site
    from chatearthnet_explorer.claims.claim import Parts


class Statement(NamedTuple):
    """What a clause says of a class in one place."""

    parts: Parts | None = None
    """The place; None if the clause names none."""

    size: Size | None = None
    """Amount; None if there is none."""

    negated: bool = False
    """Whether the class is called absent."""

    lead: int = 0
    """How clearly the class is called the largest there: 0 not at all, ``PASSING``, ``PLAIN``."""

    doubt: str = ""
    """Why the reading is not certain, a key of ``claim.DOUBTS``; empty if it is."""


class Mention(NamedTuple):
    """A class word with the statements about it."""

    name: str
    """The class, by its 3.5 name; empty for a class of the clause before."""

    start: int
    """Start of the word in the text."""

    end: int
    """Where it ends."""

    statements: tuple[Statement, ...]
    """Its statements, at least one."""

    denied_at: int = -1
    """Start of the word that denies it; -1 for none."""

    leads_whole: int = 0
    """How clearly it is called the largest of the whole chip, whichever places are named after."""


class _Line:
    """A statement while effects are applied."""

    __slots__ = ("doubt", "is_shared", "is_wider", "lead", "negated", "parts", "size")

    def __init__(
        self, parts: Parts | None = None, size: Size | None = None, doubt: str = "", *, negated: bool = False
    ) -> None:
        self.parts = parts
        self.size = size
        self.doubt = doubt
        self.negated = negated
        self.lead = 0
        self.is_shared = False  # the amount is that of the class before it in a list; its own replaces it
        self.is_wider = False  # the line after it says where most of it is


class _Draft:
    """A mention while its effects are applied."""

    __slots__ = ("denied_at", "last", "leads_whole", "lines", "shares_size")

    def __init__(self) -> None:
        self.last = _Line()
        self.lines = [self.last]
        self.denied_at = -1
        self.leads_whole = 0
        self.shares_size = False

    def add(self, line: _Line) -> None:
        self.lines.append(line)
        self.last = line


def apply_effects(words: Iterable[ClassWord], effects: Iterable[Effect]) -> tuple[Mention, ...]:
    """Return the mentions of a clause, after all effects in their order."""
    drafts = {word: _Draft() for word in words}
    for _, kind, effect_words, value in effects:
        if kind == kinds.FOLLOWS:
            _follow(drafts[effect_words[0]], drafts[value])
            continue
        apply = _APPLY[kind]
        for word in effect_words:
            apply(drafts[word], value)
    return tuple([
        Mention(name, start, end, tuple([_statement(one) for one in draft.lines]), draft.denied_at, draft.leads_whole)
        for (name, _, start, end), draft in drafts.items()
    ])  # fmt: skip


def _statement(line: _Line) -> Statement:
    # words of denial that deny this leave no doubt, and where there is an amount there is the class
    is_sure = line.doubt == "denial" and (line.negated or (line.size and line.size.word))
    return Statement(line.parts, line.size, line.negated, line.lead, "" if is_sure else line.doubt)


def _follow(draft: _Draft, before: _Draft) -> None:
    """Copy the statement of the class before it in a list: "a small area of grass and trees"."""
    own, first = draft.lines[0], before.lines[0]
    if before.shares_size and not own.size:
        own.size, own.is_shared, draft.shares_size = before.last.size, True, True
    if first.negated:
        _deny(draft, before.denied_at)
    draft.last.lead = first.lead
    draft.leads_whole = before.leads_whole


def _size_next(draft: _Draft, value: tuple[Size, bool]) -> None:
    size, draft.shares_size = value
    if size.of_image:
        draft.lines = [_Line((), size)]
        draft.add(_Line())
    else:
        draft.last.size = size


def _deny(draft: _Draft, at: int) -> None:
    draft.denied_at = at
    draft.last.negated = True


def _lead(draft: _Draft, value: tuple[int, bool]) -> None:
    strength, of_whole = value
    if of_whole:
        draft.leads_whole = max(draft.leads_whole, strength)
    else:
        draft.last.lead = max(draft.last.lead, strength)


def _lead_next(draft: _Draft, strength: int) -> None:
    """Call it the largest of the place that follows: "moss lies in both upper corners and leads in the middle"."""
    if draft.last.parts is not None:
        draft.add(_Line())
    draft.last.lead = strength


def _close(draft: _Draft, _: None) -> None:
    if draft.last.parts is None:
        draft.add(_Line())


def _place_before(draft: _Draft, value: tuple[Parts, str]) -> None:
    draft.last.parts, draft.last.doubt = value


def _size(draft: _Draft, value: tuple[Size, bool]) -> None:
    size, anyway = value
    last = draft.last
    # "a small pond on 2 % of the top left": the number counts
    if last.size is None or last.is_shared or _counts_more(size, last.size):
        # "in all parts, most of all in the middle, a large area": the amount is not of the middle alone
        is_taken = not anyway and len(draft.lines) > 1 and any(one.is_wider and one.size for one in draft.lines)
        if not is_taken:
            last.size, last.is_shared = size, False


def _counts_more(size: Size, before: Size) -> bool:
    if before.of_image or before.is_number:
        return False
    return size.is_number or size.of_image or (before.word is None and size.word is not None)


def _place(draft: _Draft, site: Site) -> None:
    last = draft.last
    if last.parts and {*site.parts} <= {*last.parts}:
        draft.add(_Line(site.parts, None, site.doubt))
    elif last.parts is None and site.is_narrower:
        last.parts, last.is_wider = (), True
        draft.add(_Line(site.parts, negated=last.negated))
    elif last.parts is None:
        last.parts, last.doubt = site.parts, site.doubt
    elif site.doubt == last.doubt and (
        site.in_list or not (last.size or last.negated or last.lead or len(draft.lines) > 1)
    ):
        last.parts = _union(last.parts, site.parts)
    else:
        draft.add(_Line(site.parts, None, site.doubt))


def _place_with_size(draft: _Draft, value: tuple[Parts, Size, str]) -> None:
    draft.add(_Line(*value))


def _place_without(draft: _Draft, site: Site) -> None:
    """Deny it in a place."""
    last = draft.last
    if last.parts is None and len(draft.lines) > 1:
        last.parts, last.negated = site.parts, True
    elif last.parts is None:
        # absent from one part means present in others
        last.parts, last.negated = (), False
        draft.add(_Line(site.parts, None, site.doubt, negated=True))
    elif last.negated and len(draft.lines) > 1:
        last.parts = _union(last.parts, site.parts)
    else:
        last.parts = tuple(part for part in last.parts if part not in site.parts)
        draft.add(_Line(site.parts, None, site.doubt, negated=True))


def _except(draft: _Draft, site: Site) -> None:
    last = draft.last
    if last.size or draft.leads_whole or any(one.lead for one in draft.lines):
        # "common in all parts but one" does not say that it is missing there
        last.parts = tuple(part for part in last.parts or () if part not in site.parts)
    else:
        _place_without(draft, site)


def _last_place(draft: _Draft, value: tuple[Site, bool]) -> None:
    """Give it a place at the end of a clause, instead of the one that the clause began with."""
    site, replaces = value
    if replaces:
        draft.last.parts = None
    (_place_without if site.is_out else _place)(draft, site)


def _absent(draft: _Draft, value: tuple[int, bool]) -> None:
    at, by_place = value
    if by_place or draft.last.parts is None:
        _deny(draft, at)


def _drop_size(draft: _Draft, _: None) -> None:
    draft.last.size = None


def _whole(draft: _Draft, by_class: bool) -> None:  # noqa: FBT001 - the value of an effect
    _widen(draft, None)
    if by_class and draft.last.parts is None:
        draft.last.parts = ()


def _widen(draft: _Draft, _: None) -> None:
    """Move the last lead without a place to the whole chip."""
    last = draft.last
    if last.lead and not last.parts:
        draft.leads_whole = max(draft.leads_whole, last.lead)
        last.lead = 0


def _fallback(draft: _Draft, parts: Parts) -> None:
    if draft.last.parts is None:
        draft.last.parts = parts


def _union(parts: Parts, more: Parts) -> Parts:
    return parts + tuple(part for part in more if part not in parts)


_APPLY: dict[int, Callable[[_Draft, Any], None]] = {
    kinds.SIZE_NEXT: _size_next,
    kinds.DENY: _deny,
    kinds.LEAD: _lead,
    kinds.LEAD_NEXT: _lead_next,
    kinds.CLOSE: _close,
    kinds.PLACE_BEFORE: _place_before,
    kinds.SIZE: _size,
    kinds.PLACE: _place,
    kinds.PLACE_WITH_SIZE: _place_with_size,
    kinds.PLACE_WITHOUT: _place_without,
    kinds.EXCEPT: _except,
    kinds.LAST_PLACE: _last_place,
    kinds.ABSENT: _absent,
    kinds.DROP_SIZE: _drop_size,
    kinds.WHOLE: _whole,
    kinds.WIDEN: _widen,
    kinds.FALLBACK: _fallback,
}
