"""What we add to a model's answer: CPU time per caption at 32 requests in flight, and time until words are on screen.

``PYTHONPATH=tests python benchmarks/streaming.py``: the scripted server on loopback, in a process of its own; no model
is asked. Beside our captions runs openai-python alone, with one client for all requests, against the same server.
"""

from __future__ import annotations

import multiprocessing
import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openai
from data.label_maps import label_map
from machine import describe
from rig import servers, stage
from rig.chat_server import chat_server
from rig.model_page import choose_chat, open_explorer
from rig.streams import stream_of

from chatearthnet_explorer.captioners import write_caption
from chatearthnet_explorer.captioners.chat import ChatCaptioner
from chatearthnet_explorer.chip import Chip
from chatearthnet_explorer.prompts.prompt import prompt_for
from chatearthnet_explorer.tile import Tile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection

    from playwright.sync_api import Browser

IN_FLIGHT, CAPTIONS, PRESSES = 32, 320, 20
WORDS = " ".join(f"Part {number} has trees, water, crops and some built-up land." for number in range(10))
LABELS = label_map(1)
CHIP, PROMPT = Chip(tile=Tile(8192, 8192), source="file", labels=LABELS), prompt_for(LABELS)


def _serve(connection: Connection) -> None:
    with chat_server() as server:
        server.modes = [lambda request: stream_of(WORDS) if request.get("stream") else _reply()]
        connection.send(server.base_url)
        connection.recv()


def _reply() -> tuple[int, dict[str, str], bytes]:
    from rig.chat_server import completion, json_reply

    time.sleep(0.2)  # so that all the requests are under way at once
    return json_reply(completion(WORDS))


@contextmanager
def server_process() -> Iterator[str]:
    """Start the scripted server in a process of its own; yield its address."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(theirs,))
    process.start()
    try:
        yield ours.recv()
    finally:
        ours.send("end")
        process.join(10)


def cpu_per_caption(write: Callable[[], object]) -> float:
    """Return the milliseconds of CPU time of this process per caption, with ``IN_FLIGHT`` at once."""
    with ThreadPoolExecutor(IN_FLIGHT) as pool:
        list(pool.map(lambda _: write(), range(IN_FLIGHT)))  # imports, connections, what is learned of the service
        start = time.process_time()
        list(pool.map(lambda _: write(), range(CAPTIONS)))
        return 1000 * (time.process_time() - start) / CAPTIONS


def overhead(address: str) -> dict[str, float]:
    """Return milliseconds of CPU time per caption, by what asks."""
    captioner = ChatCaptioner(base_url=address)
    client = openai.OpenAI(base_url=address, api_key="none")
    messages: list[Any] = [
        {"role": "system", "content": PROMPT.system},
        {"role": "user", "content": PROMPT.user},
    ]

    def bare(*, stream: bool) -> object:
        answer: Any = client.chat.completions.create(model="m", messages=messages, stream=stream, max_tokens=300)
        return [chunk.choices[0].delta.content for chunk in answer if chunk.choices] if stream else answer

    return {
        "ours, in one piece": cpu_per_caption(lambda: write_caption(captioner, PROMPT, CHIP)),
        "openai-python, in one piece": cpu_per_caption(lambda: bare(stream=False)),
        "ours, streamed": cpu_per_caption(lambda: write_caption(captioner, PROMPT, CHIP, lambda _: None)),
        "openai-python, streamed": cpu_per_caption(lambda: bare(stream=True)),
    }


# the moment at which the first words are in the document; views live in shadow roots
WATCH = """() => {
  const find = (root, name) => {
    for (const one of root.querySelectorAll('*')) {
      if (one.matches(name)) return one;
      const inside = one.shadowRoot && find(one.shadowRoot, name);
      if (inside) return inside;
    }
    return null;
  };
  window.firstWords = null;
  const observer = new MutationObserver(() => {
    if (!find(document, '.cen-live .cen-text')?.textContent) return;
    window.firstWords = Date.now() / 1000;
    observer.disconnect();
  });
  observer.observe(find(document, '.cen-caption-view'), { childList: true, characterData: true, subtree: true });
}"""


def first_words(browser: Browser, folder: Path) -> list[float]:
    """Return milliseconds from the first chunk with words that the server sends until they are in the document."""
    delays = []
    with chat_server() as service, open_explorer(browser, folder, service) as tab:
        choose_chat(tab.page)
        for _ in range(PRESSES):
            service.modes = [stream_of(WORDS[:300], pause=0.02)]
            service.sending_times.clear()
            tab.page.evaluate(WATCH)
            tab.page.locator(".cen-ask").click()
            tab.page.wait_for_function("window.firstWords !== null")
            # the first chunk has the role and no word
            delays.append(1000 * (tab.page.evaluate("window.firstWords") - service.sending_times[1]))
            tab.page.wait_for_timeout(200)
            tab.page.locator(".cen-caption .cen-text").wait_for()
            tab.page.wait_for_timeout(500)
    return delays


def bytes_sent(browser: Browser, folder: Path) -> tuple[int, int, int]:
    """Return characters of a long caption, bytes of all messages to the page while it is written, and their number."""
    text = (WORDS + " ") * 10
    sizes: list[int] = []
    with chat_server() as service, open_explorer(browser, folder, service) as tab:
        tab.page.on(
            "websocket",
            lambda socket: socket.on(
                "framereceived", lambda data: sizes.append(len(data.encode() if isinstance(data, str) else data))
            ),
        )
        tab.page.reload()
        servers.caption(tab.page)
        choose_chat(tab.page)
        service.modes = [stream_of(text[:6000], pause=0.02)]
        tab.page.wait_for_timeout(1000)
        sizes.clear()
        tab.page.locator(".cen-ask").click()
        tab.page.locator(".cen-live .cen-text").wait_for()
        tab.page.locator(".cen-caption .cen-text").wait_for(timeout=10 * stage.SLOW)
        return len(text[:6000]), sum(sizes), len(sizes)


def main() -> None:
    """Measure and print."""
    print(describe("openai", "httpx2", "panel"))
    with server_process() as address:
        for name, milliseconds in overhead(address).items():
            print(f"{name}: {milliseconds:.1f} ms of CPU time per caption")
    if "--no-browser" in sys.argv:
        return
    with stage.chromium() as browser, tempfile.TemporaryDirectory() as folder:
        delays = first_words(browser, Path(folder, "words"))
        print(
            f"first words in the document after the server's first chunk with words: median "
            f"{statistics.median(delays):.0f} ms, longest of {len(delays)} {max(delays):.0f} ms"
        )
        characters, size, messages = bytes_sent(browser, Path(folder, "bytes"))
        print(f"a caption of {characters:,} characters: {size / 1000:.0f} kB in {messages} messages to the page")


if __name__ == "__main__":
    main()
