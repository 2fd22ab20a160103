"""The views in a real browser: real widget, real script; only the notebook between them is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from playwright.sync_api import expect
from rig.hostile import ATTACK, VISIBLE_ATTACK
from rig.sample_chips import caption, chip, quarters

from chatearthnet_explorer.band_pictures import picture_of
from chatearthnet_explorer.landcover.legend import CLASSES, PALETTES
from chatearthnet_explorer.prompts.chip_prompt import prompt_for_chip
from chatearthnet_explorer.prompts.prompt import prompt_for
from chatearthnet_explorer.sources.simulated_chips import SimulatedSource
from chatearthnet_explorer.widgets.learn.band_view import BandView
from chatearthnet_explorer.widgets.learn.picture_board import PictureBoard
from chatearthnet_explorer.widgets.shared.caption_view import CaptionView
from chatearthnet_explorer.widgets.shared.chip_view import ChipView
from chatearthnet_explorer.widgets.shared.grounding_view import GroundingView
from chatearthnet_explorer.widgets.shared.prompt_view import PromptView

if TYPE_CHECKING:
    from playwright.sync_api import Locator
    from rig.stage import Stage

    from chatearthnet_explorer.prompts.prompt import Prompt

WATER, TOWN, TREE, CROP = 1, 2, 3, 6


@pytest.fixture
def view(stage: Stage) -> ChipView:
    """A chip on the stage, drawn."""
    widget = ChipView(chip=chip())
    stage.mount("chip", widget)
    stage.page.wait_for_selector(".cen-row")
    return widget


def pixel(stage: Stage, canvas: str, column: int, row: int) -> list[int]:
    """Red, green, blue, alpha of a canvas of the stage."""
    script = "(c, [x, y]) => [...c.getContext('2d').getImageData(x, y, 1, 1).data]"
    return stage.page.locator(canvas).evaluate(script, [column, row])


def expect_pixel(stage: Stage, canvas: str, column: int, row: int, colour: list[int]) -> None:
    """Wait for a colour of a canvas: words are on screen before pictures are decoded."""
    stage.page.wait_for_function(
        """([name, x, y, colour]) => {
          const data = document.querySelector(name).getContext("2d").getImageData(x, y, 1, 1).data;
          return String([...data]) === String(colour);
        }""",
        arg=[canvas, column, row, colour],
    )


def point(stage: Stage, column: int, row: int) -> tuple[float, float]:
    """Where on the page a pixel of the chip is."""
    box = stage.page.locator(".cen-stage").bounding_box()
    return box["x"] + (column + 0.5) / 256 * box["width"], box["y"] + (row + 0.5) / 256 * box["height"]


@pytest.mark.parametrize("name", PALETTES)
def test_labels_have_exactly_the_colours_of_the_palette(stage: Stage, view: ChipView, name: str) -> None:
    stage.page.get_by_label("Colours").select_option(name)
    stage.settle()
    assert view.palette == name
    for (column, row), index in {
        (5, 5): WATER,
        (200, 5): TREE,
        (5, 200): CROP,
        (128, 128): TOWN,
        (250, 250): 0,
    }.items():
        assert pixel(stage, "canvas.cen-labels", column, row) == [*getattr(CLASSES[index], name), 255]
    assert pixel(stage, "canvas.cen-picture", 7, 201) == [201, 7, 104, 255]


def test_the_slider_blends_and_the_keyboard_reaches_it(stage: Stage, view: ChipView) -> None:
    slider = stage.page.get_by_role("slider", name="From picture to land cover")
    slider.focus()
    for _ in range(3):
        slider.press("ArrowRight")
    stage.page.wait_for_function("document.querySelector('canvas.cen-labels').style.opacity === '0.03'")
    stage.settle()
    assert view.blend == pytest.approx(0.03)
    stage.set_traits("chip", blend=1.0)
    assert slider.input_value() == "100"


def test_pointing_at_a_class_lights_its_pixels_and_leaving_puts_them_out(stage: Stage, view: ChipView) -> None:
    row = stage.page.get_by_role("button", name="tree")
    row.hover()
    stage.page.wait_for_function("window.models.chip.get('highlight') === 3")
    stage.settle()
    assert view.highlight == TREE
    assert pixel(stage, "canvas.cen-light", 400, 100)[3] == 0
    assert pixel(stage, "canvas.cen-light", 100, 100)[3] > 100
    assert pixel(stage, "canvas.cen-light", 256, 100) == [255, 255, 255, 255]
    stage.page.mouse.move(2, 2)
    stage.page.wait_for_function("window.models.chip.get('highlight') === -1")
    stage.settle()
    assert view.highlight == -1
    assert pixel(stage, "canvas.cen-light", 100, 100)[3] == 0


def test_a_click_keeps_a_class_lit_until_the_next(stage: Stage, view: ChipView) -> None:
    row = stage.page.get_by_role("button", name="tree")
    row.click()
    stage.page.get_by_role("button", name="water").hover()
    stage.page.mouse.move(2, 2)
    stage.page.evaluate("document.activeElement.blur()")
    stage.settle()
    assert view.highlight == TREE
    assert row.get_attribute("aria-pressed") == "true"
    row.click()
    stage.page.mouse.move(2, 2)
    stage.page.evaluate("document.activeElement.blur()")
    stage.settle()
    assert view.highlight == -1


def test_pointing_at_a_pixel_names_its_class_and_parts(stage: Stage, view: ChipView) -> None:
    assert view.chip is not None
    for place, text in {
        (10, 10): "water, top left",
        (120, 120): "developed area, top left and middle",
        (200, 10): "tree, top right",
        (250, 250): "no label, bottom right",
    }.items():
        stage.page.mouse.move(*point(stage, *place))
        expect(stage.page.locator(".cen-readout")).to_contain_text(text)


def test_a_part_is_chosen_on_the_picture_or_by_the_keyboard(stage: Stage, view: ChipView) -> None:
    rows = stage.page.locator(".cen-row")
    stage.page.mouse.click(*point(stage, 20, 20))
    stage.settle()
    assert view.part == "top left"
    assert rows.all_inner_texts()[0].split("\n")[-1] == "98 %"
    stage.page.mouse.click(*point(stage, 20, 20))
    stage.settle()
    assert view.part == "overall"
    stage.page.mouse.click(*point(stage, 128, 128))
    stage.settle()
    assert view.part == "middle"
    stage.page.get_by_role("tab", name="middle").press("ArrowLeft")
    stage.settle()
    assert view.part == "bottom right"
    assert stage.page.evaluate("document.activeElement.textContent") == "bottom right"
    assert rows.count() == 2


def test_a_simulated_chip_wears_a_ribbon(stage: Stage, view: ChipView) -> None:
    ribbon = stage.page.locator(".cen-ribbon")
    assert not ribbon.is_visible()
    stage.set_traits("chip", chip=chip(simulated=True))
    assert view.simulated
    ribbon.wait_for(state="visible")
    assert stage.page.get_by_text("made up the picture and the labels").is_visible()


def test_halves_of_a_chip_and_none_of_it(stage: Stage, view: ChipView) -> None:
    slider = stage.page.get_by_role("slider")
    stage.set_traits("chip", chip=chip(rgb=None, scene=None, missing=("No scene there.",)))
    stage.page.get_by_text("No scene there.").wait_for()
    expect(stage.page.locator("canvas.cen-labels")).to_have_css("opacity", "1")
    expect(slider).to_be_hidden()
    stage.set_traits("chip", chip=chip(labels=None, missing=("No map there.",)))
    stage.page.get_by_text("No map there.").wait_for()
    expect(stage.page.locator(".cen-side")).to_be_hidden()
    expect_pixel(stage, "canvas.cen-picture", 7, 201, [201, 7, 104, 255])
    stage.set_traits("chip", chip=None)
    stage.page.get_by_text("Choose a place first.").wait_for()
    assert view.chip is None


def test_last_of_two_quick_chips_wins(stage: Stage, view: ChipView) -> None:
    # the first chip's pictures take their time, the second's do not
    stage.page.evaluate(
        """() => {
          const decode = window.createImageBitmap; let calls = 0;
          window.createImageBitmap = async (...given) => {
            const isFirst = ++calls <= 2;
            if (isFirst) await new Promise((resolve) => { (window.late ??= []).push(resolve); });
            const image = await decode(...given);
            window.decoded = (window.decoded ?? 0) + 1;
            return image;
          };
        }"""
    )
    stage.set_traits("chip", chip=chip(rgb=255 - chip().rgb))
    stage.page.wait_for_function("window.late?.length === 2")
    stage.set_traits("chip", chip=chip(labels=None))
    assert view.chip is not None
    stage.page.wait_for_function("window.decoded === 1")
    expect_pixel(stage, "canvas.cen-picture", 7, 201, [201, 7, 104, 255])
    stage.page.evaluate("window.late.forEach((resolve) => resolve())")
    stage.page.wait_for_function("window.decoded === 3")
    stage.page.evaluate("new Promise(requestAnimationFrame)")  # what they would draw, they have drawn
    expect(stage.page.locator(".cen-side")).to_be_hidden()
    assert pixel(stage, "canvas.cen-picture", 7, 201) == [201, 7, 104, 255]


@pytest.mark.parametrize("width", [320, 520])
def test_pictures_of_the_bands_are_chosen_with_the_keyboard(stage: Stage, width: int) -> None:
    full = SimulatedSource().chip_at(-63.15, -10.35, bands=True)
    view = ChipView(chip=full)
    stage.mount("chip", view, width=width)
    stage.page.wait_for_selector(".cen-row")
    true_colour = stage.page.get_by_role("button", name="True colour")
    assert true_colour.get_attribute("aria-pressed") == "true"
    assert not stage.page.locator(".cen-ramp").is_visible()
    true_colour.focus()
    for _ in range(3):
        stage.page.keyboard.press("Tab")
    stage.page.keyboard.press("Enter")
    stage.page.locator(".cen-ramp").get_by_text("open water (0.8)").wait_for()
    stage.settle()
    assert view.band_picture == "ndwi"
    red, green, blue = (int(value) for value in picture_of(full, "ndwi")[250, 230])
    stage.page.wait_for_function(
        "([x, y, red]) => red === "
        "document.querySelector('canvas.cen-picture').getContext('2d').getImageData(x, y, 1, 1).data[0]",
        arg=[230, 250, red],
    )
    assert pixel(stage, "canvas.cen-picture", 230, 250) == [red, green, blue, 255]
    assert stage.page.get_by_text("The index NDWI").is_visible()
    assert not stage.page.get_by_text("(B03 - B08) / (B03 + B08)").is_visible()  # one click further
    stage.page.get_by_text("Exact term, formula and source").click()
    assert stage.page.get_by_text("(B03 - B08) / (B03 + B08)").is_visible()
    assert stage.page.locator(".cen-stage").get_attribute("aria-label").startswith("Water. ")
    assert stage.page.locator("#chip").evaluate("e => e.scrollWidth - e.clientWidth") <= 0


def test_failure_to_read_bands_is_a_sentence_under_the_picture(stage: Stage) -> None:
    blue = np.full((256, 256), 0.1, np.float32)
    view = ChipView(chip=chip(bands={"B02": blue}, missing=(f"B08 is missing: {ATTACK}",)))
    stage.mount("chip", view)
    stage.page.wait_for_selector(".cen-row")
    stage.page.get_by_role("button", name="Plants").click()
    stage.page.locator(".cen-bands").get_by_text("There is no Plants picture").wait_for()
    stage.settle()
    assert stage.page.get_by_role("button", name="True colour").get_attribute("aria-pressed") == "true"
    assert pixel(stage, "canvas.cen-picture", 7, 201) == [201, 7, 104, 255]
    assert stage.page.evaluate("window.attacks") == []


def test_pictures_of_a_multispectral_prompt_stand_after_their_sentences(stage: Stage) -> None:
    full = SimulatedSource().chip_at(-63.15, -10.35, bands=True)
    stage.mount("prompt", PromptView(prompt=prompt_for_chip(full, style="multispectral")), width=320)
    stage.page.get_by_text("The exact text that is sent").click()
    figures = stage.page.locator("figure.cen-sent")
    expect(figures).to_have_count(6)
    assert figures.nth(2).get_by_role("img", name="Plants, as sent").is_visible()
    assert "NDVI" in figures.nth(2).locator("figcaption").inner_text()
    assert stage.page.get_by_label("Task (user message)").input_value() == "Describe the square in one paragraph."
    assert stage.page.locator("#prompt").evaluate("e => e.scrollWidth - e.clientWidth") <= 0


@pytest.mark.parametrize("kind", ["chip", "prompt", "bands", "board"])
def test_page_in_the_place_of_a_picture_is_reported(stage: Stage, kind: str) -> None:
    full = SimulatedSource().chip_at(-63.15, -10.35, bands=True)
    board = PictureBoard(label="Squares")
    board.show([("one", "top left", full), ("other", "top right", full)])
    views = {
        "chip": ChipView(chip=full),
        "prompt": PromptView(prompt=prompt_for_chip(full, style="multispectral")),
        "bands": BandView(full),
        "board": board,
    }
    stage.mount("view", views[kind])
    stage.page.wait_for_function("document.querySelector('#view canvas')?.width > 1")
    expect(stage.page.get_by_text("The picture did not arrive.").first).to_be_hidden()
    stage.page.evaluate(
        """() => {
          const model = window.models.view;
          const login = "data:text/html,Log in";
          if (model.get("images")) model.apply("images", model.get("images").map(() => login));
          else if (model.get("pictures")) model.apply("pictures", [login, model.get("pictures")[1]]);
          else model.apply("picture", login);
        }"""
    )
    if kind == "prompt":
        stage.page.get_by_text("The exact text that is sent").click()
    notices = stage.page.get_by_text("The picture did not arrive. Reload the page to see it.")
    expect(notices).to_have_count(6 if kind == "prompt" else 1)
    expect(notices.first).to_be_visible()


def test_picture_that_arrives_late_does_not_replace_the_next(stage: Stage) -> None:
    full = SimulatedSource().chip_at(-63.15, -10.35, bands=True)
    stage.mount("bands", BandView(full))
    stage.page.wait_for_function("document.querySelector('#bands canvas').width === 256")
    stage.page.evaluate(
        """() => {
          const decode = window.createImageBitmap;
          window.createImageBitmap = async (...given) => {
            window.createImageBitmap = decode;
            await new Promise((resolve) => { window.goOn = resolve; });
            const image = await decode(...given);
            setTimeout(() => { window.done = true; }); // after what it draws
            return image;
          };
        }"""
    )
    stage.page.get_by_role("button", name="Plants").click()
    # the button is pressed in the view at once, and draws what is there: the picture before; then Python sends the next
    stage.page.wait_for_function("window.goOn !== undefined")
    red, green, blue = (int(value) for value in picture_of(full, "ndvi")[250, 230])
    expect_pixel(stage, "#bands canvas", 230, 250, [red, green, blue, 255])
    stage.page.evaluate("window.goOn()")
    stage.page.wait_for_function("window.done")
    assert pixel(stage, "#bands canvas", 230, 250) == [red, green, blue, 255]


@pytest.mark.parametrize("width", [320, 420])
def test_nothing_sticks_out_of_a_narrow_column(stage: Stage, width: int) -> None:
    stage.mount("chip", ChipView(chip=chip(), place="A place with rather a long name beside the sea"), width=width)
    stage.mount("prompt", PromptView(prompt=prompt_for(quarters(), style="4v")), width=width)
    stage.mount("caption", CaptionView(captions=(caption(), caption("x" * 400))), width=width)
    stage.mount("grounding", GroundingView(captions=(caption(CLAIMS), caption("x" * 400)), chip=chip()), width=width)
    stage.page.wait_for_selector(".cen-row")
    for name in ("chip", "prompt", "caption", "grounding"):
        assert stage.page.locator(f"#{name}").evaluate("e => e.scrollWidth - e.clientWidth") <= 0


def test_an_edited_prompt_is_marked_sent_on_and_can_be_undone(stage: Stage) -> None:
    view = PromptView(prompt=prompt_for(quarters()))
    prompts: list[Prompt] = []
    view.on_caption_again(prompts.append)
    stage.mount("prompt", view)
    badge = stage.page.get_by_text("no longer ChatEarthNet's method")
    stage.page.get_by_role("button", name="Edit", exact=True).click()
    stage.page.get_by_label("Facts (user message)").fill("Describe the water.")
    assert badge.is_visible()
    stage.page.get_by_role("button", name="Caption again").click()
    stage.settle()
    assert [prompt.user for prompt in prompts] == ["Describe the water."]
    stage.page.get_by_role("button", name="Undo my edits").click()
    stage.settle()
    assert not badge.is_visible()
    assert not view.is_edited
    stage.page.get_by_label("Facts (user message)").fill(" ")
    stage.page.get_by_role("button", name="Caption again").click()
    stage.page.get_by_role("alert").get_by_text("The facts are empty").wait_for()
    assert len(prompts) == 1


def test_label_maps_that_are_sent_are_drawn(stage: Stage) -> None:
    stage.mount("prompt", PromptView(prompt=prompt_for(quarters(), style="4v")))
    stage.page.get_by_text("The exact text that is sent").click()
    stage.page.get_by_role("img", name="Label map 1, as sent").wait_for()
    assert pixel(stage, "canvas.cen-map", 5, 5) == [0, 0, 255, 255]


def test_copying_works_where_the_browser_has_no_clipboard(stage: Stage) -> None:
    stage.page.evaluate(
        "document.addEventListener('copy', () => { window.copied = document.activeElement.value; })",
    )
    stage.mount("caption", CaptionView(captions=(caption("Trees, as they stand."),)))
    assert stage.page.evaluate("navigator.clipboard === undefined")
    stage.page.get_by_role("button", name="Copy").click()
    stage.page.get_by_role("button", name="Copied").wait_for()
    assert stage.page.evaluate("window.copied") == "Trees, as they stand."


def test_a_class_word_points_and_is_pointed_at(stage: Stage) -> None:
    view = CaptionView(captions=(caption("Trees stand by the water."),))
    stage.mount("caption", view)
    stage.page.get_by_text("Trees", exact=True).hover()
    stage.settle()
    assert view.highlight == TREE
    stage.page.mouse.move(2, 2)
    stage.set_traits("caption", highlight=WATER)
    highlighted_words = stage.page.locator(".cen-word.cen-lit")
    assert highlighted_words.all_inner_texts() == ["water"]


CLAIMS = (
    "The top left is covered by water, with a small amount of crops. The top right has an extra large amount of trees. "
    "Possibly the middle has a small developed area. The bottom right shows no snow, and its trees."
)


@pytest.fixture
def grounding_view(stage: Stage) -> GroundingView:
    """A caption beside the chip it speaks of, on the stage."""
    widget = GroundingView(chip=chip(), captions=(caption(CLAIMS),))
    stage.mount("chip", ChipView(chip=chip()))
    stage.mount("grounding", widget)
    stage.page.wait_for_selector(".cen-row")
    return widget


def light(stage: Stage, view: GroundingView) -> None:
    """Tell the chip what is pointed at, as the desk's links do."""
    stage.settle()
    stage.set_traits("chip", highlight=view.highlight, within=view.within)


