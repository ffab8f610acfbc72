"""``scores.json`` computed once more, from the items alone, by other means than the program's.

scipy, scikit-learn and numpy where they have the measure; elsewhere the definition, written out
item by item and pair by pair. Nothing here is imported from the program.
"""

from __future__ import annotations

import math
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Any

import numpy
from scipy import stats
from sklearn import metrics

Item = dict[str, Any]

SEED = 20170105
BASES = ("record", "review")
EDGES = (0.0, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0)
BREAKDOWNS = ("category", "specialty", "quarter", "edition")
GROUPINGS = ("specialty", "licensure", "quarter", "administrator_citation")
LEAST_ITEMS, LEAST_LETTERS, FALSE_DISCOVERIES = 20, 5, 0.05


def scores_of_items(
    items: Sequence[Item], findings: Sequence[Item], *, resamples: int, permutations: int
) -> dict[str, Any]:
    """Return what ``scores.json`` must hold for *items* and *findings*, words left out."""
    decided = [item for item in items if item["actual"] is not None]
    kinds = Counter(finding["kind"] for finding in findings)
    return {
        "letters": len({item["case_number"] for item in items}),
        "items": len(items),
        "decided": len(decided),
        "overturned": sum(hits(decided)),
        "bases": {basis: of_basis(decided, basis, resamples) for basis in BASES},
        "breakdowns": {column: breakdown(decided, column) for column in BREAKDOWNS},
        "noise": {
            "least_group": LEAST_ITEMS,
            "level": [level(decided, column, resamples, permutations) for column in GROUPINGS],
            "pattern": [pattern(decided, basis, resamples) for basis in BASES],
        },
        "findings": kinds,
    }


def hits(items: Iterable[Item]) -> list[bool]:
    return [item["actual"] == "overturned" for item in items]


def wilson(count: int, n: int) -> list[float] | None:
    if not n:
        return None
    interval = stats.binomtest(count, n).proportion_ci(0.95, method="wilson")
    return [interval.low, interval.high]


def rate(count: int, n: int) -> dict[str, Any]:
    share = count / n if n else None
    return {"count": count, "of": n, "rate": share, "interval": wilson(count, n)}


def middle(values: Sequence[float]) -> list[float] | None:
    """The middle 95 % of what was drawn; nothing where it never varied."""
    if not values or min(values) == max(values):
        return None
    return [float(end) for end in numpy.quantile(values, [0.025, 0.975])]


def resampled(items: Sequence[Item], times: int) -> Iterable[list[Item]]:
    """Draw letters with all their items, written out item by item."""
    by_letter: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        by_letter[item["case_number"]].append(item)
    chance = random.Random(SEED)
    for _ in range(times):
        drawn = chance.choices(sorted(by_letter), k=len(by_letter))
        yield [item for letter in drawn for item in by_letter[letter]]


# --- scores -----------------------------------------------------------------------------------


def measures(basis: str) -> dict[str, Callable[[list[Item]], float]]:
    def guess(items: list[Item]) -> list[bool]:
        return [item[f"{basis}_prediction"] == "overturned" for item in items]

    def likely(items: list[Item]) -> list[float]:
        return [item[f"{basis}_likelihood"] for item in items]

    def ac1(items: list[Item]) -> float:
        agreed = numpy.mean(numpy.array(hits(items)) == numpy.array(guess(items)))
        share = (numpy.mean(hits(items)) + numpy.mean(guess(items))) / 2
        chance = 2 * share * (1 - share)
        return float((agreed - chance) / (1 - chance))

    def alpha(items: list[Item]) -> float:
        values = numpy.array([hits(items), guess(items)])
        unlike = numpy.mean(values[0] != values[1])
        ones, n = values.sum(), values.size
        return float(1 - unlike / (2 * ones * (n - ones) / (n * (n - 1))))

    return {
        "agreement": lambda i: metrics.accuracy_score(hits(i), guess(i)),
        "balanced_accuracy": lambda i: metrics.balanced_accuracy_score(hits(i), guess(i)),
        "recall_overturned": lambda i: metrics.recall_score(hits(i), guess(i)),
        "recall_upheld": lambda i: metrics.recall_score(hits(i), guess(i), pos_label=False),
        "precision_overturned": lambda i: metrics.precision_score(hits(i), guess(i)),
        "mcc": lambda i: metrics.matthews_corrcoef(hits(i), guess(i)),
        "cohen_kappa": lambda i: metrics.cohen_kappa_score(hits(i), guess(i)),
        "gwet_ac1": ac1,
        "krippendorff_alpha": alpha,
        "auc": lambda i: metrics.roc_auc_score(hits(i), likely(i)),
        "average_precision": lambda i: metrics.average_precision_score(hits(i), likely(i)),
        "brier": lambda i: metrics.brier_score_loss(hits(i), likely(i)),
    }


