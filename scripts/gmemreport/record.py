# SPDX-License-Identifier: GPL-2.0-only
"""run.json, the one record of a run: docs/run-record.md.

Nothing about a run is known that does not stand in it, and nothing is guessed.
"""
from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Union

SCHEMA = "gmem-dirty-run/1"
NAME = "run.json"
# A run leaves this file first and its record last.
BEGUN = "run.begun"

GOOD = ("pass", "skip")
VERDICTS = (*GOOD, "fail", "incomplete", "timeout", "crash", "lab")
SUITE, PERF, MUTANTS, BARE = "suite", "perf", "mutants", "bare-metal"
KINDS = (SUITE, PERF, "mutant", MUTANTS, BARE)

Record = dict[str, Any]
# What may stand in a field: a type, several, a record of fields, a list of one
# kind, or words.
Shape = Union[type, tuple[Any, ...], dict[str, Any], list[Any], frozenset[str]]

WORD = (str, None)
NUMBER = (int, None)
ANSWER = frozenset(("yes", "refused", "untried"))
LAB_FAILURE = ({"name": str, "text": str}, None)

COMMON: dict[str, Shape] = {
    "verdict": frozenset(VERDICTS), "why": str, "kind": frozenset(KINDS), "start": str,
    "duration": (int, float)}
RUN: dict[str, Shape] = {
    **COMMON, "exit": NUMBER, "lab_failure": LAB_FAILURE,
    "kernel": {"name": str, "release": WORD, "version": WORD, "source": WORD, "config": WORD,
               "image": WORD, "steps": [str]},
    "arch": str, "mode": str, "parameters": WORD,
    "machine": {"emulator": WORD, "version": WORD, "cpus": NUMBER, "memory": WORD},
    "suite": {"version": str, "programs": [str], "arguments": WORD, "required": [str]},
    "host": {"machine": WORD, "cpu": WORD, "cpus": NUMBER, "kernel": WORD},
    "parts": [{"name": str, "ktap": WORD, "exit": NUMBER, "lab_failure": LAB_FAILURE,
               "planned": NUMBER, "seen": NUMBER}],
    "tests": {"planned": int, "seen": int, "passed": int, "failed": int, "skipped": int,
              "xfail": int},
    "guest_memfd": ({"logging": ANSWER, "toggling": ANSWER}, None),
    "problems": [str], "ktap": WORD}
ALL_MUTANTS: dict[str, Shape] = {**COMMON, "asked": int, "rows": int}

START = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")


class Bad(ValueError):
    """A record that cannot be used, and why."""


def is_a(value: Any, kind: Any) -> bool:
    if kind is None or isinstance(value, bool):
        return value is kind
    return isinstance(value, kind)


def misfits(value: Any, shape: Shape, where: str) -> list[str]:
    """Where a value has not the shape, in words."""
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            return [f"'{where}' is no object"]
        dot = f"{where}." if where else ""
        return [text for name, inner in shape.items()
                for text in ([f"'{dot}{name}' is missing"] if name not in value else
                             misfits(value[name], inner, dot + name))]
    if isinstance(shape, list):
        if not isinstance(value, list):
            return [f"'{where}' is no list"]
        return [text for i, item in enumerate(value)
                for text in misfits(item, shape[0], f"{where}[{i}]")]
    if isinstance(shape, frozenset):
        fits = isinstance(value, str) and value in shape
    elif isinstance(shape, tuple):
        for inner in shape:
            if isinstance(inner, dict) and isinstance(value, dict):
                return misfits(value, inner, where)
        fits = any(not isinstance(inner, dict) and is_a(value, inner) for inner in shape)
    else:
        fits = is_a(value, shape)
    return [] if fits else [f"'{where}' is {json.dumps(value)[:40]}, which it cannot be"]


def no_twins(pairs: list[tuple[str, Any]]) -> Record:
    """Of two fields of one name nobody knows which counts."""
    if len({name for name, _ in pairs}) < len(pairs):
        raise Bad("a field stands twice")
    return dict(pairs)


def no_constant(name: str) -> None:
    raise Bad(f"{name} is no number")


def load(path: Path) -> Record:
    """The record of a run; Bad when anything about it is not as it has to be."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=no_twins,
                           parse_constant=no_constant)
    except OSError as error:
        raise Bad(f"cannot be read: {error.strerror}") from error
    except Bad:
        raise
    except ValueError as error:
        raise Bad("not JSON: damaged or cut off") from error
    check(value)
    record: Record = value
    return record


def of_mutants(value: Record) -> bool:
    """Whether it is of many kernels."""
    return "asked" in value or value.get("kind") == MUTANTS


def check(value: Any) -> None:
    if not isinstance(value, dict):
        raise Bad("no JSON object")
    if value.get("schema") != SCHEMA:
        raise Bad(f"schema {json.dumps(value.get('schema'))[:60]} is not {SCHEMA}: "
                  "another version of the suite")
    shape = ALL_MUTANTS if of_mutants(value) else RUN
    wrong = misfits(value, shape, "")
    if not wrong and not START.match(value["start"]):
        wrong = [f"'start' is {value['start'][:40]!r}, not a time in UTC"]
    if not wrong and value["duration"] < 0:
        wrong = [f"'duration' is {value['duration']}"]
    if wrong:
        raise Bad("; ".join(wrong[:5]))


def contradictions(record: Record) -> list[str]:
    """What in a record itself speaks against a verdict that is good."""
    if record["verdict"] not in GOOD or of_mutants(record):
        return []
    found = [f"problem: {p}" for p in record["problems"]]
    exits = [("the run", record)] + [(f"part {p['name']}", p) for p in record["parts"]]
    for who, what in exits:
        if what["lab_failure"]:
            found.append(f"{who} has the lab's failure {what['lab_failure']['name']}")
        if what["exit"] not in (0, 4):
            found.append(f"{who} ended with {said(what['exit'])}")
    return found + miscounts(record)


def said(status: Any) -> str:
    return "no exit status" if status is None else f"exit status {status}"


def miscounts(record: Record) -> list[str]:
    tests, parts, found = record["tests"], record["parts"], []
    if not parts:
        found.append("it has no parts")
    outcomes = sum(tests[k] for k in ("passed", "failed", "skipped", "xfail"))
    if tests["failed"]:
        found.append(f"{tests['failed']} tests failed")
    if not tests["planned"] == tests["seen"] == outcomes:
        found.append(f"{tests['planned']} tests were planned, {tests['seen']} seen, "
                     f"and {outcomes} have a result")
    for name in ("planned", "seen"):
        if (total := sum(p[name] or 0 for p in parts)) != tests[name]:
            found.append(f"its parts have {total} tests {name}, all of it {tests[name]}")
    for p in parts:
        if p["planned"] != p["seen"]:
            found.append(f"part {p['name']}: {p['planned']} tests were planned, {p['seen']} seen")
    if record["verdict"] == "pass" and record["kind"] != PERF and \
            not tests["passed"] + tests["xfail"]:
        found.append("no test passed")
    if record["verdict"] == "skip" and tests["passed"] + tests["xfail"]:
        found.append("not all of its tests were skipped")
    return found