def claim(stage: Stage, words: str) -> Locator:
    return stage.page.locator("#grounding .cen-text .cen-claim").filter(has_text=words)


def test_pointing_at_a_contradicted_claim_lights_its_class_in_its_part_alone(
    stage: Stage, grounding_view: GroundingView
) -> None:
    claim(stage, "crops").hover()
    light(stage, grounding_view)
    assert (grounding_view.highlight, grounding_view.within) == (CROP, ["top left"])
    for column, row in ((100, 100), (20, 300), (400, 100), (300, 300)):  # crop is bottom left, and not what is meant
        assert pixel(stage, "canvas.cen-light", column, row)[3] > 100
    claim(stage, "developed").hover()
    light(stage, grounding_view)
    assert (grounding_view.highlight, grounding_view.within) == (TOWN, ["middle"])
    assert pixel(stage, "canvas.cen-light", 256, 256)[3] == 0
    assert pixel(stage, "canvas.cen-light", 20, 20)[3] > 100
    claim(stage, "water").hover()
    light(stage, grounding_view)
    assert pixel(stage, "canvas.cen-light", 60, 60)[3] == 0
    stage.page.mouse.move(2, 2)
    light(stage, grounding_view)
    assert (grounding_view.highlight, grounding_view.within) == (-1, [])
    assert pixel(stage, "canvas.cen-light", 100, 100)[3] == 0


