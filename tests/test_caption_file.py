"""Files of captions: what is appended is read again, and damage costs a line and not a file."""

from __future__ import annotations

import json
import multiprocessing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from chatearthnet_explorer.caption_file import LINE_LIMIT, CaptionEntry, append_entries, entry_of, read_caption_file
from chatearthnet_explorer.errors import CaptionFileError

if TYPE_CHECKING:
    from pathlib import Path

ENTRY = CaptionEntry(
    name="3886_3141_patch11.png",
    style="4v",
    captioner="vision",
    requested_model="m",
    model="m-2026",
    wording="0123456789ab",
    seed=7,
    prompt_id="abcdefabcdef",
    input_summary="the prompt and 1 label map",
    caption="Water.\n\u2028 </script> \N{SNOWMAN}",
    tokens_in=12,
    tokens_out=3,
    dollars=0.0,
    seconds=1.5,
    notes=("cut off.",),
    simulated=True,
    timestamp="2026-11-28T12:00:00Z",
)


def test_entry_survives_the_file(tmp_path: Path) -> None:
    path = tmp_path / "captions.jsonl"
    append_entries(path, [ENTRY])
    append_entries(path, [replace(ENTRY, caption="", error="Refused.", error_kind="refusal")])
    first, second = read_caption_file(path).entries
    assert first == ENTRY
    assert first.dollars == 0.0  # a price of nothing is not an unknown one
    assert (second.caption, second.error) == ("", "Refused.")


def test_request_id_depends_on_the_request_alone() -> None:
    assert replace(ENTRY, caption="Other.", model="other", seconds=9.0).request_id == ENTRY.request_id
    changes: tuple[dict[str, object], ...] = (
        {"name": "1_1_patch00.png"},
        {"style": "3.5"},
        {"captioner": "chat"},
        {"requested_model": "n"},
        {"wording": ""},
        {"seed": 8},
        {"prompt_id": "x"},
        {"simulated": False},
        {"choices": "token_limit=500"},
    )
    ids = {replace(ENTRY, **change).request_id for change in changes}  # type: ignore[arg-type]
    assert len(ids | {ENTRY.request_id}) == len(changes) + 1


def test_latest_prefers_the_first_caption() -> None:
    failure = replace(ENTRY, caption="", error="Busy.", error_kind="service")
    again = replace(ENTRY, caption="Second.")
    from chatearthnet_explorer.caption_file import CaptionFile

    assert CaptionFile((failure, ENTRY, again)).latest() == {ENTRY.request_id: ENTRY}
    assert CaptionFile((ENTRY, failure)).latest() == {ENTRY.request_id: ENTRY}


@pytest.mark.parametrize("cut", [1, 20, 100])
def test_line_that_was_cut_is_left_out_and_the_next_is_read(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "captions.jsonl"
    append_entries(path, [ENTRY])
    path.write_bytes(path.read_bytes() + ENTRY.to_line().encode()[:-cut])
    append_entries(path, [ENTRY])
    content = read_caption_file(path)
    assert content.entries == (ENTRY, ENTRY)
    assert content.damaged_lines == (2,)


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"null",
        b"[" * 100_000,
        b"{}",
        b'{"name": "x", "style": "9", "captioner": "chat"}',
        b'{"name": 1, "style": "3.5", "captioner": "chat"}',
        b'{"name": "x", "style": ["3.5"], "captioner": "chat"}',
        b"\xff\xfe\xff",
        b"x" * (3 * LINE_LIMIT),
    ],
)
def test_hostile_line_costs_one_line(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "captions.jsonl"
    path.write_bytes(line + b"\n" + ENTRY.to_line().encode() + b"\n")
    content = read_caption_file(path)
    assert content.entries == (ENTRY,)
    assert content.damaged_lines == ((1,) if line else ())


def test_values_of_other_types_are_left_out() -> None:
    fields = {"caption": 5, "seed": "7", "tokens_in": -1, "tokens_out": True, "dollars": "1", "notes": "x", "model": []}
    line = json.dumps({"name": "x", "style": "3.5", "captioner": "chat", **fields, "seconds": float("inf")})
    assert entry_of(line) == CaptionEntry(name="x", style="3.5", captioner="chat")
    assert entry_of('{"name": "x", "style": "3.5", "captioner": "chat", "caption": "\\ud800"}').caption == "?"
    assert entry_of('{"name": "x", "style": "3.5", "captioner": "chat", "notes": ["\\ud800"]}').notes == ("?",)


@pytest.mark.parametrize("name", ["dollars", "seconds", "tokens_in", "seed"])
@pytest.mark.parametrize("number", ["1" + "0" * 400, "1.7e308", "-1e308"])
def test_numbers_beyond_all_sums_are_left_out(name: str, number: str) -> None:
    line = f'{{"name": "x", "style": "3.5", "captioner": "chat", "{name}": {number}}}'
    assert entry_of(line) == CaptionEntry(name="x", style="3.5", captioner="chat")


def test_missing_file_is_reported_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CaptionFileError, match=r"nothing\.jsonl"):
        read_caption_file(tmp_path / "nothing.jsonl")
    with pytest.raises(CaptionFileError, match="cannot be written"):
        append_entries(tmp_path / "no folder" / "captions.jsonl", [ENTRY])


def _append_many(path: Path, seed: int) -> None:
    for number in range(100):
        append_entries(path, [replace(ENTRY, seed=1_000 * seed + number)])


def test_several_programs_append_to_one_file(tmp_path: Path) -> None:
    path = tmp_path / "captions.jsonl"
    context = multiprocessing.get_context("spawn")
    programs = [context.Process(target=_append_many, args=(path, seed)) for seed in range(3)]
    for program in programs:
        program.start()
    for program in programs:
        program.join(60)
    content = read_caption_file(path)
    assert len({entry.seed for entry in content.entries}) == 300
    assert content.damaged_lines == ()


def test_address_in_an_older_file_is_not_read_and_its_request_is_the_same() -> None:
    new = replace(ENTRY, choices="service=d16413b1, token_limit=9")
    old = replace(new, choices=f"base_url=http://10.0.0.7:8080/v1, {new.choices}")
    assert entry_of(old.to_line()) == new
    assert entry_of(replace(ENTRY, choices="base_url=https://api.openai.com/v1").to_line()).choices == ""
