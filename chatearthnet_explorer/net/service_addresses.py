"""The table of all services that are used: hosts, addresses, collections and records."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

STAC_APIS = (
    "https://earth-search.aws.element84.com/v1#sentinel-2-c1-l2a",
    "https://earth-search.aws.element84.com/v1#sentinel-2-l2a",
    "https://planetarycomputer.microsoft.com/api/stac/v1#sentinel-2-l2a",
)
"""STAC APIs to search, in order; after ``#`` the collection (without it: any that holds Sentinel-2 L2A)."""

SENTINEL_2_COLLECTIONS = ("sentinel-2-c1-l2a", "sentinel-2-l2a")
"""Collections that are looked for in a STAC API whose address names none, the best first."""

SIGNER = "planetarycomputer.microsoft.com"
"""Host of the STAC API whose files are signed, and of the service that signs them."""

SAS_TOKENS = f"https://{SIGNER}/api/sas/v1/token"
"""Address of the signing service; account and container follow."""

BLOB_STORE = ".blob.core.windows.net"
"""End of the hosts whose files are signed."""

UNSIGNED_STORES = frozenset({f"ai4edatasetspublicassets{BLOB_STORE}"})
"""Of these hosts, those that everybody may read."""

BUCKET_REGIONS: Mapping[str, str] = {
    "deafrica-sentinel-2": "af-south-1",
    "e84-earth-search-sentinel-data": "us-west-2",
    "esa-worldcover": "eu-central-1",
    "sentinel-cogs": "us-west-2",
}
"""AWS region of public buckets (Registry of Open Data on AWS). A bucket that is not listed is requested at its global
name, which leads to its region in most cases."""

CLOSED_BUCKETS: Mapping[str, str] = {
    "eodata": "a bucket that asks for an account (s3://eodata)",
    "sentinel-s2-l1c": "a bucket whose reader pays (s3://sentinel-s2-l1c)",
    "sentinel-s2-l2a": "a bucket whose reader pays (s3://sentinel-s2-l2a)",
    "usgs-landsat": "a bucket whose reader pays (s3://usgs-landsat)",
}
"""Buckets that cannot be read without an account, and why (Registry of Open Data on AWS; Copernicus Data Space)."""

WORLDCOVER = "https://esa-worldcover.s3.eu-central-1.amazonaws.com"
"""Where ESA keeps WorldCover's files, by year below it."""

ZENODO = "https://zenodo.org"
"""Where ChatEarthNet was released: records lie at ``/api/records/ID`` and files at ``/records/ID/files/NAME``."""

RECORD = "11003436"
"""Number of ChatEarthNet's record on Zenodo."""

MIRROR = "https://huggingface.co/datasets/JessicaYuan/ChatEarthNet"
"""A copy of ChatEarthNet, for when Zenodo does not answer."""

DATA_SET = "JessicaYuan/ChatEarthNet"
"""Name of ChatEarthNet on the Hugging Face hub."""
