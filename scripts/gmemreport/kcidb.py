# SPDX-License-Identifier: GPL-2.0-only
"""KCIDB v5.3: what KernelCI's database takes."""
from __future__ import annotations

import hashlib
import re
from statistics import fmean
from typing import Any

from .compare import NOT_COMPARABLE, REGRESSION, Ab
from .environment import compiler_of
from .model import (CONTRADICTED, FAIL, MISS, NO_RECORD, PASS, SKIP, XFAIL, Inputs, Problem, Result,
                    Run, Test)

Object = dict[str, Any]

STATUS = {PASS: "PASS", FAIL: "FAIL", SKIP: "SKIP", XFAIL: "FAIL", MISS: "MISS"}
# Of a run as a whole.  The lab's failures are MISS, but for a kernel that fell over.
RUN_STATUS = {"pass": "PASS", "skip": "SKIP", "fail": "FAIL", "incomplete": "ERROR",
              "timeout": "ERROR", "crash": "ERROR", "lab": "MISS", NO_RECORD: "MISS",
              CONTRADICTED: "ERROR"}
KERNELS_FAULT = ("panic", "oops")
COMPARED_STATUS = {REGRESSION: "FAIL", NOT_COMPARABLE: "ERROR"}
ROOT = "kselftest.kvm.gmem_dirty"
COMMIT = re.compile(r"^[0-9a-f]{40}$")
ARCHITECTURE = {"x86": "x86_64", "arm64": "aarch64"}
KNOWN = re.compile(r"known=([A-Za-z0-9_-]+)")
ORIGIN = re.compile(r"^[a-z0-9_]+$")
ID = re.compile(r"^[a-z0-9_]+:[^\0]*$")
PATH = re.compile(r"^([a-zA-Z0-9_-]+(\.[a-zA-Z0-9_-]+)*)?$")
MAX_TEXT = 16000


def make_id(origin: str, *parts: str) -> str:
    return f"{origin}:{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:32]}"


def path_of(name: str) -> str:
    """basic.gmem.bitmap.x -> kselftest.kvm.gmem_dirty_basic.gmem.bitmap.x"""
    words = [re.sub(r"[^A-Za-z0-9_-]+", "_", word).strip("_") or "_" for word in name.split(".")]
    words[0] = f"gmem_dirty_{words[0].removeprefix('gmem_dirty_')}"
    return ".".join(["kselftest", "kvm", *words])


def text_of(text: str) -> str:
    return text.replace("\0", "?")[:MAX_TEXT]


