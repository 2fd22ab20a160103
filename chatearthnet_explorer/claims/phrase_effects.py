"""The effects of amount, negation, lead and comparison phrases on their clause."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chatearthnet_explorer.claims.class_lists import first_list, last_list
from chatearthnet_explorer.claims.clause import Clause
from chatearthnet_explorer.claims.clause_mention import PASSING, PLAIN, Size
from chatearthnet_explorer.claims.connecting_words import follows_part, is_of_part
from chatearthnet_explorer.claims.vocabulary.sign_words import Sign

if TYPE_CHECKING:
    from collections.abc import Callable


# --- amounts


def amount(clause: Clause, word: str | None, start: int, end: int) -> None:
    """Words of amount."""
    clause.amounts.hear(Size(word, start, end), clause.open)


def somewhere(clause: Clause, _word: str, _start: int, _end: int) -> None:
    """The amount before belongs to a part, but it is unknown to which."""
    clause.amounts.settle(clause.open)
    for mention in clause.open[-1:]:
        mention.statements[-1].size = None


def of_it(clause: Clause, _word: str, _start: int, end: int) -> None:
    """Read "of it": the amount before belongs to the class before."""
    if not clause.amounts.speaks_of_next(end):
        clause.amounts.give(last_list(clause.open, clause.text), anyway=True)


# --- the whole image


def image(clause: Clause, word: str, start: int, _end: int) -> None:
    """The whole image, unless it only names the owner of a part."""
    if is_of_part(clause.text, clause.before, start):
        return
    if clause.before[0] is Sign.LAND and start == clause.before[3] + 1 and clause.mentions and word[:3] != "of ":
        for mention in clause.open:
            mention.promote(PASSING, of_whole=True)  # "a snowy, partly wooded landscape"
    clause.whole = True
    clause.amounts.set_of_image(start)
    for mention in clause.open:
        mention.widen()
        if clause.mode == "classes" and mention.statements[-1].parts is None:
            mention.statements[-1].parts = ()


def of_image(clause: Clause, word: str, start: int, end: int) -> None:
    """Read "of the image": the amount before refers to the whole image."""
    if follows_part(clause.before, start):
        return
    image(clause, word, start, end)
    if not clause.amounts.speaks_of_next(end):
        clause.amounts.settle(clause.open)


# --- denial


def no(clause: Clause, word: str, start: int, end: int) -> None:
    """Negates the classes that follow; "almost no" negates an amount of them."""
    clause.denied_at = start
    if word.endswith((" no", " none")):
        amount(clause, None, start, end)
    clause.apart = True


def missing(clause: Clause, _word: str, start: int, _end: int) -> None:
    """Negates the classes before, or their presence in the parts that follow."""
    clause.absent = True
    for mention in clause.open:
        if clause.mode == "places" or mention.statements[-1].parts is None:
            mention.deny_all(start)


def not_in(clause: Clause, _word: str, _start: int, _end: int) -> None:
    """Negates the presence of the classes before in the parts that follow."""
    clause.absent = True


def unless(clause: Clause, _word: str, _start: int, _end: int) -> None:
    """Ends a negation, "nothing but trees", and removes the parts that follow, "all parts except the middle"."""
    clause.amounts.settle(clause.open)
    clause.denied_at = -1
    clause.excepting = True


def compare(clause: Clause, _word: str, start: int, _end: int) -> None:
    """The parts that follow are only compared with; "dot-like" is not a comparison."""
    if clause.text.startswith("-", start - 1):
        return
    clause.comparing = True
    clause.contrast = clause.contrast or not clause.mentions


# --- lead


def leads(clause: Clause, _word: str, _start: int, end: int) -> None:
    """The class before is the largest; if there is none, the class after."""
    if clause.denied_at >= 0:
        clause.denied_at = -1
    elif clause.open and clause.before[0] is not Sign.REFERENCE:
        for mention in first_list(clause.open, clause.text):
            mention.promote(PLAIN, of_whole=clause.whole)
    else:
        # "water, outside the leading kinds" and "water, unlike the dominant trees" do not say it of water
        clause.lead.wait(PLAIN, end, survives=not clause.open)
    clause.apart = True


def led_by(clause: Clause, _word: str, _start: int, end: int) -> None:
    """The class after is the largest."""
    clause.lead.wait(PLAIN, end)
    clause.apart = True


def theme(clause: Clause, word: str, start: int, end: int) -> None:
    """The class before or after is the theme of the image."""
    image(clause, word, start, end)
    clause.lead.is_theme = True
    if clause.mentions and clause.mode == "classes":
        for mention in first_list(clause.mentions, clause.text):
            mention.promote(PLAIN, of_whole=True)
        clause.apart = True
    elif clause.open and not clause.recalled_mentions:
        leads(clause, word, start, end)
    else:
        made_of(clause, word, start, end)


def made_of(clause: Clause, _word: str, _start: int, end: int) -> None:
    """The class after is the largest, unless the caption names one more clearly."""
    clause.lead.wait(PASSING, end)
    clause.apart = True


def mix(clause: Clause, _word: str, _start: int, _end: int) -> None:
    """None of the classes after is the largest, unless a plain lead was noted."""
    clause.lead.mix()


def ahead(clause: Clause, _word: str, _start: int, _end: int) -> None:
    """The class before is larger than those after."""
    first = clause.first and bool(clause.open) and clause.open[0] is clause.mentions[0] and clause.before[1] != "and"
    clause.ahead = first and not any(mention.leads for mention in clause.mentions)
    clause.joins, clause.apart = True, False


# --- other connecting words


def especially(clause: Clause, _word: str, _start: int, _end: int) -> None:
    """The parts that follow are not the only ones."""
    clause.especially = True


def others(clause: Clause, _word: str, _start: int, _end: int) -> None:
    """The words that follow are not about the classes before."""
    clause.amounts.settle(clause.open)
    clause.open = []


def one_of_two(clause: Clause, word: str, _start: int, _end: int) -> None:
    """Only the first or the last of the classes before is meant."""
    clause.pair = clause.pair or clause.open
    clause.amounts.settle(clause.open)
    clause.open = clause.pair[-1:] if word == "the latter" else clause.pair[:1]


def verb(clause: Clause, _word: str, _start: int, _end: int) -> None:
    """The class after is not in the part of the one before."""
    clause.apart = True


def join(clause: Clause, _word: str, _start: int, _end: int) -> None:
    """The class after is in the part of the one before."""
    clause.joins, clause.apart = True, False


def listing(clause: Clause, word: str, _start: int, end: int) -> None:
    """A comma ends a comparison and a negation; "and" does not."""
    if word != ",":
        return
    clause.comparing = clause.excepting = False
    clause.denied_at = -1
    if clause.before[0] is Sign.LEADS and clause.mode == "classes" and clause.open:
        clause.open[0].widen()  # "grass is the main cover, ..."
    clause.lead.pause(end)


OF_CLAUSE: dict[Sign, Callable[[Clause, Any, int, int], None]] = {
    Sign.LAND: Clause.land,
    Sign.PLACE: Clause.place,
    Sign.AMOUNT: amount,
    Sign.NO: no,
    Sign.ABSENT: missing,
    Sign.NOT_IN: not_in,
    Sign.EXCEPT: unless,
    Sign.REFERENCE: compare,
    Sign.LEADS: leads,
    Sign.LED_BY: led_by,
    Sign.MADE_OF: made_of,
    Sign.MIX: mix,
    Sign.THEME: theme,
    Sign.AHEAD: ahead,
    Sign.ESPECIALLY: especially,
    Sign.VERB: verb,
    Sign.OTHERS: others,
    Sign.ONE_OF_TWO: one_of_two,
    Sign.JOINS: join,
    Sign.AND: listing,
    Sign.IMAGE: image,
    Sign.OF_IMAGE: of_image,
    Sign.OF_IT: of_it,
    Sign.SOMEWHERE: somewhere,
}
"""The effect of each kind of phrase: a function of its meaning, start and end."""
