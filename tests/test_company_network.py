"""Behind a company's proxy and certificate: the release, catalogues, rasters and models, each by its own library."""

from __future__ import annotations

import asyncio
import json
import ssl
import subprocess
import sys
import time
import zipfile
from typing import TYPE_CHECKING

import pytest
import trustme
from rig.proxy import Proxy
from rig.range_server import Fault, RangeServer

from chatearthnet_explorer.captioners.service.endpoint import PLACEHOLDER, Endpoint
from chatearthnet_explorer.captioners.service.model_http import BoundedClient, Stop
from chatearthnet_explorer.errors import ArchiveError, ExplorerError, ModelError
from chatearthnet_explorer.net.http_client import request
from chatearthnet_explorer.net.proxies import CERTIFICATE_VARIABLES
from chatearthnet_explorer.net.response_bodies import body_of
from chatearthnet_explorer.net.service_addresses import SIGNER
from chatearthnet_explorer.sources.stac import sas_tokens
from chatearthnet_explorer.sources.stac.raster_http import RasterFile
from chatearthnet_explorer.sources.stac.stac_http import read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

CONTENT = b"II*\0" + b"content of a file" * 10
NAME = "files.example.test"
PATH = "/file.tif?sig=topsecret"
LOGIN = "user:topsecret"


def _by_release(address: str) -> bytes:
    return request(address, body_of(1000), span=f"0-{len(CONTENT) - 1}")


def _by_catalogue(address: str) -> bytes:
    return read(address, deadline=time.monotonic() + 20).body


def _by_raster(address: str) -> bytes:
    file = RasterFile(address)
    (content,) = asyncio.run(file.get_ranges_async(file.path, starts=[0], lengths=[len(CONTENT)]))
    return bytes(content)


def _by_model(address: str) -> bytes:
    endpoint = Endpoint(url=address, host=NAME, loopback=False, near=True)
    with BoundedClient(endpoint, key=PLACEHOLDER, seconds=20, retries=0, stop=Stop()) as client:
        try:
            return bytes(client.get(address).content)
        except ExplorerError:
            raise
        except Exception as error:
            msg = "What openai-python makes of its HTTP client's own errors."
            raise ModelError(msg) from error


WAYS = [_by_release, _by_catalogue, _by_raster, _by_model]
every_way = pytest.mark.parametrize("ask", WAYS, ids=lambda way: way.__name__)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """The company's own certificate authority."""
    return trustme.CA()


@pytest.fixture(scope="module")
def bundle(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("company") / "company.pem"
    authority.cert_pem.write_to_path(path)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "file.tif").write_bytes(CONTENT)
    return tmp_path


@pytest.fixture
def plain(folder: Path) -> Iterator[RangeServer]:
    with RangeServer(folder) as server:
        yield server


@pytest.fixture
def secure(folder: Path, authority: trustme.CA) -> Iterator[RangeServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(NAME, "127.0.0.1", "localhost").configure_cert(context)
    with RangeServer(folder, tls=context) as server:
        yield server


def _set_proxies(monkeypatch: pytest.MonkeyPatch, proxy: Proxy, *, upper: bool = True) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name if upper else name.lower(), proxy.url)


@every_way
@pytest.mark.parametrize("upper", [True, False])
def test_plain_http_goes_through_proxy(
    ask: Callable[[str], bytes], plain: RangeServer, monkeypatch: pytest.MonkeyPatch, *, upper: bool
) -> None:
    with Proxy(plain.port, login=LOGIN) as proxy:
        _set_proxies(monkeypatch, proxy, upper=upper)
        assert ask(f"http://{NAME}{PATH}") == CONTENT
        assert {(one.method, one.target) for one in proxy.log} == {("GET", f"http://{NAME}{PATH}")}


