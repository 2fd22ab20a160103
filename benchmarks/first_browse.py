"""How long it takes until a visitor with an empty cache sees map, counts and 24 pictures of the sample.

Usage: PYTHONPATH=tests python benchmarks/first_browse.py [WIDTH]
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from machine import describe
from rig import servers, stage

WATCH = """
const marks = window.marks = {};
const walk = (root, look) => { for (const one of root.querySelectorAll('*')) {
    look(one); if (one.shadowRoot) walk(one.shadowRoot, look); } };
const look = () => {
    let pictures = 0;
    walk(document, (one) => {
        if (one.matches('.cen-tile img') && one.complete && one.naturalWidth) pictures += 1;
        if (one.matches('.leaflet-land-pane path')) marks.map ??= performance.now();
        const head = one.matches('.cen-gallery .cen-head h3') && one.textContent.includes(' of ');
        if (head) marks.counts ??= performance.now();
    });
    if (pictures >= 24) marks.pictures ??= performance.now();
    if (!(marks.map && marks.counts && marks.pictures)) setTimeout(look, 20);
};
addEventListener('load', () => { marks.load = performance.now(); });
look();
"""
VISITS = 5


def main() -> None:
    """Start a server with an empty home, visit its page, and say when what was there; later visits find the cache."""
    width = int(sys.argv[1]) if len(sys.argv) > 1 else 1280
    print(f"{describe('panel', 'ipywidgets')}; Chromium, {width} px wide; seconds from the request")
    with tempfile.TemporaryDirectory() as folder, stage.chromium() as browser, servers.app(Path(folder)) as address:
        for number in range(VISITS):
            with servers.watched_page(browser, width=width) as visit:
                visit.page.add_init_script(WATCH)
                visit.page.goto(servers.page_of(address, "browse"))
                visit.page.wait_for_function(
                    "marks.map && marks.counts && marks.pictures && marks.load", timeout=60_000
                )
                marks = {name: round(at / 1000, 2) for name, at in visit.page.evaluate("marks").items()}
                after = round(marks["pictures"] - marks["load"], 2)
                print(f"visit {number + 1}: {marks}; 24 pictures {after} s after the page's load")


if __name__ == "__main__":
    main()
