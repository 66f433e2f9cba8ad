# SPDX-License-Identifier: GPL-2.0-only
"""Finding and reading what a report is made of."""
from __future__ import annotations

import json
import math
from pathlib import Path
from types import ModuleType
from typing import Any, Optional

from . import ktap
from .model import Inputs, Kill, Problem, Result

SCHEMA = "gmem-dirty-perf/1"


class Bad(ValueError):
    """A line that cannot be used, and why."""


def need(record: dict[str, Any], name: str, kind: Any) -> Any:
    if name not in record:
        raise Bad(f"a result without '{name}'")
    if not isinstance(record[name], kind):
        raise Bad(f"'{name}' is {json.dumps(record[name])[:40]}, which it cannot be")
    return record[name]


def take_result(path: str, record: dict[str, Any]) -> Result:
    if record["schema"] != SCHEMA:
        raise Bad(f"schema {record['schema']!r} is not {SCHEMA}: another version of the suite")
    samples = need(record, "samples", list)
    if not samples or not all(isinstance(s, (int, float)) and not isinstance(s, bool) and
                              math.isfinite(s) for s in samples):
        raise Bad("'samples' has to be a list of numbers, and not empty")
    better = need(record, "better", str)
    if better not in ("lower", "higher"):
        raise Bad(f"'better' is {better!r}, neither lower nor higher")
    return Result(path, need(record, "metric", str), need(record, "unit", str), better,
                  [float(s) for s in samples], need(record, "dimensions", dict),
                  need(record, "environment", dict), need(record, "comparable", bool),
                  [str(n) for n in need(record, "noise", list)])


def take_kill(path: str, record: dict[str, Any]) -> Kill:
    outcome = need(record, "outcome", str)
    return Kill(path, need(record, "mutant", str), need(record, "arch", str),
                str(record.get("mode", "default")), outcome,
                str(record.get("killer", record.get("test", "")) or ""),
                float(record.get("seconds", 0)), str(record.get("seed", "")),
                str(record.get("suite", "")))


def take_record(inputs: Inputs, path: str, record: Any) -> None:
    if not isinstance(record, dict):
        raise Bad("no JSON object")
    if "schema" in record:
        inputs.results.append(take_result(path, record))
    elif "mutant" in record:
        inputs.kills.append(take_kill(path, record))
    else:
        raise Bad("neither a result of gmem_dirty_perf nor of a mutant")


def take_json_line(inputs: Inputs, path: str, number: int, line: str) -> None:
    try:
        take_record(inputs, path, json.loads(line))
    except json.JSONDecodeError:
        inputs.problems.append(Problem(path, "not JSON: damaged or cut off", number))
    except (Bad, TypeError, ValueError) as error:
        inputs.problems.append(Problem(path, str(error), number))


def split(text: str) -> tuple[list[tuple[int, str]], list[str]]:
    """JSON lines, with their numbers, and the others; both may be in one file."""
    records, rest = [], []
    for number, line in enumerate(text.splitlines(), 1):
        bare = line[2:] if line.startswith("# {") else line
        if bare.startswith("{"):
            records.append((number, bare))
        else:
            rest.append(line)
    return records, rest


def read_file(inputs: Inputs, path: Path, kunit: Optional[ModuleType]) -> None:
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        inputs.problems.append(Problem(str(path), f"cannot be read: {error.strerror}"))
        return
    if not text.strip():
        inputs.problems.append(Problem(str(path), "empty"))
        return
    records, rest = split(text)
    for number, line in records:
        take_json_line(inputs, str(path), number, line)
    other = "\n".join(rest)
    if ktap.looks_like_ktap(other):
        log, problems = ktap.parse(path, other, kunit)
        inputs.logs.append(log)
        inputs.problems += problems
    elif not records:
        inputs.problems.append(Problem(str(path), "neither KTAP nor JSON Lines"))
    elif other.strip():
        inputs.problems.append(Problem(str(path), "lines that are neither KTAP nor JSON"))


def find(path: Path) -> list[Path]:
    """A folder stands for what ci/lab/run, ci/perf and mutants leave in it."""
    if not path.is_dir():
        return [path]
    found = [p for p in path.rglob("*") if p.is_file() and
             (p.name == "ktap" or p.suffix in (".jsonl", ".ktap"))]
    # One document holds the shards of a run already.
    return sorted(p for p in found if not p.parent.name.startswith("shard-"))


def read(paths: list[str], kunit: Optional[ModuleType] = None) -> Inputs:
    inputs = Inputs()
    for name in paths:
        path = Path(name).resolve() if Path(name).is_symlink() else Path(name)
        if not path.exists():
            inputs.problems.append(Problem(name, "no such file or folder"))
            continue
        files = find(path)
        if not files:
            inputs.problems.append(Problem(name, "no KTAP log and no JSON Lines in this folder"))
        for file in files:
            read_file(inputs, file, kunit)
    return inputs
