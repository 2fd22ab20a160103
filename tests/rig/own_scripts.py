"""Scripts that make prompts in the way of the published ones, with sentences and code of our own."""

SCRIPT_35 = r"""
import random
from collections import Counter

import numpy as np
import requests

NAMES = ["nothing", "water", "developed area", "tree", "shrub", "grass", "crop", "bare land", "snow", "wetland",
         "mangroves", "moss"]
RULES = "One paragraph, please.\n   It costs $5, \"no more\"."


def everything(labels):
    text = ""
    counts = Counter(labels.reshape(-1).tolist())
    for index, pixels in sorted(counts.items(), key=lambda pair: -pair[1]):
        if index == 0 or pixels < 20:
            continue
        text += "<{0}>".format(NAMES[index])
    return text


def corners(labels):
    return {
        "top left": labels[:128, :128], "top right": labels[:128, 128:],
        "bottom left": labels[128:, :128], "bottom right": labels[128:, 128:],
        "middle": labels[64:192, 64:192],
    }


def extent(percent):
    nouns = ["fraction", "part", "portion", "amount", "quantity"]
    if percent >= 0 and percent <= 9:
        return f"extra small, a {random.choice(nouns)}"
    elif percent >= 10 and percent <= 19:
        return f"small, a {random.choice(nouns)}"
    elif percent >= 20 and percent <= 49:
        return f"medium, a {random.choice(nouns)}"
    elif percent >= 50 and percent <= 79:
        return f"large, a {random.choice(nouns)}"
    elif percent >= 80 and percent <= 100:
        return f"extra large, a {random.choice(nouns)}"


def largest(part):
    counts = Counter(part.reshape(-1).tolist())
    counts.pop(0, None)
    best = sorted(counts.items(), key=lambda pair: (-pair[1], -pair[0]))[:3]
    return [index for index, n in best if n >= 20], {index: n / sum(counts.values()) for index, n in best}


def describe(labels):
    found, extents = {}, {}
    for place, part in corners(labels).items():
        best, share = largest(part)
        found[place] = best
        extents[place] = [extent(int(round(share[index], 2) * 100)) for index in best]
    text = ""
    for place, best in found.items():
        words = extents[place]
        text += "* %s has " % place
        if len(best) == 1:
            text += f"{NAMES[best[0]]} [{words[0]}]!\n"
        if len(best) == 2:
            text += f"{NAMES[best[0]]} [{words[0]}] & {NAMES[best[1]]} [{words[1]}]!\n"
        if len(best) == 3:
            text += f"{NAMES[best[0]]} [{words[0]}]; {NAMES[best[1]]} [{words[1]}]"
            text += f"; then {NAMES[best[2]]} [{words[2]}]!\n"
    return text


def generate_captions(paths, maps):
    prompts = []
    for labels in maps:
        prompt = "Here is été: "
        prompt += everything(labels) + "\n\n" + describe(labels)
        prompt += "Go."
        prompts.append(prompt)
    first = {"messages": [{"role": "system", "content": RULES}, {"role": "user", "content": prompts[0]}]}
    second = {"messages": [{"role": "system", "content": RULES}, {"role": "user", "content": prompts[1]}]}
    third = {"messages": [{"role": "system", "content": RULES}, {"role": "user", "content": prompts[2]}]}
    fourth = {"messages": [{"role": "system", "content": RULES}, {"role": "user", "content": prompts[3]}]}
    for request in (first, second, third, fourth):
        requests.post("http://127.0.0.1", json=request)
"""

SCRIPT_4V = r"""
import base64
import io
from collections import Counter

import numpy as np
import requests
from PIL import Image

NAMES = ["nothing", "water", "developed", "tree", "shrub", "grass", "crop", "bare", "snow", "wetland", "mangroves",
         "moss"]


def corners(labels):
    return {
        "top left corner": labels[:128, :128], "top right corner": labels[:128, 128:],
        "bottom left corner": labels[128:, :128], "bottom right corner": labels[128:, 128:],
        "middle square": labels[64:192, 64:192],
    }


def by_class(labels):
    text = ""
    for index, n in Counter(labels.reshape(-1).tolist()).items():
        if index == 0:
            continue
        line = f"{NAMES[index]} ->"
        for place, part in corners(labels).items():
            line += f" ({place}: {np.count_nonzero(part == index) / 16384:.2%})"
        text += line + "\n"
    return text


def by_part(labels):
    parts = {
        "top_left": labels[:128, :128], "top_right": labels[:128, 128:],
        "bottom_left": labels[128:, :128], "bottom_right": labels[128:, 128:],
        "middle": labels[64:192, 64:192],
    }
    text = ""
    for place, part in parts.items():
        kinds, counts = np.unique(part, return_counts=True)
        text += place + " ="
        for index in np.argsort(-counts, kind="stable"):
            if kinds[index] == 0:
                continue
            text += " %s %.2f," % (NAMES[kinds[index]], counts[index] / 16384)
        text += "|"
    return text


def encode(path):
    data = io.BytesIO()
    Image.fromarray(np.array(Image.open(path))[::2, ::2]).save(data, format="PNG")
    return base64.b64encode(data.getvalue()).decode()


def generate_captions(paths, maps):
    prompt = "Colours are as in a legend with 100 % of {classes}. "
    prompt += "Picture A, kinds: " + by_class(maps[0]) + "Picture A, places: " + by_part(maps[0])
    prompt += "Picture B, kinds: " + by_class(maps[1]) + "Picture B, places: " + by_part(maps[1])
    prompt += "Picture C, kinds: " + by_class(maps[2]) + "Picture C, places: " + by_part(maps[2])
    prompt += "Picture D, kinds: " + by_class(maps[3]) + "Picture D, places: " + by_part(maps[3])
    prompt += "\nNow write."
    requests.post("http://127.0.0.1", json={"messages": [{"role": "user", "content": [
        {"type": "text", "text": prompt},
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{encode(paths[0])}"}},
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{encode(paths[1])}"}},
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{encode(paths[2])}"}},
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{encode(paths[3])}"}},
    ]}]})
"""