class Document:
    """Checkouts, builds and tests as they come up; each once."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.lists: dict[str, dict[str, Object]] = {
            name: {} for name in ("checkouts", "builds", "tests", "issues", "incidents")}

    def add(self, name: str, parts: list[str], **more: Any) -> str:
        identity = make_id(self.origin, name, *parts)
        self.lists[name].setdefault(identity, {"id": identity, "origin": self.origin, **more})
        return identity

    def checkout(self, run: Run) -> str:
        """A released kernel and steps that change it, as far as the record knows."""
        kernel = run.fact("kernel") or {}
        more: Object = {}
        source = str(kernel.get("source") or "")
        if COMMIT.match(source):
            more["git_commit_hash"] = source
            more.update({} if kernel["steps"] else {"patchset_hash": ""})
        words = [source or "source unknown", str(kernel.get("release") or ""),
                 f"{len(kernel['steps'])} steps" if kernel.get("steps") else ""]
        more["misc"] = {k: kernel[k] for k in ("source", "release", "steps") if kernel.get(k)}
        identity = [source, str(kernel.get("release")), *kernel.get("steps", [])]
        return self.add("checkouts", identity if kernel else [run.path],
                        comment=text_of(", ".join(w for w in words if w)), **more)

    def build(self, run: Run) -> str:
        """What was booted; of a run that tells nothing, nothing."""
        kernel = run.fact("kernel") or {}
        checkout = self.checkout(run)
        more: Object = {"architecture": ARCHITECTURE[run.arch]} if run.arch in ARCHITECTURE else {}
        if kernel.get("image"):
            more["status"] = "PASS"
        elif run.verdict == "lab":
            more["status"] = "ERROR"
        if compiler := compiler_of(str(kernel.get("version") or "")):
            more["compiler"] = text_of(compiler)
        more["misc"] = {f"{k}_sha256": kernel[k] for k in ("config", "image") if kernel.get(k)}
        identity = [str(kernel.get(k)) for k in ("name", "release", "source", "config", "image")]
        return self.add("builds", [run.arch, *(identity if kernel else [run.path])],
                        checkout_id=checkout, comment=text_of(f"{run.kernel} for {run.arch}"),
                        **more)

    def common(self, run: Run) -> Object:
        """What is true of each test of a run."""
        more: Object = {"build_id": self.build(run)}
        if run.record:
            more["start_time"] = run.record["start"]
        machine = run.fact("machine") or {}
        words = [machine.get("emulator") or "this machine's own KVM", machine.get("version"),
                 f"mode {run.mode}"]
        if machine:
            names = ("machine", "host", "mode", "parameters")
            more["environment"] = {"comment": text_of(" ".join(str(w) for w in words if w)),
                                   "misc": {n: run.fact(n) for n in names}}
        return more

    def run(self, run: Run) -> None:
        """A run as a whole: red where its results are not, too."""
        status = RUN_STATUS[run.verdict]
        if (run.fact("lab_failure", "name") or "") in KERNELS_FAULT:
            status = "FAIL"
        more: Object = {"duration": run.record["duration"]} if run.record else {}
        facts = {k: v for k, v in run.record.items() if k not in ("parts", "ktap", "schema")}
        kind = run.kind if run.kind != "?" else "unknown"
        self.add("tests", [run.path, str(run.fact("start")), "run"], **self.common(run), **more,
                 path=f"{ROOT}.{kind}.run", status=status,
                 comment=text_of(f"{run.verdict}: {run.why}".removesuffix(": ")), misc=facts)

    def test(self, run: Run, number: int, test: Test) -> None:
        more: Object = {"comment": text_of(test.reason)} if test.reason else {}
        if test.replay or test.details:
            more["log_excerpt"] = text_of("\n".join([test.reason, *test.details]))
        identity = self.add("tests", [run.path, str(run.fact("start")), str(number), test.name],
                            path=path_of(test.name), status=STATUS[test.status],
                            **self.common(run), **more)
        if test.status == XFAIL:
            self.known(identity, test)

    def known(self, identity: str, test: Test) -> None:
        """v5 has no `waived`: a failure that is known is an incident of an issue."""
        match = KNOWN.search(test.reason)
        name = match.group(1) if match else "known"
        issue = self.add("issues", [name], version=1, culprit={"code": True},
                         comment=f"{name}, see docs/findings.md")
        self.add("incidents", [identity, issue], issue_id=issue, issue_version=1,
                 test_id=identity, present=True)

    def number(self, run: Run, result: Result, serial: int) -> None:
        name = [str(result.dimensions.get(k, "-")) for k in ("subject", "mode")]
        self.add("tests", [run.path, str(run.fact("start")), result.path, str(serial)],
                 path=path_of(".".join(["perf", *name, result.metric])), status="DONE",
                 comment=text_of(result.where),
                 number={"value": fmean(result.samples), "unit": result.unit},
                 misc={"dimensions": result.dimensions, "better": result.better,
                       "comparable": result.comparable}, **self.common(run))

    def problem(self, problem: Problem) -> None:
        """An input that says nothing is no run, and not nothing."""
        build = self.build(Run(problem.path))
        self.add("tests", ["input", str(problem)], build_id=build, path=f"{ROOT}.input",
                 status="MISS", comment=text_of(str(problem)))

    def compared(self, run: Run, ab: Ab) -> None:
        words = [ab.outcome, f"{len(ab.comparisons)} comparisons", *ab.alone,
                 *(f"{name}: {a} and {b}" for name, a, b in ab.differ)]
        self.add("tests", [run.path, str(run.fact("start")), "ab"], path=f"{ROOT}.perf.ab",
                 status=COMPARED_STATUS.get(ab.outcome, "PASS"),
                 comment=text_of("; ".join(words)), **self.common(run))

    def finish(self) -> Object:
        document: Object = {"version": {"major": 5, "minor": 3}}
        document.update({name: list(items.values())
                         for name, items in self.lists.items() if items})
        return document


def kcidb(inputs: Inputs, origin: str, ab: Ab) -> Object:
    document = Document(origin)
    for run in inputs.runs:
        document.run(run)
        for number, test in enumerate(run.tests):
            document.test(run, number, test)
        for serial, result in enumerate(run.results):
            document.number(run, result, serial)
    for problem in inputs.problems:
        document.problem(problem)
    if ab.outcome:
        # A comparison that has no run of B at all is the same as a missing one.
        document.compared(inputs.runs[-1] if inputs.runs else Run("nothing"), ab)
    return document.finish()


# The rules of the published schema that concern what is written above.
REQUIRED = {"checkouts": {"id", "origin"}, "builds": {"id", "origin", "checkout_id"},
            "tests": {"id", "origin", "build_id"}, "issues": {"id", "origin", "version"},
            "incidents": {"id", "origin", "issue_id", "issue_version"}}
OPTIONAL = {"checkouts": {"comment", "git_commit_hash", "patchset_hash", "misc"},
            "builds": {"architecture", "comment", "compiler", "status", "misc"},
            "tests": {"path", "status", "comment", "log_excerpt", "environment", "number", "misc",
                      "start_time", "duration"},
            "issues": {"comment", "culprit"}, "incidents": {"test_id", "present"}}
STATUSES = ("FAIL", "ERROR", "MISS", "PASS", "DONE", "SKIP")
PATTERNS = {"origin": ORIGIN, "path": PATH, "git_commit_hash": COMMIT,
            "patchset_hash": re.compile(r"^$|^[0-9a-f]{64}$"),
            "architecture": re.compile(r"^[a-z0-9_]*$"),
            "start_time": re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")}


def check_object(kind: str, item: Object) -> list[str]:
    names = set(item)
    errors = [f"lacks {n}" for n in sorted(REQUIRED[kind] - names)]
    errors += [f"has {n}" for n in sorted(names - REQUIRED[kind] - OPTIONAL[kind])]
    errors += [f"{n} is no id" for n in names if (n == "id" or n.endswith("_id"))
               and not ID.match(str(item[n]))]
    errors += [f"has {n} {item[n]!r}" for n, pattern in PATTERNS.items()
               if n in item and not pattern.match(str(item[n]))]
    if item.get("status", "PASS") not in STATUSES:
        errors.append(f"has status {item['status']!r}")
    errors += [f"{n} is too long or has a zero" for n in ("comment", "log_excerpt", "compiler")
               if len(str(item.get(n, ""))) > 16384 or "\0" in str(item.get(n, ""))]
    for what in (item.get("number", {"value": 0}).get("value"), item.get("duration", 0)):
        if not isinstance(what, (int, float)):
            errors.append("has a number that is none")
    return [f"{kind} {item.get('id')}: {e}" for e in errors]


def errors_of(document: Object) -> list[str]:
    """What the schema would object to."""
    errors = [] if document.get("version") == {"major": 5, "minor": 3} else ["bad version"]
    for kind, items in document.items():
        if kind == "version":
            continue
        if kind not in REQUIRED:
            errors.append(f"unknown {kind}")
            continue
        for item in items:
            errors += check_object(kind, item)
    return errors
