"""How the words of one clause belong together: which class stands in which part, with which amount."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatearthnet_explorer.claims.amounts import Amounts
from chatearthnet_explorer.claims.between import (
    FROM,
    OF,
    TO,
    are_places,
    ends_contrast,
    follows_part,
    is_of_part,
    is_plain,
    is_theme,
    opens_clause,
)
from chatearthnet_explorer.claims.lists import are_in_series, are_listed, start_of_list
from chatearthnet_explorer.claims.mention import PASSING, PLAIN, Mention, Parts, Size, Statement
from chatearthnet_explorer.vocabulary import LAND
from chatearthnet_explorer.vocabulary.signs import Sign

if TYPE_CHECKING:
    from chatearthnet_explorer.claims.tokens import Token


class Clause:
    """Takes the words of a clause one by one and fills in mentions.

    Two kinds are told apart by what comes first. In one that opens with a place ("in the top left, ...") the classes
    that follow stand there. In one that opens with a class ("trees cover the top left") its place follows it.
    """

    __slots__ = (
        *("text", "mentions", "here", "mode", "open", "latest", "turned", "subject", "whole", "before", "grouping"),
        *("_absent", "_amounts", "_apart", "_came_from", "_comparing", "_contrast", "_denied_at", "_especially"),
        *(
            "_excepting",
            "_lead",
            "_lead_survives",
            "_orphan",
            "_ahead",
            "_joins",
            "_themed",
            "_theme_end",
            "_comma",
            "_stopped",
            "_last_place",
            "_first",
            "recalled",
        ),
    )

    def __init__(
        self,
        text: str,
        *,
        subject: list[Mention] | None = None,
        whole: bool = False,
        contrast: bool = False,
        first: bool = True,
    ) -> None:
        """Start a clause of a text.

        Args:
            text: All of it, in lower case.
            subject: Classes of the clause before that this one goes on to speak of.
            whole: Whether the sentence has named the whole image.
            contrast: Whether a comma may end it, as in "while trees fill the left, the right is bare".
            first: Whether no class was told in the sentence before it.
        """
        self.text = text
        self.mentions: list[Mention] = []
        self.here: Parts = ()
        self.mode = ""
        self.open: list[Mention] = []
        self.latest: Parts = ()
        self.turned: Parts = ()
        self.subject = subject or []
        self.whole = whole
        self._contrast = contrast
        self.before: Token = (Sign.STOP, "", 0, 0)
        self._apart = True
        self.grouping = self._comparing = self._excepting = False
        self._absent = self._especially = self._orphan = self._came_from = False
        self._amounts = Amounts(text)
        self._lead_survives = False
        self._denied_at = -1
        self._lead = 0
        self._ahead = self._joins = self._themed = False
        self._comma = self._stopped = self._last_place = self._theme_end = -1
        self._first = first
        self.recalled: list[Mention] = []

    def recall(self, mentions: list[Mention]) -> None:
        """Go on to speak of classes of the clause or sentence before: "they cover ..."."""
        self.mode = "classes"
        self.open, self.recalled = list(mentions), mentions
        for mention in mentions:
            mention.statements.append(Statement())

    def close(self) -> None:
        """Give what is left over to whom it belongs."""
        if self._orphan and (self.open or self.subject):
            # a place that no class follows: "trees fill the left but are absent from the middle"
            self._place_last()
        elif self._orphan:
            self.turned += self.here
        self._amounts.settle(self._last_list())
        if self.mode == "classes" and self.latest:
            for mention in self.open:
                if mention.statements[-1].parts is None:
                    mention.statements[-1].parts = self.latest

    def _place_last(self) -> None:
        """Give a place that no class follows to the class before it, and to those listed with that."""
        self.grouping = False
        if not self.open:
            self.open = self.subject
            self._bind(self.open, self.here, sized_after=True)
            self.here = ()
            return
        first = start_of_list(self.open, self.text)
        if first or len(self.mentions) > len(self.open):
            # the others keep the place that the clause opened with
            for mention in self.open[first:]:
                mention.statements[-1].parts = None
        self._bind(self.open[first:], self.here)

    def end_group(self) -> None:
        """A list of places is over."""
        self.grouping = self._comparing = self._excepting = False

    # --- classes

    def land(self, name: str, start: int, end: int) -> None:
        """A class."""
        mention = Mention(name, start, end)
        said = mention.statements[0]
        before = self.open[-1] if self.open else None
        self._amounts.give_to(mention, self._last_list())
        if self._denied_at >= 0:
            mention.deny_all(self._denied_at)
        if before and are_listed(self.text, before.end, start, third=len(self.open) > 1):
            if before.shares_size and not said.size:
                said.size, said.shared, mention.shares_size = before.statements[-1].size, True, True
            if before.statements[0].negated:
                mention.deny_all(before.denied_at)
        if self._ahead and self.open:
            self.open[0].promote(PASSING, of_whole=self.whole)
        if self._lead == PASSING and before and before.name == name:
            self._lead = 0  # "developed land, made up of roads"
        if self._lead and self._comma >= 0 and not is_plain(self.text, self._comma, start):
            self._lead = 0  # "the theme is arid ground, set off by swaths of grass"
        elif self._lead and self._themed and not is_theme(self.text, self._theme_end, start):
            self._lead = 0  # "the theme is a snowbound land broken by wetland"
        if self._themed:
            said.parts = ()
        if self._lead:
            mention.promote(self._lead, of_whole=self.whole)
            self._lead = 0
        if not self.mode:
            self.mode = "classes"
        elif self.mode == "places" and not self._themed:
            mention.statements[-1].parts = self.here
            if self._orphan:
                self.turned += self.here
        placed = self.mode == "classes" and before is not None and before.statements[-1].parts is not None
        # a list longer than the legend is none, and would make reading slow
        alone = before is not None and before.name != name and not self._joins
        alone = alone and not are_in_series(self.text, before.end, start)
        if alone and self.mode == "classes" and not (self._apart or placed) and self.text.endswith(" the ", 0, start):
            said.parts = ()  # "grass surrounds the town and is widest in the middle"
            self.mentions.append(mention)
            return
        if self._apart or placed or alone or len(self.open) == len(LAND):
            self.open = []
            self._absent = False
        self.open.append(mention)
        self.mentions.append(mention)
        self._apart = self._orphan = self._comparing = self._excepting = False
        self._ahead = self._joins = False
        self._denied_at = -1

    # --- places

    def place(self, parts: Parts, start: int, end: int) -> None:
        """One part or several."""
        if self._comparing:
            self.grouping = True
            return
        if self.mode == "places" and self.grouping and self.before[1] != "and" and set(parts) < set(self.here):
            self.here = self.latest = parts  # "in the upper half, the top left"
            return
        if self._denied_at >= 0 and self.open and self.mode == "classes":
            # "with none in the middle"
            self._absent, self._denied_at = self.text.startswith("none", self._denied_at), -1
        if self._themed:
            return  # what a theme says of places is no claim
        self.grouping = self.grouping and are_places(self.text, self._stopped, start)
        self._last_place, self._stopped = self._stopped, end
        if self._excepting:
            self.here = tuple(part for part in self.here if part not in parts)
            for mention in self.open:
                # "common in all parts but one" does not say that it is missing there
                last = mention.statements[-1]
                (mention.leave_out if last.size or last.lead else mention.deny)(parts)
        elif self.mode == "classes" and not self._opens(start):
            self._bind(self.open, parts, start=start)
        elif self.mode == "places" and self.grouping and not (self._came_from and self.text.endswith(TO, 0, start)):
            self.here += tuple(part for part in parts if part not in self.here)
        else:
            self._turn_to(parts, start)
        self.latest = tuple(dict.fromkeys(self.latest + parts)) if self.grouping else parts
        self._ahead = False
        if not self._lead_survives:
            self._lead = 0
        self.grouping = True
        self._especially = self._especially and self.mode == "places"

    def _turn_to(self, parts: Parts, start: int) -> None:
        if self.mode == "classes":
            self.open = []
        elif self.open and not self.text.endswith(OF, 0, start):
            self._amounts.settle(self.open)
        self.mode = "places"
        self._contrast = False
        self.here = parts
        self._orphan = True
        self._came_from = self.text.endswith(FROM, 0, start)

    def _opens(self, start: int) -> bool:
        """Return whether a place turns from the classes before it to those behind."""
        if self._apart and not self.grouping and opens_clause(self.text, self.before, start):
            return True
        return self._contrast and bool(self.open) and ends_contrast(self.text, self.before, start)

    def _bind(self, mentions: list[Mention], parts: Parts, *, start: int = -1, sized_after: bool = False) -> None:
        placed = bool(mentions) and mentions[-1].statements[-1].parts is not None
        own = self._amounts.take_for_part(start, self._last_place) if placed and not self._absent else None
        if own:
            for mention in mentions:
                mention.statements.append(Statement(parts, own))
            return
        if not sized_after:
            self._amounts.settle(mentions, before=start)
        for mention in mentions:
            if self._absent:
                mention.deny(parts)
            else:
                mention.place(parts, joined=self.grouping, especially=self._especially)
        self._amounts.settle(mentions)

    # --- amounts

    def amount(self, word: str | None, start: int, end: int) -> None:
        """Words of amount."""
        self._amounts.hear(Size(word, start, end), self._last_list())

    def of_it(self, _word: str, _start: int, end: int) -> None:
        """Of it: the amount before belongs to the class before."""
        if not self._amounts.speaks_of_next(end):
            self._amounts.give(self.open, anyway=True)

    def _last_list(self) -> list[Mention]:
        """Return the class before, and those listed with it."""
        if not self.open:
            return []
        first = start_of_list(self.open, self.text)
        if first < len(self.open) - 1 and " and" not in self.text[self.open[-2].end : self.open[-1].start]:
            return self.open[-1:]  # "beneath the trees, moss ..."
        return self.open[first:]

    def cover(self, _word: str, _start: int, _end: int) -> None:
        """The class behind does not share the place of the one before."""
        self._apart = True

    # --- the whole image

    def image(self, _word: str, start: int, _end: int) -> None:
        """The image as a whole, unless it says whose part is meant."""
        if is_of_part(self.text, self.before, start):
            return
        if self.before[0] is Sign.LAND and start == self.before[3] + 1 and self.mentions:
            self.mentions[-1].promote(PASSING, of_whole=True)  # "a wooded landscape"
        self.whole = True
        for mention in self.open:
            mention.widen()
            if self.mode == "classes" and mention.statements[-1].parts is None:
                mention.statements[-1].parts = ()

    def of_image(self, word: str, start: int, end: int) -> None:
        """Of the image: the amount before is one of the whole."""
        if follows_part(self.before, start):
            return
        self._amounts.say_of_image()
        self.image(word, start, end)
        if not self._amounts.speaks_of_next(end):
            self._amounts.settle(self._last_list())

    # --- denial

    def no(self, _word: str, start: int, _end: int) -> None:
        """Denies the classes that follow."""
        self._denied_at = start
        self._apart = True

    def missing(self, _word: str, start: int, _end: int) -> None:
        """Denies the classes before, or their being in the parts that follow."""
        self._absent = True
        for mention in self.open:
            if self.mode == "places" or mention.statements[-1].parts is None:
                mention.deny_all(start)

    def not_in(self, _word: str, _start: int, _end: int) -> None:
        """Denies that the classes before are in the parts that follow."""
        self._absent = True

    def unless(self, _word: str, _start: int, _end: int) -> None:
        """Ends a denial, "nothing but trees", and takes out the parts that follow, "all parts except the middle"."""
        self._amounts.settle(self._last_list())
        self._denied_at = -1
        self._excepting = True

    def compare(self, _word: str, _start: int, _end: int) -> None:
        """The parts that follow are not spoken of, only compared with."""
        self._comparing = True
        self._contrast = self._contrast or not self.mentions

    # --- who leads

    def leads(self, _word: str, _start: int, _end: int) -> None:
        """The class before leads; where there is none, the class behind."""
        if self._denied_at >= 0:
            self._denied_at = -1
        elif self.open and self.before[0] is not Sign.REFERENCE:
            self.open[0].promote(PLAIN, of_whole=self.whole)
        else:
            # "water, outside the leading kinds" and "water, unlike the dominant trees" do not say it of water
            self._lead, self._lead_survives, self._comma = PLAIN, not self.open, -1
        self._apart = True

    def led_by(self, _word: str, _start: int, _end: int) -> None:
        """The class behind leads."""
        self._theme_end = max(self._theme_end, _end)
        self._lead, self._lead_survives, self._comma = PLAIN, False, -1
        self._apart = True

    def theme(self, word: str, start: int, end: int) -> None:
        """The class before or behind is what the image is about."""
        self.image(word, start, end)
        self._themed, self._theme_end = True, end
        if self.mentions and self.mode == "classes":
            self.mentions[0].promote(PLAIN, of_whole=True)
            self._apart = True
        elif self.open:
            self.leads(word, start, end)
        else:
            self.made_of(word, start, end)

    def made_of(self, _word: str, _start: int, _end: int) -> None:
        """The class behind leads, if nothing clearer is said."""
        if not self._lead:
            self._lead, self._lead_survives, self._comma = PASSING, False, -1
        self._apart = True

    def mix(self, _word: str, _start: int, _end: int) -> None:
        """None of the classes behind leads, unless it was said plainly."""
        if self._lead == PASSING:
            self._lead = 0

    def ahead(self, _word: str, _start: int, _end: int) -> None:
        """The class before comes before those behind."""
        first = self._first and bool(self.open) and self.open[0] is self.mentions[0] and self.before[1] != "and"
        self._ahead = first and not any(mention.leads for mention in self.mentions)
        self._joins, self._apart = True, False

    # --- what else holds words together or apart

    def especially(self, _word: str, _start: int, _end: int) -> None:
        """The parts that follow are not the only ones."""
        self._especially = True

    def latter(self, _word: str, _start: int, _end: int) -> None:
        """Only the last class before is spoken of."""
        self.open = self.open[-1:]

    def verb(self, _word: str, _start: int, _end: int) -> None:
        """The class behind does not share the place of the one before."""
        self._apart = True

    def join(self, _word: str, _start: int, _end: int) -> None:
        """The class behind shares the place of the one before."""
        self._joins, self._apart = True, False

    def listing(self, word: str, _start: int, end: int) -> None:
        """A comma ends a comparison and a denial; "and" does not."""
        if word != ",":
            return
        self._comparing = self._excepting = False
        self._denied_at = -1
        if self.before[0] is Sign.LEADS and self.mode == "classes" and self.open:
            self.open[0].widen()  # "grass is the main cover, ..."
        if self._lead and self._comma < 0 and self.before[0] is not Sign.THEME:
            self._comma = end
