"""The auto source: real where a catalogue answers within two seconds, and never slow to decide."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

import pytest
from rig.sao_tome import LAT, LON
from rig.stac_api import Reply, ScriptedApi, landing

from chatearthnet_explorer.errors import PlaceError, SettingError
from chatearthnet_explorer.settings import Settings
from chatearthnet_explorer.sources import auto_source
from chatearthnet_explorer.sources.auto_source import AutoSource, last_reason, probe_catalogues
from chatearthnet_explorer.sources.fallback_notes import NOT_INSTALLED, OFFLINE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from rig.sao_tome import SaoTome
    from rig.stac_api import Request

CLOSED_PORT = "http://127.0.0.1:9"


def settings(cache: Path, *catalogues: str) -> Settings:
    return Settings(catalogues=catalogues or (CLOSED_PORT,), worldcover=CLOSED_PORT, cache=cache)


def test_a_catalogue_that_answers_gives_real_chips(sao_tome: SaoTome, tmp_path: Path) -> None:
    chip = AutoSource(sao_tome.settings(tmp_path)).chip_at(LON, LAT)
    assert chip.source == "stac"
    assert not chip.simulated
    assert chip.missing == ()


def test_one_catalogue_of_several_is_enough(sao_tome: SaoTome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auto_source, "PATIENCE", 60.0)
    with ScriptedApi(lambda _: Reply(stall=30)) as slow:
        three = sao_tome.settings(tmp_path, catalogues=(CLOSED_PORT, f"{sao_tome.api}#sentinel-2-l2a", f"{slow.url}#x"))
        assert probe_catalogues(three) == ""
        assert slow.reply_count == 0


ANSWERS: dict[str, Callable[[Request], Reply]] = {
    "slow": lambda _: Reply(stall=30),
    "503": lambda _: Reply(status=503),
    "html": lambda _: Reply(body=b"<html>please sign in</html>"),
    "json": lambda _: Reply(body={"hello": "world"}),
    "a list": lambda _: Reply(body=[1]),
    "deep": lambda _: Reply(body=b"[" * 100_000),
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_simulates_when_the_server_answers_no_catalogue(answer: Callable[[Request], Reply], tmp_path: Path) -> None:
    with ScriptedApi(answer) as api:
        source = AutoSource(settings(tmp_path, f"{api.url}#x"))
        chip = source.chip_at(LON, LAT)
        if answer is ANSWERS["slow"]:
            assert api.reply_count == 0  # it still stalls
        assert chip.simulated
        assert chip.source == "simulated"
        assert chip.missing[0] == OFFLINE
        assert OFFLINE.endswith(".")


@pytest.mark.parametrize("address", [CLOSED_PORT, "http://nobody.invalid/stac"], ids=["refused", "no such host"])
def test_without_a_network_simulates_before_the_time_is_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setattr(auto_source, "PATIENCE", 60.0)
    deadline = time.monotonic() + 60
    assert probe_catalogues(settings(tmp_path, address)) == OFFLINE
    assert time.monotonic() < deadline


def test_remembers_for_a_while_that_no_catalogue_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with ScriptedApi(lambda _: Reply(status=404)) as api:
        source = AutoSource(settings(tmp_path, f"{api.url}#a", f"{api.url}#b"))
        first = source.chip_at(LON, LAT)
        again = source.chip_at(LON + 1, LAT)
        assert len(api.requests) == 1  # one address, two collections, two clicks
        assert first.simulated
        assert again.simulated
        monkeypatch.setattr(source, "_until", time.monotonic() - 1)
        source.chip_at(LON, LAT)
        assert len(api.requests) == 2


def test_uses_stac_api_that_works_again(sao_tome: SaoTome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = AutoSource(sao_tome.settings(tmp_path))
    monkeypatch.setattr(auto_source, "_answers", lambda *_: False)
    assert source.chip_at(LON, LAT).simulated
    monkeypatch.undo()
    source._until = 0
    assert not source.chip_at(LON, LAT).simulated


def test_cached_chip_is_real_without_a_network(
    sao_tome: SaoTome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    AutoSource(sao_tome.settings(tmp_path)).chip_at(LON, LAT)

    def fail(*_: object) -> Any:
        pytest.fail("asked a catalogue")

    monkeypatch.setattr(auto_source, "probe_catalogues", fail)
    chip = AutoSource(sao_tome.settings(tmp_path)).chip_at(LON, LAT)
    assert chip.source == "stac"
    assert chip.rgb is not None


def test_latest_result_is_there_for_all_of_the_process_without_a_request(tmp_path: Path) -> None:
    with ScriptedApi(lambda _: Reply(status=404)) as api:
        offline = settings(tmp_path, api.url)
        assert last_reason(offline) is None
        assert api.reply_count == 0
        assert AutoSource(offline).chip_at(LON, LAT).simulated
        requests = api.reply_count
        assert last_reason(offline) == OFFLINE
        assert api.reply_count == requests


def test_simulates_real_scene_when_offline(tmp_path: Path) -> None:
    chip = AutoSource(settings(tmp_path)).chip_at(LON, LAT, scene="S2A_32NKF_20200612_1_L2A")
    assert chip.simulated
    assert chip.missing[0] == OFFLINE
    assert chip.scene
    assert AutoSource(settings(tmp_path)).chip_at(LON, LAT, scene=chip.scene.item).scene == chip.scene


def test_names_extra_to_install_where_only_core_is_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pystac_client", None)
    with ScriptedApi(lambda request: Reply(body=landing(f"http://{request.host}"))) as api:
        chip = AutoSource(settings(tmp_path, api.url)).chip_at(LON, LAT)
    assert chip.simulated
    assert chip.missing[0] == NOT_INSTALLED


def test_bad_places_and_years_are_refused(tmp_path: Path) -> None:
    source = AutoSource(settings(tmp_path))
    with pytest.raises(PlaceError):
        source.chip_at(0, 89)
    with pytest.raises(SettingError):
        source.chip_at(0, 0, year=1999)
