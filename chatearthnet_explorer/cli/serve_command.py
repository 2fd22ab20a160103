"""The commands `serve` and `lab`: the explorer in a browser, and the notebooks in JupyterLab."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from chatearthnet_explorer.cli.dollars import dollars

if TYPE_CHECKING:
    import argparse

_FIRST = "01_click_to_caption.ipynb"
_MOST_REQUESTS = 100_000


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands ``serve`` and ``lab``."""
    serve = commands.add_parser("serve", help="open the explorer in the browser")
    serve.add_argument(
        "--port", type=int, help="port on this computer: 5007 or the next free one; 0 takes any free one"
    )
    serve.add_argument("--address", default="127.0.0.1", help="address to listen at")
    serve.add_argument(
        "--catalog",
        metavar="CATALOG",
        help="catalog to browse; 'zenodo' fetches the released captions once (21 MB) and keeps them; without it "
        "those, if they were fetched, or a simulated sample",
    )
    serve.add_argument("--release", metavar="RELEASE", help="where the pictures of its pairs are")
    serve.add_argument("--no-browser", action="store_true", help="do not open a browser")
    serve.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="another name that the server answers to, as behind a proxy; NAME:PORT for one port alone; repeatable",
    )
    serve.add_argument(
        "--embed-in",
        action="append",
        default=[],
        metavar="ORIGIN",
        help="site whose pages may embed the app, such as https://example.org; repeatable",
    )
    serve.add_argument("--no-token", action="store_true", help="let anybody in who reaches the address")
    _add_models_to(serve)
    serve.set_defaults(run=_serve)
    lab = commands.add_parser("lab", help="open the notebooks in JupyterLab")
    lab.add_argument("--folder", type=Path, default=Path("chatearthnet-notebooks"), help="where to put the notebooks")
    lab.add_argument("--no-browser", action="store_true", help="do not open a browser")
    lab.set_defaults(run=_lab)


def _add_models_to(serve: argparse.ArgumentParser) -> None:
    serve.add_argument(
        "--offer-models",
        action="store_true",
        help="let visitors from elsewhere have your model asked, with your key; they cannot name another",
    )
    serve.add_argument(
        "--model-requests",
        type=_count,
        default=60,
        metavar="N",
        help="captions that a visitor may ask a model for within an hour (60); ten times that for all visitors",
    )
    serve.add_argument(
        "--cap",
        type=dollars,
        metavar="DOLLARS",
        help="US dollars that a visitor's captions may cost while the server runs; ten times that for all visitors",
    )
    serve.add_argument("--model", default="", help="model to ask")
    serve.add_argument("--base-url", default="", help="address of an OpenAI-compatible service (OPENAI_BASE_URL)")


def _count(text: str) -> int:
    number = int(text)
    if not 0 <= number <= _MOST_REQUESTS:
        raise ValueError
    return number


def _serve(options: argparse.Namespace) -> None:
    from chatearthnet_explorer.app import serve
    from chatearthnet_explorer.app.model_access import ModelOptions
    from chatearthnet_explorer.cli.progress_bar import progress
    from chatearthnet_explorer.released_catalog import NAME, fetch_catalog

    if options.catalog == NAME:  # before the server listens, with a bar that is gone then
        with progress() as report_progress:
            fetch_catalog(lambda words, share: report_progress(words, round(100 * share), 100))
    serve(
        port=options.port,
        address=options.address,
        show=not options.no_browser,
        catalog=options.catalog,
        release=options.release,
        hosts=options.allow_host,
        embedders=options.embed_in,
        ask_token=not options.no_token,
        models=ModelOptions(
            offer=options.offer_models,
            requests=options.model_requests,
            model=options.model,
            base_url=options.base_url,
            cap=options.cap,
        ),
    )


def _lab(options: argparse.Namespace) -> None:
    if find_spec("jupyterlab") is None:
        raise ModuleNotFoundError(name="jupyterlab")
    options.folder.mkdir(parents=True, exist_ok=True)
    for notebook in _notebooks().rglob("*.ipynb"):
        copy = options.folder / notebook.relative_to(_notebooks())
        copy.parent.mkdir(exist_ok=True)
        if not copy.exists():  # what somebody wrote into a copy stays
            copy.write_bytes(notebook.read_bytes())
    # the address that is printed leads to the notebook, as the browser does
    first = f"--LabApp.default_url=/lab/tree/{_FIRST}"
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={options.folder.absolute()}", first]
    if options.no_browser:
        command.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")  # in containers everybody is root; the notebooks are this package's own
    sys.stdout.flush()
    os.execv(sys.executable, command)  # noqa: S606 - our own interpreter, no shell


def _notebooks() -> Path:
    package = Path(__file__).parents[1]
    notebooks_in_wheel = package / "notebooks"  # in the wheel; beside the package in a checkout
    return notebooks_in_wheel if notebooks_in_wheel.is_dir() else package.parent / "notebooks"
