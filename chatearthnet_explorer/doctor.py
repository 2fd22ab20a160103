"""Check the services: which can be reached, what they answer, and what differs from what this package expects."""

from __future__ import annotations

import json
import os
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from chatearthnet_explorer.captioners.model_table import DEFAULT, model_table
from chatearthnet_explorer.captioners.service.endpoint import OPENAI, PLACEHOLDER, key_for, open_endpoint
from chatearthnet_explorer.errors import ExplorerError, KeyMissingError, SourceError
from chatearthnet_explorer.net.addresses import public_address
from chatearthnet_explorer.net.http_client import send
from chatearthnet_explorer.net.response_bodies import beginning
from chatearthnet_explorer.net.retries_and_timeouts import PROBE, REDIRECTS
from chatearthnet_explorer.net.service_addresses import RECORD
from chatearthnet_explorer.net.timed_calls import within
from chatearthnet_explorer.settings import Settings
from chatearthnet_explorer.sources.release.mirror import caption_addresses
from chatearthnet_explorer.sources.release.zenodo import file_addresses
from chatearthnet_explorer.sources.stac.stac_source import StacSource
from chatearthnet_explorer.sources.stac.worldcover import VERSIONS, LabelReader
from chatearthnet_explorer.tile import Tile

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LON, LAT = 6.73, 0.336
"""Place of the trial click: the town of São Tomé, which lies in one WorldCover file and has scenes in every year."""

PATIENCE = 60.0
"""Seconds that one service may take."""

CAPTIONS_SHA = "md5:ac365a328d645641ca28315bee9e1d25"
"""Checksum of ``json_files.zip`` as record 11003436 lists it (read in April 2025)."""

_FILE = "json_files.zip"
_MIRROR_FILE = "mm_chatearthnet_caps_4v_val.json"
_ZIP = b"PK\x03\x04"
_SPAN = 64
_LARGEST = 2_000_000
_MOST_NAMES, _LONGEST_NAME = 5, 60
_OK, _PARTIAL, _NO_LOGIN, _FORBIDDEN, _NOT_FOUND = 200, 206, 401, 403, 404


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceCheck:
    """The result of checking one service."""

    service: str
    """Kind of service: ``catalogue``, ``WorldCover``, ``Zenodo files``, ``Zenodo API``, ``mirror`` or ``model``."""

    address: str
    """Its address, without user, password, query and fragment."""

    works: bool
    """Whether it gave what this package needs of it."""

    answer: str
    """A summary of its response, in one sentence."""

    difference: str = ""
    """What differs from what is expected, in one sentence; empty for nothing."""

    seconds: float = 0.0
    """Seconds until the answer was complete."""

    def to_dict(self) -> dict[str, object]:
        """Return the fields by name."""
        return asdict(self)


class _Answer(NamedTuple):
    status: int
    headers: Mapping[str, str]
    body: bytes


def check_services(
    settings: Settings | None = None, *, base_url: str | None = None, patience: float = PATIENCE
) -> tuple[ServiceCheck, ...]:
    """Ask every service at once and return what each answered, in the order of the settings.

    Each catalogue gets a real search and a real read of the best scene, WorldCover a real read of both years. The
    model service is only asked for its list of models, which is free.

    Args:
        settings: Addresses of the services; None for the settings of the environment.
        base_url: Address of the model's service; None for that of the environment.
        patience: Seconds that each may take.
    """
    settings = settings or Settings()
    checks: list[tuple[str, str, Callable[[], ServiceCheck]]] = [
        *(("catalogue", one, lambda one=one: _check_catalogue(one, settings)) for one in settings.catalogues),
        ("WorldCover", settings.worldcover, lambda: _check_worldcover(settings.worldcover)),
        ("Zenodo files", settings.zenodo, lambda: _check_zenodo_files(settings.zenodo)),
        ("Zenodo API", settings.zenodo, lambda: _check_zenodo_api(settings.zenodo)),
        ("mirror", settings.mirror, lambda: _check_mirror(settings.mirror)),
        ("model", base_url or os.environ.get("OPENAI_BASE_URL") or OPENAI, lambda: _check_model(base_url)),
    ]
    with ThreadPoolExecutor(len(checks)) as pool:
        return tuple(pool.map(lambda check: _measure(*check, patience=patience), checks))


def can_answer_click(checks: tuple[ServiceCheck, ...]) -> bool:
    """Return whether a click gets a real picture and real labels: a catalogue works, and WorldCover does."""
    return {"catalogue", "WorldCover"} <= {check.service for check in checks if check.works}


def _measure(service: str, address: str, check: Callable[[], ServiceCheck], *, patience: float) -> ServiceCheck:
    began = time.monotonic()
    try:
        result = within(patience, check, subject=service)
    except ExplorerError as error:
        result = ServiceCheck(service=service, address=_public(address), works=False, answer=str(error))
    return replace(result, seconds=round(time.monotonic() - began, 2))


def _check_catalogue(endpoint: str, settings: Settings) -> ServiceCheck:
    with tempfile.TemporaryDirectory() as cache:  # an empty cache: old entries would hide a failure
        source = StacSource(replace(settings, catalogues=(endpoint,), cache=Path(cache)))
        scenes = source.scenes_at(LON, LAT)
        chip = source.chip_at(LON, LAT)
    summary = f"{len(scenes)} scenes of 2020"
    if chip.rgb is None or chip.scene is None:
        reasons = " ".join(chip.missing)
        return ServiceCheck(
            service="catalogue", address=_public(endpoint), works=False, answer=f"{summary}, but no picture: {reasons}"
        )
    return ServiceCheck(
        service="catalogue",
        address=_public(endpoint),
        works=True,
        answer=f"{summary}; the picture of {chip.scene.item} was read.",
        difference=" ".join(note for note in chip.missing if "label" not in note.lower()),
    )


