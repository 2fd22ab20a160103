"""The registry of plugins: names, refusals, replacement, and checks that are added by code."""

from __future__ import annotations

import logging
from importlib.metadata import EntryPoint
from typing import TYPE_CHECKING

import pytest
from data.label_maps import label_map

from chatearthnet_explorer.caption import Caption
from chatearthnet_explorer.captioners import (
    captioner_names,
    open_captioner,
    register_captioner,
    unregister_captioner,
    usable_captioners,
)
from chatearthnet_explorer.catalog.audit_findings import MOST_CHECKS
from chatearthnet_explorer.errors import SettingError
from chatearthnet_explorer.landcover.shares import count_pixels
from chatearthnet_explorer.pipeline import caption_at
from chatearthnet_explorer.plugins import Registry, builtin, needs_factory, one_line
from chatearthnet_explorer.plugins import registry as registry_module
from chatearthnet_explorer.review.added_checks import MOST_ADDED, failure_of, run_added
from chatearthnet_explorer.review.checks import (
    CHECKS,
    all_checks,
    judge_caption,
    register_check,
    score,
    unregister_check,
)
from chatearthnet_explorer.review.finding import ALL, CAPTION, LABELS, Check, Finding
from chatearthnet_explorer.sources import open_source, register_source, source_names, unregister_source
from chatearthnet_explorer.testing.contracts import check_captioner

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chatearthnet_explorer.review.checked_caption import Case

TEXT = "The image is dominated by trees. A small amount of grass lies in the top left."


class Echo:
    """Repeats the prompt."""

    name = "echo"
    free = True

    def __init__(self, *, model: str | None = None) -> None:
        self.model = model

    def caption(self, prompt: object, _chip: object) -> Caption:
        return Caption(
            text=prompt.user, captioner="echo", style=prompt.style, prompt_id=prompt.id, input_summary="the prompt"
        )  # type: ignore[attr-defined]


@pytest.fixture
def _clean() -> Iterator[None]:
    yield
    for name in captioner_names():
        unregister_captioner(name)
    for name in source_names():
        unregister_source(name)
    for name in all_checks():
        unregister_check(name)


def registry(most: int | None = None) -> Registry:
    own = builtin("captioners.template:TemplateCaptioner", "template", "Own", "Own.", needs_service=False)
    return Registry("captioner", (own,), verify=needs_factory("caption"), reserved_names=("release",), most=most)


def finds_trees(case: Case) -> Iterator[Finding]:
    start = case.text.find("trees")
    if start >= 0:
        yield Finding("mentions trees", "It mentions trees.", start=start, end=start + 5)


def check_of(id_: str = "mentions trees", **changes: object) -> Check:
    fields = {"description": "It mentions trees.", "needs": CAPTION, "weight": 1, "find": finds_trees}
    return Check(id_, **{**fields, **changes})  # type: ignore[arg-type]


@pytest.mark.usefixtures("_clean")
def test_registered_captioner_is_opened_by_name_with_options_of_its_signature() -> None:
    register_captioner("echo", Echo, label="An echo")
    assert captioner_names() == ("template", "chat", "vision", "echo")
    captioner = open_captioner("echo", model="mine", base_url="https://example.org/v1", token_limit=99)
    assert captioner.model == "mine"  # type: ignore[attr-defined]
    plugin = usable_captioners()[-1]
    assert (plugin.label, plugin.description, plugin.needs_service) == ("An echo", "Repeats the prompt.", False)
    result = caption_at(6.73, 0.336, source="simulated", captioner="echo")
    assert result.caption is not None
    assert result.caption.text == result.prompt.user  # type: ignore[union-attr]
    assert result.caption.byline == "Written by echo, in the style of GPT-3.5"


