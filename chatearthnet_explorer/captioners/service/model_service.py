"""A model at a service, with its address, key and limits, and a method that sends requests to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chatearthnet_explorer.captioners.model_table import DEFAULT
from chatearthnet_explorer.captioners.service.answer import Answer, read_answer
from chatearthnet_explorer.captioners.service.endpoint import ask_in_terminal, key_for, open_endpoint
from chatearthnet_explorer.captioners.service.pace import Pace
from chatearthnet_explorer.captioners.service.request_fields import Question
from chatearthnet_explorer.errors import ModelError, SettingError

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatearthnet_explorer.captioners.service.model_http import Stop

TIMEOUT = 60.0
"""Seconds for one try; openai-python's default of 600 is too long for a person in front of a map."""

RETRIES = 2
"""Tries after the first."""

EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh")
"""Values of ``reasoning_effort`` in OpenAI's protocol; each model accepts some of them."""

TOKEN_LIMITS = (16, 128_000)
"""Smallest and largest token limit that may be set; a model may refuse some of them."""


def _is_text(text: str) -> bool:
    """Return whether a text can be sent: halves of characters, from bytes that are no text, cannot."""
    return text.encode("utf-8", "replace").decode() == text


class Service:
    """A model at a service. The only key it keeps is one that a person typed in the terminal, and it never shows it.

    Raises:
        SettingError: If the model, the address, the token limit or the effort cannot be used.
    """

    def __init__(
        self,
        *,
        model: str | None = None,
        base_url: str | None = None,
        ask_key: Callable[[], str | None] | None = None,
        typed_address: bool = False,
        token_limit: int | None = None,
        reasoning_effort: str | None = None,
        timeout: float = TIMEOUT,
        retries: int = RETRIES,
    ) -> None:
        """Prepare for requests; none is sent yet.

        Args:
            model: Identifier of the model; None for ``model_table.DEFAULT``.
            base_url: Address of the service; None for ``OPENAI_BASE_URL``, or OpenAI's own.
            ask_key: Called for a key where the environment has none; None for a prompt in the terminal, if any.
            typed_address: Whether the address was typed on a page, by a person who may not own the environment: its
                key is then sent to the environment's own address only, and a key of ``ask_key`` takes precedence.
            token_limit: Tokens an answer may have, reasoning included, within ``TOKEN_LIMITS``; None for the prompt's.
            reasoning_effort: One of ``EFFORTS``; None to leave that to the model.
            timeout: Seconds for one try.
            retries: Tries after the first.
        """
        if token_limit is not None and not TOKEN_LIMITS[0] <= token_limit <= TOKEN_LIMITS[1]:
            msg = f"The token limit is {token_limit}; choose one from {TOKEN_LIMITS[0]} to {TOKEN_LIMITS[1]:,}."
            raise SettingError(msg)
        if reasoning_effort is not None and reasoning_effort not in EFFORTS:
            msg = f"There is no reasoning effort {reasoning_effort[:50]!r}; choose one of {', '.join(EFFORTS)}."
            raise SettingError(msg)
        self.endpoint = open_endpoint(base_url, from_page=typed_address)
        self.model = model or DEFAULT
        if not _is_text(self.model):
            msg = "The name of the model has bytes that are no text, which cannot be sent; type it again."
            raise SettingError(msg)
        choices = {"base_url": base_url, "token_limit": token_limit, "reasoning_effort": reasoning_effort}
        self.options: dict[str, Any] = {
            "model": self.model,
            **{name: value for name, value in choices.items() if value is not None and value != ""},
        }
        self._ask_key = ask_key or ask_in_terminal
        self._has_page = typed_address
        self._token_limit, self._effort = token_limit, reasoning_effort
        self._terminal_key: str | None = None
        self._timeout = timeout
        self._retries = retries
        self._under_way: list[Stop] = []
        self.pace = Pace()
        """The pace of all its requests."""

    def __repr__(self) -> str:
        """Return model and host, without a key."""
        return f"Service(model={self.model!r}, host={self.endpoint.host!r})"

    def __getstate__(self) -> object:
        """Refuse to be pickled, as a typed key would be stored too."""
        msg = "A service is not stored: it may hold a key."
        raise TypeError(msg)

    def token_limit(self, usual: int) -> int:
        """Return the tokens an answer may have: the limit that was set, or else the usual one of the prompt."""
        return self._token_limit or usual

    def question(self, *, system: str, user: str | list[dict[str, Any]], token_limit: int) -> Question:
        """Return the content of a request with the choices of this service.

        Args:
            system: The rules.
            user: The question, as text or as parts of chat.completions.
            token_limit: Tokens the answer may have, unless another limit was set.
        """
        limit = self.token_limit(token_limit)
        return Question(model=self.model, system=system, user=user, token_limit=limit, effort=self._effort or "")

    def ask(self, question: Question, *, on_text: Callable[[str], None] | None = None) -> Answer:
        """Send a request and return the answer.

        Args:
            question: The content of the request.
            on_text: Called with the whole text so far while the answer is written, in this thread; None to request it
                in one piece. An exception that it raises ends the request.

        Raises:
            KeyMissingError: If the service needs a key and there is none.
            ModelError: If the service refused, failed, or sent no usable answer.
            Cancelled: If ``cancel`` was called meanwhile.
        """
        try:  # imported here: it takes 0.7 s, and many callers send no request
            from chatearthnet_explorer.captioners.service.chat_completion import exchange  # noqa: PLC0415
            from chatearthnet_explorer.captioners.service.model_http import Stop  # noqa: PLC0415
        except ImportError as error:
            msg = "Asking a model needs the package openai: pip install 'chatearthnet-explorer[openai]'."
            raise ModelError(msg) from error
        key = self.key()
        stop = Stop()
        self._under_way.append(stop)
        try:
            body = exchange(
                self.endpoint,
                question,
                key=key,
                timeout=self._timeout,
                retries=self._retries,
                stop=stop,
                on_text=on_text,
                pace=self.pace,
            )
        except ModelError:
            self._terminal_key = None  # it may be mistyped: request it again next time
            raise
        finally:
            self._under_way.remove(stop)
        return read_answer(body, host=self.endpoint.host, model=self.model, token_limit=question.token_limit, key=key)

    def key(self) -> str:
        """Return the key to send; it is for the service alone, and must not be kept.

        Raises:
            KeyMissingError: If the service needs a key and there is none.
        """
        return key_for(self.endpoint, self._typed_key, from_page=self._has_page)

    def cancel(self) -> None:
        """End the running requests, from any thread; their callers get ``Cancelled``."""
        for stop in list(self._under_way):
            stop.press()

    def _typed_key(self) -> str | None:
        if self._has_page:  # which keeps the key itself, and can forget it
            return self._ask_key()
        self._terminal_key = self._terminal_key or self._ask_key()
        return self._terminal_key
