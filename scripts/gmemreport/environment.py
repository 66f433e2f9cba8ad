# SPDX-License-Identifier: GPL-2.0-only
"""Whether numbers of two runs say something about their kernels.

They do where nothing else differs.  Compared is everything that gmem_dirty_perf
and run.json say of the machine, what nobody thought of included; what may differ
stands in a table, with the reason.
"""
from __future__ import annotations

import re
from typing import Any

from .model import Result

# What A/B is about, or what says nothing.
MAY_DIFFER = {
    "kernel": "its release, or the commit in it, is what is compared",
    "kernel_build": "the same, and when it was built; the compiler is compared, see derived()",
    "run": "the name that a report gives the side",
}
# Counted instructions are the same whoever counts them; time is not.
MAY_DIFFER_COUNTED = {
    "host.": "what emulates the machine, not the machine",
}
HINT = " (--may-differ names what is compared on purpose)"
# KiB that a kernel's own image takes from what it can use.
TOLERANCE = {"memory": 0.02}
COMPILER = re.compile(r"\(([^()]*(?:\([^()]*\)[^()]*)*)\)")
OUTPUT = re.compile(r"(^| )--out[ =]\S+")


def flatten(prefix: str, value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        return {prefix: str(value)}
    dot = f"{prefix}." if prefix else ""
    return {k: v for name, inner in value.items() for k, v in flatten(dot + name, inner).items()}


def compiler_of(version: str) -> str:
    """Of `Linux version RELEASE (who@where) (compiler, linker) #1 ...`."""
    groups: list[str] = COMPILER.findall(version)
    return groups[1] if len(groups) > 1 else ""


def derived(facts: dict[str, str]) -> dict[str, str]:
    """Facts within others: who built the kernel, and a command without its file's name."""
    more = {}
    if build := facts.get("kernel_build"):
        more["compiler"] = compiler_of(build) or "?"
    if command := facts.get("command"):
        program, _, rest = OUTPUT.sub("", command).partition(" ")
        more["command"] = f"{program.rpartition('/')[2]} {rest}".strip()
    return more


def facts_of(result: Result) -> dict[str, str]:
    facts = {**flatten("", result.environment), **flatten("", result.machine)}
    return {**facts, **derived(facts)}


def ignored(name: str, counted: bool, chosen: tuple[str, ...]) -> bool:
    if name in MAY_DIFFER or any(name == c or name.startswith(c + ".") for c in chosen):
        return True
    return counted and any(name.startswith(p) for p in MAY_DIFFER_COUNTED)


def same(name: str, values: set[str]) -> bool:
    if len(values) < 2:
        return True
    if name not in TOLERANCE:
        return False
    numbers = [re.match(r"\d+", v) for v in values]
    if not all(numbers):
        return False
    sizes = [int(n.group()) for n in numbers if n]
    return max(sizes) - min(sizes) <= TOLERANCE[name] * max(sizes)


# Name, values of A, values of B.
Difference = tuple[str, str, str]


def differences(a: list[Result], b: list[Result],
                chosen: tuple[str, ...] = ()) -> list[Difference]:
    """What differs within these runs and may not.  chosen: what a user lets differ."""
    facts = [[facts_of(r) for r in side] for side in (a, b)]
    every = facts[0] + facts[1]
    counted = all(f.get("clock") == "instructions" for f in every)
    found = []
    for name in sorted({k for f in every for k in f}):
        sides = [{f.get(name, "(nothing)") for f in side} for side in facts]
        if not ignored(name, counted, chosen) and not same(name, sides[0] | sides[1]):
            found.append((name, *(" / ".join(sorted(s)) for s in sides)))
    return [(name, left, right) for name, left, right in found]
