"""What a page asks of people: axe-core's findings, and the sizes of its text and of its targets."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

GRAVE = ("serious", "critical")
"""Impacts, in axe-core's words, that no page of ours may have."""

# In all shadow roots; what turns for ever, such as the sign of waiting, has no end.
_STAND_STILL = """async () => {
  const inside = (root) => [...root.querySelectorAll("*")].filter((one) => one.shadowRoot);
  const roots = (root) => [root, ...inside(root).flatMap((one) => roots(one.shadowRoot))];
  const animations = roots(document).flatMap((root) => root.getAnimations());
  const ending = animations.filter((one) => Number.isFinite(one.effect.getComputedTiming().endTime));
  await Promise.allSettled(ending.map((one) => one.finished));
}"""

_RUN = """async ([context, options]) => {
  const { violations } = await axe.run(context ?? document, options);
  return violations.map(({ id, impact, help, nodes }) => ({ id, impact, help,
    nodes: nodes.map((node) => ({ target: node.target.flat().join(" "), html: node.html.slice(0, 200),
      summary: node.failureSummary })) }));
}"""

# What is on screen and what it is for. The boxes of Leaflet's own attribution and of text of zero size do not count.
_MEASURE = """([targets, exceptions, least]) => {
  const findings = [];
  const isOnScreen = (one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true }) &&
    one.getClientRects().length && !one.closest("[aria-hidden=true]");
  const describe = (one) => `<${one.localName} class="${one.getAttribute("class") ?? ""}"> ` +
    (one.getAttribute("aria-label") || one.textContent || one.title || one.value || "").trim().slice(0, 50);
  const walk = (root) => { for (const one of root.querySelectorAll("*")) {
    if (one.shadowRoot) walk(one.shadowRoot);
    if (!isOnScreen(one) || one.matches(exceptions) || one.closest(exceptions)) continue;
    const words = one.matches("input:not([type=range], [type=checkbox], [type=radio]), textarea, select") ||
      [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    const size = parseFloat(getComputedStyle(one).fontSize);
    if (words && size < least.text) findings.push(`text of ${size} px: ${describe(one)}`);
    // Chromium reports a button in a line of text as inline-block
    if (!one.matches(targets) || getComputedStyle(one).display === "inline" || one.matches(".site-term")) continue;
    // a label is pressed as well as the box in it
    const label = (/checkbox|radio/.test(one.type) && one.labels?.[0]) || one;
    const { width, height } = label.getBoundingClientRect();
    if (width && height && (height < least.target || width < least.target))
      findings.push(`target of ${Math.round(width)} x ${Math.round(height)} px: ${describe(one)}`);
  } };
  walk(document);
  return [...new Set(findings)];
}"""

TARGETS = "a, button, select, summary, input, textarea, [role=button], [role=tab], [role=option], [role=checkbox]"
"""What is pressed. What stands in a line of running text (a word that is explained) is left out, as in WCAG 2.5.5."""

EXCEPTIONS = ".leaflet-control-attribution, .sr-only, .cen-swatch, svg *"
"""What may be small: credits of the map (the page's footer has them in full size), words for screen readers alone, the
two letters of a class on its colour (its name stands beside them), figures of a drawing (they stand in its text)."""


@cache
def _script() -> str:
    pytest.importorskip("axe_playwright_python", reason="axe-core is not installed: pip install .[browser]")
    return files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")


def violations(page: Page, *, within: str | None = None, rules: list[str] | None = None) -> list[dict[str, Any]]:
    """Return what axe-core finds on a page, in all its shadow roots.

    Args:
        page: An open page. Its content policy stays: the script is evaluated, not loaded.
        within: Selector of the part that is judged; None is all.
        rules: Rules that are run; None is all.
    """
    # during a transition, a colour between two would be measured
    page.evaluate(_STAND_STILL)
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(_script())
    options = {"resultTypes": ["violations"], **({"runOnly": rules} if rules else {})}
    findings: list[dict[str, Any]] = page.evaluate(_RUN, [within, options])
    return findings


def grave(page: Page, *, within: str | None = None, rules: list[str] | None = None) -> list[str]:
    """Return a line for each element with a serious or critical finding."""
    return [
        f"{one['id']} ({one['impact']}): {node['target']}: {node['html']} {node['summary']}"
        for one in violations(page, within=within, rules=rules)
        if one["impact"] in GRAVE
        for node in one["nodes"]
    ]


def small_parts(page: Page, *, text: float = 16, target: float = 44) -> list[str]:
    """Return what is too small to read or to press on a phone; half a pixel is rounding.

    Args:
        page: An open page.
        text: Smallest size of text in CSS pixels.
        target: Smallest width and height of what is pressed, in CSS pixels.
    """
    least = {"text": text - 0.01, "target": target - 0.5}
    findings: list[str] = page.evaluate(_MEASURE, [TARGETS, EXCEPTIONS, least])
    return findings


def use_colours(page: Page, scheme: Literal["light", "dark"]) -> None:
    """Have the system prefer light or dark colours, and wait until a page of the site, and its scripts, follow."""
    page.emulate_media(color_scheme=scheme)
    page.locator(f"body[data-jp-theme-light={str(scheme == 'light').lower()}]").wait_for()


def scrolls_sideways(page: Page) -> bool:
    """Whether the page is wider than its window."""
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))
