"""The table of models: nothing invented, nothing free of charge by accident."""

from datetime import date

import pytest
from data.label_maps import label_map

from chatearthnet_explorer.captioners import model_prices
from chatearthnet_explorer.captioners.model_prices import DEFAULT, MODELS, estimate, model_known, price, retirement
from chatearthnet_explorer.prompts.prompt import prompt_for


def test_the_default_is_known_takes_images_and_has_a_price() -> None:
    assert model_known(DEFAULT)
    assert MODELS[DEFAULT].takes_images
    assert price(DEFAULT, 1_000_000, 1_000_000) == pytest.approx(0.60)


@pytest.mark.parametrize("model", ["llama-of-my-own", "gpt-4o", ""])
def test_an_unknown_price_is_not_zero(model: str) -> None:
    assert price(model, 1000, 1000) is None


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


def test_an_estimate_of_a_35_caption_is_near_the_known_figure() -> None:
    prompt = prompt_for(label_map(0))
    result = estimate(prompt)
    assert result.tokens_in == -(-(len(prompt.system) + len(prompt.user)) // 4)
    assert result.tokens_out == 300
    assert result.dollars is not None
    assert 0.0001 < result.dollars < 0.0003  # about $0.0002 a caption
    assert "at most about $0.000" in result.summary


def test_estimate_counts_pictures_and_reports_unknown_price() -> None:
    prompt = prompt_for(label_map(0), label_map(1), style="4v")
    with_maps, without = estimate(prompt, "mine"), estimate(prompt, "mine", images=0)
    assert with_maps.tokens_in - without.tokens_in == 2 * model_prices.IMAGE_TOKENS
    assert with_maps.dollars is None
    assert "price unknown" in with_maps.summary
    assert "$" not in with_maps.summary
