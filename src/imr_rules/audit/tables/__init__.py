"""The audit of facts tables: what can be asked of corpora without their texts, as a stream."""
