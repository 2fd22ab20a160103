"""The doctor asks real services on loopback and says of each what it answered."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import pytest
from rig.range_server import Fault, RangeServer

from chatearthnet_explorer import doctor
from chatearthnet_explorer.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from rig.sao_tome import SaoTome

CLOSED_PORT = "http://127.0.0.1:9"
FILES = "/records/11003436/files/json_files.zip"
CONTENT = "/api/records/11003436/files/json_files.zip/content"
KEY = "sk-a-key-that-nobody-may-see"


@pytest.fixture
def services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RangeServer]:
    """Stand-ins of Zenodo, its mirror and a model's service, as they answer when all is well."""
    zip_start = b"PK\x03\x04" + bytes(1000)
    checksum = f"md5:{hashlib.md5(zip_start, usedforsecurity=False).hexdigest()}"
    bodies = {
        FILES: zip_start,
        "/api/records/11003436": json.dumps({"files": [{"key": "json_files.zip", "checksum": checksum}]}).encode(),
        "/datasets/institute/copy/resolve/main/jsons/mm_chatearthnet_caps_4v_val.json": b'[{"image_id": "x"}]'
        + bytes(100),
        "/v1/models": json.dumps({"data": [{"id": doctor.DEFAULT}]}).encode(),
    }
    with RangeServer(tmp_path) as server:
        for path, body in bodies.items():
            server.fail(path, Fault(body=body))
        server.fail(CONTENT, Fault(body=zip_start, ignore_range=True))
        monkeypatch.setenv("CHATEARTHNET_ZENODO", server.url)
        monkeypatch.setenv("CHATEARTHNET_MIRROR", f"{server.url}/datasets/institute/copy")
        monkeypatch.setattr(doctor, "CAPTIONS_SHA", checksum)
        monkeypatch.setenv("OPENAI_BASE_URL", f"{server.url}/v1")
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        yield server


def _by_service(checks: tuple[doctor.ServiceCheck, ...]) -> dict[str, doctor.ServiceCheck]:
    return {check.service: check for check in checks}


def test_all_services_work(sao_tome: SaoTome, services: RangeServer, tmp_path: Path) -> None:
    checks = doctor.check_services(sao_tome.settings(tmp_path / "cache"))
    assert [check.service for check in checks] == [
        "catalogue",
        "WorldCover",
        "Zenodo files",
        "Zenodo API",
        "mirror",
        "model",
    ]
    assert all(check.works for check in checks), checks
    assert doctor.can_answer_click(checks)
    answers = _by_service(checks)
    assert "scenes of 2020" in answers["catalogue"].answer
    assert "S2A_32NKF_20200612_1_L2A" in answers["catalogue"].answer
    assert "2020 with" in answers["WorldCover"].answer
    assert answers["Zenodo files"].difference == ""
    assert "byte ranges" in answers["Zenodo API"].difference
    assert services.requests >= 5


def test_differences_are_named(sao_tome: SaoTome, services: RangeServer, tmp_path: Path) -> None:
    services.fail(FILES, Fault(body=b"<!doctype html>Log in"))
    services.fail("/api/records/11003436", Fault(body=b'{"files": [{"key": "json_files.zip", "checksum": "md5:0"}]}'))
    services.fail(
        "/datasets/institute/copy/resolve/main/jsons/mm_chatearthnet_caps_4v_val.json", Fault(status=429, retry_after=3)
    )
    services.fail("/v1/models", Fault(status=401))
    answers = _by_service(doctor.check_services(sao_tome.settings(tmp_path / "cache")))
    assert not answers["Zenodo files"].works
    assert "not the file" in answers["Zenodo files"].answer
    assert "checksum" in answers["Zenodo API"].difference
    assert answers["mirror"].answer.startswith("429")
    assert answers["model"].answer.startswith("401: the key is refused")
    assert answers["catalogue"].works
    assert answers["WorldCover"].works


def test_year_of_worldcover_that_is_missing_is_named(sao_tome: SaoTome, services: RangeServer, tmp_path: Path) -> None:
    assert services.url
    path = "/v200/2021/map/ESA_WorldCover_10m_2021_v200_N00E006_Map.tif"
    sao_tome.server.fail(path, Fault(status=403))
    try:
        answer = _by_service(doctor.check_services(sao_tome.settings(tmp_path / "cache")))["WorldCover"]
    finally:
        sao_tome.server.fail(path)
    assert answer.works
    assert "2021" in answer.difference


def test_command_fails_where_no_click_can_work(
    services: RangeServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert services.url
    monkeypatch.setenv("CHATEARTHNET_STAC", CLOSED_PORT)
    monkeypatch.setenv("CHATEARTHNET_WORLDCOVER", CLOSED_PORT)
    assert main(["doctor", "--json"]) == 1
    out, err = capsys.readouterr()
    answer = json.loads(out)
    assert answer["works"] is False
    assert len(answer["services"]) == 6
    assert err.count("\n") == 1
    assert KEY not in out + err
    assert main(["doctor"]) == 1
    assert "FAILS   catalogue" in capsys.readouterr().out


def test_command_succeeds_where_catalogue_and_labels_work(
    sao_tome: SaoTome, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CHATEARTHNET_ZENODO", CLOSED_PORT)
    monkeypatch.setenv("CHATEARTHNET_MIRROR", CLOSED_PORT)
    monkeypatch.setenv("OPENAI_BASE_URL", f"{CLOSED_PORT}/v1")
    monkeypatch.setenv("CHATEARTHNET_STAC", f"{CLOSED_PORT},{sao_tome.api}#sentinel-2-l2a")
    monkeypatch.setenv("CHATEARTHNET_WORLDCOVER", sao_tome.server.url)
    assert main(["doctor"]) == 0
    out = capsys.readouterr().out
    assert "A click gets a real picture" in out
    assert "FAILS   Zenodo files" in out


def test_models_of_another_service_are_listed(
    services: RangeServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("CHATEARTHNET_STAC", "CHATEARTHNET_WORLDCOVER", "OPENAI_BASE_URL"):
        monkeypatch.setenv(name, CLOSED_PORT)
    services.fail("/v1/models", Fault(body=b'{"data": [{"id": "my-model"}]}'))
    assert main(["doctor", "--base-url", f"{services.url}/v1"]) == 1
    line = next(line for line in capsys.readouterr().out.splitlines() if " model " in line)
    assert f"{services.url}/v1  200, 1 model: my-model;" in line
    assert line.endswith("choose one of them with --model.")
    services.fail("/v1/models", Fault(status=404))
    assert "check that the address ends in /v1" in doctor._check_model(f"{services.url}/v1").answer


def test_key_is_not_sent_on_by_a_redirect(services: RangeServer, tmp_path: Path) -> None:
    with RangeServer(tmp_path) as other:
        services.fail("/v1/models", Fault(status=307, location=f"{other.url}/v1/models"))
        check = doctor._measure("model", "model", doctor._check_model, patience=20)
        assert not check.works
        assert other.requests == 0
    assert [request.authorization for request in services.log] == [f"Bearer {KEY}"]


def test_service_that_never_answers_is_given_up_on(services: RangeServer) -> None:
    services.fail("/v1/models", Fault(stall=60))
    check = doctor._measure("model", "model", doctor._check_model, patience=0.3)
    assert not check.works
    assert "in time" in check.answer
