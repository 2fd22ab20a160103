"""The published pair: its labels agree with the published captions, and views say where it comes from."""

from __future__ import annotations

import pickle
import sys
from importlib.util import module_from_spec, spec_from_file_location
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image
from rig.hostile import Page

from chatearthnet_explorer.caption import Caption
from chatearthnet_explorer.cards.published_pair_card import published_pair_card, shares_in_words
from chatearthnet_explorer.claims import read_claims
from chatearthnet_explorer.errors import LabelError
from chatearthnet_explorer.landcover.legend import CLASSES, palette
from chatearthnet_explorer.prompts.facts import facts_35
from chatearthnet_explorer.review.claim_verification import verify_caption
from chatearthnet_explorer.review.grounding import CONTRADICTED, SUPPORTED
from chatearthnet_explorer.sample import published_pair as pair_module
from chatearthnet_explorer.sample.published_pair import FOLDER, PublishedPair, published_pair
from chatearthnet_explorer.widgets.learn.published_pair_view import PublishedPairView

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def script() -> ModuleType:
    path = ROOT / "docs" / "sample" / "build_published_pair.py"
    spec = spec_from_file_location("build_published_pair", path)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules["build_published_pair"] = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_labels_give_the_facts_that_the_published_caption_states() -> None:
    pair = published_pair()
    claims = read_claims(pair.captions[0].text).triples
    facts = facts_35(pair.labels)
    from_labels = {(one.name, part, one.size) for part, amounts in facts.parts.items() for one in amounts}
    # the last sentence speaks of trees in the whole picture; all other claims are the facts, each with its size
    assert {claim for claim in claims if claim[1]} == from_labels
    assert facts.overall[0] == "tree"


def test_labels_contradict_no_claim_of_either_caption() -> None:
    pair = published_pair()
    for caption in pair.captions:
        counts = dict(verify_caption(caption.text, style=caption.style, labels=pair.labels).counts)
        assert counts[SUPPORTED] >= 6
        assert counts[CONTRADICTED] == 0


def test_captions_are_those_of_the_figure(realdata: Path) -> None:
    text = (realdata / "chatearthnet" / "captions_from_figures.json").read_text("utf-8")
    for caption in published_pair().captions:
        assert caption.text in text
        assert caption.byline.startswith("ChatEarthNet, GPT-")


def test_script_builds_the_committed_pixels(realdata: Path, script: ModuleType) -> None:
    for name, content in script.build(realdata / "chatearthnet").items():
        reference_bytes = FOLDER.joinpath(name).read_bytes()
        if name.endswith(".png"):  # another Pillow may compress the same pixels to other bytes
            with Image.open(BytesIO(content)) as rebuilt_image, Image.open(BytesIO(reference_bytes)) as reference:
                assert np.array_equal(np.asarray(rebuilt_image), np.asarray(reference))
        else:
            assert content == reference_bytes


def test_blurred_colours_take_the_class_of_the_nearest_clear_pixel(script: ModuleType) -> None:
    water, town = 1, 2
    colours = np.zeros((4, 8, 3), np.uint8)
    colours[:, :4], colours[:, 4:] = palette()[water], palette()[town]
    colours[:, 3], colours[:, 4] = (70, 0, 180), (128, 0, 128)  # a shore; the second is the exact colour of moss
    labels, unclear = script.read_colours(colours)
    assert labels.tolist() == [[water] * 4 + [town] * 4] * 4
    assert unclear.tolist() == [[False] * 3 + [True] * 2 + [False] * 3] * 4


def test_script_reads_slightly_wrong_colours_as_their_class(script: ModuleType) -> None:
    names = script.CANDIDATES
    indices = np.array([[land.index for land in CLASSES if land.name in names]], np.uint8)
    for shift in (-20, 20):
        colours = np.clip(palette()[indices].astype(int) + shift, 0, 255).astype(np.uint8)
        labels, unclear = script.read_colours(colours)
        assert np.array_equal(labels, indices)
        assert not unclear.any()


def test_pair_is_a_value() -> None:
    pair = published_pair()
    assert pickle.loads(pickle.dumps(pair)) == pair
    assert len(repr(pair)) < 200
    with pytest.raises(ValueError, match="read-only"):
        pair.labels[0, 0] = 1


def test_pair_rejects_arrays_of_another_shape() -> None:
    pair = published_pair()
    for fields in ({"rgb": pair.rgb[:-1]}, {"labels": pair.labels[:-1]}, {"unclear": pair.labels}):
        whole = {"rgb": pair.rgb, "labels": pair.labels, "unclear": pair.unclear, "captions": pair.captions}
        with pytest.raises(LabelError):
            PublishedPair(**(whole | fields))


def test_remarks_state_origin_losses_and_the_share_of_blurred_pixels() -> None:
    pair = published_pair()
    text = " ".join(pair.remarks)
    assert 0.05 < pair.unclear.mean() < 0.15
    for words in ("place is unknown", "losses", "274", f"{pair.unclear.mean():.0%}"):
        assert words in text


@pytest.mark.parametrize("what", ["card", "view"])
def test_card_shows_pictures_captions_remarks_and_credits(what: str) -> None:
    pair = published_pair()
    page = Page((published_pair_card(pair) if what == "card" else PublishedPairView().card())._repr_html_())
    page.assert_harmless()
    for words in (*pair.remarks, *pair.attribution, pair.captions[0].text[-40:], "tree 66 %, developed area 27 %"):
        assert words in page.text


def test_view_shows_the_pair_and_lights_what_a_caption_points_at() -> None:
    view, pair = PublishedPairView(), published_pair()
    assert np.array_equal(np.asarray(Image.open(BytesIO(view.chip_view.picture))), pair.rgb)
    assert np.array_equal(np.asarray(Image.open(BytesIO(view.chip_view.label_map))), pair.labels)
    assert [column["byline"] for column in view.caption_view.columns] == [one.byline for one in pair.captions]
    assert not view.chip_view.simulated
    view.caption_view.highlight, view.caption_view.within = 3, ["middle"]
    assert (view.chip_view.highlight, view.chip_view.within) == (3, ["middle"])


def test_shares_in_words_start_with_the_largest_class() -> None:
    labels = np.full((256, 256), 6, np.uint8)
    labels[:64], labels[255, 255] = 0, 1
    assert shares_in_words(labels) == "crop 75 %, no label 25 %, water <1 %"


def test_module_credits_every_source() -> None:
    text = " ".join(pair_module.ATTRIBUTION)
    for words in ("ChatEarthNet", "CC BY 4.0", "Changed", "ESA WorldCover", "Copernicus Sentinel"):
        assert words in text
    assert isinstance(published_pair().captions[1], Caption)
