"""Web addresses: what may be printed of one, with whose permission it is asked, and where it may lead."""

from __future__ import annotations

from urllib.parse import unquote, urljoin, urlsplit

from chatearthnet_explorer.errors import ArchiveError
from chatearthnet_explorer.net.proxies import is_local, password_problem


def shown(address: str) -> str:
    """Return an address as it may be printed: without user, password, query and fragment."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "The address"
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"[:300]


def below(address: str, name: str) -> str:
    """Return the address of a file in the folder that an address names; a query, such as a signature, is kept."""
    folder, mark, query = address.partition("?")
    return f"{folder.rstrip('/')}/{name}{mark}{query}"


def with_path(address: str) -> str:
    """Return an address with at least a slash behind its host, without which some proxies do not know what is meant."""
    parts = urlsplit(address)
    return address if parts.path else parts._replace(path="/").geturl()


def checked(address: str) -> tuple[str, dict[str, str]]:
    """Return the address without its user, and the headers that speak for that user."""
    try:
        parts = urlsplit(address)
        web = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        web = False
    if not web:
        msg = f"{address[:80].partition('?')[0].rpartition('@')[2]!r} is no http or https address; correct it."
        raise ArchiveError(msg)
    user, at, host = parts.netloc.rpartition("@")
    if not at:
        return with_path(address), {}
    if sentence := password_problem(address):
        raise ArchiveError(sentence)
    import urllib3  # noqa: PLC0415 - not needed for files on this computer

    return with_path(parts._replace(netloc=host).geturl()), urllib3.make_headers(basic_auth=unquote(user))


def redirected(address: str, location: str, headers: dict[str, str]) -> tuple[str, dict[str, str]]:
    """Return where an answer leads, and the headers that may go there: a password stays with its own server.

    Raises:
        ArchiveError: If that is no web address, one without encryption after one with, or one of a private network
            after a public one.
    """
    try:
        old, new = urlsplit(address), urlsplit(urljoin(address, location))
        usable = new.scheme in {"http", "https"} and bool(new.hostname) and (new.port or 1) > 0
    except ValueError:
        usable = False
    if not usable:
        msg = f"{shown(address)} leads to something that is no web address, so it was not read; use another server."
        raise ArchiveError(msg)
    if (old.scheme, new.scheme) == ("https", "http"):
        msg = f"{shown(address)} leads to an address without encryption, so it was not read; use another server."
        raise ArchiveError(msg)
    if is_local(new.hostname or "") and not is_local(old.hostname or ""):
        msg = f"{shown(address)} leads into a private network, so it was not read; use another server."
        raise ArchiveError(msg)
    new = new._replace(netloc=new.netloc.rpartition("@")[2])
    same = (old.scheme, old.netloc) == (new.scheme, new.netloc)
    return with_path(new.geturl()), headers if same else {name: one for name, one in headers.items() if name == "Range"}
