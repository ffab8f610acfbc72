"""A facts table → its items as the audit counts them, batch by batch, on both bases."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import polars as pl

from imr_rules.audit.policy import NoisePolicy
from imr_rules.audit.rows import CitationGroup
from imr_rules.engines.table.names import ON
from imr_rules.engines.table.topic import MET, UNKNOWN
from imr_rules.errors import InputError, Location
from imr_rules.facts.model import Basis
from imr_rules.facts.vocabulary import Vocabulary
from imr_rules.table.evaluate import PLACE, TableRules
from imr_rules.table.likelihood import BASE_RATE, LIKELIHOOD, Grader
from imr_rules.table.once import Once
from imr_rules.table.outcomes import named
from imr_rules.table.parts import batches, part_files
from imr_rules.table.schema import (
    ACTUAL,
    BODY_PARTS,
    CASE_NUMBER,
    CATEGORY,
    ITEM,
    LETTER,
    LIST_SEPARATOR,
    TREATMENT,
)

Concluder = Callable[[pl.DataFrame, Basis], pl.DataFrame]
"""Concludes items of a basis, in their order (`imr_rules.table.evaluate.conclude`)."""

SIGNATURE = "signature"


@dataclass(frozen=True, slots=True)
class Batch:
    """Items of whole letters: as the facts table has them, as judged on each basis, as counted.

    *items* are those of the review basis where the table has it. *judged* holds the bases that
    the table has. The rows of all three belong together.
    """

    items: pl.DataFrame
    judged: Mapping[Basis, pl.DataFrame]
    counted: pl.DataFrame


def judged_batches(
    path: Path, rules: TableRules, policy: NoisePolicy, conclude: Concluder, once: Once
) -> Iterator[Batch]:
    """Yield the items of the facts table at *path*, concluded by *conclude* and graded.

    Letters that *once* met before are left out.

    Raises:
        InputError: the table cannot be read, or its bases hold different items.
    """
    graders = {basis: Grader(rules, basis) for basis in Basis}
    for bases in _whole_batches(path, rules.knowledge.vocabulary, once):
        judged = {}
        for basis, items in bases.items():
            graded = graders[basis].graded(items, conclude(items, basis))
            words = named(graded, rules).select("edition", "topic", "prediction", "certainty")
            judged[basis] = pl.concat([graded, words, _signatures(graded, rules)], how="horizontal")
        items = bases[Basis.REVIEW] if Basis.REVIEW in bases else bases[Basis.RECORD]
        yield Batch(items, judged, counted_rows(items, judged, policy))


def _whole_batches(
    path: Path, vocabulary: Vocabulary, once: Once
) -> Iterator[Mapping[Basis, pl.DataFrame]]:
    """Yield the same items on each basis that the table at *path* has, in the same order."""
    files = part_files(path)
    held = [b for b in Basis if path.is_file() or any(f.parent.name == f"basis={b}" for f in files)]
    streams = [batches(path, vocabulary, basis) for basis in held]
    for parts in zip_longest(*streams):
        found = {
            basis: part
            for basis, part in zip(held, parts, strict=True)
            if part is not None and part.height
        }
        keys = [part.select(LETTER, ITEM) for part in found.values()]
        if any(not key.equals(keys[0]) for key in keys[1:]):
            raise InputError(
                "holds different items on its two bases.",
                at=Location(path),
                hint="Extract the letters again.",
            )
        if not found:
            continue
        is_new = once.first_met(next(iter(found.values())))
        if is_new.all():
            yield found
        elif is_new.any():
            yield {basis: part.filter(is_new) for basis, part in found.items()}


def counted_rows(
    items: pl.DataFrame, judged: Mapping[Basis, pl.DataFrame], policy: NoisePolicy
) -> pl.DataFrame:
    """Return *items* with the columns of `imr_rules.audit.rows.Row`, in their order.

    Distances are not worked out for tables; of a basis that the table lacks all is null.
    """
    first = next(iter(judged.values()))
    decided = pl.coalesce("decision_date", "denial_date")
    quarter = pl.format("{} Q{}", decided.dt.year(), decided.dt.quarter())
    about = items.select(
        # Letters are told apart by their number, by their path only where they have none.
        pl.coalesce(CASE_NUMBER, LETTER).alias(CASE_NUMBER),
        pl.col(ITEM).cast(pl.Int64),
        "title",
        TREATMENT,
        CATEGORY,
        pl.col(BODY_PARTS).fill_null("").str.replace_all(LIST_SEPARATOR, ", ", literal=True),
        first["edition"],
        first["topic"],
        pl.col(ON).cast(pl.String).alias("as_of"),
        *(pl.col(f"{day}_date").cast(pl.String) for day in ("injury", "denial", "decision")),
        pl.when(decided.is_not_null()).then(quarter).alias("quarter"),
        *(
            pl.when(pl.col(names) != "").then(pl.col(names)).alias(column)
            for names, column in (("specialties", "specialty"), ("licensure", "licensure"))
        ),
        citation_group(policy).alias("administrator_citation"),
        pl.col(ACTUAL),
        first[BASE_RATE].alias("base_rate_overturned"),
    )
    halves = [_half(judged.get(basis), basis, items.height) for basis in Basis]
    return pl.concat([about, *halves], how="horizontal")


def _half(judged: pl.DataFrame | None, basis: Basis, height: int) -> pl.DataFrame:
    columns: Mapping[str, tuple[str, type[pl.DataType]]] = {
        "prediction": ("prediction", pl.String),
        "certainty": ("certainty", pl.String),
        "likelihood": (LIKELIHOOD, pl.Float64),
        "distance": ("", pl.Int64),
        "signature": (SIGNATURE, pl.String),
    }
    nothing = pl.repeat(None, height, eager=True)
    return pl.DataFrame(
        {
            f"{basis}_{name}": judged[source]
            if judged is not None and source
            else nothing.cast(kind)
            for name, (source, kind) in columns.items()
        }
    )


def citation_group(policy: NoisePolicy) -> pl.Expr:
    """Return what the denial of each item rests on (`imr_rules.audit.rows.CitationGroup`)."""
    said = pl.col("claims_administrator_guideline").fill_null("").str.to_lowercase()
    words = policy.administrator_citation
    left = said
    for word in words.not_mtus:
        left = left.str.replace_all(word, "", literal=True)
    return (
        pl.when((said == "") | said.str.contains_any(list(words.none_cited)))
        .then(pl.lit(CitationGroup.NONE.value))
        .when(~left.str.contains_any(list(words.mtus)))
        .then(pl.lit(CitationGroup.ANOTHER.value))
        .when(said.str.contains_any(list(words.not_mtus)))
        .then(pl.lit(CitationGroup.BOTH.value))
        .otherwise(pl.lit(CitationGroup.MTUS.value))
    )


def _signatures(graded: pl.DataFrame, rules: TableRules) -> pl.DataFrame:
    """Return the signature of each row, as `imr_rules.audit.signature` writes it."""
    by = (PLACE, MET, UNKNOWN)
    kinds = graded.select(by).drop_nulls(PLACE).unique()
    texts = [_signature(rules, *key) for key in kinds.iter_rows()]
    known = kinds.with_columns(pl.Series(SIGNATURE, texts, dtype=pl.String))
    return graded.select(by).join(
        known, on=by, how="left", nulls_equal=True, maintain_order="left"
    ).select(SIGNATURE)  # fmt: skip


def _signature(rules: TableRules, place: int, met: int, unknown: int) -> str:
    governor = rules.governors[place]
    statuses = sorted(
        f"{name}={'met' if met >> bit & 1 else 'unmet'}"
        for bit, name in enumerate(governor.topic.criteria)
        if not unknown >> bit & 1
    )
    return " ".join(("/".join(governor.key), *statuses))
