"""The release from its Zenodo record and from the mirror, through their limits, refusals and redirects."""

from __future__ import annotations

import asyncio
import json
import re
import threading
import time
import zipfile
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image
from rig.range_server import Fault, RangeServer
from rig.zenodo import RECORD, SIGNATURE, Hub, Zenodo
from rig.zips import write_sparse

from chatearthnet_explorer.cancellation import cancelled_by
from chatearthnet_explorer.catalog import build_catalog
from chatearthnet_explorer.errors import ArchiveError, Cancelled, ReleaseError
from chatearthnet_explorer.net.byte_ranges import Span, open_ranges
from chatearthnet_explorer.net.http_client import request
from chatearthnet_explorer.net.http_errors import BusyError, duration
from chatearthnet_explorer.net.rate_limits import (
    Limit,
    report_waits,
    seconds_to_reset,
    seconds_to_wait,
)
from chatearthnet_explorer.net.response_bodies import body_of
from chatearthnet_explorer.net.retries_and_timeouts import REDIRECTS
from chatearthnet_explorer.net.web_file import GAP_IF_COUNTED, WebFile
from chatearthnet_explorer.net.zip_members import read_directory
from chatearthnet_explorer.settings import Settings
from chatearthnet_explorer.sources.release.mirror import caption_addresses
from chatearthnet_explorer.sources.release.release_reader import open_release
from chatearthnet_explorer.sources.release.zenodo import file_addresses, files_of, record_of
from chatearthnet_explorer.widgets.browse.browser import Browser

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from chatearthnet_explorer.net.zip_directory import Member
    from chatearthnet_explorer.sources.release.release_reader import Release

