# SPDX-License-Identifier: GPL-2.0-only
"""Two kernels by their numbers: docs/performance.md says what is done and why."""
from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, Optional

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from .environment import Difference, differences
from .model import Key, Result, where

Array = NDArray[np.float64]

REGRESSION, IMPROVEMENT = "regression", "improvement"
NO_EVIDENCE, NOT_COMPARABLE = "no evidence", "not comparable"
# Reasons that --allow-noise does not overrule; the last two begin sentences.
UNITS, TOO_FEW = "different units", "too few samples (ROUNDS=)"
ELSEWHERE, TROUBLE = "other environment: ", "a run that failed: "
FIRM = (UNITS, TOO_FEW, ELSEWHERE, TROUBLE)
# A run with more samples than this has its extreme hundredths clipped, as one
# interrupt would outweigh a whole path, and is represented by as many means of
# its parts.
MAX_SAMPLES = 100
POWER = 0.8


@dataclass
class Settings:
    """When a difference counts."""
    alpha: float = 0.01
    min_effect: Optional[float] = None
    resamples: int = 9999
    seed: int = 1
    allow_noise: bool = False
    # Facts of the environment that are what is compared: --may-differ.
    may_differ: tuple[str, ...] = ()

    def effect_for(self, unit: str) -> float:
        """Counted instructions repeat; time does not."""
        if self.min_effect is not None:
            return self.min_effect
        return 0.01 if "instr" in unit else 0.05


@dataclass
class Comparison:
    """One metric under one set of conditions, on A and on B."""
    metric: str
    dimensions: dict[str, Any]
    unit: str
    better: str
    a: list[list[float]]
    b: list[list[float]]
    noise: list[str]
    p: float = 1.0
    p_holm: float = 1.0
    p_runs: float = 1.0
    visible: float = math.nan
    verdict: str = NO_EVIDENCE

    @property
    def mean_a(self) -> float:
        return float(np.mean(np.concatenate([clip(r) for r in self.a])))

    @property
    def mean_b(self) -> float:
        return float(np.mean(np.concatenate([clip(r) for r in self.b])))

    @property
    def effect(self) -> float:
        """Relative to A; 0.05 is 5 % more on B."""
        if self.mean_a == 0:
            return 0.0 if self.mean_b == 0 else math.inf
        return self.mean_b / self.mean_a - 1

    @property
    def where(self) -> str:
        return where(self.dimensions)


def clip(samples: list[float]) -> Array:
    values = np.asarray(samples)
    if len(values) <= MAX_SAMPLES:
        return values
    return np.clip(values, np.percentile(values, 1), np.percentile(values, 99))


def shorten(samples: list[float]) -> Array:
    values = clip(samples)
    if len(values) <= MAX_SAMPLES:
        return values
    return np.array([part.mean() for part in np.array_split(values, MAX_SAMPLES)])


def difference(x: Array, y: Array, axis: int = -1) -> Array:
    result: Array = np.mean(y, axis=axis) - np.mean(x, axis=axis)
    return result


def p_of_samples(a: list[list[float]], b: list[list[float]], resamples: int, seed: int) -> float:
    """Permutation test on the difference of means, over all samples."""
    x, y = (np.concatenate([shorten(r) for r in runs]) for runs in (a, b))
    if np.ptp(np.concatenate([x, y])) == 0:
        return 1.0
    test = stats.permutation_test((x, y), difference, vectorized=True, n_resamples=resamples,
                                  batch=2000, random_state=np.random.default_rng(seed))
    return float(test.pvalue)


def p_of_runs(a: list[list[float]], b: list[list[float]]) -> tuple[float, float]:
    """The same over the means of whole runs, exactly; and the least that it can be.

    Samples of one run share its boot: what differs from boot to boot is no
    difference of the kernels.
    """
    means = [float(clip(r).mean()) for r in a + b]
    if math.comb(len(means), len(a)) > 200000:
        test = stats.permutation_test((means[:len(a)], means[len(a):]), difference,
                                      vectorized=True, random_state=1)
        return float(test.pvalue), 1e-4
    total = sum(means)

    def distance(chosen: tuple[int, ...]) -> float:
        part = sum(means[i] for i in chosen)
        return abs(part / len(a) - (total - part) / len(b))

    splits = [distance(c) for c in combinations(range(len(means)), len(a))]
    seen = splits[0] * (1 - 1e-12)
    least = (2 if len(a) == len(b) else 1) / len(splits)
    return sum(s >= seen for s in splits) / len(splits), least


def smallest_visible(c: Comparison, level: float) -> float:
    """The smallest relative effect that would probably have been seen."""
    x, y = (np.concatenate([shorten(r) for r in runs]) for runs in (c.a, c.b))
    spread = math.hypot(error(x), error(y))
    if min(len(c.a), len(c.b)) > 1:
        runs = [np.array([clip(r).mean() for r in side]) for side in (c.a, c.b)]
        spread = max(spread, math.hypot(error(runs[0]), error(runs[1])))
    z = stats.norm.ppf(1 - level / 2) + stats.norm.ppf(POWER)
    return abs(float(z * spread / c.mean_a)) if c.mean_a else math.inf


def error(values: Array) -> float:
    """The standard error of a mean."""
    return float(np.std(values, ddof=1) / math.sqrt(len(values))) if len(values) > 1 else 0.0


def holm(ps: list[float]) -> list[float]:
    """Corrected for their number: the chance of one false alarm among all."""
    order = sorted(range(len(ps)), key=lambda i: ps[i])
    corrected, largest = [1.0] * len(ps), 0.0
    for rank, i in enumerate(order):
        largest = max(largest, min(1.0, ps[i] * (len(ps) - rank)))
        corrected[i] = largest
    return corrected


