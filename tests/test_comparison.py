"""Writers compared: the same place, other models or other prompts, and what the labels say of each."""

from __future__ import annotations

import json
import pickle
from typing import TYPE_CHECKING

import pytest
from rig.chat_server import completion

from chatearthnet_explorer.captioners import open_writer
from chatearthnet_explorer.cards.comparison_card import comparison_card
from chatearthnet_explorer.comparison import MOST, compare_captions
from chatearthnet_explorer.errors import Cancelled
from chatearthnet_explorer.prompts.prompt import prompt_for
from chatearthnet_explorer.prompts.rules import rules_of, without_rules
from chatearthnet_explorer.sources import open_source
from chatearthnet_explorer.widgets.compare.compare_link import CompareLink, read_compare_link, write_compare_link
from chatearthnet_explorer.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rig.chat_server import ChatServer

    from chatearthnet_explorer.chip import Chip

PLACE = (6.73, 0.336)
NAMES = ("template", "chat", "vision")
HOSTILE = "<script>alert('tree')</script> <img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def chip() -> Chip:
    return open_source("simulated").chip_at(*PLACE)


@pytest.fixture
def service() -> Iterator[ChatServer]:
    from rig.chat_server import chat_server

    with chat_server() as server:
        yield server


def compare_at(server: ChatServer, chip: Chip, *writers: Writer) -> object:
    return compare_captions(chip, *PLACE, writers, open_one=lambda one: open_writer(one, base_url=server.base_url))


@pytest.mark.parametrize(("style", "count"), [("3.5", 6), ("4v", 8)])
def test_styles_have_the_published_number_of_rules(chip: Chip, style: str, count: int) -> None:
    rules = rules_of(prompt_for(chip.labels, style=style).system)
    assert [rule.number for rule in rules] == list(range(1, count + 1))


@pytest.mark.parametrize("style", ["3.5", "4v"])
def test_each_rule_can_be_left_out_and_the_others_stay(chip: Chip, style: str) -> None:
    prompt = prompt_for(chip.labels, style=style)
    rules = rules_of(prompt.system)
    for number in range(1, len(rules) + 1):
        less = without_rules(prompt, {number})
        assert [rule.text for rule in rules_of(less.system)] == [one.text for one in rules if one.number != number]
        assert less.user == prompt.user
        assert less.id != prompt.id
        words = {5: "five", 7: "seven"}
        assert f"{words[len(rules) - 1]} rules" in less.system
    assert without_rules(prompt, set()) is prompt
    assert without_rules(prompt, {99}) is prompt
    assert rules_of(without_rules(prompt, range(1, 21)).system) == ()


def test_prompt_without_a_numbered_list_is_left_as_it_is(chip: Chip) -> None:
    from dataclasses import replace

    prompt = replace(prompt_for(chip.labels), system="Write.\n3. three\n1. one alone in 2. words\n")
    assert [rule.text for rule in rules_of(prompt.system)] == ["one alone in 2. words"]


def test_service_gets_the_prompt_of_each_writer(chip: Chip, service: ChatServer) -> None:
    writers = (
        Writer(captioner="chat", model="one"),
        Writer(captioner="chat", model="two", seed=3, without_rules=(4, 6)),
        Writer(captioner="vision", model="three", style="4v"),
        Writer(),
    )
    comparison = compare_at(service, chip, *writers)
    assert [request["model"] for request in service.requests] == ["one", "two", "three"]
    systems = [request["messages"][0]["content"] for request in service.requests]
    assert [len(rules_of(system)) for system in systems] == [6, 4, 8]
    assert service.requests[1]["messages"][1]["content"] == prompt_for(chip.labels, seed=3).user
    assert [one.writer for one in comparison.captions] == list(writers)
    assert all(one.caption and one.count("supported") + one.count("contradicted") for one in comparison.captions)
    assert [one.price for one in comparison.captions] == ["price unknown"] * 3 + ["free"]
    assert any("Left out of the prompt" in note for note in comparison.captions[1].caption.notes)
    assert pickle.loads(pickle.dumps(comparison)) == comparison


def test_known_price_is_that_of_the_usage(chip: Chip, service: ChatServer) -> None:
    (one,) = compare_at(service, chip, Writer(captioner="chat", model="gpt-6-luna")).captions
    # 321 tokens at $0.10 and 45 at $0.50 for a million
    assert one.caption.dollars == pytest.approx((321 * 0.10 + 45 * 0.50) / 1e6)
    assert one.caption.seconds is not None


def test_failure_of_one_writer_does_not_stop_the_others(chip: Chip, service: ChatServer) -> None:
    service.modes = ["refusal", "normal"]
    first, second = compare_at(
        service, chip, Writer(captioner="chat", model="a"), Writer(captioner="chat", model="b")
    ).captions
    assert first.caption is None
    assert "declined" in first.error
    assert second.caption is not None