def _check_worldcover(prefix: str) -> ServiceCheck:
    tile = Tile.at(LON, LAT)
    classes, problems = {}, []
    for year in VERSIONS:
        try:
            labels = LabelReader(year=year, prefix=prefix)(tile)
        except SourceError as error:
            problems.append(f"{year}: {error}")
            continue
        if labels is None:
            problems.append(f"{year}: no labels where there are some.")
        else:
            classes[year] = len(set(labels.ravel().tolist()))
    answer = ", ".join(f"{year} with {count} classes" for year, count in classes.items())
    return ServiceCheck(
        service="WorldCover",
        address=_public(prefix),
        works=min(VERSIONS) in classes,  # 2020, the default
        answer=f"Labels of {answer} were read." if answer else problems[0],
        difference=" ".join(problems) if answer else "",
    )


def _check_zenodo_files(base: str) -> ServiceCheck:
    return _range_check("Zenodo files", file_addresses(RECORD, _FILE, base=base)[0], _ZIP)


def _check_zenodo_api(base: str) -> ServiceCheck:
    """Look at the record's list of files, then try a range at the API's own address of a file."""
    response = _get(f"{base.rstrip('/')}/api/records/{RECORD}")
    try:
        files = {one["key"]: one["checksum"] for one in json.loads(response.body)["files"]}
    except (ValueError, KeyError, TypeError, RecursionError):
        files = {}
    differences = []
    if files.get(_FILE) != CAPTIONS_SHA:
        differences.append(f"{_FILE} is not listed with its known checksum.")
    range_result = _range_check("Zenodo API", file_addresses(RECORD, _FILE, base=base)[1], _ZIP)
    if not range_result.works:
        differences.append("It does not support byte ranges, which is expected; the other address is used.")
    return replace(
        range_result,
        works=bool(files),
        answer=f"{response.status}, {len(files)} files listed. {range_result.answer}",
        difference=" ".join(differences),
    )


def _check_mirror(mirror: str) -> ServiceCheck:
    return _range_check("mirror", caption_addresses(mirror, _MIRROR_FILE)[0], b"[", whole_is_fine=True)


def _check_model(base_url: str | None = None) -> ServiceCheck:
    endpoint, table = open_endpoint(base_url), model_table()
    address = f"{endpoint.url.rstrip('/')}/models"
    try:
        key = key_for(endpoint, lambda: None)
    except KeyMissingError:
        key = PLACEHOLDER
    headers = {"Authorization": f"Bearer {key}"} if key != PLACEHOLDER else {}
    answer = _get(address, headers, redirects=0)
    result = ServiceCheck(service="model", address=_public(endpoint.url), works=answer.status == _OK, answer="")
    if answer.status in {_NO_LOGIN, _FORBIDDEN}:
        why = "the key is refused" if headers else "no key is set (OPENAI_API_KEY)"
        return replace(result, answer=f"{answer.status}: {why}; captions of a model need one.")
    try:
        models = [str(one["id"]) for one in json.loads(answer.body)["data"]]
    except (ValueError, KeyError, TypeError, RecursionError):
        advice = "check that the address ends in /v1; some services have no list and write captions all the same."
        return replace(result, works=False, answer=f"{answer.status}, but no list of models: {advice}")
    missing = "" if DEFAULT in models else f"{DEFAULT} is not among them; choose one of them with --model."
    names = ", ".join(name[:_LONGEST_NAME] for name in models[:_MOST_NAMES]) + (", ..." if models[_MOST_NAMES:] else "")
    count = f"{len(models)} model{'' if len(models) == 1 else 's'}"
    return replace(
        result,
        answer=f"{answer.status}, {count}{f': {names}' if names else ''}; prices are those of {table.as_of}.",
        difference=missing or table.find(DEFAULT).end_note(endpoint.url),
    )


def _range_check(service: str, address: str, start: bytes, *, whole_is_fine: bool = False) -> ServiceCheck:
    """Request the first bytes of a file: a server that supports ranges answers 206 with the range."""
    answer = _get(address, {"Range": f"bytes=0-{_SPAN - 1}"}, most=_SPAN)
    content_range = answer.headers.get("Content-Range", "")
    range_result = answer.status == _PARTIAL and content_range.startswith(f"bytes 0-{_SPAN - 1}/")
    is_expected = answer.body.lstrip().startswith(start)
    works = is_expected and (range_result or (whole_is_fine and answer.status == _OK))
    if answer.status not in {_OK, _PARTIAL}:
        text = f"{answer.status} instead of the file; try again later."
    elif not is_expected:
        text = f"{answer.status}, and not the file that is expected."
    elif range_result:
        text = f"206 with the requested part, of {content_range.rpartition('/')[2]} bytes."
    else:
        text = f"{answer.status}: the whole file instead of a part."
    rate = answer.headers.get("X-RateLimit-Remaining", "")
    note = f"{rate[:10]} requests are left in this minute." if rate else ""
    return ServiceCheck(service=service, address=_public(address), works=works, answer=f"{text} {note}".strip())


def _get(
    address: str, headers: Mapping[str, str] | None = None, *, most: int = _LARGEST, redirects: int = REDIRECTS
) -> _Answer:
    """Send one GET and return its answer, cut off after ``most`` bytes.

    Raises:
        HttpError: If there is none.
    """
    response = send("GET", address, headers=headers or {}, limits=PROBE, redirects=redirects)
    with closing(response):
        return _Answer(response.status, response.headers, beginning(response, most))


def _public(address: str) -> str:
    bare, mark, collection = address.partition("#")
    return f"{public_address(bare)}{mark}{collection}" if "://" in address else address
