"""The site inside a Jupyter server, as Binder and JupyterHub serve it: started by the first visit, below a base URL."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

import psutil
import pytest
from rig import servers

from chatearthnet_explorer.app.access import TOKEN_VARIABLE, Access
from chatearthnet_explorer.app.jupyter_proxy import site_server

if TYPE_CHECKING:
    from pathlib import Path


def test_proxy_sends_what_the_site_lets_in() -> None:
    options = site_server()
    access = Access(address="127.0.0.1", port=4321, local=True, token=options["environment"][TOKEN_VARIABLE])
    headers = {name: value.format(port=4321) for name, value in options["request_headers_override"].items()}
    assert access.answers_to(headers["Host"])
    assert access.accepts(headers["Origin"], headers["Host"])
    name, _, value = headers["Cookie"].partition("=")
    assert name == access.cookie_name
    assert access.has_entered(value)


def test_each_start_has_a_token_of_its_own() -> None:
    first, second = (site_server()["environment"][TOKEN_VARIABLE] for _ in range(2))
    assert first != second


def test_first_visit_starts_the_site_below_the_base_url(tmp_path: Path) -> None:
    with servers.hub(tmp_path) as address:
        client = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        with client.open(address, timeout=120) as page:
            assert "ChatEarthNet Explorer" in page.read().decode()
        with client.open(address.partition("?")[0] + "status", timeout=60) as status:
            assert json.load(status) == {"connects": False}  # a script of no origin
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(f"http://127.0.0.1:{_port_of_site(tmp_path)}/", timeout=60)


def test_strangers_need_the_token_of_jupyter(tmp_path: Path) -> None:
    with servers.hub(tmp_path) as address, urllib.request.urlopen(address.partition("?")[0], timeout=60) as page:
        assert "/login" in page.geturl()


def _port_of_site(folder: Path) -> int:
    for process in psutil.Process().children(recursive=True):
        command = process.cmdline()
        if "serve" in command and process.environ().get("HOME") == str(folder / "home"):
            return int(command[command.index("--port") + 1])
    pytest.fail("the site does not run")