COUNT = 48
NAMES = [f"{number}_{number}_patch00" for number in range(COUNT)]
ENTRIES = [{"image_id": f"{name}.png", "caption": [f"The chip {name}."]} for name in NAMES]
ROOT = f"zenodo:{RECORD}"
PICTURES = f"/records/{RECORD}/files/s2_rgb_images.zip"
CONTENT = f"/api/records/{RECORD}/files/s2_rgb_images.zip/content"
TEXTS = f"/records/{RECORD}/files/json_files.zip"
STYLES = [(style, split) for style in ("35", "4v") for split in ("train", "val", "test")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A release of noise: captions, and one archive of 48 pictures of 200 kB each, side by side."""
    folder = tmp_path / "release"
    folder.mkdir()
    with zipfile.ZipFile(folder / "json_files.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for style, split in STYLES:
            entries = ENTRIES if split == "train" else []
            archive.writestr(f"json_files/ChatEarthNet_caps_{style}_{split}.json", json.dumps(entries))
    _write_pictures(folder / "s2_rgb_images.zip", gap=0)
    return folder


@pytest.fixture
def copy(folder: Path, tmp_path: Path) -> Path:
    """The data set on the hub: unzipped JSON, and the pictures in a folder with another name."""
    copy = tmp_path / "copy"
    (copy / "jsons").mkdir(parents=True)
    for style, split in STYLES:
        entries = ENTRIES if split == "train" else []
        (copy / "jsons" / f"mm_chatearthnet_caps_{style}_{split}.json").write_text(json.dumps(entries), "utf-8")
    (copy / "pictures of 2024").mkdir()
    (copy / "pictures of 2024" / "s2_rgb_images.zip").write_bytes((folder / "s2_rgb_images.zip").read_bytes())
    return copy


@pytest.fixture
def zenodo(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Zenodo]:
    with Zenodo(folder) as server:
        monkeypatch.setenv("CHATEARTHNET_ZENODO", server.url)
        monkeypatch.setenv("CHATEARTHNET_MIRROR", f"{server.url}/no/mirror")
        yield server


@pytest.fixture
def hub(copy: Path, zenodo: Zenodo, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    assert zenodo.url  # its fixture names another mirror first
    with Hub(copy) as server:
        monkeypatch.setenv("CHATEARTHNET_MIRROR", server.mirror)
        yield server


def _picture(number: int) -> np.ndarray:
    return np.random.default_rng(number).integers(0, 256, (256, 256, 3), np.uint8)


@lru_cache(maxsize=COUNT)
def _png(number: int) -> bytes:
    file = BytesIO()
    Image.fromarray(_picture(number)).save(file, "PNG")
    return file.getvalue()


def _write_pictures(path: Path, *, gap: int) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for number, name in enumerate(NAMES):
            archive.writestr(f"s2_images/{name}.png", _png(number))
            if gap:
                archive.writestr(f"s2_images/{name}.gap", bytes(gap))


def _members(folder: Path) -> dict[str, Member]:
    directory = read_directory(open_ranges(folder / "s2_rgb_images.zip"))
    return {name: member for name in NAMES if (member := directory.get(f"{name}.png"))}


def _check_pictures(release: Release, members: dict[str, Member], numbers: list[int]) -> None:
    images = release.images([NAMES[number] for number in numbers], members=members)
    assert not images.missing
    for number in numbers:
        np.testing.assert_array_equal(images.pixels[NAMES[number]], _picture(number))


@pytest.mark.parametrize(
    "root", [ROOT, f"https://zenodo.org/records/{RECORD}", f"https://doi.org/10.5281/zenodo.{RECORD}", "below the base"]
)
def test_reads_captions_and_single_pictures_of_record(zenodo: Zenodo, root: str) -> None:
    release = open_release(f"{zenodo.url}/records/{RECORD}" if root == "below the base" else root)
    assert list(release.entries("3.5", "train")) == ENTRIES
    _check_pictures(release, {}, [0, 7, COUNT - 1])
    assert release.notes == ()
    assert CONTENT not in {request.path for request in zenodo.log}
    # the captions whole, of the pictures their directory and three members
    whole = (zenodo.folder / "json_files.zip").stat().st_size
    assert zenodo.bytes_sent < whole + 1_500_000 < (zenodo.folder / "s2_rgb_images.zip").stat().st_size


def test_keeps_the_address_that_honours_range(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    members = _members(folder)
    with Zenodo(folder, swap_addresses=True) as zenodo:
        monkeypatch.setenv("CHATEARTHNET_ZENODO", zenodo.url)
        release = open_release(ROOT)
        zenodo.reset()
        _check_pictures(release, members, [3])
        assert [request.path for request in zenodo.log] == [PICTURES, CONTENT]
        for number in range(10, 13):
            _check_pictures(release, members, [number])
        assert [request.path for request in zenodo.log][2:] == [CONTENT] * 3


def test_reads_no_gigabytes_where_neither_address_honours_range(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "s2_rgb_images.zip").unlink()
    write_sparse(folder / "s2_rgb_images.zip", {"s2_images/1_1_patch00.png": (0, b"1"), "2": (12_000_000_000, b"2")})
    with Zenodo(folder) as zenodo:
        monkeypatch.setenv("CHATEARTHNET_ZENODO", zenodo.url)
        monkeypatch.setenv("CHATEARTHNET_MIRROR", f"{zenodo.url}/no/mirror")
        monkeypatch.setattr(zenodo, "_record", lambda: b'{"files": []}')
        zenodo.fail(PICTURES, Fault(ignore_range=True))
        file = WebFile(f"{zenodo.url}{PICTURES}", f"{zenodo.url}{CONTENT}")
        answers = file.read([Span(number * 500_000_000, 1000) for number in range(24)])
        assert all("comes whole or not at all" in str(answer) for answer in answers)
        assert [request.path for request in zenodo.log] == [PICTURES, CONTENT]
        time.sleep(0.3)  # what it would go on to send, it would send now
        assert zenodo.bytes_sent < 20_000_000  # of 24,000,000,000: what the two sockets took


def test_page_of_neighbours_takes_one_request(zenodo: Zenodo, folder: Path) -> None:
    members = _members(folder)
    release = open_release(ROOT)
    zenodo.reset()
    _check_pictures(release, members, list(range(24)))
    assert zenodo.requests == 1
    assert zenodo.bytes_sent < 24 * 210_000


def test_scattered_page_spares_a_server_with_few_requests_left(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _write_pictures(folder / "s2_rgb_images.zip", gap=400_000)
    members = _members(folder)
    with Zenodo(folder, limit=20) as zenodo:
        monkeypatch.setenv("CHATEARTHNET_ZENODO", zenodo.url)
        release = open_release(ROOT)  # two requests: the record, the captions
        zenodo.reset()
        _check_pictures(release, members, list(range(24)))
        assert zenodo.requests <= 1 + (20 - 3) // 2
        assert zenodo.refusals == 0


def test_page_in_random_order_takes_a_request_for_each(zenodo: Zenodo) -> None:
    file = WebFile(f"{zenodo.url}{PICTURES}")
    far = [Span(number * (GAP_IF_COUNTED + 10), 10) for number in (3, 0, 5, 1, 4, 2)]
    answers = file.read(far)
    content = (zenodo.folder / "s2_rgb_images.zip").read_bytes()
    assert answers == [content[span.start : span.start + 10] for span in far]
    assert zenodo.requests == 6


def test_waits_for_the_next_window_and_reports_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    members = _members(folder)
    with Zenodo(folder, limit=3, window=5.0) as zenodo:
        monkeypatch.setenv("CHATEARTHNET_ZENODO", zenodo.url)
        sentences: list[str] = []
        start = time.monotonic()
        release = open_release(ROOT)
        with report_waits(sentences.append):
            for number in range(4):
                _check_pictures(release, members, [number * 10])
        expected = f"{zenodo.url.removeprefix('http://')} accepts no more requests at the moment; continuing in "
        # a machine too busy to use up the window has nothing to wait for
        assert any(one.startswith(expected) for one in sentences) or time.monotonic() - start > zenodo.window
        assert zenodo.refusals == 0


def test_error_names_long_wait(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    members = _members(folder)
    with Zenodo(folder, limit=3, window=3600.0) as zenodo:
        monkeypatch.setenv("CHATEARTHNET_ZENODO", zenodo.url)
        monkeypatch.setenv("CHATEARTHNET_MIRROR", f"{zenodo.url}/no/mirror")
        release = open_release(ROOT)
        _check_pictures(release, members, [0])
        _, missing = release.images([NAMES[20]], members=members)
        (sentence,) = missing.values()
        assert re.search(r"takes no more requests for 6[01] minutes; wait and try again\.$", sentence)
        assert zenodo.refusals == 0
        assert zenodo.requests == 3


def test_cancel_ends_a_wait(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    members = _members(folder)
    with Zenodo(folder) as zenodo:
        monkeypatch.setenv("CHATEARTHNET_ZENODO", zenodo.url)
        release = open_release(ROOT)
        _check_pictures(release, members, [0])
        zenodo.fail(PICTURES, Fault(status=429, retry_after=14))

        def stop() -> None:
            raise Cancelled

        zenodo.reset()
        with cancelled_by(stop), pytest.raises(Cancelled):
            release.images([NAMES[5], NAMES[45]], members=members)
        assert 1 <= zenodo.requests <= 2  # each thread asked once, and did not wait to ask again


def test_many_threads_together_stay_within_the_limit(folder: Path) -> None:
    with Zenodo(folder, limit=30, window=3600.0) as zenodo:
        address = f"{zenodo.url}{PICTURES}"
        request(address, lambda response: response.status, span="0-0")
        outcomes: list[object] = []

        def ask() -> None:
            try:
                outcomes.append(request(address, lambda response: response.status, span="0-0"))
            except BusyError as error:
                outcomes.append(error)

        threads = [threading.Thread(target=ask) for _ in range(60)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert outcomes.count(206) == 29
        assert zenodo.refusals == 0
        assert zenodo.requests == 30


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": "Wed, 21 Oct 2026 07:28:30 GMT", "Date": "Wed, 21 Oct 2026 07:28:00 GMT"}, 30.0),
        ({"X-RateLimit-Reset": "1792567710", "Date": "Wed, 21 Oct 2026 07:28:00 GMT"}, 30.0),
        ({"X-RateLimit-Reset": "30"}, 30.0),
        ({"Retry-After": "soon", "X-RateLimit-Reset": "30"}, 30.0),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "1e300"}, 86_400.0),
        ({"Retry-After": "nan"}, None),
        ({}, None),
    ],
)
def test_parses_requested_wait(headers: dict[str, str], seconds: float | None) -> None:
    assert seconds_to_wait(headers) == (None if seconds is None else pytest.approx(seconds))


@pytest.mark.parametrize(
    ("remaining", "reset", "left"),
    [("5", "60", 5), ("0", "60", 0), ("5", "soon", None), ("many", "60", None), ("-1", "60", None), ("5", "inf", None)],
)
def test_believes_a_limit_that_is_one(remaining: str, reset: str, left: int | None) -> None:
    limit = Limit("files.example")
    limit.learn({"X-RateLimit-Remaining": remaining, "X-RateLimit-Reset": reset})
    assert limit.left == left


def test_knows_no_limit_without_headers() -> None:
    assert seconds_to_reset({}) is None
    assert [duration(seconds) for seconds in (0.2, 59.1, 100, 101, 3600, 86_400)] == [
        *("1 s", "60 s", "100 s", "2 minutes", "60 minutes", "24 hours")
    ]


def test_reads_captions_from_the_hub_where_zenodo_refuses(zenodo: Zenodo, hub: Hub) -> None:
    zenodo.fail(f"/api/records/{RECORD}", Fault(status=429, retry_after=3600))
    release = open_release(ROOT)
    assert list(release.entries("3.5", "train")) == ENTRIES
    assert list(release.entries("4v", "test")) == []
    (note,) = release.notes
    assert hub.mirror in note
    assert "asks to wait 60 minutes" in note
    assert "topsecret" not in note
    assert {request.query for request in hub.store.log} == {SIGNATURE}
    assert len(hub.store.log) == 6


def test_reads_pictures_from_the_hub_where_zenodo_refuses(zenodo: Zenodo, hub: Hub, folder: Path) -> None:
    members = _members(folder)
    release = open_release(ROOT)
    for path in (PICTURES, CONTENT):
        zenodo.fail(path, Fault(status=429, retry_after=3600))
    _check_pictures(release, members, [1, 2, 3])
    assert hub.store.log[-1].span.startswith("bytes=")
    zenodo.reset()
    _check_pictures(release, members, [30])
    assert zenodo.requests == 0  # the hub is kept


def test_lists_hub_once_for_missing_file(zenodo: Zenodo, hub: Hub, folder: Path) -> None:
    members = _members(folder)
    (hub.folder / "pictures of 2024" / "s2_rgb_images.zip").unlink()
    release = open_release(ROOT)
    for path in (PICTURES, CONTENT):
        zenodo.fail(path, Fault(status=403))
    for number in range(3):
        _, missing = release.images([NAMES[number]], members=members)
        assert "asks for permission" in missing[NAMES[number]]
    assert [request.path for request in hub.log] == ["/api/datasets/JessicaYuan/ChatEarthNet/tree/main"]


def test_takes_no_other_file_of_the_same_name(zenodo: Zenodo, hub: Hub, folder: Path) -> None:
    members = _members(folder)
    with zipfile.ZipFile(hub.folder / "pictures of 2024" / "s2_rgb_images.zip", "a") as archive:
        archive.writestr("more.txt", "more")
    release = open_release(ROOT)
    _check_pictures(release, members, [0])
    for path in (PICTURES, CONTENT):
        zenodo.fail(path, Fault(status=403))
    _, missing = release.images([NAMES[1]], members=members)
    assert "asks for permission" in missing[NAMES[1]]


@pytest.mark.parametrize("below", ["/datasets/JessicaYuan/ChatEarthNet/resolve/main", ""])
def test_knows_the_hub_by_other_addresses(
    zenodo: Zenodo, hub: Hub, below: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHATEARTHNET_MIRROR", f"{hub.url}{below}")
    zenodo.fail(f"/api/records/{RECORD}", Fault(status=403))
    assert list(open_release(ROOT).entries("3.5", "train")) == ENTRIES
    zenodo.fail(PICTURES, Fault(status=403))
    zenodo.fail(CONTENT, Fault(status=403))
    _check_pictures(open_release(ROOT), {}, [4])


def test_reads_a_mirror_that_is_a_plain_folder(zenodo: Zenodo, copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (copy / "s2_rgb_images.zip").write_bytes((zenodo.folder / "s2_rgb_images.zip").read_bytes())
    for path in (f"/api/records/{RECORD}", PICTURES, CONTENT):
        zenodo.fail(path, Fault(status=403))
    with RangeServer({"deep/copy": copy}) as server:
        monkeypatch.setenv("CHATEARTHNET_MIRROR", f"{server.url}/deep/copy/")
        release = open_release(ROOT)
        assert list(release.entries("3.5", "train")) == ENTRIES
        _check_pictures(release, {}, [4])


def test_names_likely_places_of_captions_on_a_hub() -> None:
    assert caption_addresses("https://huggingface.co/datasets/JessicaYuan/ChatEarthNet", "a.json") == [
        "https://huggingface.co/datasets/JessicaYuan/ChatEarthNet/resolve/main/jsons/a.json"
    ]


def test_error_names_failure_of_zenodo_and_of_mirror(zenodo: Zenodo) -> None:
    zenodo.fail(f"/api/records/{RECORD}", Fault(status=429, retry_after=3600))
    with pytest.raises(BusyError, match=r"busy \(429\).*the mirror failed as well"):
        open_release(ROOT)


@pytest.mark.parametrize("answer", [b"<html>", b"[]", b'{"files": [{"key": 1}]}', b'{"files": []}', b"[" * 100_000])
def test_refuses_an_answer_that_is_no_record(zenodo: Zenodo, answer: bytes) -> None:
    zenodo.fail(f"/api/records/{RECORD}", Fault(body=answer))
    with pytest.raises(ReleaseError, match="record"):
        open_release(ROOT)


@pytest.mark.parametrize("link", ["file:///etc/passwd", "http://[", "javascript:alert(1)"])
def test_ignores_links_of_the_record_that_are_not_addresses(zenodo: Zenodo, link: str) -> None:
    answer = request(f"{zenodo.url}/api/records/{RECORD}", body_of(1_000_000))
    record = json.loads(answer)
    for one in record["files"]:
        one["links"]["self"] = link
    zenodo.fail(f"/api/records/{RECORD}", Fault(body=json.dumps(record).encode()))
    files = files_of(RECORD, base=zenodo.url)
    assert files["json_files.zip"].addresses == file_addresses(RECORD, "json_files.zip", base=zenodo.url)


def test_leaves_an_answer_without_end(zenodo: Zenodo) -> None:
    zenodo.fail(f"/api/records/{RECORD}", Fault(body=bytes(3_000_000)))
    with pytest.raises(ArchiveError, match=r"sent more than 2 MB.*the mirror failed as well"):
        open_release(ROOT)


def test_refuses_captions_with_another_md5_and_keeps_nothing(zenodo: Zenodo, folder: Path) -> None:
    content = bytearray((folder / "json_files.zip").read_bytes())
    content[100] ^= 1
    for path in (TEXTS, f"/api{TEXTS}/content"):
        zenodo.fail(path, Fault(body=bytes(content)))
    with pytest.raises(ArchiveError, match=r"MD5 differs.*the mirror failed as well"):
        open_release(ROOT)
    assert not [path for path in Settings().cache.rglob("*") if path.is_file()]


def test_takes_captions_from_the_second_address(zenodo: Zenodo) -> None:
    zenodo.fail(TEXTS, Fault(status=403))
    release = open_release(ROOT)
    assert list(release.entries("3.5", "train")) == ENTRIES
    assert release.notes == ()


def test_goes_on_where_a_download_broke_off(zenodo: Zenodo, folder: Path) -> None:
    with zipfile.ZipFile(folder / "json_files.zip", "a") as archive:  # long enough to break off in the middle
        archive.writestr("json_files/padding.bin", np.random.default_rng(0).bytes(400_000))
    zenodo.fail(f"/api{TEXTS}/content", Fault(status=403))
    zenodo.fail(TEXTS, Fault(cut=150_000))
    with pytest.raises(ArchiveError, match="hung up"):
        open_release(ROOT)
    zenodo.fail(TEXTS)
    zenodo.reset()
    assert list(open_release(ROOT).entries("3.5", "train")) == ENTRIES
    (request,) = [request for request in zenodo.log if request.path == TEXTS]
    start = int(request.span.removeprefix("bytes=").removesuffix("-"))
    assert start >= 65_536
    assert zenodo.bytes_sent < (folder / "json_files.zip").stat().st_size - start + 5000


def test_a_key_stays_with_its_own_server(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"content")
    with RangeServer(tmp_path) as here, RangeServer(tmp_path) as elsewhere:
        other = elsewhere.url.replace("127.0.0.1", "localhost")
        here.fail("/moved.zip", Fault(status=302, location=f"{other}/a.zip"))
        here.fail("/near.zip", Fault(status=302, location="/a.zip"))
        for name in ("moved.zip", "near.zip"):
            address = here.url.replace("http://", "http://user:topsecret@") + f"/{name}"
            assert request(address, lambda response: response.read(3), span="0-2") == b"con"
        assert [request.authorization for request in elsewhere.log] == [""]
        assert [request.span for request in elsewhere.log] == ["bytes=0-2"]
        assert all(request.authorization.startswith("Basic ") for request in here.log)


@pytest.mark.parametrize("location", ["file:///etc/passwd", "http://[", "ftp://example.org/a", "javascript:alert(1)"])
def test_follows_no_redirect_that_is_no_web_address(tmp_path: Path, location: str) -> None:
    with RangeServer(tmp_path) as server:
        server.fail("/a", Fault(status=302, location=location))
        with pytest.raises(ArchiveError, match="redirects to something that is not on the web"):
            request(f"{server.url}/a?sig=topsecret", lambda response: response.status)


def test_leaves_a_circle_of_redirects(tmp_path: Path) -> None:
    with RangeServer(tmp_path) as server:
        server.fail("/a", Fault(status=302, location="/a"))
        with pytest.raises(ArchiveError, match="redirects again and again"):
            request(f"{server.url}/a", lambda response: response.status)
        assert server.requests == REDIRECTS + 1


@pytest.mark.parametrize(
    ("root", "record"),
    [
        ("zenodo:123", "123"),
        ("https://copy.example/zenodo/records/123", "123"),
        ("https://copy.example/zenodo/record/123/", "123"),
        ("https://copy.example/other/records/123", None),
        ("https://copy.example/zenodo/records/123/files/a.zip", None),
        ("/home/me/release", None),
    ],
)
def test_knows_a_record_by_its_address(root: str, record: str | None) -> None:
    assert record_of(root, base="https://copy.example/zenodo/") == record


def test_page_shows_wait_for_busy_server(zenodo: Zenodo, tmp_path: Path) -> None:
    asyncio.run(_page_of_busy_server(zenodo, tmp_path))


async def _page_of_busy_server(zenodo: Zenodo, tmp_path: Path) -> None:
    release = open_release(ROOT)
    with build_catalog(release, tmp_path / "catalog", processes=1) as catalog:
        zenodo.fail(PICTURES, Fault(status=429, retry_after=3, times=1))
        sentences: list[str] = []
        browser = Browser(catalog, release=release, labels="simulated")
        browser.status.observe(lambda change: sentences.append(change["new"]), "message")
        async with asyncio.timeout(60):
            while len(browser.gallery.pictures) < 24:  # noqa: ASYNC110 - what is waited for tells nobody of it
                await asyncio.sleep(0.01)
        browser.close()
    host = zenodo.url.removeprefix("http://")
    waits = [
        one for one in sentences if one.startswith(f"{host} accepts no more requests at the moment; continuing in")
    ]
    assert waits
    assert sentences[-1] not in waits
    assert not [one for one in browser.gallery.pictures.values() if isinstance(one, str)]
