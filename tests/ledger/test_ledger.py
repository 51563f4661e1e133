# SPDX-License-Identifier: MIT
"""scripts/ledger, on a project of three due rows and two tests.

If it is wrong, a capability is taken for proven that no test holds up.
"""
import os

from example import expect, main

ROWS = b"""# a comment
area 1 First things
T-001 due   does it
T-002 due   does it twice
T-003 later flies
area 2 Last things
T-004 due   ends
"""
NAMED = """
static void
helper(void)
{{
	/* T-002: twice,
	 * that is. */
	cr_assert_eq(2, 2);
}}

Test(thing, does_it{})
{{
	cr_assert(true);
	cr_assert_eq(1, 1);
}}

/* T-004 stands here for people only. */
Test(thing, ends{})
{{
	cr_assert(true);
	cr_assert_eq(0, 0); /* T-004 */
	cr_assert(true);
	helper();
}}
"""
DOES_IT = ', .description = "T-001 A-01"'
ENDS = ',\n    .description = "T-004 "\n    "T-002"'
UNITS = b"""<testsuites name="x">
  <testsuite name="thing" tests="2">
    <testcase name="does_it" assertions="2" status="PASSED" time="0.0">
    </testcase>
    <testcase name="ends" assertions="2" status="%s" time="0.0">
    </testcase>
"""
PROGRAMS = b"""<testsuite name="x">
\t<testcase name="unit.vm.thing" classname="unit.vm.thing" status="%s"/>
"""


def project(run, does_it=DOES_IT, ends=ENDS):
    run.write("docs/ledger.rows", ROWS)
    run.write("tests/unit/vm/test_thing.c",
              NAMED.format(does_it, ends).encode())


def results(run, program=b"run", unit=b"PASSED"):
    run.write("build/debug/results/began", b"")
    run.write("build/debug/results/unit.vm.thing.xml", UNITS % unit)
    run.write("build/debug/results/ctest.xml", PROGRAMS % program)


def call(run, *options, code=0):
    out, err = run.call("--root", run.scratch, *options, code=code)
    return out + err


def takes_good_names(run):
    project(run)
    call(run, "--names")
    project(run, does_it="", ends="")
    call(run, "--names")


def refuses_bad_names(run):
    for ids, word in (("T-009", "no such row: T-009"),
                      ("T-003", "T-003 is for later"),
                      ("T-001 T-002 T-004 T-001", "names 4 rows"),
                      ("T-001, A-01", "no such row: T-001,")):
        project(run, does_it=f', .description = "{ids}"')
        said = call(run, "--names", code=1)
        expect(f"tests/unit/vm/test_thing.c:10: {word}" in said, said)
    project(run)
    run.write("tests/unit/vm/test_idle.c",
              b'Test(x, y, .description = "T-001")\n{\n\tplay();\n}\n')
    said = call(run, "--names", code=1)
    expect("tests/unit/vm/test_idle.c:1: no assertion for T-001" in said, said)
    project(run)
    run.write("tests/other.c", b'Test(x, y, .description = "T-001")\n{\n}\n')
    said = call(run, "--names", code=1)
    expect("tests/other.c:1: a description that is no test's" in said, said)


def takes_for_proven_what_passed(run):
    for program, unit, proven in ((b"run", b"PASSED", 3),
                                  (b"run", b"FAILED", 1),
                                  (b"fail", b"PASSED", 0)):
        project(run)
        results(run, program, unit)
        said = call(run)
        expect(said.endswith(f"\nledger: {proven} of 3 rows proven\n"), said)
        expect(("T-004 ends\n" in said) == (proven < 3), said)
        expect("T-003" not in said, "later is not open\n" + said)
    project(run, ends="")
    results(run)
    expect("ledger: 1 of 3 rows" in call(run), "a row that no test names")


