"""The YAML of settings files that people write: a name stands once, and a date is a text.

The parser's own safe loader lets the last of two equal names win in silence, and makes a date of what looks like one.
"""

from typing import Any

import yaml


def loads(text: str) -> Any:
    """The value of a YAML text. Raises yaml.YAMLError, also for a name that stands twice in one mapping."""
    return yaml.load(text, Loader=_Strict)  # noqa: S506  # nosec B506 - a SafeLoader


class _Strict(yaml.SafeLoader):
    """YAML in which no name stands twice, and a date is a text."""


def _mapping(loader: _Strict, node: yaml.MappingNode) -> dict[Any, Any]:
    names = [loader.construct_object(key) for key, _ in node.value]
    for name in names:
        if names.count(name) > 1:
            raise yaml.constructor.ConstructorError(None, None, f"{name} stands twice", node.start_mark)
    return {name: loader.construct_object(value, deep=True) for name, (_, value) in zip(names, node.value, strict=True)}


_Strict.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)
_Strict.add_constructor("tag:yaml.org,2002:timestamp", lambda loader, node: str(node.value))
