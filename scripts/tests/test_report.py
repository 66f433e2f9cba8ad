#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""What report.py makes of logs that the suite wrote, and of damaged ones."""
from __future__ import annotations

import contextlib
import copy
import dataclasses
import io
import json
import os
import random
import re
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any, Optional

from lxml import etree

HERE = Path(__file__).resolve().parent
DATA = HERE / "data"
sys.path.insert(0, str(HERE.parent))

import report  # noqa: E402
from gmemreport import compare, inputs, ktap, model  # noqa: E402
from gmemreport.kcidb import errors_of, kcidb, path_of  # noqa: E402

CUT = DATA / "x86-mutant" / "cut.ktap"
WHOLE = DATA / "arm64-candidate-nvhe" / "ktap"
PERF = DATA / "perf.jsonl"
KILLS = DATA / "kills.jsonl"
# Of Jenkins' xunit plugin, whose licence is in the file.
JUNIT = etree.XMLSchema(file=str(DATA / "junit-10.xsd"))


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

    def kcidb(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.files["kcidb.json"])
        return document


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


class Ktap(Case):
    """Logs."""

    def test_whole(self) -> None:
        read = inputs.read([str(WHOLE)])
        self.assertEqual(read.problems, [])
        log = read.logs[0]
        self.assertEqual((log.arch, log.kernel, log.kvm_mode), ("arm64", "candidate", "nvhe"))
        self.assertEqual([log.count(s) for s in (model.PASS, model.SKIP, model.XFAIL)], [8, 2, 3])
        self.assertEqual(log.verdict, "pass")

    def test_failure(self) -> None:
        log = inputs.read([str(CUT)]).logs[0]
        failed = [t for t in log.tests if t.status == model.FAIL]
        self.assertEqual([t.name for t in failed], ["basic.hugetlb.ring.opaque"])
        self.assertTrue(failed[0].reason.startswith("lost page=63 gfn=0x100040"))
        self.assertEqual(failed[0].replay, "./gmem_dirty_basic --seed 0x1"
                                           " --tests basic.hugetlb.ring.opaque")
        self.assertTrue(failed[0].details[0].startswith("lost page=0 gfn=0x100001"))

    def test_cut_off(self) -> None:
        read = inputs.read([str(CUT)])
        self.assertIn("1 of 23 planned results are missing", str(read.problems[0]))
        self.assertEqual(read.logs[0].tests[-1].name, "basic.anon.clear.get_again")
        self.assertEqual(read.logs[0].tests[-1].status, model.MISS)
        self.assertEqual(read.logs[0].verdict, "FAIL")

    def test_every_cut(self) -> None:
        """Wherever a log ends early, it does not pass."""
        lines = WHOLE.read_text().splitlines()
        for n in range(4, len(lines) - 1):
            log, problems = ktap.parse(WHOLE, "\n".join(lines[:n]))
            self.assertTrue(problems, f"cut after line {n}")
            self.assertEqual(log.verdict, "FAIL", f"cut after line {n}")

    def test_no_beginning(self) -> None:
        text = "\n".join(WHOLE.read_text().splitlines()[3:])
        _, problems = ktap.parse(WHOLE, text)
        self.assertEqual(len(problems), 2)

    def test_too_many(self) -> None:
        _, problems = ktap.parse(WHOLE, WHOLE.read_text().replace("1..13", "1..12"))
        self.assertIn("13 results where 12 were planned", str(problems[0]))

    def test_runner(self) -> None:
        """kselftest's runner indents what a program says by `# `."""
        nested = "".join(f"# {line}\n" for line in WHOLE.read_text().splitlines())
        text = f"TAP version 13\n1..1\n{nested}ok 1 selftests: kvm: gmem_dirty_basic\n"
        log, problems = ktap.parse(WHOLE, text)
        self.assertEqual(problems, [])
        self.assertEqual(log.count(model.PASS), 8)

    @unittest.skipUnless(os.environ.get("KDIR"), "no KDIR")
    def test_kunit(self) -> None:
        kunit = ktap.load_kunit(os.environ["KDIR"])
        self.assertIsNotNone(kunit)
        _, problems = ktap.parse(WHOLE, WHOLE.read_text(), kunit)
        self.assertEqual(problems, [])
        log, _ = ktap.parse(WHOLE, WHOLE.read_text())
        log.tests.pop()
        assert kunit
        self.assertIn("kunit parser counts (11, 0, 2)",
                      str(ktap.disagreement(kunit, log, WHOLE.read_text())[0]))


