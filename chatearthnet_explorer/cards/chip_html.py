"""A chip as HTML: its picture, labels, legend and provenance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatearthnet_explorer.cards.html_tree import element, style_sheet
from chatearthnet_explorer.cards.provenance import NO_CHIP, provenance, remarks
from chatearthnet_explorer.cards.steps import chip_steps, heading, width_km
from chatearthnet_explorer.landcover.legend import BACKGROUND, CLASSES
from chatearthnet_explorer.landcover.shares import PARTS, shares
from chatearthnet_explorer.render import data_url, label_png, png
from chatearthnet_explorer.tile import SIZE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    import numpy as np
    from numpy.typing import NDArray

    from chatearthnet_explorer.chip import Chip
    from chatearthnet_explorer.landcover.legend import LandClass, Palette

NO_LABEL = "no label"
"""Name of the background in views, which is the absence of a class."""

_LAND = {land.name: land for land in CLASSES}
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
    cover = [f"{percent(share)} {name_of(_LAND[name])}" for name, share in by_name.items()]
    return f"{what}: {', '.join(cover[:-1])}{' and ' if cover[:-1] else ''}{cover[-1]}."


def chip_section(chip: Chip | None, palette: Palette = "chatearthnet", *, with_steps: bool = False) -> Element:
    """Return what there is of a chip: its picture, then its land cover.

    Args:
        chip: The chip; None where no place has been chosen.
        palette: Colours of the labels, one of ``legend.PALETTES``.
        with_steps: Whether both have headings, as the steps of the Explorer.
    """
    if chip is None:
        return element("section", element("p", NO_CHIP))
    picture, cover = chip_steps(chip)
    return element(
        "div",
        style_sheet("chip"),
        element(
            "section",
            *(heading(picture, simulated=chip.simulated) if with_steps else ()),
            _picture(chip, palette),
            *(element("p", remark, class_="cen-remark") for remark in remarks(chip)),
            element(
                "details",
                element("summary", "Where it comes from"),
                table_of(provenance(chip)),
                element("p", "; ".join(chip.attribution), class_="cen-credit") if chip.attribution else None,
            ),
            class_="cen-left",
        ),
        element("section", *(heading(cover) if with_steps else ()), *_land_cover(chip, palette), class_="cen-side"),
        class_="cen-chip-parts",
    )


def table_of(rows: tuple[tuple[str, str], ...]) -> Element:
    """Return a table of names and values."""
    return element(
        "table",
        *(element("tr", element("th", name, scope="row"), element("td", value)) for name, value in rows),
        class_="cen-facts",
    )


def _picture(chip: Chip, palette: Palette) -> Element | None:
    """Return the picture of a chip, or its labels where there is none, under the ribbon of a simulated chip."""
    kind = "Simulated picture" if chip.simulated else "Sentinel-2 picture"
    ribbon = element("div", "SIMULATED", class_="cen-ribbon") if chip.simulated else None
    if chip.rgb is not None:
        return element(
            "div", _figure(data_url(png(chip.rgb)), kind, "", describe_chip(chip)), ribbon, class_="cen-frame"
        )
    if chip.labels is not None:
        return element("div", _labels(chip.labels, palette), ribbon, class_="cen-frame")
    return ribbon


def _labels(labels: NDArray[np.uint8], palette: Palette) -> Element:
    return _figure(data_url(label_png(labels, palette)), "Land-cover labels", "cen-labels")


def _figure(url: str, caption: str, kind: str, alternative: str = "") -> Element:
    image = element("img", src=url, alt=alternative or caption, width=str(SIZE), height=str(SIZE), class_=kind or None)
    return element("figure", image, element("figcaption", caption))


def _land_cover(chip: Chip, palette: Palette) -> Iterator[Element]:
    if chip.labels is None:
        return
    by_part = shares(chip.labels)
    overall = by_part["overall"]
    yield element("ul", *(_bar(_LAND[name], share, palette) for name, share in overall.items()), class_="cen-bars")
    if chip.rgb is not None:
        yield _labels(chip.labels, palette)
    columns = ("overall", *PARTS)
    head = element("tr", element("th", "Land cover", scope="col"), *(element("th", c, scope="col") for c in columns))
    rows = [
        element(
            "tr",
            element("th", _swatch(_LAND[name], palette), name_of(_LAND[name]), scope="row", title=_LAND[name].plain),
            *(element("td", percent(by_part[part].get(name, 0))) for part in columns),
        )
        for name in overall
    ]
    table = element("table", element("thead", head), element("tbody", *rows), class_="cen-legend")
    yield element("details", element("summary", "All parts in one table"), element("div", table, class_="cen-scroll"))


def _bar(land: LandClass, share: float, palette: Palette) -> Element:
    return element(
        "li",
        _swatch(land, palette),
        element("span", name_of(land), class_="cen-name"),
        element("span", element("span", class_="cen-fill", style=_bar_style(land, share, palette)), class_="cen-bar"),
        element("span", percent(share), class_="cen-number"),
        title=land.plain,
    )


def _bar_style(land: LandClass, share: float, palette: Palette) -> str:
    return f"width:{100 * share:.2f}%;background:{hex_colour(land, palette)}"


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
