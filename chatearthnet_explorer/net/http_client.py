"""The HTTP client of all sources: redirects, retries, rate limits, proxies and certificates."""

from __future__ import annotations

import math
import random
import time
from contextlib import closing
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urljoin, urlsplit

from chatearthnet_explorer.cancellation import checkpoint
from chatearthnet_explorer.errors import SettingError
from chatearthnet_explorer.net.addresses import host_of, is_web_address, public_address, split_login
from chatearthnet_explorer.net.http_errors import (
    UnreachableError,
    UnsafeAddressError,
    busy_error,
    is_busy,
    refusal,
    slow_error,
)
from chatearthnet_explorer.net.private_networks import check_host
from chatearthnet_explorer.net.proxies import password_problem, proxy_for, ssl_context
from chatearthnet_explorer.net.rate_limits import limit_of, seconds_to_wait
from chatearthnet_explorer.net.retries_and_timeouts import REDIRECTS, RELEASE, RequestLimits

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from chatearthnet_explorer.net.connections import Response

T = TypeVar("T")

_HEADERS = {"User-Agent": "chatearthnet_explorer", "Accept-Encoding": "identity"}
_MOVED_STATUSES = {301, 302, 303, 307, 308}
_SEE_OTHER = 303
_SUCCESS = {200, 206}


def request(
    address: str,
    take: Callable[[Response], T],
    *,
    limits: RequestLimits = RELEASE,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    span: str = "",
    subject: str = "",
    local: bool = True,
    deadline: float = math.inf,
) -> T:
    """Send a request, with retries, and return the result of reading its response.

    Args:
        address: An http or https address.
        take: Reads the answer, a 200 or 206; called again with the next answer when the connection breaks.
        limits: How often it is sent, and how long it may take.
        method: GET or POST.
        headers: Headers beside our own.
        body: What to post.
        span: Byte range, as ``Range: bytes=`` has it; empty for the whole file.
        subject: What sentences call it; empty for the public form of the address.
        local: See ``send``.
        deadline: When the answer must be complete, on the clock of ``time.monotonic``.

    Raises:
        HttpError: If there is no usable answer; its subclasses in ``http_errors`` give the reason.
        Cancelled: If the work was cancelled.
    """
    subject = subject or public_address(address)
    headers = {**(headers or {}), **({"Range": f"bytes={span}"} if span else {})}
    deadline = min(deadline, time.monotonic() + limits.seconds)
    delay = limits.pause
    for left in reversed(range(limits.tries)):
        try:
            response = send(
                method,
                address,
                headers=headers,
                limits=limits,
                body=body,
                subject=subject,
                local=local,
                deadline=deadline,
            )
            with closing(response):
                if not is_busy(response.status):
                    if response.status not in _SUCCESS:
                        raise refusal(subject, response.status, is_range=bool(span))
                    return take(response)
                _arrange_wait(response, delay, left, limits.patience)
        except UnreachableError as error:
            if not (left and limits.reconnects and error.temporary) or time.monotonic() + delay > deadline:
                raise
            time.sleep(delay * random.uniform(0.5, 1))  # noqa: S311 - so that not all come back at once
            checkpoint()
        delay *= 2
    raise AssertionError  # for mypy: the last try returns or raises


def send(
    method: str,
    address: str,
    *,
    headers: Mapping[str, str],
    limits: RequestLimits,
    local: bool = True,
    body: bytes | None = None,
    subject: str = "",
    deadline: float = math.inf,
    redirects: int = REDIRECTS,
) -> Response:
    """Send a request once and follow redirects; a POST stays a POST, with its body, unless the status is 303.

    Where ``local`` is False, and behind a redirect of a public server, an address of this computer, of a private
    network or of the link itself (where cloud services keep credentials) is refused before anything is sent: by what
    its name resolves to, and by where the connection leads in the end, so that a name that changes in between gets a
    connection and no request. Link-local addresses are refused always. Behind a proxy, which resolves names by itself,
    only addresses that are written as numbers are checked.

    Args:
        method: GET or POST.
        address: An http or https address, perhaps with user and password.
        headers: Headers beside our own; ``Authorization`` goes to the server of the address only.
        limits: Time-outs, and how long a rate limit is waited for.
        local: Whether the address may be one of this computer or its network: if a person set it, or if whoever gave it
            lies there as well.
        body: What to post.
        subject: What sentences call it; empty for the public form of the address.
        deadline: When the answer must be complete, on the clock of ``time.monotonic``.
        redirects: Redirects to follow.

    Returns:
        The response, with any status. The caller must close it.

    Raises:
        UnsafeAddressError: If it leads to a forbidden address.
        UnreachableError: If there is no answer, or the environment's proxy or certificates cannot be used.
        BusyError: If the server's rate limit asks for a longer wait than ``limits.patience``.
    """
    # only now: urllib3 is not needed for files on this computer
    from chatearthnet_explorer.net.connections import open_response

    subject = subject or public_address(address)
    if problem := password_problem(address):
        raise UnsafeAddressError(problem)
    address, login = split_login(address)
    headers = {**_HEADERS, **headers, **login}
    for _ in range(redirects + 1):
        check_host(urlsplit(address).hostname or "", local=local)
        seconds = deadline - time.monotonic()
        if seconds <= 0:
            raise slow_error(subject)
        limit = limit_of(address)
        limit.acquire(urlsplit(address).path, min(limits.patience, seconds))
        try:
            proxy, context = proxy_for(address), ssl_context()
        except SettingError as error:
            raise UnreachableError(str(error)) from None
        response = open_response(
            method,
            address,
            headers=headers,
            body=body,
            timeout=(min(limits.connect, seconds), min(limits.read, seconds)),
            proxy=proxy,
            context=context,
            local=local,
            subject=subject,
            deadline=deadline,
        )
        limit.learn(response.headers)
        target = response.headers.get("Location") if response.status in _MOVED_STATUSES else None
        if target is None:
            return response
        local = response.local
        response.close(drain=True)
        if response.status == _SEE_OTHER:
            method, body = "GET", None
        address, headers = redirect(address, target, headers)
    msg = f"{host_of(address)} redirects again and again; check its address."
    raise UnsafeAddressError(msg)


def redirect(address: str, target: str, headers: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """Return where a redirect leads, and the headers that may go there: a password stays with its own server.

    Raises:
        UnsafeAddressError: If that is not a web address, or one without encryption after one with.
    """
    try:
        there = urljoin(address, target)
    except ValueError:
        there = ""
    if not is_web_address(there):
        msg = f"{host_of(address)} redirects to something that is not on the web; check its address."
        raise UnsafeAddressError(msg)
    before, after = urlsplit(address), urlsplit(there)
    if before.scheme == "https" and after.scheme != "https":
        msg = (
            f"{host_of(address)} redirects to an address without encryption, which is not followed; check its address."
        )
        raise UnsafeAddressError(msg)
    there, _ = split_login(there)
    same = (before.scheme, before.hostname, before.port) == (after.scheme, after.hostname, after.port)
    return there, {name: value for name, value in headers.items() if same or name != "Authorization"}


def _arrange_wait(response: Response, delay: float, left: int, patience: float) -> None:
    """Keep further requests away from a busy server for as long as it asks.

    Raises:
        BusyError: If that is too long, or no try is left.
    """
    seconds = seconds_to_wait(response.headers)
    if seconds is not None or left:
        wait = delay if seconds is None else seconds
        limit_of(response.address).refuse(urlsplit(response.address).path, wait, patience=patience)
    if not left or (seconds or 0.0) > patience:
        raise busy_error(response.subject, response.status, seconds)
