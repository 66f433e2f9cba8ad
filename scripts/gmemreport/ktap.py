# SPDX-License-Identifier: GPL-2.0-only
"""KTAP, as ci/ktap reads it.  There is no other reader here."""
from __future__ import annotations

import importlib
import json
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, Optional

from .model import FAIL, MISS, PASS, SKIP, STATUSES, XFAIL, Test

TOOL = Path(__file__).resolve().parents[2] / "ci" / "ktap"
LINE = re.compile(r"^(?:# )?(?:K?TAP version \d|(?:not )?ok \d|1\.\.\d)", re.M)


class Failed(Exception):
    """ci/ktap did not do its work, and why."""


def looks_like_ktap(text: str) -> bool:
    """Only for files of unknown kinds: whether to have ci/ktap read it."""
    return bool(LINE.search(text))


def call(*arguments: str) -> str:
    try:
        done = subprocess.run([str(TOOL), *arguments], capture_output=True, check=False,
                              encoding="utf-8", errors="replace", timeout=600)
    except (OSError, subprocess.SubprocessError) as error:
        raise Failed(f"ci/ktap: {error}") from error
    # Of `judge` 0, 1 and 4 are verdicts.
    if done.returncode not in (0, 1, 4) or done.stderr.strip():
        raise Failed(f"ci/ktap: exit status {done.returncode}: {done.stderr.strip()[:200]}")
    return done.stdout


def take(line: str) -> Test:
    value: Any = json.loads(line)
    if not isinstance(value, dict) or value.get("status") not in STATUSES:
        raise ValueError(line)
    return Test(str(value["name"]), value["status"], str(value["reason"]),
                [str(d) for d in value["details"]])


def read(path: Path) -> list[Test]:
    """Its results; what is wrong with it is among them, as results that are missing."""
    try:
        tests = [take(line) for line in call("json", str(path)).splitlines()]
    except (Failed, ValueError, KeyError, TypeError) as error:
        return [Test("(ktap)", MISS, f"cannot be read: {error}")]
    return tests


def judge(status: str, paths: list[Path]) -> tuple[str, list[str]]:
    """Its verdict on what ended with this exit status, and all that is wrong."""
    try:
        lines = call("judge", status, *map(str, paths)).splitlines()
    except Failed as error:
        return "", [str(error)]
    words = dict(line.partition(" ")[::2] for line in lines if not line.startswith("problem "))
    return words.get("verdict", ""), [line[8:] for line in lines if line.startswith("problem ")]


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


def disagreement(kunit: ModuleType, tests: list[Test], text: str) -> str:
    """Where the kernel's parser counts others.

    kunit.py knows no XFAIL, and attaches comments to the next result.
    """
    lines = [re.sub(r"^# (?=ok |not ok |1\.\.|K?TAP )", "  ", line) for line in text.splitlines()]
    printer = importlib.import_module("kunit_printer").null_printer
    try:
        counts = kunit.parse_run_tests(lines, printer).counts
    except Exception as error:  # pylint: disable=broad-except
        return f"the kernel's kunit parser failed: {error}"
    theirs = (counts.passed, counts.failed, counts.skipped)

    def count(*statuses: str) -> int:
        return sum(t.status in statuses for t in tests)

    ours = (count(PASS, XFAIL), count(FAIL), count(SKIP))
    if theirs == ours:
        return ""
    return (f"the kernel's kunit parser counts {theirs} where we count {ours}"
            " (passed, failed, skipped)")
