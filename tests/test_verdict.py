"""Verdicts: what they can say, and what they cannot."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from rig.verdicts import verdict

from chatearthnet_explorer.errors import VerdictError
from chatearthnet_explorer.review.verdict import CAUSES, VERDICTS, Verdict, digest


@pytest.mark.parametrize("cause", CAUSES)
@pytest.mark.parametrize("verdict_text", VERDICTS)
def test_verdict_round_trips_through_json(verdict_text: str, cause: str) -> None:
    original = verdict("../x<b>.png", verdict_text, cause=cause, note="n\u2028\ud800", correction="c", reviewer="../x")
    assert Verdict.from_dict(original.to_dict()) == original
    assert original.is_error == (verdict_text != "correct")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"value": "good"}, "verdict 'good' is unknown"),
        ({"cause": "weather"}, "cause 'weather' is unknown"),
        ({"style": "5"}, "style '5' is unknown"),
        ({"reviewer": " "}, "needs the name of its reviewer"),
        ({"reviewer": "x" * 201}, "at most 200 characters"),
        ({"note": "x" * 2001}, "at most 2,000 characters"),
        ({"correction": "x" * 20_001}, "at most 20,000 characters"),
        ({"note": None}, "is a text"),
        ({"time": datetime(2026, 1, 1)}, "time zone"),  # noqa: DTZ001 - that is the fault
        ({"time": datetime.fromisoformat("0001-01-01T00:00:00+23:59")}, "outside the years"),
        ({"time": datetime.fromisoformat("9999-12-31T23:59:59-23:59")}, "outside the years"),
    ],
)
def test_refuses_invalid_fields(changes: dict[str, object], message: str) -> None:
    with pytest.raises(VerdictError, match=message):
        verdict("a.png", **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("fields", [{}, {"time": 3}, {**verdict().to_dict(), "time": "noon"}])
def test_from_dict_refuses_other_objects(fields: dict[str, object]) -> None:
    with pytest.raises(VerdictError, match="not a verdict"):
        Verdict.from_dict(fields)


def test_changed_caption_has_another_digest() -> None:
    assert digest("Trees.") != digest("Trees")
    assert len(digest("\ud800")) == 32
    assert verdict(time=datetime(2026, 1, 1, tzinfo=UTC)).to_dict()["time"] == "2026-01-01T00:00:00+00:00"
