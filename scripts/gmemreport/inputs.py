# SPDX-License-Identifier: GPL-2.0-only
"""Finding and reading what a report is made of."""
from __future__ import annotations

import json
import math
import os
from pathlib import Path
from types import ModuleType
from typing import Any, Optional

from . import ktap, record
from .model import BAD, FAIL, MISS, PASS, SKIP, XFAIL, Inputs, Kill, Problem, Result, Run, Test

SCHEMA = "gmem-dirty-perf/1"
# What ci/mutants leaves: a row for each that was asked for, and a list of these.
RESULTS, ASKED = "results.jsonl", "asked.jsonl"
Row = tuple[str, ...]
# What of a record says on what machine numbers were measured.
MACHINE = ("arch", "mode", "parameters", "machine", "host", "suite")


class Bad(ValueError):
    """A line that cannot be used, and why."""


def need(line: dict[str, Any], name: str, kind: Any) -> Any:
    if name not in line:
        raise Bad(f"a result without '{name}'")
    if not isinstance(line[name], kind) or isinstance(line[name], bool) and kind is not bool:
        raise Bad(f"'{name}' is {json.dumps(line[name])[:40]}, which it cannot be")
    return line[name]


def take_result(path: str, line: dict[str, Any]) -> Result:
    if line["schema"] != SCHEMA:
        raise Bad(f"schema {line['schema']!r} is not {SCHEMA}: another version of the suite")
    samples = need(line, "samples", list)
    if not samples or not all(isinstance(s, (int, float)) and not isinstance(s, bool) and
                              math.isfinite(s) for s in samples):
        raise Bad("'samples' has to be a list of numbers, and not empty")
    better = need(line, "better", str)
    if better not in ("lower", "higher"):
        raise Bad(f"'better' is {better!r}, neither lower nor higher")
    return Result(path, need(line, "metric", str), need(line, "unit", str), better,
                  [float(s) for s in samples], need(line, "dimensions", dict),
                  need(line, "environment", dict), need(line, "comparable", bool),
                  [str(n) for n in need(line, "noise", list)], test=str(line.get("test", "")))


def take_kill(path: str, line: dict[str, Any]) -> Kill:
    outcome = need(line, "outcome", str)
    return Kill(path, need(line, "mutant", str), need(line, "arch", str),
                str(line.get("mode", "default")), outcome,
                str(line.get("killer", line.get("test", "")) or ""),
                float(line.get("seconds", 0)), str(line.get("seed", "")),
                str(line.get("suite", "")))


def take_line(run: Run, path: str, line: Any) -> None:
    if not isinstance(line, dict):
        raise Bad("no JSON object")
    if "schema" in line:
        run.results.append(take_result(path, line))
    elif "mutant" in line:
        run.kills.append(take_kill(path, line))
    else:
        raise Bad("neither a result of gmem_dirty_perf nor of a mutant")


def take_json_line(run: Run, path: Path, number: int, line: str) -> None:
    try:
        take_line(run, str(path), json.loads(line))
    except json.JSONDecodeError:
        run.faults.append(f"{path.name}:{number}: not JSON: damaged or cut off")
    except (Bad, TypeError, ValueError) as error:
        run.faults.append(f"{path.name}:{number}: {error}")


def split(text: str) -> tuple[list[tuple[int, str]], str]:
    """JSON lines, with their numbers, and the others; both may be in one file."""
    lines, rest = [], []
    for number, line in enumerate(text.splitlines(), 1):
        bare = line[2:] if line.startswith("# {") else line
        if bare.startswith("{"):
            lines.append((number, bare))
        else:
            rest.append(line)
    return lines, "\n".join(rest)


