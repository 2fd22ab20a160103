"""Prompts made with the authors' own wording are those of their published scripts, to the character."""

import base64
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from data.label_maps import label_map
from PIL import Image
from rig.own_scripts import SCRIPT_4V, SCRIPT_35

from chatearthnet_explorer.captioners.service.request_fields import Fields, Question
from chatearthnet_explorer.prompts.prompt import Prompt, prompt_for
from chatearthnet_explorer.prompts.published.script_source import read_scripts
from chatearthnet_explorer.prompts.published.wording_file import Script, read_wordings, save

SCRIPTS = os.environ.get("CHATEARTHNET_PUBLISHED_SCRIPTS", "")
needs_scripts = pytest.mark.skipif(
    not SCRIPTS,
    reason="set CHATEARTHNET_PUBLISHED_SCRIPTS to a folder with the scripts of github.com/zhu-xlab/ChatEarthNet",
)
RUNNER = Path(__file__).parent / "rig" / "published_prompts.py"
SEED = 5


def edge_maps() -> list[np.ndarray]:
    """Return a map of nothing, one with a part of nothing, one of specks, and one of classes of equal area."""
    nothing, quarter, specks, stripes = (np.zeros((256, 256), np.uint8) for _ in range(4))
    quarter[:128, :128] = 6
    specks[:4, :4], specks[200:204, 200:205] = 1, 2
    stripes[:] = np.arange(256) // 64 + 3
    return [nothing, quarter, specks, stripes]


def published_messages(script: bytes, maps: np.ndarray, folder: Path) -> list[list[dict[str, object]]]:
    """Return what a script sends, run in a process of its own with stand-ins for the network."""
    (folder / "script.py").write_bytes(script)
    np.save(folder / "maps.npy", maps)
    run = subprocess.run(
        [sys.executable, RUNNER, "script.py", "maps.npy", str(SEED)],
        cwd=folder,
        env={"PYTHONPATH": os.pathsep.join(sys.path), "PATH": os.environ["PATH"], "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def messages_of(prompt: Prompt) -> list[dict[str, object]]:
    """Return the messages of our prompt, its images left out."""
    system = [{"role": "system", "content": prompt.system}] if prompt.system else []
    return [*system, {"role": "user", "content": prompt.user}]


def words_and_pictures(messages: list[dict]) -> tuple[list[dict[str, object]], list[np.ndarray]]:
    """Return the messages with their texts alone, and the pixels of the images in them."""
    words, pictures = [], []
    for message in messages:
        parts = message["content"]
        if isinstance(parts, list):
            pictures += [part["image_url"]["url"].partition(",")[2] for part in parts[1:]]
            parts = parts[0]["text"]
        words.append({"role": message["role"], "content": parts})
    return words, [np.array(Image.open(io.BytesIO(base64.b64decode(one))).convert("RGB")) for one in pictures]


def assert_prompts_equal(script: Script, style: str, folder: Path) -> None:
    """Compare the prompts that a script sends with those made from the wording that was read in it."""
    (path,) = save(read_wordings([script], "a script", style), folder)
    maps = np.stack([*(label_map(seed) for seed in range(60)), *edge_maps()])
    bodies = published_messages(script.content, maps, folder)
    if style == "3.5":
        prompts = [prompt_for(labels, seed=SEED, wording=path) for labels in maps]
    else:
        prompts = [prompt_for(*maps[start : start + 4], style="4v", wording=path) for start in range(0, 64, 4)]
    assert len(bodies) == len(prompts)
    for messages, prompt in zip(bodies, prompts, strict=True):
        words, pictures = words_and_pictures(messages)
        assert words == messages_of(prompt)
        assert len(pictures) == len(prompt.images)
        assert all((one == two).all() for one, two in zip(pictures, prompt.images, strict=True))


def test_request_has_as_many_messages_as_that_of_the_script(tmp_path: Path) -> None:
    for style, script, roles in (("3.5", SCRIPT_35, ["system", "user"]), ("4v", SCRIPT_4V, ["user"])):
        (path,) = save(read_wordings([Script("own.py", script.encode())], "a script"), tmp_path)
        maps = [label_map(seed) for seed in range(4 if style == "4v" else 1)]
        prompt = prompt_for(*maps, style=style, wording=path)
        question = Question(model="m", system=prompt.system, user=prompt.user, token_limit=1)
        assert Fields().request(question)["messages"] == messages_of(prompt)
        assert [message["role"] for message in messages_of(prompt)] == roles


@needs_scripts
@pytest.mark.parametrize("style", ["3.5", "4v"])
def test_prompts_equal_those_of_the_published_script(style: str, tmp_path: Path) -> None:
    scripts = read_scripts(SCRIPTS)
    (wording,) = read_wordings(scripts, SCRIPTS, style)
    assert wording.is_published
    assert_prompts_equal(next(one for one in scripts if one.name == wording.name), style, tmp_path)


@pytest.mark.parametrize(("style", "text"), [("3.5", SCRIPT_35), ("4v", SCRIPT_4V)])
def test_prompts_equal_those_of_a_script_in_the_same_way(style: str, text: str, tmp_path: Path) -> None:
    assert_prompts_equal(Script("own.py", text.encode()), style, tmp_path)
