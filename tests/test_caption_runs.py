"""Many requests at once: what is sent, what is written, and what ends a run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from rig.chat_server import ChatServer, chat_server, completion, failure

from chatearthnet_explorer.caption_file import read_caption_file
from chatearthnet_explorer.caption_runs.job import CaptionJob
from chatearthnet_explorer.caption_runs.known_requests import read_known
from chatearthnet_explorer.caption_runs.places import simulated_places
from chatearthnet_explorer.caption_runs.result_log import lock_caption_file
from chatearthnet_explorer.caption_runs.run import run_captions
from chatearthnet_explorer.caption_runs.task import CaptionTask
from chatearthnet_explorer.captioners import open_captioner
from chatearthnet_explorer.captioners.budget import Budget
from chatearthnet_explorer.captioners.chat import ChatCaptioner
from chatearthnet_explorer.captioners.service import pace
from chatearthnet_explorer.chip import Chip
from chatearthnet_explorer.errors import Cancelled, CaptionFileError, SettingError
from chatearthnet_explorer.prompts.prompt import prompt_for
from chatearthnet_explorer.tile import Tile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from chatearthnet_explorer.captioners import Captioner

KEY = "sk-rig-0123456789abcdef"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatServer]:
    with chat_server() as chat:
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        monkeypatch.setenv("OPENAI_BASE_URL", chat.base_url)
        yield chat


def task(number: int) -> CaptionTask:
    labels = np.random.default_rng(0).integers(1, 12, (8, 8), np.uint8).repeat(32, 0).repeat(32, 1)
    tile = Tile(8000 + number, 5000)
    chip = Chip(tile=tile, source="simulated", simulated=True, labels=labels)
    return CaptionTask(f"{tile.name}.png", chip, prompt_for(labels, seed=number), seed=number)


def tasks(count: int) -> Iterator[CaptionTask]:
    return map(task, range(count))


def chat() -> Captioner:
    return open_captioner("chat", model="gpt-6-luna")


def test_writes_an_entry_for_each_request_and_sends_none_twice(server: ChatServer, tmp_path: Path) -> None:
    path = tmp_path / "captions.jsonl"
    report = run_captions(tasks(40), chat(), path=path)
    assert (report.new, report.skipped_count, dict(report.failures), report.stop_reason) == (40, 0, {}, "")
    assert (report.tokens_in, report.tokens_out) == (40 * 321, 40 * 45)
    assert report.dollars == pytest.approx(40 * (321 * 0.10 + 45 * 0.50) / 1e6)
    entries = read_caption_file(path).entries
    assert {entry.name for entry in entries} == {one.name for one in tasks(40)}
    again = run_captions(tasks(50), chat(), path=path)
    assert (again.new, again.skipped_count) == (10, 40)
    assert len({json.dumps(request) for request in server.requests}) == len(server.requests) == 50


def test_models_with_long_names_are_get_one_request_each(server: ChatServer, tmp_path: Path) -> None:
    names = ["/models/" + "a" * 300 + end for end in ("1.gguf", "2.gguf")]
    for name in names:
        captioner = open_captioner("chat", model=name)
        assert run_captions(tasks(2), captioner, path=tmp_path / "captions.jsonl").new == 2
        assert run_captions(tasks(2), captioner, path=tmp_path / "captions.jsonl").skipped_count == 2
    assert [request["model"] for request in server.requests] == [name for name in names for _ in range(2)]
    path, captioner = tmp_path / "more.jsonl", open_captioner("chat", model=names[0])
    first, second = (CaptionJob(place_list=simulated_places(2, 3), captioner=captioner, path=path) for _ in range(2))
    assert run_captions(first.tasks, captioner, path=path).new == 2
    assert second.in_file == 2


def test_a_name_of_a_model_that_is_no_text_is_refused_in_a_sentence() -> None:
    with pytest.raises(SettingError, match="has bytes that are no text"):
        open_captioner("chat", model=b"a\xff".decode("utf-8", "surrogateescape"))


def test_a_key_that_is_refused_stops_the_run_with_one_sentence(server: ChatServer, tmp_path: Path) -> None:
    server.modes = ["normal"] * 5 + ["wrong key"]
    report = run_captions(tasks(500), chat(), path=tmp_path / "c.jsonl", concurrency=2)
    assert "does not accept the key" in report.stop_reason
    assert (report.new, dict(report.failures)) == (5, {})
    assert len(server.requests) < 10
    assert KEY not in report.stop_reason
    assert KEY not in (tmp_path / "c.jsonl").read_text("utf-8")


def test_the_same_failure_many_times_in_a_row_stops_the_run(server: ChatServer, tmp_path: Path) -> None:
    server.modes = ["html"]
    report = run_captions(tasks(500), chat(), path=tmp_path / "c.jsonl", concurrency=2)
    assert "20 requests in a row failed in the same way" in report.stop_reason
    assert 20 <= report.failures["no completion"] <= 24


def test_refusals_are_kept_and_repeated_only_on_request(server: ChatServer, tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    server.modes = ["refusal"] * 3 + ["normal"]
    report = run_captions(tasks(10), chat(), path=path)
    assert (report.new, dict(report.failures), report.stop_reason) == (7, {"refusal": 3}, "")
    assert run_captions(tasks(10), chat(), path=path).skipped_count == 10
    again = run_captions(tasks(10), chat(), path=path, retry_failures=True)
    assert (again.new, again.skipped_count) == (3, 7)
    assert len(server.requests) == 13
    assert all(entry.caption for entry in read_caption_file(path).latest().values())


def test_what_may_pass_is_tried_again_in_the_run_and_in_the_next(server: ChatServer, tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    server.modes = ["busy"] * 9 + ["normal"]
    report = run_captions(tasks(10), chat(), path=path, concurrency=2)
    assert (report.new, dict(report.failures)) == (10, {})


def test_one_busy_answer_pauses_all_threads(server: ChatServer, tmp_path: Path) -> None:
    times: list[float] = []

    def reply(_request: dict[str, object]) -> tuple[int, dict[str, str], bytes]:
        times.append(time.monotonic())
        if len(times) == 5:
            return failure(429, "Rate limit reached.", code="rate_limit_exceeded", **{"retry-after-ms": "3000"})
        return 200, {"content-type": "application/json"}, json.dumps(completion()).encode()

    server.modes = [reply]
    report = run_captions(tasks(40), chat(), path=tmp_path / "c.jsonl", concurrency=4)
    assert report.new == 40
    # nobody sent anything meanwhile, but for what was under way as the answer came
    assert sum(1.0 < one - times[4] < 2.8 for one in times) == 0
    assert times[-1] - times[4] > 2.9


def test_a_service_that_is_busy_for_years_ends_the_run(
    server: ChatServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "LONGEST", 0.2)
    server.modes = [failure(429, "Rate limit reached.", **{"retry-after": "1000000000"})]
    report = run_captions(tasks(100), chat(), path=tmp_path / "c.jsonl", concurrency=4)
    assert "takes none for 24 hours" in report.stop_reason
    assert len(server.requests) < 30  # none was sent a second time


def test_the_cap_holds_for_all_threads_and_counts_earlier_runs(server: ChatServer, tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    run_captions(tasks(10), chat(), path=path)
    cost_before = read_known(path).spending
    assert cost_before.dollars == pytest.approx(10 * 5.46e-5)
    budget = Budget(30 * 5.46e-5, spent=cost_before)
    report = run_captions(tasks(500), chat(), path=path, concurrency=16, budget=budget)
    assert "of the cap of" in report.stop_reason
    entries = read_caption_file(path).entries
    assert sum(entry.dollars or 0 for entry in entries) <= 30 * 5.46e-5
    assert len(entries) > 20
    assert len(server.requests) == len(entries)


def test_a_request_that_may_be_charged_counts_in_the_next_run(server: ChatServer, tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    server.modes = ["slow"]
    captioner = ChatCaptioner(model="gpt-6-luna", timeout=1, retries=0)
    run_captions(tasks(1), captioner, path=path)
    cost, spending = captioner.estimate(task(0).prompt), read_known(path).spending
    assert (spending.requests, spending.tokens) == (1, cost.most_tokens)
    assert spending.dollars >= (cost.dollars or 0) > 0
    unknown = ChatCaptioner(model="unknown-model", timeout=1, retries=0)
    run_captions(tasks(1), unknown, path=path)
    assert read_known(path).spending.tokens > spending.tokens  # without a price it counts as well
    assert read_known(path).spending.unpriced == 1


def test_a_full_disk_stops_the_run_and_loses_nothing(server: ChatServer, tmp_path: Path) -> None:
    script = f"""
