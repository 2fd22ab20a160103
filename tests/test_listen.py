"""Where the server listens, and the one sentence that says why not."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from chatearthnet_explorer.app import listen_address as module
from chatearthnet_explorer.app.listen_address import listen
from chatearthnet_explorer.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def _listening(address: str, port: int | None) -> Iterator[int]:
    sockets, taken = listen(address, port)
    try:
        yield taken
    finally:
        for one in sockets:
            one.close()


@pytest.mark.parametrize("address", ["127.0.0.1", "localhost", "0.0.0.0"])  # noqa: S104 - one moment, in a test
def test_listens_at_any_free_port(address: str) -> None:
    with _listening(address, 0) as port, socket.create_connection(("127.0.0.1", port), timeout=30):
        assert port > 0


def test_takes_the_next_free_port_where_none_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    with _listening("127.0.0.1", 0) as taken:
        monkeypatch.setattr(module, "DEFAULT_PORT", taken)
        with _listening("127.0.0.1", None) as port:
            assert port != taken
            with _listening("127.0.0.1", None) as another:
                assert another not in {taken, port}


def test_takes_any_port_where_many_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    with _listening("127.0.0.1", 0) as taken:
        monkeypatch.setattr(module, "DEFAULT_PORT", taken)
        monkeypatch.setattr(module, "TRIES", 1)
        with _listening("127.0.0.1", None) as port:
            assert port != taken


def test_refuses_a_port_that_is_taken() -> None:
    with _listening("127.0.0.1", 0) as taken, pytest.raises(SettingError, match=rf"^Port {taken} is taken"):
        listen("127.0.0.1", taken)


@pytest.mark.parametrize(
    ("address", "port", "sentence"),
    [
        ("127.0.0.1", 99999, "There is no port 99999; "),
        ("127.0.0.1", -1, "There is no port -1; "),
        ("127.0.0.1", 10**30, "There is no port 1000"),
        ("", None, "--address is empty; "),
        ("  ", 0, "--address is empty; "),
        ("nowhere.invalid", None, "There is no computer called 'nowhere.invalid'; "),
        ("not a name", 0, "There is no computer called 'not a name'; "),
        ("a" * 90, 0, "There is no computer called 'aaa"),
        ("x\0y", 0, "There is no computer called "),
        ("192.0.2.7", 0, "192.0.2.7 is not an address of this computer; "),
        ("192.0.2.7", None, "192.0.2.7 is not an address of this computer; "),
    ],
)
def test_says_why_it_cannot_listen(address: str, port: int | None, sentence: str) -> None:
    with pytest.raises(SettingError) as raised:
        listen(address, port)
    assert str(raised.value).startswith(sentence)
    assert len(str(raised.value)) < 200
    assert "\0" not in str(raised.value)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no ports of the system's own")
def test_says_that_a_port_needs_rights(monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(socket.socket, "bind", denied)  # as for anybody but root
    with pytest.raises(SettingError, match=r"^Port 80 needs rights"):
        listen("127.0.0.1", 80)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--port", "99999"], "There is no port 99999"),
        (["--address", ""], "--address is empty"),
        (["--address", "nowhere.invalid"], "There is no computer called"),
        (["--catalog", "nowhere"], "There is no catalog in nowhere"),
        (["--allow-host", "*"], "--allow-host takes one name"),
        (["--embed-in", "x"], "--embed-in takes the origin"),
    ],
)
def test_serve_says_at_once_what_it_cannot_do(options: list[str], sentence: str, tmp_path: Path) -> None:
    main = "import sys; from chatearthnet_explorer.cli import main; status = main(); "
    main += "print(any(name.split('.')[0] in {'panel', 'leafmap', 'bokeh'} for name in sys.modules)); sys.exit(status)"
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", main, "serve", "--no-browser", *options],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    print(f"\n{' '.join(options)}: {time.monotonic() - began:.2f} s")  # noqa: T201 - a figure, not a limit
    assert done.returncode == 1
    assert done.stderr.startswith(sentence)
    assert done.stderr.count("\n") == 1
    assert done.stdout == "False\n"  # nothing heavy was loaded first
