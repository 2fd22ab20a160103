"""An audit of a catalog: its findings are those of the checks, are facets afterwards, and come from any scheduler."""

from __future__ import annotations

import csv
import json
import zipfile
from typing import TYPE_CHECKING

import numpy as np
import pyarrow.parquet as pq
import pytest
from data.label_maps import label_map
from rig.pairs import paraphrased_release

from chatearthnet_explorer.catalog import Query, build_catalog, enrich_catalog, open_catalog
from chatearthnet_explorer.catalog_audit import Counts, audit_catalog
from chatearthnet_explorer.cli import main
from chatearthnet_explorer.errors import ArchiveError, Cancelled, QueryError
from chatearthnet_explorer.landcover.shares import count_pixels
from chatearthnet_explorer.review.audit import EDITION
from chatearthnet_explorer.review.checks import CHECKS, judge_both, judge_caption
from chatearthnet_explorer.review.dataset_checks import dataset_findings
from chatearthnet_explorer.review.estimates import tally
from chatearthnet_explorer.review.plan import Plan

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from chatearthnet_explorer.catalog import Catalog
    from chatearthnet_explorer.tile import Tile

LATE = {"same bytes"}
LOOPBACK = {"threads_per_worker": 1, "processes": True, "host": "127.0.0.1", "dashboard_address": "127.0.0.1:0"}


def labels_at(tile: Tile) -> NDArray[np.uint8] | None:
    """Return labels that follow from the tile; some places are not mapped."""
    return None if tile.x % 7 == 0 else label_map(tile.y % 5)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    build_catalog(paraphrased_release(60, seed=3), tmp_path / "catalog")
    return tmp_path / "catalog"


@pytest.fixture
def enriched_folder(folder: Path) -> Path:
    enrich_catalog(folder, labels_at, labels="made", query=Query(continent=("Asia", "Africa", "Europe")))
    return folder


def expected(catalog: Catalog) -> dict[tuple[str, str], set[str]]:
    """Return the findings of every caption, from the checks alone."""
    checks_found = {}
    for pair in catalog.pairs():
        tile = pair.record.tile
        counts = None
        if tile is not None and pair.shares is not None:
            labels = labels_at(tile)
            counts = count_pixels(np.zeros((256, 256), np.uint8) if labels is None else labels)
        results = {
            style: judge_caption(text, style=style, counts=counts) for style, text in pair.record.captions.items()
        }
        for style, one in results.items():
            checks_found[pair.record.name, style] = {finding.check for finding in one.findings}
        if "4v" in results:
            checks_found[pair.record.name, "4v"] |= {finding.check for finding in judge_both(results)}
    return checks_found


def test_findings_are_those_of_the_checks_and_facets_of_the_catalog(enriched_folder: Path) -> None:
    before = open_catalog(enriched_folder)
    truth = expected(before)
    assert any("hallucinated" in checks for checks in truth.values())
    catalog, audit = audit_catalog(enriched_folder, size=7)
    assert len(catalog) == audit.pairs == 60
    for pair in catalog.pairs():
        assert pair.findings is not None
        assert set(pair.findings) == set(pair.record.captions)
        for style, checks in pair.findings.items():
            assert set(checks) - LATE == truth[pair.record.name, style]
    frame = pq.read_table(audit.findings).to_pandas()
    assert audit.finding_count == len(frame)
    assert frame["row"].is_monotonic_increasing
    assert [catalog.pair(pair).record.name for pair in frame["pair"]] == list(frame["name"])
    facets = catalog.search().facets["finding"]
    for check in CHECKS:
        assert facets.get(check, 0) == frame[frame["check"] == check]["name"].nunique()
        assert catalog.search(Query(finding=(check,))).total == facets.get(check, 0)
    for style in ("3.5", "4v"):
        own = frame[frame["style"] == style]
        counts = catalog.search(Query(style=style)).facets["finding"]
        assert {check: count for check, count in counts.items() if check != "none"} == (
            own.groupby("check", observed=True)["name"].nunique().to_dict()
        )
    assert catalog.info()["audit"] == {
        "edition": EDITION, "strict": False, "labels": "made", "pictures": False, "pairs": 60,
        "findings": audit.finding_count, "dataset": dataset_findings(audit.captions),
    }  # fmt: skip
    # the worst one has the largest score of all
    captions = pq.read_table(audit.captions).to_pandas()
    worst = catalog.search(Query(sortby="worst", size=1)).pairs[0]
    assert worst.record.name in set(captions.groupby("name")["score"].sum().nlargest(1, keep="all").index)


