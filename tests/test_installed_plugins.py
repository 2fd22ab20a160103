"""A package of somebody else, installed beside this one: in Explorer, in the served app, and on the command line."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rig.wheels import install, recipe_files

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[1]
MAIN = "import sys; from chatearthnet_explorer.cli import main; sys.exit(main())"
BROKEN_PACKAGE = {
    "pyproject.toml": """
[project]
name = "aaa-broken"
version = "2"

[project.entry-points."chatearthnet_explorer.captioners"]
unimportable = "no_such_module_anywhere:Captioner"
quitter = "broken_quitter:Captioner"
number = "broken_things:NUMBER"
methodless = "broken_things:Methodless"
template = "broken_things:Methodless"
"<b>bold</b>" = "broken_things:Methodless"
liar = "broken_things:Liar"
failing = "broken_things:Failing"

[project.entry-points."chatearthnet_explorer.checks"]
none = "broken_things:NUMBER"
"not a check" = "broken_things:NUMBER"
"fails in use" = "broken_things:FAILS"
""",
    "broken_quitter.py": "import sys\nsys.exit('goodbye')\n",
    "broken_things.py": """
from chatearthnet_explorer.review.finding import CAPTION, Check

NUMBER = 7

class Methodless:
    name = "methodless"

class Liar:
    name = "template"
    free = True
    def caption(self, prompt, chip):
        return None

class Failing:
    name = "failing"
    free = True
    def caption(self, prompt, chip):
        raise ZeroDivisionError("secret detail")

FAILS = Check("fails in use", "It never works.", CAPTION, 1, lambda case: [1 / 0])
""",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install(recipe_files(), tmp_path_factory.mktemp("example"))


@pytest.fixture(scope="module")
def broken_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install(BROKEN_PACKAGE, tmp_path_factory.mktemp("broken"))


def _environment(*sites: Path) -> Mapping[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (*sites, ROOT)))}


def _run(code: str, *arguments: str, sites: tuple[Path, ...]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=_environment(*sites),
    )


def _command(*arguments: str, sites: tuple[Path, ...]) -> subprocess.CompletedProcess[str]:
    return _run(MAIN, *arguments, sites=sites)


def test_recipe_works_on_command_line(site: Path) -> None:
    result = _command(
        *("caption", "6.73", "0.336", "--source", "stripes", "--captioner", "short", "--json"), sites=(site,)
    )
    assert (result.returncode, result.stderr) == (0, "")
    output = json.loads(result.stdout)
    assert output["chip"]["source"] == "stripes"
    assert output["chip"]["simulated"] is True
    assert output["caption"]["captioner"] == "short"
    assert output["caption"]["text"].startswith("The image has ")


def test_command_line_without_package_lists_built_in_names() -> None:
    result = _command("caption", "6.73", "0.336", "--captioner", "short", sites=())
    assert result.returncode == 2
    assert "short" in result.stderr
    assert "template" in result.stderr


def test_recipe_passes_its_contracts(site: Path) -> None:
    code = """
from cen_example import IMAGE, ShortCaptioner, StripesSource
from chatearthnet_explorer.testing.contracts import check_captioner, check_check, check_source
import sys
assert 'pytest' not in sys.modules
check_captioner(ShortCaptioner())
check_source(StripesSource())
check_check(IMAGE)
print('kept')
"""
    result = _run(code, sites=(site,))
    assert (result.returncode, result.stdout, result.stderr) == (0, "kept\n", "")


def test_recipe_works_in_explorer(site: Path) -> None:
    pytest.importorskip("ipywidgets", reason="the widgets are not installed: pip install .[ui]")
    code = """
import json
from chatearthnet_explorer import Explorer
explorer = Explorer(source='stripes', captioner='short', place=None)
result = explorer.go(6.73, 0.336)
menus = {}
def walk(widget):
    if type(widget).__name__ == 'Dropdown':
        menus.update({label: (value, widget.tooltip) for label, value in widget.options})
    for child in getattr(widget, 'children', ()):
        walk(child)
walk(explorer.options)
explorer.options.captioner = 'template'
explorer.options.captioner = 'short'
print(json.dumps([result.caption.text, result.code, menus['One sentence'], menus['Stripes'],
                  explorer.caption_view.captions[-1].byline]))
