"""Signatures of the Planetary Computer: one token for each container, asked for through our own requests."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from rig.range_server import Fault, RangeServer
from rig.stac_api import item

from chatearthnet_explorer.errors import StacError
from chatearthnet_explorer.sources.stac import sas_tokens
from chatearthnet_explorer.sources.stac.scenes import scenes_over
from chatearthnet_explorer.sources.stac.stac_client import StacApis
from chatearthnet_explorer.sources.stac.stac_item import ASSETS, stac_item
from chatearthnet_explorer.tile import Tile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TILE = Tile.at(9.5, 47.5)
HREFS = {name: f"https://files.example/{name}.tif" for name in ASSETS}
PLANETARY = "https://planetarycomputer.microsoft.com/api/stac/v1"
HREF = "https://sentinel2l2a01.blob.core.windows.net/sentinel2-l2/60/V/UK/TCI_10m.tif"
GRANT = "st=2026-11-26T00%3A00%3A00Z&se=2026-11-28T00%3A00%3A00Z&sp=rl&sig=topsecret%3D"


@pytest.fixture
def signer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RangeServer]:
    """The service of signatures, on loopback."""
    monkeypatch.setattr(sas_tokens, "_tokens", {})
    with RangeServer(tmp_path) as server:
        monkeypatch.setattr(sas_tokens, "SAS_TOKENS", f"{server.url}/token")
        yield server


def _grant(server: RangeServer, token: str = GRANT, *, hours: float = 1, **changes: object) -> None:
    expiry = (datetime.now(UTC) + timedelta(hours=hours)).isoformat().replace("+00:00", "Z")
    answer = {"msft:expiry": expiry, "token": token, **changes}
    server.fail("/token/sentinel2l2a01/sentinel2-l2", Fault(body=json.dumps(answer).encode()))


def _sign(catalogue: str = PLANETARY, href: str = HREF, *, patience: float = 10.0) -> str:
    one = stac_item(item("S2A_32TNT_20200601_0_L2A", {**HREFS, "visual": href}, (9, 47, 10, 48)), catalogue=catalogue)
    (scene,) = scenes_over([one], TILE)
    (address,) = StacApis((), patience=patience).sign(scene, "visual")
    return address


def test_signs_files_of_planetary_computer_with_one_token_until_it_expires(signer: RangeServer) -> None:
    _grant(signer)
    assert [_sign(), _sign()] == [f"{HREF}?{GRANT}"] * 2
    assert signer.requests == 1
    sas_tokens._tokens.clear()
    _grant(signer, hours=0.001)  # too short to be used a second time
    assert [_sign(), _sign()] == [f"{HREF}?{GRANT}"] * 2
    assert signer.requests == 3


@pytest.mark.parametrize(
    "catalogue", ["https://earth-search.aws.element84.com/v1", "https://planetarycomputer.microsoft.com.evil.example/"]
)
def test_leaves_files_of_other_apis_unsigned(signer: RangeServer, catalogue: str) -> None:
    _grant(signer)
    assert _sign(catalogue) == HREF
    assert signer.requests == 0


@pytest.mark.parametrize(
    "href",
    [
        "https://elsewhere.example/sentinel2-l2/a.tif",
        "https://sentinel2l2a01.blob.core.windows.net.evil.example/sentinel2-l2/a.tif",
        "https://ai4edatasetspublicassets.blob.core.windows.net/assets/a.tif",
        f"{HREF}?{GRANT}",
    ],
)
def test_leaves_public_files_unsigned(signer: RangeServer, href: str) -> None:
    _grant(signer)
    assert _sign(href=href) == href
    assert signer.requests == 0


@pytest.mark.parametrize(
    "fault",
    [
        Fault(status=401, body=b"key topsecret"),
        Fault(status=404),
        Fault(body=b"<html>topsecret"),
        Fault(body=b"[]"),
        Fault(body=json.dumps({"token": GRANT}).encode()),
        Fault(body=json.dumps({"token": GRANT, "msft:expiry": "tomorrow"}).encode()),
        Fault(body=json.dumps({"token": "topsecret\r\nX: y", "msft:expiry": "2030-01-01T00:00:00Z"}).encode()),
    ],
)
def test_names_refused_signature_without_what_was_answered(signer: RangeServer, fault: Fault) -> None:
    signer.fail("/token/sentinel2l2a01/sentinel2-l2", fault)
    with pytest.raises(StacError, match="did not sign its files") as error:
        _sign()
    assert str(error.value).endswith(".")
    assert "secret" not in str(error.value)


def test_waits_no_longer_than_allowed_for_a_signature(signer: RangeServer) -> None:
    signer.fail("/token/sentinel2l2a01/sentinel2-l2", Fault(stall=60))
    with pytest.raises(StacError, match="in time"):
        _sign(patience=0.3)
