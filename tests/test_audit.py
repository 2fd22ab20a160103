"""The audit: complete, resumed, stopped, the same on a cluster whose worker is killed, and honest about the rest."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import os
import signal
import time
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
import pyarrow.parquet as pq
import pytest
from data.label_maps import label_map
from PIL import Image
from rig.hostile import ATTACK, CONTROL_CHARACTERS

from chatearthnet_explorer.cards.findings_card import AuditSummary, findings_page
from chatearthnet_explorer.errors import Cancelled, SettingError
from chatearthnet_explorer.landcover.shares import count_pixels
from chatearthnet_explorer.prompts.facts import facts_4v, facts_35
from chatearthnet_explorer.record import Record, place_of
from chatearthnet_explorer.review.audit import audit
from chatearthnet_explorer.review.checks import CHECKS, judge_caption
from chatearthnet_explorer.review.dataset_checks import dataset_findings
from chatearthnet_explorer.review.estimates import Share, tally, to_csv
from chatearthnet_explorer.sample.paraphrase import write_paraphrase

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd

LOOPBACK = {"threads_per_worker": 1, "processes": True, "host": "127.0.0.1", "dashboard_address": "127.0.0.1:0"}
COUNTS = [count_pixels(label_map(seed)) for seed in range(12)]


@dataclass(frozen=True)
class CountsFromList:
    """Counts of pairs, as a catalog hands them out; slowly, if a test needs the time."""

    wait: float = 0.0

    def __call__(self, records: Sequence[Record]) -> list[np.ndarray | None]:
        """Return the counts, every tenth missing."""
        time.sleep(self.wait)
        seeds = [_seed(record) for record in records]
        return [None if seed % 10 == 9 else COUNTS[seed % 12] for seed in seeds]


def pictures(records: Sequence[Record]) -> list[bytes | None]:
    """Return PNGs: one in ten black, one in ten missing, one in ten broken, the others of six scenes."""
    return [_picture(_seed(record)) for record in records]


def _picture(seed: int) -> bytes | None:
    if seed % 10 == 3:
        return None
    if seed % 10 == 4:
        return b"no picture"
    rgb = np.random.default_rng(seed % 6).integers(20, 140, (256, 256, 3), np.uint8) * (seed % 10 != 5)
    file = BytesIO()
    Image.fromarray(rgb.astype(np.uint8)).save(file, "PNG", compress_level=1)
    return file.getvalue()


def _seed(record: Record) -> int:
    return int(record.name.split("_")[0]) - 2000


def _records(count: int) -> list[Record]:
    """Return pairs whose captions are of their counts, every seventh of another map, every fifth in both styles."""
    records = []
    for seed in range(count):
        labels = label_map((seed + (seed % 7 == 6)) % 12)
        captions = {"3.5": write_paraphrase(facts_35(labels), seed=seed).text}
        if seed % 5 == 0:
            captions["4v"] = write_paraphrase(facts_4v(labels), seed=seed).text
        name = f"{2000 + seed}_3000_patch{seed % 2}1.png"
        records.append(
            Record(name=name, captions=captions, splits=dict.fromkeys(captions, "train"), tile=place_of(name))
        )
    return records


def _tables(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    return pq.read_table(folder / "findings.parquet").to_pandas(), pq.read_table(folder / "judged.parquet").to_pandas()


def _same(one: Path, other: Path) -> bool:
    return all(
        pq.read_table(one / name).equals(pq.read_table(other / name)) for name in ("findings.parquet", "judged.parquet")
    )


def test_files_hold_the_results_of_the_checks(tmp_path: Path) -> None:
    records = _records(45)
    result = audit(records, tmp_path, counts_of=CountsFromList(), size=10)
    findings, captions = _tables(tmp_path)
    assert result.finding_count == len(findings)
    assert (result.findings, result.captions) == (tmp_path / "findings.parquet", tmp_path / "judged.parquet")
    assert len(captions) == sum(len(record.captions) for record in records)
    alone = findings[~findings.check.isin(["contradiction", "same bytes"])]
    for row, (name, style) in enumerate(zip(captions.name, captions["style"], strict=True)):
        record = next(record for record in records if record.name == name)
        counts = CountsFromList()([record])[0]
        expected = judge_caption(record.captions[style], style=style, counts=counts)
        mine = alone[alone.row == row]
        assert list(mine.check) == [finding.check for finding in expected.findings]
        assert list(mine.evidence) == [finding.evidence for finding in expected.findings]
        assert list(mine.start) == [finding.start for finding in expected.findings]
        assert set(mine.name) | set(mine["style"]) <= {name, style}
        assert captions.unjudged[row] == expected.skip_reason
        assert captions.score[row] == sum(CHECKS[check].weight for check in set(findings[findings.row == row].check))
    assert not (tmp_path / "parts").exists()


def test_pictures_and_what_only_all_pairs_show(tmp_path: Path) -> None:
    records = _records(60)
    # the two chips of a tile in different splits
    for number, row in ((10, 0), (11, 1)):
        name = f"2070_3001_patch{row}0.png"
        records[number] = Record(
            name=name, captions=records[number].captions, splits={"3.5": ("train", "test")[row]}, tile=place_of(name)
        )
    audit(records, tmp_path, counts_of=CountsFromList(), files_of=pictures, size=8)
    findings, captions = _tables(tmp_path)
    chips = captions[captions["style"] == ""]
    seeds = [_seed(record) for record in records]
    assert len(chips) == sum(seed % 10 != 3 for seed in seeds)
    of = findings.groupby("check", observed=True)["name"].apply(set)
    names_by_seed = {seed: record.name for seed, record in zip(seeds, records, strict=True)}
    assert of["all black"] == {name for seed, name in names_by_seed.items() if seed % 10 == 5}
    assert of["broken picture"] == {name for seed, name in names_by_seed.items() if seed % 10 == 4}
    # the dataset has two splits in one tile, and no caption is to blame
    assert "tile in two splits" not in of
    (whole,) = dataset_findings(tmp_path / "judged.parquet")
    assert whole.startswith("Tile in two splits: of ")
    assert "map tiles with several captions of style 3.5, 1 have them in several splits (2 of " in whole
    by_digest = chips.groupby("digest")["name"].apply(set)
    assert of["same bytes"] == set().union(*(names for names in by_digest if len(names) > 1))
    assert set(findings[findings.check == "all black"]["style"]) == {""}


def test_a_strict_audit_does_not_go_on_with_a_normal_one(tmp_path: Path) -> None:
    records = _records(30)
    audit(records, tmp_path, counts_of=CountsFromList(), size=10)
    steps: list[int] = []
    strict = audit(
        records, tmp_path, counts_of=CountsFromList(), size=10, strict=True, progress=lambda n, _: steps.append(n)
    )
    assert steps == [0, 10, 20, 30]
    assert json.loads((strict.folder / "audit.json").read_text("utf-8"))["strict"] is True
    steps.clear()
    audit(records, tmp_path, counts_of=CountsFromList(), size=10, strict=True, progress=lambda n, _: steps.append(n))
    assert not steps


def test_an_audit_that_was_stopped_goes_on_where_it_was(tmp_path: Path) -> None:
    records = _records(60)
    audit(records, tmp_path / "whole", counts_of=CountsFromList(), size=10)

    def stop(result: int, _total: int) -> None:
        if result >= 30:
            raise Cancelled

    with pytest.raises(Cancelled):
        audit(records, tmp_path / "twice", counts_of=CountsFromList(), size=10, progress=stop, scheduler="synchronous")
    parts = sorted((tmp_path / "twice" / "parts").glob("*-judged.parquet"))
    assert len(parts) == 3
    before = {part.name: part.stat().st_mtime_ns for part in parts}
    steps: list[tuple[int, int]] = []

    def look(result: int, total: int) -> None:
        steps.append((result, total))
        for name, time_before in before.items():
            assert (tmp_path / "twice" / "parts" / name).stat().st_mtime_ns == time_before

    audit(records, tmp_path / "twice", counts_of=CountsFromList(), size=10, progress=look)
    assert steps[0] == (30, 60)
    assert steps[-1] == (60, 60)
    assert len(steps) == 4
    assert _same(tmp_path / "whole", tmp_path / "twice")


def test_a_part_that_was_being_written_is_written_again(tmp_path: Path) -> None:
    records = _records(30)
    audit(records, tmp_path / "whole", counts_of=CountsFromList(), size=10)

    def stop(result: int, _total: int) -> None:
        if result >= 20:
            raise Cancelled

    with pytest.raises(Cancelled):
        audit(records, tmp_path / "torn", counts_of=CountsFromList(), size=10, progress=stop, scheduler="synchronous")
    parts = tmp_path / "torn" / "parts"
    one = min(parts.glob("*-judged.parquet"))
    one.unlink()
    one.with_name(one.name.replace("judged", "findings")).write_bytes(b"PAR1 torn")
    (parts / "000002-findings.parquet.77.part").write_bytes(b"half")
    audit(records, tmp_path / "torn", counts_of=CountsFromList(), size=10)
    assert _same(tmp_path / "whole", tmp_path / "torn")


def test_other_pairs_or_other_choices_begin_anew_and_the_same_are_not_repeated(tmp_path: Path) -> None:
    records = _records(20)
    first = audit(records, tmp_path, counts_of=CountsFromList(), size=10)
    time_before = first.findings.stat().st_mtime_ns
    assert audit(records, tmp_path, counts_of=CountsFromList(), size=10) == first
    assert first.findings.stat().st_mtime_ns == time_before
    without = audit(records, tmp_path, size=10)
    assert without.finding_count != first.finding_count
    assert not _tables(tmp_path)[1].labels.any()
    fewer = audit(records[:7], tmp_path, size=10)
    assert len(_tables(tmp_path)[1].name.unique()) == fewer.pairs == 7
    (tmp_path / "audit.json").write_text("[torn", "utf-8")
    assert audit(records[:7], tmp_path, size=10) == fewer


def test_audit_of_no_pairs_has_zero_totals(tmp_path: Path) -> None:
    result = audit([], tmp_path)
    assert (result.pairs, result.finding_count) == (0, 0)
    assert all(share.of == 0 for share in tally(tmp_path))


@pytest.mark.parametrize("scheduler", ["threads", "processes", "synchronous"])
def test_every_local_scheduler_finds_the_same(tmp_path: Path, scheduler: str) -> None:
    records = _records(24)
    audit(records, tmp_path / "one", counts_of=CountsFromList(), size=24, scheduler="synchronous")
    audit(records, tmp_path / "other", counts_of=CountsFromList(), size=24, scheduler=scheduler)
    assert _same(tmp_path / "one", tmp_path / "other")


@pytest.mark.parametrize("scheduler", ["tcp://127.0.0.1:9", "nonsense", "tcp://", ""])
def test_reports_a_scheduler_that_does_not_answer(
    tmp_path: Path, scheduler: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatearthnet_explorer.parallel.dask_cluster.PATIENCE", 1)
    with pytest.raises(SettingError, match="No Dask scheduler answers"):
        audit(_records(3), tmp_path, scheduler=scheduler)


def test_cluster_with_a_killed_worker_finds_the_same(tmp_path: Path) -> None:
    from distributed import Client, LocalCluster

    records = _records(120)
    audit(records, tmp_path / "here", counts_of=CountsFromList(), size=5)
    killed_pids: list[int] = []
    with LocalCluster(n_workers=2, **LOOPBACK) as cluster:
        with Client(cluster.scheduler_address, set_as_default=False) as client:
            before = set(client.run(os.getpid).values())
        assert len(before) == 2

        def kill(result: int, total: int) -> None:
            if not killed_pids and total // 4 <= result < total // 2:
                killed_pids.append(min(before))
                os.kill(killed_pids[0], signal.SIGKILL)

        result = audit(
            records,
            tmp_path / "there",
            counts_of=CountsFromList(wait=0.05),
            size=5,
            scheduler=cluster.scheduler_address,
            progress=kill,
        )
    assert killed_pids
    assert result.pairs == 120
    assert _same(tmp_path / "here", tmp_path / "there")


def test_a_stopped_audit_on_a_cluster_leaves_its_workers_free(tmp_path: Path) -> None:
    from distributed import Client, LocalCluster

    def stop(result: int, _total: int) -> None:
        if result:
            raise Cancelled

    with LocalCluster(n_workers=1, **LOOPBACK) as cluster:
        address = cluster.scheduler_address
        with pytest.raises(Cancelled):
            audit(_records(100), tmp_path, counts_of=CountsFromList(wait=0.2), size=5, scheduler=address, progress=stop)
        with Client(address, set_as_default=False) as client:
            deadline = time.monotonic() + 60
            while any(client.processing().values()) and time.monotonic() < deadline:
                time.sleep(0.05)
            assert not any(client.processing().values())


def test_second_audit_of_a_folder_is_refused_while_the_first_runs(tmp_path: Path) -> None:
    records = _records(20)

    def second(result: int, _total: int) -> None:
        if result == 10:
            with pytest.raises(SettingError, match="Another audit is writing"):
                audit(records, tmp_path, size=10)

    audit(records, tmp_path, size=5, progress=second, scheduler="synchronous")
    assert audit(records, tmp_path, size=5).pairs == 20


def test_hostile_names_and_captions_are_written_and_read_back(tmp_path: Path) -> None:
    texts = [
        ATTACK,
        CONTROL_CHARACTERS,
        "",
        "🌲" * 50,
        "perhaps " + CONTROL_CHARACTERS,
        "a" * 20_000,
        "'; DROP TABLE findings; --",
    ]
    records = [
        Record(name=text[:200] or "blank", captions={"3.5": text, "4v": text, "5": text}, splits={"3.5": "../x"})
        for text in texts
    ]
    audit(records, tmp_path, counts_of=lambda some: [COUNTS[0]] * len(some), size=3)
    findings, captions = _tables(tmp_path)
    assert len(captions) == 2 * len(texts)
    assert set(captions.split) == {""}
    assert set(captions.continent) == {""}
    assert set(findings.check) <= set(CHECKS)
    assert findings.evidence.str.len().max() < 500


@pytest.mark.parametrize("name", ["findings.parquet", "judged.parquet", "audit.json"])
def test_finished_audit_with_damaged_files_runs_again(tmp_path: Path, name: str) -> None:
    records = _records(12)
    first = audit(records, tmp_path, counts_of=CountsFromList(), size=5)
    before = [table.to_dict("records") for table in _tables(tmp_path)]
    file = tmp_path / name
    whole = file.read_bytes()
    for content in (b"PAR1 junk", whole[:-9], whole.replace(b'"found": ', b'"found": 1'), None):
        file.unlink() if content is None else file.write_bytes(content)
        assert audit(records, tmp_path, counts_of=CountsFromList(), size=5) == first
        assert repr([table.to_dict("records") for table in _tables(tmp_path)]) == repr(before)


def test_the_tally_counts_captions_and_not_findings(tmp_path: Path) -> None:
    records = _records(70)
    audit(records, tmp_path, counts_of=CountsFromList(), files_of=pictures, size=30)
    findings, captions = _tables(tmp_path)
    shares = {(one.check, one.by, one.value): one for one in tally(tmp_path)}
    for check in CHECKS:
        one = shares[check, "all", ""]
        assert one.count == findings[findings.check == check].row.nunique()
        assert one.count <= one.of
        assert one.share == (one.count / one.of if one.of else None)
    labelled_rows = captions[captions.labels & captions.read]
    assert shares["hallucinated", "all", ""].of == len(labelled_rows)
    assert shares["order of classes", "all", ""].of == (labelled_rows["style"] == "3.5").sum()
    assert shares["part unspoken", "all", ""].of == (captions.read & (captions["style"] == "3.5")).sum()
    assert shares["colour word", "all", ""].of == (captions.read & (captions["style"] == "4v")).sum() > 0
    assert shares["all black", "all", ""].of == (captions["style"] == "").sum()
    assert shares["contradiction", "all", ""].of == captions[(captions["style"] == "4v") & captions.both].shape[0]
    # most pairs of another map's caption name what is not there
    of = set(findings[findings.check == "hallucinated"].name)
    wrong = {record.name for number, record in enumerate(records) if number % 7 == 6 and number % 10 != 9}
    assert of <= wrong
    assert len(of) > len(wrong) / 2
    by_split = [one for one in shares.values() if one.check == "hallucinated" and one.by == "split"]
    assert [(one.value, one.of) for one in by_split] == [("train", len(labelled_rows))]
    by_country = [one for one in shares.values() if one.check == "hallucinated" and one.by == "country"]
    assert sum(one.of for one in by_country) == (labelled_rows.country != "").sum()
    by_class = {one.value: one for one in shares.values() if one.check == "hallucinated" and one.by == "class"}
    assert by_class["tree"].of == (labelled_rows.classes.to_numpy() & (1 << 3) > 0).sum()


SUMMARY = AuditSummary(
    data="release of <b>May</b>\u202e",
    simulated=True,
    date="2026-11-27",
    pairs=1200,
    total=2000,
    findings=3,
    labels="",
    pictures="",
)


def test_the_page_shows_every_share_and_runs_nothing() -> None:
    shares = [
        Share("hallucinated", "all", "", 3, 10),
        Share("hallucinated", "country", "<script>alert(1)</script>\u202e", 3, 10),
        Share("several images", "all", "", 0, 40),
    ]
    page = findings_page(shares, SUMMARY)
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "<b>" not in page
    assert "\u202e" not in page
    assert "default-src 'none'" in page
    assert page.count("30.0 %") == 3  # in the overview, and twice in its own table
    assert "3 of 10" in page
    assert CHECKS["hallucinated"].description in page
    assert "0.0 %" in page
    assert "0 of 40" in page
    assert "Not checked" not in page
    assert json.dumps([one.to_dict() for one in shares])


def test_page_names_its_data() -> None:
    shares = [Share("hallucinated", "all", "", 3, 10)]
    page = findings_page(shares, SUMMARY)
    assert "<title>Simulated data: Findings of an audit</title>" in page
    assert page.count("<h1>") == 1
    assert ">SIMULATED<" in page
    assert "1,200 of 2,000 pairs, finished on 2026-11-27" in page
    real = findings_page(shares, dataclasses.replace(SUMMARY, simulated=False, labels="ESA WorldCover 2020"))
    assert "SIMULATED" not in real
    assert "imulated" not in real.partition("</style>")[2]
    assert "ESA WorldCover 2020" in real


def test_the_page_names_what_was_not_checked_and_what_to_do() -> None:
    shares = [Share(check, "all", "", 0, 5 if check == "empty" else 0) for check in CHECKS]
    page = findings_page(shares, SUMMARY)
    assert page.count("0.0 %") == 2  # of the one that was
    assert "0 of 0" not in page
    section = page.partition("Not checked")[2].partition("</section>")[0]
    for check in set(CHECKS) - {"empty"}:
        assert check in section
    assert "run `catalog enrich` on this catalog" in section
    assert "run the audit again with --release" in section
    steps = findings_page(shares, dataclasses.replace(SUMMARY, labels="made", pictures="here"))
    assert "None of these captions has labels" in steps
    assert "has no picture of these pairs" in steps
    assert "--release" not in steps


@pytest.mark.parametrize("simulated", [True, False])
def test_table_leaves_out_figures_that_were_not_counted(simulated: bool) -> None:
    shares = [
        Share("hallucinated", "all", "", 0, 0),
        Share("all black", "all", "", 0, 0),
        Share("empty", "all", "", 0, 7),
    ]
    text = to_csv(shares, simulated=simulated, labels=False, pictures=False)
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [(row["found"], row["of"], row["share"]) for row in rows] == [
        ("", "0", ""),
        ("", "0", ""),
        ("0", "7", "0.0"),
    ]
    assert "enrich" in rows[0]["not_checked"]
    assert "--release" in rows[1]["not_checked"]
    assert rows[2]["not_checked"] == ""
    assert {row["simulated"] for row in rows} == {"yes" if simulated else "no"}
