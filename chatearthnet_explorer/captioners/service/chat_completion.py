"""Send one chat completion request. Only this module imports the openai library and handles its errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import openai

from chatearthnet_explorer.captioners.service.model_http import BoundedClient, Stop
from chatearthnet_explorer.captioners.service.refusals import explain
from chatearthnet_explorer.captioners.service.request_fields import Fields, Question
from chatearthnet_explorer.errors import ModelError

if TYPE_CHECKING:
    from chatearthnet_explorer.captioners.service.endpoint import Endpoint
    from chatearthnet_explorer.errors import CaptionerError

_MOST_FIELDS_LEFT_OUT = 6
_MOST_REMEMBERED = 100
_ACCEPTED_FIELDS: dict[tuple[str, str], Fields] = {}
"""Fields that a service and model accept, learned in this process, so that a request is refused only once."""


def exchange(
    endpoint: Endpoint, question: Question, *, key: str, timeout: float, retries: int, stop: Stop | None = None
) -> bytes:
    """Return the body of a service's answer.

    Fields that the service refuses are left out, one by one. If the model has no system role, the rules are put at the
    start of the user's message.

    Args:
        endpoint: The service.
        question: The content of the request.
        key: The key; no error repeats it.
        timeout: Seconds for one try.
        retries: Tries after the first, if the service is busy, broken or out of reach.
        stop: Ends the request from another thread.

    Raises:
        KeyMissingError: If the service needs a key and none was sent.
        ModelError: If the service refused, failed or could not be reached.
        Cancelled: If it was stopped.
    """
    failure: CaptionerError
    service_and_model = (endpoint.url, question.model)
    fields = _ACCEPTED_FIELDS.get(service_and_model, Fields())
    stop = stop or Stop()
    for left in reversed(range(_MOST_FIELDS_LEFT_OUT)):
        client = BoundedClient(endpoint, key=key, seconds=timeout, retries=retries, stop=stop)
        try:
            with openai.OpenAI(
                api_key=key, base_url=endpoint.url, max_retries=retries, timeout=timeout, http_client=client
            ) as service:
                raw = service.chat.completions.with_raw_response.create(**fields.request(question))
                body: bytes = raw.http_response.content
            _remember(service_and_model, fields)
        except openai.APIStatusError as error:
            text = error.response.text
            other = fields.after(question, status=error.status_code, text=text)
            if other is not None and left:
                fields = other
                continue
            failure = explain(endpoint, question, key=key, status=error.status_code, code=error.code, text=text)
        except openai.APITimeoutError:
            failure = ModelError(
                f"{endpoint.host} did not answer within {timeout:g} seconds; try again or choose another model."
            )
        except openai.OpenAIError:
            failure = ModelError(f"{endpoint.host} cannot be reached; check the network and the address.")
        else:
            return body
        break
    # raised here and not above: an exception of openai-python holds the request, and so the key, as its context
    raise failure


def _remember(service_and_model: tuple[str, str], fields: Fields) -> None:
    if fields != Fields():
        while len(_ACCEPTED_FIELDS) >= _MOST_REMEMBERED:
            _ACCEPTED_FIELDS.pop(next(iter(_ACCEPTED_FIELDS)), None)
        _ACCEPTED_FIELDS[service_and_model] = fields
