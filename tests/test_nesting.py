"""JSON of others: what it says, and where it goes too deep to be looked at."""

import gc
import json

import pytest

from chatearthnet_explorer.net.safe_json import DEEPEST, is_deep, read_json


def nested(depth: int) -> str:
    return '{"a": [' * (depth // 2) + "[" * (depth % 2) + "1" + "]" * (depth % 2) + "]}" * (depth // 2)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32-le"])
def test_bytes_of_any_encoding_that_json_knows(encoding: str) -> None:
    value = {"words": "Köln 🌍", "list": [1, 2.5, None, True]}
    assert read_json(json.dumps(value, ensure_ascii=False).encode(encoding)) == value


@pytest.mark.parametrize("depth", [1, DEEPEST - 1, DEEPEST])
def test_reads_json_up_to_the_limit_of_depth(depth: int) -> None:
    assert read_json(nested(depth)) == json.loads(nested(depth))


@pytest.mark.parametrize(
    "content",
    [
        nested(DEEPEST + 1),
        "[" * 1_000_000,
        '{"a":' * 200_000,
        '["\\"]' + "[" * 500,
        "[" * 500 + "]" * 500,
        '"' + "[" * 500,
    ],
)
def test_refuses_deeper_json_and_other_text(content: str) -> None:
    with pytest.raises(ValueError, match=r"deeper|line 1 column"):
        read_json(content)


def test_wide_is_not_deep() -> None:
    wide = [[{"n": number, "text": '[[[["{{\\'}] for number in range(10_000)]
    assert read_json(json.dumps(wide)) == wide
    brackets = ["[" * 100_000 + '"\\' * 50 + "{" * 100_000]
    assert read_json(json.dumps(brackets)) == brackets


def test_only_the_value_that_starts_there_counts() -> None:
    text = '{"a": [1, "]"]}, ' + "[" * 500
    assert not is_deep(text)
    assert is_deep(text, text.index("}, ") + 3)


def test_runs_no_finalizer_at_depth() -> None:
    # Python's own reader is then as deep as it may go, and what is collected there fails unseen
    class WithFinalizer:
        def __init__(self) -> None:
            self.me = self

        def __del__(self) -> None:
            levels.append(_levels_left())

    levels: list[int] = []
    for _ in range(50):
        WithFinalizer()
    with pytest.raises(ValueError, match="deeper"):
        read_json("[" * 100_000)
    gc.collect()
    assert levels
    assert min(levels) > _levels_left() - 100


def _levels_left() -> int:
    try:
        return 1 + _levels_left()
    except RecursionError:
        return 0
