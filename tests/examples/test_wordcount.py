# SPDX-License-Identifier: MIT
"""wordcount, as its user sees it: what it counts, says and exits with.

That no actor and no message is lost is also wordcount's own concern: after the
VM has stopped it compares the books, and exits with 70 if they do not balance.
"""
import filecmp
import os
import random
import re
import signal
import subprocess
import time

from example import expect, main

LICENSES = "/usr/share/common-licenses"

# What the counts must equal.  tr writes an empty line when a text does not
# begin with a letter; grep takes it away.
PIPELINE = r"""
for f do cat -- "$f" && echo; done | LC_ALL=C tr -cs A-Za-z '\n' |
tr A-Z a-z | LC_ALL=C sort | LC_ALL=C uniq -c | grep '[a-z]' || true
"""


def paths_of(folder):
    return [os.path.join(folder, name) for name in sorted(os.listdir(folder))]


def want_of(run, files):
    """Counts the words of files by the pipeline, into a file."""
    with open(run.path("want"), "wb") as want:
        subprocess.run(["sh", "-c", PIPELINE, "sh", *files], stdout=want,
                       check=True, env={**os.environ, "TMPDIR": run.scratch})
    return run.path("want")


def expect_counts(run, files, arguments=None, code=0, options=()):
    """Counts by wordcount --all and by the pipeline; returns what it said."""
    with open(run.path("got"), "wb") as got:
        done = subprocess.run(
            [*run.command, "--all", *options, *(arguments or files)],
            stdout=got, stderr=subprocess.PIPE, timeout=250)
    said = done.stderr.decode(errors="replace")
    expect(done.returncode == code, f"exit code {done.returncode}\n{said}")
    expect(filecmp.cmp(run.path("got"), want_of(run, files), shallow=False),
           f"the counts differ from those of tr, sort and uniq\n{said}")
    return said


def figure(said, name):
    """The figures on the line `name` of the report."""
    line = re.search(rf"^{name} +(.*)$", said, re.M)
    expect(line is not None, f"no line '{name}' in\n{said}")
    return [float(n) for n in re.findall(r"[0-9.]*[0-9]", line.group(1))]


def expect_books(said):
    """The VM's own table: nobody left, nothing lost."""
    for line in (r"actors +0 alive", r"messages .* 0 queued",
                 r"dead +0 letters"):
        expect(re.search("^" + line, said, re.M), f"not '{line}' in\n{said}")


