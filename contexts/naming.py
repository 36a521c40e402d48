"""Which contexts an object names: all of them pinned, each once, and only where a whole credential begins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from contexts.pinned import ContextSet, why_not_carried
from contexts.refusal import Refusal

_WHOLE: Final = ("VerifiableCredential", "EnvelopedVerifiableCredential")


def named_contexts(value: Mapping[str, Any], contexts: ContextSet, *, top: bool) -> tuple[str, ...]:
    """The contexts that an object names, all of them pinned.

    Raises:
        Refusal: `nested_context`, `inline_context`, `context_not_allowed`, `unsupported_context`.
    """
    named, kinds = value["@context"], value.get("type")
    several = kinds if isinstance(kinds, list) else [kinds]
    if not top and not any(whole in several for whole in _WHOLE):
        raise Refusal("nested_context", "only a whole credential names contexts", "@context")
    urls = named if isinstance(named, list) else [named]
    for url in urls:
        if not isinstance(url, str):
            raise Refusal("inline_context", "a context must be one of the carried URLs", "@context")
        if url not in contexts:
            code, message = why_not_carried(url)
            raise Refusal(code, message, "@context")
    if len(set(urls)) != len(urls) or not urls:
        raise Refusal("context_not_allowed", "name each context once, and at least one", "@context")
    return tuple(urls)
