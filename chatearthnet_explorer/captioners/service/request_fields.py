"""The request fields that a service accepts, learned from the errors it returns."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from chatearthnet_explorer.net.safe_json import read_json

LIMITS = (("max_completion_tokens", "max_tokens"), ("max_completion_tokens",), ("max_tokens",), ())
"""Names of the token limit, in the order in which they are tried; at last it is left out.

Only a service that is near is sent both. Ollama, for example, reads ``max_tokens`` alone and ignores the other name,
so that its answers had no limit (https://github.com/ollama/ollama/issues/7125, read in November 2026).
"""

NEAR_LIMITS, FAR_LIMITS = LIMITS[:2]
"""What is tried first."""

_FLAGS = {"detail": "detail", "reasoning_effort": "effort", "stream": "stream", "stream_options": "usage"}
"""Attributes of ``Fields`` by the name of the field in a request."""

_REFUSALS = {HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY}
_SYSTEM = re.compile(
    r"system\W{1,3}(?:role|message|prompt|instruction)|role\W{1,4}system|does not support 'system'|messages\[0\]\.role"
    r"|developer instruction|roles must alternate|only user and assistant roles",
    re.IGNORECASE,
)
_NO_PICTURES = re.compile(r"image (?:input|content)|mmproj|multi-?modal", re.IGNORECASE)
_UNKNOWN = re.compile(
    r"un(?:known|recogni[sz]ed|expected|supported)|extra (?:input|field|param)|not (?:permitted|allowed|supported)"
    r"|invalid (?:field|param|argument|key)",
    re.IGNORECASE,
)
_A_FIELD = re.compile(r"field|param|argument|\bkey\b|propert|input", re.IGNORECASE)
# the name is accepted and the number is not: another name would not help
_VALUE = re.compile(
    r"at (?:least|most)|must be|context (?:length|window)|too (?:large|small|long|many|few)|exceed|greater|less than"
    r"|minimum|was reached",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """The content of a request to a model."""

    model: str
    """Its identifier."""

    system: str
    """The rules."""

    user: str | list[dict[str, Any]]
    """The question, as text or as parts of chat.completions."""

    token_limit: int
    """Tokens the answer may have, reasoning included."""

    effort: str = ""
    """``reasoning_effort``; empty to leave that to the service."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """The optional fields of a request, and the place of the rules."""

    system: bool = True
    """Whether the rules have a message of their own; else they begin the user's."""

    limits: tuple[str, ...] = FAR_LIMITS
    """Names of the token limit, one of ``LIMITS``."""

    detail: bool = True
    """Whether pictures say in which detail they are to be read."""

    effort: bool = True
    """Whether a reasoning effort may be named."""

    stream: bool = True
    """Whether the answer may be requested as a stream."""

    usage: bool = True
    """Whether a stream may be asked to end with the counts of tokens, which services else leave out of streams."""

    def request(self, question: Question, *, stream: bool = False) -> dict[str, Any]:
        """Return the body of a request, as chat.completions has it.

        Args:
            question: The content.
            stream: Whether the answer is wanted as it is written.
        """
        user = question.user
        if not isinstance(user, str) and not self.detail:
            user = [_without_detail(part) for part in user]
        messages: list[dict[str, Any]]
        if not question.system:  # the published 4V prompt has one message
            messages = [{"role": "user", "content": user}]
        elif self.system:
            messages = [{"role": "system", "content": question.system}, {"role": "user", "content": user}]
        elif isinstance(user, str):
            messages = [{"role": "user", "content": f"{question.system}\n\n{user}"}]
        else:
            messages = [{"role": "user", "content": [{"type": "text", "text": question.system}, *user]}]
        body: dict[str, Any] = {"model": question.model, "messages": messages}
        body |= dict.fromkeys(self.limits, question.token_limit)
        if question.effort and self.effort:
            body["reasoning_effort"] = question.effort
        if stream and self.stream:
            body["stream"] = True
            if self.usage:
                body["stream_options"] = {"include_usage": True}
        return body

    def after(self, question: Question, *, status: int, text: str, stream: bool = False) -> Fields | None:
        """Return what to send after a refusal, or None where other fields would not help.

        Args:
            question: The content of the request with these fields.
            status: HTTP status of the refusal.
            text: Its body, hostile.
            stream: Whether the answer was wanted as it is written.
        """
        words = _words(text)
        if self.system and complains_of_system(status, words):
            return replace(self, system=False)
        if status not in _REFUSALS:
            return None
        optional = self._optional(question, stream=stream)
        field_name = next((field for field in optional if re.search(rf"\b{field}\b", words)), None)
        if field_name is None and _UNKNOWN.search(words) and _A_FIELD.search(words):
            field_name = next(iter(optional), None)
        if field_name is None or (field_name in self.limits and _VALUE.search(words)):
            return None
        if field_name in self.limits:
            return replace(self, limits=self._other_limits(words))
        changes: dict[str, Any] = {_FLAGS[field_name]: False}
        return replace(self, **changes)

    def _optional(self, question: Question, *, stream: bool) -> list[str]:
        """Return the names of the fields in the request that can be left out, the rarest first."""
        streams = stream and self.stream
        return [
            *(["stream_options"] if streams and self.usage else []),
            *(["reasoning_effort"] if question.effort and self.effort else []),
            *(["detail"] if self.detail and not isinstance(question.user, str) else []),
            *self.limits,
            *(["stream"] if streams else []),
        ]

    def _other_limits(self, words: str) -> tuple[str, ...]:
        """Return the names to try after a refusal: without the one that it names, if it names one alone."""
        names_in_words = [name for name in self.limits if re.search(rf"\b{name}\b", words)]
        others = LIMITS[LIMITS.index(self.limits) + 1 :]
        return next((names for names in others if len(names_in_words) != 1 or names_in_words[0] not in names), ())


def complains_of_system(status: int, text: str) -> bool:
    """Return whether a refusal says that the model has no system role; some services use status 500 for that."""
    return status in {*_REFUSALS, HTTPStatus.INTERNAL_SERVER_ERROR} and bool(_SYSTEM.search(text))


def complains_of_pictures(status: int, text: str) -> bool:
    """Return whether a server error says that the model takes no pictures, as llama.cpp does with status 500."""
    return status == HTTPStatus.INTERNAL_SERVER_ERROR and bool(_NO_PICTURES.search(text))


def _without_detail(part: dict[str, Any]) -> dict[str, Any]:
    picture = part.get("image_url")
    return {**part, "image_url": {"url": picture["url"]}} if isinstance(picture, dict) else part


def _words(text: str) -> str:
    """Return the values in a refusal: among the names in it is ``detail``, whatever it is about."""
    try:
        content = read_json(text)
    except ValueError:
        return text
    words: list[str] = []
    left = [content]
    while left:
        one = left.pop()
        if isinstance(one, dict):
            # pydantic repeats the input
            left += [value for name, value in one.items() if name != "input"]
        elif isinstance(one, list):
            left += one
        elif isinstance(one, str):
            words.append(one)
    return " ".join(words)
