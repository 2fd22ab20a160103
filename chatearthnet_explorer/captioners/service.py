"""A model at a service, ready to be asked: address, model, key, patience."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chatearthnet_explorer.captioners.answer import Answer, read_answer
from chatearthnet_explorer.captioners.endpoint import ask_in_terminal, key_for, open_endpoint
from chatearthnet_explorer.captioners.models import DEFAULT
from chatearthnet_explorer.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Callable

TIMEOUT = 60.0
"""Seconds for one try; openai-python's own default is 600, and nobody waits that long in front of a map."""

RETRIES = 2
"""Tries after the first."""


class Service:
    """A model to ask. It keeps no key but one that a person typed, and shows that to nobody.

    Raises:
        SettingError: If the address cannot be used.
    """

    def __init__(
        self,
        *,
        model: str | None = None,
        base_url: str | None = None,
        ask_key: Callable[[], str | None] | None = None,
        timeout: float = TIMEOUT,
        retries: int = RETRIES,
    ) -> None:
        """Say whom to ask and how long to wait.

        Args:
            model: Identifier of the model; None for ``models.DEFAULT``.
            base_url: Address of the service; None for ``OPENAI_BASE_URL``, or OpenAI's own.
            ask_key: Asked for a key where the environment has none; None for a prompt in the terminal, if any.
            timeout: Seconds for one try.
            retries: Tries after the first.
        """
        self.endpoint = open_endpoint(base_url)
        self.model = model or DEFAULT
        self.options = {"model": self.model, **({"base_url": base_url} if base_url else {})}
        self._ask_key = ask_key or ask_in_terminal
        self._typed: str | None = None
        self._timeout = timeout
        self._retries = retries

    def __repr__(self) -> str:
        """Return who is asked, without a key."""
        return f"Service(model={self.model!r}, host={self.endpoint.host!r})"

    def __getstate__(self) -> object:
        """Refuse to be stored, as a typed key would be stored along."""
        msg = "A service is not stored: it may hold a key."
        raise TypeError(msg)

    def ask(self, *, system: str, user: str | list[dict[str, Any]], token_limit: int) -> Answer:
        """Return what the model answers.

        Args:
            system: The rules.
            user: The question, as text or as parts of chat.completions.
            token_limit: Tokens the answer may have.

        Raises:
            KeyMissingError: If the service needs a key and there is none.
            ModelError: If it refused, failed, or answered nothing usable.
        """
        try:  # here, as it takes 0.7 s to import and many callers never ask
            from chatearthnet_explorer.captioners.exchange import exchange  # noqa: PLC0415
        except ImportError as error:
            msg = "Asking a model needs the package openai: pip install 'chatearthnet-explorer[openai]'."
            raise ModelError(msg) from error
        key = key_for(self.endpoint, self._typed_key)
        try:
            body = exchange(
                self.endpoint,
                [{"role": "system", "content": system}, {"role": "user", "content": user}],  # type: ignore[list-item, misc]
                key=key,
                model=self.model,
                token_limit=token_limit,
                timeout=self._timeout,
                retries=self._retries,
            )
        except ModelError:
            self._typed = None  # it may have been mistyped: ask again next time
            raise
        return read_answer(body, host=self.endpoint.host, model=self.model, token_limit=token_limit, key=key)

    def _typed_key(self) -> str | None:
        self._typed = self._typed or self._ask_key()
        return self._typed
