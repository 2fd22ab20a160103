"""Further captions are checked and judged like the released ones, and never mix with them."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from rig.caption_files import entry, names_of, write_captions
from rig.pairs import paraphrased_release

from chatearthnet_explorer.caption_file import append_entries
from chatearthnet_explorer.catalog import Query, add_captions, build_catalog, open_catalog
from chatearthnet_explorer.catalog_audit import audit_catalog
from chatearthnet_explorer.cli import main
from chatearthnet_explorer.errors import CatalogError, PlanError
from chatearthnet_explorer.review.ledger import Ledger
from chatearthnet_explorer.review.ledger_entries import Entry, read_line
from chatearthnet_explorer.review.methods_paragraph import methods
from chatearthnet_explorer.review.plan import Plan
from chatearthnet_explorer.review.report import report
from chatearthnet_explorer.review.reviewer_ledger import ReviewerLedger
from chatearthnet_explorer.review.verdict import Verdict
from chatearthnet_explorer.spot_check import PlanRequest, catalog_of_plan, draw_plan

pytest.importorskip("anywidget", reason="anywidget is not installed: pip install .[ui]")

from chatearthnet_explorer.widgets.shared.released_captions import captions_of_record

if TYPE_CHECKING:
    from pathlib import Path

    from chatearthnet_explorer.catalog import Catalog

RED = "Perhaps trees cover the top left, in red. There is no snow at all in this image."


@pytest.fixture(scope="module")
def built_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built") / "catalog"
    catalog = build_catalog(paraphrased_release(90), folder)
    file = write_captions(folder.parent / "captions.jsonl", catalog, 30)
    write_captions(file, catalog, 20, requested_model="writer-2", style="4v", caption=RED)
    add_captions(folder, [file])
    return folder


@pytest.fixture
def catalog(built_folder: Path, tmp_path: Path) -> Catalog:
    shutil.copytree(built_folder, tmp_path / "catalog")
    return open_catalog(tmp_path / "catalog")


def test_audit_of_a_set_is_found_in_the_set_alone(catalog: Catalog, tmp_path: Path) -> None:
    captions = catalog.captions_of("writer-2")
    audit_catalog(captions.folder)
    checked_captions = catalog.captions_of("writer-2")
    assert checked_captions.search(finding="banned word").total == 20
    assert checked_captions.search(finding="colour word").total == 20
    assert open_catalog(catalog.folder).files.findings is None
    # captions that are added later were not checked, and what was found stays
    (name,) = names_of(catalog, 1, start=60)
    append_entries(tmp_path / "more.jsonl", [entry(name, requested_model="writer-2", style="4v", caption=RED)])
    add_captions(catalog.folder, [tmp_path / "more.jsonl"])
    grown_captions = catalog.captions_of("writer-2")
    assert (
        len(grown_captions),
        grown_captions.search(finding="banned word").total,
        grown_captions.files.report["audited"],
    ) == (21, 20, 20)
    audit_catalog(grown_captions.folder)
    assert catalog.captions_of("writer-2").search(finding="banned word").total == 21


def test_multispectral_captions_are_stored_and_checked_as_4v_and_name_their_style(
    catalog: Catalog, tmp_path: Path
) -> None:
    path = tmp_path / "multispectral.jsonl"
    names = names_of(catalog, 5)
    append_entries(path, [entry(name, style="multispectral", captioner="vision", caption=RED) for name in names])
    (addition,) = add_captions(catalog.folder, [path]).additions
    assert addition.caption_set.label == "writer-1, style multispectral, captioner vision"
    captions = catalog.captions_of(addition.caption_set)
    assert captions.search(style="4v").total == 5
    assert "style multispectral" in captions.notes[0]
    audit_catalog(captions.folder)
    checked_captions = catalog.captions_of(addition.caption_set)
    assert checked_captions.search(finding="banned word").total == 5
    plan = draw_plan(catalog, PlanRequest(pairs=2, captions=addition.caption_set.id))
    assert (plan.style, plan.writer) == ("4v", "writer-1, style multispectral, captioner vision")
    (caption,) = captions_of_record(captions, next(captions.pairs()).record)
    assert (caption.style, caption.is_released) == ("multispectral", False)


def test_commands_audit_and_plan_a_set(catalog: Catalog, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, page, plan = str(catalog.folder), tmp_path / "page.html", tmp_path / "plan.json"
    assert main(["audit", folder, "--captions", "writer-2", "--html", str(page)]) == 0
    assert "The captions are by writer-2, style 4v." in capsys.readouterr().out
    assert "captions by writer-2, style 4v" in page.read_text()
    assert main(["review", "plan", folder, str(plan), "--captions", "writer-2", "--pairs", "5", "--worst"]) == 0
    assert "The captions are by writer-2, style 4v." in capsys.readouterr().out
    assert json.loads(plan.read_text())["caption_set"] == catalog.captions_of("writer-2").folder.name
    ledger = tmp_path / "ledger.jsonl"
    _judge(Plan.load(plan), ledger, "minor")
    assert main(["review", "report", str(ledger), "--plan", str(plan)]) == 0
    assert "captions by writer-2, style 4v" in capsys.readouterr().out


def _judge(plan: Plan, path: Path, verdict: str) -> None:
    desk = ReviewerLedger(plan, path, reviewer="Ada")
    for name in plan.names:
        desk.record(name, "the caption", {"verdict": verdict})


def test_verdicts_on_captions_of_others_never_mix_with_those_on_released_ones(catalog: Catalog, tmp_path: Path) -> None:
    caption_set = catalog.captions_of("writer-1").caption_set
    assert caption_set
    population = Query(bbox=catalog.captions_of("writer-1").search().pairs[0].record.tile.bounds)  # type: ignore[union-attr]
    released_plan = draw_plan(catalog, PlanRequest(pairs=1, query=population))
    further = draw_plan(catalog, PlanRequest(pairs=1, query=population, captions=caption_set.id))
    assert released_plan.names == further.names
    assert (further.caption_set, further.writer) == (caption_set.id, caption_set.label)
    path = tmp_path / "ledger.jsonl"
    _judge(released_plan, path, "correct")
    _judge(further, path, "major")
    ledger = Ledger(path)
    assert len(ledger.standing) == 2
    assert report(ledger.verdicts, released_plan).overall.error.errors == 0
    figures = report(ledger.verdicts, further)
    assert figures.overall.error.errors == 1
    assert caption_set.label in methods(figures)
    assert any(caption_set.label in remark for remark in figures.remarks)
    assert {case.stratum for case in report(ledger.verdicts).judged_captions} == {
        "3.5",
        f"3.5, captions {caption_set.id}",
    }
    assert catalog_of_plan(catalog, further).folder == catalog.captions_of(caption_set).folder
    with pytest.raises(PlanError, match="another writer"):
        catalog_of_plan(catalog.captions_of(caption_set), released_plan)


def test_lines_of_released_captions_are_those_of_before() -> None:
    old = (
        b'{"id":"224a3f8acb8048254bc11814d1a7e926","v":1,"reviewer":"Ada","seq":1,"name":"a.png","style":"3.5",'
        b'"caption":"0","verdict":"correct","cause":"","note":"","corrected":"","time":"2026-01-01T00:00:00+00:00"}\n'
    )
    fields = {"reviewer": "Ada", "name": "a.png", "style": "3.5", "caption": "0", "verdict": "correct"}
    time = datetime(2026, 1, 1, tzinfo=UTC)
    line = Entry("Ada", 1, time, Verdict(**fields, time=time)).to_line()
    assert line == old
    further = Entry("Ada", 1, time, Verdict(**fields, caption_set="0123456789ab", time=time))
    assert json.loads(further.to_line())["v"] == 2  # an older program keeps it without counting it
    assert read_line(further.to_line().rstrip()) == further


def test_plan_of_a_set_survives_its_file(catalog: Catalog, tmp_path: Path) -> None:
    ident = catalog.captions_of("writer-2").folder.name
    plan = draw_plan(catalog, PlanRequest(pairs=20, captions=ident, by="continent"))
    assert (plan.style, plan.population) == ("4v", 20)
    plan.save(tmp_path / "plan.json")
    assert Plan.load(tmp_path / "plan.json") == plan
    assert "caption_set" not in draw_plan(catalog, PlanRequest(pairs=2)).to_dict()


def test_exports_name_the_writer_and_are_no_release(catalog: Catalog, tmp_path: Path) -> None:
    captions = catalog.captions_of("writer-1")
    for ending in ("csv", "jsonl", "geojson", "parquet"):
        path = tmp_path / f"pairs.{ending}"
        assert captions.export(path=path) == 30
        assert b"writer-1, style 3.5" in path.read_bytes()
        assert catalog.export(path=path) == 90
        assert b"captions_by" not in path.read_bytes()
    with pytest.raises(CatalogError, match="by another writer"):
        captions.export(path=tmp_path / "release", format="release")