def test_a_class_is_lit_only_in_the_parts_that_a_claim_names(stage: Stage, grounding_view: GroundingView) -> None:
    stage.set_traits(
        "grounding", captions=(caption("The middle has water. The top left has trees, and so on, and water."),)
    )
    claim(stage, "water").first.hover()
    light(stage, grounding_view)
    assert (grounding_view.highlight, grounding_view.within) == (WATER, ["middle"])
    assert pixel(stage, "canvas.cen-light", 150, 150)[3] == 0
    assert pixel(stage, "canvas.cen-light", 60, 60)[3] > 100
    stage.page.locator("#chip").get_by_role("button", name="water").hover()
    stage.settle()
    assert pixel(stage, "canvas.cen-light", 60, 60)[3] == 0  # the legend speaks of the whole chip


def test_each_result_has_its_own_line_sign_and_reason(stage: Stage, grounding_view: GroundingView) -> None:
    look = "e => [getComputedStyle(e).textDecorationStyle, getComputedStyle(e, '::after').content.slice(0, 3)]"
    assert claim(stage, "amount of trees").evaluate(look) == ["solid", '"✓"']
    assert claim(stage, "crops").evaluate(look) == ["wavy", '"✗"']
    counts = stage.page.locator(".cen-counts li").all_inner_texts()
    assert [text.partition(" ")[2] for text in counts] == [
        "supported the labels show it",
        "contradicted the labels show something else",
        "not checkable it cannot be compared",
    ]
    why = stage.page.locator(".cen-why")
    assert "press Tab" in why.inner_text()
    claim(stage, "amount of trees").focus()
    assert "✓ The top right has 97.6 % tree; 'extra large' stands for 80 to 100 %." in why.inner_text()
    assert claim(stage, "amount of trees").get_attribute("aria-label").endswith(": supported")
    stage.set_traits("grounding", chip=chip(labels=None))
    assert claim(stage, "crops").evaluate(look) == ["dotted", '"?"']
    assert {point["result"] for point in grounding_view.columns[0]["verification"]["points"]} == {"not checkable", ""}
    assert stage.page.get_by_text("so no claim can be checked").is_visible()


