#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""What report.py makes of logs that the suite wrote, and of damaged ones."""
from __future__ import annotations

import contextlib
import copy
import dataclasses
import html
import io
import json
import os
import random
import re
import shutil
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any, Callable, Optional
from unittest import mock

from lxml import etree

HERE = Path(__file__).resolve().parent
DATA = HERE / "data"
sys.path.insert(0, str(HERE.parent))

import report  # noqa: E402
from gmemreport import compare, environment, inputs, ktap, model, record  # noqa: E402
from gmemreport.kcidb import errors_of, kcidb, path_of  # noqa: E402

FAILED = DATA / "x86-candidate-huge"
WHOLE = DATA / "arm64-candidate-nvhe"
PERF = DATA / "perf"
MUTANTS = DATA / "mutants"
# Of Jenkins' xunit plugin, whose licence is in the file.
JUNIT = etree.XMLSchema(file=str(DATA / "junit-10.xsd"))
RED = ("FAIL", "ERROR", "MISS")


class Run:
    """One call of report.py in a folder of its own."""

    def __init__(self, *arguments: object) -> None:
        with tempfile.TemporaryDirectory() as folder:
            out, err = io.StringIO(), io.StringIO()
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                try:
                    self.status = report.main(["--out", folder, *map(str, arguments)])
                except SystemExit as end:
                    self.status = int(end.code or 0)
            self.files = {p.name: p.read_text() for p in Path(folder).iterdir()}
        self.out, self.err = out.getvalue(), err.getvalue()

    @property
    def html(self) -> str:
        return self.files["report.html"]

    def kcidb(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.files["kcidb.json"])
        return document

    def junit(self) -> etree._Element:
        root = etree.fromstring(self.files["junit.xml"].encode())
        JUNIT.assertValid(root)
        return root


class Case(unittest.TestCase):
    """A test with files of its own."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def file(self, text: str, name: str = "x.jsonl") -> Path:
        path = self.folder / name
        path.write_text(text)
        return path

    def copy(self, of: Path = WHOLE, name: str = "run", log: str = "", **changes: Any) -> Path:
        """A run like another, with other fields in its record, and another log."""
        folder = self.folder / name
        shutil.copytree(of, folder)
        if log:
            (folder / "ktap").write_text(log)
        change(folder, **changes)
        return folder


def change(folder: Path, **changes: Any) -> None:
    file = folder / "run.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **changes}))


def read_log(text: str) -> list[model.Test]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ktap"
        path.write_text(text)
        return ktap.read(path)


class Ktap(Case):
    """Runs of the suite, as they should be."""

    def test_whole(self) -> None:
        read = inputs.read([str(WHOLE)])
        self.assertEqual(read.problems, [])
        run = read.runs[0]
        self.assertEqual((run.arch, run.kernel, run.mode), ("arm64", "candidate", "nvhe"))
        self.assertEqual([run.count(s) for s in (model.PASS, model.SKIP, model.XFAIL)], [8, 2, 3])
        self.assertEqual((run.verdict, run.why), ("pass", ""))

    def test_names_of_folders(self) -> None:
        """Names are the record's: a kernel with a hyphen keeps it, a folder says nothing."""
        run = inputs.read([str(FAILED)]).runs[0]
        self.assertEqual((run.arch, run.kernel, run.mode), ("x86", "candidate-huge", "default"))
        run = inputs.read([str(self.copy(WHOLE, "x86-slow-get"))]).runs[0]
        self.assertEqual((run.arch, run.kernel, run.mode), ("arm64", "candidate", "nvhe"))

    def test_failure(self) -> None:
        run = inputs.read([str(FAILED)]).runs[0]
        failed = [t for t in run.tests if t.status == model.FAIL]
        self.assertEqual([t.name for t in failed], ["basic.hugetlb.ring.opaque"])
        self.assertTrue(failed[0].reason.startswith("lost page=63 gfn=0x100040"))
        self.assertEqual(failed[0].replay, "./gmem_dirty_basic --seed 0x1"
                                           " --tests basic.hugetlb.ring.opaque")
        self.assertTrue(failed[0].details[0].startswith("lost page=0 gfn=0x100001"))
        self.assertEqual(run.verdict, "fail")
        self.assertIn("planned 23 results, 22 came", run.why)

    def test_every_cut(self) -> None:
        """Wherever a log ends early, its run does not pass, whatever the record says."""
        lines = (WHOLE / "ktap").read_text().splitlines(keepends=True)
        for n in range(len(lines) - 3):
            log = "".join(lines[:n]) or "\n"
            run = inputs.read([str(self.copy(name=str(n), log=log))]).runs[0]
            self.assertEqual(run.verdict, model.CONTRADICTED, f"cut after line {n}")

    def test_runner(self) -> None:
        """kselftest's runner indents what a program says by `# `."""
        nested = "".join(f"# {line}\n" for line in (WHOLE / "ktap").read_text().splitlines())
        text = ("TAP version 13\n1..1\n# selftests: kvm: gmem_dirty_basic\n"
                f"{nested}ok 1 selftests: kvm: gmem_dirty_basic\n")
        run = inputs.read([str(self.copy(log=text))]).runs[0]
        self.assertEqual((run.verdict, run.why, run.count(model.PASS)), ("pass", "", 8))

    @unittest.skipUnless(os.environ.get("KDIR"), "no KDIR")
    def test_kunit(self) -> None:
        kunit = ktap.load_kunit(os.environ["KDIR"])
        self.assertIsNotNone(kunit)
        self.assertEqual(inputs.read([str(WHOLE)], kunit).runs[0].faults, [])
        assert kunit
        text = (WHOLE / "ktap").read_text()
        tests = ktap.read(WHOLE / "ktap")[:-1]
        self.assertIn("kunit parser counts (11, 0, 2)", ktap.disagreement(kunit, tests, text))


