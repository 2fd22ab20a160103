"""The style sheet of the site: every variable that the widgets read is there, with enough contrast in both themes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytest.importorskip("panel", reason="Panel is not installed: pip install .[app]")
pytest.importorskip("ipywidgets_bokeh", reason="ipywidgets_bokeh is not installed: pip install .[app]")

import ipywidgets_bokeh

from chatearthnet_explorer.app.assets import asset, site_css

AA = 4.5
"""Contrast of small text (WCAG 2.2)."""


def test_no_variable_of_the_widgets_is_missing() -> None:
    """ipywidgets bring JupyterLab's own values only where a page has none at all."""
    script = (Path(ipywidgets_bokeh.__file__).parent / "dist" / "ipywidgets_bokeh.js").read_text("utf-8")
    read = set(re.findall(r"var\((--jp-[a-z0-9-]+)\)", script))
    own = set(re.findall(r"(--jp-[a-z0-9-]+):", site_css()))
    of_widgets = set(re.findall(r"(--jp-widgets-[a-z0-9-]+):", script))
    exempt = {"--jp-statusbar-height", *(f"--jp-collaborator-color{number}" for number in range(1, 8))}
    assert read - own - of_widgets - exempt == set()


def _values(dark: bool) -> dict[str, str]:
    css = site_css()
    light_rules, dark_rules = (
        css.partition("@media screen")[0],
        css.partition("@media screen")[2].partition("@media")[0],
    )
    values = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6})", light_rules.partition("@media print")[0]))
    return values | (dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6})", dark_rules)) if dark else {})


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("dark", [False, True])
def test_text_has_enough_contrast(dark: bool) -> None:
    values = _values(dark)
    assert (_luminance(values["ink"]) > _luminance(values["ground"])) == dark
    for ground in ("ground", "raised"):
        for ink in ("ink", "faint", "site-brand", "site-bad", "site-good", "site-warn"):
            assert _contrast(values[ink], values[ground]) >= AA, (ink, ground)
    assert _contrast(values["site-on-brand"], values["site-brand"]) >= AA
    assert _contrast(values["edge"], values["ground"]) >= 3


def test_dark_values_are_the_same_for_the_switch_and_for_the_system() -> None:
    _, switch, system = site_css().split("@media screen")
    assert re.findall(r"--[a-z-]+: [^;]+", switch) == re.findall(r"--[a-z-]+: [^;]+", system)


def test_unknown_files_are_none() -> None:
    for name in ("page.html", "../server.py", "dark.css", "widgets/bqplot@1/dist/index", "widgets/../x@1", ""):
        assert asset(name) is None
