"""Proxies and certificates: the same answer for every library, this computer never through a proxy."""

import ssl
from pathlib import Path

import pytest

from chatearthnet_explorer.errors import SettingError
from chatearthnet_explorer.net.addresses import host_of
from chatearthnet_explorer.net.private_networks import is_loopback
from chatearthnet_explorer.net.proxies import (
    CERTIFICATE_VARIABLES,
    network_problem,
    password_problem,
    proxy_for,
    ssl_context,
)

PROXY = "http://user:secret@proxy.example:3128"


@pytest.mark.parametrize("upper", [True, False])
def test_reads_proxy_of_scheme_in_either_case(monkeypatch: pytest.MonkeyPatch, *, upper: bool) -> None:
    for name, value in {"http_proxy": "http://plain.example:1", "https_proxy": "http://secure.example:2"}.items():
        monkeypatch.setenv(name.upper() if upper else name, value)
    assert proxy_for("http://files.example/a") == "http://plain.example:1"
    assert proxy_for("https://files.example/a") == "http://secure.example:2"


def test_takes_all_proxy_where_scheme_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "proxy.example:3128")
    assert proxy_for("https://files.example") == "http://proxy.example:3128"
    monkeypatch.setenv("HTTPS_PROXY", PROXY)
    assert proxy_for("https://files.example") == PROXY
    assert host_of(PROXY) == "proxy.example:3128"


def test_uses_no_proxy_where_none_is_set() -> None:
    assert proxy_for("https://files.example") is None


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.8.9.1", "localhost", "LOCALHOST.", "a.localhost", "[::1]", "[::ffff:127.0.0.1]"],
)
def test_never_uses_proxy_for_this_computer(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, PROXY)
    assert is_loopback(host)
    assert proxy_for(f"http://{host}:8000/v1") is None
    assert proxy_for(f"https://{host}/v1") is None


@pytest.mark.parametrize(
    "host", ["localhost.example", "128.0.0.1", "10.0.0.1", "notlocalhost", "[::2]", "127.0.0.1.example"]
)
def test_other_hosts_are_not_taken_for_this_computer(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    monkeypatch.setenv("HTTP_PROXY", PROXY)
    assert proxy_for(f"http://{host}/") == PROXY


@pytest.mark.parametrize(
    ("no_proxy", "address"),
    [
        ("*", "https://anything.example"),
        ("files.example", "https://files.example/a"),
        ("example", "https://deep.files.example"),
        (".files.example", "https://a.files.example"),
        ("*.files.example", "https://a.files.example"),
        ("other.example, files.example", "https://FILES.example"),
        ("files.example:8443", "https://files.example:8443/a"),
        ("files.example:443", "https://files.example/a"),
        ("10.0.0.0/8", "https://10.20.30.40/a"),
        ("fd00::/8", "https://[fd00::1]/a"),
        ("192.168.1.7", "https://192.168.1.7:444"),
    ],
)
@pytest.mark.parametrize("variable", ["NO_PROXY", "no_proxy"])
def test_excludes_hosts_of_no_proxy(
    monkeypatch: pytest.MonkeyPatch, variable: str, no_proxy: str, address: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", PROXY)
    assert proxy_for(address) == PROXY
    monkeypatch.setenv(variable, no_proxy)
    assert proxy_for(address) is None
    assert proxy_for("https://zenodo.org") == (None if no_proxy == "*" else PROXY)


@pytest.mark.parametrize(
    ("no_proxy", "address"),
    [
        ("files.example", "https://otherfiles.example"),
        ("files.example:8443", "https://files.example"),
        ("10.0.0.0/8", "https://11.0.0.1"),
        (".", "https://files.example"),
        (",, ", "https://files.example"),
    ],
)
def test_hosts_unlike_those_of_no_proxy_go_through_the_proxy(
    monkeypatch: pytest.MonkeyPatch, no_proxy: str, address: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", PROXY)
    monkeypatch.setenv("NO_PROXY", no_proxy)
    assert proxy_for(address) == PROXY


@pytest.mark.parametrize(
    "proxy", ["socks5://user:secret@proxy.example:1080", "http://", "http://user:secret@proxy.example:x"]
)
def test_refuses_unusable_proxy_without_its_password(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(SettingError, match="HTTPS_PROXY") as error:
        proxy_for("https://zenodo.org")
    assert "secret" not in str(error.value)


@pytest.mark.parametrize("variable", CERTIFICATE_VARIABLES)
def test_refuses_certificate_file_that_is_missing_or_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str
) -> None:
    path = tmp_path / "company.pem"
    monkeypatch.setenv(variable, str(path))
    with pytest.raises(SettingError, match=f"{variable} names .*company.pem, which cannot be read"):
        ssl_context()
    path.write_text("no certificate\n", "utf-8")
    with pytest.raises(SettingError, match=f"{variable} names .*company.pem, which holds no certificate"):
        ssl_context()


def test_trusts_the_system_alone_without_variables() -> None:
    context = ssl_context()
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context is ssl_context()


def test_has_no_sentence_for_text_that_is_not_an_address() -> None:
    error = ssl.SSLCertVerificationError("certificate verify failed")
    assert network_problem("http://[", error) is None
    assert password_problem("http://user:secret@[") is None
    assert "certificate of files.example" in str(network_problem("https://files.example", error))
