# SPDX-License-Identifier: MIT
from example import expect, main

# The stock's time-out comes first, by 150 ms; on a machine that stands still for
# longer it may be the shop's.
LATE = {f"{who} got no answer in time" for who in ("the stock", "the shop")}


def answers_or_says_why_not(run):
    out, _ = run.call()
    said = [line.split(": ", 1) for line in out.splitlines()]
    expect([item for item, _ in said] == ["bread", "saffron", "gold",
                                          "unicorn", "phoenix", "bread"], out)
    expect(said[0][1] == "250 cents" and said[1][1] == "900 cents", out)
    expect(said[2][1] == "the gold is not for sale", out)
    expect(said[3][1] in LATE and said[5][1] in LATE, out)
    expect(said[4][1] == "the time given to the call is over", out)


def takes_no_arguments(run):
    _, err = run.call("now", code=2)
    expect("usage: calls" in err, err)


main(globals())
