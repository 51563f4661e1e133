# SPDX-License-Identifier: MIT
"""What thespis-sim promises on its command line.  The programs beside it that
go wrong are in tests/tools/programs; the build tells where their files are."""
import collections
import json
import os
import re
import shutil
import signal
import subprocess
import time

from example import expect, main

PROGRAMS = os.environ["THS_SIM_PROGRAMS"]
GOOD_LINE = r"seed (\d+) signature [0-9a-f]{16} ok"
BAD_LINE = r"seed (\d+) FAILED: (.+)"
SUMMARY = (r"(\d+) seeds from (\d+): (\d+) orders, the first ([0-9a-f]{16}), "
           r"(\d+) failed; \d+\.\d s")


def mishap(name):
    return f"{PROGRAMS}/mishaps.so:{name}"


def seeds_of(out, line):
    return [int(found[1]) for found in re.finditer(line, out)]


def summary(out):
    """Seeds, first, orders, failed of the last line but what --shrink adds."""
    found = re.search(SUMMARY, out)
    expect(found, out)
    return int(found[1]), int(found[2]), int(found[3]), int(found[5])


def failing_seeds(run, program, count):
    out, _ = run.call(program, "--seeds", str(count), "--collect", "--quiet",
                      "--jobs", "1", code=1)
    return seeds_of(out, BAD_LINE)


# ------------------------------------------------------------------ what runs

def lists_the_programs(run):
    out, _ = run.call("--list")
    for name in ("bank", "philosophers", "pingpong", "ring", "supervision"):
        expect(re.search(rf"^{name} +\S", out, re.M), out)
    out, _ = run.call("--list", f"{PROGRAMS}/mishaps.so")
    expect(re.search(r"^crashes +The process dies", out, re.M), out)


def plays_all_that_is_built_in(run):
    names = [line.split()[0] for line in run.call("--list")[0].splitlines()]
    for name in names:
        out, _ = run.call(name, "--seeds", "20", "--twice", "--diverse")
        expect(seeds_of(out, GOOD_LINE) == list(range(1, 21)), out)
        expect(summary(out)[0] == 20 and summary(out)[3] == 0, out)


def tells_seeds_in_order_whatever_the_jobs(run):
    outs = []
    for jobs in ("1", "3", "8"):
        out, _ = run.call(mishap("fails"), "--seeds", "300", "--collect",
                          "--jobs", jobs, code=1)
        outs.append(re.sub(r"; \d+\.\d s", "", out))
        expect(re.findall(r"^seed (\d+) ", out, re.M) ==
               [str(n) for n in range(1, 301)], out)
    expect(outs[0] == outs[1] == outs[2], "the jobs make a difference")
    expect(len(seeds_of(outs[0], BAD_LINE)) > 30, outs[0])


def takes_seeds_in_each_form(run):
    cases = (
        (["--seeds", "5"], (5, 1)),
        (["--seeds", "7..9"], (3, 7)),
        (["--seed", "0x10"], (1, 16)),
        (["--seed", "5", "--seeds", "4"], (4, 5)),
        ([], (200, 1)),
    )
    for arguments, (count, first) in cases:
        out, _ = run.call(mishap("good"), *arguments)
        expect(summary(out)[:2] == (count, first), out)
        expect(seeds_of(out, GOOD_LINE) ==
               list(range(first, first + count)), out)


def explores_for_a_time(run):
    began = time.monotonic()
    out, _ = run.call(mishap("slow"), "--time", "1", "--seed", "100",
                      "--jobs", "2")
    count, first, _, failed = summary(out)
    expect(first == 100 and failed == 0 and count >= 2, out)
    expect(seeds_of(out, GOOD_LINE) == list(range(100, 100 + count)), out)
    expect(0.9 < time.monotonic() - began < 60, out)


def knows_the_pickers(run):
    firsts = set()
    for picker in ("random", "pct", "round-robin"):
        out, _ = run.call("bank", "--seeds", "3", "--picker", picker,
                          "--twice", "--set", "transfers=50")
        firsts.add(out.splitlines()[0])
    out, _ = run.call("bank", "--seeds", "3", "--picker", "pct", "--depth",
                      "9", "--twice", "--set", "transfers=50")
    firsts.add(out.splitlines()[0])
    expect(len(firsts) == 4, firsts)


