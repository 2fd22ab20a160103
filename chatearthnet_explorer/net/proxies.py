"""Choose the proxy and the certificates of a request, for every library that sends one."""

from __future__ import annotations

import ipaddress
import os
import re
import ssl
import urllib.request
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from chatearthnet_explorer.errors import SettingError
from chatearthnet_explorer.net.addresses import host_of, is_web_address
from chatearthnet_explorer.net.private_networks import is_loopback

if TYPE_CHECKING:
    from collections.abc import Iterator

CERTIFICATE_VARIABLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""Environment variables that name a file (or folder) of certificates to trust beside the system's; all are read."""

_LARGEST_BUNDLE = 10_000_000
_SEPARATORS = re.compile(r"[,\s]+")
_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
_DER = b"0\x82"  # how a certificate of more than 255 bytes starts in binary form
_LOGIN = "write user and password into HTTPS_PROXY as http://user:password@host:port."
# what http.client, and httpx, write where a proxy refuses a tunnel
_TUNNEL = re.compile(r"(?:Tunnel connection failed: |^)([45]\d\d)\b")
_CONNECT_ERRORS = {"ProxyError", "ConnectError"}  # of urllib3 and httpx
_PORTS = {"http": 80, "https": 443}


def proxy_for(address: str) -> str | None:
    """Return the proxy to ask for an address, as ``http://user:password@host:port``; None for no proxy.

    ``HTTP_PROXY``, ``HTTPS_PROXY``, ``ALL_PROXY`` and ``NO_PROXY`` are read, in lower case first, and where none is
    set, the settings of Windows or macOS. Requests to this computer never use a proxy.

    Args:
        address: An http or https address; call again for the target of a redirect.

    Raises:
        SettingError: If the proxy is none that can be used; the text holds no password.
    """
    parts = urlsplit(address)
    host = (parts.hostname or "").rstrip(".")
    if not host or is_loopback(host):
        return None
    port = parts.port or _PORTS.get(parts.scheme)
    proxies = urllib.request.getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if not proxy or _is_excluded(host, port, proxies.get("no", "")) or urllib.request.proxy_bypass(host):
        return None
    proxy = proxy if "://" in proxy else f"http://{proxy}"
    if not is_web_address(proxy):
        msg = f"{parts.scheme.upper()}_PROXY or ALL_PROXY is not an http://host:port of a proxy; correct it."
        raise SettingError(msg)
    return proxy


def password_problem(address: str) -> str | None:
    """Return why an address is refused because its password would be sent unencrypted; None if it is not."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme != "http" or "@" not in parts.netloc or is_loopback(parts.hostname or ""):
        return None
    return f"The password for {host_of(address)} would travel unencrypted, so nothing was sent; use an https address."


def ssl_context() -> ssl.SSLContext:
    """Return what checks certificates, by the authorities of the system, certifi and ``CERTIFICATE_VARIABLES``.

    Raises:
        SettingError: If a variable names a file that is not there or holds no certificate.
    """
    return _ssl_context(_certificates())


def is_certificate_error(error: BaseException) -> bool:
    """Return whether an error of any library is caused by an untrusted certificate."""
    return any(isinstance(cause, ssl.SSLCertVerificationError) for cause in error_chain(error))


def network_problem(address: str, error: BaseException) -> str | None:
    """Return the sentence for an error that a certificate or the proxy caused; None for any other cause.

    Args:
        address: The requested address.
        error: What urllib3 or httpx raised; its causes are looked at as well.
    """
    try:
        host, proxy = host_of(address), proxy_for(address)
    except ValueError:  # not an address at all; SettingError is a ValueError as well
        return None
    if is_certificate_error(error):
        return (
            f"The certificate of {host} is not trusted; where a company's proxy reads along, set SSL_CERT_FILE to "
            "the file of its certificate, else check the address."
        )
    causes = list(error_chain(error))
    if proxy is None or not any(type(cause).__name__ in _CONNECT_ERRORS for cause in causes):
        return None
    status = next((match.group(1) for cause in causes if (match := _TUNNEL.search(str(cause)))), "")
    answer = f" (it answered {status})" if status else ""
    advice = _LOGIN if status == "407" else "check HTTP_PROXY, HTTPS_PROXY and NO_PROXY."
    return f"The proxy {host_of(proxy)} did not lead to {host}{answer}; {advice}"


def _is_excluded(host: str, port: int | None, no_proxy: str) -> bool:
    """Return whether ``NO_PROXY`` names a host: itself, a domain above it, or a network that holds its address."""
    for one in filter(None, _SEPARATORS.split(no_proxy.lower())):
        name, _, of_port = one.partition(":") if one.count(":") == 1 else (one, "", "")
        if of_port and of_port != str(port):
            continue
        name = name.strip("[]").removeprefix("*").lstrip(".")
        if one == "*" or host == name or (name and host.endswith(f".{name}")):
            return True
        try:
            if ipaddress.ip_address(host) in ipaddress.ip_network(name, strict=False):
                return True
        except ValueError:
            continue
    return False


def _certificates() -> str:
    """Return the certificates to trust beside the system's, as PEM: those of ``CERTIFICATE_VARIABLES``, or ``""``.

    Raises:
        SettingError: If a variable names a file that is not there or holds no certificate.
    """
    variables = {os.environ.get(name): name for name in reversed(CERTIFICATE_VARIABLES)}
    return "".join(_pem_of(name, Path(path).expanduser()) for path, name in variables.items() if path)


def _pem_of(variable: str, path: Path) -> str:
    try:
        return _pem_at(variable, path, path.stat().st_mtime_ns)
    except OSError as error:
        msg = f"{variable} names {path}, which cannot be read ({error.strerror}); correct it or unset it."
        raise SettingError(msg) from error


@lru_cache(maxsize=8)
def _pem_at(variable: str, path: Path, _mtime: int) -> str:
    files = sorted(one for one in path.iterdir() if one.is_file()) if path.is_dir() else [path]
    if sum(one.stat().st_size for one in files) > _LARGEST_BUNDLE:
        msg = f"{variable} names {path}, which is too large for certificates; correct it."
        raise SettingError(msg)
    contents = [one.read_bytes() for one in files]
    pem = "".join(
        ssl.DER_cert_to_PEM_cert(content) if content.startswith(_DER) else _pem_in(content) for content in contents
    )
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=pem)
    except (ssl.SSLError, ValueError) as error:
        msg = f"{variable} names {path}, which holds no certificate; give a PEM file, or unset it."
        raise SettingError(msg) from error
    return pem


def _pem_in(content: bytes) -> str:
    return "".join(f"{match.group().decode('ascii', 'replace')}\n" for match in _PEM.finditer(content))


@lru_cache(maxsize=4)
def _ssl_context(pem: str) -> ssl.SSLContext:
    context = ssl.create_default_context()
    try:
        import certifi
    except ImportError:
        pass
    else:
        context.load_verify_locations(certifi.where())
    if pem:
        context.load_verify_locations(cadata=pem)
    return context


def error_chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and the errors that it wraps: as its cause, context, ``reason`` or first argument."""
    waiting: list[object] = [error]
    ids: set[int] = set()
    while waiting:
        one = waiting.pop()
        if isinstance(one, BaseException) and id(one) not in ids:
            ids.add(id(one))
            yield one
            waiting += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args[:1]]
