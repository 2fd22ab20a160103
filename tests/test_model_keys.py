"""Where keys go and where they never go: other addresses, proxies, redirects, certificates that nobody vouches for."""

from __future__ import annotations

import json
import logging
import threading
from typing import TYPE_CHECKING, Any

import pytest
from data.label_maps import label_map
from rig.chat_server import AUTHORITY, TEXT, chat_server
from rig.forward_proxy import forward_proxy

from chatearthnet_explorer.captioners.chat import ChatCaptioner
from chatearthnet_explorer.captioners.service.endpoint import OPENAI, PLACEHOLDER, key_for, open_endpoint, same_address
from chatearthnet_explorer.chip import Chip
from chatearthnet_explorer.errors import Cancelled, KeyMissingError, ModelError
from chatearthnet_explorer.prompts.prompt import prompt_for
from chatearthnet_explorer.tile import Tile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from rig.chat_server import ChatServer

    from chatearthnet_explorer.caption import Caption

LABELS = label_map(1)
CHIP = Chip(tile=Tile(8192, 8192), source="file", labels=LABELS)
PROMPT = prompt_for(LABELS)
OWN, PAGE_KEY = "sk-owner-4f9c0a17e2b85d63", "sk-typed-0b1c2d3e4f5a6978"
FAR = "https://models.example.test/v1"
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
CERTIFICATES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*PROXIES, *CERTIFICATES, "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("OPENAI_API_KEY", OWN)


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with chat_server() as running:
        yield running


@pytest.fixture
def secure() -> Iterator[ChatServer]:
    with chat_server(tls=True) as running:
        yield running


def ask(base_url: str | None, **options: Any) -> Caption:
    return ChatCaptioner(**{"base_url": base_url, "timeout": 5, "retries": 0, **options}).caption(PROMPT, CHIP)


def test_the_environments_key_goes_to_whom_a_caller_names(server: ChatServer) -> None:
    ask(server.base_url)
    assert server.keys == [OWN]


def test_the_environments_key_never_goes_to_an_address_typed_on_a_page(server: ChatServer) -> None:
    ask(server.base_url, typed_address=True, ask_key=lambda: None)
    ask(server.base_url, typed_address=True, ask_key=lambda: PAGE_KEY)
    assert server.keys == [PLACEHOLDER, PAGE_KEY]
    assert OWN not in json.dumps([server.headers, server.requests])
    with pytest.raises(KeyMissingError, match=r"type it under 'API key' in Options"):
        ask(FAR, typed_address=True, ask_key=lambda: None)


def test_a_page_without_a_key_explains_where_to_type_it(server: ChatServer) -> None:
    server.modes = ["wrong key"]
    with pytest.raises(KeyMissingError, match="wants a key after all: type it under 'API key' in Options"):
        ask(server.base_url, typed_address=True, ask_key=lambda: None)


