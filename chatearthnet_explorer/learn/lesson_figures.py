"""The views of lessons as static HTML: what a reader without scripts, or on paper, works with."""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO
from typing import TYPE_CHECKING, Any

from PIL import Image

from chatearthnet_explorer.band_pictures import PICTURES
from chatearthnet_explorer.band_pictures import picture_of as band_picture_of
from chatearthnet_explorer.cards.html_tree import element
from chatearthnet_explorer.cards.published_pair_card import shares_in_words
from chatearthnet_explorer.landcover.shares import PARTS, shares
from chatearthnet_explorer.learn.faulty_caption import faulty_sentences, true_caption
from chatearthnet_explorer.learn.lesson_chips import block_of, lesson_chip, simulated_chip, with_clouds
from chatearthnet_explorer.learn.prompt_rules import RULES, facts_by_rules
from chatearthnet_explorer.learn.spot_check_drill import draw_statements, statement
from chatearthnet_explorer.prompts.prompt import prompt_for
from chatearthnet_explorer.render import data_url, label_png
from chatearthnet_explorer.review.margin_of_error import margin_of
from chatearthnet_explorer.tile import SIZE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from xml.etree.ElementTree import Element

    import numpy as np
    from numpy.typing import NDArray

    from chatearthnet_explorer.chip import Chip
    from chatearthnet_explorer.prompts.prompt import Prompt

    Options = Mapping[str, Any]

LESSON_PICTURES = ("true", "false", "ndvi", "ndwi")
"""Pictures of ``band_pictures.PICTURES`` that the lesson on light shows."""

MARGIN_COUNTS = (25, 50, 100, 200, 400)
"""Numbers of captions whose margin of error is shown."""

_QUALITY = 88


def figures_of(options: Options) -> tuple[Element, ...]:
    """Return the view of a section as static HTML.

    Args:
        options: As ``widgets.learn.activities.make_activity`` takes them; of an unknown kind nothing is shown.
    """
    make = _KINDS.get(options["kind"])
    return tuple(make(options)) if make else ()


def photo_url(rgb: NDArray[np.uint8]) -> str:
    """Return a picture as the data URL of a JPEG, a sixth of the size of a PNG: it is looked at, not measured.

    Args:
        rgb: Red, green, blue, (rows, columns, 3) uint8.
    """
    file = BytesIO()
    Image.fromarray(rgb).save(file, "JPEG", quality=_QUALITY)
    return f"data:image/jpeg;base64,{b64encode(file.getvalue()).decode('ascii')}"


def picture_of(options: Options) -> tuple[str, str]:
    """Return the picture of a lesson in the list: its data URL, and its description for those who cannot see it."""
    chip = simulated_chip(float(options["lon"]), float(options["lat"]), bands="composite" in options)
    if options.get("labels") and chip.labels is not None:
        return data_url(label_png(chip.labels)), f"Land-cover map: {_words(chip)}"
    if "composite" in options:
        picture = PICTURES[options["composite"]]
        return photo_url(band_picture_of(chip, picture.id)), f"{picture.label} picture: {_words(chip)}"
    return photo_url(_rgb(chip)), f"Picture: {_words(chip)}"


def _chip(options: Options) -> Iterator[Element]:
    chip = lesson_chip(options)
    yield _row(_picture(chip), _labels(chip))
    yield _share_table(chip)


def _tile(options: Options) -> Iterator[Element]:
    chips = block_of(float(options["lon"]), float(options["lat"]))
    yield _row(*(_figure(photo_url(_rgb(chip)), f"{where} square", _words(chip)) for chip, where in zip(
        chips, ("Top left", "Top right", "Bottom left", "Bottom right"), strict=True)))  # fmt: skip
    yield element("p", "In some order, their names are " + ", ".join(sorted(chip.tile.name for chip in chips)) + ".")


def _bands(options: Options) -> Iterator[Element]:
    chip = simulated_chip(float(options["lon"]), float(options["lat"]), bands=True)
    yield _row(*(
        _figure(photo_url(band_picture_of(chip, id_)), f"{PICTURES[id_].label}. {PICTURES[id_].sentence}", _words(chip))
        for id_ in LESSON_PICTURES
    ))  # fmt: skip


def _rules(options: Options) -> Iterator[Element]:
    labels = lesson_chip(options).labels
    if labels is None:
        return
    columns = (facts_by_rules(labels, tuple(RULES)), facts_by_rules(labels, ()))
    rows = (
        element(
            "tr",
            element("th", part, scope="row"),
            *(element("td", ", ".join(f"{one.amount} {one.name}" for one in facts[part])) for facts in columns),
        )
        for part in PARTS
    )
    head = element("tr", *(element("th", words, scope="col") for words in ("Part", "All rules on", "All rules off")))
    yield element("p", "The rules: " + "; ".join(RULES.values()) + ".")
    yield element("table", element("thead", head), element("tbody", *rows), class_="lesson-table")


