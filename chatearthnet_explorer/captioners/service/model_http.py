"""The HTTP client for models: limits size and time, can be cancelled, and uses no proxy for this computer."""

from __future__ import annotations

import contextlib
import math
import socket
import threading
import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import openai

from chatearthnet_explorer.captioners.service.pace import Pace
from chatearthnet_explorer.captioners.service.request_fields import complains_of_pictures, complains_of_system
from chatearthnet_explorer.captioners.service.time_limit import TimeLimit
from chatearthnet_explorer.errors import Cancelled, ModelError, SettingError
from chatearthnet_explorer.net.http_errors import duration
from chatearthnet_explorer.net.proxies import network_problem, proxy_for, ssl_context
from chatearthnet_explorer.net.rate_limits import report_wait, seconds_to_wait

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx2

    from chatearthnet_explorer.captioners.service.endpoint import Endpoint
    from chatearthnet_explorer.captioners.service.live_text import LiveAnswer

BODY_LIMIT = 1_000_000
"""Bytes of an answer that are read; a caption of 1,200 tokens takes about 10,000."""

STREAM_LIMIT = 10_000_000
"""Bytes of a stream that are read at most: each token, those of reasoning included, has about 300 bytes around it."""

PATIENCE_WITH_STREAM = 5
"""Factor between the longest time of a stream, as long as text keeps coming, and that of an answer in one piece."""

WAIT_HEADER = "x-seconds-to-wait"
"""Header of a response that is not retried: the seconds that the service asked to wait, 0 for none."""

_TICK = 0.25  # between two reports of how long a wait takes
_SHORTEST_REPORT = 1.0
_BACKOFF = 0.5  # before the first retry; openai-python's own
_HEADERS = ("host", "accept", "accept-encoding", "connection", "content-type", "content-length", "user-agent")
_FAULT = 500
_REFUSAL = 20_000  # bytes of an error in which the reason is looked for


class Stop:
    """Ends requests from another thread, at once: a model may reason for a minute, and tokens cost money."""

    def __init__(self) -> None:
        """Start without requests."""
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._stop_event = threading.Event()

    def press(self) -> None:
        """End the running requests and let none start."""
        self._stop_event.set()
        self.hang_up()

    def hang_up(self) -> None:
        """End the connections there are."""
        with self._lock:
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
        """Remember each connection: the ``trace`` extension of httpcore calls this with every event.

        Raises ``Cancelled`` where a step starts, but not where one ends: httpcore then frees the connection, perhaps
        while Python collects garbage, and an exception would be lost.
        """
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            connection = info["return_value"].get_extra_info("socket")
            with self._lock:
                self._sockets.append(connection)
        elif event.endswith(".started") and not event.endswith("response_closed.started"):
            self.check()


