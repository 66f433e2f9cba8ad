# SPDX-License-Identifier: GPL-2.0-only
"""What a report is about."""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .record import GOOD, Record

PASS, FAIL, SKIP, XFAIL, MISS = STATUSES = ("pass", "fail", "skip", "xfail", "missing")
# A result that never came is as bad as one that says no.
BAD = (FAIL, MISS)


@dataclass(frozen=True)
class Problem:
    """Something about an input that a reader has to know."""
    path: str
    text: str
    line: int = 0

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}" if self.line else self.path
        return f"{where}: {self.text}"


@dataclass
class Test:
    """One result of a KTAP log: `program.subject.mode.name`."""
    name: str
    status: str
    reason: str = ""
    details: list[str] = field(default_factory=list)

    @property
    def replay(self) -> str:
        """The command that replays a failure, if the log gives it."""
        _, found, rest = self.reason.partition('replay="')
        return rest.partition('"')[0] if found else ""

    @property
    def what(self) -> str:
        """The reason without that command."""
        return self.reason.partition(" replay=")[0]

    @property
    def subject(self) -> str:
        return self.part(1)

    @property
    def log_mode(self) -> str:
        return self.part(2) if self.name.count(".") >= 3 else "-"

    def part(self, i: int) -> str:
        parts = self.name.split(".")
        return parts[i] if len(parts) > i + 1 else "-"


# Verdicts of a report's own, beside those of a record: what cannot be believed.
NO_RECORD, CONTRADICTED = "no record", "contradicted"
MAX_FAULTS = 6


@dataclass
class Run:
    """One run on one kernel: what its record says of it, and its results."""
    path: str
    record: Record = field(default_factory=dict)
    tests: list[Test] = field(default_factory=list)
    # Why the record is missing, or what speaks against it.
    faults: list[str] = field(default_factory=list)
    kills: list[Kill] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)

    def fact(self, *names: str) -> Any:
        """A field of the record, and nothing where it has none."""
        value: Any = self.record
        for name in names:
            value = value.get(name) if isinstance(value, dict) else None
        return value

    @property
    def kind(self) -> str:
        return str(self.fact("kind") or "?")

    @property
    def unknown(self) -> str:
        """Mutants are many kernels; of a run without a record nothing is known."""
        return "-" if self.record and not self.fact("kernel") else "?"

    @property
    def kernel(self) -> str:
        return str(self.fact("kernel", "name") or self.unknown)

    @property
    def arch(self) -> str:
        arch = self.fact("arch")
        return arch if isinstance(arch, str) and arch else self.unknown

    @property
    def mode(self) -> str:
        return str(self.fact("mode") or self.unknown)

    @property
    def label(self) -> str:
        if not self.record:
            return f"? {self.path}"
        if not self.fact("kernel"):
            return self.kind
        mode = "" if self.mode == "default" else f" {self.mode}"
        return f"{self.arch} {self.kernel}{mode}"

    def count(self, *statuses: str) -> int:
        return sum(t.status in statuses for t in self.tests)

    @property
    def verdict(self) -> str:
        if not self.record:
            return NO_RECORD
        said = str(self.record["verdict"])
        return CONTRADICTED if said in GOOD and self.faults else said

    @property
    def bad(self) -> bool:
        return self.verdict not in GOOD

    @property
    def why(self) -> str:
        """What a reader of nothing else has to know."""
        texts = [str(self.fact("why") or ""), *self.faults[:MAX_FAULTS]]
        if len(self.faults) > MAX_FAULTS:
            texts.append(f"and {len(self.faults) - MAX_FAULTS} more")
        if lab := self.fact("lab_failure"):
            texts.insert(0, f"{lab['name']}: {lab['text']}")
        text = "; ".join(dict.fromkeys(t for t in texts if t))
        if self.verdict == CONTRADICTED:
            return f"the record says {self.record['verdict']}, but: {text}"
        return text if text or not self.bad else f"verdict {self.verdict}"


# Dimensions as they identify what was measured.
Key = tuple[str, tuple[tuple[str, str], ...]]


@dataclass
class Result:
    """One line of gmem_dirty_perf's: docs/performance.md."""
    path: str
    metric: str
    unit: str
    better: str
    samples: list[float]
    dimensions: dict[str, Any]
    environment: dict[str, Any]
    comparable: bool
    noise: list[str]
    # What the record of its run says of the machine, and whether that run is good.
    machine: dict[str, Any] = field(default_factory=dict)
    trouble: str = ""
    test: str = ""

    @property
    def key(self) -> Key:
        return self.metric, tuple(sorted((k, str(v)) for k, v in self.dimensions.items()))

    @property
    def run(self) -> str:
        """What ran, in one word."""
        return str(self.environment.get("run", self.environment.get("kernel", "?"))).split()[0]

    @property
    def where(self) -> str:
        return where(self.dimensions)


def where(dimensions: dict[str, Any]) -> str:
    """Dimensions for people: `x86 gmem bitmap 8M density=1`."""
    plain = [str(dimensions.get(k, "?")) for k in ("arch", "subject", "mode")]
    size = dimensions.get("slot_bytes")
    if isinstance(size, int):
        plain.append(size_text(size))
    if dimensions.get("vcpus", 1) != 1:
        plain.append(f"{dimensions['vcpus']} vCPUs")
    if dimensions.get("page_size", 4096) != 4096:
        plain.append(f"page_size={dimensions['page_size']}")
    for k in ("density", "load", "log", "placement", "memory"):
        if k in dimensions:
            plain.append(f"{k}={dimensions[k]}")
    return " ".join(plain)


def size_text(size: int) -> str:
    for shift, letter in ((30, "G"), (20, "M"), (10, "K")):
        if size >= 1 << shift and size % (1 << shift) == 0:
            return f"{size >> shift}{letter}"
    return str(size)


@dataclass
class Kill:
    """Whether the suite noticed one planted bug."""
    path: str
    mutant: str
    arch: str
    mode: str
    outcome: str
    killer: str
    seconds: float
    seed: str
    suite: str

    @property
    def bad(self) -> bool:
        """The candidate itself is run beside the mutants, and is none."""
        return self.outcome != "killed" and not (self.mutant == "candidate" and
                                                 self.outcome == "survived")


@dataclass
class Inputs:
    """All that was read."""
    runs: list[Run] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def results(self) -> list[Result]:
        return [r for run in self.runs for r in run.results]

    @property
    def kills(self) -> list[Kill]:
        return [k for run in self.runs for k in run.kills]
