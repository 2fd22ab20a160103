"""What every test stands on: a home of its own, no network but loopback, real files where they are."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rig.sao_tome import SaoTome

HERE = Path(__file__).parent
NETWORK = {
    *("http_proxy", "https_proxy", "all_proxy", "no_proxy"),
    *("ssl_cert_file", "requests_ca_bundle", "curl_ca_bundle"),
}
"""Variables, in lower case, that lead requests elsewhere or change whom they trust."""

REALDATA = Path(os.environ.get("CHATEARTHNET_REALDATA", HERE.parents[1] / "shared" / "realdata"))


@pytest.fixture(autouse=True)
def _private_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of this machine reaches a test, nothing of a test reaches this machine."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / ".cache"))
    monkeypatch.setattr("chatearthnet_explorer.net.rate_limits._limits", {})
    for name in list(os.environ):
        if name.startswith(("CHATEARTHNET_", "OPENAI_")) or name.lower() in NETWORK:
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def realdata() -> Path:
    """The folder of real files, which is not part of the repository."""
    if not REALDATA.is_dir():
        pytest.skip("the real files are not here: set CHATEARTHNET_REALDATA to their folder")
    return REALDATA


@pytest.fixture(scope="session")
def sao_tome(tmp_path_factory: pytest.TempPathFactory, realdata: Path) -> Iterator[SaoTome]:
    """São Tomé on loopback: real labels, simulated scenes, a real STAC API."""
    from rig.sao_tome import serve

    with serve(tmp_path_factory.mktemp("sao_tome"), realdata) as chip_server:
        yield chip_server