def sets_parameters(run):
    _, _ = run.call("bank", "--seeds", "3", "--set", "accounts=2",
                    "--set", "transfers=10", "--set", "clients=1")
    out, _ = run.call("bank", "--seeds", "1", "--set", "clients=99", code=1)
    expect("clients <= CLIENTS_MAX" in out and
           "--seed 1 --set clients=99\n" in out, out)


def brings_faults(run):
    small = ["--set", "accounts=5", "--set", "transfers=20"]
    off, _ = run.call("bank", *small, "--seeds", "5", "--faults", "off")
    slow, _ = run.call("bank", *small, "--seeds", "5",
                       "--faults", "slow=3:2ms,late")
    expect(off.splitlines()[0] != slow.splitlines()[0], slow)
    out, _ = run.call("bank", *small, "--seeds", "50", "--faults",
                      "timer=2,memory=3", "--stop-at-first", code=1)
    expect("--faults memory=3,timer=2" in out, out)
    run.call(mishap("trusts"), "--seeds", "30")
    out, _ = run.call(mishap("trusts"), "--seeds", "30", "--faults",
                      "wall=3", "--twice", code=1)
    expect("ths_vm_wall_clock(vm) - began" in out and
           "--faults wall=3" in out, out)
    _, err = run.call("bank", "--faults", "rain", code=2)
    expect("--faults is LIST, not 'rain'" in err, err)


# ------------------------------------------------------------------- failures

def stops_at_the_first_failure(run):
    failing = failing_seeds(run, mishap("fails"), 100)
    for jobs in ("1", "4"):
        out, _ = run.call(mishap("fails"), "--jobs", jobs, code=1)
        lines = out.splitlines()
        expect(seeds_of(out, BAD_LINE) == failing[:1], out)
        expect(seeds_of(out, GOOD_LINE) == list(range(1, failing[0])), out)
        expect(lines[-1].startswith(f"{failing[0]} seeds from 1"), out)


def prints_the_command_that_replays(run):
    out, _ = run.call(mishap("fails"), "--picker", "pct", "--depth", "2",
                      "--twice", "--quiet", code=1)
    reason = re.search(BAD_LINE, out)
    command = re.search(r"^  again: (.+)$", out, re.M)[1].split()
    expect("mishaps.c:" in reason[2] and "not so: world.number % 4" in
           reason[2], out)
    expect(command[1] == mishap("fails") and "--picker" in command, out)
    again, _ = run.call(*command[1:], code=1)
    expect(re.search(BAD_LINE, again)[0] == reason[0], again)


def survives_what_crashes(run):
    for name, word in (("crashes", r"killed by signal 6, Aborted: last words"),
                       ("exits", r"exited with code 7")):
        failing = failing_seeds(run, mishap(name), 100)
        expect(5 < len(failing) < 60, failing)
        out, _ = run.call(mishap(name), "--seeds", "100", "--collect",
                          "--jobs", "3", code=1)
        expect(seeds_of(out, BAD_LINE) == failing, out)
        expect(len(re.findall(word, out)) >= len(failing), out)
        expect(len(seeds_of(out, GOOD_LINE)) == 100 - len(failing), out)


def ends_what_hangs(run):
    out, _ = run.call(mishap("hangs"), "--seeds", "100", "--hang", "2",
                      "--jobs", "2", "--quiet", code=1)
    expect(re.search(r"seed \d+ FAILED: no end after 2 seconds", out), out)


def tells_who_waits_for_ever(run):
    out, _ = run.call(mishap("stuck"), "--seeds", "3", code=1)
    expect("somebody waits for ever" in out and "sleeper waits" in out, out)


def finds_what_no_seed_repeats(run):
    out, _ = run.call(mishap("forgets"), "--twice", code=1)
    expect("the second run differs from the first" in out, out)
    run.call(mishap("good"), "--twice")


def finds_what_is_always_the_same(run):
    out, _ = run.call(mishap("dull"), "--diverse", code=1)
    expect("fewer orders than half as many as seeds" in out, out)
    run.call(mishap("dull"))


