"""The table of models: nothing invented, nothing free of charge by accident, and a user's own file."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from data.label_maps import label_map
from rig.chat_server import chat_server

from chatearthnet_explorer.captioners import model_entry, model_table, open_captioner
from chatearthnet_explorer.captioners.model_entry import Model, refuse_retired, today_utc
from chatearthnet_explorer.captioners.model_table import DEFAULT, FILE_LIMIT, find_model, retirement
from chatearthnet_explorer.captioners.service.endpoint import OPENAI
from chatearthnet_explorer.chip import Chip
from chatearthnet_explorer.errors import RetiredModelError, SettingError
from chatearthnet_explorer.prompts.prompt import prompt_for
from chatearthnet_explorer.tile import Tile

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ELSEWHERE = "http://127.0.0.1:8000/v1"


@pytest.fixture
def write_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Returns a function that writes the user's own file."""

    def write(text: str) -> Path:
        path = tmp_path / "models.toml"
        path.write_text(text, "utf-8")
        monkeypatch.setenv("CHATEARTHNET_MODELS", str(path))
        return path

    return write


def a_chip() -> Chip:
    return Chip(tile=Tile.from_name("3886_3141_patch11"), labels=label_map(0), label_version="v100/2020", source="test")


def test_the_default_is_known_takes_images_and_has_a_price() -> None:
    model = find_model(DEFAULT)
    assert model.takes_images
    assert model.price(1_000_000, 1_000_000) == pytest.approx(0.60)
    assert (model.context_limit, model.output_limit) == (1_050_000, 128_000)


@pytest.mark.parametrize(
    ("model", "tokens_in", "tokens_out", "dollars"),
    [
        ("gpt-6-luna", 300, 200, 0.000130),  # 300 x 0.10 + 200 x 0.50 = 130 millionths
        ("gpt-4o", 1_000, 100, 0.003500),  # 1000 x 2.50 + 100 x 10.00 = 3500 millionths
        ("gpt-4.1-mini", 500, 250, 0.000600),  # 500 x 0.40 + 250 x 1.60 = 600 millionths
    ],
)
def test_price_is_that_of_a_calculation_by_hand(model: str, tokens_in: int, tokens_out: int, dollars: float) -> None:
    assert find_model(model).price(tokens_in, tokens_out) == pytest.approx(dollars, rel=1e-12)
    assert find_model(model).price(tokens_in, tokens_out, batch=True) == pytest.approx(dollars / 2, rel=1e-12)


def test_the_whole_release_costs_what_is_known_of_it() -> None:
    """163,488 captions in the style 3.5 cost about $32 with the default model, half of it in a batch."""
    model = find_model(DEFAULT)
    dollars = 163_488 * (model.price(330, 330) or 0)
    assert 30 < dollars < 34
    assert 163_488 * (model.price(330, 330, batch=True) or 0) == pytest.approx(dollars / 2)


@pytest.mark.parametrize("model", ["llama-of-my-own", "gpt-3.5-turbo-1106", ""])
def test_an_unknown_price_is_not_zero(model: str) -> None:
    assert find_model(model).price(1000, 1000) is None
    assert not find_model(model).has_price


def test_the_price_of_a_batch_is_unknown_where_its_discount_is() -> None:
    model = Model(id="mine", price_in=1, price_out=1)
    assert model.price(1000, 1000) == 0.002
    assert model.price(1000, 1000, batch=True) is None


def test_every_entry_has_a_source_and_a_date() -> None:
    for model in model_table.model_table().models.values():
        assert model.source
        assert model.as_of == model_table.model_table().as_of
        assert (model.price_in is None) == (model.price_out is None)
        assert model.last_day is None or model.successors


@pytest.mark.parametrize(
    ("model", "today", "words"),
    [
        ("gpt-4-vision-preview", date(2026, 11, 1), ("was served", "2024-12-06", "gpt-4o")),
        ("gpt-3.5-turbo-1106", date(2026, 9, 28), ("is served", "2026-09-28", "gpt-5-mini or gpt-4.1-mini")),
        ("gpt-3.5-turbo-1106", date(2026, 9, 29), ("was served",)),
        ("gpt-4.1-mini", date(2026, 11, 1), ("is served", "2027-01-14", "gpt-6-luna")),
    ],
)
def test_retirement_has_last_day_and_successors(model: str, today: date, words: tuple[str, ...]) -> None:
    summary = retirement(model, today)
    assert summary is not None
    assert all(word in summary for word in words)


