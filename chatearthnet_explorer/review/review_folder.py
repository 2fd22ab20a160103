"""Reviews on this computer: for each sample its plan, and the ledger of its verdicts."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chatearthnet_explorer.errors import ExplorerError, LedgerError
from chatearthnet_explorer.files.whole_file import whole_file
from chatearthnet_explorer.net.safe_json import read_json
from chatearthnet_explorer.review.ledger import Ledger
from chatearthnet_explorer.review.plan import LIMIT, Plan

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

MOST_EARLIER = 10
"""Earlier reviews that are offered."""

_LINK_LIMIT = 60_000
_PLAN, _LEDGER = ".plan.json", ".jsonl"


@dataclass(frozen=True, slots=True)
class EarlierReview:
    """A review that was begun."""

    id: str
    """What ``ReviewFolder`` knows it by."""

    link: str
    """Query part of the link that draws its sample."""

    plan: Plan
    """Its sample."""

    judged_count: int
    """Captions of the sample that were judged, by anybody."""

    reviewers: tuple[str, ...]
    """Who judged, untrusted; views escape the names."""


class ReviewFolder:
    """A folder of reviews of one catalog. Several programs may use it at once."""

    def __init__(self, folder: Path, catalog: str) -> None:
        """Use a folder, which is created with the first review.

        Args:
            folder: Where reviews are.
            catalog: Version of the catalog; reviews of others are not offered.
        """
        self.folder, self._catalog = folder, catalog

    def ledger(self, link: str) -> Ledger:
        """Return the ledger of the sample that a link draws."""
        return Ledger(self.folder / f"{self._name(link)}{_LEDGER}")

    def save(self, link: str, plan: Plan) -> None:
        """Keep a plan, so that the review is offered again.

        Raises:
            LedgerError: If the folder cannot be written.
        """
        fields = plan.to_dict() | {"link": link, "catalog": self._catalog}
        path = self.folder / f"{self._name(link)}{_PLAN}"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with whole_file(path) as part:
                part.write_text(json.dumps(fields, indent=1) + "\n", encoding="ascii")
        except OSError as error:
            msg = f"The plan cannot be written to {self.folder} ({error.strerror}); make room there, or allow it."
            raise LedgerError(msg) from error

    def earlier(self) -> list[EarlierReview]:
        """Return the reviews of this catalog that have verdicts, the latest first; unreadable ones are left out."""
        reviews: list[EarlierReview] = []
        for path in self._plans():
            review = self._read(path)
            if review and review.judged_count:
                reviews.append(review)
            if len(reviews) == MOST_EARLIER:
                break
        return reviews

    def _plans(self) -> Sequence[Path]:
        try:
            paths = [path for path in self.folder.glob(f"*{_PLAN}") if path.is_file()]
            return sorted(paths, key=lambda path: path.stat().st_mtime, reverse=True)
        except OSError:
            return ()

    def _read(self, path: Path) -> EarlierReview | None:
        try:
            with path.open("rb") as file:
                content = file.read(LIMIT + 1)
            fields = read_json(content) if len(content) <= LIMIT else None
            if not isinstance(fields, dict) or fields.get("catalog") != self._catalog:
                return None
            link = fields.get("link")
            if not isinstance(link, str) or len(link) > _LINK_LIMIT:
                return None
            plan = Plan.from_dict(fields)
            names = set(plan.names)
            verdicts = [one for one in self.ledger(link).verdicts if one.name in names and plan.judges(one)]
        except (OSError, ValueError, ExplorerError):
            return None
        reviewers = tuple(dict.fromkeys(one.reviewer for one in verdicts))
        return EarlierReview(path.name.removesuffix(_PLAN), link, plan, len({one.name for one in verdicts}), reviewers)

    def _name(self, link: str) -> str:
        return hashlib.sha256(f"{self._catalog} {link}".encode()).hexdigest()[:20]
