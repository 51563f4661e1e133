# SPDX-License-Identifier: MIT
"""apply and hunt, on a house of five small files and programs that pretend.

If they are wrong, a mutant is taken for found that nobody has found, or is not
in the build at all.
"""
import os
import stat

from example import expect, main

FLOORS = ("base", "mailbox", "sched", "vm", "sim")
SOURCE = "int\none(void)\n{\n\treturn 1;\n}\n"
PATCH = """mutant: one is two
breaks: vm/one.h: one is one
program: count
picker: random
fails: one == 1
--- a/vm/one.c
+++ b/vm/one.c
@@ -3,3 +3,3 @@
 {
-\treturn %s;
+\treturn mutant_is(MUTANT_ONE_IS_TWO) ? 2 : 1;
 }
"""
PROGRAM = """#!/bin/sh
[ "$THS_MUTANT" = "%s" ] || exit 0
echo "%s"
exit %d
"""
FOUND = "seed 17 FAILED: tests/count.c:3: not so: one == 1"


def tool(run, name):
    """The tools of this folder take turns as the program."""
    folder = os.path.dirname(run.command[-1])
    run.command[-1] = os.path.join(folder, name)


def house(run, returned="1"):
    for floor in FLOORS:
        run.write(f"house/{floor}/one.c", SOURCE.encode())
    run.write("patches/07-one-is-two.patch", (PATCH % returned).encode())
    tool(run, "apply")
    return run.path("house"), run.path("patches"), run.path("tree")


def read(run, name):
    with open(run.path(name), encoding="utf-8") as file:
        return file.read()


def applies_every_patch(run):
    """The copy has the bug, the house has not, and the name is known."""
    run.call(*house(run))
    expect("MUTANT_ONE_IS_TWO" in read(run, "tree/vm/one.c"), "no mutant")
    expect(read(run, "tree/sim/one.c") == SOURCE, "another file was changed")
    expect(read(run, "house/vm/one.c") == SOURCE, "the house was changed")
    expect(read(run, "tree/mutants.def") ==
           'MUTANT(ONE_IS_TWO, 7, "one-is-two")\n', "another definition")


def names_a_patch_that_does_not_apply(run):
    """It fails, and leaves the tree as it was."""
    folders = house(run)
    run.call(*folders)
    before = read(run, "tree/vm/one.c")
    house(run, returned="3")
    _, err = run.call(*folders, code=1)
    expect("07-one-is-two.patch does not apply" in err, err)
    expect(read(run, "tree/vm/one.c") == before, "the tree was changed")
    run.write("patches/07-one-is-two.patch", (PATCH % "1").encode())
    run.write("patches/07-other.patch", (PATCH % "1").encode())
    _, err = run.call(*folders, code=1)
    expect("two patches have number 07" in err, err)


def leaves_what_is_the_same(run):
    """Only a file that has changed gets another time; one that went, goes."""
    folders = house(run)
    run.write("house/base/old.c", b"")
    run.call(*folders)
    for floor in FLOORS:
        os.utime(run.path(f"tree/{floor}/one.c"), (1, 1))
    run.write("house/sched/one.c", b"int two;\n")
    os.remove(run.path("house/base/old.c"))
    run.call(*folders)
    times = {floor: os.stat(run.path(f"tree/{floor}/one.c")).st_mtime
             for floor in FLOORS}
    expect([floor for floor in FLOORS if times[floor] != 1] == ["sched"],
           f"{times}")
    expect(not os.path.exists(run.path("tree/base/old.c")), "it is there yet")


def script(run, name, text):
    """A program that pretends."""
    program = run.write(name, text.encode())
    os.chmod(program, os.stat(program).st_mode | stat.S_IXUSR)


def hunting(run, mutant, said, code):
    """A hunt by one program, which says so when this mutant is alive."""
    house(run)
    tool(run, "hunt")
    script(run, "bin/mutant_count", PROGRAM % (mutant, said, code))
    script(run, "bin/sim_count", "#!/bin/sh\n")
    return ("--patches", run.path("patches"), "--programs", run.path("bin"))


def tells_the_seed_that_found_it(run):
    """In words, and as a row of a table."""
    options = hunting(run, "one-is-two", FOUND, 1)
    out, _ = run.call(*options)
    expect("seed 17" in out and "not so: one == 1" in out, out)
    out, _ = run.call(*options, "--table", "--picker", "pct")
    expect("| `one-is-two`: one is two | count | 17 |" in out, out)


def takes_no_other_failure_for_it(run):
    """A crash, another text, a wrong word or no failure at all."""
    for said, code in (("seed 3 FAILED: not so: two == 2", 1),
                       ("seed 3 FAILED: killed by signal 11", 1),
                       ("not so: one == 1", 2), (FOUND, 0)):
        out, _ = run.call(*hunting(run, "one-is-two", said, code), code=1)
        expect("not found: one-is-two" in out, f"{said}: {out}")


def wants_programs_that_pass_without(run):
    """One that fails without a mutant has found nothing with one; and what is
    built without one is the house."""
    options = hunting(run, "one-is-two", FOUND, 1)
    out, _ = run.call(*options, "--without")
    expect("passes" in out, out)
    script(run, "bin/sim_count", "#!/bin/sh\necho x: 2 orders, the first 7f\n")
    out, _ = run.call(*options, "--without", code=1)
    expect("DIFFERS" in out, out)
    out, _ = run.call(*hunting(run, "none", FOUND, 1), "--without", code=1)
    expect("FAILS" in out, out)


if __name__ == "__main__":
    main({promise.__name__: promise for promise in (
        applies_every_patch, names_a_patch_that_does_not_apply,
        leaves_what_is_the_same, tells_the_seed_that_found_it,
        takes_no_other_failure_for_it, wants_programs_that_pass_without)})