def read_text(run: Run, path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        run.faults.append(f"{path.name} cannot be read: {error.strerror}")
        return ""
    if not text.strip():
        run.faults.append(f"{path.name} is empty")
    return text


def read_lines(run: Run, path: Path) -> None:
    """A file of JSON Lines."""
    text = read_text(run, path)
    lines, rest = split(text)
    for number, line in lines:
        take_json_line(run, path, number, line)
    if rest.strip():
        run.faults.append(f"{path.name} has lines that are not JSON")
    elif text and not text.endswith("\n"):
        run.faults.append(f"{path.name}: the last line is cut off")


def read_ktap(run: Run, path: Path, kunit: Optional[ModuleType],
              tests: Optional[list[Test]] = None) -> list[Test]:
    """tests: when ci/ktap has read it already."""
    text = read_text(run, path)
    for number, line in split(text)[0]:
        take_json_line(run, path, number, line)
    tests = ktap.read(path) if tests is None else tests
    missing = [t for t in tests if t.status == MISS]
    run.faults += [f"{path.name}: {t.name}: {t.reason}" for t in missing]
    if kunit and not missing and (words := ktap.disagreement(kunit, tests, text)):
        run.faults.append(f"{path.name}: {words}")
    return tests


# --- a run with a record ---------------------------------------------------------------

def named_file(run: Run, folder: Path, name: Optional[str]) -> Optional[Path]:
    """A file of a run's folder that its record names."""
    if not name:
        return None
    if name.startswith("/") or ".." in Path(name).parts:
        run.faults.append(f"the record names {name}, which is not in its folder")
        return None
    path = folder / name
    if not path.is_file():
        run.faults.append(f"there is no {name}, which the record names")
        return None
    return path


def count(tests: list[Test]) -> dict[str, int]:
    """Results as a record counts them."""
    words = {"passed": PASS, "failed": FAIL, "skipped": SKIP, "xfail": XFAIL}
    counts = {name: sum(t.status == status for t in tests) for name, status in words.items()}
    return {**counts, "seen": sum(counts.values())}


def check_counts(run: Run, who: str, said: dict[str, Any], tests: list[Test]) -> None:
    wrong = [f"{said[name]} {name}, the log has {n}" for name, n in count(tests).items()
             if name in said and said[name] != n]
    if wrong:
        run.faults.append(f"{who}: the record says {'; '.join(wrong)}")


def read_part(run: Run, folder: Path, part: dict[str, Any]) -> tuple[Optional[Path], list[Test]]:
    who = f"part {part['name']}"
    path = named_file(run, folder, part["ktap"])
    if path is None:
        run.faults.append(f"{who} has no log")
        return None, []
    tests = ktap.read(path)
    check_counts(run, who, part, tests)
    # Of a run that failed its record says what was wrong.
    if part["exit"] is not None and run.record["verdict"] in record.GOOD:
        verdict, problems = ktap.judge(str(part["exit"]), [path])
        run.faults += [f"{who}: {p}" for p in problems]
        if not problems and verdict not in record.GOOD and not \
                any(t.status in BAD for t in tests):
            run.faults.append(f"{who}: ci/ktap says {verdict or 'nothing'}")
    return path, tests


def read_suite(run: Run, folder: Path, kunit: Optional[ModuleType]) -> set[Path]:
    """The logs that a record names, held against it; which files they are."""
    seen: dict[Path, list[Test]] = {}
    of_parts: list[Test] = []
    for part in run.record["parts"]:
        path, tests = read_part(run, folder, part)
        of_parts += tests
        if path:
            seen[path] = tests
    whole = named_file(run, folder, run.record["ktap"])
    run.tests = of_parts
    if whole:
        run.tests = read_ktap(run, whole, kunit, seen.get(whole))
    check_counts(run, "the run", run.record["tests"], run.tests)
    names = [sorted((t.name, t.status) for t in tests if t.status != MISS)
             for tests in (run.tests, of_parts)]
    if names[0] != names[1]:
        run.faults.append("the results of its parts are not those of its log")
    failed = [t for t in run.tests if t.status == FAIL]
    if failed and run.record["verdict"] in record.GOOD:
        run.faults.append(f"{len(failed)} tests failed")
    return {*seen, whole} if whole else set(seen)


def rows_asked(run: Run, folder: Path) -> Optional[list[Row]]:
    """Which rows were asked for, where the run left a list of them."""
    path = folder / ASKED
    if not path.exists():
        return None
    try:
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        return [tuple(str(line[k]) for k in ("mutant", "arch", "mode", "suite")) for line in lines]
    except (OSError, ValueError, KeyError, TypeError):
        run.faults.append(f"{ASKED} is damaged")
        return None


def read_mutants(run: Run, folder: Path) -> None:
    """As many rows as were asked for, those that were, and each of another mutant."""
    name = str(run.record.get("results") or RESULTS)
    if path := named_file(run, folder, name):
        read_lines(run, path)
    asked, rows = run.record["asked"], run.record["rows"]
    came = [(k.mutant, k.arch, k.mode, k.suite) for k in run.kills]
    if len(came) != rows:
        run.faults.append(f"the record says {rows} rows, there are {len(came)}")
    if not asked or len(set(came)) != asked:
        run.faults.append(f"{asked} mutants were asked for, {len(set(came))} have a result")
    if (wanted := rows_asked(run, folder)) is not None and sorted(wanted) != sorted(came):
        lost = sorted(set(wanted) - set(came))
        run.faults.append(f"the results are not those of {ASKED}"
                          + (f": {' '.join(lost[0])} has none" if lost else ""))
    if bad := [k for k in run.kills if k.bad]:
        run.faults.append(f"{len(bad)} mutants were not killed")


def read_perf(run: Run) -> None:
    """A test of gmem_dirty_perf passes when it could measure, so there are numbers."""
    measured = {r.test for r in run.results}
    without = [t.name for t in run.tests if t.status == PASS and t.name not in measured]
    if without:
        run.faults.append(f"{len(without)} tests passed and have no numbers, {without[0]} first")
    if not measured and run.record["verdict"] == "pass":
        run.faults.append("nothing was measured")


def of_machine(run: Run) -> dict[str, Any]:
    """What numbers depend on, flat: machine.version and so on."""
    flat: dict[str, Any] = {}
    for name in MACHINE:
        value = run.fact(name)
        if isinstance(value, dict):
            flat.update({f"{name}.{k}": v for k, v in value.items()})
        else:
            flat[name] = value
    flat["kernel.config"] = run.fact("kernel", "config")
    # `arguments` are in each line as well, as the program saw them.
    for name in ("suite.arguments", "suite.required", "suite.programs"):
        flat.pop(name, None)
    return flat


def read_run(folder: Path, logs: list[Path], kunit: Optional[ModuleType]) -> Run:
    """A folder with a record, or with the beginning of one."""
    run = Run(str(folder))
    file = folder / record.NAME
    try:
        if not file.exists():
            raise record.Bad(f"there is {record.BEGUN} and no {record.NAME}: the run died")
        run.record = record.load(file)
    except record.Bad as error:
        run.faults.append(f"{record.NAME}: {error}" if file.exists() else str(error))
        read_unrecorded(run, [p for p in logs if p.parent == folder], kunit)
        return run
    run.faults += record.contradictions(run.record)
    if record.of_mutants(run.record):
        read_mutants(run, folder)
        return run
    known = read_suite(run, folder, kunit)
    for path in logs:
        if path.suffix == ".jsonl":
            read_lines(run, path)
        elif path not in known:
            run.faults.append(f"the record tells nothing of {path.relative_to(folder)}")
    if run.kind == record.PERF:
        read_perf(run)
    return run


# --- what has none ---------------------------------------------------------------------

def read_unrecorded(run: Run, paths: list[Path], kunit: Optional[ModuleType]) -> None:
    for path in paths:
        if path.suffix == ".jsonl":
            read_lines(run, path)
        else:
            run.tests += read_ktap(run, path, kunit)


def read_file(path: Path, kunit: Optional[ModuleType]) -> tuple[Optional[Run], Optional[Problem]]:
    """A file that belongs to no record: nobody knows how the run ended."""
    run = Run(str(path))
    text = read_text(run, path)
    lines, rest = split(text)
    if ktap.looks_like_ktap(rest):
        run.tests = read_ktap(run, path, kunit)
    elif lines:
        read_lines(run, path)
    else:
        return None, Problem(str(path), run.faults[0] if run.faults else
                             "neither KTAP nor JSON Lines")
    run.faults.insert(0, f"there is no {record.NAME} beside it: nobody knows how the run ended")
    return run, None


def is_log(path: Path) -> bool:
    return path.name == "ktap" or path.suffix in (".jsonl", ".ktap") and path.name != ASKED


def walk(inputs: Inputs, top: Path) -> tuple[list[Path], list[Path]]:
    """Folders of runs, and logs, below a folder.  No link is followed."""
    folders, logs = [], []

    def unreadable(error: OSError) -> None:
        inputs.problems.append(Problem(str(error.filename), f"cannot be read: {error.strerror}"))

    for name, below, files in os.walk(top, onerror=unreadable):
        below.sort()
        folder = Path(name)
        if {record.NAME, record.BEGUN} & set(files):
            folders.append(folder)
        logs += [folder / f for f in sorted(files) if is_log(folder / f)]
    return folders, logs


def owner(path: Path, folders: list[Path]) -> Optional[Path]:
    """The innermost run that a log belongs to."""
    around = [f for f in folders if f in path.parents]
    return max(around, key=lambda f: len(f.parts)) if around else None


def read_folder(inputs: Inputs, top: Path, kunit: Optional[ModuleType]) -> None:
    folders, logs = walk(inputs, top)
    owners = {path: owner(path, folders) for path in logs}
    for folder in folders:
        inputs.runs.append(read_run(folder, [p for p in logs if owners[p] == folder], kunit))
    alone = [p for p in logs if owners[p] is None]
    for path in alone:
        add_file(inputs, path, kunit)
    if not folders and not alone:
        inputs.problems.append(Problem(str(top), "no run and no log in this folder"))


def add_file(inputs: Inputs, path: Path, kunit: Optional[ModuleType]) -> None:
    run, problem = read_file(path, kunit)
    inputs.runs += [run] if run else []
    inputs.problems += [problem] if problem else []


def recorded(path: Path) -> Optional[Path]:
    """The folder of the run that a file named by a user is of."""
    folder = path.parent
    names = (record.NAME, record.BEGUN)
    if path.name in names or is_log(path) and any((folder / n).exists() for n in names):
        return folder
    return None


def each_once(paths: list[str], inputs: Inputs) -> list[Path]:
    """A run that is named twice, by a folder and by a file in it, is not two."""
    found: dict[Path, Path] = {}
    for name in paths:
        path = Path(name)
        if not path.exists():
            inputs.problems.append(Problem(name, "no such file or folder"))
            continue
        if path.is_symlink():
            path = path.resolve()
        if path.is_file():
            path = recorded(path) or path
        found.setdefault(path.resolve(), path)
    return list(found.values())


def read(paths: list[str], kunit: Optional[ModuleType] = None) -> Inputs:
    inputs = Inputs()
    for path in each_once(paths, inputs):
        if path.is_dir():
            read_folder(inputs, path, kunit)
        else:
            add_file(inputs, path, kunit)
    inputs.runs = list({Path(run.path).resolve(): run for run in inputs.runs}.values())
    for run in inputs.runs:
        for result in run.results:
            result.machine, result.trouble = of_machine(run), run.why if run.bad else ""
    return inputs
