"""The notebook on models, run where a key is set: the key stays out of everything that is saved."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

nbclient = pytest.importorskip("nbclient", reason="JupyterLab is not installed: pip install .[lab]")
nbformat = pytest.importorskip("nbformat", reason="JupyterLab is not installed: pip install .[lab]")

NOTEBOOK = Path(__file__).parents[1] / "notebooks" / "04_bring_your_own_model.ipynb"
KEY = "sk-rig-71c0de5ec2e7a9b3"
_SECONDS = 180


def test_notebook_with_a_key_in_the_environment_is_saved_without_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbclient.NotebookClient(notebook, timeout=_SECONDS, resources={"metadata": {"path": tmp_path}}).execute()
    nbformat.write(notebook, tmp_path / "saved.ipynb")
    content = (tmp_path / "saved.ipynb").read_text("utf-8")
    assert "A key is set." in content
    assert "application/vnd.jupyter.widget-state+json" in content  # the state of the Explorer is part of the file
    assert KEY not in content
    for words in ("Cancelled.", "12 new captions", "price unknown", "Captioners compared"):  # nothing failed in silence
        assert words in content
    assert all(KEY not in path.read_text("utf-8", "replace") for path in tmp_path.rglob("*") if path.is_file())
    assert not [
        output for output in _outputs(content) if output["output_type"] == "error" or output.get("name") == "stderr"
    ]


def test_notebook_shows_no_cell_into_which_a_key_is_written() -> None:
    cells = json.loads(NOTEBOOK.read_text("utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells]
    code = [source for cell, source in zip(cells, sources, strict=True) if cell["cell_type"] == "code"]
    assert not [source for source in code if "api_key" in source.lower() and "os.environ.get" not in source]
    assert any("getpass(" in source for source in sources)


def _outputs(content: str) -> list[dict[str, str]]:
    return [output for cell in json.loads(content)["cells"] for output in cell.get("outputs", ())]
