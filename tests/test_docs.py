"""What the documents promise is there: links, files, commands, options, variables and imports."""

from __future__ import annotations

import ast
import json
import re
import shlex
from functools import cache
from pathlib import Path

import pytest
from generators.commands import commands, options

from chatearthnet_explorer import cli

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "chatearthnet_explorer"
GENERATED_PAGES = tuple(ROOT / "docs" / name for name in ("generated", "reference/api", "lessons"))
PAGES = sorted(
    page for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")] if not set(GENERATED_PAGES) & set(page.parents)
)
GUIDES = [page for page in PAGES if page.parent.name != "decisions" and page.name != "CHANGELOG.md"]
"""Pages that tell how things are now; decisions and the changelog may speak of what was."""

NOTEBOOKS = sorted(ROOT.glob("notebooks/**/*.ipynb"))

OTHER_OPTIONS = {"--help", "--keep-going", "--first", "--before"} | {
    *("--alias", "--api-key", "--host", "--mmproj", "--reasoning-parser", "--served-model-name")
}
"""Options of every program, and of others that the text names: sphinx-build, the scripts in benchmarks, and servers of
local models."""

LIBRARY_VARIABLES = {"OPENAI_CUSTOM_HEADERS"}
"""Variables that a library reads, not this package."""


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _blocks(page: Path, language: str) -> list[str]:
    """Return the code blocks in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def _prose(page: Path) -> str:
    """Return the text without its code blocks."""
    return re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)


def _code(page: Path) -> list[str]:
    """Return what stands between backticks in the text."""
    return re.findall(r"(?<!`)`([^`\n]+)`(?!`)", _prose(page))


def _anchors(page: Path) -> set[str]:
    """Return the anchors of the headings, as GitHub and the site make them."""
    headings = re.findall(r"^#+ (.+)$", _prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_links_within_the_project_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
        if "://" in link or link.startswith("mailto:"):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        if anchor:
            assert anchor in _anchors(target), link


@pytest.mark.parametrize("page", GUIDES, ids=_name)
def test_files_that_the_text_names_exist(page: Path) -> None:
    for code in _code(page):
        files = code.replace("urlpath=lab/tree/", "")  # what JupyterLab puts before a file in an address
        for path in re.findall(r"(?<![\w/.<])([\w-]+(?:/[\w.-]+)*/[\w.-]+\.(?:py|toml|ipynb|css|js))\b", files):
            assert (ROOT / path).exists() or (PACKAGE / path).exists(), path


def _command_lines(page: Path) -> list[str]:
    """Return the lines of code blocks that run the program, without comments."""
    text = "\n".join(re.findall(r"^(?:```\w*\n.*?^```|    \S.*$)", page.read_text("utf-8"), re.MULTILINE | re.DOTALL))
    return [line.strip() for line in text.splitlines() if line.strip().startswith("chatearthnet-explorer ")]


COMMAND_LINES = [
    pytest.param(line, id=f"{_name(page)}: {line[:60]}") for page in GUIDES for line in _command_lines(page)
]


@pytest.mark.parametrize("line", COMMAND_LINES)
def test_program_understands_the_command(line: str) -> None:
    arguments = shlex.split(line.partition("  #")[0])[1:]
    if "--help" not in arguments and "..." not in arguments:
        cli.build_parser().parse_args(cli._with_dashes(arguments))


def test_the_guides_show_commands() -> None:
    assert len(COMMAND_LINES) > 40


ALL_OPTIONS = {
    option
    for parser, _ in commands(cli.build_parser())
    for action in options(parser)
    for option in action.option_strings
}


@pytest.mark.parametrize("page", GUIDES, ids=_name)
def test_program_has_the_options_that_the_text_names(page: Path) -> None:
    options = {option for code in _code(page) for option in re.findall(r"(?<![\w-])--[a-z][a-z-]*", code)}
    assert options <= ALL_OPTIONS | OTHER_OPTIONS


@cache
def _variables_in(folder: Path) -> set[str]:
    """Return the environment variables that the code names, from its string constants."""
    constants = {
        node.value
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return {text for text in constants if re.fullmatch(r"(CHATEARTHNET|OPENAI|XDG|SSL|REQUESTS|CURL)_[A-Z_]+", text)}


def test_reference_has_every_variable_that_the_program_reads() -> None:
    read = _variables_in(PACKAGE)
    assert len(read) > 10
    assert read <= set(re.findall(r"[A-Z]+(?:_[A-Z]+)+", (ROOT / "docs/reference/settings.md").read_text("utf-8")))


@pytest.mark.parametrize("page", GUIDES, ids=_name)
def test_program_reads_the_variables_that_the_text_names(page: Path) -> None:
    variables = set(re.findall(r"\b(?:CHATEARTHNET|OPENAI)_[A-Z_]+[A-Z]", page.read_text("utf-8")))
    assert variables <= _variables_in(PACKAGE) | _variables_in(ROOT / "tests") | LIBRARY_VARIABLES


PYTHON = [pytest.param(block, id=_name(page)) for page in GUIDES for block in _blocks(page, "python")]


@pytest.mark.parametrize("block", PYTHON)
def test_python_in_the_text_imports_what_is_there(block: str) -> None:
    tree = ast.parse(block)
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    exec(compile(ast.Module(imports, []), "page", "exec"), {})  # noqa: S102 - the repository's own lines


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_are_stripped(path: Path) -> None:
    notebook = json.loads(path.read_text("utf-8"))
    assert "widgets" not in notebook["metadata"]
    for cell in notebook["cells"]:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
