"""The table of all checks, built-in and added, and the function that runs them on a pair."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import chain
from types import MappingProxyType
from typing import TYPE_CHECKING

from chatearthnet_explorer.caption import LIMIT, checked_as
from chatearthnet_explorer.claims import Reading, is_english, read_claims
from chatearthnet_explorer.plugins import Plugin, Registry
from chatearthnet_explorer.review import chip_checks, label_checks, language_checks, pair_checks
from chatearthnet_explorer.review.added_checks import MOST_ADDED, run_added, verify
from chatearthnet_explorer.review.checked_caption import Case
from chatearthnet_explorer.review.finding import ALL, BOTH, CAPTION, LABELS, PIXELS, Check, Finding
from chatearthnet_explorer.review.label_counts import Cover

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

_OF_LABELS = (
    ("hallucinated", 3, label_checks.find_hallucinated, "It names land cover that the labels do not have."),
    ("denied", 3, label_checks.find_denied, "It says land cover is missing that the labels have."),
    ("omitted", 3, label_checks.find_omitted, "It does not name the land cover that fills most of a part."),
    ("wrong part", 3, label_checks.wrong_part, "It names land cover in a part of the image that has none of it."),
    ("wrong size", 2, label_checks.wrong_size, "Its word for how much does not fit the share in the labels."),
    (
        "wrong dominant",
        3,
        label_checks.wrong_dominant,
        "It calls land cover dominant where another covers clearly more.",
    ),
    ("order of classes", 1, label_checks.order_of_classes, "In a part, it names a smaller land cover before a larger."),
)
_OF_WORDS = (
    ("order of parts", 1, language_checks.order_of_parts, "It does not describe the parts in the order of the prompt."),
    ("part unspoken", 2, language_checks.part_unspoken, "It does not mention one of the five parts."),
    ("banned word", 1, language_checks.banned_word, "It uses a word of guessing, which the prompt forbids."),
    ("several images", 2, language_checks.several_images, "It mentions several images, but there is only one."),
    ("colour word", 2, language_checks.colour_word, "It names colours of the label map, not of the land."),
    ("cut off", 2, language_checks.cut_off, "It stops in the middle of a sentence."),
    ("repeated sentence", 1, language_checks.repeated_sentence, "It has the same sentence twice."),
    ("too short", 2, language_checks.too_short, "It has too few words to describe the image."),
    ("too long", 1, language_checks.too_long, "It has too many words for one image."),
)
_OF_PIXELS = (
    ("broken picture", 3, chip_checks.broken_picture, "The file of the picture cannot be read."),
    ("all black", 3, chip_checks.all_black, "The picture is entirely black."),
    ("all white", 3, chip_checks.all_white, "The picture is entirely white."),
    ("uniform", 3, chip_checks.uniform, "The picture is of one colour."),
    ("mostly cloud", 2, chip_checks.cloudy, "Most of the picture looks like cloud, or like fresh snow."),
)
_OF_BOTH = (
    ("contradiction", 2, pair_checks.contradictions, "The captions of the two styles cannot both be right."),
)  # fmt: skip
# run before the others (is the caption readable?) or after them (on all pairs together)
_OF_ITSELF = (
    ("empty", 3, CAPTION, "There are no words at all."),
    ("not English", 2, CAPTION, "It is not in English, so no other check was made."),
    ("same bytes", 2, ALL, "Another pair has exactly the same picture."),
)
_TABLES = ((LABELS, _OF_LABELS), (CAPTION, _OF_WORDS), (BOTH, _OF_BOTH), (PIXELS, _OF_PIXELS))
CHECKS: Mapping[str, Check] = MappingProxyType({
    **{id_: Check(id_, text, needs, weight, find) for needs, rows in _TABLES for id_, weight, find, text in rows},
    **{id_: Check(id_, text, needs, weight) for id_, weight, needs, text in _OF_ITSELF},
})  # fmt: skip
"""Every built-in check by its id, those of captions first."""

_REGISTRY = Registry(
    "check",
    (
        Plugin(name=id_, load=partial(CHECKS.__getitem__, id_), label=id_, description=check.description, builtin=True)
        for id_, check in CHECKS.items()
    ),
    verify=verify,
    reserved_names=("none",),  # a catalog's value for pairs without a finding
    most=MOST_ADDED,
)

ONE_STYLE: Mapping[str, str] = MappingProxyType({
    "order of classes": "3.5", "order of parts": "3.5", "part unspoken": "3.5", "colour word": "4v",
})  # fmt: skip
"""Checks that apply to one style only, with that style."""


def register_check(check: Check) -> None:
    """Add a check to those of every audit, for this process; the audit sends it to its workers.

    An installed package does the same with an entry point in the group ``chatearthnet_explorer.checks``, named as the
    check's id.

    Args:
        check: What it needs, and a function that yields its findings: of a ``Case`` for captions and labels, of a
            ``Picture`` for pixels, of both readings, style 3.5 first, for both captions.

    Raises:
        SettingError: If the id cannot be used or belongs to another, the check cannot be used, or there are
            ``MOST_ADDED`` already.
    """
    _REGISTRY.register(check.id, check)


def unregister_check(id_: str) -> None:
    """Remove a check that was added by ``register_check``."""
    _REGISTRY.unregister(id_)


def added_checks() -> tuple[Check, ...]:
    """Return the checks of installed packages and those that were added by code, without the broken ones."""
    return tuple(check for _, check in _REGISTRY.beside_builtin())


def added_origins() -> list[list[str]]:
    """Return id and package of each added check, for a record of how pairs were judged."""
    return [[plugin.name, plugin.origin] for plugin, _ in _REGISTRY.beside_builtin()]


def all_checks() -> Mapping[str, Check]:
    """Return every check by its id, the built-in ones first."""
    return MappingProxyType({**CHECKS, **{check.id: check for check in added_checks()}})


def check_problems() -> tuple[str, ...]:
    """Return why checks of installed packages are left out, one sentence each."""
    added_checks()  # imports them
    return _REGISTRY.problems


_SHORT = 30  # below this many words, one claim or article is enough for English
_FEW = 5  # claims from which a caption is English for certain, and words below which a text is too short to tell


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The result of the checks on one caption."""

    findings: tuple[Finding, ...]
    """All findings, in the order of ``CHECKS``."""

    reading: Reading | None
    """What the caption claims; None where it could not be judged."""

    skip_reason: str = ""
    """What was not checked and why, in one sentence; empty if everything was."""