def test_models_write_on_demand_only_and_earlier_captions_stay(chip: Chip, service: ChatServer) -> None:
    writers = (Writer(), Writer(captioner="chat", model="a"))

    def compare(**options: object) -> object:
        return compare_captions(
            chip, *PLACE, writers, open_one=lambda one: open_writer(one, base_url=service.base_url), **options
        )

    silent = compare(ask=False)
    assert not service.requests
    assert silent.captions[0].caption
    assert silent.captions[1].is_waiting
    full = compare()
    again = compare(ask=False, earlier=full.captions)
    assert len(service.requests) == 1
    assert again.captions[1] == full.captions[1]
    other = open_source("simulated").chip_at(11.58, 48.14)
    elsewhere = compare_captions(other, 11.58, 48.14, writers, ask=False, earlier=full.captions, open_one=open_writer)
    assert elsewhere.captions[1].is_waiting  # a caption of another chip is never shown


def test_cancel_between_writers_stops(chip: Chip) -> None:
    def stop(comparison: object, _next: Writer | None) -> None:
        if comparison.captions:
            raise Cancelled

    with pytest.raises(Cancelled):
        compare_captions(chip, *PLACE, [Writer(), Writer(style="4v")], on_progress=stop)


def test_place_without_labels_gives_one_sentence(chip: Chip) -> None:
    from dataclasses import replace

    (one,) = compare_captions(replace(chip, labels=None), *PLACE, [Writer()]).captions
    assert one.caption is None
    assert "no land-cover map" in one.error


def test_card_escapes_text_of_models_and_links(chip: Chip, service: ChatServer) -> None:
    service.answer_with(completion(HOSTILE, model=HOSTILE))
    comparison = compare_at(service, chip, Writer(captioner="chat", model=HOSTILE[:90]))
    page = comparison_card(comparison).page()
    assert "<script" not in page
    assert "<img src=x" not in page
    assert "alert" in page
    assert json.loads(json.dumps(comparison.to_dict()))["captions"][0]["text"].startswith("<script>")


LINKS = [
    CompareLink(lonlat=PLACE),
    CompareLink(
        lonlat=(-179.5, -60.25),
        year=2021,
        source="simulated",
        writers=(
            Writer(captioner="chat", model="org/model-7b:q4", seed=9, without_rules=(1, 12)),
            Writer(captioner="vision", style="4v", image="true colour"),
        ),
    ),
]


@pytest.mark.parametrize("link", LINKS)
def test_link_is_read_as_it_was_written(link: CompareLink) -> None:
    query = write_compare_link(link)
    assert read_compare_link(query, captioners=NAMES) == (link, ())
    assert "key" not in query


@pytest.mark.parametrize(
    "text",
    [
        "",
        "template,5",
        "chat:m@3.5,3.5",
        "chat:m@3.5,wording=a.toml",
        "chat:m@3.5,token-limit=16",
        "chat:m@3.5,base-url=http://127.0.0.1",
        "chat:<script>@3.5",
        "nobody,3.5",
        "chat,3.5,a,b",
        "chat,3.5,<script>",
        "chat,3.5,m,seed=-1",
        "chat,3.5,m,seed=99999999",
        "chat,3.5,m,seed=\u0661",
        "chat,3.5,m,without=x",
        "chat,3.5,m,without=1.99",
        "chat,3.5,m,base_url=http://127.0.0.1",
        "chat,3.5,m,image=labels2",
        "chat,3.5,m" + "x" * 300,
    ],
)
def test_hostile_writer_is_left_out_of_the_link(text: str) -> None:
    from urllib.parse import quote

    link, notes = read_compare_link(f"lon=6.73&lat=0.336&by={quote(text)}&by=chat,3.5,m", captioners=NAMES)
    assert link.writers == (Writer(captioner="chat", model="m"),)
    assert len(notes) == bool(text)


@pytest.mark.parametrize("text", ["chat,4v,org/m:q4,seed=2,image=true-colour,without=6.4", "chat:org/m:q4@4v,{rest}"])
def test_older_link_is_still_read(text: str) -> None:
    by = text.format(rest="without-rules=4.6,image=true-colour,seed=2")
    link, notes = read_compare_link(f"lon=1&lat=1&by=template,4v&by={by}", captioners=NAMES)
    assert notes == ()
    assert link.writers == (
        Writer(style="4v"),
        Writer(captioner="chat", model="org/m:q4", style="4v", seed=2, image="true colour", without_rules=(4, 6)),
    )
    assert "by=chat:org/m:q4@4v,seed=2,image=true-colour,without-rules=4.6" in write_compare_link(link)


def test_link_has_a_limit_of_writers_and_captioners() -> None:
    link, notes = read_compare_link("lon=1&lat=1" + "&by=template,3.5" * 50, captioners=NAMES)
    assert len(link.writers) == MOST
    assert len(notes) == 1
    link, _ = read_compare_link("lon=1&lat=1&by=chat,3.5", captioners=("template",))
    assert all(writer.captioner == "template" for writer in link.writers)
