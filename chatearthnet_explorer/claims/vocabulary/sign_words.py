"""The vocabulary of negation, lead, comparison and similar words."""

from __future__ import annotations

from enum import IntEnum, auto

from chatearthnet_explorer.claims.vocabulary import IMAGE as _IMAGE
from chatearthnet_explorer.claims.vocabulary import SPOT as _SPOT
from chatearthnet_explorer.claims.vocabulary.phrase_finder import compile_list


class Sign(IntEnum):
    """What a phrase does to the words around it."""

    LAND = auto()
    PLACE = auto()
    AMOUNT = auto()
    NO = auto()
    ABSENT = auto()
    NOT_IN = auto()
    REFERENCE = auto()
    EXCEPT = auto()
    LEADS = auto()
    LED_BY = auto()
    MADE_OF = auto()
    MIX = auto()
    THEME = auto()
    AHEAD = auto()
    ESPECIALLY = auto()
    VERB = auto()
    JOINS = auto()
    AND = auto()
    IMAGE = auto()
    OF_IMAGE = auto()
    OVERALL = auto()
    SOMEWHERE = auto()
    OF_IT = auto()
    REST = auto()
    CLAUSE = auto()
    BUT = auto()
    SAME = auto()
    HERE = auto()
    PRONOUN = auto()
    POSSESSIVE = auto()
    OTHERS = auto()
    ONE_OF_TWO = auto()
    STOP = auto()
    IDLE = auto()


_ADVERB = "mostly|mainly|primarily|predominantly|chiefly|largely|principally"
_LIES = (
    "in|at|on|to|along|near|within|found|located|situated|concentrated|confined|across|around|toward|towards|beside"
    "|next|between|inside|by|over"
)
_LEADING = "dominant|chief|predominant|main|primary|principal|prevailing|leading|major|key"
_COMMON = "common|widespread|prominent|abundant|extensive|prevalent|dominant|important"
_HAS = "has|have|having|takes|take|taking|holds|hold|holding"
_BESIDE_LEADER = (
    "home|area|areas|body|bodies|block|competitor|concentration|cluster|stand|patch|range"
    "|rival|rivals|partner|partners|foothold|companion|companions|competitors|neighbour|neighbor|stronghold|leading|place|exception"
)
_KIND = "feature|features|land cover|land cover type|cover|class|element|type|component|land cover class"