class BoundedClient(openai.DefaultHttpxClient):
    """An HTTP client with limits on size and time that follows no redirect.

    The timeouts of HTTP clients count from byte to byte, so a service that sends slowly would never end, and their
    bodies have no limit. A redirect could carry the key to another host, so it is returned as a failure. A service on
    this machine is reached directly: a proxy would see the key, and could not reach the service anyway.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        key: str,
        seconds: float,
        retries: int,
        stop: Stop,
        live: LiveAnswer | None = None,
        pace: Pace | None = None,
    ) -> None:
        """Prepare for requests to one service.

        Args:
            endpoint: The service.
            key: The key that is sent.
            seconds: Limit for each answer, from the first byte sent to the last byte received. Each new text of a
                stream extends it, up to ``PATIENCE_WITH_STREAM`` times that limit.
            retries: Tries after the first; none once an answer has begun, or the time is over: it may be charged.
            stop: Ends the running requests.
            live: Reads the bytes of the answer as they come.
            pace: That of all requests to the service; None for one of its own.

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
            raise ModelError(str(error), kind="unreachable") from None
        self._endpoint, self._key, self._seconds = endpoint, key, seconds
        self._retries, self._stop, self._live = retries, stop, live
        self._pace = pace or Pace()
        self.is_sent = False
        """Whether a request began to leave: one that never did costs nothing."""
        self._has_begun = False

    def send(self, request: httpx2.Request, *, stream: bool = False, **options: Any) -> httpx2.Response:  # noqa: ARG002 - what openai-python hands through
        """Return the whole answer, decoded.

        Raises:
            ModelError: If it is larger than ``BODY_LIMIT``, decompressed, or its certificate is not trusted.
            Cancelled: If ``press`` was called.
            openai.APITimeoutError: If it takes longer than the limit.
        """
        self._stop.check()
        while (left := self._pace.seconds_left) > 0:
            self._stop.wait(min(left, _TICK))
        if not self._endpoint.gets_environment_key or (self._endpoint.plain and not self._endpoint.loopback):
            self._leave_out_environment(request)
        request.extensions = {**request.extensions, "trace": self._trace}
        limit = TimeLimit(self._seconds, self._stop.hang_up)
        try:
            with limit:
                response, body = self._read(request, options, limit)
        except (ModelError, Cancelled, openai.OpenAIError):
            raise
        except Exception as error:
            self._stop.check()
            if limit.is_over:
                raise openai.APITimeoutError(request=request) from None
            if failure := self._failure(request, error):
                raise failure from None
            raise
        # nothing else of them: a charset names any codec of Python, and a value beyond ASCII cannot be copied
        headers = {"x-should-retry": "false"} if response.headers.get("x-should-retry") == "false" else {}
        wait = _seconds_to_wait(response.headers)
        tries = int(request.headers.get("x-stainless-retry-count", "0"))
        text = body[:_REFUSAL].decode("utf-8", "replace") if response.status_code >= _FAULT else ""
        hopeless = any(
            complains(response.status_code, text) for complains in (complains_of_system, complains_of_pictures)
        )
        if hopeless or (wait or 0) > self._seconds:
            # the same failure again, or a wait that is too long for a person: openai-python obeys this header
            headers["x-should-retry"] = "false"
            headers[WAIT_HEADER] = str(wait or 0)
        elif _is_retried(response.status_code) and tries < self._retries:
            # here, as openai-python's own sleep cannot be ended
            self._wait(_BACKOFF * 2**tries if wait is None else wait, response.status_code)
            headers["retry-after-ms"] = "1"
        return type(response)(response.status_code, headers=headers, content=body, request=request)

    def _failure(self, request: httpx2.Request, error: Exception) -> Exception | None:
        """Return what is raised for an error of the network; None for the error itself."""
        if request.method == "POST":  # it may be charged, so openai-python must not send it again
            if type(error).__name__ == "ReadTimeout":
                return openai.APITimeoutError(request=request)
            if self._has_begun:
                damage = type(error).__name__ == "DecodingError"
                problem = "damaged its answer" if damage else "ended the connection before its answer was complete"
                return ModelError(f"{request.url.host} {problem}; ask again.", kind="timeout")
        sentence = network_problem(self._endpoint.url, error)
        return ModelError(sentence, kind=self.failure_kind) if sentence else None

    @property
    def failure_kind(self) -> str:
        """The kind of a failure of the network: ``unreachable`` if nothing was sent, else ``network``."""
        return "network" if self.is_sent else "unreachable"

    def _trace(self, event: str, info: dict[str, Any]) -> None:
        if event.endswith("send_request_headers.started"):
            self.is_sent = True
        self._stop.trace(event, info)

    def _read(
        self, request: httpx2.Request, options: dict[str, Any], limit: TimeLimit
    ) -> tuple[httpx2.Response, bytes]:
        latest = time.monotonic() + PATIENCE_WITH_STREAM * self._seconds
        response = super().send(request, stream=True, **options)
        refuse_nested_compression(response, request.url.host)
        self._has_begun = response.is_success
        body = bytearray()
        live = self._live if response.is_success else None
        if live is not None:
            live.begin()
        try:
            for chunk in response.iter_bytes():
                body += chunk
                size = live.size if live else 0
                if live:
                    live.feed(chunk)
                most = STREAM_LIMIT if live and live.chunks else BODY_LIMIT
                if len(body) > most:
                    msg = f"{request.url.host} sent more than {most:,} bytes, too long for a caption; try another."
                    raise ModelError(msg)
                if live and live.is_over:  # some services keep the connection open
                    break
                if live and live.size > size:
                    limit.end = min(time.monotonic() + self._seconds, latest)
                if limit.is_over:
                    raise openai.APITimeoutError(request=request)
        finally:
            response.close()
        self._stop.check()
        return response, bytes(body)

    def _wait(self, seconds: float, status: int) -> None:
        """Wait before the next try, and report how long that takes; ``Stop.press`` ends it."""
        problem = "is busy" if status == HTTPStatus.TOO_MANY_REQUESTS else "has a failure"
        self._pace.hold(seconds)
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if seconds >= _SHORTEST_REPORT:
                report_wait(f"{self._endpoint.host} {problem}; trying again in {duration(left)}.")
            self._stop.wait(min(left, _TICK))

    def _leave_out_environment(self, request: httpx2.Request) -> None:
        """Send the key of this address alone: ``OPENAI_CUSTOM_HEADERS`` and the like may hold others."""
        for name in list(request.headers):
            if name not in _HEADERS and not name.startswith("x-stainless-"):
                del request.headers[name]
        request.headers["authorization"] = f"Bearer {self._key}"


def refuse_nested_compression(response: httpx2.Response, host: str) -> None:
    """Refuse an answer that is compressed more than once: a few bytes may become gigabytes before they are counted.

    Raises:
        ModelError: If it is.
    """
    if "," in response.headers.get("content-encoding", ""):
        response.close()
        msg = f"{host} sent an answer that is compressed several times, which is not read; try another."
        raise ModelError(msg)


def _is_retried(status: int) -> bool:
    """Return whether openai-python tries again after a status."""
    return status in {408, 409, 429} or status >= _FAULT


def _seconds_to_wait(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that a service asks to wait, None if it does not."""
    try:
        seconds = float(headers.get("retry-after-ms", "")) / 1000
    except ValueError:
        seconds = math.nan
    return seconds if 0 <= seconds < math.inf else seconds_to_wait(headers)