def plays_in_one_process_for_a_debugger(run):
    out, _ = run.call(mishap("good"), "--seeds", "50", "--jobs", "0")
    again, _ = run.call(mishap("good"), "--seeds", "50", "--jobs", "3")
    expect(out.splitlines()[:-1] == again.splitlines()[:-1], out)
    out, _ = run.call(mishap("fails"), "--jobs", "0", "--quiet", code=1)
    expect(len(seeds_of(out, BAD_LINE)) == 1, out)


# ---------------------------------------------------------- what is around it

def is_quiet_when_asked(run):
    out, err = run.call(mishap("good"), "--quiet")
    expect(len(out.splitlines()) == 1 and err == "", out + err)


def shows_progress_when_asked(run):
    out, err = run.call(mishap("slow"), "--seeds", "120", "--jobs", "1",
                        "--progress")
    expect(re.search(r"\d+%  \d+ seeds, \d+ per second, 0 failed, \d+ s left",
                     err), err)
    out, err = run.call(mishap("slow"), "--seeds", "10")
    expect(err == "" and summary(out)[0] == 10, err)


def draws_a_bar_on_a_terminal(run):
    ours, theirs = os.openpty()
    child = subprocess.Popen([*run.command, mishap("slow"), "--seeds", "60",
                              "--jobs", "1"], stdout=subprocess.DEVNULL,
                             stderr=theirs)
    os.close(theirs)
    seen = b""
    try:
        while piece := os.read(ours, 4096):
            seen += piece
    except OSError:  # the terminal's end
        pass
    expect(child.wait(timeout=60) == 0, seen)
    expect(re.search(rb"\r\[#+ +\] +\d+%  \d+ seeds, \d+ per second, "
                     rb"0 failed, \d+ s left\x1b\[K", seen), seen)
    expect(seen.endswith(b"\r\x1b[K"), seen)


def ends_well_when_interrupted(run):
    with open(run.path("out"), "w+", encoding="utf-8") as file:
        child = subprocess.Popen(
            [*run.command, mishap("slow"), "--seeds", "100000", "--jobs",
             "2"], stdout=file, stderr=subprocess.STDOUT)
        while os.fstat(file.fileno()).st_size == 0 and child.poll() is None:
            time.sleep(0.01)
        child.send_signal(signal.SIGINT)
        code = child.wait(timeout=60)
        file.seek(0)
        out = file.read()
    count = summary(out)[0]
    seeds = seeds_of(out, GOOD_LINE)
    expect(code == 130 and 1 <= count < 100000, out)
    expect(len(seeds) == count and seeds == sorted(seeds) and
           seeds[0] == 1, out)


def refuses_wrong_usage(run):
    for arguments, word in (
            ([], "which program"),
            (["--nonsense"], "no such option"),
            (["bank", "--seeds"], "no value"),
            (["bank", "--seeds", "9..3"], "A..B"),
            (["bank", "--seeds", "0"], "A..B"),
            (["bank", "--seed", "-1"], "--seed is"),
            (["bank", "--jobs", "many"], "--jobs is"),
            (["bank", "--jobs", "257"], "--jobs is"),
            (["bank", "--picker", "replay"], "--picker is"),
            (["bank", "--set", "accounts"], "NAME=VALUE"),
            (["bank", "--set", "=3"], "NAME=VALUE"),
            (["bank", "--time", "0"], "--time is"),
            (["bank", "--trace", "x.json"], "one --seed"),
            (["bank", "ring"], "too many words")):
        out, err = run.call(*arguments, code=2)
        expect(word in err and "--help" in err and out == "", err)


def says_why_a_program_cannot_be_had(run):
    for word, why in (
            ("bnk", "no built-in of that name: 'bnk'; did you mean 'bank'?"),
            ("nonsense", "there are bank "),
            ("./nowhere.so", "cannot load ./nowhere.so"),
            (f"{PROGRAMS}/empty.so", "lacks THS_SIM_PROGRAMS"),
            (f"{PROGRAMS}/mishaps.so", "several programs"),
            (mishap("god"), "did you mean 'good'?")):
        out, err = run.call(word, code=3)
        expect(why in err and out == "", err)
    run.call("bank", "--schedule", run.path("none"), code=3)
    path = run.write("bad.schedule", b"switch 1 2\n")
    _, err = run.call("bank", "--schedule", path, code=3)
    expect("not a schedule" in err, err)