SIGNS: dict[Sign, tuple[str, ...]] = {
    # before a class: it is not there
    Sign.NO: compile_list(
        """
        no, {next to|almost|nearly|virtually|practically} {no|none}, nowhere {is|are|does|do}, not any,
        none[ of it| of them], without, devoid of, lack[s], lack of, lacking, absence of, free {of|from},
        neither, nor, rather than, instead of, minus[ the]
        """
    ),
    # behind a class: it is not there, or not in the part that follows
    Sign.ABSENT: compile_list(
        """
        absent, missing, lacking in, not {present|visible|found|seen|observed|evident|noted|detected|there},
        nowhere {in|to be found|to be seen}
        """
    ),
    # likewise, but only of the part that follows
    Sign.NOT_IN: compile_list(
        """
        {but|though|and} not {in|into|at|on|to}, no part in,
        {do|does} not {extend|reach|occur|appear|grow|stretch|enter}
        """
    ),
    # before a part: it is only compared with
    Sign.REFERENCE: compile_list(
        """
        unlike, compared {to|with}, in comparison {to|with}, in contrast to, contrasting with, similar to, like, than,
        behind {its|the|their}, rather than {its|the}, different from, relative to, outside, away from, as {in|with},
        {fades|fading|thins|thinning|dwindles|shrinks|narrows} [out ]toward[s]
        """
    ),
    Sign.EXCEPT: compile_list(
        """
        except[ for| in], excluding, apart from, other than, with the exception of, aside from
        """
    ),
    # the class before it leads, or the class behind it where none stands before
    Sign.LEADS: compile_list(
        f"""
        dominat{{e|es|ing}}, predominat{{e|es|ing}}, prevail[s|ing], preval{{ent|ence}}, [most ]{{{_LEADING}}},
        {{{_LEADING}}} {{{_KIND}}}, tak{{es|e|ing}} the lead, com{{e|es|ing}} first,
        the most {{common|widespread|extensive|abundant}}, first in, in front, at the head,
        [{{to|takes|take|taking|holds|regains|regain}} ][the ]first place,
        {{{_HAS}}} the {{largest|biggest|greatest}} {{part|portion|share|amount}},
        cover[s] the {{largest|biggest|greatest}} area, the only land cover,
        hold[s] sway, rule[s], rank[s] first, upper hand, takes over, in the lead, most {{{_COMMON}}} {{{_KIND}}}
        """
    ),
    # the class behind it leads
    Sign.LED_BY: compile_list(
        f"""
        [pre]dominated by, [pre]dominance of, led by, {{{_ADVERB}}}, most dominantly, ruled by,
        {{{_LEADING}}} {{{_KIND}}} {{is|are|being|here is}}, largest {{part|portion|share|amount|fraction|area}},
        characterized {{mainly|mostly|chiefly|primarily|predominantly|largely}} by, prevalence of,
        first place {{is|goes to|belongs to}}, on top
        """
    ),
    # likewise, where nothing says it more clearly
    Sign.MADE_OF: compile_list(
        """
        characterized by, characterised by, consist[s|ing] of, composed of, made up of, defined by
        """
    ),
    # likewise, and of the whole image
    Sign.THEME: compile_list("[main |overall |central |dominant ]theme[s]"),
    # before classes of which none leads
    Sign.MIX: compile_list("mix of, mixture of, variety of, combination of, balance of"),
    # the class before it leads what follows
    Sign.AHEAD: compile_list("followed by, then, comes before, before"),
    Sign.ESPECIALLY: compile_list(
        """
        [e]specially, particularly, notably, most of all, most notably, in particular, above all,
        most {prominent|noticeable|evident|visible}[ly]
        """
    ),
    Sign.VERB: compile_list(
        """
        cover[s|ing], occup{y|ies|ying}, tak{e|es|ing} up, account[s|ing] for, mak{e|es|ing} up, fill[s|ing],
        form[s|ing], constitut{e|es|ing}, represent[s|ing], appear[s|ing] in, occur[s|ring] in,
        {is|are|was|were|be|being}, has, have, show[s|ing], exhibit[s|ing], contain[s|ing], with, displays,
        includes, lie[s], remain[s], continue[s], gives way to, give way to
        """
    ),
    Sign.JOINS: compile_list(
        """
        accompanied by, ahead of, together with, along with, as well as, alongside, combined with, mixed with,
        interspersed with, surrounded by, bordered by, joined by, supported by, intermixed with
        """
    ),
    Sign.AND: compile_list("and, or"),
    Sign.IMAGE: compile_list(
        f"""
        the whole, [entire |whole ]{{{_IMAGE}}}, throughout, widely, widespread,
        {{entire|whole}} {{area|region|terrain}}
        """
    ),
    Sign.OF_IMAGE: compile_list(f"of {{the|this|its}} [entire |whole |overall ]{{{_IMAGE}}}"),
    Sign.OVERALL: compile_list(
        """
        overall, in {summary|conclusion|general|total|short|essence|sum}, all in all, taken together,
        taken as a whole, as a whole, altogether, collectively, all told,
        to sum up, all things considered, by and large, to conclude, to summarize
        """
    ),
    # an amount before it is that of a part which is not said
    Sign.SOMEWHERE: compile_list(f"{{a|one|single}} {{{_SPOT}}}"),
    Sign.OF_IT: compile_list("of it, of them, of which"),
    Sign.REST: compile_list(
        f"""
        the rest, elsewhere, the remainder, the {{remaining|other}} {{{_SPOT}|{_IMAGE}}}, rest of the image
        """
    ),
    Sign.CLAUSE: compile_list("while, whereas, although, meanwhile"),
    Sign.BUT: compile_list("but, yet, though, however"),
    # a sentence without a class repeats the part before
    Sign.SAME: compile_list("same, likewise, similar[ly], identical, mirrors, repeats, echoes"),
    # the part that the sentence before speaks of
    Sign.HERE: compile_list(
        f"""
        here, there, there {{is|are}} also, {{this|that}} [same |latter ]{{{_SPOT}}},
        {{it|this}} is {{accompanied|followed}}
        """
    ),
    # the class that the clause before opens with
    Sign.PRONOUN: compile_list("it, they"),
    # likewise, without going on with it
    Sign.POSSESSIVE: compile_list(
        """
        {its|their} [extra ]{large|small|medium|share|extent|hold|lead|dominance|presence|spread|reach}, them
        """
    ),
    # none of the classes before is spoken of
    Sign.OTHERS: compile_list("{everything|all} else, all others, the others, other {kinds|covers|classes|types}"),
    Sign.ONE_OF_TWO: compile_list("the former, the latter"),
    # longer phrases that must not be taken for their words
    Sign.IDLE: compile_list(
        f"""
        {{{_ADVERB}}} {{{_LIES}}}, no other, there {{is|are|was|were|remains|remain|lies|lie}},
        a little {{more|less|lower|higher|larger|smaller|bigger|further|ahead|behind|beyond|above|below|bit}},
        little {{more|less|else|other|to|by|difference}}, but {{still|also|only|just|with|an|a}},
        second {{most|largest|biggest|greatest}}, second most {{{_COMMON}}}, more {{{_COMMON}}},
        most {{{_COMMON}}} {{in|at|along|toward|towards|on|across|of all}}, all but {{missing|absent|a|an}},
        {{main|chief|principal|other}} {{{_BESIDE_LEADER}}}, {{other|second|next}} {{{_LEADING}}},
        {{other|second|next}} {{{_LEADING}}} {{{_KIND}}}, top {{cover|spot|rank|position|kind|class|share}},
        far {{more|less|larger|smaller}}, no longer, no less, not only, rest of the, of the {{rest|remainder}},
        crop[s] up, in the first place, {{no|little|hardly|barely}} more than,
        {{to|on}} the {{left|right}} of {{it|this|that|them}},
        {{around|beside|besides|behind|alongside|next to|near|along with|between|among}} {{it|them}},
        {{in|on|after|before|under}} {{it|them}},
        where it {{is|was}}, same kind,
        no {{{_SPOT}}} {{lacks|is without}}, without {{a|any}} {{break|gap|rival|exception|interruption}},
        exclusively {{a|the}},
        [almost |nearly ]{{entirely|wholly|exclusively|completely|fully}} {{to|in|at|within|along}},
        {{a|slightly|somewhat|marginally|even|still|just}} {{lower|upper}} {{portion|part|area|half}},
        {{best|better}} developed, for the most part, no {{kind|single|one|second kind}}, nothing, at least,
        no different, limited to,
        land cover[s| type| types| class| classes]
        """
    ),
}
"""What is said of classes, places and amounts."""
