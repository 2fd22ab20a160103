"""Step 4e: apply what a clause says of its classes, phrase by phrase, to get a statement for each class and place."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from chatearthnet_explorer.claims import effects as kinds

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chatearthnet_explorer.claims.chunks import ClassWord
    from chatearthnet_explorer.claims.claim import Parts
    from chatearthnet_explorer.claims.effects import Effect, Size
    from chatearthnet_explorer.claims.sites import Site


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

    is_shared: bool = False
    """Whether the amount was taken from the class before it in a list; its own amount replaces it."""

    doubt: str = ""
    """Why the reading is not certain, a key of ``claim.DOUBTS``; empty if it is."""

    is_wider: bool = False
    """Whether the statement after it says where most of it is."""


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


class _Draft:
    """A mention while its effects are applied."""

    __slots__ = ("denied_at", "leads_whole", "shares_size", "statements")

    def __init__(self) -> None:
        self.statements = [Statement()]
        self.denied_at = -1
        self.leads_whole = 0
        self.shares_size = False

    def set(self, **values: object) -> None:
        self.statements[-1] = self.statements[-1]._replace(**values)


def apply_effects(words: Iterable[ClassWord], effects: Iterable[Effect]) -> tuple[Mention, ...]:
    """Return the mentions of a clause, after all effects in their order."""
    drafts = {word: _Draft() for word in words}
    for effect in effects:
        if effect.kind == kinds.FOLLOWS:
            _follow(drafts[effect.words[0]], drafts[effect.value])
            continue
        apply = _APPLY[effect.kind]
        for word in effect.words:
            apply(drafts[word], effect.value)
    return tuple(
        Mention(word.name, word.start, word.end, tuple(draft.statements), draft.denied_at, draft.leads_whole)
        for word, draft in drafts.items()
    )


def _follow(draft: _Draft, before: _Draft) -> None:
    """Copy the statement of the class before it in a list: "a small area of grass and trees"."""
    first = before.statements[0]
    if before.shares_size and not draft.statements[0].size:
        draft.statements[0] = draft.statements[0]._replace(size=before.statements[-1].size, is_shared=True)
        draft.shares_size = True
    if first.negated:
        _deny(draft, before.denied_at)
    draft.set(lead=first.lead)
    draft.leads_whole = before.leads_whole


def _size_next(draft: _Draft, value: tuple[Size, bool]) -> None:
    size, draft.shares_size = value
    if size.of_image:
        draft.statements = [Statement((), size), Statement()]
    else:
        draft.set(size=size)


def _deny(draft: _Draft, at: int) -> None:
    draft.denied_at = at
    draft.set(negated=True)


def _lead(draft: _Draft, value: tuple[int, bool]) -> None:
    strength, of_whole = value
    if of_whole:
        draft.leads_whole = max(draft.leads_whole, strength)
    else:
        draft.set(lead=max(draft.statements[-1].lead, strength))


def _placed(draft: _Draft, parts: Parts) -> None:
    draft.set(parts=parts)


def _size(draft: _Draft, value: tuple[Size, bool]) -> None:
    size, anyway = value
    last = draft.statements[-1]
    # "in all parts, most of all in the middle, a large area": the amount is not of the middle alone
    is_taken = any(one.is_wider and one.size for one in draft.statements)
    if (last.size is None or last.is_shared) and (anyway or not is_taken):
        draft.set(size=size, is_shared=False)


def _place(draft: _Draft, site: Site) -> None:
    last = draft.statements[-1]
    if last.parts and {*site.parts} <= {*last.parts}:
        draft.statements.append(Statement(site.parts))
    elif last.parts is None and site.is_narrower:
        draft.set(parts=(), is_wider=True)
        draft.statements.append(Statement(site.parts, negated=last.negated))
    elif last.parts is None:
        draft.set(parts=site.parts)
    elif site.in_list or not (last.size or last.negated or last.lead or len(draft.statements) > 1):
        draft.set(parts=_union(last.parts, site.parts))
    else:
        draft.statements.append(Statement(site.parts))


def _place_with_size(draft: _Draft, value: tuple[Parts, Size]) -> None:
    draft.statements.append(Statement(*value))


def _place_without(draft: _Draft, site: Site) -> None:
    """Deny it in a place."""
    last = draft.statements[-1]
    if last.parts is None and len(draft.statements) > 1:
        draft.set(parts=site.parts, negated=True)
    elif last.parts is None:
        # absent from one part means present in others
        draft.set(parts=(), negated=False)
        draft.statements.append(Statement(site.parts, negated=True))
    elif last.negated and len(draft.statements) > 1:
        draft.set(parts=_union(last.parts, site.parts))
    else:
        draft.set(parts=tuple(part for part in last.parts if part not in site.parts))
        draft.statements.append(Statement(site.parts, negated=True))


def _except(draft: _Draft, site: Site) -> None:
    last = draft.statements[-1]
    if last.size or draft.leads_whole or any(one.lead for one in draft.statements):
        # "common in all parts but one" does not say that it is missing there
        draft.set(parts=tuple(part for part in last.parts or () if part not in site.parts))
    else:
        _place_without(draft, site)


def _last_place(draft: _Draft, value: tuple[Site, bool]) -> None:
    """Give it a place at the end of a clause, instead of the one that the clause began with."""
    site, replaces = value
    if replaces:
        draft.set(parts=None)
    (_place_without if site.is_out else _place)(draft, site)


def _absent(draft: _Draft, value: tuple[int, bool]) -> None:
    at, by_place = value
    if by_place or draft.statements[-1].parts is None:
        _deny(draft, at)


def _drop_size(draft: _Draft, _: None) -> None:
    draft.set(size=None)


def _whole(draft: _Draft, by_class: bool) -> None:  # noqa: FBT001 - the value of an effect
    _widen(draft, None)
    if by_class and draft.statements[-1].parts is None:
        draft.set(parts=())


def _widen(draft: _Draft, _: None) -> None:
    """Move the last lead without a place to the whole chip."""
    last = draft.statements[-1]
    if last.lead and not last.parts:
        draft.leads_whole = max(draft.leads_whole, last.lead)
        draft.set(lead=0)


def _fallback(draft: _Draft, parts: Parts) -> None:
    if draft.statements[-1].parts is None:
        draft.set(parts=parts)


def _union(parts: Parts, more: Parts) -> Parts:
    return parts + tuple(part for part in more if part not in parts)


_APPLY = {
    kinds.SIZE_NEXT: _size_next,
    kinds.DENIED: _deny,
    kinds.LEAD: _lead,
    kinds.PLACED: _placed,
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