def test_claims_are_reached_and_kept_by_the_keyboard(stage: Stage, grounding_view: GroundingView) -> None:
    claim(stage, "water").focus()
    stage.page.keyboard.press("Tab")
    stage.settle()
    assert grounding_view.highlight == CROP
    stage.page.keyboard.press("Enter")
    stage.page.evaluate("document.activeElement.blur()")
    stage.settle()
    assert (grounding_view.highlight, grounding_view.within) == (CROP, ["top left"])
    assert claim(stage, "crops").get_attribute("aria-pressed") == "true"
    assert "✗" in stage.page.locator(".cen-why").inner_text()
    claim(stage, "crops").focus()
    stage.page.keyboard.press(" ")
    stage.page.evaluate("document.activeElement.blur()")
    stage.settle()
    assert (grounding_view.highlight, grounding_view.within) == (-1, [])
    # what had the focus goes, the focus stays where the keys of a desk are heard
    claim(stage, "crops").focus()
    stage.set_traits("grounding", captions=(caption("The top left has water, as far as one sees."),))
    assert stage.page.evaluate("document.activeElement.className") == "cen-captions"


def test_claim_with_the_focus_stays_lit_when_the_pointer_leaves_another(
    stage: Stage, grounding_view: GroundingView
) -> None:
    claim(stage, "developed").hover()
    claim(stage, "crops").focus()
    stage.page.mouse.move(2, 2)
    stage.settle()
    assert (grounding_view.highlight, grounding_view.within) == (CROP, ["top left"])
    stage.page.evaluate("document.activeElement.blur()")
    stage.settle()
    assert (grounding_view.highlight, grounding_view.within) == (-1, [])


