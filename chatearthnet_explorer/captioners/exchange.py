"""One question to a chat.completions service: the only door to openai-python and to what it raises."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import openai

from chatearthnet_explorer.captioners.failure import explain
from chatearthnet_explorer.errors import ModelError

if TYPE_CHECKING:
    import httpx2
    from openai.types.chat import ChatCompletionMessageParam

    from chatearthnet_explorer.captioners.endpoint import Endpoint
    from chatearthnet_explorer.errors import CaptionerError

BODY_LIMIT = 1_000_000
"""Bytes of an answer that are read; a caption of 1,200 tokens takes about 10,000."""

_LIMIT_NAMES = ("max_completion_tokens", "max_tokens")


class BoundedClient(openai.DefaultHttpxClient):
    """An HTTP client that stops at a size and at a time, and goes nowhere else than it was sent.

    The timeouts of HTTP clients count from byte to byte, so a service that trickles would never end, and they read
    whatever comes. A redirect could carry the key to another host; it is handed back as the failure that it is.
    """

    def __init__(self, *, seconds: float) -> None:
        """Allow so many seconds for each answer, from the first byte sent to the last received."""
        super().__init__(timeout=seconds, follow_redirects=False)
        self._seconds = seconds

    def send(self, request: httpx2.Request, *, stream: bool = False, **options: Any) -> httpx2.Response:  # noqa: ANN401, ARG002 - what openai-python hands through
        """Return the answer, read whole and decoded.

        Raises:
            ModelError: If it is larger than ``BODY_LIMIT``, decompressed.
            openai.APITimeoutError: If it takes longer than allowed.
        """
        end = time.monotonic() + self._seconds
        response = super().send(request, stream=True, **options)
        body = bytearray()
        try:
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > BODY_LIMIT:
                    msg = f"{request.url.host} sent more than {BODY_LIMIT:,} bytes, which is no caption; try another."
                    raise ModelError(msg)
                if time.monotonic() > end:
                    raise openai.APITimeoutError(request=request)
        finally:
            response.close()
        headers = {
            name: value
            for name, value in response.headers.items()
            if name not in {"content-encoding", "content-length", "transfer-encoding"}
        }
        if _wait(headers) > self._seconds:
            headers["x-should-retry"] = "false"  # longer than a person would wait: openai-python heeds this header
        return type(response)(response.status_code, headers=headers, content=bytes(body), request=request)


def exchange(  # noqa: PLR0913 - one request
    endpoint: Endpoint,
    messages: list[ChatCompletionMessageParam],
    *,
    key: str,
    model: str,
    token_limit: int,
    timeout: float,
    retries: int,
) -> bytes:
    """Return the body of a service's answer.

    Args:
        endpoint: The service.
        messages: What it is asked, as chat.completions has it.
        key: The key, which no error repeats.
        model: Identifier of the model.
        token_limit: Tokens the answer may have: as ``max_completion_tokens``, or ``max_tokens`` for a service that
            does not know that name.
        timeout: Seconds for one try.
        retries: Tries after the first, where the service is busy, broken or out of reach.

    Raises:
        KeyMissingError: If a service that was asked without a key wants one.
        ModelError: If the service refused, failed or was not there.
    """
    failure: CaptionerError
    for name in _LIMIT_NAMES:
        try:
            with openai.OpenAI(
                api_key=key,
                base_url=endpoint.url,
                max_retries=retries,
                timeout=timeout,
                http_client=BoundedClient(seconds=timeout),
            ) as client:
                limit: dict[str, Any] = {name: token_limit}
                raw = client.chat.completions.with_raw_response.create(model=model, messages=messages, **limit)
                return raw.http_response.content
        except openai.APIStatusError as error:
            unknown_name = error.status_code in {400, 422} and name in error.response.text
            if unknown_name and name == _LIMIT_NAMES[0]:
                continue
            failure = explain(
                endpoint, key=key, model=model, status=error.status_code, code=error.code, text=error.response.text
            )
        except openai.APITimeoutError:
            failure = ModelError(
                f"{endpoint.host} did not answer within {timeout:g} seconds; try again or choose another model."
            )
        except openai.OpenAIError:
            failure = ModelError(f"{endpoint.host} cannot be reached; check the network and the address.")
        break
    # raised here and not above: an exception of openai-python holds the request, and so the key, as its context
    raise failure


def _wait(headers: dict[str, str]) -> float:
    """Return the seconds a service asks to wait, 0 if it asks for none or names a date."""
    try:
        return float(headers.get("retry-after", 0))
    except ValueError:
        headers.pop("retry-after")
        return 0.0
