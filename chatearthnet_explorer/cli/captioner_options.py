"""The options that choose a captioner, its model and its service: the same in every command."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chatearthnet_explorer.captioners import captioner_names, open_writer
from chatearthnet_explorer.captioners.service.model_service import EFFORTS
from chatearthnet_explorer.prompts.picture_prompt import IMAGES
from chatearthnet_explorer.writer import Writer

if TYPE_CHECKING:
    import argparse

    from chatearthnet_explorer.captioners import Captioner


def add_captioner_to(parser: argparse.ArgumentParser) -> None:
    """Add the options of one captioner and of its service."""
    parser.add_argument("--captioner", choices=captioner_names(), default="template", help="who writes the captions")
    parser.add_argument("--model", help="model to ask, for chat and vision")
    add_service_to(parser)


def add_service_to(parser: argparse.ArgumentParser) -> None:
    """Add the options of a service and of what a model is sent."""
    parser.add_argument("--base-url", help="address of an OpenAI-compatible service (OPENAI_BASE_URL)")
    parser.add_argument("--token-limit", type=int, metavar="N", help="tokens a model may write, thinking included")
    parser.add_argument("--reasoning-effort", choices=EFFORTS, help="how long a model may think")
    parser.add_argument(
        "--image",
        type=lambda text: text.replace("-", " "),  # as in a contender of bench-captioner: true-colour
        choices=IMAGES,
        help="pictures that vision is sent, instead of those of the style",
    )


def captioner_of(options: argparse.Namespace) -> Captioner:
    """Return the captioner that options choose.

    Raises:
        SettingError: If one of them cannot be used.
    """
    return open_writer(writer_of(options, captioner=options.captioner, model=options.model or ""))


def writer_of(options: argparse.Namespace, **values: Any) -> Writer:
    """Return the writer with the options of ``add_service_to``, and other values by name."""
    return Writer(
        base_url=options.base_url or "",
        image=options.image or "",
        token_limit=options.token_limit,
        reasoning_effort=options.reasoning_effort or "",
        **values,
    )