class Lines(Case):
    """JSON Lines."""

    def record(self, **changes: Any) -> str:
        record = json.loads(PERF.read_text().splitlines()[0])
        record.update(changes)
        return json.dumps(record)

    def problem(self, text: str) -> str:
        read = inputs.read([str(self.file(text + "\n"))])
        self.assertEqual(len(read.problems), 1, text)
        self.assertTrue(read.empty())
        return str(read.problems[0])

    def test_good(self) -> None:
        read = inputs.read([str(PERF), str(KILLS)])
        self.assertEqual(read.problems, [])
        self.assertEqual([len(read.results), len(read.kills)], [3, 5])
        self.assertEqual(read.results[0].where, "x86 gmem bitmap 8M density=1")

    def test_damaged(self) -> None:
        damage: list[tuple[dict[str, Any], str]] = [
            ({"samples": []}, "not empty"), ({"samples": [1, "2"]}, "numbers"),
            ({"samples": [float("nan")]}, "numbers"),
            ({"better": "faster"}, "neither lower nor higher"),
            ({"metric": 7}, "'metric' is 7"),
            ({"schema": "gmem-dirty-perf/2"}, "another version")]
        for changes, word in damage:
            self.assertIn(word, self.problem(self.record(**changes)))
        self.assertIn(":1: not JSON", self.problem(self.record()[:-20]))
        self.assertIn("neither a result", self.problem('{"a": 1}'))
        without = json.loads(self.record())
        del without["unit"]
        self.assertIn("without 'unit'", self.problem(json.dumps(without)))

    def test_rest_is_reported(self) -> None:
        good = self.record()
        read = inputs.read([str(self.file(f"{good}\n{good[:50]}\n{good}\n"))])
        self.assertEqual([len(read.results), len(read.problems)], [2, 1])
        self.assertEqual(read.problems[0].line, 2)

    def test_within_ktap(self) -> None:
        text = WHOLE.read_text() + f"# {self.record()}\n"
        read = inputs.read([str(self.file(text))])
        self.assertEqual([len(read.logs), len(read.results), len(read.problems)], [1, 1, 0])

    def test_other_inputs(self) -> None:
        self.assertIn("neither KTAP nor JSON Lines", self.problem("\x00\x01 hello"))
        self.assertIn("empty", self.problem(""))
        read = inputs.read([str(self.folder / "none"), str(self.folder)])
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


