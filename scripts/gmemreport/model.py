# SPDX-License-Identifier: GPL-2.0-only
"""What a report is about."""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

PASS, FAIL, SKIP, XFAIL, MISS = "pass", "fail", "skip", "xfail", "missing"
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


@dataclass
class Log:
    """One KTAP document: a run of the suite on one kernel."""
    path: str
    arch: str
    kernel: str
    kvm_mode: str
    tests: list[Test] = field(default_factory=list)

    @property
    def label(self) -> str:
        mode = "" if self.kvm_mode == "default" else f" {self.kvm_mode}"
        return f"{self.arch} {self.kernel}{mode}"

    def count(self, *statuses: str) -> int:
        return sum(t.status in statuses for t in self.tests)

    @property
    def verdict(self) -> str:
        if self.count(*BAD):
            return "FAIL"
        return "pass" if self.count(PASS, XFAIL) else "skip"


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
    for k in ("density", "load", "log", "placement"):
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


@dataclass
class Inputs:
    """All that was read."""
    logs: list[Log] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    kills: list[Kill] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def empty(self) -> bool:
        return not (self.logs or self.results or self.kills)