def rates(items: Sequence[Item], basis: str) -> dict[str, tuple[int, int]]:
    """The scores that are plain rates: what is counted, and of how many."""
    pairs = [(item[f"{basis}_prediction"], item["actual"]) for item in items]
    found, left = pairs.count(("overturned", "overturned")), pairs.count(("upheld", "upheld"))
    return {
        "agreement": (found + left, len(pairs)),
        "recall_overturned": (found, sum(actual == "overturned" for _, actual in pairs)),
        "recall_upheld": (left, sum(actual == "upheld" for _, actual in pairs)),
        "precision_overturned": (found, sum(guess == "overturned" for guess, _ in pairs)),
    }


def of_basis(decided: Sequence[Item], basis: str, resamples: int) -> dict[str, Any]:
    covered = [item for item in decided if item[f"{basis}_prediction"] != "no_guideline"]
    samples = list(resampled(covered, resamples))
    plain = rates(covered, basis)
    upheld = len(covered) - sum(hits(covered))
    share = upheld / len(covered)
    scores = {}
    for name, function in measures(basis).items():
        interval, method = middle([function(sample) for sample in samples]), "bootstrap"
        if interval is None:
            interval, method = wilson(*plain[name]) if name in plain else None, "wilson"
        scores[name] = {
            "value": function(covered),
            "interval": interval,
            "method": method if interval else None,
        }
    met = Counter((item[f"{basis}_prediction"], item["actual"]) for item in covered)
    return {
        "n": len(covered),
        "letters": len({item["case_number"] for item in covered}),
        "coverage": rate(len(covered), len(decided)),
        "base_rate": rate(upheld, len(covered)),
        "base_rate_brier": float(numpy.mean([(1 - share - hit) ** 2 for hit in hits(covered)])),
        "confusion": {
            "overturned_as_predicted": met["overturned", "overturned"],
            "predicted_overturned_but_upheld": met["overturned", "upheld"],
            "predicted_upheld_but_overturned": met["upheld", "overturned"],
            "upheld_as_predicted": met["upheld", "upheld"],
        },
        "scores": scores,
        "calibration": calibration(covered, f"{basis}_likelihood"),
    }


def calibration(items: Sequence[Item], column: str) -> list[dict[str, Any]]:
    likely = [item[column] for item in items]
    # The last bin takes in its upper end.
    bins = numpy.minimum(numpy.digitize(likely, EDGES), len(EDGES) - 1) - 1
    told = []
    for place in sorted(set(bins.tolist())):
        own = [item for item, where in zip(items, bins, strict=True) if where == place]
        told.append(
            {
                "low": EDGES[place],
                "high": EDGES[place + 1],
                "n": len(own),
                "mean_likelihood": float(numpy.mean([item[column] for item in own])),
                **rate(sum(hits(own)), len(own)),
            }
        )
    return told


# --- groups -----------------------------------------------------------------------------------


def names_of(item: Item, column: str) -> list[str]:
    """The groups of an item: each specialty and each licence of its reviewer."""
    told = item[column] or "not told"
    return told.split("; ") if column in ("specialty", "licensure") else [told]


def groups_of(items: Sequence[Item], column: str) -> list[tuple[str, list[Item]]]:
    """Groups by name, the largest first."""
    names = Counter(name for item in items for name in names_of(item, column))
    return [
        (name, [item for item in items if name in names_of(item, column)])
        for name in sorted(names, key=lambda name: (-names[name], name))
    ]


def breakdown(items: Sequence[Item], column: str) -> list[dict[str, Any]]:
    told = []
    for name, own in groups_of(items, column):
        agreement = {}
        for basis in BASES:
            covered = [item for item in own if item[f"{basis}_prediction"] != "no_guideline"]
            agreed = sum(item[f"{basis}_prediction"] == item["actual"] for item in covered)
            agreement[basis] = rate(agreed, len(covered))
        told.append(
            {
                "group": name,
                "letters": len({item["case_number"] for item in own}),
                "overturned": rate(sum(hits(own)), len(own)),
                "base_rate": rate(len(own) - sum(hits(own)), len(own)),
                "agreement": agreement,
            }
        )
    return told


