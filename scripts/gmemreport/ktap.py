# SPDX-License-Identifier: GPL-2.0-only
"""KTAP as the suite and kselftest's runner print it."""
from __future__ import annotations

import importlib
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Optional

from .model import FAIL, MISS, PASS, SKIP, XFAIL, Log, Problem, Test

VERSION = re.compile(r"^(?:# )?K?TAP version \d+")
PLAN = re.compile(r"^(?:# )?1\.\.(\d+)")
RESULT = re.compile(r"^(# )?(ok|not ok) \d+ (?:- )?(\S.*?)(?:\s+#\s+(.*))?$")
RUN = re.compile(r"^#\s+RUN\s+(\S+) \.\.\.")
DETAIL = re.compile(r"^#    (\S.*)")
DIRECTIVE = re.compile(r"^(SKIP|XFAIL|XPASS|TIMEOUT)\b\s*(.*)")
# What ci/lab/run calls the folder of a run.
FOLDER = re.compile(r"^(x86|arm64)-([^-]+)(?:-(.+))?$")


def looks_like_ktap(text: str) -> bool:
    return any(VERSION.match(line) or RESULT.match(line) for line in text.splitlines())


def make_test(ok: bool, name: str, comment: str) -> Test:
    directive = DIRECTIVE.match(comment)
    word, rest = directive.groups() if directive else ("", comment)
    status = PASS if ok else FAIL
    if word == "SKIP":
        status = SKIP
    elif word == "XFAIL" and ok:
        status = XFAIL
    elif word == "TIMEOUT":
        rest = f"timeout {rest}".strip()
    return Test(name, status, rest.strip())


class Parser:
    """Reads lines one by one; kselftest's `# ` before nested results is taken off."""

    def __init__(self) -> None:
        self.tests: list[Test] = []
        self.planned: Optional[int] = None
        self.running = ""
        self.version = False

    def line(self, line: str) -> None:
        if VERSION.match(line):
            self.version = True
        elif plan := PLAN.match(line):
            self.planned = (self.planned or 0) + int(plan.group(1))
        elif run := RUN.match(line):
            self.running = run.group(1)
        elif result := RESULT.match(line):
            self.result(result)
        elif (detail := DETAIL.match(line)) and self.tests and self.tests[-1].status == FAIL:
            self.tests[-1].details.append(detail.group(1))

    def result(self, match: re.Match[str]) -> None:
        _, word, name, comment = match.groups()
        if name.startswith("selftests: "):
            # The runner's word on a whole program; its tests have come already.
            self.planned = self.planned - 1 if self.planned else None
            return
        self.tests.append(make_test(word == "ok", name, comment or ""))
        if name == self.running:
            self.running = ""

    def finish(self, path: str) -> list[Problem]:
        problems = []
        if self.running:
            self.tests.append(Test(self.running, MISS, "started and never ended"))
        seen = len(self.tests)
        if not self.version:
            problems.append(Problem(path, "no KTAP version line: the beginning is missing"))
        if self.planned is None:
            problems.append(Problem(path, f"no plan: nobody knows whether {seen} results are all"))
        elif seen < self.planned or (self.running and seen <= self.planned):
            missing = self.planned - seen + bool(self.running)
            problems.append(Problem(path, f"{missing} of {self.planned} planned results are "
                                          "missing: the run ended early or the log is cut off"))
            if seen < self.planned:
                self.tests.append(Test("(results that never came)", MISS,
                                       f"{self.planned - seen} more"))
        elif seen > self.planned:
            problems.append(Problem(path, f"{seen} results where {self.planned} were planned"))
        return problems


def name_run(path: Path) -> tuple[str, str, str]:
    """Architecture, kernel and mode of KVM, from where ci/lab/run leaves a log."""
    for folder in (path.parent.name, path.parent.parent.name, path.stem):
        if match := FOLDER.match(folder):
            return match.group(1), match.group(2), match.group(3) or "default"
    return "?", path.stem if path.stem != "ktap" else path.parent.name, "default"


def parse(path: Path, text: str, kunit: Optional[ModuleType] = None) -> tuple[Log, list[Problem]]:
    parser = Parser()
    for line in text.splitlines():
        parser.line(line.rstrip())
    problems = parser.finish(str(path))
    log = Log(str(path), *name_run(path), tests=parser.tests)
    if kunit and not problems:
        problems += disagreement(kunit, log, text)
    return log, problems


def load_kunit(tree: Optional[str]) -> Optional[ModuleType]:
    """The kernel tree's own parser, to ask whether it sees the same."""
    folder = Path(tree or "", "tools/testing/kunit")
    if not tree or not (folder / "kunit_parser.py").is_file():
        return None
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(folder))
    try:
        return importlib.import_module("kunit_parser")
    except Exception:  # pylint: disable=broad-except
        # Whatever another kernel's parser needs: ours does the work.
        return None
    finally:
        sys.path.remove(str(folder))


def disagreement(kunit: ModuleType, log: Log, text: str) -> list[Problem]:
    """kunit.py knows no XFAIL, and attaches comments to the next result."""
    lines = [re.sub(r"^# (?=ok |not ok |1\.\.|K?TAP )", "  ", line) for line in text.splitlines()]
    printer = importlib.import_module("kunit_printer").null_printer
    try:
        counts = kunit.parse_run_tests(lines, printer).counts
    except Exception as error:  # pylint: disable=broad-except
        return [Problem(log.path, f"the kernel's kunit parser failed: {error}")]
    theirs = (counts.passed, counts.failed, counts.skipped)
    ours = (log.count(PASS, XFAIL), log.count(FAIL), log.count(SKIP))
    if theirs == ours:
        return []
    return [Problem(log.path, f"the kernel's kunit parser counts {theirs} where we count {ours}"
                              " (passed, failed, skipped)")]