def test_a_finding_lights_its_words_and_its_pixels(stage: Stage, grounding_view: GroundingView) -> None:
    stage.page.locator(".cen-also summary", has_text="'Possibly'").hover()
    assert stage.page.locator(".cen-text .cen-lit").all_inner_texts() == ["Possibly"]
    assert "which the prompt forbids" not in stage.page.locator("#grounding").inner_text()
    stage.page.locator(".cen-also summary", has_text="'Possibly'").click()
    assert "which the prompt forbids" in stage.page.locator("#grounding").inner_text()
    stage.page.locator(".cen-also summary", has_text="not name developed area in the bottom right").hover()
    light(stage, grounding_view)
    assert (grounding_view.highlight, grounding_view.within) == (TOWN, ["bottom right"])
    assert pixel(stage, "canvas.cen-light", 270, 270)[3] == 0
    assert pixel(stage, "canvas.cen-light", 240, 240)[3] > 100
    stage.page.locator(".cen-also summary", has_text="It does not mention the bottom left").hover()
    light(stage, grounding_view)
    assert (grounding_view.highlight, grounding_view.within) == (-1, ["bottom left"])
    assert pixel(stage, "canvas.cen-light", 128, 384)[3] == 0  # an outline, and nothing dimmed
    assert pixel(stage, "canvas.cen-light", 2, 300)[3] > 100


