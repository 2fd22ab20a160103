"""Settings: options over environment over defaults, read when needed."""

from pathlib import Path

import pytest

from chatearthnet_explorer.errors import SettingError
from chatearthnet_explorer.net.service_addresses import STAC_APIS, WORLDCOVER
from chatearthnet_explorer.settings import Settings


def test_defaults_are_the_published_services() -> None:
    settings = Settings()
    assert settings.catalogues == STAC_APIS
    assert settings.worldcover == WORLDCOVER
    assert settings.cache == Path.home() / ".cache" / "chatearthnet_explorer"


def test_reads_the_environment_when_settings_are_created(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CHATEARTHNET_STAC", "http://127.0.0.1:1/a, https://b.example/stac#c,")
    monkeypatch.setenv("CHATEARTHNET_WORLDCOVER", "http://127.0.0.1:2")
    monkeypatch.setenv("CHATEARTHNET_CACHE", str(tmp_path))
    settings = Settings()
    assert settings.catalogues == ("http://127.0.0.1:1/a", "https://b.example/stac#c")
    assert settings.worldcover == "http://127.0.0.1:2"
    assert settings.cache == tmp_path
    assert Settings(worldcover="http://127.0.0.1:3").worldcover == "http://127.0.0.1:3"


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://x", "nonsense", "http://", "javascript:alert(1)"])
def test_refuses_addresses_that_are_not_http(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("CHATEARTHNET_STAC", address)
    with pytest.raises(SettingError, match="CHATEARTHNET_STAC"):
        Settings()
    monkeypatch.delenv("CHATEARTHNET_STAC")
    with pytest.raises(SettingError, match="CHATEARTHNET_WORLDCOVER"):
        Settings(worldcover=address)
