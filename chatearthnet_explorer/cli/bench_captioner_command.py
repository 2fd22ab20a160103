"""The command `bench-captioner`: compare captioners on the same chips."""

from __future__ import annotations

import json
import shlex
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from chatearthnet_explorer.caption import RELEASED_STYLES, money
from chatearthnet_explorer.captioners import captioner_problems, check_style, open_writer
from chatearthnet_explorer.cli.captioner_options import add_service_to, writer_of
from chatearthnet_explorer.cli.confirmation import FEW, can_ask, confirm
from chatearthnet_explorer.cli.dollars import dollars
from chatearthnet_explorer.cli.progress_bar import progress
from chatearthnet_explorer.cli.terminal import complain, put
from chatearthnet_explorer.errors import SettingError
from chatearthnet_explorer.files.whole_file import whole_file
from chatearthnet_explorer.net.safe_json import read_json
from chatearthnet_explorer.prompts.wording import STYLES

if TYPE_CHECKING:
    import argparse

    from chatearthnet_explorer.captioner_bench.bench import BenchPlan
    from chatearthnet_explorer.captioner_bench.chips import BenchChips
    from chatearthnet_explorer.captioners import Captioner
    from chatearthnet_explorer.catalog.catalog import Catalog
    from chatearthnet_explorer.writer import Writer

