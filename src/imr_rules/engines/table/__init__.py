"""Topics as Ibis expressions: the same meaning over millions of items, on Polars or as SQL."""

from imr_rules.engines.table.topic import CONCLUSION, TopicTable, compile_topic

__all__ = ["CONCLUSION", "TopicTable", "compile_topic"]
