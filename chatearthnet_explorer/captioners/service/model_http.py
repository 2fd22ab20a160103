"""The HTTP client for models: limits size and time, can be cancelled, and uses no proxy for this computer."""

from __future__ import annotations

import contextlib
import math
import socket
import threading
import time
from typing import TYPE_CHECKING, Any

import openai

from chatearthnet_explorer.captioners.service.request_fields import complains_of_system
from chatearthnet_explorer.errors import Cancelled, ModelError, SettingError
from chatearthnet_explorer.net.proxies import network_problem, proxy_for, ssl_context

if TYPE_CHECKING:
    import httpx2

    from chatearthnet_explorer.captioners.service.endpoint import Endpoint

BODY_LIMIT = 1_000_000
"""Bytes of an answer that are read; a caption of 1,200 tokens takes about 10,000."""

_HEADERS = ("host", "accept", "accept-encoding", "connection", "content-type", "content-length", "user-agent")
_FAULT = 500


class Stop:
    """Ends requests from another thread, at once: a model may reason for a minute, and tokens cost money."""

    def __init__(self) -> None:
        """Start without requests."""
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._stop_event = threading.Event()

    def press(self) -> None:
        """End the running requests and let none start."""
        with self._lock:
            self._stop_event.set()
            sockets, self._sockets = self._sockets, []
        for one in sockets:
            # not the method of a TLS socket, which takes the session from under the thread that reads from it
            with contextlib.suppress(OSError):
                socket.socket.shutdown(one, socket.SHUT_RDWR)

    def check(self) -> None:
        """Raise ``Cancelled`` after ``press``."""
        self.wait(0)

    def wait(self, seconds: float) -> None:
        """Wait, and raise ``Cancelled`` as soon as ``press`` is called."""
        if self._stop_event.wait(seconds):
            raise Cancelled

    def trace(self, event: str, info: dict[str, Any]) -> None:
        """Remember each connection: the ``trace`` extension of httpcore calls this with every event."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            connection = info["return_value"].get_extra_info("socket")
            with self._lock:
                self._sockets.append(connection)
        self.check()


class BoundedClient(openai.DefaultHttpxClient):
    """An HTTP client with limits on size and time that follows no redirect.

    The timeouts of HTTP clients count from byte to byte, so a service that sends slowly would never end, and their
    bodies have no limit. A redirect could carry the key to another host, so it is returned as a failure. A service on
    this machine is reached directly: a proxy would see the key, and could not reach the service anyway.
    """

    def __init__(self, endpoint: Endpoint, *, key: str, seconds: float, retries: int, stop: Stop) -> None:
        """Prepare for requests to one service.

        Args:
            endpoint: The service.
            key: The key that is sent.
            seconds: Limit for each answer, from the first byte sent to the last byte received.
            retries: Tries after the first.
            stop: Ends the running requests.

        Raises:
            ModelError: If the environment names certificates or a proxy that cannot be used.
        """
        try:
            super().__init__(
                timeout=seconds,
                follow_redirects=False,
                trust_env=False,
                proxy=proxy_for(endpoint.url),
                verify=ssl_context(),
            )
        except SettingError as error:
            raise ModelError(str(error)) from None
        self._endpoint, self._key, self._seconds = endpoint, key, seconds
        self._retries, self._stop = retries, stop

    def send(self, request: httpx2.Request, *, stream: bool = False, **options: Any) -> httpx2.Response:  # noqa: ARG002 - what openai-python hands through
        """Return the whole answer, decoded.

        Raises:
            ModelError: If it is larger than ``BODY_LIMIT``, decompressed, or its certificate is not trusted.
            Cancelled: If ``press`` was called.
            openai.APITimeoutError: If it takes longer than the limit.
        """
        self._stop.check()
        if not self._endpoint.gets_environment_key or (self._endpoint.plain and not self._endpoint.loopback):
            self._leave_out_environment(request)
        request.extensions = {**request.extensions, "trace": self._stop.trace}
        try:
            response, body = self._read(request, options)
        except (ModelError, Cancelled, openai.OpenAIError):
            raise
        except Exception as error:
            self._stop.check()
            if sentence := network_problem(self._endpoint.url, error):
                raise ModelError(sentence) from None
            raise
        headers = {
            name: value
            for name, value in response.headers.items()
            if name not in {"content-encoding", "content-length", "transfer-encoding"}
        }
        hopeless = response.status_code >= _FAULT and complains_of_system(
            response.status_code, body.decode("utf-8", "replace")
        )
        pause = _pause(headers)
        if hopeless or pause > self._seconds:
            # the same failure again, or a wait that is too long for a person: openai-python obeys this header
            headers["x-should-retry"] = "false"
        elif (
            pause
            and _is_retried(response.status_code)
            and int(request.headers.get("x-stainless-retry-count", "0")) < self._retries
        ):
            self._stop.wait(pause)  # here, as openai-python's own sleep cannot be ended
            headers["retry-after-ms"] = "1"
        return type(response)(response.status_code, headers=headers, content=body, request=request)

    def _read(self, request: httpx2.Request, options: dict[str, Any]) -> tuple[httpx2.Response, bytes]:
        end = time.monotonic() + self._seconds
        response = super().send(request, stream=True, **options)
        body = bytearray()
        try:
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > BODY_LIMIT:
                    msg = (
                        f"{request.url.host} sent more than {BODY_LIMIT:,} bytes, too long for a caption; try another."
                    )
                    raise ModelError(msg)
                if time.monotonic() > end:
                    raise openai.APITimeoutError(request=request)
        finally:
            response.close()
        self._stop.check()
        return response, bytes(body)

    def _leave_out_environment(self, request: httpx2.Request) -> None:
        """Send the key of this address alone: ``OPENAI_CUSTOM_HEADERS`` and the like may hold others."""
        for name in list(request.headers):
            if name not in _HEADERS and not name.startswith("x-stainless-"):
                del request.headers[name]
        request.headers["authorization"] = f"Bearer {self._key}"


def _is_retried(status: int) -> bool:
    """Return whether openai-python tries again after a status."""
    return status in {408, 409, 429} or status >= _FAULT


def _pause(headers: dict[str, str]) -> float:
    """Return the seconds of ``Retry-After``, and remove that header; 0 if there are none or it is a date."""
    for name, unit in (("retry-after-ms", 1000), ("retry-after", 1)):
        text = headers.pop(name, "")
        try:
            seconds = float(text) / unit
        except ValueError:
            continue
        if 0 <= seconds < math.inf:
            return seconds
    return 0.0