def tells_about_itself(run):
    out, _ = run.call("--help")
    for option in ("--seeds", "--jobs", "--picker", "--set", "--faults",
                   "--twice", "--collect", "--trace", "--shrink", "--time"):
        expect(option in out, out)
    expect("usage:" in out and "130 interrupted" in out, out)
    out, _ = run.call("--version")
    expect(re.fullmatch(r"thespis-sim \d+\.\d+\.\d+\n", out), out)


# ------------------------------------------------------------------ shrinking

def in_scratch(run, *arguments, code):
    done = subprocess.run([*run.command, *arguments], cwd=run.scratch,
                          capture_output=True, text=True, timeout=250)
    expect(done.returncode == code, done.stdout + done.stderr)
    return done.stdout


def shrunk_sizes(out):
    line = re.search(r"^shrunk to seed .+", out, re.M)
    expect(line, out)
    return {name: int(value) for name, value in
            re.findall(r"(\w+) (\d+) \(of \d+\)", line[0])}


def replay_shrunk(run, out):
    command = re.findall(r"^  again: (.+)$", out, re.M)[-1].split()
    reason = re.findall(BAD_LINE, out)[-1][1]
    again = in_scratch(run, *command[1:], code=1)
    expect(re.search(BAD_LINE, again)[2] == reason, again)
    return command


def shrinks_a_broken_bank(run):
    began = time.monotonic()
    out = in_scratch(run, f"{PROGRAMS}/broken_bank.so", "--quiet", "--shrink",
                     "--shrink-seconds", "45", code=1)
    sizes = shrunk_sizes(out)
    expect(sizes["accounts"] <= 6 and sizes["transfers"] < 100 and
           time.monotonic() - began < 60, out)
    replay_shrunk(run, out)


def shrinks_what_only_some_orders_show(run):
    out = in_scratch(run, f"{PROGRAMS}/lost_update.so", "--quiet", "--shrink",
                     code=1)
    sizes = shrunk_sizes(out)
    expect(sizes == {"clients": 2, "bystanders": 0, "rounds": 1}, out)
    command = replay_shrunk(run, out)
    expect("--schedule" in command, command)


def shrinks_what_crashes(run):
    out = in_scratch(run, mishap("crashes"), "--quiet", "--shrink", code=1)
    expect(re.search(r"^shrunk to seed \d+; 0 decisions \(of \d+\)", out,
                     re.M), out)
    replay_shrunk(run, out)


def shrinks_for_a_time_at_most(run):
    began = time.monotonic()
    out = in_scratch(run, mishap("hangs"), "--quiet", "--shrink", "--hang",
                     "1", "--shrink-seconds", "3", code=1)
    expect("shrunk to" in out and time.monotonic() - began < 60, out)


# --------------------------------------------------------------------- traces

def read_trace(path):
    with open(path, encoding="utf-8") as file:
        trace = json.load(file)
    expect(trace["displayTimeUnit"] == "ns", trace.keys())
    return trace["traceEvents"]


def check_trace(events):
    """Slices nest on each track, times never go back, arrows have both ends,
    tracks have names."""
    named = {event["tid"] for event in events
             if event["name" if event["ph"] == "M" else "ph"] ==
             "thread_name"}
    depth = collections.Counter()
    last = collections.Counter()
    begun = {}
    for event in events:
        kind, track = event["ph"], event.get("tid")
        expect(kind in "MBEXisf" and event["pid"] == 1, event)
        if kind == "M":
            continue
        expect(track in named and event["ts"] >= last[track], event)
        last[track] = event["ts"]
        if kind == "B":
            depth[track] += 1
        elif kind == "E":
            depth[track] -= 1
            expect(depth[track] >= 0, event)
        elif kind == "s":
            expect(event["id"] not in begun, event)
            begun[event["id"]] = event["ts"]
        elif kind == "f":
            expect(event["bp"] == "e" and
                   begun[event["id"]] <= event["ts"], event)
        expect(kind == "E" or event["name"], event)
    return depth


