"""A real model server: llama.cpp with a random model of one layer, in a process of its own.

It writes nonsense, and everything around it is real: a tokenizer, a context, slots, usage, streams and refusals. It has
a process of its own as llama.cpp logs to the standard error of its process and keeps threads.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rig import processes

if TYPE_CHECKING:
    from collections.abc import Iterator

MODEL = "rig-random"
"""Identifier of the model, as the server reports it."""

CONTEXT = 32_768
"""Tokens of prompt and answer together. A character of a prompt is about one token of this model."""

_ROLES = ("system", "user", "assistant")
_CONTROLS = ("<unk>", "<s>", "</s>", *(f"<|{role}|>" for role in _ROLES))
_START, _END = 1, 2
_PIECES = (
    *("▁", "▁tree", "▁cover", "▁water", "▁the", "▁of", "."),
    # what a caption must never carry on: escape sequences, marks of direction, markup
    *("\x1b[31m", "\u202e", "\u200b", "<script>alert(1)</script>", "&amp;"),
    *"abcdefghijklmnopqrstuvwxyz,%",
)
_WIDTH = 32
_SPREAD = 0.2  # of the weights of the output: near 1 a random model repeats a few tokens for ever
_WEIGHT_OF_END = 2.5


class LlamaServer:
    """A running server."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.base_url = f"{address}/v1"

    def get(self, path: str) -> Any:
        """Return the JSON at a path of the server."""
        with urllib.request.urlopen(self.address + path, timeout=10) as response:
            return json.load(response)

    def busy_slots(self) -> int:
        """Return how many answers it is writing now."""
        return sum(slot["is_processing"] for slot in self.get("/slots"))

    def wait_for_busy_slots(self, count: int, *, seconds: float = 60) -> None:
        """Wait until it is writing so many answers."""
        end = time.monotonic() + seconds
        while (busy := self.busy_slots()) != count:
            assert time.monotonic() < end, f"{busy} slots are busy after {seconds} seconds, not {count}"
            time.sleep(0.01)


@contextmanager
def llama_server(
    folder: Path, *, context: int = CONTEXT, slots: int = 1, endless: bool = False, key: str = ""
) -> Iterator[LlamaServer]:
    """Start one on a free port of this machine, and end it.

    Args:
        folder: An existing folder for the model and the log.
        context: Tokens of prompt and answer together, in each slot.
        slots: Answers it writes at the same time.
        endless: Whether the model writes until it is stopped; else its answers end after some tens of tokens.
        key: The key that requests must have; empty for none.
    """
    model, log = folder / "model.gguf", folder / "llama.log"
    write_model(model, context=context, endless=endless)
    command = [sys.executable, "-m", "rig.llama_server", str(model), str(context), str(slots), key]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    with log.open("wb") as errors:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, env=environment, text=True
        )
        assert process.stdin
        assert process.stdout
        try:
            address = process.stdout.readline().strip()
            assert address, log.read_text("utf-8", "replace")
            yield LlamaServer(address)
        finally:
            process.stdin.close()
            processes.end(process)
            process.stdout.close()


def write_model(path: Path, *, context: int = CONTEXT, endless: bool = False, seed: int = 1) -> None:
    """Write a random model of about 130 kB: llama's architecture, one layer, byte tokens and a few pieces of words."""
    from gguf import GGUFWriter, TokenType

    random = np.random.default_rng(seed)
    tokens = [*_CONTROLS, *(f"<0x{byte:02X}>" for byte in range(256)), *_PIECES]
    types = [TokenType.CONTROL] * len(_CONTROLS) + [TokenType.BYTE] * 256 + [TokenType.NORMAL] * len(_PIECES)
    types[0] = TokenType.UNKNOWN
    output = _SPREAD * random.standard_normal((len(tokens), _WIDTH), dtype=np.float32)
    output[_END] *= 0 if endless else _WEIGHT_OF_END
    writer = GGUFWriter(str(path), "llama")
    writer.add_name(MODEL)
    writer.add_context_length(context)
    writer.add_embedding_length(_WIDTH)
    writer.add_block_count(1)
    writer.add_feed_forward_length(2 * _WIDTH)
    writer.add_head_count(2)
    writer.add_head_count_kv(2)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(_WIDTH // 2)
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("llama")
    writer.add_token_list([token.encode() for token in tokens])
    writer.add_token_scores([0.0] * len(tokens))
    writer.add_token_types([int(one) for one in types])
    writer.add_unk_token_id(0)
    writer.add_bos_token_id(_START)
    writer.add_eos_token_id(_END)
    writer.add_chat_template(
        "{% for message in messages %}<|{{ message.role }}|>{{ message.content }}{% endfor %}<|assistant|>"
    )
    writer.add_tensor("token_embd.weight", random.standard_normal((len(tokens), _WIDTH), dtype=np.float32))
    writer.add_tensor("output.weight", output)
    for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
        writer.add_tensor(f"blk.0.{name}.weight", random.standard_normal((_WIDTH, _WIDTH), dtype=np.float32))
    for name, shape in (("gate", (2, 1)), ("up", (2, 1)), ("down", (1, 2))):
        size = (shape[0] * _WIDTH, shape[1] * _WIDTH)
        writer.add_tensor(f"blk.0.ffn_{name}.weight", random.standard_normal(size, dtype=np.float32))
    for name in ("blk.0.attn_norm", "blk.0.ffn_norm", "output_norm"):
        writer.add_tensor(f"{name}.weight", np.ones(_WIDTH, dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _serve(model: str, context: int, slots: int, key: str) -> None:
    """Serve a model, print the address, and end when the standard input does."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = model
    params.model_alias = {MODEL}
    params.n_parallel = slots
    params.n_ctx = context * slots  # which the slots share
    params.api_keys = [key] if key else []
    params.n_gpu_layers = 0
    params.warmup = params.ui = params.fit_params = False
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    params.n_threads_http = 8
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    _serve(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
