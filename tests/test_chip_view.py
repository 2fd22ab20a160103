"""ChipView without a browser: what is synced follows from the chip, and hostile text stays text."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING

import nbformat
import numpy as np
import pytest
from nbconvert import HTMLExporter
from PIL import Image
from rig.hostile import ATTACK, VISIBLE_ATTACK, Page
from rig.sample_chips import chip, quarters, slopes
from traitlets import TraitError

from chatearthnet_explorer.landcover.legend import CLASSES, PALETTES
from chatearthnet_explorer.landcover.shares import PARTS, shares
from chatearthnet_explorer.widgets.shared.chip_view import ChipView

if TYPE_CHECKING:
    from pathlib import Path

WIDGET = "application/vnd.jupyter.widget-view+json"


def test_pictures_hold_the_pixels_of_the_chip() -> None:
    view = ChipView(chip=chip())
    assert np.array_equal(np.asarray(Image.open(BytesIO(view.picture))), slopes())
    assert np.array_equal(np.asarray(Image.open(BytesIO(view.label_map))), quarters())


def test_shares_are_those_of_the_labels_for_the_whole_and_each_part() -> None:
    view = ChipView(chip=chip())
    assert list(view.shares) == view.parts == ["overall", *PARTS]
    for part, by_name in shares(quarters()).items():
        assert view.shares[part] == [by_name.get(land.name, 0) for land in CLASSES]
        assert sum(view.shares[part]) == pytest.approx(1)


def test_one_chip_sends_one_update() -> None:
    view = ChipView(highlight=3)
    messages: list[dict[str, object]] = []
    view.comm.send = lambda data, **_: messages.append(data)
    view.chip = chip(simulated=True)
    updates = [message["state"] for message in messages if message["method"] == "update"]
    assert len(updates) == 1
    assert updates[0].keys() >= {"shares", "simulated", "provenance", "remarks", "attribution", "highlight"}
    assert view.highlight == -1


def test_a_chip_goes_and_takes_everything_with_it() -> None:
    view = ChipView(chip=chip(simulated=True, missing=("No clouds today.",)))
    assert "No clouds today." in view.remarks
    view.chip = None
    empty = ChipView()
    names = ("picture", "label_map", "shares", "simulated", "provenance", "remarks", "attribution")
    assert [getattr(view, name) for name in names] == [getattr(empty, name) for name in names]
    assert view.remarks == ["Choose a place first."]


@pytest.mark.parametrize(("missing", "empty"), [("rgb", "picture"), ("labels", "label_map")])
def test_half_a_chip_has_its_half_and_a_remark(missing: str, empty: str) -> None:
    view = ChipView(chip=chip(**{missing: None}, missing=("It is not there, because.",)))
    assert getattr(view, empty) == b""
    assert view.picture or view.label_map
    assert "It is not there, because." in view.remarks


def test_simulated_chip_and_missing_labels_have_remarks() -> None:
    assert any("made up the picture and the labels" in remark for remark in ChipView(chip=chip(simulated=True)).remarks)
    assert '"No label" does not mean water: those pixels were never mapped.' in ChipView(chip=chip()).remarks
    everywhere = np.ones((256, 256), np.uint8)
    assert ChipView(chip=chip(labels=everywhere)).remarks == []


@pytest.mark.parametrize(
    "state", [{"palette": "sepia"}, {"part": "centre"}, {"blend": 1.5}, {"highlight": 12}, {"highlight": -2}]
)
def test_a_browser_cannot_set_what_does_not_exist(state: dict[str, object]) -> None:
    view = ChipView(chip=chip())
    with pytest.raises(TraitError):
        view.set_state(state)
    assert (view.palette, view.part, view.blend, view.highlight) == ("chatearthnet", "overall", 0.0, -1)


def test_the_legend_marks_every_class_by_letters_of_its_own_and_readable_ink() -> None:
    legend = ChipView().legend
    assert len({land["initials"] for land in legend}) == len(CLASSES)
    for name in PALETTES:
        for land in legend:
            ink, ground = (_luminance(land[kind][name]) for kind in ("inks", "colours"))
            # WCAG 2.2, 1.4.3: 4.5 for text of this size
            assert (max(ink, ground) + 0.05) / (min(ink, ground) + 0.05) >= 4.5, (land["name"], name)


def test_hostile_words_are_synced_with_their_controls_written_out() -> None:
    scene = replace(chip().scene, item=ATTACK, catalogue=ATTACK)
    view = ChipView(chip=chip(scene=scene, missing=(ATTACK,), attribution=(ATTACK,)), place=ATTACK)
    assert view.place == VISIBLE_ATTACK
    assert VISIBLE_ATTACK in view.remarks
    assert view.attribution == [VISIBLE_ATTACK]
    assert [value for _, value in view.provenance].count(VISIBLE_ATTACK) == 2
    Page(view._repr_html_()).assert_harmless()


def test_a_notebook_gets_the_widget_and_a_card_for_those_who_only_read() -> None:
    view = ChipView(chip=chip(), place="Costa da Caparica")
    bundle = view._repr_mimebundle_()[0]
    assert bundle[WIDGET]["model_id"] == view.model_id
    assert bundle["text/html"] == view.card()._repr_html_()
    output = nbformat.v4.new_output("display_data", bundle)
    cell = nbformat.v4.new_code_cell("view", outputs=[output])
    page, _ = HTMLExporter().from_notebook_node(nbformat.v4.new_notebook(cells=[cell]))
    assert "Costa da Caparica" in page
    assert 'class="cen-card"' in page


def test_the_card_has_the_colours_of_the_view(tmp_path: Path) -> None:
    path = tmp_path / "chip.html"
    ChipView(chip=chip(), palette="worldcover").save_html(path)
    assert "background:#f096ff" in path.read_text("utf-8")


def _luminance(colour: str) -> float:
    # relative luminance, WCAG 2.2
    channels = [value / 255 for value in bytes.fromhex(colour[1:] if len(colour) == 7 else colour[1:] * 2)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