def make_text(run, size):
    """Makes a file of `size` bytes from the licences, over and over."""
    once = b"".join(open(path, "rb").read() for path in paths_of(LICENSES))
    path = run.path("text")
    with open(path, "wb") as text:
        for _ in range(size // len(once)):
            text.write(once)
        text.write(once[:size % len(once)])
    return path


def shows_the_most_frequent_words(run):
    words = open(want_of(run, paths_of(LICENSES))).read().splitlines()
    words.sort(key=lambda line: (-int(line.split()[0]), line.split()[1]))
    out, err = run.call()
    expect(out.splitlines()[:20] == words[:20], out)
    expect(err == "", "a bar without a terminal:\n" + err)
    expect(figure(out, "distinct") == [len(words)], out)
    out, _ = run.call("--top", "3", "--workers", "2", LICENSES)
    expect(out.splitlines()[:4] == words[:3] + [""], out)


def counts_a_large_text_as_uniq_does(run):
    text = make_text(run, run.text_size)
    child = subprocess.Popen(
        [*run.command, "--workers", "2", "--all", text],
        stdout=open(run.path("got"), "wb"), stderr=open(run.path("said"), "wb"))
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    said = open(run.path("said")).read()
    print(said, "peak", usage.ru_maxrss, "KiB")
    expect(child.returncode == 0, f"exit code {child.returncode}")
    expect(figure(said, "bytes")[0] == run.text_size, "not all bytes were read")
    expect_books(said)
    busy = figure(said, "busy")
    # Spares follow, if a worker was held up.
    expect(len(busy) >= 2 and min(busy[:2]) > 0,
           f"the workers were busy {busy} s")
    if run.memory_kib_max:
        # The kernel's figure begins with what this interpreter held when it
        # started the child, some 15 MiB: never too small, at times too large.
        expect(usage.ru_maxrss <= run.memory_kib_max,
               f"the peak of memory was {usage.ru_maxrss} KiB")
    expect(filecmp.cmp(run.path("got"), want_of(run, [text]), shallow=False),
           "the counts differ from those of tr, sort and uniq")


def counts_alike_however_many_actors(run):
    files = paths_of(LICENSES)
    for workers, splitters, counters in ((1, 1, 1), (2, 1, 256), (2, 256, 1),
                                         (8, 100, 100)):
        expect_counts(run, files, options=(
            "--workers", str(workers), "--splitters", str(splitters),
            "--counters", str(counters)))


def counts_binary_input_as_bytes(run):
    expect_counts(run, [run.write("random", os.urandom(4 << 20)),
                        run.write("zeros", bytes(100000))])


def keeps_words_apart_at_the_ends_of_files(run):
    files = [run.write(f"many/{n:04}", b"end" if n % 2 else b"begin and")
             for n in range(1000)]
    expect_counts(run, files, [run.path("many")])


def keeps_words_whole_across_chunks(run):
    draw = random.Random(1)
    letters = b"abcXYZ"

    def word(length):
        return bytes(draw.choice(letters) for _ in range(length))

    lengths = [1, 2, 3, 100, 5000, 12286, 12287, 12288] * 20
    draw.shuffle(lengths)
    expect_counts(run, [run.write("long", b".".join(map(word, lengths))),
                        run.write("longest", b"y" * 12288)])
    # One letter more than fits is the limit, and the limit is told.
    longer = run.write("longer", b"x" * 12289 + b" z")
    out, err = run.call("--all", longer, LICENSES, code=1)
    expect(f"wordcount: {longer}: A word is longer than 12288 letters" in err,
           err)
    expect(out.count("x" * 12288 + "\n") == 1, "the first piece is lost")
    expect("      1 z\n" in out, "what follows is lost")


def walks_folders_and_follows_links_to_files(run):
    files = [run.write("in/b/two words", b"two words"),
             run.write("in/a/deep/er/x", b"deeper"),
             run.write("in/z", b"last"),
             run.write("out/linked", b"linked")]
    os.symlink(files[3], run.path("in/link"))
    os.symlink("..", run.path("in/a/loop"))
    os.symlink(run.path("out"), run.path("in/folder"))
    os.mkfifo(run.path("in/pipe"))
    os.mkdir(run.path("in/empty"))
    expect_counts(run, files, [run.path("in")])
    expect_counts(run, files[3:], [run.path("in/folder")])


def counts_the_rest_when_a_file_is_unreadable(run):
    good = [run.write("in/good", b"still counted"),
            run.write("in/later", b"this one too")]
    os.symlink("nowhere", run.path("in/dangling"))
    os.mkfifo(run.path("pipe"))
    # The last can be opened, but not read.
    said = expect_counts(run, good, [run.path("missing"), run.path("in"),
                                     run.path("pipe"), "/proc/self/mem"],
                         code=1)
    for name, reason in (("missing", "No such file or directory"),
                         ("in/dangling", "No such file or directory"),
                         ("pipe", "Not a regular file")):
        line = f"wordcount: {run.path(name)}: {reason}\n"
        expect(line in said, f"not said: {line}{said}")
    expect("wordcount: /proc/self/mem: Input/output error\n" in said, said)


def says_so_when_there_are_no_words(run):
    os.mkdir(run.path("folder"))
    for path in (run.path("folder"), run.write("empty", b""),
                 run.write("digits", b"1234567890 \n")):
        out, err = run.call(path)
        expect(out.startswith("no words\n") and err == "", out + err)
        out, err = run.call("--all", path)
        expect(out == "" and "no words\n" in err, out + err)


def shows_a_part_when_interrupted(run):
    text = make_text(run, 16 << 20)
    # Far more than is read before the first look at the progress.
    child = subprocess.Popen([*run.command, "--progress", *[text] * 500],
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    bar = b""
    while b"MB/s" not in bar:
        bar += os.read(child.stderr.fileno(), 1)
    started = time.monotonic()
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=250)
    took = time.monotonic() - started
    out = out.decode()
    print(out[:400], f"ended {took:.3f} s after the interrupt")
    expect(child.returncode == 130, f"exit code {child.returncode} {err}")
    part = re.match(r"incomplete: interrupted after (\d+) of (\d+) bytes\n",
                    out)
    expect(part is not None, "it does not say that it is a part")
    expect(0 < int(part[1]) < int(part[2]), part[0])
    expect(figure(out, "words")[0] > 0, "nothing was shown")
    expect(" the\n" in out, "no words were shown")
    expect_books(out)
    expect(took < 5 or not run.memory_kib_max, f"it took {took} s to end")


def refuses_wrong_usage(run):
    for arguments in (["--nonsense"], ["--top", "0"], ["--top", "many"],
                      ["--workers", "257"], ["--counters", "-1"],
                      ["--splitters", ""], ["--top"]):
        out, err = run.call(*arguments, code=2)
        expect("usage: wordcount" in err and out == "", err)
    out, _ = run.call("--help")
    expect(out.startswith("usage: wordcount"), out)
    out, _ = run.call("--version")
    expect(re.fullmatch(r"wordcount \(Thespis\) \d+\.\d+\.\d+\n", out), out)


def reports_a_full_disk(run):
    with open("/dev/full", "wb") as full:
        done = subprocess.run([*run.command, LICENSES], stdout=full,
                              stderr=subprocess.PIPE, text=True, timeout=250)
    expect(done.returncode == 1, f"exit code {done.returncode}")
    expect("wordcount: standard output: No space left" in done.stderr,
           done.stderr)


main(globals())
