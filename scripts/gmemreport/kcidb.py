# SPDX-License-Identifier: GPL-2.0-only
"""KCIDB v5.3: what KernelCI's database takes."""
from __future__ import annotations

import hashlib
import re
from statistics import fmean
from typing import Any

from .model import FAIL, MISS, PASS, SKIP, XFAIL, Inputs, Log, Result, Test

Object = dict[str, Any]

STATUS = {PASS: "PASS", FAIL: "FAIL", SKIP: "SKIP", XFAIL: "FAIL", MISS: "MISS"}
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
    words[0] = f"gmem_dirty_{words[0]}"
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

    def build(self, arch: str, kernel: str) -> str:
        checkout = self.add("checkouts", [kernel], comment=text_of(f"kernel {kernel}"))
        return self.add("builds", [arch, kernel], checkout_id=checkout,
                        architecture=ARCHITECTURE.get(arch, ""),
                        comment=text_of(f"{kernel} for {arch}"))

    def test(self, log: Log, number: int, test: Test) -> None:
        build = self.build(log.arch, log.kernel)
        more: Object = {"comment": text_of(test.reason)} if test.reason else {}
        if test.replay or test.details:
            more["log_excerpt"] = text_of("\n".join([test.reason, *test.details]))
        identity = self.add("tests", [log.path, str(number), test.name], build_id=build,
                            path=path_of(test.name), status=STATUS[test.status],
                            environment={"comment": f"KVM mode {log.kvm_mode}"}, **more)
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

    def number(self, result: Result, serial: int) -> None:
        build = self.build(str(result.dimensions.get("arch", "?")), result.run)
        name = [str(result.dimensions.get(k, "-")) for k in ("subject", "mode")]
        self.add("tests", [result.path, str(serial)], build_id=build,
                 path=path_of(".".join(["perf", *name, result.metric])), status="DONE",
                 comment=text_of(result.where),
                 number={"value": fmean(result.samples), "unit": result.unit},
                 misc={"dimensions": result.dimensions, "better": result.better,
                       "comparable": result.comparable})

    def finish(self) -> Object:
        document: Object = {"version": {"major": 5, "minor": 3}}
        document.update({name: list(items.values())
                         for name, items in self.lists.items() if items})
        return document


def kcidb(inputs: Inputs, origin: str) -> Object:
    document = Document(origin)
    for log in inputs.logs:
        for number, test in enumerate(log.tests):
            document.test(log, number, test)
    for serial, result in enumerate(inputs.results):
        document.number(result, serial)
    return document.finish()


# The rules of the published schema that concern what is written above.
REQUIRED = {"checkouts": {"id", "origin"}, "builds": {"id", "origin", "checkout_id"},
            "tests": {"id", "origin", "build_id"}, "issues": {"id", "origin", "version"},
            "incidents": {"id", "origin", "issue_id", "issue_version"}}
OPTIONAL = {"checkouts": {"comment"}, "builds": {"architecture", "comment"},
            "tests": {"path", "status", "comment", "log_excerpt", "environment", "number", "misc"},
            "issues": {"comment", "culprit"}, "incidents": {"test_id", "present"}}


def check_object(kind: str, item: Object) -> list[str]:
    names = set(item)
    errors = [f"lacks {n}" for n in sorted(REQUIRED[kind] - names)]
    errors += [f"has {n}" for n in sorted(names - REQUIRED[kind] - OPTIONAL[kind])]
    errors += [f"{n} is no id" for n in names if (n == "id" or n.endswith("_id"))
               and not ID.match(str(item[n]))]
    if not ORIGIN.match(str(item.get("origin", ""))):
        errors.append("has a bad origin")
    if not PATH.match(str(item.get("path", ""))):
        errors.append(f"has path {item['path']!r}")
    if item.get("status", "PASS") not in ("FAIL", "ERROR", "MISS", "PASS", "DONE", "SKIP"):
        errors.append(f"has status {item['status']!r}")
    errors += [f"{n} is too long or has a zero" for n in ("comment", "log_excerpt")
               if len(str(item.get(n, ""))) > 16384 or "\0" in str(item.get(n, ""))]
    if not isinstance(item.get("number", {"value": 0}).get("value"), (int, float)):
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
