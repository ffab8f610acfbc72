"""Findings about like items, of ``items.parquet``: decided unlike, or decided both ways often."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from imr_rules.audit.kinds.like_cases import LEAST_KNOWN, alike_unlike
from imr_rules.audit.kinds.noise import LEAST_LIKE, LEAST_MINORITY, scattering
from imr_rules.audit.model import AuditFinding, Kind, Severity
from imr_rules.audit.policy import Policy, RuleId
from imr_rules.audit.tables.findings import LISTED, SHOWN
from imr_rules.engines.model import Status
from imr_rules.knowledge import Knowledge

_SIGNATURE = "review_signature"
_NAMED = 20
"""Like items that a finding names; the rest stand in items.parquet."""

_LIKE, _LETTER = "like", "letter"
_HITS = pl.col("actual") == "overturned"


def like_cases(items: Path, policy: Policy) -> pl.LazyFrame:
    """Return the items that were decided otherwise than most like ones of other letters.

    Where as many were decided either way, those that depart from the prediction. Beside the
    columns ``LISTED`` there are the signature, and how many items were decided each way.
    """
    known = pl.col(_SIGNATURE).str.count_matches(" ", literal=True) >= LEAST_KNOWN
    decided = (
        pl.scan_parquet(items)
        .filter(pl.col("actual").is_not_null() & pl.col(_SIGNATURE).is_not_null() & known)
        .with_columns(
            pl.col(_SIGNATURE).hash().alias(_LIKE), pl.col("case_number").hash().alias(_LETTER)
        )
    )
    n_overturned, n_upheld = pl.col("n_overturned"), pl.col("n_upheld")
    groups = (
        decided.group_by(_LIKE)
        .agg(_HITS.sum().alias("n_overturned"), (~_HITS).sum().alias("n_upheld"))
        .filter((n_overturned > 0) & (n_upheld > 0))
    )
    # Letters that hold items of both sides: these are no fellows of each other.
    own = (
        decided.group_by(_LIKE, _LETTER)
        .agg(_HITS.sum().alias("own_overturned"), (~_HITS).sum().alias("own_upheld"))
        .filter((pl.col("own_overturned") > 0) & (pl.col("own_upheld") > 0))
    )
    departs = (
        pl.when(n_overturned < n_upheld)
        .then(_HITS)
        .when(n_overturned > n_upheld)
        .then(~_HITS)
        .otherwise(pl.col("review_prediction") != pl.col("actual"))
    )
    others = (
        pl.when(_HITS)
        .then(n_upheld - pl.col("own_upheld").fill_null(0))
        .otherwise(n_overturned - pl.col("own_overturned").fill_null(0))
    )
    stated = policy.rules[RuleId.LIKE_CASES]
    told = {
        "kind": Kind.LIKE_CASES.value,
        "rule": RuleId.LIKE_CASES.value,
        "severity": stated.severity,
        "confidence": min(stated.from_letter, stated.from_facts),
        "criterion": "",
        "cite": "",
    }
    return (
        decided.join(groups, on=_LIKE, maintain_order="left")
        .filter(departs)
        .join(own, on=[_LIKE, _LETTER], how="left", maintain_order="left")
        .with_columns(others.alias("others"))
        .filter(pl.col("others") > 0)
        .with_columns(pl.lit(value).alias(name) for name, value in told.items())
        .select(*LISTED, "actual", _SIGNATURE, "others", "n_overturned", "n_upheld")
    )


def gravest_like_cases(found: Path, items: Path, knowledge: Knowledge, policy: Policy) -> list[
    AuditFinding
]:  # fmt: skip
    """Return those of :func:`like_cases`, stored at *found*, with most fellows against them."""
    fewer = pl.min_horizontal("n_overturned", "n_upheld")
    share = fewer / (pl.col("n_overturned") + pl.col("n_upheld"))
    rows = (
        pl.scan_parquet(found)
        .with_columns(share.alias("share"))
        .sort(["share", "others", "case_number", "item"], descending=[False, True, False, False])
        .head(SHOWN)
        .collect(engine="streaming")
    )
    named = _named(items, rows[_SIGNATURE].unique().to_list())
    return [_like_case(row, named, knowledge, policy) for row in rows.iter_rows(named=True)]


def _named(items: Path, signatures: Sequence[str]) -> Mapping[tuple[str, str], list[str]]:
    """Return some items of each of *signatures* and outcome, by name."""
    name = pl.format("{} item {}", "case_number", "item")
    found = (
        pl.scan_parquet(items)
        .filter(pl.col(_SIGNATURE).is_in(signatures) & pl.col("actual").is_not_null())
        .group_by(_SIGNATURE, "actual")
        .agg(name.sort().head(_NAMED + 1).alias("named"))
        .collect(engine="streaming")
    )
    return {(signature, actual): names for signature, actual, names in found.iter_rows()}


def _like_case(
    row: Mapping[str, object],
    named: Mapping[tuple[str, str], list[str]],
    knowledge: Knowledge,
    policy: Policy,
) -> AuditFinding:
    actual, signature = str(row["actual"]), str(row[_SIGNATURE])
    other = "upheld" if actual == "overturned" else "overturned"
    fellows = [
        one
        for one in named.get((signature, other), [])
        if not one.startswith(f"{row['case_number']} item ")
    ][:_NAMED]
    edition_id, _, topic_id = signature.split(" ", 1)[0].partition("/")
    edition = knowledge.library.editions[edition_id]
    topic = edition.topics[topic_id]
    statuses = dict(part.split("=") for part in signature.split(" ")[1:])
    settled = [
        (criterion.statement, Status(statuses[criterion.id]))
        for criterion in topic.criteria.values()
        if criterion.id in statuses
    ]
    stated = policy.rules[RuleId.LIKE_CASES]
    return AuditFinding(
        kind=Kind.LIKE_CASES,
        rule=RuleId.LIKE_CASES,
        case_number=str(row["case_number"]),
        item=int(str(row["item"])),
        severity=Severity(stated.severity),
        confidence=min(stated.from_letter, stated.from_facts),
        explanation=alike_unlike(actual, other, fellows, int(str(row["others"])), settled),
        cite=f"{edition.cite_as}: {topic.cite}",
        against=tuple(fellows),
    )


def scattered(items: Path, policy: Policy) -> pl.DataFrame:
    """Return the groups of like items that were decided both ways repeatedly.

    Beside the columns ``LISTED`` there are the signature and the numbers of items.
    """
    stated = policy.rules[RuleId.LIKE_CASES_SCATTER]
    return (
        pl.scan_parquet(items)
        .filter(pl.col("actual").is_not_null() & pl.col(_SIGNATURE).is_not_null())
        .group_by(pl.col(_SIGNATURE))
        .agg(
            pl.len().alias("n"),
            _HITS.sum().alias("overturned"),
            pl.col("case_number").hash().n_unique().alias("letters"),
        )
        .with_columns(
            pl.min_horizontal("overturned", pl.col("n") - pl.col("overturned")).alias("fewer")
        )
        .filter((pl.col("letters") >= LEAST_LIKE) & (pl.col("fewer") >= LEAST_MINORITY))
        .with_columns(
            pl.lit(Kind.NOISE.value).alias("kind"),
            pl.lit(RuleId.LIKE_CASES_SCATTER.value).alias("rule"),
            pl.lit(None, pl.String).alias("case_number"),
            pl.lit(None, pl.Int64).alias("item"),
            pl.lit(stated.severity).alias("severity"),
            pl.lit(stated.from_facts).alias("confidence"),
            pl.lit("").alias("criterion"),
            pl.col(_SIGNATURE).str.split(" ").list.first().alias("cite"),
        )
        .sort(_SIGNATURE)
        .collect(engine="streaming")
    )


def gravest_scattered(groups: pl.DataFrame, items: Path, policy: Policy) -> list[AuditFinding]:
    """Return the findings about those of *groups* with most items decided the rarer way."""
    rows = groups.sort(["fewer", _SIGNATURE], descending=[True, False]).head(SHOWN)
    named = _named(items, rows[_SIGNATURE].to_list())
    return [
        scattering(
            signature.split(" ", 1)[0],
            overturned,
            n,
            (named.get((signature, "overturned"), []) + named.get((signature, "upheld"), []))[
                :_NAMED
            ],
            policy,
        )
        for signature, overturned, n in rows.select(_SIGNATURE, "overturned", "n").iter_rows()
    ]
