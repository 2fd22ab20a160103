"""Text that attacks a page, and a reader of pages that tells whether one of them got through."""

from __future__ import annotations

from html.parser import HTMLParser

SCRIPTS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(2)>",
    '"><svg onload=alert(3)>',
    "</style><script>alert(4)</script>",
    "</pre></details><iframe srcdoc='<script>parent.alert(5)</script>'></iframe>",
    "' onmouseover='alert(6)' x='",
    "javascript:alert(7)",
    "&lt;b&gt; stays &amp; &#60;u&#62;",
)
"""Each is to be seen as the characters that it is."""

CONTROL_CHARACTERS = "abc\u202edef\u2066ghi\u200fjkl\x00mno\ud800pqr"
"""Controls that turn the direction of reading, a NUL and half a surrogate pair: none may act, or break the encoding."""

VISIBLE_CONTROL_CHARACTERS = "abc⟨U+202E⟩def⟨U+2066⟩ghi⟨U+200F⟩jkl⟨U+0000⟩mno⟨U+D800⟩pqr"
"""How it is to be seen."""

ATTACK = f"tree {' '.join(SCRIPTS)} {CONTROL_CHARACTERS} water"
"""All of them in one text, between two class words."""

VISIBLE_ATTACK = f"tree {' '.join(SCRIPTS)} {VISIBLE_CONTROL_CHARACTERS} water"
"""How it is to be seen."""

TAGS = frozenset(
    {"article", "body", "details", "div", "figcaption", "figure", "h2", "h3", "h4", "head", "html", "img", "li"}
    | {"meta", "ol", "p", "pre", "section", "span", "strong", "style", "summary", "table", "tbody", "td", "th"}
    | {"thead", "title", "tr", "ul"}
)
"""Elements that a card is made of; none of them runs anything or leads anywhere."""

ATTRIBUTES = frozenset(
    {
        "alt",
        "charset",
        "class",
        "content",
        "dir",
        "height",
        "http-equiv",
        "lang",
        "name",
        "scope",
        "src",
        "style",
        "title",
    }
    | {"type", "width"}
)
"""Attributes that those elements may have; none of them is a handler or a link."""


class Page(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data

    def assert_harmless(self) -> None:
        """Fail if the page holds anything that runs, loads or leads elsewhere."""
        assert set(self.tags) <= TAGS
        assert {name for name, _ in self.attributes} <= ATTRIBUTES
        sources = [value for name, value in self.attributes if name == "src"]
        assert all(source.startswith("data:image/png;base64,") for source in sources)
        assert not [value for name, value in self.attributes if name == "style" and "url(" in value]
