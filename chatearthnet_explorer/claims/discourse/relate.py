"""Step 5: relate the clauses and sentences of a caption: "there", "it", "the same" and "the rest" get a meaning."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatearthnet_explorer.claims.binding.bind import bind
from chatearthnet_explorer.claims.binding.statements import Mention, Statement
from chatearthnet_explorer.claims.clauses import split_clauses
from chatearthnet_explorer.claims.discourse.context import Context, SoFar
from chatearthnet_explorer.claims.discourse.directions import narrow_sides, resolve_directions
from chatearthnet_explorer.claims.discourse.likeness import copied_place, is_exception
from chatearthnet_explorer.claims.discourse.rest import resolve_rest
from chatearthnet_explorer.claims.discourse.settling import is_about, settle
from chatearthnet_explorer.claims.discourse.subjects import with_subject
from chatearthnet_explorer.claims.lexicon import kinds
from chatearthnet_explorer.landcover.shares import PARTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatearthnet_explorer.claims.binding.bind import Binding
    from chatearthnet_explorer.claims.claim import Parts
    from chatearthnet_explorer.claims.clauses import Clause, Sentence
    from chatearthnet_explorer.claims.discourse.context import SentenceReading


_POINTS = kinds.TOWARDS | kinds.HERE


def relate(sentences: Sequence[Sentence], text: str) -> tuple[list[SentenceReading], Parts]:
    """Return what each sentence of a text in lower case says, and all parts that are named."""
    context = Context()
    readings = []
    for sentence in sentences:
        so_far = _read_clauses(sentence, text, context)
        if so_far.signs & kinds.OVERALL:
            context = context._replace(parts=(), last=())
        reading, context = settle(so_far, context)
        readings.append(reading)
    return readings, context.parts_named


def _read_clauses(sentence: Sentence, text: str, context: Context) -> SoFar:
    so_far = SoFar(context.topic, context.topic_doubt, context.is_placed, context.parts_named)
    tokens = narrow_sides(sentence.tokens, text, context.last)
    for clause in split_clauses(sentence if tokens is sentence.tokens else sentence._replace(tokens=tokens), text):
        clause_with_place, full_clause = clause, clause
        if clause.signs & _POINTS:
            clause_with_place = full_clause = resolve_directions(clause, so_far.latest or context.last)
        if clause.signs & kinds.REST:
            full_clause = resolve_rest(
                clause_with_place,
                parts_named=so_far.parts_named,
                in_sentence=so_far.sentence_parts,
                latest=so_far.latest,
                of_part=bool(context.parts) or so_far.is_loose,
                after_class=bool(so_far.mentions),
                after_place=bool(so_far.here),
            )
        if so_far.topic and (full_clause.signs & kinds.PRONOUN or not full_clause.signs & kinds.LAND):
            full_clause = with_subject(full_clause._replace(has_topic=True))
        so_far = _add(so_far, clause_with_place, bind(full_clause, text), text)
    return so_far


def _add(so_far: SoFar, clause: Clause, binding: Binding, text: str) -> SoFar:
    """Add what a clause says."""
    layout = binding.layout
    signs, loose, there, points_back = clause.signs, so_far.is_loose, so_far.there, so_far.points_back
    parts_named, sentence_parts = so_far.parts_named, so_far.sentence_parts
    if signs & kinds.PLACE:
        own_parts = tuple([part for token in clause.tokens if token[0] == kinds.PLACE for part in token[1]])
        parts_named = tuple(dict.fromkeys(parts_named + own_parts))
        sentence_parts = tuple(dict.fromkeys(sentence_parts + own_parts))
    if signs & kinds.HERE:
        # "there" refers to a part of this sentence, if it has named one
        there = layout.here or _place_before_there(clause) or so_far.here or so_far.latest
        points_back = not there
    if signs & kinds.OF_IT:
        first = next(kind for kind, *_ in clause.tokens if kind & (kinds.OF_IT | kinds.LAND))
        loose = loose or first == kinds.OF_IT
    is_subject = clause.after == "but" and any(site.role == "last" for site in layout.sites)
    before = so_far.subject if is_subject else so_far.topic
    mentions = binding.mentions
    own = tuple([mention for mention in mentions if mention.name])
    doubt = "it" if signs & kinds.LAND else "" if is_subject else so_far.topic_doubt
    back: tuple[Mention, ...] = ()
    if before and len(own) < len(binding.mentions):
        back = tuple(_recall(one, mention, doubt) for one in before for mention in binding.mentions if not mention.name)
    is_unresolved = is_subject and not back and not own
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
        topic = topic if is_about(own, topic) else ()
    elif own:
        topic, is_placed = own[:1], placed_part
        topic_doubt = "" if is_about(own, topic) else "it"
    is_read = bool(back) and not doubt and not own
    loose = loose or bool(signs & kinds.POSSESSIVE) or (not is_read and _may_mean_more(so_far, clause, own))
    open_ = [word.start for word in binding.last if word.name]
    return SoFar(
        topic=topic,
        topic_doubt=topic_doubt,
        is_placed=is_placed,
        parts_named=parts_named,
        sentence_parts=sentence_parts,
        mentions=so_far.mentions + own,
        recalled_mentions=so_far.recalled_mentions + back,
        subject=tuple([one for one in own if one.start in open_]) or back or so_far.subject,
        here=(() if goes_on or (back and is_subject) else layout.here) or so_far.here,
        latest=layout.latest or so_far.latest,
        there=there,
        walk=so_far.walk + (() if goes_on else layout.walk) + (layout.here if is_unresolved else ()),
        mode=so_far.mode or mode,
        signs=so_far.signs | signs,
        points_back=points_back,
        source=so_far.source or copied_place(clause),
        is_exception=so_far.is_exception or _is_exception(so_far, clause, own, text),
        is_loose=loose,
        names_whole=so_far.names_whole or layout.names_whole,
    )


def _may_mean_more(so_far: SoFar, clause: Clause, own: Sequence[Mention]) -> bool:
    """Return whether a clause has a pronoun that may mean classes that it does not name."""
    if not clause.signs & kinds.PRONOUN:
        return False
    follows_class = _follows_class(clause)
    if follows_class and not clause.signs & kinds.HERE and len({mention.name for mention in own}) == 1:
        return False  # but not "bare land leads, and it lies in the middle"
    # nor the "it" of a text that has named no class yet
    return follows_class or bool(so_far.parts_named or so_far.topic or so_far.mentions)


def _follows_class(clause: Clause) -> bool:
    """Return whether the pronoun of a clause comes after a class: "trees lead, and in the top left they ..."."""
    return next((kind for kind, *_ in clause.tokens if kind & (kinds.PRONOUN | kinds.LAND)), 0) == kinds.LAND


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


def _recall(one: Mention, mention: Mention, doubt: str) -> Mention:
    """Return what "it" is said to be, as said of a class."""
    statements = mention.statements
    if len(statements) > 1 and statements[0] == Statement(()):
        statements = statements[1:]  # "but is absent from the middle"
    if doubt:
        statements = tuple(statement._replace(doubt=statement.doubt or doubt) for statement in statements)
    return mention._replace(name=one.name, start=one.start, end=one.end, statements=statements)