def _prompt(options: Options) -> Iterator[Element]:
    prompt = _prompt_of(lesson_chip(options), options)
    if prompt:
        yield from _prompt_texts(prompt)


def _inputs(options: Options) -> Iterator[Element]:
    chip = lesson_chip(options)
    yield element("p", "You see the picture and the labels:")
    yield _row(_picture(chip), _labels(chip))
    yield element("p", "GPT-3.5 got this text and no picture at all:")
    yield from _prompt({**options, "style": "3.5"})
    yield element("p", "GPT-4V got a text as well, and the coloured label map at half size:")
    yield _row(_labels(chip))


def _clouds(options: Options) -> Iterator[Element]:
    chip = lesson_chip(options)
    cloudy = with_clouds(chip)
    yield _row(
        _picture(chip), _figure(photo_url(_rgb(cloudy)), "The same square under clouds", "The square under clouds")
    )
    yield element("p", f"The caption of both: {true_caption(chip).text}")


def _grounding(options: Options) -> Iterator[Element]:
    chip = lesson_chip(options)
    yield _row(_picture(chip), _labels(chip))
    yield _share_table(chip)
    yield element("p", true_caption(chip).text)


def _sentences(options: Options) -> Iterator[Element]:
    chip = lesson_chip(options)
    yield _row(_picture(chip), _labels(chip))
    yield _share_table(chip)
    yield element("ol", *(element("li", one.text) for one in faulty_sentences(chip, options["faults"])))


def _drill(options: Options) -> Iterator[Element]:
    rows = (statement(name) for name in draw_statements(int(options.get("seed", 1))))
    yield element("ol", *(element("li", element("strong", one.text), f" {one.reason}") for one in rows))


def _margin(_options: Options) -> Iterator[Element]:
    rows = (
        element("li", f"{count} captions: {100 * margin_of(count):.0f} percentage points up or down")
        for count in MARGIN_COUNTS
    )
    yield element("ul", *rows)


_KINDS: dict[str, Callable[[Options], Iterator[Element]]] = {
    "chip": _chip,
    "tile": _tile,
    "bands": _bands,
    "rules": _rules,
    "prompt": _prompt,
    "inputs": _inputs,
    "clouds": _clouds,
    "grounding": _grounding,
    "sentences": _sentences,
    "drill": _drill,
    "margin": _margin,
}


def _prompt_of(chip: Chip, options: Options) -> Prompt | None:
    return None if chip.labels is None else prompt_for(chip.labels, style=options.get("style", "3.5"))


def _prompt_texts(prompt: Prompt) -> Iterator[Element]:
    yield element("pre", f"{prompt.system}\n\n{prompt.user}", tabindex="0")


def _rgb(chip: Chip) -> NDArray[np.uint8]:
    if chip.rgb is None:
        msg = f"The chip {chip.tile.name} has no picture."
        raise LookupError(msg)
    return chip.rgb


def _words(chip: Chip) -> str:
    return "no labels" if chip.labels is None else shares_in_words(chip.labels)


def _picture(chip: Chip) -> Element:
    return _figure(photo_url(_rgb(chip)), "Picture (simulated)", f"Simulated picture of the square: {_words(chip)}")


def _labels(chip: Chip) -> Element:
    if chip.labels is None:
        return element("p", "This square has no labels.")
    return _figure(
        data_url(label_png(chip.labels)), "Label map (simulated)", f"Label map of the square: {_words(chip)}"
    )


def _figure(url: str, caption: str, alt: str) -> Element:
    image = element("img", src=url, alt=alt, width=str(SIZE), height=str(SIZE))
    return element("figure", image, element("figcaption", caption))


def _row(*figures: Element) -> Element:
    return element("div", *figures, class_="lesson-figures")


def _share_table(chip: Chip) -> Element:
    if chip.labels is None:
        return element("p", "This square has no labels.")
    by_part = shares(chip.labels)
    columns = ("overall", *PARTS)
    head = element("tr", *(element("th", words, scope="col") for words in ("Land cover", "whole", *PARTS)))
    rows = (
        element(
            "tr",
            element("th", name, scope="row"),
            *(element("td", f"{100 * by_part[part].get(name, 0):.0f} %") for part in columns),
        )
        for name in by_part["overall"]
    )
    table = element("table", element("thead", head), element("tbody", *rows), class_="lesson-table")
    return element("div", table, class_="lesson-scroll", tabindex="0", role="region", aria_label="Shares by part")
