"""A chip as HTML: its picture, labels, legend and provenance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatearthnet_explorer.cards.html_tree import element
from chatearthnet_explorer.cards.provenance import NO_CHIP, provenance, remarks
from chatearthnet_explorer.cards.steps import width_km
from chatearthnet_explorer.landcover.legend import BACKGROUND, CLASSES
from chatearthnet_explorer.landcover.shares import PARTS, shares
from chatearthnet_explorer.render import data_url, label_png, png
from chatearthnet_explorer.tile import SIZE

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from chatearthnet_explorer.chip import Chip
    from chatearthnet_explorer.landcover.legend import LandClass, Palette

NO_LABEL = "no label"
"""Name of the background in views, which is the absence of a class."""

_LEAST = 0.01  # the smallest share that is written as a number
_LIGHT = 0.179  # relative luminance at which black and white letters are read equally well
_DARK = 0.04045  # where sRGB turns from a line to a power (IEC 61966-2-1)


def name_of(land: LandClass) -> str:
    """Return what views call a class."""
    return NO_LABEL if land.index == BACKGROUND else land.name


def initials(land: LandClass) -> str:
    """Return the two letters that mark a class beside its colour, which is never the only sign."""
    return "—" if land.index == BACKGROUND else land.name[:2].capitalize()


def hex_colour(land: LandClass, palette: Palette) -> str:
    """Return a class's colour of a palette as CSS writes it: ``#00c000``."""
    return f"#{bytes(getattr(land, palette)).hex()}"


def percent(share: float) -> str:
    """Return a share (0 to 1) in words that hide no small class: ``<1 %``."""
    return "<1 %" if 0 < share < _LEAST else f"{100 * share:.0f} %"


def describe_chip(chip: Chip) -> str:
    """Return a chip in words, for those who cannot see it.

    ``Simulated picture of a square 1.6 km wide, north up: 55 % grass, 38 % tree and 7 % crop.``
    """
    kind = "Land-cover map" if chip.rgb is None else "Simulated picture" if chip.simulated else "Satellite picture"
    what = f"{kind} of a square {width_km(chip.tile):.1f} km wide, north up"
    if chip.labels is None:
        return f"{what}; its land cover is unknown." if chip.rgb is not None else "No picture and no land cover."
    by_name = shares(chip.labels)["overall"]
    names = {land.name: name_of(land) for land in CLASSES}
    cover = [f"{percent(share)} {names[name]}" for name, share in by_name.items()]
    return f"{what}: {', '.join(cover[:-1])}{' and ' if cover[:-1] else ''}{cover[-1]}."


def chip_section(chip: Chip | None, palette: Palette = "chatearthnet") -> Element:
    """Return what there is of a chip.

    Args:
        chip: The chip; None where no place has been chosen.
        palette: Colours of the labels, one of ``legend.PALETTES``.
    """
    if chip is None:
        return element("section", element("p", NO_CHIP))
    return element(
        "section",
        element("p", "SIMULATED", class_="cen-simulated") if chip.simulated else None,
        element("div", *_pictures(chip, palette), class_="cen-pictures"),
        _legend(chip, palette),
        *(element("p", remark, class_="cen-remark") for remark in remarks(chip)),
        table_of(provenance(chip)),
        element("p", "; ".join(chip.attribution), class_="cen-credit") if chip.attribution else None,
        class_="cen-chip",
    )


def table_of(rows: tuple[tuple[str, str], ...]) -> Element:
    """Return a table of names and values."""
    return element(
        "table",
        *(element("tr", element("th", name, scope="row"), element("td", value)) for name, value in rows),
        class_="cen-facts",
    )


def _pictures(chip: Chip, palette: Palette) -> list[Element]:
    kind = "Simulated picture" if chip.simulated else "Sentinel-2 picture"
    legend_rows = []
    if chip.rgb is not None:
        legend_rows.append(_figure(data_url(png(chip.rgb)), kind, ""))
    if chip.labels is not None:
        legend_rows.append(_figure(data_url(label_png(chip.labels, palette)), "Land-cover labels", "cen-labels"))
    return legend_rows


def _figure(url: str, caption: str, kind: str) -> Element:
    image = element("img", src=url, alt=caption, width=str(SIZE), height=str(SIZE), class_=kind or None)
    return element("figure", image, element("figcaption", caption))


def _legend(chip: Chip, palette: Palette) -> Element | None:
    if chip.labels is None:
        return None
    by_part = shares(chip.labels)
    columns = ("overall", *PARTS)
    head = element("tr", element("th", "Land cover", scope="col"), *(element("th", c, scope="col") for c in columns))
    land_of = {land.name: land for land in CLASSES}
    rows = [
        element(
            "tr",
            element(
                "th", _swatch(land_of[name], palette), name_of(land_of[name]), scope="row", title=land_of[name].plain
            ),
            *(element("td", percent(by_part[part].get(name, 0))) for part in columns),
        )
        for name in by_part["overall"]
    ]
    return element("table", element("thead", head), element("tbody", *rows), class_="cen-legend")


def _swatch(land: LandClass, palette: Palette) -> Element:
    colour = hex_colour(land, palette)
    return element("span", initials(land), class_="cen-swatch", style=f"background:{colour};color:{ink(land, palette)}")


def ink(land: LandClass, palette: Palette) -> str:
    """Return the colour of letters that can be read on a class's colour, as CSS writes it.

    Black where the relative luminance of WCAG 2.2 is above 0.179, else white: either way a contrast of 4.5 or more.
    """
    linear = [
        c / 12.92 if c <= _DARK else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in getattr(land, palette))
    ]
    luminance = sum(weight * value for weight, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return "#000" if luminance > _LIGHT else "#fff"