@pytest.mark.usefixtures("_clean")
def test_registering_again_replaces_and_unregistering_removes() -> None:
    register_captioner("echo", Echo)
    register_captioner("echo", lambda: Echo(model="second"))
    assert open_captioner("echo").model == "second"  # type: ignore[attr-defined]
    unregister_captioner("echo")
    with pytest.raises(SettingError, match="There is no captioner 'echo'; choose one of template, chat, vision"):
        open_captioner("echo")
    unregister_captioner("template")
    assert "template" in captioner_names()


@pytest.mark.usefixtures("_clean")
def test_registered_source_is_opened_by_name() -> None:
    class Elsewhere:
        name = "elsewhere"

        def __init__(self, settings: object) -> None:
            self.settings = settings

        def chip_at(self, lon: float, lat: float, **options: object) -> object:
            return open_source("simulated").chip_at(lon, lat, **options)  # type: ignore[arg-type]

    register_source("elsewhere", Elsewhere)
    assert source_names()[-1] == "elsewhere"
    assert open_source("elsewhere").settings is not None  # type: ignore[attr-defined]
    assert caption_at(6.73, 0.336, source="elsewhere").caption is not None


@pytest.mark.parametrize(
    "name",
    [
        "",
        "a" * 41,
        "<b>x</b>",
        "a\nb",
        "a\x1b[31m",
        "\u202ea",
        "-dash",
        "dash-",
        " a",
        "a/b",
        "template",
        "release",
        7,
        None,
    ],
)
def test_refuses_unusable_and_foreign_names(name: object) -> None:
    with pytest.raises(SettingError) as error_info:
        registry().register(name, Echo)  # type: ignore[arg-type]
    assert str(error_info.value).endswith(".")
    assert str(error_info.value).isprintable()


@pytest.mark.parametrize("name", ["a", "a" * 40, "A b.c_d-9"])
def test_accepts_usual_names(name: str) -> None:
    own = registry()
    own.register(name, Echo)
    assert own.names() == ("template", name)


@pytest.mark.parametrize("factory", [7, None, "text", type("Empty", (), {})])
def test_refuses_what_makes_no_captioner(factory: object) -> None:
    with pytest.raises(SettingError, match="was not registered"):
        registry().register("x", factory)


@pytest.mark.parametrize("thing", [7, object(), type("Nameless", (), {"caption": print})()])
def test_open_captioner_refuses_objects_without_name_or_method(thing: object) -> None:
    with pytest.raises(SettingError, match="needs a name and a method caption"):
        open_captioner(thing)  # type: ignore[arg-type]


def test_contract_explains_that_a_text_is_no_caption() -> None:
    texting = type("Texting", (), {"name": "texting", "caption": lambda *_: "Trees."})()
    with pytest.raises(AssertionError, match=r"^The method caption\(\) returned str and no Caption\.$"):
        check_captioner(texting)


def test_refuses_more_than_its_limit() -> None:
    own = registry(most=2)
    own.register("one", Echo)
    own.register("two", Echo)
    with pytest.raises(SettingError, match="at most 2 can be added"):
        own.register("three", Echo)
    own.register("two", Echo)  # replaces its own


def test_first_package_by_name_keeps_a_name_and_each_problem_is_logged_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    points = [
        EntryPoint("echo", "no_module_of_this_name:X", "g"),
        EntryPoint("echo", "collections:OrderedDict", "g"),
        EntryPoint("te\x1bst", "collections:OrderedDict", "g"),
    ]
    monkeypatch.setattr(registry_module, "entry_points", lambda **_: points)
    own = registry()
    assert own.names() == ("template", "echo")
    assert caplog.records == []
    for _ in range(2):
        assert [plugin.name for plugin in own.usable()] == ["template"]
    sentences = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert len(sentences) == len(set(sentences)) == len(own.problems) == 3
    assert all(sentence.isprintable() and sentence.endswith(".") for sentence in sentences)
    with pytest.raises(SettingError, match="ModuleNotFoundError"):
        own.get("echo")


def test_one_line_is_printable_and_bounded() -> None:
    assert one_line("a\n\x1b[31m b\u202e", 20) == "a [31m b"
    assert len(one_line("x" * 500, 60)) == 60
    assert one_line("x" * 60, 60) == "x" * 60