def judge_caption(
    text: str,
    *,
    style: str,
    counts: NDArray[np.integer] | None = None,
    extra_checks: Sequence[Check] | None = None,
    strict: bool = False,
) -> CheckResult:
    """Return the findings of a caption.

    Args:
        text: The caption, untrusted; only the first ``caption.LIMIT`` characters are read.
        style: ``3.5``, ``4v`` or ``multispectral``, whose captions are checked as those of ``4v``.
        counts: Pixels of each class in each part, (6, 12), as ``landcover.pixels`` gives them; None without labels, and
            then the checks that need them are left out.
        extra_checks: Added checks; None for those that are registered.
        strict: Whether to object also to claims whose reading is only likely; to unclear ones nothing objects.

    Raises:
        LabelError: If the counts are not of shape (6, 12).
    """
    text, style = text[:LIMIT], checked_as(style)
    if not text.strip():
        why = "There is no caption, so nothing was checked."
        return CheckResult((Finding("empty", "It has no words."),), None, why)
    reading = read_claims(text)
    if len(reading.claims) < _FEW and not _readable(text, len(reading.claims)):
        why = "It is not English, so it was not judged."
        return CheckResult((Finding("not English", "Few of its words are English."),), None, why)
    cover = None if counts is None else Cover(counts, style=style)
    has_labels = cover is not None and cover.labelled_pixels() > 0
    case = Case(text, style, reading, cover if has_labels else None, strict)
    rows = (*_OF_LABELS, *_OF_WORDS) if has_labels else _OF_WORDS
    findings = chain.from_iterable(find(case) for _, _, find, _ in rows)
    needs = {CAPTION, LABELS} if has_labels else {CAPTION}
    extra_checks = [
        check for check in (added_checks() if extra_checks is None else extra_checks) if check.needs in needs
    ]
    more, failures = run_added(extra_checks, case, length=len(text))
    note = [] if has_labels else ["This place has no labels, so only the text was checked."]
    return CheckResult((*findings, *more), reading, " ".join([*note, *failures]))


def judge_both(results: Mapping[str, CheckResult]) -> tuple[Finding, ...]:
    """Return the contradictions between the captions of the two styles; spans are of the 4V caption."""
    first, second = (results[style].reading if style in results else None for style in ("3.5", "4v"))
    return tuple(pair_checks.contradictions((first, second))) if first and second else ()


def judge_picture(picture: chip_checks.Picture) -> tuple[Finding, ...]:
    """Return the findings of a picture."""
    return tuple(chain.from_iterable(find(picture) for _, _, find, _ in _OF_PIXELS))


def score(findings: Iterable[Finding], *, extra_checks: Sequence[Check] | None = None) -> int:
    """Return the score of findings: the sum of weights, each check once; ``extra_checks`` is as above."""
    ids = {finding.check for finding in findings}
    others = (
        {}
        if ids <= CHECKS.keys()
        else {one.id: one for one in (added_checks() if extra_checks is None else extra_checks)}
    )
    return sum((CHECKS.get(id_) or others[id_]).weight for id_ in ids)


def _readable(text: str, claims: int) -> bool:
    """Return whether a text with few claims is English, or too short to decide but in Latin letters."""
    words = text.lower().split()
    short = len(words) < _FEW or (len(words) < _SHORT and (claims > 0 or "the" in words))
    return is_english(text) or (text.isascii() and short)
