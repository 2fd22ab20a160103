"""The limits of OpenAI's Batch API: https://platform.openai.com/docs/api-reference/batch/create (November 2026)."""

from __future__ import annotations

from typing import Final

ENDPOINT: Final = "/v1/chat/completions"
"""What each request of a batch is sent to."""

MOST_REQUESTS = 50_000
"""Requests of a batch."""

MOST_BYTES = 200_000_000
"""Bytes of a file of requests: 200 MB."""