class Records(Case):
    """run.json: what is not as it has to be is no record."""

    def verdict(self, folder: Path) -> str:
        return inputs.read([str(folder)]).runs[0].verdict

    def test_every_field(self) -> None:
        """Of every field, at any depth: missing, or of another type."""
        for folder in (WHOLE, MUTANTS):
            good = record.load(folder / "run.json")
            for path in paths_of(good):
                if folder == MUTANTS and path[0] not in {*record.ALL_MUTANTS, "schema"}:
                    continue
                for how in ("missing", "other"):
                    broken = damaged(good, path, how)
                    with self.assertRaises(record.Bad, msg=f"{path} {how}"):
                        record.check(broken)
            record.check(good)

    def test_refused(self) -> None:
        text = (WHOLE / "run.json").read_text()
        broken = {"": "not JSON", text[:-20]: "not JSON", "[]": "no JSON object",
                  text.replace("run/1", "run/2"): "another version",
                  text.replace('"exit": 0', '"exit": 1, "exit": 0', 1): "stands twice",
                  text.replace('"duration": 93', '"duration": NaN'): "NaN",
                  text.replace('"duration": 93', '"duration": -1'): "'duration' is -1",
                  text.replace("T12:00:00Z", " noon"): "not a time"}
        for i, (content, words) in enumerate(broken.items()):
            folder = self.copy(name=str(i))
            (folder / "run.json").write_text(content)
            run = inputs.read([str(folder)]).runs[0]
            self.assertEqual(run.verdict, model.NO_RECORD)
            self.assertIn(words, run.why)
            self.assertEqual((run.kernel, run.arch), ("?", "?"))

    def test_named(self) -> None:
        """A file of a run stands for the run, and a run that is named twice for one."""
        read = inputs.read([str(WHOLE), str(WHOLE / "ktap"), str(WHOLE / "run.json")])
        self.assertEqual([r.verdict for r in read.runs], ["pass"])

    def test_below(self) -> None:
        """Runs of a folder, a link to one of them not counted."""
        self.copy(WHOLE, "a")
        self.copy(FAILED, "b")
        (self.folder / "latest").symlink_to("a")
        self.assertEqual([r.verdict for r in inputs.read([str(self.folder)]).runs],
                         ["pass", "fail"])
        self.assertEqual(len(inputs.read([str(self.folder / "latest")]).runs), 1)

    def test_verdicts(self) -> None:
        """Those that are no success stay what they are."""
        for verdict in record.VERDICTS:
            folder = self.copy(name=verdict, verdict=verdict, why="because")
            expected = model.CONTRADICTED if verdict == "skip" else verdict
            self.assertEqual(self.verdict(folder), expected)


