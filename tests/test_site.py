"""The documentation site: what is generated out of the code, and what the check of the built pages notices."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import pytest
from generators import api, commands, layers, markdown, modules, offline, package, settings

from chatearthnet_explorer.cli import build_parser

if TYPE_CHECKING:
    from pathlib import Path


def test_list_of_modules_has_each_with_its_first_line() -> None:
    page = modules.page()
    paths = re.findall(r"^\| `([\w/]+\.py)` \|", page, re.MULTILINE)
    # the summary of a package stands above the table of its modules
    inside = {path.relative_to(package.PACKAGE).as_posix() for path in package.PACKAGE.rglob("*.py")}
    assert inside - set(paths) == {name for name in inside if re.fullmatch(r"\w+/__init__\.py", name)}
    for module in package.modules():
        assert markdown.escape(module.summary) in page


def test_reference_has_every_command_with_every_option() -> None:
    page = commands.page()
    sections = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL))
    leaves = list(commands.commands(build_parser()))
    assert len(sections) == len(leaves) > 12
    for parser, summary in leaves:
        section = sections[parser.prog.partition(" ")[2]]
        assert summary
        for action in commands.options(parser):
            for name in action.option_strings or [action.metavar]:
                assert f"`{name}" in section, (parser.prog, name)


def test_reference_has_the_settings_with_defaults_of_an_empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATEARTHNET_ZENODO", "http://elsewhere.example")
    page = settings.page()
    assert "| `zenodo` |" in page
    assert "`https://zenodo.org`" in page
    assert "elsewhere" not in page


def test_python_reference_has_a_page_for_each_package_and_module_at_the_top_level() -> None:
    pages = api.pages()
    top = {
        path.name.removesuffix(".py")
        for path in package.PACKAGE.iterdir()
        if (path / "__init__.py").exists() or path.suffix == ".py"
    }
    assert {name.removesuffix(".md") for name in pages} == (top - {"__init__", "__main__"}) | {"top_level"}
    assert "automodule:: chatearthnet_explorer.tile\n" in pages["tile.md"]
    assert "automodule:: chatearthnet_explorer.app.panel_plugin\n" in pages["app.md"]


def test_python_reference_leaves_out_what_starts_a_program_when_it_is_imported() -> None:
    text = "".join(api.pages().values())
    assert "automodule:: chatearthnet_explorer.__main__" not in text
    assert "automodule:: chatearthnet_explorer.app.panel_serve.explore" not in text


def test_drawing_has_a_box_for_each_name_in_the_order_of_the_layers() -> None:
    drawing = ET.fromstring(layers.drawing("chatearthnet_explorer", ["cli", "sources | captioners", "tile"]))  # noqa: S314 - our own
    texts = drawing.findall(".//{*}text")
    assert [text.text for text in texts] == ["cli", "sources", "captioners", "tile"]
    heights = [float(text.attrib["y"]) for text in texts]
    assert heights[0] < heights[1] == heights[2] < heights[3]


def test_drawing_stays_within_its_width() -> None:
    names = [module.entry for module in package.modules() if module.entry]
    drawing = ET.fromstring(layers.drawing("chatearthnet_explorer", [" | ".join(dict.fromkeys(names))]))  # noqa: S314 - our own
    for box in drawing.findall(".//{*}rect"):
        assert float(box.attrib["x"]) + float(box.attrib["width"]) <= layers.WIDTH


def test_page_of_contracts_has_every_contract() -> None:
    page = layers.page()
    assert page.count("<svg") >= 1
    assert "| `" not in page
    assert page.count("## ") >= 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a | b", "a \\| b"),
        ("<script>", "\\<script\\>"),
        ("uses ``a|b_c`` twice", "uses `a\\|b_c` twice"),
        ("snake_case and *stars*", "snake\\_case and \\*stars\\*"),
    ],
)
def test_escapes_what_markdown_would_take_for_markup(text: str, expected: str) -> None:
    assert markdown.escape(text) == expected


@pytest.mark.parametrize(
    "html",
    [
        '<script src="https://cdn.example/a.js"></script>',
        '<link rel="stylesheet" href="//fonts.example/a.css">',
        '<img src="http://pictures.example/a.png">',
        '<a href="missing.html">x</a>',
        '<a href="#nowhere">x</a>',
    ],
)
def test_check_of_the_site_notices(html: str, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(f"<html><body>{html}</body></html>", "utf-8")
    assert len(offline.check(tmp_path)) == 1


def test_check_of_the_site_notices_styles_and_scripts_that_load_from_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("@font-face { src: url(https://fonts.example/a.woff2) }", "utf-8")
    (tmp_path / "b.css").write_text("@import '//fonts.example/b.css';", "utf-8")
    (tmp_path / "c.js").write_text('fetch("https://elsewhere.example/x.json")', "utf-8")
    assert len(offline.check(tmp_path)) == 3


def test_check_of_the_site_accepts_links_to_other_hosts_and_its_own_files(tmp_path: Path) -> None:
    (tmp_path / "b.html").write_text('<h1 id="top">x</h1>', "utf-8")
    (tmp_path / "a.css").write_text("body { background: url(a.png) }", "utf-8")
    (tmp_path / "index.html").write_text(
        '<link rel="stylesheet" href="a.css"><a href="https://example.org/x">x</a>'
        '<a href="b.html#top">y</a><a href="a.css">z</a>',
        "utf-8",
    )
    assert offline.check(tmp_path) == []
