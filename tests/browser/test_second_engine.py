"""The site in a second browser engine, as somebody with Firefox opens it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rig.firefox import firefox_page

if TYPE_CHECKING:
    from pathlib import Path

# a view lies in a shadow root under Panel
_FIND = """(() => { const find = (root) => { for (const one of root.querySelectorAll('*')) {
  if (one.matches(%r) && %s) return one; const inside = one.shadowRoot && find(one.shadowRoot);
  if (inside) return inside; } return null; }; const element = find(document);
  return element ? element.innerText : null; })()"""


def test_caption_and_gallery_appear_in_firefox(app: str, tmp_path: Path) -> None:
    with firefox_page(tmp_path) as page:
        page.resize(1280, 800)
        page.goto(app)
        assert len(page.wait_for(_FIND % (".cen-caption-view .cen-text", "one.innerText.trim()"))) > 100
        page.goto(app.replace("/?", "/browse?"))
        # at first it says that it searches
        assert page.wait_for(_FIND % (".cen-gallery .cen-head h3", "one.innerText.includes('Pairs 1 to 24 of')"))
        assert page.errors == []
