"""The engines under test, each built once: their rule sets are shared by all tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.engines.table_engine import TableEngine

from imr_rules.engines.durable import DurableEngine, durable_available
from imr_rules.engines.model import Engine
from imr_rules.engines.reference import ReferenceEngine

needs_durable = pytest.mark.skipif(
    not durable_available(), reason="durable-rules is not installed (Python 3.13 and later)"
)


@pytest.fixture(scope="session")
def reference() -> ReferenceEngine:
    """The reference engine."""
    return ReferenceEngine()


@pytest.fixture(scope="session")
def durable() -> Iterator[DurableEngine]:
    """The durable engine, with few rule sets kept so that freeing them is exercised as well."""
    if not durable_available():
        pytest.skip("durable-rules is not installed (Python 3.13 and later)")
    engine = DurableEngine(most_networks=24)
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def table() -> TableEngine:
    """The table engine, one row at a time."""
    return TableEngine()


@pytest.fixture(params=["reference", "durable", "table"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Each engine in turn; a new engine joins by a fixture of its name."""
    found: Engine = request.getfixturevalue(request.param)
    return found