def test_counts_of_the_catalog_are_those_of_the_labels(enriched_folder: Path) -> None:
    catalog = open_catalog(enriched_folder)
    records = [pair.record for pair in catalog.pairs()]
    pairs_with_labels = 0
    for record, counts in zip(records, Counts(catalog)(records), strict=True):
        tile = record.tile
        pair = catalog.pair_named(record.name)
        assert pair is not None
        assert (counts is None) == (pair.shares is None)
        if counts is not None and tile is not None:
            labels = labels_at(tile)
            assert (counts == count_pixels(np.zeros((256, 256), np.uint8) if labels is None else labels)).all()
            pairs_with_labels += 1
    assert 10 < pairs_with_labels < 60


def test_a_strict_audit_drops_the_findings_of_a_normal_one(folder: Path) -> None:
    africa = Query(continent=("Africa",))
    audit_catalog(folder)
    strict = audit_catalog(folder, query=africa, strict=True).catalog
    assert strict.info()["audited"] == strict.search(africa).total < 60
    assert strict.files.report["audit"]["strict"] is True
    assert audit_catalog(folder, strict=True).catalog.info()["audited"] == 60


def test_audits_a_query_first_and_the_rest_later(folder: Path) -> None:
    africa = Query(continent=("Africa",))
    some, audit = audit_catalog(folder, query=africa)
    assert 0 < audit.pairs == some.search(africa).total < 60
    assert [pair.findings is not None for pair in some.pairs()] == [
        pair.country is not None and pair.country.continent == "Africa" for pair in some.pairs()
    ]
    whole, audit = audit_catalog(folder)
    assert audit.pairs == whole.info()["audited"] == 60
    again = audit_catalog(folder)
    assert again.catalog.version == whole.version
    with pytest.raises(QueryError, match="nothing to audit"):
        audit_catalog(folder, query=Query(words="zzyzx"))


def test_enriching_keeps_the_findings_and_a_new_audit_uses_the_labels(folder: Path) -> None:
    first = audit_catalog(folder).catalog
    assert "hallucinated" not in first.search().facets["finding"]
    third = enrich_catalog(folder, labels_at, labels="made")
    assert [pair.findings for pair in third.pairs()] == [pair.findings for pair in first.pairs()]
    second = audit_catalog(folder).catalog
    assert second.search().facets["finding"]["hallucinated"] > 0
    assert second.pair(0).shares is not None


def test_resumes_stopped_audit_and_keeps_catalog_until_its_end(enriched_folder: Path) -> None:
    version = open_catalog(enriched_folder).version

    def stop(count: int, _total: int) -> None:
        if count >= 30:
            raise Cancelled

    with pytest.raises(Cancelled):
        audit_catalog(enriched_folder, size=10, scheduler="synchronous", progress=stop)
    assert open_catalog(enriched_folder).version == version
    counts: list[int] = []
    audit_catalog(enriched_folder, size=10, progress=lambda count, _total: counts.append(count))
    assert (counts[0], counts[-1]) == (30, 60)


def test_cluster_gives_the_same_findings(enriched_folder: Path) -> None:
    from distributed import LocalCluster

    here = audit_catalog(enriched_folder, query=Query(flag=("-no place",)), size=9)
    tables = [pq.read_table(path) for path in (here.audit.findings, here.audit.captions)]
    (enriched_folder / "audit" / "audit.json").unlink()
    with LocalCluster(n_workers=2, **LOOPBACK) as cluster:
        there = audit_catalog(
            enriched_folder, query=Query(flag=("-no place",)), size=9, scheduler=cluster.scheduler_address
        )
    assert there.catalog.version == here.catalog.version
    for table, path in zip(tables, (there.audit.findings, there.audit.captions), strict=True):
        assert table.equals(pq.read_table(path))


def test_pictures_of_a_release_are_checked_and_a_dead_server_is_no_finding(tmp_path: Path) -> None:
    release, folder = tmp_path / "release", tmp_path / "catalog"
    assert main(["simulate-release", str(release), "--records", "40", "--images", "12"]) == 0
    assert main(["catalog", "build", str(release), str(folder)]) == 0
    catalog = audit_catalog(folder, release=release, size=10).catalog
    blank = {pair.record.name for pair in catalog.pairs(Query(flag=("blank",)))}
    with_picture = catalog.search(Query(flag=("-no picture",), size=100)).pairs
    assert blank
    assert all(pair.findings and "picture" in pair.findings for pair in with_picture)
    black = {pair.record.name for pair in catalog.pairs(Query(finding=("all black", "all white", "uniform")))}
    assert blank <= black
    other = release.rename(tmp_path / "other")
    for archive in other.glob("s2*.zip"):
        archive.write_bytes(b"")
    with pytest.raises(ArchiveError):  # another release is looked at anew
        audit_catalog(folder, release=other, size=100)


