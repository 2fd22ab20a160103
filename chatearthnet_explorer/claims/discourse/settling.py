"""Step 5e: give the classes of a sentence the places that it leaves open, and keep what the next one needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatearthnet_explorer.claims.binding.statements import Mention, Statement
from chatearthnet_explorer.claims.discourse.context import Context, SentenceReading
from chatearthnet_explorer.claims.discourse.likeness import copies_of
from chatearthnet_explorer.claims.lexicon import kinds
from chatearthnet_explorer.landcover.shares import PARTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatearthnet_explorer.claims.claim import Parts
    from chatearthnet_explorer.claims.discourse.context import SoFar

_HEADING = kinds.LAND | kinds.AND


def settle(so_far: SoFar, context: Context) -> tuple[SentenceReading, Context]:
    """Give the classes of a sentence their places, and return what it leaves for the next."""
    here, mentions, names_whole = so_far.here, so_far.mentions, so_far.names_whole
    same = bool(so_far.signs & kinds.SAME)
    if same and here and (not mentions or so_far.is_exception):
        source = so_far.source or context.parts or context.last
        mentions += copies_of(context.mentions_of.get(source[0], ()) if source else (), source, here, mentions)
    fallback, doubt = _open_place(so_far, context, is_heading=not so_far.signs & ~_HEADING and len(mentions) == 1)
    # "crops lead here" at the start of a text is said of the whole image
    of_part = bool(here or (so_far.points_back and so_far.parts_named) or (fallback and not names_whole and not doubt))
    has_own_place = bool(here or so_far.there or so_far.points_back)
    settled_mentions = tuple([
        _settle_mention(
            mention, fallback, doubt, of_part=of_part, names_whole=names_whole, has_own_place=has_own_place
        )
        for mention in mentions
    ])  # fmt: skip
    all_mentions = settled_mentions
    if so_far.recalled_mentions:
        recalled_mentions = (
            _settle_recalled(mention, fallback, doubt, of_part=of_part) for mention in so_far.recalled_mentions
        )
        all_mentions += tuple(one for one in recalled_mentions if one)
    loose = so_far.sentence_parts or fallback if same or so_far.is_loose else ()
    reading = SentenceReading(all_mentions, so_far.walk, loose)
    return reading, _next_context(so_far, context, settled_mentions)


def _place_so_far(so_far: SoFar, context: Context) -> Parts:
    """Return the place that holds before a sentence."""
    if so_far.points_back and not so_far.names_whole:
        return context.parts or context.last
    return context.parts


def _open_place(so_far: SoFar, context: Context, *, is_heading: bool) -> tuple[Parts, str]:
    """Return the place of the classes for which a sentence names none, and why it is not certain."""
    here, latest, parts = so_far.here, so_far.latest, _place_so_far(so_far, context)
    is_relative = bool(so_far.signs & kinds.TOWARDS)
    place = here or so_far.there
    if not (place or so_far.names_whole or is_relative or is_heading):
        place = latest if parts and latest and not so_far.points_back else parts
    if not place and so_far.mode == "it" and len(latest) == 1:
        place = latest  # "its share in the top left is 30 %; trees have the rest"
    if here or so_far.there or not place:
        return place, "relative" if is_relative and not here else ""
    return place, "carried" if latest else context.doubt


def _next_context(so_far: SoFar, context: Context, settled_mentions: tuple[Mention, ...]) -> Context:
    """Return what a sentence leaves for the next one."""
    here, latest, parts = so_far.here, so_far.latest, _place_so_far(so_far, context)
    # a whole image or an unknown place ends the place that holds
    ends = so_far.names_whole or bool(so_far.signs & kinds.TOWARDS)
    doubt = context.doubt
    if so_far.mode == "places":
        parts = here if len(here) < len(PARTS) else ()
        # "Forest dominates, most of all in the middle. The top left is forest. There is also grass.": there, too
        is_theme = any(one.leads_whole or one.statements[0].lead for one in context.topic)
        of_class = context.is_placed and not is_theme and is_about(settled_mentions, context.topic)
        doubt = "carried" if settled_mentions and of_class else ""
    elif parts and latest:
        # a place said of the last class only: "with wetland confined to one corner, the lower left"
        parts, doubt = latest, "carried"
    elif ends:
        parts = ()
    goes_on = not (here or latest) and bool(parts)
    last = context.last
    if settled_mentions or here or so_far.recalled_mentions:
        # a sentence without a class does not change "here"
        last = here or (() if ends else latest)
    in_parts, mentions_of = settled_mentions, context.mentions_of
    if goes_on:
        in_parts = tuple({one.name: one for one in (*context.mentions, *settled_mentions)}.values())
    if here or goes_on:
        mentions_of = {**mentions_of, **dict.fromkeys(here or parts, in_parts)}
    return Context(
        parts=parts,
        last=last,
        mentions=in_parts,
        topic=so_far.topic,
        topic_doubt=so_far.topic_doubt,
        is_placed=so_far.is_placed,
        parts_named=so_far.parts_named,
        doubt=doubt,
        mentions_of=mentions_of,
    )


def is_about(mentions: Sequence[Mention], topic: Sequence[Mention]) -> bool:
    """Return whether a sentence only goes on with a class: "in the middle there is no water"."""
    if not topic:
        return False
    name = topic[0].name
    return all([mention.name == name for mention in mentions])  # noqa: C419 - a list is faster


def _settle_mention(
    mention: Mention,
    fallback: Parts,
    doubt: str,
    *,
    of_part: bool,
    names_whole: bool = False,
    has_own_place: bool = True,
) -> Mention:
    name, start, end, statements, denied_at, leads_whole = mention
    if statements[-1].parts is None and len(statements) > 1:
        statements = statements[:-1]
    first, *others = [
        Statement(fallback, one.size, one.negated, one.lead, one.doubt or doubt) if one.parts is None else one
        for one in statements
    ]
    if first.lead and not has_own_place and first.parts and statements[0].parts is None:
        # "The middle has shrub. Grass is dominant." may speak of the whole, "grass, then trees" of no order by amount
        first = first._replace(lead=0)
    if of_part and not (fallback or names_whole):
        leads_whole = 0  # "there, grass leads", and no one knows where
        first = first if first.parts or not first.lead else first._replace(lead=0)
    if leads_whole and of_part:
        first, leads_whole = first._replace(lead=leads_whole), 0
    if leads_whole and first.parts:
        others, first = [first, *others], Statement((), lead=leads_whole)
    elif leads_whole:
        first = first._replace(lead=max(first.lead, leads_whole))
    return Mention(name, start, end, (first, *others), denied_at)


def _settle_recalled(mention: Mention, fallback: Parts, doubt: str, *, of_part: bool) -> Mention | None:
    """Settle what "it" is said to be; None if it is said to be in no place."""
    if all(one.parts is None for one in mention.statements):
        if not mention.leads_whole:
            return None
        only = Statement((), lead=mention.leads_whole, doubt=mention.statements[0].doubt)
        return mention._replace(statements=(only,), leads_whole=0)
    return _settle_mention(mention, fallback, doubt, of_part=of_part)
