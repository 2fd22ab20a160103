"""Licences of what the app installs: none that would bind this MIT project, none that nobody knows."""

from __future__ import annotations

import json
from importlib.metadata import Distribution
from typing import TYPE_CHECKING

import pytest
from PIL import features
from rig.licences import objection, required_packages, requirements_of

if TYPE_CHECKING:
    from pathlib import Path

LOOKED_AT = {
    "pillow": "Its bill of materials lists libimagequant (GPL) as optional; its wheels are built without it.",
}
"""Distributions with an objection, and why they are allowed all the same. Keep it short."""

GPL_TEXT = "                    GNU GENERAL PUBLIC LICENSE\n                       Version 3, 29 June 2007\n"
MIT_TEXT = "Copyright 2026\n\nPermission is hereby granted, free of charge, to any person\nobtaining a copy of this"


@pytest.mark.parametrize("extra", ["app", "lab"])
def test_no_distribution_binds_this_project_or_hides_its_licence(extra: str) -> None:
    distributions = required_packages(requirements_of(extra))
    missing = [name for name, one in distributions.items() if one is None]
    if missing:
        pytest.skip(f"the extra {extra} is not installed in full: {', '.join(sorted(missing))}")
    wrong = {name: reason for name, one in distributions.items() if one and (reason := objection(one))}
    assert {name: reason for name, reason in wrong.items() if name not in LOOKED_AT} == {}
    assert set(LOOKED_AT) <= set(wrong), "Take those from the list that need no exception any more."
    # of what it reaches: direct, through an extra of ours, and through others
    assert {"numpy", "panel", "filelock", "tornado", "async-tiff"} <= set(distributions)
    weighty = {"leafmap", "jupyterlab", "geopandas", "pyarrow", "duckdb", "dask"}
    assert weighty & set(distributions) == (weighty if extra == "lab" else set())


def test_pillow_is_built_without_the_library_it_is_excused_for() -> None:
    assert not features.check_feature("libimagequant")


def test_test_extra_shows_that_gpl_is_noticed() -> None:
    one = required_packages(["krippendorff"])["krippendorff"]
    assert one is not None
    assert objection(one) == "is under GPL-3.0-or-later"


@pytest.mark.parametrize(
    ("metadata", "files", "expected"),
    [
        ("License-Expression: MIT", {}, ""),
        ("License-Expression: MPL-2.0 AND MIT", {}, ""),
        ("License-Expression: LGPL-2.1-or-later", {}, ""),
        ("License-Expression: GPL-2.0-only OR MIT", {}, ""),
        ("License-Expression: (GPL-2.0-only OR MIT) AND BSD-3-Clause", {}, ""),
        ("License-Expression: GPL-3.0-or-later WITH GCC-exception-3.1 AND MIT", {}, ""),
        ("License: BSD\nClassifier: License :: OSI Approved :: BSD License", {}, ""),
        ("License: UNKNOWN\nClassifier: License :: OSI Approved :: ISC License (ISCL)", {}, ""),
        ("Classifier: License :: OSI Approved", {"licenses/LICENSE": MIT_TEXT}, ""),
        (
            "Classifier: License :: OSI Approved :: GNU Lesser General Public License v3 (LGPLv3)",
            {},
            "",
        ),
        (
            "",
            {"sboms/one.json": json.dumps({"metadata": {"component": {"licenses": [{"expression": "MIT"}]}}})},
            "",
        ),
        ("License-Expression: GPL-3.0-only", {}, "is under GPL-3.0-only"),
        ("License-Expression: MIT AND AGPL-3.0-only", {}, "is under MIT AND AGPL-3.0-only"),
        ("License-Expression: MIT AND (AGPL-3.0-only OR SSPL-1.0)", {}, "is under MIT AND (AGPL-3.0-only OR SSPL-1.0)"),
        ("License: GPLv2+", {}, "is under GPLv2+"),
        ("License: GNU Affero General Public License", {}, "is under GNU Affero General Public License"),
        (
            "License: MIT\nClassifier: License :: OSI Approved :: GNU General Public License v3 (GPLv3)",
            {},
            "is under GNU General Public License v3 (GPLv3)",
        ),
        ("License-Expression: MIT", {"LICENSE.txt": GPL_TEXT}, "has GNU GENERAL PUBLIC LICENSE in one-1.dist-info"),
        (
            "License-Expression: MIT",
            {"licenses/LICENSE": f"{MIT_TEXT}\n\nName: a library\nLicense: GPL-2.0-only\n"},
            "has GPL-2.0-only in one-1.dist-info",
        ),
        (
            "License-Expression: MIT",
            {"sboms/one.json": json.dumps({"components": [{"licenses": [{"license": {"id": "AGPL-3.0-only"}}]}]})},
            "has AGPL-3.0-only in one-1.dist-info",
        ),
        ("", {}, "states no licence"),
        ("License: UNKNOWN", {"LICENSE": "All rights reserved."}, "states no licence"),
        ("License-Expression: CC-BY-NC-4.0", {}, "states CC-BY-NC-4.0, which nobody has looked at"),
        (
            "License-Expression: MIT AND LicenseRef-Ours",
            {},
            "states MIT AND LicenseRef-Ours, which nobody has looked at",
        ),
        (
            "",
            {"sboms/one.json": json.dumps({"components": [{"licenses": [{"expression": "MIT"}]}]})},
            "states no licence",
        ),
        ("License: Other/Proprietary", {}, "states Other/Proprietary, which nobody has looked at"),
    ],
)
def test_reads_every_place_where_a_licence_stands(
    tmp_path: Path, metadata: str, files: dict[str, str], expected: str
) -> None:
    folder = tmp_path / "one-1.dist-info"
    for name, text in {**files, "METADATA": f"Metadata-Version: 2.4\nName: one\nVersion: 1\n{metadata}\n\n"}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    (folder / "RECORD").write_text("".join(f"one-1.dist-info/{name},,\n" for name in files), "utf-8")
    message = objection(Distribution.at(folder))
    assert message.startswith(expected) if expected else message == ""


def test_follows_requirements_by_marker_and_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    needs = {
        "top": ["middle[more]", 'never; python_version < "3"'],
        "middle": ['deep; extra == "more"', 'other; extra == "less"'],
        "deep": ["top"],
    }
    for name, lines in needs.items():
        folder = tmp_path / f"{name}-1.dist-info"
        folder.mkdir()
        requirements = "".join(f"Requires-Dist: {line}\n" for line in lines)
        (folder / "METADATA").write_text(f"Metadata-Version: 2.4\nName: {name}\nVersion: 1\n{requirements}\n", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    assert set(required_packages(["Top>=1", "absent"])) == {"top", "middle", "deep", "absent"}
    assert required_packages(["absent"]) == {"absent": None}
