"""The running product and its people."""

import pytest

from tests.product import Product, product_of
from tests.visitors import People


@pytest.fixture(scope="session")
def product(request: pytest.FixtureRequest) -> Product:
    return product_of(request.config)


@pytest.fixture(scope="session")
def people(product: Product) -> People:
    return People(product)
