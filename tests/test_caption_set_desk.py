"""A spot-check of further captions on the page: the form offers them, the desk shows them, the report names them."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from rig.caption_files import TEXT, write_captions
from rig.samples import small_sample

from chatearthnet_explorer.catalog import add_captions, open_catalog
from chatearthnet_explorer.errors import PlanError
from chatearthnet_explorer.review.ledger import Ledger
from chatearthnet_explorer.spot_check import PlanRequest, draw_plan

pytest.importorskip("anywidget", reason="anywidget is not installed: pip install .[ui]")

from chatearthnet_explorer.widgets.review.review_desk import ReviewDesk
from chatearthnet_explorer.widgets.review.review_link import read_review_link, write_review_link
from chatearthnet_explorer.widgets.review.spot_check_view import SpotCheck

if TYPE_CHECKING:
    from pathlib import Path

    from chatearthnet_explorer.catalog import Catalog

HTML = "<b>writer</b>"


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    shutil.copytree(small_sample().catalog.folder, tmp_path / "catalog")
    catalog = open_catalog(tmp_path / "catalog")
    file = write_captions(tmp_path / "captions.jsonl", catalog, 20, requested_model=HTML, style="4v")
    add_captions(catalog.folder, [file])
    return catalog


def draw(view: SpotCheck, style: str) -> None:
    form = view.planning.form
    form.set_state({"reviewer": "Ada", "pairs": 4})
    form.set_state({"choices": {**form.choices, "style": style}})
    form.command = {"do": "draw", "n": form.command.get("n", 0) + 1}


def judge(view: SpotCheck, verdict: str) -> None:
    pad = view.desk.pad
    number = pad.handled_count + 1
    pad.command = {"do": "judge", "n": number, "position": pad.position, "verdict": verdict, "then": "next"}


def test_page_plans_and_judges_the_captions_of_a_set(catalog: Catalog) -> None:
    (ident,) = (one.id for one in catalog.caption_sets)
    view = SpotCheck(catalog, release=small_sample().release)
    options = view.planning.form.options["style"]
    assert [value for value, _ in options] == ["3.5", "4v", ident]
    assert options[2][1] == f"{HTML}, style 4v (20)"
    draw(view, "3.5")
    released_plan = view.plan
    assert released_plan
    assert released_plan.caption_set == ""
    judge(view, "correct")
    draw(view, ident)
    assert view.plan
    assert (view.plan.caption_set, view.plan.population) == (ident, 20)
    assert f"captions={ident}" in view.link
    assert f"captions by {HTML}, style 4v" in view.steps.summary
    view.desk.go(0)
    view.desk._prefetch.get(view.plan.names[0]).result(5)
    view.desk.go(0)
    (caption,) = view.desk.caption_view.captions
    assert (caption.text, caption.is_released) == (TEXT, False)
    judge(view, "major")
    assert view._ledger
    assert [one.caption_set for one in view._ledger.verdicts] == ["", ident]
    assert len(view.desk.verdicts) == 1
    assert view._caption_of(view.plan.names[0], "4v") == TEXT
    draw(view, "3.5")  # the released captions of the same desk
    assert view.plan == released_plan
    assert [one.caption_set for one in view.desk.verdicts] == [""]
    assert catalog.captions_of(ident).caption_set
    view.close()


def test_link_of_a_set_is_read_as_it_was_written() -> None:
    request = PlanRequest(pairs=3, captions="0123456789ab")
    link = write_review_link(request)
    assert read_review_link(link) == (request, True, ())
    for value in ("../../x", HTML, "x" * 5000):
        read = read_review_link(f"pairs=3&captions={value}")
        assert (read.request.captions, len(read.notes)) == ("", 1)


def test_link_to_a_set_that_is_gone_is_a_sentence(catalog: Catalog) -> None:
    view = SpotCheck(catalog, link="pairs=3&captions=0123456789ab")
    assert "no captions called '0123456789ab'" in view.planning.form.problem
    view.close()


def test_desk_of_a_plan_shows_the_captions_of_the_plan(catalog: Catalog, tmp_path: Path) -> None:
    ident = catalog.caption_sets[0].id
    plan = draw_plan(catalog, PlanRequest(pairs=2, captions=ident))
    ledger = Ledger(tmp_path / "ledger.jsonl")
    desk = ReviewDesk.of_catalog(catalog, plan, ledger, reviewer="Ada")
    desk._prefetch.get(plan.names[0]).result(5)
    desk.go(0)
    assert desk.judge("minor").verdict.caption_set == ident  # type: ignore[union-attr]
    own = ReviewDesk.of_catalog(catalog.captions_of(ident), plan.names, ledger, reviewer="Ada")
    assert len(own.verdicts) == 1
    with pytest.raises(PlanError, match="another writer"):
        ReviewDesk.of_catalog(
            catalog.captions_of(ident), draw_plan(catalog, PlanRequest(pairs=2)), ledger, reviewer="Ada"
        )
