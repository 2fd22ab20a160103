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
    sockets, used_port = listen(address, port)
    try:
        yield used_port
    finally:
        for one in sockets:
            one.close()


@pytest.mark.parametrize("address", ["127.0.0.1", "localhost", "0.0.0.0"])  # noqa: S104 - one moment, in a test
def test_listens_at_any_free_port(address: str) -> None:
    with _listening(address, 0) as port, socket.create_connection(("127.0.0.1", port), timeout=30):
        assert port > 0


def test_takes_the_next_free_port_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    with _listening("127.0.0.1", 0) as used_port:
        monkeypatch.setattr(module, "DEFAULT_PORT", used_port)
        with _listening("127.0.0.1", None) as port:
            assert port != used_port
            with _listening("127.0.0.1", None) as another:
                assert another not in {used_port, port}


def test_takes_any_port_where_many_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    with _listening("127.0.0.1", 0) as used_port:
        monkeypatch.setattr(module, "DEFAULT_PORT", used_port)
        monkeypatch.setattr(module, "TRIES", 1)
        with _listening("127.0.0.1", None) as port:
            assert port != used_port


def test_refuses_a_port_that_is_taken() -> None:
    with _listening("127.0.0.1", 0) as used_port, pytest.raises(SettingError, match=rf"^Port {used_port} is used"):
        listen("127.0.0.1", used_port)


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
def test_explains_why_it_cannot_listen(address: str, port: int | None, sentence: str) -> None:
    with pytest.raises(SettingError) as error_info:
        listen(address, port)
    assert str(error_info.value).startswith(sentence)
    assert len(str(error_info.value)) < 200
    assert "\0" not in str(error_info.value)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no ports of the system's own")
def test_explains_that_a_port_needs_rights(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(socket.socket, "bind", refuse)  # as for anybody but root
    with pytest.raises(SettingError, match=r"^Port 80 needs administrator rights"):
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
def test_serve_reports_wrong_options_before_loading_panel(options: list[str], sentence: str, tmp_path: Path) -> None:
    main = "import sys; from chatearthnet_explorer.cli import main; status = main(); "
    main += "print(any(name.split('.')[0] in {'panel', 'leafmap', 'bokeh'} for name in sys.modules)); sys.exit(status)"
    began = time.monotonic()
    process = subprocess.run(
        [sys.executable, "-c", main, "serve", "--no-browser", *options],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    print(f"\n{' '.join(options)}: {time.monotonic() - began:.2f} s")
    assert process.returncode == 1
    assert process.stderr.startswith(sentence)
    assert process.stderr.count("\n") == 1
    assert process.stdout == "False\n"  # nothing heavy was loaded first
