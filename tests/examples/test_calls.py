# SPDX-License-Identifier: MIT
from example import expect, main

# The stock's time-out comes first, by 150 ms; on a machine that stands still for
# longer it may be the shop's.
LATE = {f"{who} asked in vain: the time given to the call is over"
        for who in ("the stock", "the shop")}
GONE = {f"the stock asked in vain: {why}" for why in (
    "the actor of that address is gone", "the actor ended with mail waiting",
    "the answer came after its call had ended")}


def answers_or_says_why_not(run):
    out, _ = run.call()
    said = [line.split(": ", 1) for line in out.splitlines()]
    expect([item for item, _ in said] == ["bread", "saffron", "gold",
                                          "unicorn", "phoenix", "bread"], out)
    expect(said[0][1] == "250 cents" and said[1][1] == "900 cents", out)
    expect(said[2][1] == "the stock asked in vain: the gold is not for sale",
           out)
    expect(said[3][1] in LATE, out)
    # At once, and which reason it is hangs on what has become of the place.
    expect(said[5][1] in GONE, out)


def takes_no_arguments(run):
    _, err = run.call("now", code=2)
    expect("usage: calls" in err, err)


main(globals())