class Report(Case):
    """The files that come out, and the exit status."""

    def test_status(self) -> None:
        self.assertEqual(Run(WHOLE, PERF, KILLS).status, 0)
        self.assertEqual(Run(CUT).status, 1)
        survived = KILLS.read_text().replace("killed", "survived", 1)
        self.assertEqual(Run(self.file(survived)).status, 1)
        self.assertEqual(Run("--a", PERF, PERF, "--b", PERF, PERF).status, 0)
        self.assertEqual(Run("--a", PERF, "--b", KILLS).status, 1)

    def test_bad_use(self) -> None:
        wrong: list[list[object]] = [
            [], ["--a", PERF], [PERF, "--alpha", "2"], [PERF, "--origin", "A b"],
            [self.file("hello")], ["--nonsense"], [self.folder / "none"]]
        for bad in wrong:
            run = Run(*bad)
            self.assertEqual(run.status, 2, bad)
            self.assertTrue(run.err.startswith("report.py: "), bad)
            self.assertLessEqual(run.err.count("\n"), 2, bad)

    def test_regression(self) -> None:
        lines = []
        for line in PERF.read_text().splitlines():
            record = json.loads(line)
            if record["metric"] == "rewrite":
                record["samples"] = [s * 1.05 for s in record["samples"]]
            lines.append(json.dumps(record))
        run = Run("--a", PERF, PERF, "--b", *[self.file("\n".join(lines))] * 2)
        self.assertEqual(run.status, 1)
        self.assertIn("A against B: regression", run.out)
        self.assertIn("| regression | rewrite |", run.out)
        self.assertEqual(run.out.count("| regression |"), 1)

    def test_html(self) -> None:
        html = Run(WHOLE, CUT, PERF, KILLS).files["report.html"]
        for text in ("basic.hugetlb.ring.opaque", "replay: <code>./gmem_dirty_basic",
                     "1 of 23 planned results are missing", "enable-last-page", "<svg",
                     "arm64-ring-without-bitmap", "arm64 candidate nvhe"):
            self.assertIn(text, html)
        references = re.findall(r'(?:href|src|url)\s*[=(]\s*"?([^")]*)', html)
        self.assertTrue(all(r.startswith("#") for r in references), references)

    def test_html_escapes(self) -> None:
        evil = WHOLE.read_text().replace("ok 1 ", "not ok 1 ", 1).replace(
            "\n#", " # <script>alert(1)</script>\n#", 4)
        self.assertNotIn("<script>", Run(self.file(evil, "evil.ktap")).files["report.html"])

    def valid_junit(self, *paths: Path) -> etree._Element:
        root = etree.fromstring(Run(*paths).files["junit.xml"].encode())
        JUNIT.assertValid(root)
        return root

    def test_junit(self) -> None:
        root = self.valid_junit(WHOLE, CUT)
        for suite in root:
            self.assertEqual(int(suite.get("tests", 0)), len(suite.findall("testcase")))
            for kind, tag in (("failures", "failure"), ("errors", "error"),
                              ("skipped", "skipped")):
                self.assertEqual(int(suite.get(kind, 0)), len(suite.findall(f"testcase/{tag}")))
        self.assertEqual(root.get("failures"), "1")
        self.assertEqual(root.get("errors"), "1")
        root.set("skipped", "9")
        self.assertFalse(JUNIT.validate(root))

    def test_junit_of_any_bytes(self) -> None:
        text = "TAP version 13\n1..1\nnot ok 1 a.b.c # \x01\x1b[31m\x0b & < \ufffe\n"
        self.valid_junit(self.file(text, "x.ktap"))

    def test_kcidb(self) -> None:
        document = Run(WHOLE, CUT, PERF).kcidb()
        self.assertEqual(errors_of(document), [])
        statuses = [t["status"] for t in document["tests"]]
        self.assertEqual({s: statuses.count(s) for s in set(statuses)},
                         {"PASS": 25, "SKIP": 6, "FAIL": 4, "MISS": 1, "DONE": 3})
        self.assertEqual([len(document[k]) for k in ("incidents", "issues")], [3, 1])
        self.assertIn("kselftest.kvm.gmem_dirty_basic.hugetlb.ring.opaque",
                      [t["path"] for t in document["tests"]])
        ids = [t["id"] for t in document["tests"]]
        self.assertEqual(len(ids), len(set(ids)))

    def test_kcidb_rules(self) -> None:
        """Each rule finds what breaks it."""
        good = Run(WHOLE).kcidb()
        for change in ({"waived": True}, {"status": "XFAIL"}, {"path": "a b"}, {"id": "no"},
                       {"origin": "Bad"}, {"comment": "x" * 17000}, {"number": {"value": "1"}}):
            broken = copy.deepcopy(good)
            broken["tests"][0].update(change)
            self.assertEqual(len(errors_of(broken)), 1, change)
        del good["tests"][0]["build_id"]
        self.assertEqual(len(errors_of(good)), 1)
        self.assertEqual(path_of("basic.gmem.a b"), "kselftest.kvm.gmem_dirty_basic.gmem.a_b")

    @unittest.skipUnless(os.environ.get("KCIDB_SCHEMA"), "no KCIDB_SCHEMA")
    def test_kcidb_schema(self) -> None:
        import jsonschema
        schema = json.loads(Path(os.environ["KCIDB_SCHEMA"]).read_text())
        jsonschema.validate(Run(WHOLE, CUT, PERF).kcidb(), schema)

    def test_empty_kcidb(self) -> None:
        self.assertEqual(errors_of(kcidb(model.Inputs(), "local")), [])


if __name__ == "__main__":
    unittest.main()