def level(items: Sequence[Item], column: str, resamples: int, permutations: int) -> dict[str, Any]:
    groups = []
    for name, own in groups_of(items, column):
        rest = [item for item in items if name not in names_of(item, column)]
        letters = len({item["case_number"] for item in own})
        ranked = len(own) >= LEAST_ITEMS and letters >= LEAST_LETTERS
        drawn = [float(numpy.mean(hits(sample))) for sample in resampled(own, resamples)]
        groups.append(
            {
                "group": name,
                "n": len(own),
                "letters": letters,
                "overturned": sum(hits(own)),
                "rate": float(numpy.mean(hits(own))),
                "interval": wilson(sum(hits(own)), len(own)),
                "interval_by_letter": middle(drawn),
                "rate_of_the_rest": float(numpy.mean(hits(rest))) if rest else None,
                "ranked": ranked,
                "p": shuffled_p(items, column, name, permutations) if ranked and rest else None,
                "adjusted_p": 1.0 if ranked else None,
                "differs": False,
            }
        )
    tested = [group for group in groups if group["p"] is not None]
    if tested:
        corrected = stats.false_discovery_control([group["p"] for group in tested])
        for group, adjusted in zip(tested, corrected, strict=True):
            group["adjusted_p"] = float(adjusted)
            group["differs"] = bool(adjusted < FALSE_DISCOVERIES)
    shares = [group["rate"] for group in groups if group["ranked"]]
    several = len(shares) > 1 and len(groups) > 1
    return {
        "grouping": column,
        "spread": float(numpy.std(shares, ddof=1)) if several else None,
        "groups": groups,
    }


def shuffled_p(items: Sequence[Item], column: str, name: str, permutations: int) -> float:
    """Shuffle the letters' shares in the group, draw the items, and count differences as large."""
    letters = sorted({item["case_number"] for item in items})
    own = [[item for item in items if item["case_number"] == letter] for letter in letters]
    outcomes = [sorted(hits(letter), reverse=True) for letter in own]
    inside = [[name in names_of(item, column) for item in letter] for letter in own]
    everything = [hit for letter in outcomes for hit in letter]

    def gap(taken: list[bool]) -> float:
        other = [hit for hit, is_in in zip(everything, taken, strict=True) if not is_in]
        same = [hit for hit, is_in in zip(everything, taken, strict=True) if is_in]
        return abs(float(numpy.mean(same)) - float(numpy.mean(other))) if same and other else 0.0

    chance = random.Random(SEED)

    def drawn(given: list[bool], outcome: list[bool]) -> list[bool]:
        exact = Fraction(sum(given) * len(outcome), len(given))
        n = math.floor(exact)
        if exact > n:
            n += chance.random() * len(given) < (exact - n) * len(given)
        places: Iterable[int] = range(n)
        if 0 < n < len(outcome) and 0 < sum(outcome) < len(outcome):
            places = chance.sample(range(len(outcome)), n)
        return [place in set(places) for place in range(len(outcome))]

    in_group = hits_of([i for letter in own for i in letter if name in names_of(i, column)])
    outside = hits_of([i for letter in own for i in letter if name not in names_of(i, column)])
    observed, as_large = abs(in_group - outside), 0
    order = list(inside)
    for _ in range(permutations):
        chance.shuffle(order)
        taken = [
            is_in
            for given, outcome in zip(order, outcomes, strict=True)
            for is_in in drawn(given, outcome)
        ]
        as_large += gap(taken) >= observed - 1e-9
    return (as_large + 1) / (permutations + 1)


def hits_of(items: Sequence[Item]) -> float:
    return float(numpy.mean(hits(items)))


# --- like items -------------------------------------------------------------------------------


def pattern(items: Sequence[Item], basis: str, resamples: int) -> dict[str, Any]:
    key = f"{basis}_signature"
    every = [
        (one, other)
        for place, one in enumerate(items)
        for other in items[place + 1 :]
        if one["case_number"] != other["case_number"]
    ]
    like = [(a, b) for a, b in every if a[key] is not None and a[key] == b[key]]
    unlike = [a["actual"] != b["actual"] for a, b in like]
    cells: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        if item[key] is not None:
            cells[item[key]].append(item)
    shared = [cell for cell in cells.values() if len({i["case_number"] for i in cell}) > 1]
    squares = sum(float(numpy.var(hits(cell))) * len(cell) for cell in shared)
    letters = sorted({item["case_number"] for cell in shared for item in cell})
    chance = random.Random(SEED)
    drawn = []
    for _ in range(resamples):
        times = Counter(chance.choices(letters, k=len(letters)))
        weights = [times[a["case_number"]] * times[b["case_number"]] for a, b in like]
        drawn.append(float(numpy.average(unlike, weights=weights)))
    return {
        "basis": basis,
        "groups_of_like_items": len(shared),
        "items": sum(map(len, shared)),
        "pairs": len(like),
        "decided_unlike": sum(unlike),
        "rate": sum(unlike) / len(like),
        "interval_by_letter": middle(drawn),
        "rate_of_all_pairs": float(numpy.mean([a["actual"] != b["actual"] for a, b in every])),
        "variance_within": squares / sum(len(cell) - 1 for cell in shared),
        "variance_of_all": float(numpy.var(hits(items), ddof=1)),
    }
