"""Forward chaining on durable-rules, equal to the reference engine on every fact sheet."""

from imr_rules.engines.durable.engine import DurableEngine
from imr_rules.engines.durable.network import durable_available

__all__ = ["DurableEngine", "durable_available"]
