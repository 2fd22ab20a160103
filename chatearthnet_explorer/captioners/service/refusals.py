"""Explain an error of a model service in one sentence that says what to do."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from chatearthnet_explorer.captioners.model_table import retirement
from chatearthnet_explorer.captioners.service.answer import out_of_tokens, quote
from chatearthnet_explorer.captioners.service.endpoint import PLACEHOLDER
from chatearthnet_explorer.captioners.service.request_fields import complains_of_pictures
from chatearthnet_explorer.errors import CaptionerError, KeyMissingError, ModelError
from chatearthnet_explorer.net.http_errors import duration
from chatearthnet_explorer.net.safe_json import read_json

if TYPE_CHECKING:
    from chatearthnet_explorer.captioners.service.endpoint import Endpoint
    from chatearthnet_explorer.captioners.service.request_fields import Question

_OUT_OF_TOKENS = re.compile(r"could not finish the message|output limit was reached", re.IGNORECASE)
_IMAGES = re.compile(r"image|vision|multi-?modal", re.IGNORECASE)
_CONTEXT = re.compile(r"context (?:length|window|size)|too long|maximum context", re.IGNORECASE)
_LIMIT = re.compile(r"max_(?:completion_)?tokens|token limit", re.IGNORECASE)
_EFFORT = re.compile(r"reasoning_effort|reasoning effort", re.IGNORECASE)


def explain(
    endpoint: Endpoint, question: Question, *, key: str, status: int, code: str | None, text: str, wait: float = 0
) -> CaptionerError:
    """Return the error to raise for an HTTP status.

    Args:
        endpoint: The service.
        question: The content of the request.
        key: The key that was sent; no error repeats it.
        status: HTTP status, 300 and above.
        code: The service's own code of the failure, such as ``insufficient_quota``.
        text: The body of the answer, hostile.
        wait: Seconds that the service asked to wait, if that was too long; else 0.
    """
    model, message = question.model, _message(text)
    if status == HTTPStatus.UNAUTHORIZED:
        return _key_refused(endpoint, key)
    if status == HTTPStatus.NOT_FOUND:
        return _not_found(endpoint.host, model, code, text)
    if _OUT_OF_TOKENS.search(message):
        return out_of_tokens(model, question.token_limit)
    request = f"{model[:100]!r} ({quote(message, key)})"
    if status in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY} or complains_of_pictures(status, message):
        return ModelError(
            f"{endpoint.host} refused, with error {status}, to ask {request}; {_advice(question, message)}.",
            kind="request",
        )
    if wait and status == HTTPStatus.TOO_MANY_REQUESTS:
        return ModelError(
            f"{endpoint.host} has too many requests and takes none for {duration(wait)}; try again then, or choose "
            "another model.",
            kind="busy",
            retry_after=wait,
        )
    return ModelError(_sentence(endpoint.host, request, status, code), kind=_kind(status, code))


def _kind(status: int, code: str | None) -> str:
    if status < HTTPStatus.BAD_REQUEST:
        return "address"
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return "fault"
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return "credit" if code == "insufficient_quota" else "busy"
    return "access" if status == HTTPStatus.FORBIDDEN else "request"


def _advice(question: Question, message: str) -> str:
    if not isinstance(question.user, str) and _IMAGES.search(message):
        return "choose a model that takes images, or the chat captioner"
    if _CONTEXT.search(message):
        return "choose a model that reads longer texts or a smaller token limit, or start it with a larger context"
    if _LIMIT.search(message):
        return "choose another token limit"
    if _EFFORT.search(message):
        return "choose another reasoning effort"
    return "choose another model"


def _sentence(host: str, request: str, status: int, code: str | None) -> str:
    if status < HTTPStatus.BAD_REQUEST:
        is_redirect = status not in {HTTPStatus.MULTIPLE_CHOICES, HTTPStatus.NOT_MODIFIED}
        elsewhere = f"{host} points to another address, which is not followed; give the final address instead."
        nowhere = f"{host} answered with status {status}, which is none of a model's service; check the address."
        return elsewhere if is_redirect else nowhere
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return f"{host} has a server error ({status}); try again later or choose another service."
    if status == HTTPStatus.TOO_MANY_REQUESTS and code == "insufficient_quota":
        return f"The account behind the key at {host} has no credit left; top it up or use another key."
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return f"{host} has too many requests at the moment; wait a minute and try again."
    if status == HTTPStatus.FORBIDDEN:
        return f"{host} does not let this key ask {request}; choose another model or key."
    return f"{host} refused, with error {status}, to ask {request}; choose another model."


def _key_refused(endpoint: Endpoint, key: str) -> CaptionerError:
    if key != PLACEHOLDER:
        where = "OPENAI_API_KEY" if endpoint.gets_environment_key else "what you typed"
        return ModelError(
            f"{endpoint.host} does not accept the key; check {where}, or make a new key there.", kind="key"
        )
    if endpoint.plain and not endpoint.loopback:
        return KeyMissingError(
            f"{endpoint.host} wants a key, and a key is not sent to another machine over plain http; use https."
        )
    how = (
        "set OPENAI_API_KEY before you start" if endpoint.gets_environment_key else "type it under 'API key' in Options"
    )
    return KeyMissingError(f"{endpoint.host} wants a key after all: {how}.")


def _not_found(host: str, model: str, code: str | None, text: str) -> ModelError:
    if code != "model_not_found" and model not in text:
        return ModelError(
            f"There are no chat completions at this address of {host}; check that it is complete and ends in /v1.",
            kind="address",
        )
    retirement_note = retirement(model, datetime.now(UTC).date())
    ending = (
        f": {retirement_note}"
        if retirement_note
        else "; name one that it has, as `chatearthnet-explorer doctor --base-url ADDRESS` lists them."
    )
    return ModelError(f"{host} does not know the model {model[:100]!r}{ending}", kind="model")


def _message(text: str) -> str:
    """Return the sentence in a service's refusal, or all of it where it has no such place."""
    try:
        content = read_json(text)
    except ValueError:
        return text
    error = content.get("error", content) if isinstance(content, dict) else None
    message = error.get("message") if isinstance(error, dict) else error
    return message if isinstance(message, str) else text
