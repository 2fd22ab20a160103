"""Which names the server answers to, which pages may connect, and who knows the token."""

from __future__ import annotations

import pytest

from chatearthnet_explorer.app.access import Access, access_for, embedding_origin, is_local, parse_host
from chatearthnet_explorer.errors import SettingError

LOCAL = access_for("127.0.0.1", 5007)
PUBLIC = access_for("0.0.0.0", 5007)  # noqa: S104 - rules alone
BEHIND = access_for("127.0.0.1", 5007, hosts=["Explorer.example", "other.example:8443"])


@pytest.mark.parametrize(
    ("host", "local", "public", "behind"),
    [
        ("127.0.0.1:5007", True, True, True),
        ("127.8.9.1", True, True, True),
        ("localhost:5007", True, True, True),
        ("LOCALHOST:9999", True, True, True),
        ("localhost.:5007", True, True, True),
        ("[::1]:5007", True, True, True),
        ("[::ffff:127.0.0.1]:5007", True, True, True),
        ("192.0.2.7:5007", False, True, False),
        ("[2001:db8::7]", False, True, False),
        ("explorer.example", False, False, True),
        ("explorer.example:443", False, False, True),
        ("EXPLORER.example.", False, False, True),
        ("other.example:8443", False, False, True),
        ("other.example", False, False, False),
        ("other.example:80", False, False, False),
        ("evil.example", False, False, False),
        ("explorer.example.evil.example", False, False, False),
        ("127.0.0.1.evil.example:5007", False, False, False),
        ("localhost.evil.example", False, False, False),
        ("evil.example@127.0.0.1", False, False, False),
        ("127.0.0.1@evil.example", False, False, False),
        ("127.0.0.1, evil.example", False, False, False),
        ("127.1:5007", False, False, False),
        ("0x7f.0.0.1", False, False, False),
        ("2130706433", False, False, False),
        ("127.0.0.1:99999999", False, False, False),
        ("127.0.0.1:", False, False, False),
        ("[::1", False, False, False),
        ("", False, False, False),
        (" ", False, False, False),
        ("a" * 300, False, False, False),
        ("localhost\u2024evil", False, False, False),
        (None, False, False, False),
    ],
)
def test_answers_to_names_of_its_own(host: str | None, *, local: bool, public: bool, behind: bool) -> None:
    assert LOCAL.answers_to(host) is local
    assert PUBLIC.answers_to(host) is public
    assert BEHIND.answers_to(host) is behind


@pytest.mark.parametrize(
    ("rules", "origin", "host", "expected"),
    [
        (LOCAL, "http://127.0.0.1:5007", "127.0.0.1:5007", True),
        (LOCAL, "http://localhost:5007", "127.0.0.1:5007", True),  # a proxy of this computer that rewrites Host
        (LOCAL, "http://localhost:8000", "localhost:8000", True),  # an ssh tunnel
        (LOCAL, "http://localhost:8000", "127.0.0.1:5007", False),  # another server of this computer
        (LOCAL, "http://evil.example:5007", "127.0.0.1:5007", False),
        (LOCAL, "http://127.0.0.1:5007", "evil.example:5007", False),
        (LOCAL, "http://evil.example:5007", "evil.example:5007", False),
        (LOCAL, "null", "127.0.0.1:5007", False),
        (LOCAL, "", "127.0.0.1:5007", False),
        (LOCAL, "file://", "127.0.0.1:5007", False),
        (LOCAL, "chrome-extension://127.0.0.1:5007", "127.0.0.1:5007", False),
        (LOCAL, "http://127.0.0.1:5007@evil.example", "127.0.0.1:5007", False),
        (LOCAL, "http://127.0.0.1:5007", None, False),
        (BEHIND, "https://explorer.example", "explorer.example", True),
        (BEHIND, "https://explorer.example", "127.0.0.1:5007", True),  # Host rewritten
        (BEHIND, "http://explorer.example:8080", "127.0.0.1:5007", True),
        (BEHIND, "https://other.example:8443", "127.0.0.1:5007", True),
        (BEHIND, "https://other.example", "127.0.0.1:5007", False),
        (BEHIND, "https://evil.example", "explorer.example", False),
        (BEHIND, "https://sub.explorer.example", "127.0.0.1:5007", False),
        (PUBLIC, "http://192.0.2.7:5007", "192.0.2.7:5007", True),
        (PUBLIC, "http://192.0.2.8:5007", "192.0.2.7:5007", False),
        (PUBLIC, "http://evil.example:5007", "192.0.2.7:5007", False),
    ],
)
def test_accepts_pages_of_its_own(rules: Access, origin: str, host: str | None, *, expected: bool) -> None:
    assert rules.accepts(origin, host) is expected


