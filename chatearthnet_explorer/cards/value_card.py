"""The HTML that a notebook displays for a value of this package."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from chatearthnet_explorer.caption import Caption
from chatearthnet_explorer.cards import Card, caption_card, card, chip_card, prompt_card
from chatearthnet_explorer.cards.html_tree import element
from chatearthnet_explorer.chip import Chip
from chatearthnet_explorer.pipeline import Captioned
from chatearthnet_explorer.prompts.prompt import Prompt
from chatearthnet_explorer.values import Value, brief

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

TEXT_LIMIT = 2_000
"""Characters of one text that a table shows; the longest real caption has fewer."""

ITEM_LIMIT = 50
"""Items of one list or mapping that a table shows."""


def value_card(value: Value) -> Card:
    """Return the card of a value: that of its class where there is one, else a table of its fields."""
    match value:
        case Captioned():
            return card(value)
        case Chip():
            return chip_card(value)
        case Prompt():
            return prompt_card(value)
        case Caption():
            return caption_card([value])
        case _:
            return Card(type(value).__name__, (_table(_fields(value)),))


def _fields(value: Any) -> dict[str, Any]:  # noqa: ANN401 - any dataclass
    return {one.name: getattr(value, one.name) for one in fields(value)}


def _table(items: Mapping[Any, Any]) -> Element:
    pairs = list(items.items())[:ITEM_LIMIT]
    rows = [element("tr", element("th", _text(name), scope="row"), element("td", _cell(item))) for name, item in pairs]
    if len(items) > ITEM_LIMIT:
        rows.append(element("tr", element("td", f"and {len(items) - ITEM_LIMIT} more", colspan="2")))
    return element("table", *rows, class_="cen-facts")


def _cell(value: object) -> Element | str:
    match value:
        case Value():
            return _table(_fields(value))
        case Mapping() if value:
            return _table(value)
        case tuple() | list() if value:
            texts = [_text(item) for item in value[:ITEM_LIMIT]]
            return ", ".join(texts) + (f" and {len(value) - ITEM_LIMIT} more" if len(value) > ITEM_LIMIT else "")
        case tuple() | list() | Mapping() | None:
            return "—"
        case _:
            return _text(value)


def _text(value: object) -> str:
    text = value if isinstance(value, str) else brief(value)
    return text if len(text) <= TEXT_LIMIT else f"{text[:TEXT_LIMIT]}..."