def paths_of(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place within a record, but what is in lists of plain words."""
    pairs = value.items() if isinstance(value, dict) else \
        enumerate(value) if isinstance(value, list) else ()
    return [p for key, inner in pairs for p in [(*path, key), *paths_of(inner, (*path, key))]]


def damaged(good: Any, path: tuple[Any, ...], how: str) -> Any:
    broken = copy.deepcopy(good)
    holder = broken
    for key in path[:-1]:
        holder = holder[key]
    if how == "other" or isinstance(holder, list):
        holder[path[-1]] = [["?"]]
    else:
        del holder[path[-1]]
    return broken


class Lines(Case):
    """JSON Lines."""

    def record(self, **changes: Any) -> str:
        line = json.loads((PERF / "perf.jsonl").read_text().splitlines()[0])
        line.update(changes)
        return json.dumps(line)

    def problem(self, text: str) -> str:
        folder = self.copy(PERF, str(len(list(self.folder.iterdir()))))
        with (folder / "perf.jsonl").open("a") as file:
            file.write(text)
        run = inputs.read([str(folder)]).runs[0]
        self.assertEqual(run.verdict, model.CONTRADICTED)
        self.assertEqual(len(run.faults), 1, run.faults)
        return run.faults[0]

    def test_good(self) -> None:
        read = inputs.read([str(PERF), str(MUTANTS)])
        self.assertEqual([r.why for r in read.runs], ["", ""])
        self.assertEqual([len(read.results), len(read.kills)], [3, 5])
        self.assertEqual(read.results[0].where, "x86 gmem bitmap 8M density=1")

    def test_damaged(self) -> None:
        damage: list[tuple[dict[str, Any], str]] = [
            ({"samples": []}, "not empty"), ({"samples": [1, "2"]}, "numbers"),
            ({"samples": [float("nan")]}, "numbers"),
            ({"better": "faster"}, "neither lower nor higher"),
            ({"metric": 7}, "'metric' is 7"), ({"comparable": 1}, "'comparable' is 1"),
            ({"schema": "gmem-dirty-perf/2"}, "another version")]
        for changes, word in damage:
            self.assertIn(word, self.problem(self.record(**changes) + "\n"))
        self.assertIn(":4: not JSON", self.problem(self.record()[:-20] + "\n"))
        self.assertIn("neither a result", self.problem('{"a": 1}\n'))
        self.assertIn("not JSON", self.problem("hello\n"))
        self.assertIn("cut off", self.problem(self.record()))
        without = json.loads(self.record())
        del without["unit"]
        self.assertIn("without 'unit'", self.problem(json.dumps(without) + "\n"))

    def test_rest_is_reported(self) -> None:
        good = self.record()
        run = inputs.read([str(self.file(f"{good}\n{good[:50]}\n{good}\n"))]).runs[0]
        self.assertEqual([len(run.results), len(run.faults)], [2, 2])

    def test_within_ktap(self) -> None:
        text = (WHOLE / "ktap").read_text() + f"# {self.record()}\n"
        run = inputs.read([str(self.copy(log=text))]).runs[0]
        self.assertEqual([len(run.results), run.why], [1, ""])

    def test_other_inputs(self) -> None:
        for text, word in (("\x00\x01 hello", "neither KTAP nor JSON Lines"), ("", "empty")):
            self.assertIn(word, str(inputs.read([str(self.file(text))]).problems[0]))
        read = inputs.read([str(self.folder / "none")])
        self.assertIn("no such file", str(read.problems[0]))


class Compare(unittest.TestCase):
    """Two kernels."""

    def setUp(self) -> None:
        self.random = random.Random(1)

    def result(self, mean: float, spread: float = 0.0, n: int = 10,
               **changes: Any) -> model.Result:
        samples = [self.random.gauss(mean, spread * mean) for _ in range(n)]
        result = model.Result("x", "get_dirty_log", "ns", "lower", samples, {"arch": "x86"}, {},
                              True, [])
        return dataclasses.replace(result, **changes)

    def verdict(self, a: list[model.Result], b: list[model.Result],
                settings: Optional[compare.Settings] = None) -> str:
        return compare.verdict(compare.compare(a, b, settings or compare.Settings()))

    def runs(self, mean: float, spread: float = 0.01, n: int = 10,
             **changes: Any) -> list[model.Result]:
        return [self.result(mean, spread, n, **changes) for _ in range(3)]

    def test_worse_and_better(self) -> None:
        for better, worse in (("lower", 1100), ("higher", 900)):
            a, b = self.runs(1000, better=better), self.runs(worse, better=better)
            self.assertEqual(self.verdict(a, b), compare.REGRESSION)
            self.assertEqual(self.verdict(b, a), compare.IMPROVEMENT)

    def test_too_small_to_matter(self) -> None:
        a, b = self.runs(1000, 0.001), self.runs(1030, 0.001)
        self.assertEqual(self.verdict(a, b), compare.NO_EVIDENCE)
        self.assertEqual(self.verdict(a, b, compare.Settings(min_effect=0.02)),
                         compare.REGRESSION)
        for r in a + b:
            r.unit = "instructions"
        self.assertEqual(self.verdict(a, b), compare.REGRESSION)

    def test_too_noisy_to_tell(self) -> None:
        a, b = self.runs(1000, 0.5), self.runs(1100, 0.5)
        self.assertEqual(self.verdict(a, b), compare.NO_EVIDENCE)
        self.assertGreater(compare.compare(a, b, compare.Settings())[0].visible, 0.1)

    def test_runs_that_differ(self) -> None:
        """Boots that differ by more than the kernels are no evidence."""
        a = [self.result(m, 0.001) for m in (1000, 1100, 1200)]
        b = [self.result(m, 0.001) for m in (1090, 1190, 1290)]
        c = compare.compare(a, b, compare.Settings())[0]
        self.assertLess(c.p_holm, 0.01)
        self.assertEqual(c.verdict, compare.NO_EVIDENCE)

    def test_false_alarms(self) -> None:
        """Twenty metrics of one kernel against itself, twelve times."""
        alarms = 0
        for _ in range(12):
            a, b = ([self.result(1000, 0.1, metric=f"m{i}") for i in range(20) for _ in (1, 2)]
                    for _ in "ab")
            alarms += self.verdict(a, b, compare.Settings(min_effect=1e-6)) == compare.REGRESSION
        self.assertLessEqual(alarms, 1)

    def test_exact(self) -> None:
        """Counted instructions that never vary still can be told apart."""
        unit = "instructions"
        a, b = ([self.result(m, 0, 5, metric=f"m{i}", unit=unit) for i in range(60) for _ in (1, 2)]
                for m in (1000, 1011))
        compared = compare.compare(a, b, compare.Settings())
        self.assertEqual({c.verdict for c in compared}, {compare.REGRESSION})

    def test_noise(self) -> None:
        a, b = self.runs(1000), self.runs(1100, noise=["turbo"], comparable=False)
        self.assertEqual(self.verdict(a, b), compare.NOT_COMPARABLE)
        self.assertEqual(self.verdict(a, b, compare.Settings(allow_noise=True)),
                         compare.REGRESSION)
        b[0].unit = "instructions"
        self.assertEqual(self.verdict(a, b, compare.Settings(allow_noise=True)),
                         compare.NOT_COMPARABLE)

    def test_interrupts(self) -> None:
        """A few samples that something else interrupted hide nothing."""
        a, b = self.runs(1000, 0, n=600), self.runs(1050, 0, n=600)
        for r in a + b:
            r.samples[17] = 1e6
        self.assertEqual(self.verdict(a, b), compare.REGRESSION)

    def test_too_few(self) -> None:
        """Three samples a side cannot show anything, and are not said to be the same."""
        a, b = self.result(1000, n=3), self.result(2000, n=3)
        self.assertEqual(self.verdict([a], [b]), compare.NOT_COMPARABLE)
        self.assertEqual(self.verdict([a], [b], compare.Settings(alpha=0.2)), compare.REGRESSION)

    def test_holm(self) -> None:
        for got, wanted in zip(compare.holm([0.01, 0.04, 0.03]), [0.03, 0.06, 0.06]):
            self.assertAlmostEqual(got, wanted)

    def test_exact_p_of_runs(self) -> None:
        p, least = compare.p_of_runs([[1.0], [2.0]], [[3.0], [4.0]])
        self.assertAlmostEqual(p, 1 / 3)
        self.assertAlmostEqual(least, 1 / 3)


LAB = {"name": "panic", "text": "Kernel panic - not syncing: Attempted to kill init!"}
CONSOLE = "[    1.234567] Kernel panic - not syncing: Attempted to kill init!\n"
Fault = Callable[[Path], None]


def edit(**changes: Any) -> Fault:
    """A record that says something else."""
    return lambda folder: change(folder, **changes)


def edit_in(name: str, /, **changes: Any) -> Fault:
    """A record with other fields within an object, or within each of a list of them."""
    def fault(folder: Path) -> None:
        value = json.loads((folder / "run.json").read_text())[name]
        for item in value if isinstance(value, list) else [value]:
            item.update(changes)
        change(folder, **{name: value})
    return fault


def rewrite(name: str, how: Callable[[str], str]) -> Fault:
    def fault(folder: Path) -> None:
        path = folder / name
        path.write_text(how(path.read_text()))
    return fault


def drop(name: str) -> Fault:
    return lambda folder: (folder / name).unlink()


def both(*faults: Fault) -> Fault:
    def fault(folder: Path) -> None:
        for one in faults:
            one(folder)
    return fault


def half(folder: Path) -> None:
    """The second of two shards is nowhere, and the log is only the first's."""
    parts = json.loads((folder / "run.json").read_text())["parts"]
    (folder / "shard-1").mkdir()
    shutil.copy(folder / "ktap", folder / "shard-1" / "ktap")
    second = {**parts[0], "name": "shard-2", "ktap": "shard-2/ktap", "planned": 1, "seen": 1}
    change(folder, parts=[{**parts[0], "ktap": "shard-1/ktap"}, second])


def other_whole(folder: Path) -> None:
    """As many results as its parts have, and of another test."""
    (folder / "shard-1").mkdir()
    shutil.copy(folder / "ktap", folder / "shard-1" / "ktap")
    edit_in("parts", ktap="shard-1/ktap")(folder)
    rewrite("ktap", lambda t: t.replace("third_page", "fourth_page"))(folder)


def another_log(folder: Path) -> None:
    (folder / "shard-2").mkdir()
    shutil.copy(FAILED / "ktap", folder / "shard-2" / "ktap")


def died(folder: Path) -> None:
    (folder / "run.json").rename(folder / "run.begun")


def as_runner(status: str) -> Callable[[str], str]:
    """What kselftest's runner makes of a log."""
    def how(text: str) -> str:
        nested = "".join(f"# {line}\n" for line in text.splitlines())
        return f"TAP version 13\n1..1\n# selftests: kvm: gmem_dirty_basic\n{nested}{status}\n"
    return how


def lines_off(n: int) -> Callable[[str], str]:
    return lambda text: "".join(text.splitlines(keepends=True)[:-n])


CRASHED = as_runner("not ok 1 selftests: kvm: gmem_dirty_basic # exit=139")
NO_PASS = {"planned": 13, "seen": 13, "passed": 0, "failed": 0, "skipped": 13, "xfail": 0}
ALL_SKIPPED = "\n".join(["TAP version 13", "1..13",
                         *(f"ok {i} a.b.c.t{i} # SKIP no" for i in range(1, 14)), ""])

# What goes wrong with a run that is good, and words that a reader has to see.
SUITE_FAULTS: dict[str, tuple[Fault, str]] = {
    "the kernel panics at boot": (both(
        edit(verdict="lab", why="lab: panic", exit=None, lab_failure=LAB, parts=[],
             tests=dict.fromkeys(NO_PASS, 0)), rewrite("ktap", lambda _: CONSOLE)),
        "Kernel panic - not syncing"),
    "it panics in the second of two shards": (both(half, edit(
        verdict="lab", why="shard-2: panic", lab_failure=LAB)), "Kernel panic - not syncing"),
    "it panics, and the record says pass": (edit(lab_failure=LAB), "lab's failure panic"),
    "a shard panics, and the record says pass": (
        edit_in("parts", lab_failure=LAB), "part shard-1 has the lab's failure panic"),
    "the program crashes after its last result": (
        edit(verdict="crash", why="exit status 139", exit=139), "exit status 139"),
    "it crashes, and the record says pass": (edit(exit=139), "ended with exit status 139"),
    "a shard crashes, and the record says pass": (
        edit_in("parts", exit=139), "part shard-1 ended with exit status 139"),
    "kselftest's runner saw it crash": (rewrite("ktap", CRASHED), "exit status 139"),
    "it ends with 1 and no result failed": (edit_in("parts", exit=1), "exit status 1"),
    "it ends with 4 and not all was skipped": (edit_in("parts", exit=4), "exit status 4"),
    "the log is not that of its parts": (other_whole, "are not those of its log"),
    "nobody knows its exit status": (edit(exit=None), "no exit status"),
    "nobody knows a shard's exit status": (edit_in("parts", exit=None), "no exit status"),
    "it hangs": (edit(verdict="timeout", why="no output for 120 s", exit=124), "120 s"),
    "results are missing": (
        edit(verdict="incomplete", why="planned 13 results, 12 came"), "12 came"),
    "a shard is lost": (half, "there is no shard-2/ktap"),
    "no shard is recorded": (edit(parts=[]), "it has no parts"),
    "the record counts a shard less": (
        edit_in("parts", planned=6, seen=6), "the record says 6 seen, the log has 13"),
    "the plan is not fulfilled": (
        rewrite("ktap", lines_off(6)), "planned 13 results, "),
    "the log ends within a line": (rewrite("ktap", lambda t: t[:-40]), "cut off"),
    "the log is empty": (rewrite("ktap", lambda _: ""), "ktap is empty"),
    "the log is lost": (drop("ktap"), "there is no ktap"),
    "the log is somebody else's": (
        rewrite("ktap", lambda _: (FAILED / "ktap").read_text()), "the log has 17"),
    "the log is a console's": (rewrite("ktap", lambda _: CONSOLE), "no KTAP"),
    "the log is garbage": (rewrite("ktap", lambda _: "\x01\x02 ok\n\x03"), "ktap"),
    "the log lies elsewhere": (edit(ktap="../../ktap"), "not in its folder"),
    "a log is not recorded": (another_log, "tells nothing of shard-2/ktap"),
    "a test fails, and the record says pass": (
        rewrite("ktap", lambda t: t.replace("\nok 3 ", "\nnot ok 3 ")), "1 tests failed"),
    "a test fails, and the record says skip": (
        both(edit(verdict="skip", exit=4),
             rewrite("ktap", lambda t: t.replace("\nok 3 ", "\nnot ok 3 "))), "1 tests failed"),
    "the record itself counts a failure": (
        edit_in("tests", failed=1, passed=7), "1 tests failed"),
    "the record counts results twice": (edit_in("tests", passed=9), "9 passed, the log has 8"),
    "a test has two results": (
        rewrite("ktap", lambda t: t.replace("third_page", "every_page")), "has two results"),
    "a test never ends": (rewrite("ktap", lambda t: t.replace(
        "\nok 8 basic.gmem.clear_pieces.first_read\n", "\n")), "first_read"),
    "a result is nearly one": (
        rewrite("ktap", lambda t: t.replace("\nok 3 ", "\nok3 ")), "nearly a result"),
    "the log's version is missing": (
        rewrite("ktap", lambda t: t.removeprefix("TAP version 13\n")), "no version line"),
    "nothing passed, and the record says pass": (both(
        rewrite("ktap", lambda _: ALL_SKIPPED), edit(tests=NO_PASS),
        edit_in("parts", exit=4)), "no test passed"),
    "a problem is recorded": (edit(problems=["shard 2: nobody knows"]), "nobody knows"),
    "the run died": (died, "the run died"),
    "the record is cut off": (rewrite("run.json", lambda t: t[:400]), "damaged or cut off"),
    "the record is empty": (rewrite("run.json", lambda _: ""), "damaged or cut off"),
    "the record is lost": (drop("run.json"), "nobody knows how the run ended"),
    "the record is of another version": (edit(schema="gmem-dirty-run/9"), "another version"),
    "the record lacks its verdict": (rewrite(
        "run.json", lambda t: t.replace('"verdict"', '"verdikt"')), "'verdict' is missing"),
    "the verdict is a new word": (edit(verdict="fine"), "'verdict' is"),
    "the verdict is a list": (edit(verdict=["pass"]), "'verdict' is"),
}
PERF_FAULTS: dict[str, tuple[Fault, str]] = {
    "nothing was measured": (rewrite("perf.jsonl", lambda _: ""), "nothing was measured"),
    "the numbers are lost": (drop("perf.jsonl"), "nothing was measured"),
    "numbers of a test are lost": (
        rewrite("perf.jsonl", lines_off(1)), "passed and have no numbers, perf.gmem.bitmap.writes"),
    "numbers are cut off": (rewrite("perf.jsonl", lambda t: t[:-100]), "cut off"),
    "numbers are none": (
        rewrite("perf.jsonl", lambda t: t.replace("22123", "NaN", 1)), "list of numbers"),
    "a measuring program crashes": (
        edit(verdict="crash", why="exit status 134", exit=134), "exit status 134"),
    "the record of numbers is lost": (drop("run.json"), "nobody knows how the run ended"),
}
MUTANT_FAULTS: dict[str, tuple[Fault, str]] = {
    "a mutant is lost": (rewrite("results.jsonl", lines_off(1)), "there are 4"),
    "a mutant is lost, and not counted": (
        both(rewrite("results.jsonl", lines_off(1)), edit(rows=4)), "5 mutants were asked for, 4"),
    "a mutant is lost, and another there twice": (rewrite(
        "results.jsonl", lambda t: t.replace("enable-last-page", "enable-huge-only")), "4 have"),
    "another mutant has its row": (rewrite("results.jsonl", lambda t: t.replace(
        "enable-last-page", "another")), "enable-last-page x86 default suite has none"),
    "the list of mutants is damaged": (
        rewrite("asked.jsonl", lambda t: t[:-30]), "asked.jsonl is damaged"),
    "none was asked for": (
        both(rewrite("results.jsonl", lambda _: ""), edit(asked=0, rows=0)), "0 mutants"),
    "a mutant survived": (
        rewrite("results.jsonl", lambda t: t.replace("killed", "survived", 1)), "not killed"),
    "a mutant was not tried": (
        rewrite("results.jsonl", lambda t: t.replace("killed", "error", 1)), "not killed"),
    "its results are cut off": (rewrite("results.jsonl", lambda t: t[:-30]), "cut off"),
    "its results are lost": (drop("results.jsonl"), "there is no results.jsonl"),
    "the candidate was not tried": (rewrite("results.jsonl", lambda t: t.replace(
        "enable-last-page", "candidate").replace("killed", "error")), "not killed"),
    "the mutants' run failed": (edit(verdict="fail", why="the builder died"), "builder died"),
    "the mutants' run died": (died, "the run died"),
}
FAULTS = [(WHOLE, SUITE_FAULTS), (PERF, PERF_FAULTS), (MUTANTS, MUTANT_FAULTS)]


class Faults(Case):
    """Whatever goes wrong, no output says pass."""

    def red(self, run: Run, words: str) -> None:
        """Every output on its own tells that something failed, and what."""
        self.assertIn(run.status, (1, 2), "exit status")
        self.assertIn('<b class="bad">FAIL</b>of all of it', run.html, "HTML")
        self.assertIn("Verdict: **FAIL**", run.files["report.md"], "Markdown")
        root = run.junit()
        self.assertGreater(int(root.get("failures", 0)) + int(root.get("errors", 0)), 0, "JUnit")
        self.assertTrue(root.xpath("//testcase[@name='run' or contains(@classname, 'inputs')]"
                                   "/error"), "JUnit")
        document = run.kcidb()
        self.assertEqual(errors_of(document), [])
        self.assertTrue([t for t in document["tests"] if t["status"] in RED and
                         t["path"].endswith((".run", ".input"))], "KCIDB")
        for name, text in run.files.items():
            self.assertIn(words, html.unescape(text).replace('\\"', '"'), name)

    def green(self, *paths: Path) -> None:
        run = Run(*paths)
        self.assertEqual(run.status, 0)
        self.assertIn('<b class="good">pass</b>of all of it', run.html)
        self.assertIn("Verdict: **pass**", run.files["report.md"])
        root = run.junit()
        self.assertEqual([root.get("failures"), root.get("errors")], ["0", "0"])
        of_runs = [t for t in run.kcidb()["tests"] if t["path"].endswith(".run")]
        self.assertEqual([t["status"] for t in of_runs], ["PASS"] * len(paths))

    def test_without(self) -> None:
        """Else the table below would say nothing."""
        for base, _ in FAULTS:
            self.green(base)
        self.green(WHOLE, PERF, MUTANTS)

    def test_each(self) -> None:
        for base, faults in FAULTS:
            for name, (fault, words) in faults.items():
                with self.subTest(name):
                    folder = self.copy(base, name)
                    fault(folder)
                    alone = Run(folder)
                    self.red(alone, words)
                    self.no_pass(alone)

    def test_beside_another(self) -> None:
        """A good run beside it hides nothing."""
        names = ("the kernel panics at boot", "it crashes, and the record says pass",
                 "the run died", "the record is lost")
        for name in names:
            fault, words = SUITE_FAULTS[name]
            folder = self.copy(WHOLE, name)
            fault(folder)
            self.red(Run(WHOLE, folder), words)

    def no_pass(self, run: Run) -> None:
        """A run that is alone is called a success nowhere."""
        self.assertNotIn("| pass |", run.files["report.md"])
        self.assertNotIn('<td class="good">pass</td>', run.html)
        self.assertFalse(run.junit().xpath("//testcase[@name='run' and not(error)]"))
        self.assertFalse([t for t in run.kcidb()["tests"] if t["path"].endswith(".run") and
                          t["status"] not in RED])

    def test_no_reader(self) -> None:
        """Without ci/ktap, or with one that fails, nothing is known of a log."""
        tools = {"/nonexistent": "ci/ktap: ", "/bin/false": "ci/ktap says nothing",
                 "/bin/true": "log has"}
        for tool, words in tools.items():
            with self.subTest(tool), mock.patch.object(ktap, "TOOL", Path(tool)):
                self.red(Run(WHOLE), words)
        with mock.patch.object(ktap, "judge", lambda status, paths: ("", [])):
            self.red(Run(WHOLE), "ci/ktap says nothing")

    def test_unreadable(self) -> None:
        """A log that a disk does not give back; and one that kunit.py reads otherwise."""
        with mock.patch.object(Path, "read_text", side_effect=OSError(5, "I/O error")):
            run = inputs.read([str(PERF)]).runs[0]
        self.assertEqual((run.verdict, run.faults[0]),
                         (model.NO_RECORD, "run.json: cannot be read: I/O error"))
        broken = model.Run("x")
        with mock.patch.object(Path, "read_text", side_effect=OSError(5, "I/O error")):
            self.assertEqual(inputs.read_text(broken, Path("x")), "")
        self.assertEqual(broken.faults, ["x cannot be read: I/O error"])
        with mock.patch.object(ktap, "disagreement", lambda *_: "they count others"):
            run = inputs.read([str(WHOLE)], mock.Mock()).runs[0]
        self.assertEqual((run.verdict, run.faults), (model.CONTRADICTED,
                                                     ["ktap: they count others"]))

    def test_inputs(self) -> None:
        """An input that is not there is not left out."""
        (self.folder / "empty").mkdir()
        inputs_of: dict[Path, str] = {
            self.folder / "none": "no such file", self.folder / "empty": "no run and no log",
            self.file("", "empty.ktap"): "empty", self.file("hello\n", "x.txt"): "neither KTAP"}
        for path, words in inputs_of.items():
            self.red(Run(path), words)
            self.red(Run(WHOLE, path), words)

    def test_skip(self) -> None:
        """Nothing but skips is no failure, and is called pass nowhere."""
        folder = self.copy(log=ALL_SKIPPED, verdict="skip", exit=4, tests=NO_PASS)
        edit_in("parts", exit=4)(folder)
        run = Run(folder)
        self.assertEqual(run.status, 4)
        self.assertIn('<b class="none">skip</b>of all of it', run.html)
        self.assertNotIn("pass</td>", run.html)
        self.assertIn("Verdict: **skip**", run.files["report.md"])
        self.assertEqual(len(run.junit().xpath("//testcase[not(skipped)]")), 0)
        self.assertEqual({t["status"] for t in run.kcidb()["tests"]}, {"SKIP"})

    def test_earlier_report(self) -> None:
        """What an earlier report said does not stay when there is no new one."""
        out = self.folder / "out"
        quiet = contextlib.redirect_stdout(io.StringIO())
        with quiet, contextlib.redirect_stderr(io.StringIO()):
            self.assertEqual(report.main(["--out", str(out), str(WHOLE)]), 0)
            with mock.patch.object(report, "render", side_effect=OSError(28, "No space left")):
                self.assertEqual(report.main(["--out", str(out), str(WHOLE)]), 2)
        self.assertFalse((out / "report.html").exists())
        self.assertFalse((out / "junit.xml").exists())


class TwoKernels(Case):
    """A against B by files."""

    good: model.Run

    @classmethod
    def setUpClass(cls) -> None:
        cls.good = inputs.read([str(PERF)]).runs[0]

    def perf(self, name: str, factor: float = 1.0, record_: Optional[Fault] = None,
             **environment_: Any) -> Path:
        folder = self.copy(PERF, name, start="2026-11-27T12:00:00Z")
        lines = []
        for text in (folder / "perf.jsonl").read_text().splitlines():
            line = json.loads(text)
            line["environment"].update(environment_)
            if line["metric"] == "rewrite":
                line["samples"] = [s * factor for s in line["samples"]]
            lines.append(json.dumps(line) + "\n")
        (folder / "perf.jsonl").write_text("".join(lines))
        if record_:
            record_(folder)
        return folder

    def run_ab(self, *options: str, factor: float = 1.0, record_: Optional[Fault] = None,
               **environment_: Any) -> Run:
        """Two runs of each; B's are as the arguments say."""
        for old in self.folder.iterdir():
            shutil.rmtree(old)
        a = [self.perf(f"A-{i}") for i in (1, 2)]
        b = [self.perf(f"B-{i}", factor, record_, **environment_) for i in (1, 2)]
        return Run("--a", *a, "--b", *b, *options)

    def differ(self, *chosen: str, facts: Optional[dict[str, Any]] = None, factor: float = 1.2,
               noise: bool = False, **environment_: Any) -> tuple[str, list[str]]:
        """The verdict, and the names of what differs.  facts: of B's record."""
        runs = [copy.deepcopy(self.good) for _ in range(4)]
        for run in runs[2:]:
            for name, value in (facts or {}).items():
                old = run.record[name]
                run.record[name] = {**old, **value} if isinstance(old, dict) else value
            for result in run.results:
                result.environment.update(environment_)
                result.machine = inputs.of_machine(run)
                result.samples = [s * factor for s in result.samples]
        a, b = ([r for run in side for r in run.results] for side in (runs[:2], runs[2:]))
        ab = compare.ab(a, b, compare.Settings(may_differ=chosen, allow_noise=noise))
        return ab.outcome, [name for name, _, _ in ab.differ]

    def red(self, run: Run, outcome: str, words: str = "") -> None:
        self.assertEqual(run.status, 1)
        self.assertIn(f"A against B: {outcome}", run.out)
        self.assertIn(f'<b class="bad">{outcome}</b>', run.html)
        case = run.junit().xpath("//testsuite[@name='A against B']/testcase[@name='all']")[0]
        self.assertEqual(case[0].tag, "failure" if outcome == compare.REGRESSION else "error")
        tests = [t for t in run.kcidb()["tests"] if t["path"].endswith("perf.ab")]
        self.assertIn(tests[0]["status"], RED)
        for text in run.files.values():
            self.assertIn(words, html.unescape(text).replace('\\"', '"'))

    def test_same(self) -> None:
        run = self.run_ab()
        self.assertEqual(run.status, 0, run.out)
        self.assertIn("A against B: no evidence", run.out)
        self.assertEqual([t["status"] for t in run.kcidb()["tests"]
                          if t["path"].endswith("perf.ab")], ["PASS"])

    def test_regression(self) -> None:
        run = self.run_ab(factor=1.05)
        self.red(run, compare.REGRESSION)
        self.assertIn("| regression | rewrite |", run.out)
        self.assertEqual(run.out.count("| regression |"), 1)

    def test_environments(self) -> None:
        """Each fact that differs is named, and nothing is compared."""
        said: dict[str, dict[str, Any]] = {
            "cpu": {"cpu": "Intel Xeon"}, "microcode": {"microcode": "0x2b"},
            "midr": {"midr": "0x41"}, "config": {"config": "1"},
            "mitigations.spectre_v2": {"mitigations": {"spectre_v2": "Vulnerable"}},
            "kvm.tdp_mmu": {"kvm": {"tdp_mmu": "N"}}, "memory": {"memory": "1 kB"},
            "governor": {"governor": "powersave"}, "no_turbo": {"no_turbo": "1"},
            "kernel_command_line": {"kernel_command_line": "mitigations=off"},
            "cpus": {"cpus": 8}, "seed": {"seed": 2}, "suite": {"suite": "other"},
            "compiler": {"kernel_build": "Linux version 7.3.4 (a@b) (clang version 19) #1"},
            "command": {"command": "./gmem_dirty_perf --samples 9"},
            "anything_new": {"anything_new": "x"}}
        for name, changes in said.items():
            self.assertEqual(self.differ(**changes), (compare.NOT_COMPARABLE, [name]))
        machine: dict[str, dict[str, Any]] = {
            "machine.emulator": {"machine": {"emulator": "qemu"}},
            "machine.version": {"machine": {"version": "11.0.0"}},
            "machine.cpus": {"machine": {"cpus": 4}},
            "machine.memory": {"machine": {"memory": "8G"}},
            "suite.version": {"suite": {"version": "other"}},
            "kernel.config": {"kernel": {"config": "d" * 64}},
            "mode": {"mode": "nonpt"}, "parameters": {"parameters": "x=y"},
            "arch": {"arch": "arm64"}}
        for name, facts in machine.items():
            self.assertEqual(self.differ(facts=facts), (compare.NOT_COMPARABLE, [name]))

    def test_environments_told(self) -> None:
        """In every output, by name and with what it is on either side."""
        run = self.run_ab(factor=1.2, cpu="Intel Xeon", microcode="0x2b")
        for words in ("AMD EPYC Processor", "Intel Xeon", "microcode"):
            self.red(run, compare.NOT_COMPARABLE, words)

    def test_may_differ(self) -> None:
        """What is compared, what says nothing, and what the user names."""
        build = json.loads((PERF / "perf.jsonl").read_text().splitlines()[0])
        build = build["environment"]["kernel_build"].replace("7.3.4", "7.4.1")
        fine: list[dict[str, Any]] = [
            {"kernel": "7.4.1"}, {"run": "x"}, {"kernel_build": build},
            {"facts": {"kernel": {"image": "2" * 64, "steps": [], "name": "x", "source": "y"}}},
            {"facts": {"host": {"cpu": "Intel Xeon", "cpus": 64}}}]
        for changes in fine:
            self.assertEqual(self.differ(**changes), (compare.REGRESSION, []), changes)
        changes = {"kvm": {"tdp_mmu": "N"}}
        self.assertEqual(self.differ("kvm", **changes), (compare.REGRESSION, []))
        self.assertEqual(self.differ(noise=True, cpu="x"), (compare.NOT_COMPARABLE, ["cpu"]))
        self.assertEqual(self.run_ab("--may-differ", "cpu", cpu="Intel Xeon").status, 0)
        # Time is the host's.
        timed: Fault = rewrite("perf.jsonl", lambda t: t.replace('"clock": "instructions"',
                                                                 '"clock": "time"'))
        a = [self.perf(f"T-{i}", record_=timed) for i in (1, 2)]
        b = [self.perf(f"U-{i}", record_=both(timed, edit_in("host", cpu="Intel Xeon")))
             for i in (1, 2)]
        self.red(Run("--a", *a, "--b", *b), compare.NOT_COMPARABLE, "host.cpu")

    def test_memory(self) -> None:
        """A kernel's image takes some of it."""
        self.assertTrue(environment.same("memory", {"16310180 kB", "16310020 kB"}))
        self.assertFalse(environment.same("memory", {"16310180 kB", "8155090 kB"}))
        self.assertFalse(environment.same("memory", {"16310180 kB", "(nothing)"}))

    def test_one_sided(self) -> None:
        """What was measured on one side only is no evidence that all is well."""
        run = self.run_ab(record_=rewrite("perf.jsonl", lambda t: t.replace(
            '"metric": "rewrite"', '"metric": "other"')))
        self.red(run, compare.NOT_COMPARABLE, "rewrite (x86 gmem bitmap")
        run = self.run_ab(record_=rewrite("perf.jsonl", lambda t: t.replace(
            '"page_size": 4096', '"page_size": 16384')))
        self.red(run, compare.NOT_COMPARABLE, "page_size 4096 and not 16384")

    def test_failed_run(self) -> None:
        """Numbers of a run that crashed are not compared."""
        run = self.run_ab(record_=edit(verdict="crash", why="exit status 139", exit=139))
        self.red(run, compare.NOT_COMPARABLE, "exit status 139")

    def test_one_run(self) -> None:
        """A run is neither both sides nor twice one of them."""
        run = Run("--a", PERF, PERF, "--b", PERF, PERF)
        self.red(run, compare.NOT_COMPARABLE)
        self.assertIn("is both A and B", run.out)
        self.assertIn("too few samples", run.out)

    def test_nothing(self) -> None:
        self.red(Run("--a", PERF, "--b", MUTANTS), compare.NOT_COMPARABLE)
        self.red(Run("--a", PERF, "--b", self.folder / "none"), compare.NOT_COMPARABLE)


class Report(Case):
    """The files that come out, and the exit status."""

    def test_status(self) -> None:
        self.assertEqual(Run(WHOLE, PERF, MUTANTS).status, 0)
        self.assertEqual(Run(FAILED).status, 1)

    def test_bad_use(self) -> None:
        wrong: list[list[object]] = [
            [], ["--a", PERF], [PERF, "--alpha", "2"], [PERF, "--origin", "A b"],
            [self.file("hello")], ["--nonsense"], [self.folder / "none"]]
        for bad in wrong:
            run = Run(*bad)
            self.assertEqual(run.status, 2, bad)
            self.assertTrue(run.err.startswith("report.py: "), bad)
            self.assertLessEqual(run.err.count("\n"), 2, bad)

    def test_html(self) -> None:
        page = Run(WHOLE, FAILED, PERF, MUTANTS).html
        for text in ("basic.hugetlb.ring.opaque", "replay: <code>./gmem_dirty_basic",
                     "planned 23 results, 22 came", "enable-last-page", "<svg",
                     "arm64-ring-without-bitmap", "arm64 candidate nvhe", "candidate-huge"):
            self.assertIn(text, page)
        references = re.findall(r'(?:href|src|url)\s*[=(]\s*"?([^")]*)', page)
        self.assertTrue(all(r.startswith("#") for r in references), references)

    def test_html_escapes(self) -> None:
        evil = (WHOLE / "ktap").read_text().replace("ok 1 ", "not ok 1 ", 1).replace(
            "\n#", " # <script>alert(1)</script>\n#", 4)
        folder = self.copy(log=evil, verdict="fail", why="<script>alert(1)</script>")
        self.assertNotIn("<script>", Run(folder).html)

    def test_junit(self) -> None:
        root = Run(WHOLE, FAILED).junit()
        for suite in root:
            self.assertEqual(int(suite.get("tests", 0)), len(suite.findall("testcase")))
            for kind, tag in (("failures", "failure"), ("errors", "error"),
                              ("skipped", "skipped")):
                self.assertEqual(int(suite.get(kind, 0)), len(suite.findall(f"testcase/{tag}")))
        self.assertEqual(root.get("failures"), "1")
        # The run itself, the test that never ended, and the plan.
        self.assertEqual(root.get("errors"), "3")
        self.assertEqual(root[0].find("testcase").get("time"), "93")
        root.set("skipped", "9")
        self.assertFalse(JUNIT.validate(root))

    def test_junit_of_any_bytes(self) -> None:
        text = "TAP version 13\n1..1\nnot ok 1 a.b.c # \x01\x1b[31m\x0b & < \ufffe\n"
        Run(self.file(text, "x.ktap")).junit()

    def test_kcidb(self) -> None:
        document = Run(WHOLE, FAILED, PERF, MUTANTS).kcidb()
        self.assertEqual(errors_of(document), [])
        statuses = [t["status"] for t in document["tests"]]
        # Four runs, one of which failed; of its tests, one failed and two are missing.
        self.assertEqual({s: statuses.count(s) for s in set(statuses)},
                         {"PASS": 30, "SKIP": 7, "FAIL": 5, "MISS": 2, "DONE": 3})
        self.assertEqual([len(document[k]) for k in ("incidents", "issues")], [3, 1])
        self.assertIn("kselftest.kvm.gmem_dirty_basic.hugetlb.ring.opaque",
                      [t["path"] for t in document["tests"]])
        ids = [t["id"] for t in document["tests"]]
        self.assertEqual(len(ids), len(set(ids)))

    def test_kcidb_facts(self) -> None:
        """What the record knows reaches the database."""
        commit = self.copy(WHOLE, "commit")
        edit_in("kernel", source="0" * 40, steps=[])(commit)
        document = Run(WHOLE, commit).kcidb()
        run = [t for t in document["tests"] if t["path"] == "kselftest.kvm.gmem_dirty.suite.run"][0]
        self.assertEqual((run["start_time"], run["duration"]), ("2026-11-27T12:00:00Z", 93))
        self.assertEqual(run["environment"]["comment"], "qemu-system-aarch64 7.2.22 mode nvhe")
        self.assertEqual(run["misc"]["suite"]["version"], "f499c48")
        build = {b["id"]: b for b in document["builds"]}[run["build_id"]]
        self.assertEqual((build["architecture"], build["status"]), ("aarch64", "PASS"))
        self.assertTrue(build["compiler"].startswith("gcc (Debian 12.2.0-14+deb12u1) 12.2.0"))
        self.assertEqual(build["misc"]["config_sha256"], "c" * 64)
        hashes = [(c.get("git_commit_hash"), c.get("patchset_hash"))
                  for c in document["checkouts"]]
        self.assertEqual(hashes, [(None, None), ("0" * 40, "")])

    def test_kcidb_rules(self) -> None:
        """Each rule finds what breaks it."""
        good = Run(WHOLE).kcidb()
        for change_ in ({"waived": True}, {"status": "XFAIL"}, {"path": "a b"}, {"id": "no"},
                        {"origin": "Bad"}, {"comment": "x" * 17000}, {"number": {"value": "1"}},
                        {"start_time": "noon"}, {"duration": "93 s"}):
            broken = copy.deepcopy(good)
            broken["tests"][0].update(change_)
            self.assertEqual(len(errors_of(broken)), 1, change_)
        broken = copy.deepcopy(good)
        broken["builds"][0]["architecture"] = "x86-64"
        broken["checkouts"][0].update(git_commit_hash="7.3.4", patchset_hash="no")
        self.assertEqual(len(errors_of(broken)), 3)
        del good["tests"][0]["build_id"]
        self.assertEqual(len(errors_of(good)), 1)
        self.assertEqual(path_of("basic.gmem.a b"), "kselftest.kvm.gmem_dirty_basic.gmem.a_b")

    @unittest.skipUnless(os.environ.get("KCIDB_SCHEMA"), "no KCIDB_SCHEMA")
    def test_kcidb_schema(self) -> None:
        import jsonschema
        schema = json.loads(Path(os.environ["KCIDB_SCHEMA"]).read_text())
        jsonschema.validate(Run(WHOLE, FAILED, PERF, MUTANTS).kcidb(), schema)
        for base, faults in FAULTS:
            for name, (fault, _) in faults.items():
                folder = self.copy(base, name)
                fault(folder)
                jsonschema.validate(Run(folder).kcidb(), schema)

    def test_empty_kcidb(self) -> None:
        nothing = compare.Ab(compare.Settings())
        self.assertEqual(errors_of(kcidb(model.Inputs(), "local", nothing)), [])


if __name__ == "__main__":
    unittest.main()
