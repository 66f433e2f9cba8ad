# SPDX-License-Identifier: GPL-2.0-only
"""The inputs arranged as people read them."""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Optional

from .compare import NO_EVIDENCE, Ab, Comparison
from .model import BAD, PASS, SKIP, XFAIL, Inputs, Kill, Run, Test


@dataclass
class Cell:
    """Tests of one subject and log mode in one run."""
    passed: int = 0
    failed: int = 0
    xfail: int = 0
    skipped: int = 0

    @property
    def kind(self) -> str:
        if self.failed:
            return "bad"
        if self.passed:
            return "known" if self.xfail else "good"
        return "known" if self.xfail else "none"

    @property
    def text(self) -> str:
        if self.failed:
            return f"✗ {self.failed} of {self.passed + self.failed + self.xfail}"
        if self.passed or self.xfail:
            return f"✓ {self.passed}" + (f" ({self.xfail} known)" if self.xfail else "")
        return "skipped" if self.skipped else ""


@dataclass
class Matrix:
    """Subject and log mode down, runs across."""
    runs: list[Run] = field(default_factory=list)
    rows: list[tuple[str, str, list[Cell]]] = field(default_factory=list)


def count(cell: Cell, test: Test) -> None:
    cell.passed += test.status == PASS
    cell.failed += test.status in BAD
    cell.xfail += test.status == XFAIL
    cell.skipped += test.status == SKIP


def matrix(inputs: Inputs) -> Matrix:
    runs = [run for run in inputs.runs if run.tests]
    cells: dict[tuple[str, str], list[Cell]] = {}
    for i, run in enumerate(runs):
        for test in run.tests:
            row = cells.setdefault((test.subject, test.log_mode), [Cell() for _ in runs])
            count(row[i], test)
    return Matrix(runs, [(s, m, row) for (s, m), row in sorted(cells.items())])


def failures(inputs: Inputs) -> list[tuple[Run, Test]]:
    return [(run, t) for run in inputs.runs for t in run.tests if t.status in BAD]


def bad_runs(inputs: Inputs) -> list[Run]:
    return [run for run in inputs.runs if run.bad]


def bad(inputs: Inputs, ab: Ab) -> bool:
    """Whether a CI has to stop here: anything at all is not as it has to be."""
    return bool(inputs.problems or not inputs.runs or bad_runs(inputs) or failures(inputs) or
                any(k.bad for k in inputs.kills) or ab.bad)


def overall(inputs: Inputs, ab: Ab) -> str:
    """One word on all of it."""
    if bad(inputs, ab):
        return "FAIL"
    return "pass" if any(run.verdict == PASS for run in inputs.runs) else "skip"


def known(inputs: Inputs) -> dict[str, int]:
    """Known failures by their names."""
    counts: dict[str, int] = {}
    for run in inputs.runs:
        for test in run.tests:
            if test.status == XFAIL:
                name = test.reason.split(" ")[0].removeprefix("known=") or "?"
                counts[name] = counts.get(name, 0) + 1
    return counts


def skips(inputs: Inputs) -> dict[str, int]:
    counts: dict[str, int] = {}
    for run in inputs.runs:
        for test in run.tests:
            if test.status == SKIP:
                counts[test.reason or "?"] = counts.get(test.reason or "?", 0) + 1
    return counts


@dataclass
class KillMatrix:
    """Mutants down, architectures, modes and suites across."""
    columns: list[str] = field(default_factory=list)
    rows: list[tuple[str, list[Optional[Kill]]]] = field(default_factory=list)
    killed: int = 0
    survived: int = 0
    errors: int = 0


def kill_matrix(inputs: Inputs) -> KillMatrix:
    def column(k: Kill) -> str:
        return " ".join(w for w in (k.arch, k.mode if k.mode != "default" else "", k.suite) if w)

    result = KillMatrix(columns=sorted({column(k) for k in inputs.kills}))
    rows: dict[str, list[Optional[Kill]]] = {}
    for kill in inputs.kills:
        row = rows.setdefault(kill.mutant, [None] * len(result.columns))
        row[result.columns.index(column(kill))] = kill
        if kill.mutant == "candidate" and not kill.bad:
            continue
        result.killed += kill.outcome == "killed"
        result.survived += kill.outcome == "survived"
        result.errors += kill.outcome not in ("killed", "survived")
    result.rows = sorted(rows.items())
    return result


def telling(comparisons: list[Comparison]) -> list[Comparison]:
    return [c for c in comparisons if c.verdict != NO_EVIDENCE]


def number(value: float) -> str:
    """Five digits are enough for a reader."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def percent(value: float) -> str:
    return f"{100 * value:+.2f} %"
