"""Where requests may lead: never from a public server into a private network, hop by hop."""

from __future__ import annotations

import socket
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import urllib3
from rig.stac_api import Reply, ScriptedApi

from chatearthnet_explorer.net import connections, private_networks
from chatearthnet_explorer.net.http_client import redirect, send
from chatearthnet_explorer.net.http_errors import HttpError, UnsafeAddressError
from chatearthnet_explorer.net.private_networks import may_reach
from chatearthnet_explorer.net.retries_and_timeouts import REDIRECTS, STAC

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rig.stac_api import Request

LIMITS = replace(STAC, connect=2.0, read=2.0)

PRIVATE = (
    *("127.0.0.1", "127.255.1.2", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1"),
    *("0.0.0.0", "::1", "fd00::1", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::"),  # noqa: S104 - not bound to
    *("2002:c0a8:101::", "64:ff9b::7f00:1", "64:ff9b::a00:1"),
)
"""This computer and private networks, wrapped in IPv6 as well."""

UNUSUAL = (
    *("169.254.169.254", "169.254.0.1", "fe80::1", "fe80::1%eth0", "224.0.0.1", "ff02::1", "255.255.255.255"),
    *("::", "240.0.0.1", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::"),
)
"""Never to be asked: the link itself, groups, and what is reserved."""

PUBLIC = ("8.8.8.8", "52.218.1.1", "2600:1f18::1", "::ffff:8.8.8.8", "64:ff9b::808:808")

HOSTS = (
    *("127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001", "0", "0.0.0.0"),  # noqa: S104 - not bound to
    *("localhost", "LOCALHOST", "localhost.", "a.localhost", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::]"),
    *("[0:0:0:0:0:0:0:1]", "10.1", "167772161", "192.168.257", "3232235777", "[fd00::1]", "[fe80::1]"),
    *("169.254.169.254", "2852039166", "0xa9fea9fe", "[::ffff:169.254.169.254]", "[64:ff9b::a9fe:a9fe]", "127.0.0.1."),
    *("①②⑦.⓪.⓪.①", "１２７.０.０.１", "me:secret@10.0.0.1", "public.example@127.0.0.1"),  # noqa: RUF001 - that is the trick
)
"""Ways to write hosts that are not public."""


@pytest.fixture
def no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        pytest.fail("connected")

    monkeypatch.setattr(urllib3.util.connection, "create_connection", refuse)


@pytest.fixture
def public_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let 127.0.0.1, where servers of tests are, count as public; all else stays what it is."""
    monkeypatch.setattr(
        private_networks,
        "may_reach",
        lambda address, *, local: address == "127.0.0.1" or may_reach(address, local=local),
    )


@pytest.fixture(autouse=True)
def fresh_pools() -> Iterator[None]:
    connections._pool.cache_clear()
    yield
    connections._pool.cache_clear()


def get(address: str, *, local: bool = False, method: str = "GET", **more: Any) -> tuple[int, bytes]:
    response = send(method, address, headers={}, limits=LIMITS, local=local, **more)
    try:
        return response.status, b"".join(iter(lambda: response.read(1000), b""))
    finally:
        response.close()


def resolving(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> None:
    """Let names resolve to the next of some lists of addresses, the last for ever."""
    waiting = list(answers)

    def resolve(_host: object, port: int, *_: object, **__: object) -> list[Any]:
        addresses = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        kinds = {True: socket.AF_INET6, False: socket.AF_INET}
        return [(kinds[":" in one], socket.SOCK_STREAM, 6, "", (one, port)) for one in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


@pytest.mark.parametrize("address", PRIVATE)
def test_private_address_is_for_local_origins_only(address: str) -> None:
    assert not may_reach(address, local=False)
    assert may_reach(address, local=True)


@pytest.mark.parametrize("address", UNUSUAL)
def test_refuses_unusual_address_from_every_origin(address: str) -> None:
    assert not may_reach(address, local=False)
    assert not may_reach(address, local=True)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_address_is_for_everybody(address: str) -> None:
    assert may_reach(address, local=False)
    assert may_reach(address, local=True)


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.usefixtures("no_connection")
def test_refuses_private_host_however_written(host: str) -> None:
    with pytest.raises(HttpError) as error:
        get(f"http://{host}/latest/meta-data?key=secret")
    assert "secret" not in str(error.value) or not isinstance(error.value, UnsafeAddressError)


@pytest.mark.parametrize(
    "addresses",
    [["10.0.0.1"], ["::1"], ["169.254.169.254"], ["8.8.8.8", "127.0.0.1"], ["2600::1", "fd00::1"], ["fe80::1%lo"]],
    ids=str,
)
@pytest.mark.usefixtures("no_connection")
def test_refuses_name_that_resolves_to_private_address(monkeypatch: pytest.MonkeyPatch, addresses: list[str]) -> None:
    resolving(monkeypatch, addresses)
    with pytest.raises(UnsafeAddressError, match=r"^files\.example lies in a private network.+\.$"):
        get("http://files.example/TCI.tif")


def test_name_that_changes_its_mind_gets_no_request(monkeypatch: pytest.MonkeyPatch) -> None:
    with ScriptedApi(lambda _: Reply(body=b"private")) as inside:
        port = inside.url.rpartition(":")[2]
        resolving(monkeypatch, ["8.8.8.8"], ["127.0.0.1"])
        with pytest.raises(UnsafeAddressError, match="private network"):
            get(f"http://rebinding.example:{port}/")
        assert inside.requests == []
        assert get(f"http://rebinding.example:{port}/", local=True) == (200, b"private")  # it was there to be reached


@pytest.mark.parametrize(
    "target",
    [
        *(
            "http://10.0.0.1/",
            "http://[::1]:8000/",
            "http://169.254.169.254/latest/",
            "//192.168.0.1/x",
            "http://127.2/",
        ),
        *("http://2130706434/", "http://[::ffff:10.0.0.1]/", "http://0x7f000002/"),
    ],
)
@pytest.mark.parametrize("hops", [1, 3])
@pytest.mark.usefixtures("public_loopback")
def test_public_server_cannot_redirect_into_private_network(target: str, hops: int) -> None:
    def answer(request: Request) -> Reply:
        hop = int(request.path.strip("/"))
        return Reply(status=302, headers={"Location": target if hop == hops else f"/{hop + 1}"})

    with ScriptedApi(answer) as public:
        with pytest.raises(UnsafeAddressError, match="private network"):
            get(f"{public.url}/1", local=False)
        with pytest.raises(UnsafeAddressError, match="private network"):
            get(f"{public.url}/1", local=True)  # a person set it, and it is public all the same
        assert len(public.requests) == 2 * hops


def test_local_server_may_redirect_to_its_network_and_not_to_the_link() -> None:
    with ScriptedApi(lambda _: Reply(body=b"here")) as there:
        with ScriptedApi(lambda _: Reply(status=307, headers={"Location": there.url})) as local:
            assert get(local.url, local=True) == (200, b"here")
        with (
            ScriptedApi(lambda _: Reply(status=307, headers={"Location": "http://169.254.169.254/"})) as local,
            pytest.raises(UnsafeAddressError, match="private network"),
        ):
            get(local.url, local=True)


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://files.example/", "javascript:alert(1)", "http://[::1"])
def test_redirect_leads_to_the_web_only(target: str) -> None:
    with (
        ScriptedApi(lambda _: Reply(status=301, headers={"Location": target})) as api,
        pytest.raises(UnsafeAddressError, match="not on the web"),
    ):
        get(api.url, local=True)


def test_redirect_never_leaves_encryption() -> None:
    with pytest.raises(UnsafeAddressError, match="without encryption"):
        redirect("https://files.example/a", "http://files.example/a", {})
    assert redirect("http://files.example/a", "https://files.example/a", {})[0] == "https://files.example/a"


def test_circle_of_redirects_is_left() -> None:
    with ScriptedApi(lambda _: Reply(status=302, headers={"Location": "/again"})) as api:
        with pytest.raises(UnsafeAddressError, match="again and again"):
            get(api.url, local=True)
        assert len(api.requests) == REDIRECTS + 1


@pytest.mark.parametrize(
    ("status", "method"), [(301, "POST"), (302, "POST"), (307, "POST"), (308, "POST"), (303, "GET")]
)
def test_post_stays_post_except_after_303(status: int, method: str) -> None:
    def answer(request: Request) -> Reply:
        return Reply(body=b"found") if request.path == "/new" else Reply(status=status, headers={"Location": "/new"})

    with ScriptedApi(answer) as api:
        assert get(f"{api.url}/search", local=True, method="POST", body=b'{"limit": 1}') == (200, b"found")
        assert [(one.method, one.body) for one in api.requests] == [
            ("POST", {"limit": 1}),
            (method, {"limit": 1} if method == "POST" else None),
        ]


def test_password_goes_to_its_own_server_only() -> None:
    with ScriptedApi(lambda _: Reply()) as other:

        def answer(request: Request) -> Reply | None:
            return {
                "/": Reply(status=302, headers={"Location": "/same"}),
                "/same": Reply(status=302, headers={"Location": f"{other.url}/x"}),
            }.get(request.path)

        with ScriptedApi(answer) as api:
            get(f"{api.url.replace('//', '//me:secret@')}/", local=True)
            assert [one.authorization for one in api.requests] == ["Basic bWU6c2VjcmV0"] * 2
        assert [one.authorization for one in other.requests] == [""]


def test_proxy_gets_no_request_for_private_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    with ScriptedApi(lambda request: Reply(body=request.path.encode())) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        for host in ("10.0.0.1", "169.254.169.254", "167772161", "[fd00::1]"):
            with pytest.raises(UnsafeAddressError, match="private network"):
                get(f"http://{host}/")
        assert proxy.requests == []
        # names are looked up by the proxy, so it decides
        assert get("http://files.example/a.tif") == (200, b"http://files.example/a.tif")
