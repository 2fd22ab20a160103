"""Captions by the Batch API: kills at every step, strange results, and what is paid for (the server counts)."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from rig.batch_server import BatchServer, DroppedError, batch_server, failed_row, ok

from chatearthnet_explorer.caption_file import read_caption_file
from chatearthnet_explorer.caption_runs.batch_run import BatchTiming, run_batch
from chatearthnet_explorer.caption_runs.batch_state import (
    MOST_PARTS,
    STATE_FILE,
    BatchState,
    Part,
    batch_folder,
    load_state,
    save_state,
)
from chatearthnet_explorer.caption_runs.batch_status import batch_status
from chatearthnet_explorer.caption_runs.job import CaptionJob
from chatearthnet_explorer.caption_runs.places import simulated_places
from chatearthnet_explorer.caption_runs.result_log import lock_caption_file
from chatearthnet_explorer.caption_runs.run import run_captions
from chatearthnet_explorer.captioners import open_captioner
from chatearthnet_explorer.captioners.budget import Budget
from chatearthnet_explorer.cli import main
from chatearthnet_explorer.errors import BudgetError, Cancelled, CaptionFileError, ModelError, SettingError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

KEY = "sk-rig-0123456789abcdef"
FAST = BatchTiming(poll=0.05, pause=0.05)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[BatchServer]:
    with batch_server() as batch:
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        monkeypatch.setenv("OPENAI_BASE_URL", batch.base_url)
        yield batch


def job(path: Path, count: int = 12, **options: Any) -> CaptionJob:
    captioner = open_captioner("chat", model="gpt-6-luna")
    return CaptionJob(place_list=simulated_places(count, 3), captioner=captioner, path=path, **options)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "captions.jsonl"


def captions(path: Path) -> Counter[str]:
    return Counter(entry.name for entry in read_caption_file(path).entries if entry.caption)


def paid_once(server: BatchServer, path: Path, count: int = 12) -> bool:
    assert set(server.payments.values()) == {1}
    assert set(captions(path).values()) == {1}
    return len(server.payments) == len(captions(path)) == count


def test_writes_submits_waits_and_collects(server: BatchServer, path: Path) -> None:
    steps = []
    report = run_batch(job(path), timing=FAST, part_requests=5, progress=lambda *step: steps.append(step))
    assert (report.new, report.stop_reason, dict(report.failures)) == (12, "", {})
    assert paid_once(server, path)
    assert len(server.batches) == 3
    assert report.dollars == pytest.approx(12 * 0.5 * (321 * 0.10 + 45 * 0.50) / 1e6)
    assert {"requests", "submitting", "batch"} == {step for step, _, _ in steps}
    request = json.loads(next(iter(server.files.values())).splitlines()[0])
    assert request["url"] == "/v1/chat/completions"
    assert [message["role"] for message in request["body"]["messages"]] == ["system", "user"]
    entry = read_caption_file(path).entries[0]
    assert entry.simulated
    assert entry.prompt_id
    assert "simulated" in entry.notes[0]
    assert run_batch(job(path), timing=FAST).new == 0
    assert len(server.batches) == 3


def test_a_batch_has_the_requests_that_are_sent_one_by_one(server: BatchServer, path: Path) -> None:
    run_batch(job(path, 3), timing=FAST)
    tasks = list(job(path.with_name("other.jsonl"), 3).tasks)
    captioner = job(path).captioner
    lines = [json.loads(line) for line in server.files["file-0"].splitlines()]
    from chatearthnet_explorer.captioners.service.request_fields import NEAR_LIMITS, Fields

    expected = [Fields(limits=NEAR_LIMITS).request(captioner.question(task.prompt, task.chip)) for task in tasks]  # type: ignore[attr-defined]
    assert [line["body"] for line in lines] == expected


KILLS = [
    ("before", "POST files"),
    ("after", "POST files"),
    ("before", "GET batches"),
    ("before", "POST batches"),
    ("after", "POST batches"),
    ("before", "GET batches/ID"),
    ("after", "GET batches/ID"),
    ("before", "GET files/ID/content"),
    ("after", "GET files/ID/content"),
]


@pytest.mark.parametrize(("when", "call"), KILLS, ids=[" ".join(one) for one in KILLS])
def test_a_kill_at_any_step_pays_nothing_twice(when: str, call: str, server: BatchServer, path: Path) -> None:
    process: subprocess.Popen[str] | None = None

    def kill() -> None:
        getattr(server, when).pop(call, None)
        assert process is not None
        process.send_signal(signal.SIGKILL)
        process.wait(60)

    getattr(server, when)[call] = kill
    process = caption_many(path, "--batch-size", "8")
    process.communicate(timeout=120)
    assert process.returncode == -signal.SIGKILL
    again = caption_many(path, "--batch-size", "8")
    output, errors = again.communicate(timeout=120)
    assert again.returncode == 0, errors
    assert paid_once(server, path)
    assert not leaks(path.parent, output, errors)


def test_a_batch_of_500_survives_a_kill_between_submit_and_collect(server: BatchServer, path: Path) -> None:
    process: subprocess.Popen[str] | None = None

    def kill() -> None:
        server.after.pop("GET batches/ID", None)
        assert process is not None
        process.send_signal(signal.SIGKILL)
        process.wait(60)

    server.after["GET batches/ID"] = kill
    process = caption_many(path, count=500)
    process.communicate(timeout=300)
    assert process.returncode == -signal.SIGKILL
    assert len(server.batches) == 1
    again = caption_many(path, count=500)
    _, errors = again.communicate(timeout=300)
    assert again.returncode == 0, errors
    assert len(server.batches) == 1
    assert paid_once(server, path, 500)


def caption_many(path: Path, *options: str, count: int = 12) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "chatearthnet_explorer", "caption-many", "simulated", "--count", str(count)]
    command += [
        "--seed",
        "3",
        "--captioner",
        "chat",
        "--batch",
        "--yes",
        "--poll",
        "0.05",
        "--out",
        str(path),
        *options,
    ]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ.copy())


def leaks(folder: Path, *texts: str) -> list[str]:
    """Return where the key can be read."""
    files = [one for one in folder.rglob("*") if one.is_file()]
    return [str(one) for one in files if KEY.encode() in one.read_bytes()] + [text for text in texts if KEY in text]


@pytest.mark.parametrize("is_created", [True, False])
def test_a_lost_answer_to_create_leads_to_one_batch(is_created: bool, server: BatchServer, path: Path) -> None:
    def drop() -> None:
        server.before.pop("POST batches", None)
        server.after.pop("POST batches", None)
        raise DroppedError

    (server.after if is_created else server.before)["POST batches"] = drop
    assert run_batch(job(path), timing=FAST).new == 12
    assert len(server.batches) == 1
    assert paid_once(server, path)


def test_a_lost_folder_does_not_pay_again(server: BatchServer, path: Path) -> None:
    server.looks = 10**6
    process = caption_many(path)
    until(lambda: "GET batches/ID" in server.calls)
    process.kill()
    process.communicate(timeout=120)
    for file in batch_folder(path).iterdir():
        file.unlink()
    server.looks = 1
    assert run_batch(job(path, seed=3), timing=FAST).new == 12
    assert len(server.batches) == 1


def until(condition: Callable[[], bool]) -> None:
    import time

    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_batch_that_expires_half_way_is_completed_by_another(server: BatchServer, path: Path) -> None:
    first = [True]

    def answer(_request_id: str, _body: dict[str, Any]) -> dict[str, Any] | None:
        count = len(server.payments)
        return ok() if count < 5 or not first[0] else None

    server.answer, server.end = answer, "expired"
    server.after["GET files/ID/content"] = lambda: (
        first.clear(),
        first.append(False),
        setattr(server, "end", "completed"),
    )  # type: ignore[func-returns-value]
    report = run_batch(job(path), timing=FAST)
    assert report.new == 12
    assert len(server.batches) == 2
    assert paid_once(server, path)


def complete(server: BatchServer, first: list[bool]) -> None:
    first[:] = [False]
    server.end = "completed"


def test_requests_that_expire_again_and_again_are_failures_and_sent_in_the_next_run(
    server: BatchServer, path: Path
) -> None:
    server.answer, server.end = lambda *_: None, "expired"
    report = run_batch(job(path, 4), timing=FAST)
    assert (report.new, dict(report.failures)) == (0, {"expired": 4})
    assert len(server.batches) == 3
    server.answer, server.end = lambda *_: ok(), "completed"
    assert run_batch(job(path, 4), timing=FAST).new == 4
    assert set(server.payments.values()) == {1}


def test_refusals_are_failures_and_busy_ones_are_sent_again(server: BatchServer, path: Path) -> None:
    places: Counter[int] = Counter()

    def answer(request_id: str, _body: dict[str, Any]) -> dict[str, Any]:
        place = int(request_id, 16) % 3
        places[place] += 1
        if place == 0:
            return ok(None, message={"refusal": f"I can't, {KEY}."})  # type: ignore[arg-type]
        return (
            failed_row("rate_limit_exceeded", status=429)
            if place == 1 and not server.payments[request_id] and len(server.batches) == 1
            else ok()
        )

    server.answer = answer
    report = run_batch(job(path, 30), timing=FAST)
    assert report.failures["refusal"] + report.new == 30
    assert report.failures["refusal"] > 3
    assert set(server.payments.values()) == {1}
    assert len(server.batches) == 2
    assert not leaks(path.parent)
    assert run_batch(job(path, 30), timing=FAST).new == 0
    assert len(server.batches) == 2


def row(line: bytes, **changes: object) -> bytes:
    return json.dumps({**json.loads(line), **changes}).encode() + b"\n"


STRANGE: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "other order": (lambda text: b"\n".join(reversed(text.splitlines())), ""),
    "doubled": (lambda text: text + text, "12 lines of the results are doubled"),
    "unknown": (
        lambda text: row(text.splitlines()[0], custom_id="x" * 20) + text,
        "1 lines of the results are unknown",
    ),
    "long line": (lambda text: b"[" + b"1," * 700_000 + b"1]\n" + text, "1 lines of the results are unreadable"),
    "no text": (lambda text: b"\xff\xfe\n[]\n{}\n" + text, "3 lines of the results are unreadable"),
}


@pytest.mark.parametrize("kind", STRANGE)
def test_strange_lines_are_counted_and_the_results_are_kept(kind: str, server: BatchServer, path: Path) -> None:
    server.change, note = STRANGE[kind]
    report = run_batch(job(path), timing=FAST)
    assert report.new == 12
    assert [one for one in report.notes if note in one] == list(report.notes)
    assert paid_once(server, path)


CUTS: dict[str, Callable[[bytes], bytes]] = {
    "cut": lambda text: text[: len(text) // 2],
    "html": lambda _text: b"<!doctype html><script>alert(1)</script>",
    "empty": lambda _text: b"",
    "ids of others": lambda text: text.replace(b'"custom_id": "', b'"custom_id": "x'),
}


@pytest.mark.parametrize("kind", CUTS)
def test_missing_results_that_were_paid_for_are_not_paid_again(kind: str, server: BatchServer, path: Path) -> None:
    server.change = CUTS[kind]
    with pytest.raises(ModelError, match="none is sent again"):
        run_batch(job(path), timing=FAST)
    assert len(server.batches) == 1
    server.change = lambda text: text
    report = run_batch(job(path), timing=FAST)
    assert len(captions(path)) == 12
    assert report.stop_reason == ""
    assert paid_once(server, path)


@pytest.mark.parametrize("name", ["id", "output_file_id", "status"])
@pytest.mark.parametrize("value", ["..", f"batch_{KEY}"])
def test_identifiers_of_a_service_hold_no_key_and_no_path(
    name: str, value: str, server: BatchServer, path: Path
) -> None:
    reply = server._reply

    def change(content: Any) -> tuple[int, bytes]:
        return reply({**content, "status": "completed", name: value})

    server._reply = change  # type: ignore[method-assign, assignment]
    with pytest.raises((ModelError, _TooLongError)):
        run_batch(job(path, 1), timing=FAST, progress=_stop_after(40))
    assert not [one for one in path.parent.rglob("*") if one.is_file() and KEY.encode() in one.read_bytes()]


class _TooLongError(Exception):
    """A run that waits for a batch."""


def _stop_after(count: int) -> Callable[[str, int, int], None]:
    ticks = iter(range(count))

    def report(_step: str, _count: int, _total: int) -> None:
        if next(ticks, None) is None:
            raise _TooLongError

    return report


def test_an_unknown_status_is_waited_for(server: BatchServer, path: Path) -> None:
    server.end = "thinking"
    process = caption_many(path)
    until(lambda: server.calls.count("GET batches/ID") > 5)
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=120)
    assert "the same command collects them" in errors
    assert process.returncode == 1
    assert len(server.batches) == 1


def test_a_batch_refused_as_a_whole_is_one_sentence(server: BatchServer, path: Path) -> None:
    server.end = "failed"
    with pytest.raises(ModelError, match="refused the batch as a whole"):
        run_batch(job(path), timing=FAST)
    server.end = "completed"
    assert run_batch(job(path), timing=FAST).new == 12


def test_a_service_without_space_gets_the_rest_later(server: BatchServer, path: Path) -> None:
    create = server._create

    def full(request: dict[str, Any]) -> tuple[int, bytes]:
        running = [one for one in server.batches.values() if one["status"] in {"validating", "in_progress"}]
        status, body = create(request)
        if running:
            batch = server.batches[json.loads(body)["id"]]
            batch |= {"status": "failed", "errors": {"data": [{"code": "token_limit_exceeded", "message": "full"}]}}
        return status, body

    server._create = full  # type: ignore[method-assign]
    assert run_batch(job(path), timing=FAST, part_requests=4).new == 12
    assert paid_once(server, path)


def test_the_cap_holds_for_batches(server: BatchServer, path: Path) -> None:
    with pytest.raises(BudgetError, match="was not submitted"):
        run_batch(job(path), timing=FAST, budget=Budget(0.0))
    assert not server.batches
    assert run_batch(job(path), timing=FAST, budget=Budget(1.0)).new == 12


def test_a_state_that_is_damaged_lets_nothing_be_submitted(server: BatchServer, path: Path) -> None:
    batch_folder(path).mkdir()
    for content in (b"{", b"[]", b'{"version": 2}', b"\xff" * 10, b'{"version": 1, "parts": [{"number": 1}]}'):
        (batch_folder(path) / STATE_FILE).write_bytes(content)
        with pytest.raises(CaptionFileError, match="look at your batches"):
            run_batch(job(path), timing=FAST)
    assert not server.calls


def test_another_captioner_waits_until_the_batch_is_collected(server: BatchServer, path: Path) -> None:
    server.change = CUTS["cut"]
    with pytest.raises(ModelError):
        run_batch(job(path), timing=FAST)
    other = CaptionJob(place_list=simulated_places(12, 3), captioner=open_captioner("chat", model="gpt-4o"), path=path)
    with pytest.raises(SettingError, match="not collected yet"):
        run_batch(other, timing=FAST)


def test_as_many_batches_as_may_be_are_found_again(
    server: BatchServer, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = {"file_id": "f" * 200, "batch_id": "b" * 200, "output_file": "o" * 200, "error_file": "e" * 200}
    parts = tuple(Part(number=number, requests=1, digest="0" * 32, **long) for number in range(1, MOST_PARTS + 1))
    batch_folder(path).mkdir()
    state = BatchState(captioner="chat", model="m" * 200, service="s" * 200, parts=parts)
    save_state(batch_folder(path), state)
    assert load_state(batch_folder(path)) == state
    (batch_folder(path) / STATE_FILE).unlink()
    monkeypatch.setattr("chatearthnet_explorer.caption_runs.batch_run.MOST_PARTS", 3)
    with pytest.raises(SettingError, match="more than 3 batches, and none was submitted; choose a larger --batch-size"):
        run_batch(job(path), timing=FAST, part_requests=3)
    assert not server.calls
    run_batch(job(path), timing=FAST, part_requests=4)
    assert paid_once(server, path)


def test_files_of_a_run_that_was_killed_early_are_no_error(server: BatchServer, path: Path) -> None:
    run_batch(job(path), timing=FAST)
    (batch_folder(path) / STATE_FILE).unlink()
    (batch_folder(path) / "requests-0001.jsonl").write_bytes(b"{")
    assert run_batch(job(path), timing=FAST).new == 0
    assert paid_once(server, path)


def test_requests_of_a_batch_are_not_sent_one_by_one_as_well(server: BatchServer, path: Path) -> None:
    server.looks = 10**6
    with pytest.raises(Cancelled):
        run_batch(job(path), timing=FAST, progress=_cancel_at("batch"))
    with pytest.raises(CaptionFileError, match="is not collected yet; repeat that command with --batch first"):
        run_captions(job(path).tasks, job(path).captioner, path=path)
    server.looks = 1
    run_batch(job(path), timing=FAST)
    assert paid_once(server, path)
    assert run_captions(job(path).tasks, job(path).captioner, path=path).new == 0


def test_a_link_to_a_file_of_captions_is_that_file(server: BatchServer, path: Path) -> None:
    link = path.with_name("link.jsonl")
    path.touch()
    link.symlink_to(path)
    with lock_caption_file(path), pytest.raises(CaptionFileError, match="Another run is writing"):
        run_captions(job(link).tasks, job(link).captioner, path=link)
    server.looks = 10**6
    with pytest.raises(Cancelled):
        run_batch(job(path), timing=FAST, progress=_cancel_at("batch"))
    server.looks = 1
    run_batch(job(link), timing=FAST)
    assert paid_once(server, path)


def _cancel_at(step: str) -> Callable[[str, int, int], None]:
    def cancel(current: str, _count: int, _total: int) -> None:
        if current == step:
            raise Cancelled

    return cancel


def test_status_and_cancel(server: BatchServer, path: Path) -> None:
    server.looks = 10**6
    process = caption_many(path)
    until(lambda: "GET batches/ID" in server.calls)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=120)
    [part] = batch_status(path, job(path).captioner)
    assert (part.stage, part.status, part.requests) == ("submitted", "in_progress", 12)
    [part] = batch_status(path, job(path).captioner, cancel=True)
    assert part.status == "cancelled"
    report = run_batch(job(path, seed=3), timing=FAST)
    assert (report.new, dict(report.failures)) == (1, {"cancelled": 11})
    assert set(server.payments.values()) == {1}


@pytest.mark.usefixtures("server")
def test_status_of_a_collected_part_has_no_counts(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_batch(job(path), timing=FAST)
    [part] = batch_status(path, job(path).captioner)
    assert (part.stage, part.answers, part.failures) == ("collected", None, None)
    options = ("--captioner", "chat", "--model", job(path).captioner.options["model"])
    assert main(["caption-many", "simulated", "--batch", "--status", "--out", str(path), *options]) == 0
    text = capsys.readouterr().out
    assert f"its results are in {path}" in text
    assert "0 answers" not in text


def test_the_template_has_no_batches(server: BatchServer, path: Path) -> None:
    template = CaptionJob(place_list=simulated_places(2, 0), captioner=open_captioner("template"), path=path)
    with pytest.raises(SettingError, match="asks no service"):
        run_batch(template, timing=FAST)
    assert not server.calls


def test_a_service_without_batches_is_one_sentence(
    server: BatchServer, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", f"{server.base_url}/other")
    with pytest.raises(ModelError, match="no Batch API"):
        run_batch(job(path), timing=FAST)