import resource, signal, sys, tempfile
from pathlib import Path
from test_caption_runs import chat, tasks
from chatearthnet_explorer.caption_runs.run import run_captions
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
limited = Path({str(tmp_path / "c.jsonl")!r})
tempfile.tempdir = {str(tmp_path)!r}
resource.setrlimit(resource.RLIMIT_FSIZE, (9_000, resource.RLIM_INFINITY))
report = run_captions(tasks(200), chat(), path=limited, concurrency=4)
print(report.stop_reason)
"""
    variables = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=variables)
    assert "No space is left" in result.stdout
    files = list(tmp_path.glob("*.jsonl"))
    assert len(files) == 2
    names = [entry.name for path in files for entry in read_caption_file(path).entries]
    assert not [path for path in files if read_caption_file(path).damaged_lines]
    assert len(names) == len(set(names)) == len(server.requests) < 200


@pytest.mark.parametrize("presses", [1, 2])
def test_ctrl_c_keeps_what_was_paid_for(presses: int, server: ChatServer, tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    release = threading.Event()

    def reply(_request: dict[str, object]) -> tuple[int, dict[str, str], bytes]:
        """Answer slowly; before a second press, hold what comes after eight, so that the run cannot end by itself."""
        release.wait(60 if presses > 1 and len(server.requests) > 8 else 0.3)
        return 200, {}, json.dumps(completion()).encode()

    server.modes = [reply]
    command = [sys.executable, "-m", "chatearthnet_explorer", "caption-many", "simulated", "--count", "200"]
    options = ["--captioner", "chat", "--yes", "--concurrency", "4", "--out", str(path)]
    process = subprocess.Popen([*command, *options], stderr=subprocess.PIPE, text=True)
    until(lambda: path.exists() and len(path.read_text("utf-8").splitlines()) >= 4)
    until(lambda: presses == 1 or len(server.requests) > 8)
    for _ in range(presses):
        process.send_signal(signal.SIGINT)
        time.sleep(1)  # a press that comes before the one before it was seen is the same press
    _, errors = process.communicate(timeout=120)
    release.set()
    assert process.returncode == 1
    lines = read_caption_file(path)
    assert not lines.damaged_lines
    if presses == 1:
        assert "The same command goes on" in errors
        assert len(lines.entries) == len(server.requests) < 100
    else:
        assert "Stopped" in errors
        assert len(server.requests) - len(lines.entries) <= 4


def test_two_runs_never_write_one_file_at_a_time(server: ChatServer, tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    with lock_caption_file(path), pytest.raises(CaptionFileError, match="Another run is writing"):
        run_captions(tasks(3), chat(), path=path)
    assert not server.requests


def test_a_run_may_be_cancelled_by_its_progress(server: ChatServer, tmp_path: Path) -> None:
    def cancel(_step: str, count: int, _total: int) -> None:
        if count >= 10:
            raise Cancelled

    path = tmp_path / "c.jsonl"
    server.modes = [lambda _request: time.sleep(0.02) or (200, {}, json.dumps(completion()).encode())]
    with pytest.raises(Cancelled):
        run_captions(tasks(5000), chat(), path=path, progress=cancel)
    assert len(read_caption_file(path).entries) == len(server.requests) < 500


def test_tasks_are_taken_one_by_one(server: ChatServer, tmp_path: Path) -> None:
    task_count = 0
    lead: list[int] = []

    def many() -> Iterator[CaptionTask]:
        nonlocal task_count
        for one in tasks(200):
            task_count += 1
            lead.append(task_count - len(server.requests))
            yield one

    run_captions(many(), chat(), path=tmp_path / "c.jsonl", concurrency=4)
    assert max(lead) <= 9


def test_template_needs_no_service_and_costs_nothing(tmp_path: Path) -> None:
    report = run_captions(tasks(20), open_captioner("template"), path=tmp_path / "c.jsonl")
    assert (report.new, report.dollars, report.unpriced) == (20, 0.0, 0)


@pytest.mark.parametrize("concurrency", [0, -1, 257])
def test_refuses_a_concurrency_out_of_bounds(concurrency: int, tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="1 to 256"):
        run_captions(tasks(1), open_captioner("template"), path=tmp_path / "c.jsonl", concurrency=concurrency)


def until(condition: Callable[[], bool], seconds: float = 120.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.parametrize("price", ["known", "unknown"])
def test_a_service_that_is_not_there_ends_the_run_at_once_and_costs_nothing(price: str, tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    model = "gpt-6-luna" if price == "known" else "my-model"
    captioner = ChatCaptioner(model=model, base_url="http://127.0.0.1:1/v1", retries=0)
    budget = Budget(token_cap=100_000)
    start = time.monotonic()
    report = run_captions(tasks(3), captioner, path=path, budget=budget)
    assert time.monotonic() - start < 30
    assert "127.0.0.1:1 cannot be reached" in report.stop_reason
    assert (report.tokens_in, report.tokens_out, report.dollars) == (0, 0, 0.0)
    assert budget.spent.tokens == read_known(path).spending.tokens == 0


def test_an_answer_that_breaks_off_counts_as_it_may_be_charged(server: ChatServer, tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    server.modes = ["cut"]
    captioner = ChatCaptioner(model="gpt-6-luna", retries=0)
    run_captions(tasks(1), captioner, path=path)
    assert read_known(path).spending.tokens == captioner.estimate(task(0).prompt).most_tokens


@pytest.mark.parametrize(
    "content", ["my thesis\n", '{"a": 1}\n', '{"name": "3886_3141_patch11.png"}\n', "3886_3141_patch11.png\n" * 3]
)
def test_nothing_is_appended_to_a_file_of_other_content(content: str, tmp_path: Path) -> None:
    path = tmp_path / "other.txt"
    path.write_text(content)
    with pytest.raises(CaptionFileError, match="other content than captions"):
        run_captions(tasks(1), open_captioner("template"), path=path)
    assert path.read_text() == content


def test_a_run_continues_when_the_only_line_of_its_file_was_cut_by_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    path.write_text('{"name": "3886_31')
    assert run_captions(tasks(2), open_captioner("template"), path=path).new == 2
