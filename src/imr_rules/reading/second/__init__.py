"""The second reader: a language model behind an endpoint that the user names, never believed
without a quotation."""

from imr_rules.reading.second.endpoint import Endpoint, parse_endpoint
from imr_rules.reading.second.policy import SecondReaderPolicy, load_policy
from imr_rules.reading.second.reader import ModelReader

__all__ = ["Endpoint", "ModelReader", "SecondReaderPolicy", "load_policy", "parse_endpoint"]