def names_of(events, kind):
    return [event["name"] for event in events if event["ph"] == kind]


def draws_a_seed(run):
    path = run.path("bank.json")
    out, _ = run.call("bank", "--seed", "7", "--set", "accounts=4", "--set",
                      "transfers=30", "--trace", path)
    plain, _ = run.call("bank", "--seed", "7", "--set", "accounts=4",
                        "--set", "transfers=30")
    expect(re.fullmatch(GOOD_LINE + "\n", out) and
           plain.startswith(out), "a trace changes the run")
    events = read_trace(path)
    expect(not any(check_trace(events).values()), "a slice has no end")
    handlers = names_of(events, "B")
    expect(handlers.count("transfer") >= 30 and "deposit" in handlers and
           any(re.fullmatch(r"account \d+\.1", name)
               for name in handlers), handlers)
    arrows = names_of(events, "s"), names_of(events, "f")
    expect(len(arrows[1]) >= 90 and
           len(arrows[0]) - len(arrows[1]) < 10, arrows)
    threads = [event["args"]["name"] for event in events
               if event["name" if event["ph"] == "M" else "ph"] ==
               "thread_name"]
    expect({"home 0", "worker 1"} < set(threads), threads)
    transfer = next(event for event in events
                    if event["ph"] == "B" and event["name"] == "transfer")
    expect("cents=" in transfer["args"]["message"], transfer)


def draws_faults_and_jumps_of_time(run):
    path = run.path("philosophers.json")
    run.call("philosophers", "--seed", "3", "--faults", "slow=2:5ms",
             "--trace", path)
    marks = names_of(read_trace(path), "i")
    expect("fault: slow" in marks and "time jumps" in marks, marks)
    expect(any("timer" in mark and "fires" in mark for mark in marks), marks)


def draws_what_fails_and_what_crashes(run):
    seed = str(failing_seeds(run, f"{PROGRAMS}/lost_update.so", 1)[0])
    path = run.path("lost.json")
    out, _ = run.call(f"{PROGRAMS}/lost_update.so", "--seed", seed,
                      "--trace", path, code=1)
    events = read_trace(path)
    check_trace(events)
    expect("not so: ask() == world.wanted" in events[-1]["name"] and
           events[-1]["name"] in out, events[-1])
    seed = str(failing_seeds(run, mishap("crashes"), 50)[0])
    out, _ = run.call(mishap("crashes"), "--seed", seed, "--trace", path,
                      code=1)
    expect("killed by signal 6" in out and read_trace(path), out)
    _, err = run.call("bank", "--seed", "1", "--trace",
                      run.path("no/folder.json"), code=3)
    expect("No such file" in err, err)


def tells_the_last_events_in_words(run):
    out, _ = run.call(f"{PROGRAMS}/lost_update.so", "--jobs", "1", code=1)
    lines = re.findall(r"^  +\d+\.\d{6} ms  \S+ \d+  (.+)$", out, re.M)
    expect(10 < len(lines) < 50, out)
    expect(re.search(r"is given number\{value=\d+\} from \d+\.1$",
                     lines[-1]), lines)
    expect(any("cell" in line and "handles set{value=" in line
               for line in lines), lines)


# --------------------------------------------------------------------- manual

def has_a_manual(run):
    page = os.path.join(os.path.dirname(__file__),
                        "../../docs/man/thespis-sim.1")
    with open(page, encoding="utf-8") as file:
        text = file.read()
    out, _ = run.call("--help")
    for option in re.findall(r"^  --([\w-]+)", out, re.M):
        expect(f".It Fl -{option}" in text, f"the manual lacks --{option}")
    if shutil.which("mandoc"):
        check = ["mandoc", "-T", "lint", "-W", "warning", page]
    elif shutil.which("groff"):
        check = ["groff", "-mdoc", "-ww", "-z", page]
    else:
        return
    done = subprocess.run(check, capture_output=True, text=True, timeout=60)
    expect(done.returncode == 0 and done.stdout + done.stderr == "",
           done.stdout + done.stderr)


main(globals())
