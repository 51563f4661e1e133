# SPDX-License-Identifier: MIT
import re

from example import expect, expect_usage, main

REPORT = (r"transfers  (\d+) done, (\d+) refused, (\d+) failed\n"
          r"failures   (\d+) attempts repeated, (\d+) given up, "
          r"(\d+) deposits made again\n"
          r"cents      (\d+) before, (\d+) after\n")


def figures(out):
    found = re.fullmatch(REPORT, out)
    expect(found is not None, out)
    return [int(n) for n in found.groups()]


def keeps_the_sum(run):
    transfers = 1000000 if run.memory_kib_max else 50000
    out, _ = run.call(str(transfers))
    done, refused, failed, repeated, given_up, again, before, after = \
        figures(out)
    expect(done + refused + failed == transfers, out)
    expect(before == after == 500 * 10000, out)
    expect(done > transfers // 2 and repeated > transfers // 100, out)
    expect(given_up == failed + again and given_up > 0, out)


def keeps_the_sum_of_few(run):
    for arguments in (["1", "1"], ["7", "2"], ["20000", "1000"]):
        numbers = figures(run.call(*arguments)[0])
        expect(sum(numbers[:3]) == int(arguments[0]), numbers)
        expect(numbers[6] == numbers[7] == int(arguments[1]) * 10000, numbers)


def keeps_the_sum_when_interrupted(run):
    out = run.interrupt("1000000000000")
    numbers = figures(out)
    expect(0 < sum(numbers[:3]) < 1000000000000, out)
    expect(numbers[6] == numbers[7], out)


def tells_its_usage(run):
    expect_usage(run, "usage: bank [TRANSFERS [ACCOUNTS]]",
                 ["0"], ["many"], ["1", "1001"], ["1", "2", "3"], [""])


main(globals())
