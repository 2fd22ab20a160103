"""Prepare the requests of 163,488 chips for a batch, and measure our own time per caption at 32 requests in flight.

    python benchmarks/caption_many.py [--requests 163488] [--maps 200] [--styles 3.5,4v] [--only prepare|overhead]

The label maps are simulated in advance, and repeated under other names: where labels come from (a network, a disk) is
not what is measured. Everything else of the preparation is: prompts, pictures, estimates, JSON, files, fsync.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import openai
import psutil
from memory_watch import MemoryWatch

from chatearthnet_explorer.caption_runs.batch_files import write_parts
from chatearthnet_explorer.caption_runs.places import Place
from chatearthnet_explorer.caption_runs.request_rows import request_rows
from chatearthnet_explorer.caption_runs.run import run_captions
from chatearthnet_explorer.caption_runs.task import CaptionTask
from chatearthnet_explorer.captioners import open_captioner
from chatearthnet_explorer.captioners.service.request_fields import Fields
from chatearthnet_explorer.chip import Chip
from chatearthnet_explorer.parallel.processes import processors
from chatearthnet_explorer.prompts.prompt import prompt_for
from chatearthnet_explorer.sample.simulated_records import Records
from chatearthnet_explorer.simulation.label_map_batches import sample_label_maps
from chatearthnet_explorer.tile import Tile
from chatearthnet_explorer.writer import Writer

IN_FLIGHT, CAPTIONS = 32, 640
DELAY = 0.2  # seconds that the server takes to answer

SERVER = """
import json, time
from rig.chat_server import chat_server, completion
body = json.dumps(completion()).encode()
with chat_server() as server:
    server.modes = [lambda _: time.sleep({delay}) or (200, {{}}, body)]
    print(server.base_url, flush=True)
    input()
"""


def chips(count: int, maps: int) -> list[Chip]:
    """Return simulated chips with their labels, of coarse maps, which are fine enough for prompts."""
    tiles = Records(min(count, maps), 0, 1).tiles
    return [
        Chip(tile=tile, source="simulated", simulated=True, labels=labels)
        for tile, labels in sample_label_maps(tiles, year=2020)
    ]


def processor_seconds() -> float:
    """Return the time of the processors that this program and its finished children used."""
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in usage)


def prepare(style: str, count: int, maps: list[Chip]) -> None:
    """Write the requests of a batch, and print time and memory."""
    captioner = "chat" if style == "3.5" else "vision"
    writer = Writer(captioner=captioner, model="gpt-6-luna", style=style)  # type: ignore[arg-type]
    places = ((Place(f"{number}.png", Tile(0, 0)), maps[number % len(maps)]) for number in range(count))
    folder = Path(tempfile.mkdtemp())
    used, start = processor_seconds(), time.perf_counter()
    with MemoryWatch(psutil.Process()) as watch:
        parts = list(write_parts(folder, request_rows(places, writer, processes=processors())))
    seconds, used = time.perf_counter() - start, processor_seconds() - used
    size = sum(path.stat().st_size for path in folder.glob("requests-*"))
    shutil.rmtree(folder)
    print(
        f"{style} with {captioner}: {sum(part.requests for part in parts):,} requests in {len(parts)} files, "
        f"{size / 1e6:,.0f} MB, {seconds:.1f} s, {1000 * seconds / count:.2f} ms each on {processors()} processors "
        f"({used:.1f} s of processor, load {os.getloadavg()[0]:.1f}); "
        f"peak memory {watch.peak / 1e6:.0f} MB in {watch.processes} processes together"
    )


def overhead(maps: list[Chip]) -> None:
    """Send requests to a server that takes ``DELAY`` seconds, and print what is above that."""
    script = SERVER.format(delay=DELAY)
    server = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    url = server.stdout.readline().strip()  # type: ignore[union-attr]
    os.environ["OPENAI_API_KEY"] = "sk-none-0123456789"
    captioner = open_captioner("chat", model="gpt-6-luna", base_url=url)
    prompts = [prompt_for(chip.labels) for chip in maps if chip.labels is not None]
    tasks = [
        CaptionTask(f"{number}.png", maps[number % len(maps)], prompts[number % len(maps)])
        for number in range(CAPTIONS)
    ]
    captioner.caption(prompts[0], maps[0])
    with tempfile.TemporaryDirectory() as folder:
        cpu, start = time.process_time(), time.perf_counter()
        report = run_captions(tasks, captioner, path=Path(folder) / "c.jsonl", concurrency=IN_FLIGHT)
        ours = time.perf_counter() - start, time.process_time() - cpu
    if report.new != CAPTIONS:
        sys.exit(str(report))
    bodies = [Fields().request(captioner.question(task.prompt, task.chip)) for task in tasks]  # type: ignore[attr-defined]
    with openai.OpenAI(base_url=url, api_key="sk-none-0123456789") as client, ThreadPoolExecutor(IN_FLIGHT) as pool:
        cpu, start = time.process_time(), time.perf_counter()
        list(pool.map(lambda body: client.chat.completions.create(**body), bodies))
        theirs = time.perf_counter() - start, time.process_time() - cpu
    ideal = DELAY * CAPTIONS / IN_FLIGHT
    for name, (seconds, used) in (("run_captions", ours), ("openai client alone", theirs)):
        print(
            f"{name}: {CAPTIONS} requests, {IN_FLIGHT} in flight, {seconds:.2f} s where the server's answers take "
            f"{ideal:.2f} s: {1000 * (seconds - ideal) / CAPTIONS:.2f} ms each, "
            f"{1000 * used / CAPTIONS:.2f} ms of processor"
        )
    server.communicate("\n", timeout=10)


def main() -> None:
    """Run what the options name."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=163_488)
    parser.add_argument("--maps", type=int, default=200)
    parser.add_argument("--styles", default="3.5,4v")
    parser.add_argument("--only", choices=("prepare", "overhead"))
    options = parser.parse_args()
    maps = chips(options.requests, options.maps)
    for style in options.styles.split(",") if options.only != "overhead" else ():
        prepare(style, options.requests, maps)
    if options.only != "prepare":
        overhead(maps[:100])


if __name__ == "__main__":
    main()