def test_added_checks_and_built_in_ones_fill_the_bits_of_a_catalog() -> None:
    assert len(CHECKS) + MOST_ADDED == MOST_CHECKS


@pytest.mark.usefixtures("_clean")
def test_registered_check_finds_and_scores() -> None:
    before = judge_caption(TEXT, style="3.5").findings
    register_check(check_of(weight=3))
    findings = judge_caption(TEXT, style="3.5").findings
    assert findings[: len(before)] == before
    assert findings[len(before) :] == (Finding("mentions trees", "It mentions trees.", start=26, end=31),)
    assert score(findings) == score(before) + 3
    assert judge_caption(TEXT, style="3.5", extra_checks=()).findings == before
    assert list(all_checks())[: len(CHECKS)] == list(CHECKS)


@pytest.mark.usefixtures("_clean")
def test_seventh_check_is_refused() -> None:
    for number in range(MOST_ADDED):
        register_check(check_of(f"check {number}"))
    with pytest.raises(SettingError, match=f"at most {MOST_ADDED} can be added to the built-in ones"):
        register_check(check_of("one more"))
    assert len(all_checks()) == MOST_CHECKS


@pytest.mark.parametrize(
    "changes",
    [
        {"needs": ALL},
        {"needs": "nothing"},
        {"weight": 0},
        {"weight": 4},
        {"find": None},
        {"description": "no full stop"},
        {"description": "two\nlines."},
        {"description": f"{'x' * 200}."},
        {"description": 7},
    ],
)
def test_refuses_malformed_check(changes: dict[str, object]) -> None:
    with pytest.raises(SettingError, match="was not registered: it cannot be used"):
        register_check(check_of(**changes))


@pytest.mark.parametrize("id_", ["none", "empty", "hallucinated", "<i>", "-x"])
def test_refuses_id_of_another_check(id_: str) -> None:
    with pytest.raises(SettingError, match="was not registered"):
        register_check(check_of(id_))


@pytest.mark.parametrize(
    "finding",
    [
        7,
        None,
        Finding("hallucinated", "Another's."),
        Finding("mentions trees", "x", land="<b>"),
        Finding("mentions trees", "x", part="centre"),
        Finding("mentions trees", "x", start=0, end=len(TEXT) + 1),
        Finding("mentions trees", "x", start=5, end=4),
        Finding("mentions trees", "x", figure=float("nan")),
    ],
)
def test_malformed_finding_is_a_failure_of_its_check_alone(finding: object) -> None:
    bad = check_of(find=lambda _: [finding])
    findings, failures = run_added(
        [bad, check_of("other", find=lambda _: [Finding("other", "y")])], None, length=len(TEXT)
    )
    assert findings == [Finding("other", "y")]
    assert failures == [failure_of("mentions trees")]


def test_evidence_is_one_printable_line() -> None:
    check = check_of(find=lambda _: [Finding("mentions trees", "a\n\x1b[1m" + "b" * 900)])
    ((finding,), failures) = run_added([check], None)
    assert finding.evidence.isprintable()
    assert len(finding.evidence) == 300
    assert not failures


@pytest.mark.usefixtures("_clean")
def test_failing_check_leaves_the_other_findings(caplog: pytest.LogCaptureFixture) -> None:
    def fail(_case: Case) -> list[Finding]:
        raise ZeroDivisionError

    register_check(check_of(needs=LABELS, find=fail))
    counts = count_pixels(label_map(1))
    result = judge_caption(TEXT, style="3.5", counts=counts)
    assert result.findings == judge_caption(TEXT, style="3.5", counts=counts, extra_checks=()).findings
    assert result.skip_reason == failure_of("mentions trees")
    assert "ZeroDivisionError" in caplog.text
    # without labels it is not run
    assert "failed" not in judge_caption(TEXT, style="3.5").skip_reason
