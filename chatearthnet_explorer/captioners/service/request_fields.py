"""The request fields that a service accepts, learned from the errors it returns."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from chatearthnet_explorer.net.safe_json import read_json

LIMITS = ("max_completion_tokens", "max_tokens", "")
"""Names of the token limit, in the order in which they are tried; at last it is left out."""

_REFUSALS = {HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY}
_SYSTEM = re.compile(
    r"system\W{1,3}(?:role|message|prompt|instruction)|role\W{1,4}system|does not support 'system'|messages\[0\]\.role"
    r"|developer instruction|roles must alternate|only user and assistant roles",
    re.IGNORECASE,
)
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

    limit: str = LIMITS[0]
    """Name of the token limit, one of ``LIMITS``."""

    detail: bool = True
    """Whether pictures say in which detail they are to be read."""

    effort: bool = True
    """Whether a reasoning effort may be named."""

    def request(self, question: Question) -> dict[str, Any]:
        """Return the body of a request, as chat.completions has it."""
        user = question.user
        if not isinstance(user, str) and not self.detail:
            user = [_without_detail(part) for part in user]
        messages: list[dict[str, Any]]
        if self.system:
            messages = [{"role": "system", "content": question.system}, {"role": "user", "content": user}]
        elif isinstance(user, str):
            messages = [{"role": "user", "content": f"{question.system}\n\n{user}"}]
        else:
            messages = [{"role": "user", "content": [{"type": "text", "text": question.system}, *user]}]
        body: dict[str, Any] = {"model": question.model, "messages": messages}
        if self.limit:
            body[self.limit] = question.token_limit
        if question.effort and self.effort:
            body["reasoning_effort"] = question.effort
        return body

    def after(self, question: Question, *, status: int, text: str) -> Fields | None:
        """Return what to send after a refusal, or None where other fields would not help.

        Args:
            question: The content of the request with these fields.
            status: HTTP status of the refusal.
            text: Its body, hostile.
        """
        words = _words(text)
        if self.system and complains_of_system(status, words):
            return replace(self, system=False)
        if status not in _REFUSALS:
            return None
        optional = self._optional(question)
        field_name = next((field for field in optional if re.search(rf"\b{field}\b", words)), None)
        if field_name is None and _UNKNOWN.search(words) and _A_FIELD.search(words):
            field_name = next(iter(optional), None)
        if field_name is None or (field_name == self.limit and _VALUE.search(words)):
            return None
        if field_name == self.limit:
            return replace(self, limit=LIMITS[LIMITS.index(self.limit) + 1])
        return replace(self, detail=False) if field_name == "detail" else replace(self, effort=False)

    def _optional(self, question: Question) -> list[str]:
        """Return the names of the fields in the request that can be left out, the rarest first."""
        return [
            *(["reasoning_effort"] if question.effort and self.effort else []),
            *(["detail"] if self.detail and not isinstance(question.user, str) else []),
            *([self.limit] if self.limit else []),
        ]


def complains_of_system(status: int, text: str) -> bool:
    """Return whether a refusal says that the model has no system role; some services use status 500 for that."""
    return status in {*_REFUSALS, HTTPStatus.INTERNAL_SERVER_ERROR} and bool(_SYSTEM.search(text))


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