SIMULATED = "simulated"
"""What the command calls the sample of simulated pairs that comes with the package."""


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command ``bench-captioner``."""
    parser = commands.add_parser("bench-captioner", help="compare how often captioners contradict the labels")
    parser.add_argument("catalog", metavar="CATALOG", help=f"folder of a catalog, or `{SIMULATED}`")
    parser.add_argument(
        "--captioner", metavar="CONTENDER", help="what writes: CAPTIONER[:MODEL][@STYLE][,OPTION=VALUE...]"
    )
    parser.add_argument("--model", default="", help="model of --captioner")
    parser.add_argument("--vs", metavar="CONTENDER", action="append", default=[], help="another one; may be repeated")
    parser.add_argument("--pairs", type=int, default=200, metavar="N", help="chips of the sample")
    parser.add_argument("--seed", type=int, default=0, help="another seed gives another sample")
    parser.add_argument("--style", choices=STYLES, default="3.5", help="style of contenders that name none")
    parser.add_argument("--wording", default="", metavar="FILE", help="wording of contenders that name none")
    add_service_to(parser)
    parser.add_argument("--alone", action="store_true", help="without the rows `template` and `released`")
    parser.add_argument("--prose", choices=("close", "loose"), default="close", help="correction to show first")
    parser.add_argument("--out", type=Path, default=Path("captioner-bench"), metavar="FOLDER", help="captions, report")
    parser.add_argument("--concurrency", type=int, default=8, metavar="N", help="requests at a time")
    parser.add_argument("--cap", type=dollars, metavar="DOLLARS", help="stop before all contenders together cost more")
    parser.add_argument("--token-cap", type=int, metavar="N", help="stop before they take more tokens together")
    parser.add_argument("--yes", action="store_true", help="do not ask, at a terminal, before requests that cost")
    parser.add_argument("--retry-failures", action="store_true", help="send again what failed for lasting reasons")
    parser.add_argument("--dry-run", action="store_true", help="show sample and price; nothing is sent or written")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    from chatearthnet_explorer.caption_runs.run_cost import SAMPLE
    from chatearthnet_explorer.captioner_bench.bench import plan_bench, run_bench
    from chatearthnet_explorer.captioner_bench.chips import BenchChips, closing_reader, reader_for
    from chatearthnet_explorer.captioner_bench.conclusions import conclusions
    from chatearthnet_explorer.captioner_bench.contenders import file_of
    from chatearthnet_explorer.captioner_bench.report_text import to_json, to_markdown
    from chatearthnet_explorer.captioner_bench.running import spent_before
    from chatearthnet_explorer.captioners.budget import Budget
    from chatearthnet_explorer.cards.bench_card import bench_card

    for sentence in captioner_problems():
        complain(sentence)
    contenders = _contenders(options)
    _check_folder(options.out)
    plan = plan_bench(
        _catalog(options.catalog), contenders, pairs=options.pairs, seed=options.seed, prose=options.prose
    )
    spent = spent_before(options.out / file_of(one) for one in contenders)
    budget = Budget(options.cap, options.token_cap, spent=spent)
    pictures, bands = any(one.needs_pictures for one in contenders), any(one.needs_bands for one in contenders)
    reader, threads = reader_for(plan.catalog, pictures=pictures, bands=bands)
    chips = BenchChips(reader)
    with progress() as report_progress, closing_reader(reader):
        names = plan.sample.names[:SAMPLE] if options.dry_run else plan.sample.names
        chips.load(names, threads=threads, progress=lambda count, total: report_progress("chips", count, total))
    requests, prices = _prices(plan, chips, options)
    if options.dry_run:
        put("\n".join([*_sample_sentences(plan), *prices, "Nothing was sent."]))
        return
    for sentence in prices:
        complain(sentence)
    if requests > FEW and can_ask() and not options.yes:
        confirm(f"These are {requests:,} requests")
    options.out.mkdir(parents=True, exist_ok=True)
    with progress() as report_progress:
        report = run_bench(
            plan,
            chips,
            open_contender=_open,
            folder=options.out,
            budget=budget,
            concurrency=options.concurrency,
            retry_failures=options.retry_failures,
            command=command_of(options, contenders),
            progress=report_progress,
        )
    content, markdown = to_json(report), to_markdown(report)
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    for name, words in (("report.json", text), ("report.md", markdown), ("report.html", bench_card(report).page())):
        with whole_file(options.out / name) as part:  # a kill or a full disk leaves no half of a report
            part.write_text(words, "utf-8")
    if options.json:
        put(content)
    else:
        start = ["Simulated data: places, labels and released captions are made up."] if report.simulated else []
        end = f"The whole report is in {options.out}: report.html to read, report.md and report.json."
        put("\n".join([*start, *conclusions(report), end]))


def _check_folder(folder: Path) -> None:
    """Let no file of somebody else's be overwritten, before anything costs money.

    Raises:
        SettingError: If there is a report that no bench wrote, or the folder is a file.
    """
    if folder.exists() and not folder.is_dir():
        msg = f"{folder} is not a folder; choose another --out."
        raise SettingError(msg)
    with suppress(OSError, ValueError, RecursionError):
        content = read_json((folder / "report.json").read_bytes())
        if isinstance(content, dict) and "contenders" in content:
            return
    for name in ("report.html", "report.md", "report.json"):
        if (folder / name).exists():
            msg = f"{folder / name} is there already, and not from a bench; choose another --out."
            raise SettingError(msg)


def _sample_sentences(plan: BenchPlan) -> list[str]:
    sample = plan.sample
    start = f"{len(sample.names):,} of {sample.population:,} chips are drawn with seed {sample.seed}"
    return [f"{start}, in proportion to the {sample.facet}; {sample.left_out:,} others cannot be used."]


def _prices(plan: BenchPlan, chips: BenchChips, options: argparse.Namespace) -> tuple[int, list[str]]:
    """Return how many requests may cost, and what those of each contender cost, a sentence each."""
    from chatearthnet_explorer.captioner_bench.contenders import RELEASE_ROW, file_of, label_of
    from chatearthnet_explorer.captioner_bench.running import cost_of

    sentences, requests = [], 0
    usable = [name for name in plan.sample.names if name in chips.chips]
    for contender in plan.contenders:
        if contender.captioner == RELEASE_ROW:
            continue
        path = options.out / file_of(contender)
        cost = cost_of(contender, _open(contender), chips.chips, usable, path=path)
        # of a dry run only some chips were read
        factor = len(plan.sample.names) / max(len(usable), 1) if options.dry_run else 1
        count = round(cost.requests * factor)
        requests += 0 if cost.dollars == 0 else count
        if cost.dollars is None:
            sentences.append(f"{label_of(contender)}: {count:,} captions to be written, price unknown.")
        elif cost.dollars:
            amount = money(cost.dollars * factor)
            sentences.append(f"{label_of(contender)}: {count:,} captions to be written, at most about {amount}.")
    return requests, sentences


def _contenders(options: argparse.Namespace) -> tuple[Writer, ...]:
    from chatearthnet_explorer.captioner_bench.contenders import (
        PLANTED_ROW,
        RELEASE_ROW,
        TEMPLATE,
        distinct,
        read_contender,
    )

    usual = writer_of(options, style=options.style, wording=options.wording)
    texts = [*options.vs]
    if options.captioner:
        model = f":{options.model}" if options.model else ""
        head, separator, rest = options.captioner.partition(",")
        texts.insert(0, f"{head}{model}{separator}{rest}")
    if not options.alone and options.style in RELEASED_STYLES:  # both are made of labels
        texts += [TEMPLATE, RELEASE_ROW]
    contenders = distinct([read_contender(text, usual=usual) for text in texts])
    for contender in contenders:
        if contender.captioner not in {RELEASE_ROW, PLANTED_ROW}:
            check_style(_open(contender), contender.style)
    return contenders


def _catalog(name: str) -> Catalog:
    from chatearthnet_explorer.catalog import open_catalog

    if name != SIMULATED:
        return open_catalog(name)
    from chatearthnet_explorer.sample.sample_catalog import open_sample

    return open_sample().catalog


def _open(contender: Writer) -> Captioner:
    from chatearthnet_explorer.captioner_bench.contenders import PLANTED_ROW

    if contender.captioner == PLANTED_ROW:
        from chatearthnet_explorer.testing.planted_captioner import PlantedCaptioner

        return PlantedCaptioner(float(contender.model), seed=contender.seed)
    return open_writer(contender)


def command_of(options: argparse.Namespace, contenders: tuple[Writer, ...]) -> str:
    """Return the command that makes the same report, without the addresses of services."""
    first, *others = [one.spec for one in contenders]
    words = ["chatearthnet-explorer", "bench-captioner", "--captioner", first]
    for spec in others:
        words += ["--vs", spec]
    words += ["--alone", "--pairs", str(options.pairs), "--seed", str(options.seed), "--prose", options.prose]
    return shlex.join([*words, str(options.catalog)])
