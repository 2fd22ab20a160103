"""Step 5: relate the clauses and sentences of a caption: "there", "it", "the same" and "the rest" get a meaning."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from chatearthnet_explorer.claims.bindings import bind
from chatearthnet_explorer.claims.clauses import split_clauses
from chatearthnet_explorer.claims.directions import narrow_sides, resolve_directions
from chatearthnet_explorer.claims.lexicon import kinds
from chatearthnet_explorer.claims.likeness import copied_place, copies_of, is_exception
from chatearthnet_explorer.claims.rest import resolve_rest
from chatearthnet_explorer.claims.statements import Mention, Statement
from chatearthnet_explorer.claims.subjects import with_subject
from chatearthnet_explorer.landcover.shares import PARTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from chatearthnet_explorer.claims.bindings import Binding
    from chatearthnet_explorer.claims.claim import Parts
    from chatearthnet_explorer.claims.clauses import Clause, Sentence
    from chatearthnet_explorer.claims.tokens import Token


_POINTS = kinds.TOWARDS | kinds.HERE
_HEADING = kinds.LAND | kinds.AND


class Context(NamedTuple):
    """What the sentences before leave for the next one."""

    parts: Parts = ()
    """The place that holds until another is named."""

    last: Parts = ()
    """The place spoken of last."""

    mentions: tuple[Mention, ...] = ()
    """The classes named there."""

    topic: tuple[Mention, ...] = ()
    """The class that "it" means."""

    topic_doubt: str = ""
    """Why it is not certain that "it" means this class, a key of ``claim.DOUBTS``; empty if it is."""

    is_placed: bool = False
    """Whether the text has said where this class is, so that places after it are likely to be its own."""

    named: Parts = ()
    """All parts named so far."""

    doubt: str = ""
    """Why it is not certain that the place holds, a key of ``claim.DOUBTS``; empty if it is."""

    known: Mapping[str, tuple[Mention, ...]] = MappingProxyType({})
    """The classes of the last sentences about each part, for "the same as"."""


class SoFar(NamedTuple):
    """What the clauses of a sentence say so far."""

    topic: tuple[Mention, ...]
    """The class that "it" means."""

    topic_doubt: str
    """Why it is not certain that "it" means this class, a key of ``claim.DOUBTS``; empty if it is."""

    is_placed: bool
    """Whether the text has said where this class is, so that places after it are likely to be its own."""

    named: Parts
    """All parts named so far, in the whole text."""

    placed: Parts = ()
    """The parts that they name."""

    mentions: tuple[Mention, ...] = ()
    """Their classes."""

    recalled: tuple[Mention, ...] = ()
    """What they say of classes named before, as "it"."""

    subject: tuple[Mention, ...] = ()
    """The classes that a clause with "but" continues with."""

    here: Parts = ()
    """The place that the last clause began with."""

    latest: Parts = ()
    """The place named last."""

    there: Parts = ()
    """The place of this sentence that "there" means."""

    walk: Parts = ()
    """The places that clauses begin with."""

    mode: str = ""
    """Whether the first clause begins with ``places``, ``classes`` or ``it``; empty before one does."""

    signs: int = 0
    """The kinds of all phrases."""

    points_back: bool = False
    """Whether "there" means a place before the sentence."""

    source: Parts = ()
    """The place that another is said to be like."""

    is_exception: bool = False
    """Whether its classes are only what is different there: "much the same, only with more water"."""

    is_loose: bool = False
    """Whether it may speak of classes without naming them."""

    names_whole: bool = False
    """Whether it names the whole image."""


class SentenceReading(NamedTuple):
    """What a sentence says."""

    mentions: tuple[Mention, ...]
    """Its classes, each with all its places."""

    walk: Parts
    """The places that its clauses begin with."""

    loose: Parts
    """Parts of which it may say more than was read."""


def relate(sentences: Sequence[Sentence], text: str) -> tuple[list[SentenceReading], Parts]:
    """Return what each sentence of a text in lower case says, and all parts that are named."""
    context = Context()
    readings = []
    for sentence in sentences:
        so_far = _read_clauses(sentence, text, context)
        if so_far.signs & kinds.OVERALL:
            context = context._replace(parts=(), last=())
        reading, context = _settle(so_far, context)
        readings.append(reading)
    return readings, context.named


def _read_clauses(sentence: Sentence, text: str, context: Context) -> SoFar:
    so_far = SoFar(context.topic, context.topic_doubt, context.is_placed, context.named)
    tokens = narrow_sides(sentence.tokens, text)
    for clause in split_clauses(sentence if tokens is sentence.tokens else sentence._replace(tokens=tokens), text):
        placed, spoken = clause, clause
        if clause.signs & _POINTS:
            placed = spoken = resolve_directions(clause, so_far.latest or context.last)
        if clause.signs & kinds.REST:
            spoken = resolve_rest(
                placed,
                named=so_far.named,
                in_sentence=so_far.placed,
                latest=so_far.latest,
                of_part=bool(context.parts) or so_far.is_loose,
                after_class=bool(so_far.mentions),
                after_place=bool(so_far.here),
            )
        if so_far.topic and (spoken.signs & kinds.PRONOUN or not spoken.signs & kinds.LAND):
            spoken = with_subject(spoken._replace(has_topic=True))
        so_far = _add(so_far, placed, bind(spoken, text), text)
    return so_far


def _add(so_far: SoFar, clause: Clause, binding: Binding, text: str) -> SoFar:
    """Add what a clause says."""
    layout = binding.layout
    signs, loose, there, points_back = clause.signs, so_far.is_loose, so_far.there, so_far.points_back
    named, placed = so_far.named, so_far.placed
    if signs & kinds.PLACE:
        own_parts = tuple(part for token in clause.tokens if token[0] == kinds.PLACE for part in token[1])
        named = tuple(dict.fromkeys(named + own_parts))
        placed = tuple(dict.fromkeys(placed + own_parts))
    if signs & kinds.HERE:
        # "there" refers to a part of this sentence, if it has named one
        there = layout.here or _place_before_there(clause) or so_far.here or so_far.latest
        points_back = not there
    if signs & kinds.OF_IT:
        first = next(kind for kind, *_ in clause.tokens if kind & (kinds.OF_IT | kinds.LAND))
        loose = loose or first == kinds.OF_IT
    is_subject = clause.after == "but" and any(site.role == "last" for site in layout.sites)
    before = so_far.subject if is_subject else so_far.topic
    own = tuple(mention for mention in binding.mentions if mention.name)
    doubt = "it" if signs & kinds.LAND else "" if is_subject else so_far.topic_doubt
    back = tuple(_recall(one, mention, doubt) for one in before for mention in binding.mentions if not mention.name)
    unresolved = is_subject and not back and not own
    # "grass is widest in the middle. In the top left it has 30 %." does not turn to what is in the top left
    goes_on = bool(back) and not own and (so_far.is_placed or not layout.begins_with_place)
    by_place = layout.begins_with_place and not goes_on
    mode = "places" if by_place else "classes" if own else ""
    if binding.mentions and not binding.mentions[0].name and not by_place:
        mode = "it"
    topic, topic_doubt, is_placed = so_far.topic, so_far.topic_doubt, so_far.is_placed
    placed_part = 0 < len(layout.latest) < len(PARTS)
    if not by_place and placed_part and binding.mentions:
        is_placed = True
    if own and not binding.mentions[0].name:
        topic_doubt = "it"  # "it also outranks the grass there"
    elif own and by_place:
        topic = topic if _is_about(own, topic) else ()
    elif own:
        topic, is_placed = own[:1], placed_part
        topic_doubt = "it" if any(one.name != own[0].name for one in own) else ""
    open_ = {word.start for word in binding.last if word.name}
    return SoFar(
        topic=topic,
        topic_doubt=topic_doubt,
        is_placed=is_placed,
        named=named,
        placed=placed,
        mentions=so_far.mentions + own,
        recalled=so_far.recalled + back,
        subject=tuple(one for one in own if one.start in open_) or back or so_far.subject,
        here=(() if goes_on or (back and is_subject) else layout.here) or so_far.here,
        latest=layout.latest or so_far.latest,
        there=there,
        walk=so_far.walk + (() if goes_on else layout.walk) + (layout.here if unresolved else ()),
        mode=so_far.mode or mode,
        signs=so_far.signs | signs,
        points_back=points_back,
        source=so_far.source or copied_place(clause),
        is_exception=so_far.is_exception or _is_exception(so_far, clause, own, text),
        is_loose=loose or bool(signs & (kinds.PRONOUN | kinds.POSSESSIVE)),
        names_whole=so_far.names_whole or layout.names_whole,
    )


def _place_before_there(clause: Clause) -> Parts:
    parts: Parts = ()
    for kind, value, _, _ in clause.tokens:
        if kind == kinds.HERE:
            break
        if kind == kinds.PLACE:
            parts = value
    return parts


def _is_exception(so_far: SoFar, clause: Clause, own: Sequence[Mention], text: str) -> bool:
    if so_far.mentions:
        return False
    # "the middle is the same but has more water"
    goes_on = clause.after == "but" and so_far.signs & kinds.SAME
    return bool(goes_on) or is_exception(clause, own, text)


def _is_about(mentions: Sequence[Mention], topic: Sequence[Mention]) -> bool:
    """Return whether a sentence only goes on with a class: "in the middle there is no water"."""
    return bool(topic) and all(mention.name == topic[0].name for mention in mentions)


def _recall(one: Mention, mention: Mention, doubt: str) -> Mention:
    """Return what "it" is said to be, as said of a class."""
    statements = mention.statements
    if len(statements) > 1 and statements[0] == Statement(()):
        statements = statements[1:]  # "but is absent from the middle"
    if doubt:
        statements = tuple(statement._replace(doubt=statement.doubt or doubt) for statement in statements)
    return mention._replace(name=one.name, start=one.start, end=one.end, statements=statements)


def _settle(so_far: SoFar, context: Context) -> tuple[SentenceReading, Context]:
    """Give the classes of a sentence their places, and return what it leaves for the next."""
    here, latest, mentions = so_far.here, so_far.latest, so_far.mentions
    same = bool(so_far.signs & kinds.SAME)
    if same and here and (not mentions or so_far.is_exception):
        source = so_far.source or context.parts or context.last
        mentions += copies_of(context.known.get(source[0], ()) if source else (), source, here, mentions)
    parts = context.parts
    if so_far.points_back and not so_far.names_whole:
        parts = parts or context.last
    spoken_of = latest if parts and latest and not so_far.points_back else parts
    is_relative = bool(so_far.signs & kinds.TOWARDS)
    is_heading = not so_far.signs & ~_HEADING and len(mentions) == 1
    fallback = here or so_far.there or (() if so_far.names_whole or is_relative or is_heading else spoken_of)
    if not fallback and so_far.mode == "it" and len(latest) == 1:
        fallback = latest  # "its share in the top left is 30 %; trees have the rest"
    doubt = "carried" if latest else context.doubt
    if here or so_far.there or not fallback:
        doubt = "relative" if is_relative and not here else ""
    # "crops lead here" at the start of a text is said of the whole image
    of_part = bool(here or (so_far.points_back and so_far.named) or (fallback and not so_far.names_whole and not doubt))
    names_whole = so_far.names_whole
    settled = tuple(
        _settle_mention(mention, fallback, doubt, of_part=of_part, names_whole=names_whole) for mention in mentions
    )
    recalled = (_settle_recalled(mention, fallback, doubt, of_part=of_part) for mention in so_far.recalled)
    loose = so_far.placed or fallback if same or so_far.is_loose else ()
    reading = SentenceReading((*settled, *(one for one in recalled if one)), so_far.walk, loose)
    next_parts = parts
    next_doubt = context.doubt
    if so_far.mode == "places":
        next_parts = here if len(here) < len(PARTS) else ()
        of_class = bool(mentions) and context.is_placed and _is_about(mentions, context.topic)
        next_doubt = "carried" if of_class else ""
    elif parts and latest:
        # a place said of the last class only: "with wetland confined to one corner, the lower left"
        next_parts, next_doubt = latest, "carried"
    elif so_far.names_whole or is_relative:
        next_parts = ()
    goes_on = not (here or latest) and bool(next_parts)
    last = context.last
    if mentions or here or so_far.recalled:
        # a sentence without a class does not change "here"
        last = here or (() if so_far.names_whole or is_relative else latest)
    in_parts = settled
    if goes_on:
        in_parts = tuple({one.name: one for one in (*context.mentions, *settled)}.values())
    known = context.known
    if here or goes_on:
        known = {**known, **dict.fromkeys(here or next_parts, in_parts)}
    return reading, Context(
        parts=next_parts,
        last=last,
        mentions=in_parts,
        topic=so_far.topic,
        topic_doubt=so_far.topic_doubt,
        is_placed=so_far.is_placed,
        named=so_far.named,
        doubt=next_doubt,
        known=known,
    )


def _settle_mention(
    mention: Mention, fallback: Parts, doubt: str, *, of_part: bool, names_whole: bool = False
) -> Mention:
    statements = mention.statements
    if statements[-1].parts is None and len(statements) > 1:
        statements = statements[:-1]
    first, *others = (
        one._replace(parts=fallback, doubt=one.doubt or doubt) if one.parts is None else one for one in statements
    )
    leads_whole = mention.leads_whole
    if of_part and not (fallback or names_whole):
        leads_whole = 0  # "there, grass leads", and no one knows where
        first = first if first.parts else first._replace(lead=0)
    if leads_whole and of_part:
        first, leads_whole = first._replace(lead=leads_whole), 0
    if leads_whole and first.parts:
        others, first = [first, *others], Statement((), lead=leads_whole)
    elif leads_whole:
        first = first._replace(lead=max(first.lead, leads_whole))
    return mention._replace(statements=(first, *others), leads_whole=0)


def _settle_recalled(mention: Mention, fallback: Parts, doubt: str, *, of_part: bool) -> Mention | None:
    """Settle what "it" is said to be; None if it is said to be in no place."""
    if all(one.parts is None for one in mention.statements):
        if not mention.leads_whole:
            return None
        only = Statement((), lead=mention.leads_whole, doubt=mention.statements[0].doubt)
        return mention._replace(statements=(only,), leads_whole=0)
    return _settle_mention(mention, fallback, doubt, of_part=of_part)
