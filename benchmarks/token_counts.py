"""Tokens by the rule of ``captioners/token_counts.py`` beside the encoding o200k_base itself: error and time.

Run with ``python benchmarks/token_counts.py``; it needs the extra ``tokens``. The texts are the prompts of the 60 label
maps of ``tests/data``, in both styles and with four maps; the captions of ``tests/data``; a prompt with short sentences
of its own; and one paragraph in eight other languages, written for this. cl100k_base stands for the encoding of another
model: ``captioners/usage.py`` derives its bounds from that line.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import bpe_openai

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from data.label_maps import label_map
from machine import describe

from chatearthnet_explorer.captioners.token_counts import count_by_rule
from chatearthnet_explorer.prompts.prompt import prompt_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from chatearthnet_explorer.caption import Style

DATA = Path(__file__).parents[1] / "tests" / "data"
SHORTEST = 150  # characters of a text in the files of captions that is a caption

TERSE = """
style = "3.5"
system = "Describe the land cover in one paragraph. No guesses."
user = "$overall\\n$parts"
part = "$part: $amounts"
empty_part = "$part: none"
amount = "$class $size $noun $percent %"
"""

LANGUAGES = {
    "German": "Das Bild zeigt überwiegend Wald. Oben links liegen große Waldflächen und etwas Grünland, unten rechts "
    "überwiegen Äcker, und in der Mitte finden sich kleine Siedlungsflächen und Gewässer. Beschreiben Sie die Teile in "
    "der angegebenen Reihenfolge in einem Absatz.",
    "French": "L'image montre surtout des forêts. En haut à gauche s'étendent de grands bois et quelques prairies ; en "
    "bas à droite dominent les cultures, et au centre se trouvent de petites zones bâties et des étendues d'eau. "
    "Décrivez les parties dans l'ordre donné, en un seul paragraphe.",
    "Spanish": "La imagen muestra sobre todo bosques. Arriba a la izquierda hay grandes bosques y algunos pastizales; "
    "abajo a la derecha predominan los cultivos, y en el centro hay pequeñas zonas urbanizadas y agua. Describa las "
    "partes en el orden dado, en un solo párrafo.",
    "Russian": "На снимке видны прежде всего леса. Вверху слева обширные леса и немного лугов; "  # noqa: RUF001 - Cyrillic
    "внизу справа преобладают пашни, а в центре расположены небольшие участки застройки и воды. "  # noqa: RUF001 - likewise
    "Опишите части в указанном порядке.",
    "Chinese": "图像显示的主要是林地。左上角有大片森林和一些草地;右下角以农田为主,中间有小片建成区和水体。"
    "请按给定顺序用一段话描述各个部分。",
    "Japanese": "画像には主に森林が写っています。左上には広い森林と少しの草地があり、右下は農地が優勢で、"
    "中央には小さな市街地と水域があります。与えられた順序で各部分を一つの段落で説明してください。",
    "Hindi": "यह चित्र मुख्यतः वन दिखाता है। ऊपर बाईं ओर बड़े वन और कुछ घास के मैदान हैं; नीचे दाईं ओर खेत अधिक हैं और "
    "बीच में छोटे आबादी वाले क्षेत्र और पानी हैं। दिए गए क्रम में भागों का वर्णन एक अनुच्छेद में करें।",
    "Arabic": "تُظهر الصورة غابات في الغالب. في أعلى اليسار غابات واسعة وبعض المراعي، وفي أسفل اليمين تسود الحقول، "
    "وفي الوسط مناطق عمرانية صغيرة ومياه. صف الأجزاء بالترتيب المعطى في فقرة واحدة.",
}


def main() -> None:
    """Print the figures."""
    start = time.perf_counter()
    encoding, other = (bpe_openai.get_encoding(name) for name in ("o200k_base", "cl100k_base"))
    loading = time.perf_counter() - start
    texts = {
        "prompts, style 3.5": prompts(style="3.5"),
        "prompts, style 4v": prompts(style="4v"),
        "prompts, 4v, four maps": prompts(style="4v", siblings=3),
        "prompts, short sentences": terse_prompts(),
        "captions, close to prompts": captions("written_captions.json"),
        "captions, many authors": captions("many_authors.json"),
        **{name: [text] for name, text in LANGUAGES.items()},
    }
    print(describe("bpe-openai"))
    print(f"{'':28}{'texts':>6}{'tokens':>14}{'error of the rule':>28}{'cl100k_base / o200k_base':>28}")
    for name, some in texts.items():
        counts = [len(encoding.encode_ordinary(text)) for text in some]
        errors = [100 * (count_by_rule(text) / count - 1) for text, count in zip(some, counts, strict=True)]
        ratios = [len(other.encode_ordinary(text)) / count for text, count in zip(some, counts, strict=True)]
        print(
            f"{name:28}{len(some):>6}{f'{min(counts)} to {max(counts)}':>14}  "
            f"{f'{min(errors):+.0f} to {max(errors):+.0f} %, mean {statistics.mean(errors):+.1f} %':>26}"
            f"{f'{min(ratios):.2f} to {max(ratios):.2f}':>28}"
        )
    longest = max(texts["prompts, style 4v"], key=len)
    print(f"a prompt of {len(longest):,} characters: rule {milliseconds(count_by_rule, longest):.3f} ms, ", end="")
    print(f"encoding {milliseconds(encoding.encode_ordinary, longest):.3f} ms; loading both encodings {loading:.2f} s")


def prompts(*, style: Style, siblings: int = 0, wording: Path | None = None) -> list[str]:
    """Return the words of the prompts of the label maps."""
    results = (
        prompt_for(*(label_map(seed + more) for more in range(siblings + 1)), style=style, wording=wording)
        for seed in range(60)
    )
    return [prompt.system + prompt.user for prompt in results]


def terse_prompts() -> list[str]:
    """Return prompts with sentences of another wording file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "terse.toml"
        path.write_text(TERSE, "utf-8")
        return prompts(style="3.5", wording=path)


def captions(name: str) -> list[str]:
    """Return the captions in a file of ``tests/data``."""
    return list(strings(json.loads((DATA / name).read_text("utf-8"))))


def strings(content: object) -> Iterator[str]:
    """Yield the long texts in a JSON value."""
    if isinstance(content, str) and len(content) > SHORTEST:
        yield content
    for child in content.values() if isinstance(content, dict) else content if isinstance(content, list) else ():
        yield from strings(child)


def milliseconds(count: Callable[[str], object], text: str) -> float:
    """Return the median time of a call."""
    durations = []
    for _ in range(200):
        start = time.perf_counter()
        count(text)
        durations.append(1000 * (time.perf_counter() - start))
    return statistics.median(durations)


if __name__ == "__main__":
    main()
