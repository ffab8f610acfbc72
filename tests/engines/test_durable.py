"""The durable engine inside the limits of its library: sizes, odd values, memory, interruption."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import combinations, product
from pathlib import Path

import pytest
from tests.engines.conftest import needs_durable
from tests.engines.sample_topics import criterion, threshold, topic
from tests.engines.strategies import EDGES, FIRST_DAY

from imr_rules.engines.durable import DurableEngine
from imr_rules.engines.durable.alternatives import MOST_TERMS, MOST_TESTS
from imr_rules.engines.durable.network import MOST_RULES, Network
from imr_rules.engines.durable.program import compile_program
from imr_rules.engines.durable.runner import Runner
from imr_rules.engines.durable.variables import plain_decimal
from imr_rules.engines.model import Certainty, Status
from imr_rules.engines.reference import ReferenceEngine
from imr_rules.engines.symbolic import symbolic_topic
from imr_rules.facts.model import UNDOCUMENTED, Value
from imr_rules.guidelines.model import (
    AllOf,
    AllReq,
    AnyOf,
    AnyReq,
    AtLeast,
    AtLeastReq,
    Bar,
    Comparison,
    FactCompares,
    FactIs,
    Not,
    Parameter,
    Ref,
    Topic,
)

pytestmark = needs_durable

LEAVES = tuple(FactIs(f"fact_{index}", ("yes",)) for index in range(300))
FACTS = [leaf.fact for leaf in LEAVES]


def _agree(
    durable: DurableEngine,
    reference: ReferenceEngine,
    asked: Topic,
    facts: dict[str, Value],
    parameters: dict[str, Parameter] | None = None,
) -> None:
    parameters = parameters or {}
    trace = durable.trace(asked, parameters, FIRST_DAY, facts)
    assert trace == reference.trace(asked, parameters, FIRST_DAY, facts)


def _said(count: int, *, yes: int, no: int = 0, undocumented: int = 0) -> dict[str, Value]:
    values = ["yes"] * yes + ["no"] * no + [UNDOCUMENTED] * undocumented
    return dict(zip(FACTS[:count], values, strict=False))


# --- size -------------------------------------------------------------------------------------

WIDE = {
    "all of 300": AllOf(LEAVES),
    "any of 300": AnyOf(LEAVES),
    "not all of 300": Not(AllOf(LEAVES)),
    "150 of 300": AtLeast(150, LEAVES),
    "1 of 300": AtLeast(1, LEAVES),
    "300 of 300": AtLeast(300, LEAVES),
    "all of any": AllOf(tuple(AnyOf(LEAVES[i : i + 6]) for i in range(0, 300, 6))),
    "any of all": AnyOf(tuple(AllOf(LEAVES[i : i + 6]) for i in range(0, 300, 6))),
    "8 of 16 pairs": AtLeast(8, tuple(AllOf(LEAVES[i : i + 2]) for i in range(0, 32, 2))),
    "deep": AtLeast(3, tuple(AtLeast(3, tuple(map(Not, LEAVES[i : i + 6]))) for i in range(6))),
}


@pytest.mark.parametrize("presumed", [False, True], ids=["plain", "presumed"])
@pytest.mark.parametrize("when", WIDE.values(), ids=WIDE.keys())
def test_criteria_of_any_width_keep_their_meaning(
    durable: DurableEngine, reference: ReferenceEngine, when: AllOf, presumed: bool
) -> None:
    """A criterion too wide for one rule, one rule set or one message decides as it reads."""
    asked = topic([criterion("wide", when, presumed=presumed)])
    for yes, no, undocumented in [
        (0, 0, 0), (300, 0, 0), (0, 300, 0), (299, 1, 0), (299, 0, 1), (1, 299, 0),
        (150, 150, 0), (149, 151, 0), (149, 150, 0), (150, 0, 0), (149, 0, 0), (10, 5, 20),
        (0, 0, 300), (6, 0, 0), (3, 3, 3), (16, 8, 0), (0, 151, 0), (0, 0, 1),
    ]:  # fmt: skip
        facts = _said(300, yes=yes, no=no, undocumented=undocumented)
        _agree(durable, reference, asked, facts)


@pytest.mark.parametrize("count", [1, 20, 40])
def test_requirements_and_bars_of_any_width_keep_their_meaning(
    durable: DurableEngine, reference: ReferenceEngine, count: int
) -> None:
    """Forty criteria that are required, counted, alternatives and bars at once stay exact."""
    criteria = [criterion(f"c-{index}", leaf) for index, leaf in enumerate(LEAVES[:40])]
    refs = tuple(Ref(c.id) for c in criteria)
    asked = topic(
        criteria,
        requires=AllReq(
            (
                AtLeastReq(count, refs),
                AnyReq(refs[:30]),
                *(AnyReq(pair) for pair in combinations(refs[:7], 2)),
            )
        ),
        bars=[Bar(f"c-{index}", tuple(c.id for c in criteria[:5])) for index in range(30, 40)],
    )
    for yes, no in [(0, 0), (40, 0), (20, 0), (20, 20), (6, 0), (5, 35), (39, 1), (0, 40), (0, 1)]:
        _agree(durable, reference, asked, _said(40, yes=yes, no=no))


def test_long_requirements_inside_each_other_keep_their_meaning(
    durable: DurableEngine, reference: ReferenceEngine
) -> None:
    """Ten groups of twenty required criteria, each group short of one rule, all of them beyond."""
    criteria = [criterion(f"c-{index}", leaf) for index, leaf in enumerate(LEAVES[:200])]
    groups = [criteria[start : start + 20] for start in range(0, 200, 20)]
    asked = topic(
        criteria,
        requires=AllReq(tuple(AllReq(tuple(Ref(c.id) for c in group)) for group in groups)),
    )
    for yes, no in [(200, 0), (199, 0), (199, 1), (20, 0), (0, 1)]:
        _agree(durable, reference, asked, _said(200, yes=yes, no=no))


def test_a_table_of_a_hundred_values_keeps_its_numbers(
    durable: DurableEngine, reference: ReferenceEngine
) -> None:
    """Each value of a long enum has its own threshold, on both sides of it."""
    table = {f"region {index}": float(index) for index in range(100)}
    parameters = {"p": threshold(50.5, table=table, by="region")}
    within = criterion("within", FactCompares("visits", Comparison.AT_MOST, "p"))
    asked = topic([within])
    for index in range(0, 100, 9):
        for visits in (index - 0.5, index, index + 0.5):
            facts = {"region": f"region {index}", "visits": visits}
            _agree(durable, reference, asked, facts, parameters)
    for region in ("elsewhere", UNDOCUMENTED):
        _agree(durable, reference, asked, {"region": region, "visits": 50.5}, parameters)


def test_every_network_keeps_within_the_limits_of_the_library() -> None:
    """However a topic is cut, no rule is empty, no set and no rule larger than allowed."""
    for when in WIDE.values():
        program = compile_program(
            symbolic_topic(topic([criterion("wide", when)]), {}, FIRST_DAY, {})
        )
        rules = [rule for wave in program.waves for rule in wave]
        assert all(0 < len(rule.term) <= MOST_TESTS for rule in rules)
    assert MOST_RULES <= 64
    assert MOST_TERMS <= MOST_RULES


def test_a_rule_without_tests_is_refused() -> None:
    """The library would never return from it."""
    with pytest.raises(ValueError, match="without tests"):
        Network([[]])


def test_a_set_that_is_too_large_is_refused() -> None:
    """The library would lose matches beyond 64 pending branches."""
    with pytest.raises(ValueError, match="1 to 60 rules"):
        Network([['{"f0":"yes"}']] * (MOST_RULES + 1))


def test_all_rules_of_a_full_set_fire_at_once() -> None:
    """Sixty rules satisfied by one message are all reported, each once and in order."""
    network = Network([[f'{{"f{index}":"yes"}}'] for index in range(MOST_RULES)])
    message = ",".join(f'"f{index}":"yes"' for index in range(MOST_RULES))
    found = [network.match(f'{{"id":"1",{message}}}') for _ in range(3)]
    network.close()
    assert found == [list(range(MOST_RULES))] * 3


# --- values -----------------------------------------------------------------------------------

NUMBERS = [
    0.0, -0.0, 5e-324, 1e-7, -1e-7, 0.1, 1 / 3, 2.5, 1e15, 1e16, 123456789.123, 1e22, 1e100,
    1.7976931348623157e308, -1.7976931348623157e308, 2.0**53, 2.0**63, -(2.0**63),
]  # fmt: skip


@pytest.mark.parametrize("limit", NUMBERS, ids=repr)
def test_numbers_of_any_size_are_compared_exactly(
    durable: DurableEngine, reference: ReferenceEngine, limit: float
) -> None:
    """Exponents, signs and the last bit of a number survive the way through the library."""
    parameters = {"p": threshold(limit)}
    asked = topic(
        [criterion(str(c), FactCompares("visits", c, "p")) for c in Comparison],
    )
    for value in (*NUMBERS, *EDGES, limit * (1 + 2**-52), limit * (1 - 2**-53), 10**400, True):
        _agree(durable, reference, asked, {"visits": value}, parameters)


@pytest.mark.parametrize("number", NUMBERS, ids=repr)
def test_plain_decimals_lose_nothing(number: float) -> None:
    """A number is written without exponent, and read back it is the same."""
    written = plain_decimal(number)
    assert "e" not in written
    assert "." in written
    assert float(written) == number


@pytest.mark.parametrize("limit", [float("inf"), float("-inf"), float("nan")], ids=repr)
def test_thresholds_that_are_no_number_decide_alike(
    durable: DurableEngine, reference: ReferenceEngine, limit: float
) -> None:
    """A threshold made in code may be anything; both engines make the same of it."""
    parameters = {"p": threshold(limit)}
    asked = topic([criterion(str(c), FactCompares("visits", c, "p")) for c in Comparison])
    for value in (0.0, -1e300, 1e300, float("inf"), float("nan"), UNDOCUMENTED):
        _agree(durable, reference, asked, {"visits": value}, parameters)


WORDS = [
    "?", "!", "*", "#", "=0", "", " ", '"', "\\", "'", "%s", "%", "}", "\0", "\n", "é", "\ud800",
    "yes", "Yes", "unknown", "met", "x" * 100_000,
]  # fmt: skip


@pytest.mark.parametrize("word", WORDS, ids=lambda word: repr(word[:9]))
def test_no_word_of_a_pack_or_a_letter_is_mistaken_for_another(
    durable: DurableEngine, reference: ReferenceEngine, word: str
) -> None:
    """Marks of the engine, quotes and control characters are values like any other."""
    asked = topic(
        [
            criterion("is", FactIs("word", (word,))),
            criterion("is-not", Not(FactIs("word", (word,)))),
            criterion("is-one-of", FactIs("word", ("yes", word))),
        ]
    )
    for value in (*WORDS, word + "x", word[:-1], 1, 0.0):
        _agree(durable, reference, asked, {"word": value})


# --- memory and interruption --------------------------------------------------------------------


def _small(name: str) -> Topic:
    return topic([criterion("c", FactIs("f", ("yes",)))], name=name)


def test_topics_that_were_freed_decide_the_same_again(reference: ReferenceEngine) -> None:
    """With room for one topic only, two topics asked in turn are compiled again and again."""
    engine = DurableEngine(most_networks=2)
    one, two = _small("one"), topic([criterion("c", FactIs("f", ("no",)))], name="two")
    for facts in ({"f": "yes"}, {"f": "no"}, {}):
        for asked in (one, two, one):
            _agree(engine, reference, asked, dict(facts))
    engine.close()


def test_memory_does_not_grow_with_the_number_of_topics() -> None:
    """Rule sets of topics that are gone are given back: 1,500 topics take the room of a few."""
    engine = DurableEngine(most_networks=8)
    for index in range(200):
        engine.decide(_small(f"warm-{index}"), {}, FIRST_DAY, {"f": "yes"})
    before = _resident_mb()
    for index in range(1_500):
        engine.decide(_small(f"topic-{index}"), {}, FIRST_DAY, {"f": "yes"})
    engine.close()
    assert _resident_mb() - before < 20  # 1,500 topics kept would be about 900 MB


def test_memory_does_not_grow_with_the_number_of_items() -> None:
    """A hundred thousand items leave no trace of themselves."""
    engine = DurableEngine()
    asked = topic([criterion("a", FactIs("f", ("yes",))), criterion("b", FactIs("g", ("yes",)))])
    sheets = [dict(zip("fg", pair, strict=True)) for pair in product(("yes", "no"), repeat=2)]
    for turn in range(5_000):
        engine.trace(asked, {}, FIRST_DAY, sheets[turn % 4])
    before = _resident_mb()
    for turn in range(100_000):
        engine.trace(asked, {}, FIRST_DAY, sheets[turn % 4])
    engine.close()
    assert _resident_mb() - before < 5


def _resident_mb() -> float:
    status = Path("/proc/self/statm")
    if not status.exists():
        pytest.skip("the resident size is read from /proc")
    return int(status.read_text().split()[1]) * 4096 / 1e6


def test_an_interrupted_item_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """After Ctrl-C between two firings the next item is decided as if nothing had been."""
    engine = DurableEngine()
    asked = topic([criterion("a", FactIs("f", ("yes",))), criterion("b", FactIs("g", ("yes",)))])
    engine.trace(asked, {}, FIRST_DAY, {})

    def interrupted(self: Runner, facts: object) -> list[str]:
        network = self._waves[0][0].network
        native = network._native

        class Interrupting:
            def __getattr__(self, name: str) -> object:
                if name == "complete_and_start_action":
                    raise KeyboardInterrupt
                return getattr(native, name)

        network._native = Interrupting()
        return real_run(self, {"f": "yes", "g": "yes"})

    real_run = Runner.run
    monkeypatch.setattr(Runner, "run", interrupted)
    with pytest.raises(KeyboardInterrupt):
        engine.trace(asked, {}, FIRST_DAY, {"f": "yes", "g": "yes"})
    monkeypatch.undo()
    trace = engine.trace(asked, {}, FIRST_DAY, {"f": "no"})
    assert trace.statuses == {"a": Status.UNMET, "b": Status.UNKNOWN}
    assert trace.verdict.certainty is Certainty.BARRED


def test_threads_take_turns(reference: ReferenceEngine) -> None:
    """Items decided from eight threads at once come out as they do one by one."""
    engine = DurableEngine(most_networks=4)
    topics = [_small(f"t-{index}") for index in range(4)]
    asked = [
        (topics[index % 4], {}, FIRST_DAY, {"f": ("yes", "no", UNDOCUMENTED)[index % 3]})
        for index in range(600)
    ]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda item: engine.trace(*item), asked))
    engine.close()
    assert found == [reference.trace(*item) for item in asked]


def test_days_between_changes_share_their_rules() -> None:
    """A thousand days on which the same numbers stand compile one set of rules."""
    engine = DurableEngine()
    within = criterion("within", FactCompares("visits", Comparison.AT_MOST, "p"))
    asked, parameters = topic([within]), {"p": threshold(6)}
    for offset in range(1_000):
        day = FIRST_DAY.fromordinal(FIRST_DAY.toordinal() + offset)
        engine.decide(asked, parameters, day, {"visits": 6})
    kept = len(engine._used)
    engine.close()
    assert kept == 1


def test_the_native_names_of_properties_do_not_collide() -> None:
    """The library tells properties apart by a 32-bit hash of their names alone."""

    def fnv1a(name: str) -> int:
        value = 0x811C9DC5
        for byte in name.encode():
            value = ((value ^ byte) * 16777619) & 0xFFFFFFFF
        return value

    names = ["id", "sid", "w", "$s", *(f"{kind}{n}" for kind in "fnrcyx" for n in range(20_000))]
    assert len({fnv1a(name) for name in names}) == len(names)


def test_a_program_shows_what_an_engine_runs() -> None:
    """Limits that differ make programs that differ, and only they."""
    within = criterion("within", FactCompares("visits", Comparison.AT_MOST, "p"))
    asked = topic([within])
    six, eight = ({"p": threshold(number)} for number in (6, 8))
    programs = [
        compile_program(symbolic_topic(asked, parameters, FIRST_DAY, {}))
        for parameters in (six, six, eight)
    ]
    assert programs[0] == programs[1]
    assert programs[0] != programs[2]