@pytest.mark.parametrize("ask", WAYS[:3], ids=lambda way: way.__name__)
@pytest.mark.parametrize("query", ["", "?a=1"])
def test_address_without_path_gets_one(
    ask: Callable[[str], bytes], query: str, plain: RangeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain.fail("/", Fault(body=CONTENT))
    with Proxy(plain.port) as proxy:
        _set_proxies(monkeypatch, proxy)
        assert ask(f"http://{NAME}{query}") == CONTENT
        assert {one.target for one in proxy.log} == {f"http://{NAME}/{query}"}


@every_way
@pytest.mark.parametrize("variable", CERTIFICATE_VARIABLES)
def test_https_goes_through_tunnel_with_company_certificate(
    ask: Callable[[str], bytes], secure: RangeServer, bundle: Path, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, str(bundle))
    with Proxy(secure.port, login=LOGIN) as proxy:
        _set_proxies(monkeypatch, proxy)
        assert ask(f"https://{NAME}{PATH}") == CONTENT
        assert {(one.method, one.target) for one in proxy.log} == {("CONNECT", f"{NAME}:443")}
    assert secure.requests == 1


@every_way
def test_names_the_certificate_where_it_is_not_trusted(
    ask: Callable[[str], bytes], secure: RangeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for direct in (True, False):
        with Proxy(secure.port) as proxy:
            if not direct:
                _set_proxies(monkeypatch, proxy)
            with pytest.raises(ExplorerError) as error:
                ask(f"{secure.url if direct else f'https://{NAME}'}{PATH}")
        host = f"127.0.0.1:{secure.port}" if direct else NAME
        assert str(error.value) == (
            f"The certificate of {host} is not trusted; where a company's proxy reads along, set SSL_CERT_FILE to the "
            "file of its certificate, else check the address."
        )


@every_way
def test_refuses_certificate_of_another_host(
    ask: Callable[[str], bytes], secure: RangeServer, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    with Proxy(secure.port) as proxy:
        _set_proxies(monkeypatch, proxy)
        with pytest.raises(ExplorerError, match=r"certificate of other\.example\.test is not trusted"):
            ask(f"https://other.example.test{PATH}")


@every_way
@pytest.mark.parametrize("form", ["folder", "der", "with text", "with another"])
def test_reads_certificates_in_every_usual_form(
    ask: Callable[[str], bytes],
    form: str,
    secure: RangeServer,
    bundle: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / "company"
    pem = bundle.read_text("utf-8")
    if form == "folder":
        path.mkdir()
        (path / "company.crt").write_text(pem, "utf-8")
        (path / "README").write_text("Certificates of the company.\n", "utf-8")
    elif form == "der":
        path.write_bytes(ssl.PEM_cert_to_DER_cert(pem))
    elif form == "with text":
        path.write_text(f"# Prüfstelle der Firma\n\n{pem}\n", "utf-8")
    else:
        path.write_bytes(trustme.CA().cert_pem.bytes() + bundle.read_bytes())
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    assert ask(f"{secure.url}{PATH}") == CONTENT


@every_way
def test_reaches_this_computer_without_proxy(
    ask: Callable[[str], bytes], plain: RangeServer, secure: RangeServer, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    with Proxy(plain.port, refusal=503) as proxy:
        _set_proxies(monkeypatch, proxy)
        _set_proxies(monkeypatch, proxy, upper=False)
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        monkeypatch.setenv("NO_PROXY", "")
        for server in (plain, secure):
            for host in ("127.0.0.1", "localhost"):
                assert ask(f"{server.url.replace('127.0.0.1', host)}{PATH}") == CONTENT
        assert proxy.log == []


@every_way
def test_reaches_hosts_of_no_proxy_without_proxy(
    ask: Callable[[str], bytes], plain: RangeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Proxy(plain.port) as proxy:
        _set_proxies(monkeypatch, proxy)
        monkeypatch.setenv("NO_PROXY", "other.example, .example.test")
        with pytest.raises(ExplorerError):  # nobody but the proxy knows the name
            ask(f"http://{NAME}:1{PATH}")
        assert proxy.log == []


@every_way
@pytest.mark.parametrize("status", [407, 403, 502])
def test_names_a_proxy_that_refuses_the_tunnel(
    ask: Callable[[str], bytes], status: int, secure: RangeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Proxy(secure.port, login=LOGIN, refusal=status) as proxy:
        _set_proxies(monkeypatch, proxy)
        with pytest.raises(ExplorerError) as error:
            ask(f"https://{NAME}{PATH}")
        sentence = str(error.value)
        assert sentence.startswith(f"The proxy {proxy.url.rpartition('@')[2]} did not lead to {NAME}")
        assert "topsecret" not in sentence
        assert secure.requests == 0


@every_way
def test_names_a_proxy_that_is_not_there(ask: Callable[[str], bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://{LOGIN}@127.0.0.1:9")
    with pytest.raises(ExplorerError, match=rf"The proxy 127\.0\.0\.1:9 did not lead to {NAME}") as error:
        ask(f"https://{NAME}{PATH}")
    assert "topsecret" not in str(error.value)


@every_way
def test_names_the_variable_that_cannot_be_used(
    ask: Callable[[str], bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"socks5://{LOGIN}@127.0.0.1:9")
    with pytest.raises(ExplorerError, match=r"HTTPS_PROXY .*; correct it\.") as error:
        ask(f"https://{NAME}{PATH}")
    assert "topsecret" not in str(error.value)
    monkeypatch.delenv("HTTPS_PROXY")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "none.pem"))
    with pytest.raises(ExplorerError, match=r"REQUESTS_CA_BUNDLE names .*none\.pem, which cannot be read"):
        ask(f"https://{NAME}{PATH}")


@pytest.mark.parametrize("ask", WAYS[:1], ids=lambda way: way.__name__)
@pytest.mark.parametrize("host", [NAME, "10.0.0.1", "intranet"])
def test_password_does_not_travel_unencrypted_to_another_computer(
    ask: Callable[[str], bytes], host: str, plain: RangeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Proxy(plain.port) as proxy:
        _set_proxies(monkeypatch, proxy)
        with pytest.raises(ExplorerError, match=rf"The password for {host} would travel unencrypted") as error:
            ask(f"http://user:topsecret@{host}/file.tif")
        assert "topsecret" not in str(error.value)
        assert proxy.log == []
    with_password = plain.url.replace("http://", "http://user:pass@")
    assert ask(f"{with_password}/file.tif") == CONTENT
    assert plain.log[-1].authorization == "Basic dXNlcjpwYXNz"


def test_reads_signatures_through_tunnel_with_company_certificate(
    folder: Path, authority: trustme.CA, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(SIGNER).configure_cert(context)
    monkeypatch.setattr(sas_tokens, "_tokens", {})
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    answer = {"msft:expiry": "2100-01-01T00:00:00Z", "token": "sig=1"}
    href = "https://sentinel2l2a01.blob.core.windows.net/sentinel2-l2/a.tif"
    with RangeServer(folder, tls=context) as server, Proxy(server.port) as proxy:
        server.fail("/api/sas/v1/token/sentinel2l2a01/sentinel2-l2", Fault(body=json.dumps(answer).encode()))
        _set_proxies(monkeypatch, proxy)
        assert sas_tokens.sign_href(href, seconds=20) == f"{href}?sig=1"
        assert {one.target for one in proxy.log} == {f"{SIGNER}:443"}


def test_redirect_from_outside_into_a_private_network_is_not_followed(
    plain: RangeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Proxy(plain.port) as proxy:
        _set_proxies(monkeypatch, proxy)
        for place in (plain.url, "http://10.0.0.1", "http://169.254.169.254/latest", "http://[fe80::1]"):
            plain.fail("/away", Fault(status=302, location=f"{place}/file.tif"))
            plain.reset()
            with pytest.raises(ArchiveError, match="lies in a private network"):
                _by_release(f"http://{NAME}/away?sig=topsecret")
            assert plain.requests == 1


def test_redirect_uses_proxy_of_its_own_address(plain: RangeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    plain.fail("/away", Fault(status=302, location="http://store.example.test/file.tif"))
    with Proxy(plain.port) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        for ask in (_by_release, _by_catalogue):
            assert ask(f"http://{NAME}/away") == CONTENT
        assert [one.target for one in proxy.log] == [*(f"http://{NAME}/away", "http://store.example.test/file.tif") * 2]
        monkeypatch.setenv("NO_PROXY", "store.example.test")
        for ask in (_by_release, _by_catalogue):
            with pytest.raises(ExplorerError):
                ask(f"http://{NAME}/away")
        assert {one.target for one in proxy.log[4:]} == {f"http://{NAME}/away"}


def test_redirect_away_from_https_is_not_followed(
    secure: RangeServer, plain: RangeServer, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    secure.fail("/away", Fault(status=302, location=f"{plain.url}/file.tif"))
    with pytest.raises(ArchiveError, match="redirects to an address without encryption"):
        _by_release(f"{secure.url}/away")
    assert plain.requests == 0


def test_command_builds_a_catalog_through_the_proxy(plain: RangeServer, folder: Path) -> None:
    entries = [{"image": "1_1_patch00.png", "caption": "Trees cover most of it."}]
    with zipfile.ZipFile(folder / "json_files.zip", "w") as archive:
        for style in ("35", "4v"):
            for split in ("train", "val", "test"):
                archive.writestr(f"json_files/ChatEarthNet_caps_{style}_{split}.json", json.dumps(entries))
    with Proxy(plain.port, login=LOGIN) as proxy:
        program = "from chatearthnet_explorer.cli import main; main()"
        result = subprocess.run(
            [sys.executable, "-c", program, "catalog", "build", f"http://{NAME}/", str(folder / "catalog")],
            env={"PATH": "", "HOME": str(folder), "HTTP_PROXY": proxy.url, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == 0, result.stderr
        assert "topsecret" not in result.stdout + result.stderr
        assert {one.target for one in proxy.log} >= {f"http://{NAME}/json_files.zip"}