def test_hostile_claims_stay_words(stage: Stage, grounding_view: GroundingView) -> None:
    text = CLAIMS.replace("small amount of crops", f"small amount of crops {ATTACK} and shrubs") + f" Perhaps {ATTACK}"
    stage.set_traits("grounding", captions=(caption(text, notes=(ATTACK,)),), error=ATTACK)
    assert grounding_view.columns[0]["verification"]["counts"]
    stage.page.locator("#grounding .cen-text .cen-claim").last.hover()
    assert VISIBLE_ATTACK in stage.page.locator("#grounding .cen-text").text_content()
    assert stage.page.locator("#stage :is(script, img, svg, iframe, a, u, b)").count() == 0
    assert stage.page.evaluate("window.attacks") == []


def test_hostile_words_are_seen_as_words_and_nothing_runs(stage: Stage) -> None:
    hostile = chip(missing=(ATTACK,), attribution=(ATTACK,))
    prompt = prompt_for(quarters())
    stage.mount("chip", ChipView(chip=hostile, place=ATTACK))
    stage.mount("caption", CaptionView(captions=(caption(ATTACK, model=ATTACK, notes=(ATTACK,)),), error=ATTACK))
    stage.mount("prompt", PromptView(prompt=prompt))
    stage.set_traits("prompt", edited_user=ATTACK)
    stage.page.wait_for_selector(".cen-row")
    assert stage.page.evaluate("document.body.textContent").count(VISIBLE_ATTACK) >= 8
    assert stage.page.get_by_label("Facts (user message)").input_value() == ATTACK.replace("\ud800", "?")
    assert stage.page.locator("#stage :is(script, img, svg, iframe, a, u, b)").count() == 0
    handlers = "(all) => all.flatMap((e) => [...e.attributes]).filter((a) => a.name.startsWith('on')).length"
    assert stage.page.locator("#stage *").evaluate_all(handlers) == 0
    assert stage.page.evaluate("window.attacks") == []


def test_a_view_that_was_removed_listens_no_more(stage: Stage, view: ChipView) -> None:
    stage.page.evaluate("() => { window.stops.chip(); document.getElementById('chip').remove(); }")
    stage.set_traits("chip", chip=None, blend=0.5, highlight=2)
    assert view.chip is None