def tells_where_a_row_is_proven(run):
    project(run)
    results(run)
    call(run)
    report = open(run.path("docs/ledger.md")).read()
    for row in ("| T-001 | does it | proven | thing/does_it `{}:13` |",
                "| T-002 | does it twice | proven | thing/ends `{}:7` |",
                "| T-003 | flies | later |  |",
                "| T-004 | ends | proven | thing/ends `{}:22` |"):
        row = row.format("tests/unit/vm/test_thing.c")
        expect(row in report, f"not in the report: {row}\n{report}")


def takes_simulated_worlds_and_examples(run):
    run.write("docs/ledger.rows", ROWS)
    run.write("tests/sim/sim_world.c",
              b'\t/* T-001 */\n\tSEEDS_CHECK(x);\n\tSEEDS_CHECK(y);\n'
              b'\t\t.description = "T-001 T-002",\n')
    run.write("tests/examples/test_show.py",
              b'def ends(run):\n    """T-004 A-02: UTF-8, T-ends."""\n'
              b'    expect(1)\n    expect(2)\n\n    expect(3)\n\n\n'
              b'def other(run):\n    """T"""\n    expect(4)\n')
    run.write("build/debug/results/ctest.xml", b"""
\t<testcase name="sim.world" classname="sim.world" status="run"/>
\t<testcase name="example.show.ends" classname="" status="run"/>
""")
    said = call(run)
    expect("ledger: 3 of 3 rows" in said, said)
    report = open(run.path("docs/ledger.md")).read()
    for row in ("sim.world `tests/sim/sim_world.c:2` |\n| T-002",
                "sim.world `tests/sim/sim_world.c:3` |\n| T-003",
                "example.show.ends `tests/examples/test_show.py:6` |"):
        expect(row in report, f"not in the report: {row}\n{report}")


def finds_the_assertion_in_a_story(run):
    run.write("docs/ledger.rows", ROWS)
    run.write("tests/scenes/stage.h", b'\t/* T-004 */\n\tSTAGE_CHECK(z);\n')
    run.write("tests/scenes/play.h",
              b'#include "tests/scenes/stage.h"\n'
              b'static void play(void)\n{\n'
              b'\tf(); /* T-001 */\n\tSTAGE_CHECK(x); /* T-001 */\n}\n')
    run.write("tests/sim/sim_world.c",
              b'#include "tests/scenes/play.h"\n#include "tests/none.h"\n'
              b'\t/* T-001 */\n\tplay();\n\tSEEDS_CHECK(y);\n'
              b'\t/* T-002 */\n\tplay();\n'
              b'\t\t.description = "T-001 T-002 T-004",\n')
    run.write("build/debug/results/ctest.xml", b"""
\t<testcase name="sim.world" classname="sim.world" status="run"/>
""")
    call(run)
    report = open(run.path("docs/ledger.md")).read()
    for row in ("sim.world `tests/scenes/play.h:5` |\n| T-002",
                "sim.world `tests/sim/sim_world.c:5` |\n| T-003",
                "sim.world `tests/scenes/stage.h:2` |\n"):
        expect(row in report, f"not in the report: {row}\n{report}")


def knows_results_older_than_the_tree(run):
    project(run)
    call(run, "--fresh", code=1)
    said = call(run, code=1)
    expect("no results" in said, said)
    results(run)
    call(run, "--fresh")
    call(run)
    call(run, "--fresh")
    began = os.stat(run.path("build/debug/results/began")).st_mtime
    os.utime(run.path("docs/ledger.rows"), (began + 1, began + 1))
    call(run, "--fresh", code=1)
    said = call(run, "--verify", code=1)
    expect("older than the tree" in said, said)


def finds_a_report_out_of_date(run):
    project(run)
    results(run)
    call(run)
    call(run, "--verify")
    before = open(run.path("docs/ledger.md")).read()
    run.write("docs/ledger.md", before.replace("T-004", "T-005").encode())
    said = call(run, "--verify", code=1)
    expect("-| T-005 | ends" in said and "+| T-004 | ends" in said, said)
    results(run, unit=b"FAILED")
    call(run, "--verify", code=1)
    expect("T-005" in open(run.path("docs/ledger.md")).read(), "it wrote")


main(globals())
