"""Send one chat completion request. Only this module imports the openai library and handles its errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import openai

from chatearthnet_explorer.captioners.service.live_text import LiveAnswer
from chatearthnet_explorer.captioners.service.model_http import PATIENCE_WITH_STREAM, WAIT_HEADER, BoundedClient, Stop
from chatearthnet_explorer.captioners.service.refusals import explain
from chatearthnet_explorer.captioners.service.request_fields import FAR_LIMITS, NEAR_LIMITS, Fields, Question
from chatearthnet_explorer.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatearthnet_explorer.captioners.service.endpoint import Endpoint
    from chatearthnet_explorer.captioners.service.pace import Pace
    from chatearthnet_explorer.errors import CaptionerError

_MOST_FIELDS_LEFT_OUT = 8
_MOST_REMEMBERED = 100
_ACCEPTED_FIELDS: dict[tuple[str, str], Fields] = {}
"""Fields that a service and model accept, learned in this process, so that a request is refused only once."""


def exchange(
    endpoint: Endpoint,
    question: Question,
    *,
    key: str,
    timeout: float,
    retries: int,
    stop: Stop | None = None,
    on_text: Callable[[str], None] | None = None,
    pace: Pace | None = None,
) -> bytes:
    """Return the body of a service's answer: a chat completion, or the whole stream of one.

    Fields that the service refuses are left out, one by one. If the model has no system role, the rules are put at the
    start of the user's message.

    Args:
        endpoint: The service.
        question: The content of the request.
        key: The key; no error repeats it.
        timeout: Seconds for one try.
        retries: Tries after the first, if the service is busy, broken or out of reach.
        stop: Ends the request from another thread.
        on_text: Called with the whole text so far while the answer is written, cleaned for a person to read; None to
            ask for the answer in one piece. An exception that it raises ends the request.
        pace: That of all requests to the service; None for one of its own.

    Raises:
        KeyMissingError: If the service needs a key and none was sent.
        ModelError: If the service refused, failed or could not be reached.
        Cancelled: If it was stopped.
    """
    failure: CaptionerError
    service_and_model = (endpoint.url, question.model)
    first = Fields(limits=NEAR_LIMITS if endpoint.near else FAR_LIMITS)
    fields = _ACCEPTED_FIELDS.get(service_and_model, first)
    stop = stop or Stop()
    live = None if on_text is None else LiveAnswer(on_text, key=key, host=endpoint.host)
    for left in reversed(range(_MOST_FIELDS_LEFT_OUT)):
        client = BoundedClient(endpoint, key=key, seconds=timeout, retries=retries, stop=stop, live=live, pace=pace)
        try:
            with openai.OpenAI(
                api_key=key, base_url=endpoint.url, max_retries=retries, timeout=timeout, http_client=client
            ) as service:
                raw = service.chat.completions.with_raw_response.create(
                    **fields.request(question, stream=live is not None)
                )
                body: bytes = raw.http_response.content
            if fields != first:
                _remember(service_and_model, fields)
        except openai.APIStatusError as error:
            text = error.response.text
            other = fields.after(question, status=error.status_code, text=text, stream=live is not None)
            if other is not None and left:
                fields = other
                continue
            wait = float(error.response.headers.get(WAIT_HEADER, 0))
            failure = explain(
                endpoint, question, key=key, status=error.status_code, code=error.code, text=text, wait=wait
            )
        except openai.APITimeoutError:
            failure = _too_slow(endpoint.host, timeout, live, kind="timeout" if client.is_sent else "unreachable")
        except openai.OpenAIError:
            failure = ModelError(endpoint.unreachable_sentence, kind=client.failure_kind)
        else:
            return body
        break
    # raised here and not above: an exception of openai-python holds the request, and so the key, as its context
    raise failure


def _too_slow(host: str, timeout: float, live: LiveAnswer | None, *, kind: str) -> ModelError:
    if live is not None and live.chunks:
        return ModelError(
            f"{host} did not complete its answer: no new text came within {timeout:g} seconds, or it took more than "
            f"{PATIENCE_WITH_STREAM * timeout:g}; ask again or choose another model.",
            kind="timeout",
        )
    return ModelError(
        f"{host} did not answer within {timeout:g} seconds; try again or choose another model.", kind=kind
    )


def _remember(service_and_model: tuple[str, str], fields: Fields) -> None:
    while len(_ACCEPTED_FIELDS) >= _MOST_REMEMBERED:
        _ACCEPTED_FIELDS.pop(next(iter(_ACCEPTED_FIELDS)), None)
    _ACCEPTED_FIELDS[service_and_model] = fields
