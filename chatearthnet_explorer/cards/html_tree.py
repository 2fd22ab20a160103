"""Build HTML as a tree of elements, whose text the serialiser escapes, so that no text can add markup."""

from __future__ import annotations

import unicodedata
from importlib.resources import files
from xml.etree.ElementTree import Element, tostring

# Controls, invisible formats (among them those that turn the direction of reading), lone surrogates, private use.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co"})
_LINES = frozenset("\n\t")


def visible(text: str) -> str:
    """Return a text in which every character that would act unseen is written out, such as ``⟨U+202E⟩``.

    Line breaks and tabs stay. What comes back can be encoded as UTF-8 whatever went in.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        f"⟨U+{ord(character):04X}⟩"
        if character not in _LINES and unicodedata.category(character) in _UNSEEN
        else character
        for character in text
    )


def element(tag: str, *children: Element | str | None, **attributes: str | None) -> Element:
    """Return an element with children in order: text is made visible and escaped, None is left out.

    Args:
        tag: Name of the element, never from outside.
        children: Elements and text.
        attributes: By name; a trailing underscore (``class_``) and other underscores (``data_x``) are rewritten as
            HTML writes them. None leaves the attribute out.
    """
    tag_element = Element(tag)
    for name, value in attributes.items():
        if value is not None:
            tag_element.set(name.rstrip("_").replace("_", "-"), visible(value))
    for child in children:
        if isinstance(child, Element):
            tag_element.append(child)
        elif child is not None:
            _add_text(tag_element, visible(child))
    return tag_element


def markup(tag_element: Element) -> str:
    """Return an element as HTML."""
    return tostring(tag_element, encoding="unicode", method="html")


def style_sheet(*names: str) -> Element:
    """Return a style element with the rules of some files of this folder."""
    return style_element("".join(files(__package__).joinpath(f"{name}.css").read_text("utf-8") for name in names))


def style_element(rules: str) -> Element:
    """Return a style element with rules of this package; HTML does not escape what stands in it."""
    tag_element = Element("style")
    tag_element.text = rules
    return tag_element


def _add_text(tag_element: Element, text: str) -> None:
    if len(tag_element):
        tag_element[-1].tail = (tag_element[-1].tail or "") + text
    else:
        tag_element.text = (tag_element.text or "") + text