def test_each_broken_picture_is_a_finding_when_all_are_broken(tmp_path: Path) -> None:
    release, folder = tmp_path / "release", tmp_path / "catalog"
    assert main(["simulate-release", str(release), "--records", "20", "--images", "3"]) == 0
    assert main(["catalog", "build", str(release), str(folder)]) == 0
    (archive,) = release.glob("s2_rgb*.zip")
    content = bytearray(archive.read_bytes())
    with zipfile.ZipFile(archive) as pictures:
        members = pictures.infolist()
    for member in members:
        content[member.header_offset + 30 + len(member.filename.encode()) + member.compress_size // 2] ^= 255
    archive.write_bytes(content)
    catalog = audit_catalog(folder, release=release).catalog
    assert catalog.search(Query(finding=("broken picture",))).total == 3
    with archive.open("wb"):
        pass
    with pytest.raises(ArchiveError):  # a file that lost its end says nothing of the pictures
        audit_catalog(folder, query=Query(flag=("-no picture",)), release=release)


def test_command_line_prints_and_saves_the_audit(
    enriched_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "shares.html"
    table = tmp_path / "shares.csv"
    assert main(["audit", str(enriched_folder), "--json", "--html", str(page), "--csv", str(table)]) == 0
    output = json.loads(capsys.readouterr().out)
    catalog = open_catalog(enriched_folder)
    truth = {key: checks for key, checks in expected(catalog).items() if checks}
    records = {(record["name"], record["style"]): record["findings"] for record in output["records"]}
    assert len(records) == len(output["records"])
    for key, checks in truth.items():
        assert {finding["check"] for finding in records[key]} - LATE == checks
    assert sum(map(len, records.values())) == output["findings"]
    one = next(finding for checks in records.values() for finding in checks if finding["check"] == "wrong part")
    assert set(one) == {"check", "evidence", "land", "part", "figure", "start", "end"}
    assert one["part"] in one["evidence"]
    totals = {share.check: share for share in tally(enriched_folder / "audit") if share.by == "all"}
    for check, total in output["totals"].items():
        assert total == {"found": totals[check].count, "of": totals[check].of, "share": totals[check].share}
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["check"], row["by"], row["value"], row["found"]) for row in rows] == [
        (share.check, share.by, share.value, str(share.count) if share.of else "")
        for share in tally(enriched_folder / "audit")
    ]
    assert output["totals"]["all black"] == {"found": 0, "of": 0, "share": None}
    html = page.read_text("utf-8")
    assert "<h2>hallucinated</h2>" in html
    assert "<h2>all black</h2>" not in html
    assert "60 of 60 pairs" in html
    assert main(["audit", str(enriched_folder)]) == 0
    out = capsys.readouterr().out
    assert f"60 pairs were checked; {output['findings']} findings" in out
    assert "Not checked: broken picture, all black, all white, uniform, mostly cloud, same bytes. The pictures" in out
    assert main(["catalog", "search", str(enriched_folder), "--finding", "-hallucinated", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["total"] == catalog.search(Query(finding=("-hallucinated",))).total
    assert "Strict: " not in capsys.readouterr().out
    assert main(["audit", str(enriched_folder), "--strict"]) == 0
    assert "Strict: claims that a caption only likely makes were checked as well" in capsys.readouterr().out
    assert main(["audit", str(enriched_folder), "--words", "zzyzx"]) == 1
    assert "nothing to audit" in capsys.readouterr().err
    assert main(["audit", str(tmp_path / "nowhere")]) == 1
    assert "There is no catalog" in capsys.readouterr().err


def test_plans_worst_pairs_first(enriched_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan_file = tmp_path / "plan.json"
    plan = ["review", "plan", str(enriched_folder), str(plan_file), "--pairs", "10", "--worst"]
    assert main(plan) == 1
    assert "has not been through the checks yet" in capsys.readouterr().err
    catalog = audit_catalog(enriched_folder).catalog
    assert main(plan) == 0
    plan_drawn = Plan.load(plan_file)
    scores = catalog.scores(style="3.5")
    assert plan_drawn.design == "risk first"
    scores_drawn = [scores[name] for name in plan_drawn.names]
    assert scores_drawn == sorted(scores.values(), reverse=True)[:10]
    assert scores_drawn[0] > 0
