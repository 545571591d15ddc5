"""Every request body of the API, with all that lies inside it, refuses fields that it doesn't know."""

from typing import get_args

from pydantic import BaseModel

from webapp.api import api


def _bodies():
    """Each operation that takes a body, with every schema in it."""
    for prefix, router in api._routers:
        for path, view in router.path_operations.items():
            for operation in view.operations:
                for param in operation.models:
                    if param.__ninja_param_source__ == "body":
                        name = f"{operation.methods} {prefix}{path}"
                        yield from ((name, model) for model in set(_inside(param)) - {param})


def _inside(annotation):
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        for field in annotation.model_fields.values():
            yield from _inside(field.annotation)
    for part in get_args(annotation):
        yield from _inside(part)


def test_no_body_ignores_what_it_does_not_know():
    found = list(_bodies())
    assert {model.__name__ for _name, model in found} >= {"FigureIn", "DispatchIn", "GrantIn"}
    assert [one for one in found if one[1].model_config.get("extra") != "forbid"] == []
