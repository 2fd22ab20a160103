"""The exceptions of HTTP requests: one class and one sentence for each."""

from __future__ import annotations

import math

from chatearthnet_explorer.errors import ArchiveError

CLIENT_ERROR, SERVER_ERROR, NOT_IMPLEMENTED = 400, 500, 501
TOO_MANY_REQUESTS = 429

_SENTENCES = {
    **dict.fromkeys((401, 403), "may not be read ({status}): its server asks for permission; use another server."),
    **dict.fromkeys((404, 410), "is not there ({status}); check the address."),
}
_CUT_SHORT = "ends before the part that was requested ({status}); it is cut short, so use another server."
_PROXY_LOGIN = "The proxy asks for a user and password (407); write them into HTTP_PROXY as http://user:password@host."


class HttpError(ArchiveError):
    """A request got no usable answer. The text holds no password, no query and no key."""

    status = 0
    """Status of the answer; 0 where there was none, or where its status is not the problem."""


class UnsafeAddressError(HttpError):
    """An address to which nothing is sent: not on the web, in a private network, unencrypted, or in a circle."""


class UnreachableError(HttpError):
    """A server cannot be found or reached, hangs up, or does not answer in time."""

    temporary = False
    """Whether the next try may go better."""


class BusyError(HttpError):
    """A server is busy, or asks for a retry later."""


class RefusedError(HttpError):
    """A server refuses a request: it would refuse the same request again."""


class AbsentError(RefusedError):
    """A server does not have the file (404)."""


class RangeError(RefusedError):
    """A server does not understand the byte range, or has nothing there."""


class NoRangesError(RefusedError):
    """A server sends a file whole or not at all."""


def is_busy(status: int) -> bool:
    """Return whether the same request may succeed a little later."""
    return status == TOO_MANY_REQUESTS or (status >= SERVER_ERROR and status != NOT_IMPLEMENTED)


def refusal(subject: str, status: int, *, is_range: bool) -> RefusedError:
    """Return the error for a status that a second try does not change.

    Args:
        subject: What was requested, as the sentence begins: a public address, or a host.
        status: Status of the answer.
        is_range: Whether a part of a file was requested.
    """
    kind, text = RefusedError, "could not be read: the server answered {status}; check the address."
    if status in {404, 410}:
        kind = AbsentError
    elif is_range and status in {400, 416, 501}:
        kind, text = RangeError, _CUT_SHORT
    error = kind(f"{subject} {_SENTENCES.get(status, text).format(status=status)}" if status != 407 else _PROXY_LOGIN)  # noqa: PLR2004 - Proxy Authentication Required
    error.status = status
    return error


def busy_error(subject: str, status: int, seconds: float | None) -> BusyError:
    """Return the error of a busy server, with the seconds until a retry is allowed; None if it does not say."""
    if seconds is not None:
        text = f"is busy ({status}) and asks to wait {duration(seconds)}; try again then."
    elif status in {TOO_MANY_REQUESTS, 503}:
        text = f"is busy ({status}); wait a minute and try again."
    else:
        text = f"has a server error ({status}); try again later."
    error = BusyError(f"{subject} {text}")
    error.status = status
    return error


def slow_error(subject: str) -> UnreachableError:
    """Return the error of a server that takes too long."""
    error = UnreachableError(f"{subject} did not answer in time; try again later.")
    error.temporary = True
    return error


def lost_error(subject: str) -> UnreachableError:
    """Return the error of a connection that could not be made, or broke off."""
    error = UnreachableError(
        f"{subject} could not be reached, or its server hung up; check the connection and try again."
    )
    error.temporary = True
    return error


def duration(seconds: float) -> str:
    """Return a time in words, rounded up."""
    if seconds <= 100:  # noqa: PLR2004 - up to here people count in seconds
        return f"{max(math.ceil(seconds), 1)} s"
    minutes = math.ceil(seconds / 60)
    return f"{minutes} minutes" if minutes <= 100 else f"{math.ceil(minutes / 60)} hours"  # noqa: PLR2004 - likewise