"""
    result = _run(code, sites=(site,))
    assert result.returncode == 0, result.stderr
    text, python, captioner, source, byline = json.loads(result.stdout)
    assert text.startswith("The image has ")
    assert "captioner='short'" in python
    assert "source='stripes'" in python
    assert captioner == ["short", "Names the classes from the largest area to the smallest."]
    assert source == ["stripes", "Stripes of all classes, the same everywhere."]
    assert byline.startswith("Written by short,")


def test_visitor_of_served_app_chooses_installed_captioner(site: Path, broken_site: Path, tmp_path: Path) -> None:
    pytest.importorskip("ipywidgets_bokeh", reason="ipywidgets_bokeh is not installed: pip install .[app]")
    from rig.servers import serving
    from rig.visitor import visiting, widget_states

    async def visit(address: str) -> tuple[str, list[str]]:
        async with visiting(address, "explore") as visitor:
            menus = {
                comm: state["_options_labels"]
                for comm, state in widget_states(await visitor.document()).items()
                if state.get("_model_name") == "DropdownModel"
            }
            for label in ("Stripes", "One sentence"):
                comm, labels = next((comm, labels) for comm, labels in menus.items() if label in labels)
                data = {"method": "update", "state": {"index": labels.index(label)}, "buffer_paths": []}
                await visitor.to_kernel("comm_msg", {"comm_id": comm, "data": data})
            return await visitor.click(6.73, 0.336), labels

    path = os.pathsep.join(map(str, (site, broken_site, ROOT)))
    with serving(tmp_path, PYTHONPATH=path) as server:
        code, labels = asyncio.run(visit(server.address))
        log = server.log.read_text("utf-8")
    assert "captioner='short'" in code
    assert "source='stripes'" in code
    assert labels == [
        "Fixed sentences (works without a model)",
        "A chat model",
        "A vision model",
        "failing",
        "liar",
        "One sentence",
    ]
    assert log.count("'quitter' of the package aaa-broken 2 cannot be used (SystemExit: goodbye)") == 1


def test_check_of_package_is_in_audit_and_facets(site: Path, broken_site: Path, tmp_path: Path) -> None:
    pytest.importorskip("duckdb", reason="the catalog is not installed: pip install .[catalog]")
    release, catalog, table = (str(tmp_path / name) for name in ("release", "catalog", "shares.csv"))
    sites = (site, broken_site)
    assert _command("simulate-release", release, "--records", "60", "--images", "0", sites=()).returncode == 0
    assert _command("catalog", "build", release, catalog, sites=()).returncode == 0
    result = _command("audit", catalog, "--scheduler", "processes", "--csv", table, "--json", sites=sites)
    assert result.returncode == 0, result.stderr
    output = json.loads(result.stdout)
    total = output["totals"]["speaks of an image"]
    assert 0 < total["found"] <= total["of"]
    assert output["totals"]["fails in use"] == {"found": 0, "of": 0, "share": None}
    assert "The check 'fails in use' failed on" in result.stderr
    assert "'not a check' of the package aaa-broken 2 cannot be used" in result.stderr
    assert "speaks of an image" in Path(table).read_text("utf-8-sig")
    # the catalog keeps the findings and needs no package for them
    search = _command("catalog", "search", catalog, "--finding", "speaks of an image", "--json", sites=())
    assert search.returncode == 0, search.stderr
    result = json.loads(search.stdout)
    assert 0 < result["total"] <= total["found"]
    assert result["facets"]["finding"]["speaks of an image"] == result["total"]
    assert all("image" in " ".join(map(str, row["captions"].values())).lower() for row in result["rows"])
    plain = json.loads(_command("audit", catalog, "--json", sites=()).stdout)
    assert "speaks of an image" not in plain["totals"]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("unimportable", "cannot be used (ModuleNotFoundError: No module named 'no_such_module_anywhere')"),
        ("quitter", "cannot be used (SystemExit: goodbye)"),
        ("number", "it is int and no class or function that makes one"),
        ("methodless", "Methodless has no method caption"),
        ("liar", "calls itself 'template'"),
        ("failing", "The captioner 'failing' failed unexpectedly"),
    ],
)
def test_broken_captioner_is_one_sentence(site: Path, broken_site: Path, name: str, sentence: str) -> None:
    result = _command(
        *("caption", "6.73", "0.336", "--source", "simulated", "--captioner", name), sites=(site, broken_site)
    )
    assert result.returncode == 1
    *others, last = result.stderr.splitlines()
    assert sentence in last
    assert "secret detail" not in result.stderr
    # refused names are said every time, whatever is chosen
    assert [line.partition(" of the package")[0] for line in others] == [
        "The captioner '<b>bold</b>'",
        "The captioner 'template'",
    ]


def test_broken_packages_leave_the_others_usable(site: Path, broken_site: Path) -> None:
    result = _command(
        *("caption", "6.73", "0.336", "--source", "stripes", "--captioner", "short", "--json"),
        sites=(site, broken_site),
    )
    assert result.returncode == 0
    assert json.loads(result.stdout)["caption"]["captioner"] == "short"
