"""Claims of one caption that contradict each other are unclear."""

from __future__ import annotations

import pytest

from chatearthnet_explorer.claims import Claim, read_claims
from chatearthnet_explorer.claims.discourse.conflicts import doubt_conflicts
from chatearthnet_explorer.landcover.shares import PARTS


def claim(name: str, *parts: str, size: str | None = None, negated: bool = False) -> Claim:
    return Claim(name, parts, size, size or "", False, negated, False, 0, 1, 0, 1)  # noqa: FBT003 - a tuple's fields


def doubts(*claims: Claim) -> list[tuple[str, tuple[str, ...], bool]]:
    """Return class, parts and whether the claim is in conflict."""
    return [(one.name, one.parts, one.doubt == "conflict") for one in doubt_conflicts(claims, [(0, 1)])]


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        # a denial stands, what it denies is unclear
        (
            [claim("tree", "middle"), claim("tree", "middle", negated=True)],
            [("tree", ("middle",), True), ("tree", ("middle",), False)],
        ),
        # ... only in the part that is denied
        (
            [claim("tree", "top left", "middle"), claim("tree", "middle", negated=True)],
            [("tree", ("top left",), False), ("tree", ("middle",), True), ("tree", ("middle",), False)],
        ),
        # "no large lake" is not "no lake", and another class is not denied
        (
            [claim("water", "middle"), claim("water", "middle", size="large", negated=True)],
            [("water", ("middle",), False), ("water", ("middle",), False)],
        ),
        (
            [claim("water", "middle"), claim("tree", "middle", negated=True)],
            [("water", ("middle",), False), ("tree", ("middle",), False)],
        ),
        # "trees everywhere, only none in the middle"
        (
            [claim("tree"), claim("tree", *PARTS), claim("tree", "middle", negated=True)],
            [("tree", (), False), ("tree", PARTS, False), ("tree", ("middle",), False)],
        ),
        # two amounts that one share cannot have
        (
            [claim("tree", "middle", size="small"), claim("tree", "middle", size="large"), claim("tree", "middle")],
            [("tree", ("middle",), True), ("tree", ("middle",), True), ("tree", ("middle",), False)],
        ),
        (
            [claim("tree", "middle", size="small"), claim("tree", "middle", size="medium")],
            [("tree", ("middle",), False), ("tree", ("middle",), False)],
        ),
        (
            [claim("tree", "middle", size="small"), claim("tree", "top left", size="large")],
            [("tree", ("middle",), False), ("tree", ("top left",), False)],
        ),
        # an amount without a place that no part has, unless it is of the image
        (
            [claim("tree", size="small"), claim("tree", "top left", size="large"), claim("tree")],
            [("tree", (), True), ("tree", ("top left",), False), ("tree", (), False)],
        ),
        (
            [
                claim("tree", size="small")._replace(of_image=True),
                claim("tree", "top left", size="large"),
                claim("grass", size="small"),
            ],
            [("tree", (), False), ("tree", ("top left",), False), ("grass", (), False)],
        ),
        (
            [
                claim("tree", size="small"),
                claim("tree", "top left", size="large"),
                claim("tree", "middle", size="small"),
            ],
            [("tree", (), False), ("tree", ("top left",), False), ("tree", ("middle",), False)],
        ),
    ],
)
def test_a_claim_that_another_contradicts_is_unclear(
    claims: list[Claim], expected: list[tuple[str, tuple[str, ...], bool]]
) -> None:
    assert doubts(*claims) == expected


def test_an_unclear_claim_leaves_the_others_as_they_are() -> None:
    denial = claim("tree", "middle", negated=True)._replace(doubt="vague")
    amount = claim("tree", "middle", size="small")._replace(doubt="vague")
    claims = (claim("tree", "middle", size="large"), denial, amount)
    assert doubt_conflicts(claims, [(0, 1)]) == claims


def test_a_caption_that_contradicts_itself_is_unclear() -> None:
    reading = read_claims(
        "There is grass in the middle. There is a lake in the top left. There is no grass in the middle."
    )
    assert [one.certainty for one in reading.claims] == ["unclear", "certain", "certain"]


@pytest.mark.parametrize(
    ("text", "is_unclear"),
    [
        ("Moss covers most of the top left. Moss is present in tiny amounts, and snow only in the middle.", True),
        ("Moss covers most of the top left. A tiny amount of moss is visible.", False),
    ],
)
def test_only_an_amount_beside_a_part_may_be_of_that_part(text: str, *, is_unclear: bool) -> None:
    claims = [one for one in read_claims(text).claims if one.size_words == "tiny"]
    assert [one.doubt == "conflict" for one in claims] == [is_unclear]
