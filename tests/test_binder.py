"""What Binder does with the repository, done here: its requirements, its build step, its start."""

import os
import re
import shutil
import subprocess
import time
import tomllib
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from rig import full_size
from rig.ports import free_port
from rig.zenodo import Zenodo

ROOT = Path(__file__).parents[1]
BINDER = ROOT / "binder"
NOTEBOOK = "notebooks/01_click_to_caption.ipynb"


def _extras() -> dict[str, list[str]]:
    extras: dict[str, list[str]] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"][
        "optional-dependencies"
    ]
    return extras


def test_requirements_are_the_project_with_an_extra_that_brings_notebook_and_app() -> None:
    lines = [line for line in (BINDER / "requirements.txt").read_text().splitlines() if not line.startswith("#")]
    assert lines[0] == "--constraint constraints.txt"
    (extra,) = re.fullmatch(r"\.\[(\w+)\]", *lines[1:]).groups()
    names, to_do = set(), [extra]
    while to_do:
        for line in _extras()[to_do.pop()]:
            requirement = Requirement(line)
            names.add(requirement.name)
            if requirement.name == "chatearthnet-explorer":
                to_do += requirement.extras
    assert {
        "jupyterlab",
        "jupyter-server-proxy",
        "leafmap",
        "ipyleaflet",
        "anywidget",
        "panel",
        "pystac-client",
        "pyarrow",
    } <= names


def test_no_extra_forbids_a_newer_release() -> None:
    for lines in _extras().values():
        for line in lines:
            assert {specifier.operator for specifier in Requirement(line).specifier} <= {">="}, line


def test_constraints_pin_everything_that_the_requirements_bring() -> None:
    lines = [line for line in (BINDER / "constraints.txt").read_text().splitlines() if not line.startswith("#")]
    pins = {requirement.name: requirement.specifier for requirement in map(Requirement, lines)}
    assert {"bokeh", "ipyleaflet", "jupyterlab", "leafmap", "numpy", "panel", "pyarrow", "tornado"} <= pins.keys()
    assert {one.operator for specifier in pins.values() for one in specifier} == {"=="}


def test_image_has_a_python_that_the_project_supports() -> None:
    version = (BINDER / "runtime.txt").read_text().strip().removeprefix("python-")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert f"Programming Language :: Python :: {version}" in project["classifiers"]


@pytest.mark.parametrize("name", ["postBuild", "start"])
def test_scripts_may_be_run_and_are_bash(name: str) -> None:
    assert os.access(BINDER / name, os.X_OK)
    subprocess.run(["bash", "-n", str(BINDER / name)], check=True)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "notebooks", tmp_path / "notebooks")
    shutil.copytree(BINDER, tmp_path / "binder")
    return tmp_path


def _environment(home: Path) -> dict[str, str]:
    return {
        **{key: value for key, value in os.environ.items() if not key.startswith(("JUPYTER", "XDG", "CHATEARTHNET"))},
        "HOME": str(home),
    }


def _build(clone: Path, zenodo: str) -> str:
    """Run the build step where Zenodo is at an address; return what it wrote."""
    variables = {"CHATEARTHNET_ZENODO": zenodo, "CHATEARTHNET_MIRROR": f"{zenodo}/no/mirror"}
    command = [clone / "binder" / "postBuild"]
    return subprocess.run(
        command, cwd=clone, env=_environment(clone) | variables, check=True, capture_output=True, text=True
    ).stdout


def test_image_has_the_real_captions_where_zenodo_answers(clone: Path, tmp_path: Path) -> None:
    pytest.importorskip("jupyterlab", reason="JupyterLab is not installed: pip install .[lab]")
    full_size.write_release(tmp_path / "release", records=600, archives=1)
    with Zenodo(tmp_path / "release") as zenodo:
        assert "600 real pairs are in the image." in _build(clone, zenodo.url)
    assert list(clone.glob(".local/share/chatearthnet_explorer/catalogs/zenodo-*"))


def test_build_and_start_open_the_site(clone: Path) -> None:
    pytest.importorskip("jupyterlab", reason="JupyterLab is not installed: pip install .[lab]")
    environment = _environment(clone)
    assert "The image has the simulated sample alone." in _build(clone, "http://127.0.0.1:9")
    port = free_port()
    command = [clone / "binder" / "start", "jupyter", "lab", "--no-browser", "--allow-root", "--ip=127.0.0.1"]
    command += [f"--port={port}", "--IdentityProvider.token="]
    with (clone / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=clone, env=environment, stdout=log, stderr=log)
        try:
            assert _page_url(f"http://127.0.0.1:{port}/", process).endswith("/chatearthnet/")
            # a badge can name a notebook
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/lab/tree/{NOTEBOOK}", timeout=60) as page:
                assert page.status == 200
        finally:
            process.terminate()
            process.wait(60)


def _page_url(address: str, process: subprocess.Popen[bytes]) -> str:
    """Return where the server leads somebody who asks for its first page."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=10) as page:
                url: str = page.geturl()
                return url
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    pytest.fail("JupyterLab did not start")
