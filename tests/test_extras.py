"""Extras: each brings what its commands need, and a command whose package is missing says which extra has it."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement
from rig.licences import requirements_of

from chatearthnet_explorer import cli
from chatearthnet_explorer.cli import main, serve_command

if TYPE_CHECKING:
    from pathlib import Path


def _names(extra: str) -> set[str]:
    return {Requirement(line).name for line in requirements_of(extra)}


def test_app_has_neither_the_heavy_map_nor_jupyterlab() -> None:
    assert {"anywidget", "ipywidgets", "ipyleaflet", "panel", "pystac-client", "rioxarray", "openai"} <= _names("app")
    assert not {"leafmap", "jupyterlab", "bpe-openai"} & _names("app")


def test_lab_has_all_that_app_and_data_have() -> None:
    notebooks = {"leafmap", "jupyterlab", "jupyter-server-proxy"}
    assert _names("app") | _names("data") | _names("tokens") | notebooks == _names("lab")
    assert _names("lab") < _names("all")


def test_local_model_server_is_there_for_the_tests_alone() -> None:
    assert {"gguf", "xllamacpp"} <= _names("test")
    assert not {"gguf", "xllamacpp"} & _names("lab")


@pytest.mark.parametrize(("package", "extra"), cli._EXTRAS.items())
def test_extra_that_is_named_brings_the_package(package: str, extra: str) -> None:
    assert package in _names(extra)
    assert package not in _names("app")  # or the app would be the extra to name


@pytest.mark.parametrize(
    ("missing", "extra"),
    [
        ("jupyterlab", "lab"),
        ("pyarrow.parquet", "data"),
        ("dask.base", "data"),
        ("panel", "app"),
        ("unheard_of", "app"),
    ],
)
def test_missing_package_is_one_sentence_with_its_extra(
    missing: str, extra: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_options: object) -> None:
        raise ModuleNotFoundError(name=missing)

    monkeypatch.setattr(serve_command, "_serve", fail)
    assert main(["serve"]) == 1
    name = missing.partition(".")[0]
    assert (
        capsys.readouterr().err == f"The package {name} is needed here; pip install 'chatearthnet-explorer[{extra}]'.\n"
    )


def test_lab_without_jupyterlab_names_the_extra_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(serve_command, "find_spec", lambda name: None if name == "jupyterlab" else find_spec(name))
    assert main(["lab", "--folder", str(tmp_path / "notebooks")]) == 1
    assert capsys.readouterr().err == (
        "The package jupyterlab is needed here; pip install 'chatearthnet-explorer[lab]'.\n"
    )
    assert not (tmp_path / "notebooks").exists()