@pytest.mark.parametrize("model", [DEFAULT, "llama-of-my-own"])
def test_unknown_retirement_is_none(model: str) -> None:
    assert retirement(model, date(2026, 11, 1)) is None


def test_a_model_works_on_its_last_day_and_is_refused_the_day_after() -> None:
    model = find_model("gpt-3.5-turbo-1106")
    refuse_retired(model, OPENAI, date(2026, 9, 28))
    with pytest.raises(RetiredModelError, match=r"Nothing was sent.*until 2026-09-28.*gpt-5-mini or gpt-4.1-mini"):
        refuse_retired(model, OPENAI, date(2026, 9, 29))
    refuse_retired(model, ELSEWHERE, date(2026, 9, 29))  # another service may serve a model of that name
    with pytest.raises(RetiredModelError):
        refuse_retired(model, "HTTPS://API.OpenAI.com:443/v1/", date(2026, 9, 29))


def test_the_day_is_that_of_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:
            assert tz is UTC
            return datetime(2026, 9, 28, 23, 59, 59, tzinfo=UTC)

    monkeypatch.setattr(model_entry, "datetime", Clock)
    assert today_utc() == date(2026, 9, 28)


@pytest.mark.parametrize(
    ("today", "ends_soon"), [(date(2026, 10, 15), False), (date(2026, 10, 16), True), (date(2027, 1, 15), True)]
)
def test_an_end_within_90_days_is_announced_where_it_applies(today: date, ends_soon: bool) -> None:
    model = find_model("gpt-4o")
    assert bool(model.end_note(OPENAI, today)) is ends_soon
    assert model.end_note(ELSEWHERE, today) == ""
    assert find_model(DEFAULT).end_note(OPENAI, today) == ""


def test_a_retired_model_is_refused_without_any_request() -> None:
    """Sockets to the web are closed in tests, so a request would fail in another way."""
    for name, model in (("chat", "gpt-3.5-turbo-1106"), ("vision", "gpt-4-vision-preview")):
        captioner = open_captioner(name, model=model, ask_key=lambda: pytest.fail("a key was asked for"))
        with pytest.raises(RetiredModelError, match="Nothing was sent"):
            captioner.caption(prompt_for(label_map(0), style="4v"), a_chip())


def test_a_day_in_the_users_file_is_about_the_users_service(write_table: Callable[[str], Path]) -> None:
    with chat_server() as server:
        write_table('[[models]]\nid = "mine"\nlast_day = 2020-01-01\nsuccessors = ["yours"]')
        captioner = open_captioner("chat", model="mine", base_url=server.base_url)
        with pytest.raises(RetiredModelError, match="choose yours"):
            captioner.caption(prompt_for(label_map(0)), a_chip())
        assert server.requests == []
        write_table(f'[[models]]\nid = "gpt-4o"\nlast_day = {today_utc()}\nservice = "{server.base_url}"')
        captioner = open_captioner("chat", model="gpt-4o", base_url=server.base_url)
        caption = captioner.caption(prompt_for(label_map(0)), a_chip())
        assert f"gpt-4o is served by its service until {today_utc()}." in caption.notes
        assert len(server.requests) == 1


def test_the_users_file_adds_and_replaces_fields(write_table: Callable[[str], Path]) -> None:
    write_table(
        "as_of = 2026-12-24\n"
        '[[models]]\nid = "gpt-6-luna"\nprice_in = 0.2\n'
        '[[models]]\nid = "mine"\nprice_in = 0\nprice_out = 0\ntakes_images = false\ncontext_limit = 8192\n'
    )
    luna, mine = find_model("gpt-6-luna"), find_model("mine")
    assert (luna.price_in, luna.price_out, luna.as_of) == (0.2, 0.5, date(2026, 12, 24))
    assert luna.source == "your own file"
    assert mine.price(1000, 1000) == 0  # free of charge, because the user wrote so
    assert mine.context_limit == 8192
    assert find_model("gpt-4o").price_in == 2.50
    with pytest.raises(SettingError, match="takes no images"):
        open_captioner("vision", model="mine")


