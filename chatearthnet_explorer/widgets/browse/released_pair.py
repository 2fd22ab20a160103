"""Released pairs for a view: picture and labels with their sources, or why they are missing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chatearthnet_explorer.cards.html_tree import visible
from chatearthnet_explorer.catalog.pair_flags import FLAGS
from chatearthnet_explorer.chip import Chip
from chatearthnet_explorer.errors import ExplorerError
from chatearthnet_explorer.record import ARCHIVES
from chatearthnet_explorer.render import png
from chatearthnet_explorer.sources import open_source
from chatearthnet_explorer.widgets.browse.gallery import note_of
from chatearthnet_explorer.widgets.shared.released_captions import RELEASE, captions_of_record

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from chatearthnet_explorer.caption import Caption
    from chatearthnet_explorer.catalog.catalog import Catalog
    from chatearthnet_explorer.catalog.pair import Pair
    from chatearthnet_explorer.record import Record
    from chatearthnet_explorer.sources import Source
    from chatearthnet_explorer.sources.release.release_reader import Release
    from chatearthnet_explorer.widgets.shared.chip_view import ChipView

    Picture = NDArray[np.uint8] | str

_PICTURE = next(iter(ARCHIVES))
_NO_RELEASE = "No pictures; name their release with --release, or release= in Python."
_NOT_HERE = "This sample has no picture of this pair."
_NO_PLACE = "Its file name gives no location, so it has no labels and no place on the map."
_NO_SOURCE = "No source of labels was chosen; pass labels='auto'."
_NO_LABELS = "This place has no labels."
_MADE_UP = "Cannot reach the land-cover map; simulated labels would not describe this place. Try again later."
_REAL = "The labels are real but this pair is simulated; pass labels='simulated'."


@dataclass(frozen=True)
class UnlocatedPicture:
    """A picture whose file name gives no location. It is not a ``Chip``, because a chip has a place on Earth."""

    rgb: NDArray[np.uint8] | None
    """True colour, (256, 256, 3) uint8; None where there is none."""

    missing: tuple[str, ...] = ()
    """What is missing and why, one sentence each."""

    simulated: bool = False
    """Whether it is made up."""


def pictures_of(pairs: Sequence[Pair], release: Release | None, *, simulated: bool) -> dict[str, Picture]:
    """Return the pictures of pairs by name, (256, 256, 3) uint8, or why there is none; read in one round trip.

    Args:
        pairs: Which.
        release: Where the pictures are; None for nowhere.
        simulated: Whether the release is made up, and has few pictures for that reason.
    """
    if release is None:
        return {pair.record.name: _NO_RELEASE for pair in pairs}
    records = [pair.record for pair in pairs if "no picture" not in pair.flags]
    members = {record.name: record.members[_PICTURE] for record in records if _PICTURE in record.members}
    images = release.images([record.name for record in records], members=members)
    absent = _NOT_HERE if simulated else FLAGS["no picture"]
    return {pair.record.name: absent for pair in pairs} | images.missing | images.pixels


def released_chip(
    record: Record, picture: Picture | None, *missing: str, simulated: bool = False, credit: tuple[str, ...] = ()
) -> Chip | UnlocatedPicture:
    """Return the chip of a record, without labels: the release has none.

    Args:
        record: The released pair.
        picture: Its pixels, (256, 256, 3) uint8, or why there are none; None where that is not known yet.
        missing: What else is missing and why, one sentence each.
        simulated: Whether it is made up.
        credit: Whom to thank for the picture.
    """
    rgb = None if isinstance(picture, str) else picture
    problems = (picture,) if isinstance(picture, str) else () if rgb is None else _faults(rgb)
    if record.tile is None:
        return UnlocatedPicture(rgb, (*problems, _NO_PLACE), simulated)
    return Chip(
        tile=record.tile,
        source=RELEASE,
        simulated=simulated,
        rgb=rgb,
        missing=(*problems, *missing),
        attribution=credit if rgb is not None else (),
    )


def add_labels(chip: Chip, source: Chip) -> Chip:
    """Return a chip with the labels of another, from where they are and by whom; of the other nothing else is taken."""
    return replace(
        chip,
        labels=source.labels,
        label_version=source.label_version,
        simulated=chip.simulated or source.simulated,
        attribution=tuple(dict.fromkeys((*chip.attribution, *source.attribution))),
    )


def add_bands(chip: Chip, record: Record, release: Release) -> Chip:
    """Return a released chip with its approximate reflectance, read from the archives of the release.

    Raises:
        SourceError: If an archive cannot be reached.
    """
    from chatearthnet_explorer.sources.release.release_source import ReleaseSource  # noqa: PLC0415 - brings what reads ZIPs

    source = ReleaseSource(release, locate=lambda _: record).chip_at(*chip.tile.center, bands=True)
    return replace(chip, bands=source.bands, scene=source.scene, missing=source.missing)


def show(view: ChipView, what: Chip | UnlocatedPicture | None) -> None:
    """Show a chip, or a picture that has no place."""
    view.chip = what if isinstance(what, Chip) else None
    if isinstance(what, UnlocatedPicture):
        view.set_trait("picture", b"" if what.rgb is None else png(what.rgb))
        view.set_trait("remarks", [visible(sentence) for sentence in what.missing])
        view.set_trait("simulated", what.simulated)


class ReleasedPairs:
    """The pairs of a catalog by name, as a review desk asks for them. What is missing is said in the chip."""

    def __init__(
        self, catalog: Catalog, *, release: Release | None = None, labels: str | Source | None = "auto"
    ) -> None:
        """Prepare to read.

        Args:
            catalog: Where the captions are.
            release: Where the pictures are; None for captions alone.
            labels: Where labels come from: one of ``sources.source_names()`` or an object; None for no labels. ``auto``
                is ``simulated`` for a simulated catalog, because real labels do not describe a made-up caption.

        Raises:
            SettingError: If there is no source of that name.
        """
        self._catalog, self._release = catalog, release
        source = "simulated" if labels == "auto" and catalog.simulated else labels
        self._labels = None if source is None else open_source(source)

    def pair_of(self, name: str) -> tuple[Chip | UnlocatedPicture, tuple[Caption, ...], None]:
        """Return chip and captions of a name.

        Raises:
            ExplorerError: If the catalog has none of that name.
        """
        pair = self._catalog.pair_named(name)
        if pair is None:
            msg = f"The catalog has no pair called {name[:80]!r}; make the plan from this catalog, or go on."
            raise ExplorerError(msg)
        made_up = self._catalog.simulated
        picture = pictures_of([pair], self._release, simulated=made_up)[pair.record.name]
        credit = () if made_up else credit_of_release()
        chip = released_chip(pair.record, picture, simulated=made_up, credit=credit)
        if isinstance(chip, Chip):
            chip = self._with_labels(chip)
        return chip, captions_of_record(self._catalog, pair.record), None

    def _with_labels(self, chip: Chip) -> Chip:
        if self._labels is None:
            return replace(chip, missing=(*chip.missing, _NO_SOURCE))
        try:
            source = self._labels.chip_at(*chip.tile.center)
        except ExplorerError as problem:
            return replace(chip, missing=(*chip.missing, str(problem)))
        if source.labels is None:
            return replace(chip, missing=(*chip.missing, *(source.missing or (_NO_LABELS,))))
        if source.simulated != chip.simulated:
            return replace(chip, missing=(*chip.missing, _MADE_UP if source.simulated else _REAL))
        return add_labels(chip, source)


def credit_of_release() -> tuple[str, ...]:
    """Return whom to thank for pictures of the release."""
    from chatearthnet_explorer.sources.release.release_source import ATTRIBUTION  # noqa: PLC0415 - brings what reads ZIPs

    return ATTRIBUTION


def _faults(picture: NDArray[np.uint8]) -> tuple[str, ...]:
    return (f"{note} It is like this in the release.",) if (note := note_of(picture)) else ()
