"""Which contexts an object names: all of them pinned, each once, and only where a whole credential begins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from contexts.pinned import ContextSet, why_not_carried
from contexts.refusal import Refusal
from contexts.written import Named, written_context

_WHOLE: Final = ("VerifiableCredential", "EnvelopedVerifiableCredential")


def named_contexts(value: Mapping[str, Any], contexts: ContextSet, *, top: bool) -> tuple[Named, ...]:
    """The contexts that an object names, all of them pinned; or written there, where the set allows it.

    Raises:
        Refusal: `nested_context`, `inline_context`, `context_not_allowed`, `unsupported_context`;
            `unsupported_meaning` for one that is written there and says what is not followed.
    """
    named, kinds = value["@context"], value.get("type")
    several = kinds if isinstance(kinds, list) else [kinds]
    if not top and not any(whole in several for whole in _WHOLE):
        raise Refusal("nested_context", "only a whole credential names contexts", "@context")
    urls: list[Named] = []
    for url in named if isinstance(named, list) else [named]:
        if isinstance(url, dict) and contexts.written_in:
            urls.append(written_context(url))
            continue
        if not isinstance(url, str):
            raise Refusal("inline_context", "a context must be one of the carried URLs", "@context")
        if url not in contexts:
            code, message = why_not_carried(url)
            raise Refusal(code, message, "@context")
        urls.append(url)
    if len(set(urls)) != len(urls) or not urls:
        raise Refusal("context_not_allowed", "name each context once, and at least one", "@context")
    return tuple(urls)
