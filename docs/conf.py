"""Configuration of the documentation site: ``sphinx-build -W --keep-going docs build/docs``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS))

from generators import api, commands, layers, lesson_pages, modules, offline, settings  # noqa: E402 - found by the line above

project = "chatearthnet_explorer"
html_title = "ChatEarthNet Explorer"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["generated"]  # pages include what lies there
suppress_warnings = [
    "ref.python",  # two modules may have a class of the same name; annotations link to one of them
]
toc_object_entries = False  # thousands of names in the navigation of every page took two thirds of the build

myst_heading_anchors = 3
myst_enable_extensions = ["colon_fence"]

add_module_names = False  # the heading says which module it is
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_use_type_comments = False
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 100
napoleon_numpy_docstring = False
napoleon_use_rtype = False

html_theme = "furo"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_favicon = "static/favicon.svg"
html_show_search_summary = False  # needs requests, which browsers refuse for pages that are opened as files
html_show_sphinx = False
html_show_copyright = False
html_copy_source = False
html_show_sourcelink = False
pygments_style = "default"
pygments_dark_style = "github-dark"


def setup(app: Sphinx) -> None:
    """Generate pages before the build, and look at the HTML after it."""
    app.connect("config-inited", lambda *_: generate())
    app.connect("build-finished", offline.check_build)


def generate() -> None:
    """Write the parts of the site that are made out of the code: these files are not in git."""
    pages_folder, reference, lessons = DOCS / "generated", DOCS / "reference" / "api", DOCS / "lessons"
    files = {
        pages_folder / "commands.md": commands.page(),
        pages_folder / "settings.md": settings.page(),
        pages_folder / "modules.md": modules.page(),
        pages_folder / "contracts.md": layers.page(),
        **{reference / name: text for name, text in api.pages().items()},
        **{lessons / name: text for name, text in lesson_pages.pages().items()},
    }
    for stale in {*pages_folder.glob("*"), *reference.glob("*"), *lessons.glob("*")} - set(files):
        stale.unlink()
    for path, text in files.items():
        path.parent.mkdir(exist_ok=True)
        if not path.exists() or path.read_text("utf-8") != text:  # Sphinx builds only what has changed
            path.write_text(text, "utf-8")
