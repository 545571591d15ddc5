import pytest

from tests.product import Product, product_of


@pytest.fixture(scope="session")
def product(request: pytest.FixtureRequest) -> Product:
    return product_of(request.config)
