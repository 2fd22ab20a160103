"""A record's captions as a view shows them: by whom they are, and that a simulated release has none by a model."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from chatearthnet_explorer.caption import Caption, ReleasedStyle

if TYPE_CHECKING:
    from chatearthnet_explorer.catalog.catalog import Catalog
    from chatearthnet_explorer.record import Record
    from chatearthnet_explorer.tile import Tile

RELEASE = "release"
"""The ``Caption.captioner`` of captions that come with a release, simulated or not."""

_RULES, _MADE_UP = "rules of this program", "Simulated: no language model wrote this caption."


def released_captions(record: Record, *, simulated: bool = False) -> tuple[Caption, ...]:
    """Return the captions of a record, the 3.5 style before 4V.

    Args:
        record: The released pair.
        simulated: Whether its release is made up; its captions are then by no GPT, and say so.
    """
    return tuple(
        Caption(
            text=record.captions[style],
            captioner=RELEASE,
            style=style,
            model=_RULES if simulated else None,
            is_released=not simulated,
            notes=(_MADE_UP,) if simulated else (),
        )
        for style in get_args(ReleasedStyle)
        if style in record.captions
    )


def captions_at(catalog: Catalog | None, tile: Tile) -> tuple[Caption, ...]:
    """Return the captions that a catalog has for a tile; none without a catalog."""
    record = catalog.at(tile) if catalog else None
    return captions_of_record(catalog, record) if catalog and record else ()


def captions_of_record(catalog: Catalog, record: Record) -> tuple[Caption, ...]:
    """Return the captions of a record of a catalog: those of the release, or the one of the set that the catalog is."""
    caption_set = catalog.caption_set
    if caption_set is None:
        return released_captions(record, simulated=catalog.simulated)
    text = record.captions.get(caption_set.column_style)
    return (caption_set.caption(text),) if text else ()