def group(results: list[Result]) -> dict[Key, list[Result]]:
    groups: dict[Key, list[Result]] = {}
    for result in results:
        groups.setdefault(result.key, []).append(result)
    return groups


def pair(a: list[Result], b: list[Result], settings: Settings) -> Comparison:
    noise = {n for r in a + b for n in r.noise}
    noise |= {"it says so itself" for r in a + b if not r.comparable and not r.noise}
    if len({r.unit for r in a + b}) > 1:
        noise.add(UNITS)
    if differ := differences(a, b, settings.may_differ):
        noise.add(ELSEWHERE + ", ".join(name for name, _, _ in differ))
    noise |= {TROUBLE + r.trouble for r in a + b if r.trouble}
    return Comparison(a[0].metric, a[0].dimensions, a[0].unit, a[0].better,
                      [r.samples for r in a], [r.samples for r in b], sorted(noise))


def judge(c: Comparison, settings: Settings) -> str:
    firm = any(n.startswith(FIRM) for n in c.noise)
    if firm or c.noise and not settings.allow_noise:
        return NOT_COMPARABLE
    p_runs, least = p_of_runs(c.a, c.b)
    c.p_runs = p_runs
    significant = c.p_holm < settings.alpha and p_runs <= max(settings.alpha, least) * (1 + 1e-9)
    if not significant or abs(c.effect) < settings.effect_for(c.unit):
        return NO_EVIDENCE
    return REGRESSION if (c.effect > 0) == (c.better == "lower") else IMPROVEMENT


def too_few(c: Comparison, settings: Settings, tests: int) -> bool:
    """Whether no samples of this number could be significant."""
    a, b = (sum(len(shorten(r)) for r in runs) for runs in (c.a, c.b))
    return 2 * tests / math.comb(a + b, a) >= settings.alpha


def resamples_for(settings: Settings, tests: int) -> int:
    """So many that the correction leaves something that can be significant."""
    return max(settings.resamples, math.ceil(4 * tests / settings.alpha))


def compare(a: list[Result], b: list[Result], settings: Settings) -> list[Comparison]:
    """Everything that was measured on both, the most telling first."""
    of_a, of_b = group(a), group(b)
    pairs = [pair(of_a[key], of_b[key], settings) for key in of_a if key in of_b]
    resamples = resamples_for(settings, len(pairs))
    for c in pairs:
        if too_few(c, settings, len(pairs)):
            c.noise.append(TOO_FEW)
        c.p = p_of_samples(c.a, c.b, resamples, settings.seed)
    for c, corrected in zip(pairs, holm([c.p for c in pairs])):
        c.p_holm = corrected
        c.verdict = judge(c, settings)
        c.visible = max(smallest_visible(c, settings.alpha / len(pairs)),
                        settings.effect_for(c.unit))
    order = [REGRESSION, IMPROVEMENT, NOT_COMPARABLE, NO_EVIDENCE]
    return sorted(pairs, key=lambda c: (order.index(c.verdict), -abs(c.effect)))


def unmatched(a: list[Result], b: list[Result]) -> list[str]:
    """What was measured on one side only, in words; what is different where it is known."""
    of_a, of_b = group(a), group(b)
    found = []
    for side, mine, other in (("A", of_a, of_b), ("B", of_b, of_a)):
        for key in sorted(mine.keys() - other.keys()):
            found.append(f"{key[0]} ({where(mine[key][0].dimensions)}) was measured on {side} "
                         f"only{nearest(key, list(other))}")
    return found


def nearest(key: Key, others: list[Key]) -> str:
    """By which dimensions the most similar on the other side differs."""
    mine = dict(key[1])
    best: dict[str, tuple[str, str]] = {}
    for metric, dimensions in others:
        theirs = dict(dimensions)
        differ = {n: (mine.get(n, "none"), theirs.get(n, "none"))
                  for n in sorted(mine.keys() | theirs.keys()) if mine.get(n) != theirs.get(n)}
        if metric == key[0] and (not best or len(differ) < len(best)):
            best = differ
    words = ", ".join(f"{n} {x} and not {y}" for n, (x, y) in best.items())
    return f": {words}" if len(best) == 1 else ""


def verdict(comparisons: list[Comparison], complete: bool = True) -> str:
    """Of two kernels.  What could not be compared is no evidence that all is well.

    complete: nothing was measured on one side only.
    """
    found = {c.verdict for c in comparisons}
    if REGRESSION in found:
        return REGRESSION
    if not found or NOT_COMPARABLE in found or not complete:
        return NOT_COMPARABLE
    return IMPROVEMENT if IMPROVEMENT in found else NO_EVIDENCE


@dataclass
class Ab:
    """Two kernels, or none: then the outcome is empty."""
    settings: Settings
    comparisons: list[Comparison] = field(default_factory=list)
    outcome: str = ""
    # By what the environments differ, and what was measured on one side only.
    differ: list[Difference] = field(default_factory=list)
    alone: list[str] = field(default_factory=list)

    @property
    def bad(self) -> bool:
        return self.outcome in (REGRESSION, NOT_COMPARABLE)


def ab(a: list[Result], b: list[Result], settings: Settings) -> Ab:
    comparisons, alone = compare(a, b, settings), unmatched(a, b)
    return Ab(settings, comparisons, verdict(comparisons, not alone),
              differences(a, b, settings.may_differ), alone)
