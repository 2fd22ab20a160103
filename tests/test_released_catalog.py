"""The released captions: fetched and built once, kept, and shared by whoever wants them at the same time."""

from __future__ import annotations

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rig import full_size
from rig.samples import press
from rig.zenodo import RECORD, Zenodo

from chatearthnet_explorer import released_catalog
from chatearthnet_explorer.catalog import Query
from chatearthnet_explorer.errors import ArchiveError, Cancelled, CatalogError
from chatearthnet_explorer.files.data_folder import data_folder
from chatearthnet_explorer.released_catalog import fetch_catalog, missing_packages, saved_catalog
from chatearthnet_explorer.widgets.browse.browser import Browser
from chatearthnet_explorer.widgets.browse.catalog_offer import CatalogOffer

if TYPE_CHECKING:
    from collections.abc import Iterator

RECORDS = 600
CAPTIONS = f"/records/{RECORD}/files/json_files.zip"


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(tmp_path_factory.mktemp("zenodo"), "release")
    full_size.write_release(folder, records=RECORDS, archives=1)
    return folder


@pytest.fixture
def zenodo(release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Zenodo]:
    monkeypatch.setenv("CHATEARTHNET_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    with Zenodo(release, limit=1000) as server:
        monkeypatch.setenv("CHATEARTHNET_ZENODO", server.url)
        monkeypatch.setenv("CHATEARTHNET_MIRROR", f"{server.url}/no/mirror")
        yield server


def downloads(zenodo: Zenodo) -> int:
    return sum(one.path == CAPTIONS for one in zenodo.log)


def test_captions_are_fetched_once_and_opened_without_a_request_afterwards(zenodo: Zenodo) -> None:
    assert saved_catalog() is None
    steps: list[tuple[str, float]] = []
    catalog, release = fetch_catalog(lambda words, share: steps.append((words, share)))
    assert (len(catalog), catalog.simulated) == (RECORDS, False)
    shares = [share for _, share in steps]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    words = [" ".join(text.split()[:2]) for text, _ in steps]
    kinds = ["Looking for", "Downloading the", "Looking for", "Writing the"]
    assert [kind for kind, _ in itertools.groupby(words)] == kinds
    requests = zenodo.requests
    again = saved_catalog()
    assert again is not None
    assert fetch_catalog().catalog.version == again.catalog.version == catalog.version
    assert zenodo.requests == requests
    names = [pair.record.name for pair in catalog.search(Query(flag=("-no picture",), size=2)).pairs]
    contents = [name.removesuffix(".png").encode() for name in names]
    assert again.release.contents(names) == release.contents(names) == contents


def test_who_wants_them_meanwhile_waits_for_the_same_work(zenodo: Zenodo) -> None:
    began, go_on = threading.Event(), threading.Event()
    steps: list[str] = []

    def hold(words: str, _share: float) -> None:
        if words.startswith("Downloading"):
            began.set()
            assert go_on.wait(60)

    def listen(words: str, _share: float) -> None:
        steps.append(words)
        go_on.set()

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(fetch_catalog, hold)
        assert began.wait(60)
        second = pool.submit(fetch_catalog, listen)
        assert first.result(60).catalog.version == second.result(60).catalog.version
    assert steps[0].startswith("Downloading the captions")
    assert downloads(zenodo) == 1


@pytest.mark.parametrize("step", ["Downloading", "Looking for land cover"])
def test_who_cancels_leaves_no_catalog_and_the_next_one_goes_on(zenodo: Zenodo, step: str) -> None:
    def cancel(words: str, _share: float) -> None:
        if words.startswith(step):
            raise Cancelled

    with pytest.raises(Cancelled):
        fetch_catalog(cancel)
    assert saved_catalog() is None
    assert len(fetch_catalog().catalog) == RECORDS
    assert downloads(zenodo) == (2 if step == "Downloading" else 1)


def test_damaged_catalog_counts_as_none_and_is_built_again(zenodo: Zenodo) -> None:
    version = fetch_catalog().catalog.version
    folder = data_folder("catalogs", f"zenodo-{RECORD}")
    rows = folder / version / "rows.bin"
    rows.write_bytes(rows.read_bytes()[:-1])
    assert saved_catalog() is None
    assert fetch_catalog().catalog.version == version
    assert downloads(zenodo) == 1


def test_offline_error_names_both_addresses_and_leaves_nothing(zenodo: Zenodo, monkeypatch: pytest.MonkeyPatch) -> None:
    assert zenodo.url
    monkeypatch.setenv("CHATEARTHNET_ZENODO", "http://127.0.0.1:9")
    monkeypatch.setenv("CHATEARTHNET_MIRROR", "http://127.0.0.1:9/mirror")
    with pytest.raises(ArchiveError, match="the mirror failed as well"):
        fetch_catalog()
    assert saved_catalog() is None


def test_error_names_the_extra_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert missing_packages() == ""
    monkeypatch.setattr(released_catalog, "find_spec", lambda name: None if name == "duckdb" else object())
    with pytest.raises(CatalogError, match=r"pip install 'chatearthnet-explorer\[data\]'"):
        fetch_catalog()
    offer = CatalogOffer(fetch_catalog)
    assert (offer.state, offer.label) == ("missing", "")
    assert "chatearthnet-explorer[data]" in offer.sentence
    press(offer, "load")
    assert offer.state == "missing"


def test_sample_becomes_the_released_captions_by_one_press_and_keeps_its_query(zenodo: Zenodo) -> None:
    browser = Browser.sample(query="continent=Africa", labels="simulated")
    offer, map_view = browser.offer, browser.map
    assert offer is not None
    assert browser.gallery.simulated
    assert (offer.state, offer.label) == ("offer", "Load the 163,488 real captions")
    assert "simulated" in offer.sentence
    browser.gallery.open_at(0)
    press(offer, "load")
    assert (offer.state, browser.pair) == ("done", None)
    assert browser.query == Query(continent=("Africa",))
    assert not browser.gallery.simulated
    assert browser.status.message.endswith(f"of {RECORDS} pairs match.")
    assert browser.facet_view.has_shares is False
    assert browser.map is map_view
    assert browser.map._pairs.catalog is browser.catalog
    browser.gallery.open_at(0)
    assert not browser.pair_view.chip_view.simulated
    assert browser.pair_view.caption_view.captions[0].byline == "ChatEarthNet, GPT-3.5"
    assert downloads(zenodo) == 1


def test_offer_that_fails_gives_the_reason_and_the_way_out(zenodo: Zenodo, monkeypatch: pytest.MonkeyPatch) -> None:
    address = zenodo.url
    monkeypatch.setenv("CHATEARTHNET_ZENODO", "http://127.0.0.1:9")
    browser = Browser.sample()
    offer = browser.offer
    assert offer is not None
    press(offer, "load")
    assert (offer.state, offer.label) == ("failed", "Try again")
    assert offer.sentence == "The real captions could not be loaded; you may be offline, or Zenodo is busy."
    assert "127.0.0.1:9" in offer.why
    assert offer.hint == "You can go on with the simulated pairs, and try again when you are online."
    assert browser.gallery.simulated
    assert len(browser.gallery.items) == 24
    monkeypatch.setenv("CHATEARTHNET_ZENODO", address)
    press(offer, "load")
    assert offer.state == "done"
    assert len(browser.catalog) == RECORDS


def test_unexpected_error_of_the_offer_is_a_sentence_and_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    def fail(_progress: object) -> object:
        raise ZeroDivisionError

    offer = CatalogOffer(fail)
    press(offer, "load")
    assert offer.state == "failed"
    assert "unexpected error" in offer.sentence
    assert "ZeroDivisionError" in caplog.text


def test_catalog_of_ones_own_makes_no_offer(zenodo: Zenodo) -> None:
    assert zenodo.url
    catalog, release = fetch_catalog()
    assert Browser(catalog, release=release, load_real=fetch_catalog).offer is None