def test_environment_key_goes_to_its_own_address_in_any_spelling(
    server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
    for address in (None, server.base_url, f" {server.base_url}/ ", server.base_url.replace("http:", "HTTP:")):
        ask(address, typed_address=True, ask_key=lambda: None)
    assert server.keys == [OWN] * 4
    # the name of this machine is another address, and in doubt the key stays here
    ask(server.base_url.replace("127.0.0.1", "localhost"), typed_address=True, ask_key=lambda: None)
    assert server.keys[-1] == PLACEHOLDER


def test_a_typed_key_goes_before_the_environments(server: ChatServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
    ask(None, typed_address=True, ask_key=lambda: PAGE_KEY)
    assert server.keys == [PAGE_KEY]


def test_openais_own_address_is_not_the_environments_where_that_names_another(
    server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert open_endpoint(OPENAI, from_page=True).gets_environment_key
    monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
    assert not open_endpoint(OPENAI, from_page=True).gets_environment_key
    with pytest.raises(KeyMissingError):
        key_for(open_endpoint(OPENAI, from_page=True), lambda: None, from_page=True)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://api.openai.com/v1", "HTTPS://API.OpenAI.com:443/v1/", True),
        ("http://127.0.0.1/v1", "http://127.0.0.1:80/v1", True),
        ("https://api.openai.com./v1", "https://api.openai.com/v1", True),
        ("https://api.openai.com/v1", "http://api.openai.com/v1", False),
        ("https://api.openai.com/v1", "https://api.openai.com:444/v1", False),
        ("https://api.openai.com/v1", "https://api.openai.com/v2", False),
        ("https://api.openai.com/v1", "https://api.openai.com.evil.example/v1", False),
        ("https://api.openai.com/v1", "https://evil.example/https://api.openai.com/v1", False),
        ("https://api.openai.com/v1", "https://api.openai.com:x/v1", False),
    ],
)
def test_addresses_are_compared_by_what_they_mean(one: str, other: str, *, same: bool) -> None:
    assert same_address(one, other) is same


def test_other_secrets_of_the_environment_stay_here_too(server: ChatServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", f"Authorization: Bearer {OWN}\nX-Gateway-Key: {OWN}")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-the-owner")
    monkeypatch.setenv("OPENAI_ADMIN_KEY", OWN)
    ask(server.base_url, typed_address=True, ask_key=lambda: PAGE_KEY)
    assert server.keys == [PAGE_KEY]
    assert OWN not in json.dumps(server.headers)
    assert "org-of-the-owner" not in json.dumps(server.headers)
    ask(server.base_url)
    assert server.headers[-1]["x-gateway-key"] == OWN  # the owner's gateway wants it


def test_a_redirect_is_not_followed_and_carries_no_key(server: ChatServer) -> None:
    with chat_server() as other:
        there = f"{other.base_url}/chat/completions"
        for status in (301, 302, 307, 308):
            server.modes = [(status, {"location": there}, b"")]
            with pytest.raises(ModelError, match="points to another address"):
                ask(server.base_url)
        assert other.requests == []


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
@pytest.mark.parametrize("refuses", [False, True])
def test_model_on_this_machine_bypasses_proxy(
    server: ChatServer, monkeypatch: pytest.MonkeyPatch, name: str, *, refuses: bool
) -> None:
    with forward_proxy(server.port) as proxy:
        proxy.refuses = refuses
        for variable in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(variable, proxy.url)
        assert ask(f"http://{name}:{server.port}/v1").text == TEXT
    assert proxy.requests == []
    assert server.keys == [OWN]


def test_no_key_travels_to_a_proxy_in_the_clear(server: ChatServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", f"X-Gateway-Key: {OWN}")
    with forward_proxy(server.port) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        assert ask("http://models.local:8000/v1").text == TEXT
    assert [target for _, target, _ in proxy.requests] == ["http://models.local:8000/v1/chat/completions"]
    assert OWN not in json.dumps([proxy.requests, server.headers])
    assert server.keys == [PLACEHOLDER]


@pytest.mark.parametrize("variable", CERTIFICATES)
def test_service_behind_proxy_gets_tunnel(secure: ChatServer, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, str(AUTHORITY))
    with forward_proxy(secure.port) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        assert ask(FAR).text == TEXT
    assert [(method, target) for method, target, _ in proxy.requests] == [("CONNECT", "models.example.test:443")]
    assert OWN not in json.dumps(proxy.requests)
    assert secure.keys == [OWN]


def test_no_proxy_is_obeyed(secure: ChatServer, monkeypatch: pytest.MonkeyPatch) -> None:
    with forward_proxy(secure.port) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        monkeypatch.setenv("NO_PROXY", "models.example.test")
        with pytest.raises(ModelError, match="cannot be reached"):  # nobody but the proxy knows that name
            ask(FAR)
        assert proxy.requests == []


def test_a_proxy_that_refuses_is_named(secure: ChatServer, monkeypatch: pytest.MonkeyPatch) -> None:
    with forward_proxy(secure.port) as proxy:
        proxy.refuses = True
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        with pytest.raises(ModelError, match=r"proxy .*403"):
            ask(FAR)


@pytest.mark.parametrize("address", ["socks5://127.0.0.1:9", "what://127.0.0.1:9"])
def test_a_proxy_that_cannot_be_used_is_one_sentence(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("ALL_PROXY", address)
    with pytest.raises(ModelError, match=r"ALL_PROXY is not an http://host:port of a proxy; correct it\.$"):
        ask(FAR)


def test_an_unknown_certificate_is_named_and_no_key_is_sent(secure: ChatServer) -> None:
    with pytest.raises(ModelError, match=r"The certificate of 127\.0\.0\.1:\d+ is not trusted; .* SSL_CERT_FILE"):
        ask(secure.base_url, retries=2)
    assert secure.requests == []


def test_a_certificate_of_another_name_is_not_accepted(secure: ChatServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(AUTHORITY))
    with forward_proxy(secure.port) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        with pytest.raises(ModelError, match=r"certificate of other\.example\.test"):
            ask("https://other.example.test/v1")
    assert secure.requests == []


def test_certificates_that_cannot_be_read_are_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.pem"
    wrong.write_text("no certificate")
    for place in (wrong, tmp_path / "missing.pem"):
        monkeypatch.setenv("SSL_CERT_FILE", str(place))
        with pytest.raises(ModelError, match="SSL_CERT_FILE"):
            ask(FAR)


def test_cancel_ends_wait_of_retry_after(server: ChatServer) -> None:
    server.modes = [(429, {"content-type": "application/json", "retry-after": "25"}, b"{}")]
    captioner = ChatCaptioner(base_url=server.base_url, timeout=30)
    outcome: list[object] = []

    def run() -> None:
        try:
            outcome.append(captioner.caption(PROMPT, CHIP))
        except Exception as problem:  # noqa: BLE001 - looked at below
            outcome.append(problem)

    thread = threading.Thread(target=run)
    thread.start()
    while not server.requests:
        thread.join(0.05)
    captioner.cancel()
    thread.join(15)
    assert [type(one) for one in outcome] == [Cancelled]
    assert len(server.requests) == 1


@pytest.mark.parametrize("tls", [False, True])
def test_cancel_ends_a_request_at_once(monkeypatch: pytest.MonkeyPatch, *, tls: bool) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(AUTHORITY))
    with chat_server(tls=tls) as server:
        server.modes = ["slow"]
        captioner = ChatCaptioner(base_url=server.base_url, timeout=30)
        outcome: list[object] = []

        def run() -> None:
            try:
                outcome.append(captioner.caption(PROMPT, CHIP))
            except Exception as problem:  # noqa: BLE001 - looked at below
                outcome.append(problem)

        thread = threading.Thread(target=run)
        thread.start()
        assert server.waiting.wait(60)
        captioner.cancel()
        thread.join(20)  # the request would wait for thirty seconds, the server for a minute
        assert not thread.is_alive()
        assert [type(one) for one in outcome] == [Cancelled]
        assert len(server.requests) == 1
        server.modes = ["normal"]
        assert captioner.caption(PROMPT, CHIP).text == TEXT  # what was cancelled is that request alone


def test_no_key_is_in_a_log_or_an_error(
    server: ChatServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("OPENAI_LOG", "debug")
    with caplog.at_level(logging.DEBUG):
        for mode in ("normal", "wrong key", "forbidden", "broken", "cut"):
            server.modes = [mode]
            try:
                ask(server.base_url)
            except ModelError as problem:
                error: BaseException | None = problem
                while error:
                    assert OWN not in repr(error) + str(vars(error))
                    error = error.__cause__ or error.__context__
    assert OWN not in caplog.text