def test_a_file_with_a_byte_order_mark_is_read(write_table: Callable[[str], Path]) -> None:
    write_table('\ufeff[[models]]\r\nid = "mine"\r\nprice_in = 1\r\n')
    assert find_model("mine").price_in == 1


def test_a_changed_file_is_read_anew(write_table: Callable[[str], Path]) -> None:
    write_table('[[models]]\nid = "mine"\nprice_in = 1\nprice_out = 1')
    assert find_model("mine").price_in == 1
    write_table('[[models]]\nid = "mine"\nprice_in = 22\nprice_out = 1')
    assert find_model("mine").price_in == 22


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("price_in = -0.1", "price_in = -0.1, which is not a number from 0 to 10,000"),
        ("price_in = nan", "price_in = nan"),
        ("price_in = inf", "price_in = inf"),
        ("price_in = 1e9", "price_in = 1000000000.0"),
        ("price_in = true", "price_in = True"),
        ('price_in = "cheap"', "price_in = 'cheap'"),
        ("price_in = []", "price_in"),
        ("batch_discount = 1.5", "batch_discount = 1.5, which is not a number from 0 to 1"),
        ("context_limit = 1.5", "context_limit = 1.5, which is not a whole number"),
        ("last_day = 2026-01-01T00:00:00Z", "which is not a date"),
        ('last_day = "tomorrow"', "which is not a date"),
        ('takes_images = "yes"', "neither true nor false"),
        ('successors = "one"', "which is not a list"),
        ('successors = ["a\\u001bb"]', "on one line"),
        ('source = "a\\nb"', "on one line"),
        ("prize = 3", "the unknown field 'prize'"),
        ("price_in = 1\nprice_in = 2", "Cannot overwrite"),
        ("price_in = " + 9_000 * "9", "correct it"),
        ("x = " + 5_000 * "[", "correct it"),
        ('\n[[models]]\nid = "mine"', "is there twice"),
    ],
)
def test_a_mistyped_or_hostile_file_is_one_sentence(text: str, words: str, write_table: Callable[[str], Path]) -> None:
    write_table(f'[[models]]\nid = "mine"\n{text}')
    with pytest.raises(SettingError) as failure:
        open_captioner("chat", model="mine")
    sentence = str(failure.value)
    assert words in sentence
    assert "CHATEARTHNET_MODELS" in sentence
    assert len(sentence) <= 400
    assert sentence.endswith("correct it.")
    assert "\n" not in sentence
    open_captioner("template")  # needs no table


@pytest.mark.parametrize("text", ["", "models = 3", "[models]\nid = 1", "[[models]]\nid = 4", "[[models]]", "\x00"])
def test_a_file_of_another_form_is_one_sentence(text: str, write_table: Callable[[str], Path]) -> None:
    write_table(text)
    with pytest.raises(SettingError, match=r"cannot be used: .*; correct it"):
        find_model("mine")


def test_a_file_that_is_missing_huge_or_no_text_is_one_sentence(
    write_table: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    write_table("#" * (FILE_LIMIT + 1))
    with pytest.raises(SettingError, match="65,537 bytes, and may have 65,536"):
        find_model("mine")
    write_table("").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingError, match="correct it"):
        find_model("mine")
    monkeypatch.setenv("CHATEARTHNET_MODELS", str(tmp_path / "none.toml"))
    with pytest.raises(SettingError, match="is not there; check the path"):
        find_model("mine")
    monkeypatch.setenv("CHATEARTHNET_MODELS", str(tmp_path))
    with pytest.raises(SettingError, match="is a folder"):
        find_model("mine")


def test_a_file_that_breaks_after_the_captioner_was_opened_loses_no_answer(write_table: Callable[[str], Path]) -> None:
    with chat_server() as server:
        write_table('[[models]]\nid = "mine"\nprice_in = 1\nprice_out = 2')
        captioner = open_captioner("chat", model="mine", base_url=server.base_url)
        write_table("broken")
        caption = captioner.caption(prompt_for(label_map(0)), a_chip())
        assert caption.dollars == pytest.approx((321 + 2 * 45) / 1e6)
