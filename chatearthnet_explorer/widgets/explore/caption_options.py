"""What a person can choose: style, year, source, captioner, scene, seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets
import traitlets

from chatearthnet_explorer.captioners import CAPTIONERS, IMAGES
from chatearthnet_explorer.captioners.service.model_service import EFFORTS, TOKEN_LIMITS
from chatearthnet_explorer.prompts.wording import STYLES
from chatearthnet_explorer.sources import SOURCES, YEARS
from chatearthnet_explorer.widgets.shared.key_field import KeyField

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatearthnet_explorer.sources.stac.scenes import SceneInfo

_CAPTIONERS = {
    "template": "No model, no key",
    "chat": "A chat model",
    "vision": "A vision model",
}
_SOURCES = {"auto": "Automatic", "stac": "Sentinel-2 (online)", "simulated": "Simulated (offline)"}
_IMAGES = {"labels": "Label map, as GPT-4V was", "true colour": "Satellite picture"}
_KEY = (
    "<div class='cen-note'>A key typed here goes to the service above, stays in memory until this page is closed, and "
    "is not saved with a notebook. Without one, the key of <code>OPENAI_API_KEY</code> goes to the address of "
    "<code>OPENAI_BASE_URL</code> or OpenAI's own, and to no other that is typed here.</div>"
)


class Switches(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets has no types
    """Every choice beside the place, each a trait."""

    style = traitlets.Enum(STYLES, default_value="3.5")
    """Style of the prompt."""

    year = traitlets.Enum(YEARS, default_value=YEARS[0])
    """Year of labels and scene."""

    source = traitlets.Enum(SOURCES, default_value="auto")
    """Where chips come from."""

    captioner = traitlets.Enum(CAPTIONERS, default_value="template")
    """Who writes the caption."""

    seed = traitlets.Int(0)
    """Seed of the words a 3.5 prompt draws."""

    model = traitlets.Unicode()
    """Identifier of the model to ask; empty for the project's choice."""

    base_url = traitlets.Unicode()
    """Address of an OpenAI-compatible service; empty for ``OPENAI_BASE_URL`` or OpenAI's own."""

    image = traitlets.Enum(IMAGES, default_value=IMAGES[0])
    """What a vision model is shown."""

    token_limit = traitlets.Int(0)
    """Tokens that a model may write, thinking included; 0 for as many as the style allows."""

    effort = traitlets.Enum(("", *EFFORTS), default_value="")
    """How long a model is to think; empty to leave that to the model."""

    scene = traitlets.Unicode()
    """Identifier of the scene to take; empty for the least cloudy."""

    scenes = traitlets.Tuple()
    """``SceneInfo`` objects to choose from."""

    def __init__(
        self,
        *,
        sources: Sequence[str] = SOURCES,
        captioners: Sequence[str] = CAPTIONERS,
        choose_service: bool = True,
    ) -> None:
        """Offer some sources and captioners.

        Args:
            sources: Names of ``sources.SOURCES`` to choose from; none where an object was handed in.
            captioners: Names of ``captioners.CAPTIONERS``, likewise.
            choose_service: Whether a person may choose model, address, key, token limit and effort.
        """
        self._offering = False
        self.sources, self.captioners = tuple(sources), tuple(captioners)
        style = ipywidgets.ToggleButtons(
            options=[("GPT-3.5 style", "3.5"), ("GPT-4V style", "4v")],
            tooltips=["One paragraph, from the facts", "Longer, from the coloured label map and the facts"],
            style={"button_width": "auto"},
        )
        year = ipywidgets.ToggleButtons(options=[(str(year), year) for year in YEARS], style={"button_width": "auto"})
        source = ipywidgets.Dropdown(options=[(_SOURCES[name], name) for name in sources])
        captioner = ipywidgets.Dropdown(options=[(_CAPTIONERS[name], name) for name in captioners])
        seed = ipywidgets.BoundedIntText(min=0, max=9999, tooltip="Another seed draws other words for the shares")
        model = ipywidgets.Text(placeholder="the project's choice", continuous_update=False)
        base_url = ipywidgets.Text(placeholder="OPENAI_BASE_URL, or OpenAI's own", continuous_update=False)
        image = ipywidgets.Dropdown(options=[(_IMAGES[name], name) for name in IMAGES])
        limit = ipywidgets.BoundedIntText(
            min=0, max=TOKEN_LIMITS[1], tooltip="0: 300 in GPT-3.5 style, 1,200 in GPT-4V's"
        )
        effort = ipywidgets.Dropdown(options=[("as long as the model likes", ""), *((name, name) for name in EFFORTS)])
        self.key_field = KeyField()
        """Where a key is typed."""
        self._scene = ipywidgets.Dropdown(options=[("the least cloudy", "")])
        super().__init__(layout={"width": "100%"})
        for name, widget in (
            *(("style", style), ("year", year), ("seed", seed), ("image", image)),
            *(
                (("model", model), ("base_url", base_url), ("token_limit", limit), ("effort", effort))
                if choose_service
                else ()
            ),
            *((("source", source),) if sources else ()),
            *((("captioner", captioner),) if captioners else ()),
        ):
            traitlets.link((self, name), (widget, "value"))
        self._scene_row = _labelled("Scene", self._scene)
        more = [_labelled("Seed", seed)]
        if any(name != "template" for name in captioners):
            more += [_labelled("Shown to vision", image)]
            if choose_service:
                traitlets.dlink((self, "base_url"), (self.key_field, "base_url"))
                more += [_labelled("Model", model), _labelled("Service", base_url), _labelled("Key", self.key_field)]
                more += [
                    _labelled("Token limit, 0 for the usual", limit),
                    _labelled("Thinking", effort),
                    ipywidgets.HTML(_KEY),
                ]
        advanced = _row(*more)
        unfold = ipywidgets.ToggleButton(description="More …", tooltip="Seed, model, service", layout={"width": "auto"})
        unfold.observe(lambda change: _show(advanced, shown=change["new"]), "value")
        _show(advanced, shown=False)
        self.where = _row(*([_labelled("Source", source)] if sources else []), _labelled("Year", year), self._scene_row)
        """The choices of a chip."""
        self.how = ipywidgets.VBox(
            [
                _row(
                    _labelled("Style", style),
                    *([_labelled("Caption by", captioner)] if len(captioners) > 1 else []),
                    unfold,
                ),
                advanced,
            ]
        )
        """The choices of a caption."""
        self.how.add_class("cen-how")
        self.children = (self.where, self.how)
        self._scene.observe(self._scene_chosen, "value")
        self._offer(None)

    def _scene_chosen(self, change: dict[str, str]) -> None:
        if not self._offering:
            self.scene = change["new"]

    @traitlets.observe("scenes")
    def _offer(self, _change: object) -> None:
        chosen = self.scene
        by_date = sorted(self.scenes, key=lambda scene: scene.acquired)
        known = {scene.id for scene in by_date}
        self._offering = True
        self._scene.options = [("the least cloudy", ""), *((_told(scene), scene.id) for scene in by_date)]
        self._scene.value = chosen if chosen in known else ""
        self._offering = False
        self.scene = self._scene.value
        _show(self._scene_row, shown=bool(self.scenes))


def _told(scene: SceneInfo) -> str:
    clouds = "" if scene.cloud_share is None else f", {100 * scene.cloud_share:.0f} % cloudy"
    return f"{scene.acquired:%d %B %Y}{clouds}"


def _show(widget: ipywidgets.Widget, *, shown: bool) -> None:
    widget.layout.display = "" if shown else "none"


def _labelled(label: str, widget: ipywidgets.Widget) -> ipywidgets.HBox:
    widget.layout.width = "auto"
    name = ipywidgets.HTML(f"<span class='cen-label'>{label}</span>")
    return ipywidgets.HBox([name, widget], layout={"align_items": "center", "margin": "0 12px 0 0"})


def _row(*widgets: ipywidgets.Widget) -> ipywidgets.HBox:
    return ipywidgets.HBox(widgets, layout={"flex_flow": "row wrap", "align_items": "center"})
