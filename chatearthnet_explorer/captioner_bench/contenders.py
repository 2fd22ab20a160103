"""Contenders of a bench: writers, and rows that no captioner of the registry writes."""

from __future__ import annotations

import re
from dataclasses import replace

from chatearthnet_explorer.caption import RELEASED_STYLES
from chatearthnet_explorer.errors import SettingError
from chatearthnet_explorer.writer import Writer, read_writer

RELEASE_ROW, TEMPLATE, PLANTED_ROW = "released", "template", "planted"
"""Captioners without a model: the captions of the release, fixed sentences, and captions with planted errors. The model
of the last is the share of wrong captions."""

WITHOUT_SERVICE = frozenset({RELEASE_ROW, TEMPLATE, PLANTED_ROW})
"""All of them: they cost nothing."""

MOST = 12
"""Most contenders of a bench."""

_SAFE = re.compile(r"[^a-z0-9.]+")
_NAME_LENGTH = 60


def read_contender(text: str, *, usual: Writer) -> Writer:
    """Return the writer of a short form; contenders that ask no service have no choices about one.

    Args:
        text: The text, see ``read_writer``.
        usual: Its values stand for what the text leaves out, but for captioner and model.

    Raises:
        SettingError: As ``read_writer``, or if there is no such row.
    """
    captioner = re.split("[:@,]", text)[0]
    if captioner in WITHOUT_SERVICE:
        usual = replace(usual, base_url="", image="", token_limit=None, reasoning_effort="")
    contender = read_writer(text, usual=usual)
    if captioner == PLANTED_ROW and not _is_share(contender.model):
        msg = f"The contender {text[:80]!r} must name a share from 0 to 1, as in planted:0.1."
        raise SettingError(msg)
    if captioner == RELEASE_ROW and contender.style not in RELEASED_STYLES:
        msg = f"The release has no captions of style {contender.style}; write released@3.5 or released@4v."
        raise SettingError(msg)
    return contender


def label_of(contender: Writer) -> str:
    """Return the contender in words. It may hold a hostile name of a model."""
    if contender.captioner == RELEASE_ROW:
        return f"released captions, style {contender.style}"
    if contender.captioner == PLANTED_ROW:
        return f"planted errors, {100 * float(contender.model or 0):g} %, style {contender.style}"
    return contender.label


def file_of(contender: Writer) -> str:
    """Return the name of a contender's file of captions; an address is not part of it."""
    stem = _SAFE.sub("-", f"{contender.captioner} {contender.model} {contender.style}".lower()).strip("-.")
    return f"{stem[:_NAME_LENGTH]}.jsonl"


def distinct(contenders: list[Writer]) -> tuple[Writer, ...]:
    """Return contenders without repetition, in their order.

    Raises:
        SettingError: If there is none, or there are more than ``MOST``.
    """
    result = tuple(dict.fromkeys(contenders))
    if not result:
        msg = "There is no contender; name one, as in `--captioner chat --model MODEL`."
        raise SettingError(msg)
    if len(result) > MOST:
        msg = f"A bench compares at most {MOST} contenders, not {len(result)}; leave some out."
        raise SettingError(msg)
    return result


def _is_share(text: str) -> bool:
    return bool(re.fullmatch(r"(0(\.\d+)?|\.\d+|1(\.0*)?)", text))
