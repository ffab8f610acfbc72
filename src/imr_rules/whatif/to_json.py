"""What flips → plain data (``imr.whatif.v1``)."""

from __future__ import annotations

from typing import Any

from imr_rules.notice import NOTICE
from imr_rules.whatif.model import CriterionChange, FlippedItem, WhatIf

FORMAT = "imr.whatif.v1"


def whatif_to_json(found: WhatIf) -> dict[str, Any]:
    """Return *found* as plain data.

    ``flips`` and ``flipped`` of a criterion are counts; of a facts table the lists name examples.
    """
    return {
        "format": FORMAT,
        "basis": found.basis.value,
        "items": found.items,
        "flips": found.flips,
        "flipped": [_item(item) for item in found.flipped],
        "criteria": [_criterion(change) for change in found.criteria],
        "appeared": list(found.appeared),
        "vanished": list(found.vanished),
        "notice": NOTICE,
    }


def _item(item: FlippedItem) -> dict[str, Any]:
    return {
        "case_number": item.case_number,
        "item": item.item,
        "title": item.title,
        "actual": item.actual,
        "before": item.before,
        "after": item.after,
        "criteria": list(item.criteria),
        "letter": item.letter,
    }


def _criterion(change: CriterionChange) -> dict[str, Any]:
    return {
        "criterion": change.criterion,
        "statement": change.statement,
        "governed": change.governed,
        "flipped": change.counts.flips,
        "to_overturned": change.counts.to_overturned,
        "to_upheld": change.counts.to_upheld,
        "net_agreement": change.counts.gains,
        "items": [item.name for item in change.flipped],
    }
