"""The public names: where they are, what importing them costs, and that none hides a module."""

from __future__ import annotations

import ast
import inspect
import pkgutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import chatearthnet_explorer as cen

PACKAGE = Path(cen.__file__).parent
PUBLIC = {
    "Browser",
    "Budget",
    "BudgetCaptioner",
    "Caption",
    "Captioned",
    "Catalog",
    "Chip",
    "CompareCaptions",
    "Comparison",
    "Explorer",
    "ExplorerError",
    "Prompt",
    "Query",
    "ReviewDesk",
    "Tile",
    "Writer",
    "__version__",
    "caption_at",
    "card",
    "compare_captions",
    "open_captioner",
    "open_catalog",
    "open_source",
    "prompt_for",
    "prompt_for_chip",
}
SUBPACKAGES = sorted(one.name for one in pkgutil.walk_packages([str(PACKAGE)], "chatearthnet_explorer.") if one.ispkg)

HEAVY = {
    "PIL",
    "anywidget",
    "dask",
    "duckdb",
    "ipyleaflet",
    "ipywidgets",
    "leafmap",
    "odc",
    "openai",
    "pandas",
    "panel",
    "pyarrow",
    "pystac_client",
    "rasterio",
    "rioxarray",
    "xarray",
}


def test_dir_lists_the_public_names() -> None:
    assert set(dir(cen)) == set(cen.__all__) == PUBLIC


def test_type_checker_sees_every_public_name() -> None:
    tree = ast.parse((PACKAGE / "__init__.py").read_text("utf-8"))
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    imports = {name.name for node in block.body if isinstance(node, ast.ImportFrom) for name in node.names}
    assert imports | {"__version__"} == PUBLIC


@pytest.mark.parametrize("name", sorted(PUBLIC - {"__version__"}))
def test_public_names_are_documented(name: str) -> None:
    assert len(getattr(cen, name).__doc__.split()) > 3


def test_version_is_that_of_the_distribution() -> None:
    assert [int(part) for part in cen.__version__.split(".")[:2]] >= [0, 1]


def test_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Nothing'"):
        _ = cen.Nothing


def test_import_loads_numpy_and_none_of_the_subpackages() -> None:
    code = "import sys, chatearthnet_explorer as cen; dir(cen); print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    own = {name for name in modules if name.startswith("chatearthnet_explorer")}
    assert own == {"chatearthnet_explorer", "chatearthnet_explorer.values"}
    assert not HEAVY & {name.partition(".")[0] for name in modules}


@pytest.mark.parametrize("name", ["chatearthnet_explorer", *SUBPACKAGES])
def test_no_function_or_class_hides_a_module(name: str) -> None:
    package = import_module(name)
    modules = {
        one.name
        for one in pkgutil.iter_modules(package.__path__)
        if not inspect.ismodule(getattr(package, one.name, package))
    }
    assert modules == set()