def test_accepts_another_port_of_this_computer_if_it_is_allowed() -> None:
    rules = access_for("127.0.0.1", 5007, hosts=["localhost:8000"])
    assert rules.accepts("http://localhost:8000", "127.0.0.1:5007")
    assert not rules.accepts("http://localhost:8001", "127.0.0.1:5007")


def test_draws_a_token_only_where_this_computer_alone_connects(monkeypatch: pytest.MonkeyPatch) -> None:
    other = access_for("localhost", 5007)
    assert len(LOCAL.token) >= 32
    assert other.token not in {"", LOCAL.token}
    assert BEHIND.token
    assert not PUBLIC.token
    assert not access_for("127.0.0.1", 5007, ask_token=False).token
    monkeypatch.setenv("CHATEARTHNET_TOKEN", "a-token-of-my-own")
    assert access_for("0.0.0.0", 5007).token == "a-token-of-my-own"  # noqa: S104, S105 - rules alone
    assert not access_for("127.0.0.1", 5007, ask_token=False).token


@pytest.mark.parametrize("token", ["short", "x" * 129, "sixteen letters and spaces", "sixteen-letters&more", "ä" * 20])
def test_refuses_a_token_that_is_weak_or_no_part_of_an_address(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATEARTHNET_TOKEN", token)
    with pytest.raises(SettingError, match="16 to 128") as error_info:
        access_for("127.0.0.1", 5007)
    assert token not in str(error_info.value)


def test_the_cookie_follows_the_token_and_does_not_hold_it() -> None:
    assert LOCAL.knows(LOCAL.token)
    assert LOCAL.has_entered(LOCAL.cookie_value)
    assert LOCAL.token not in LOCAL.cookie_value
    for wrong in ("", LOCAL.token[:-1], LOCAL.token + "x", BEHIND.token, "ä"):
        assert not LOCAL.knows(wrong)
        assert not LOCAL.has_entered(wrong)
    assert not LOCAL.has_entered(BEHIND.cookie_value)
    assert not PUBLIC.knows("")
    assert PUBLIC.has_entered("")
    assert LOCAL.cookie_name != access_for("127.0.0.1", 5008).cookie_name


@pytest.mark.parametrize(
    ("address", "url"),
    [("127.0.0.1", "http://127.0.0.1:5007/"), ("::1", "http://[::1]:5007/"), ("0.0.0.0", "http://127.0.0.1:5007/")],  # noqa: S104 - rules alone
)
def test_prints_an_address_that_opens(address: str, url: str) -> None:
    assert access_for(address, 5007, ask_token=False).url == url


@pytest.mark.parametrize(
    ("address", "local"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("::", False), ("192.0.2.7", False)],  # noqa: S104 - rules alone
)
def test_knows_whether_others_reach_an_address(address: str, *, local: bool) -> None:
    assert is_local(address) is local


@pytest.mark.parametrize("name", ["*", "", "https://a.example", "a.example/x", "a b", "a;b", "*.example", "a:b", "[x"])
def test_refuses_what_is_not_one_name(name: str) -> None:
    with pytest.raises(SettingError, match="--allow-host takes one name"):
        access_for("127.0.0.1", 5007, hosts=[name])


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://example.org", "https://example.org"),
        ("https://Example.org/", "https://example.org"),
        ("http://localhost:8888", "http://localhost:8888"),
        ("http://[::1]:8888", "http://[::1]:8888"),
    ],
)
def test_takes_the_origin_of_an_embedding_site(text: str, origin: str) -> None:
    assert embedding_origin(text) == origin


@pytest.mark.parametrize(
    "text",
    [
        *("", "*", "example.org", "ftp://example.org", "https://", "https://example.org/page", "https://a@example.org"),
        *("https://example.org; script-src *", "https://example.org 'unsafe-inline'", "https://*.example.org"),
        *("https://exämple.org", "javascript:alert(1)", "https://example.org\nX: y"),
    ],
)
def test_refuses_what_is_not_an_origin(text: str) -> None:
    with pytest.raises(SettingError, match="--embed-in takes the origin"):
        embedding_origin(text)


@pytest.mark.parametrize(("text", "host"), [("a.example", ("a.example", None)), ("[::1]:80", ("::1", 80))])
def test_reads_a_host_header(text: str, host: tuple[str, int | None]) -> None:
    assert parse_host(text) == host
