"""Where the words of `kill` come from that are not known: own jobs, an output, a file, or nowhere.

A case gives a source and what may stand in each unknown word of each `kill` in it. What is nobody's
own is as important as what is: a job that is none would let others be ended.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from kei_gates.hook.facts import shell_facts
from kei_gates.model import Invocation
from kei_gates.particulars import Origin
from kei_gates.shell.analysis import analyse

JOB = (Origin("job"),)
UNKNOWN: tuple[Origin, ...] = ()


def output(*words: str | None) -> tuple[Origin, ...]:
    return (Origin("output", words),)


def of_file(path: str) -> tuple[Origin, ...]:
    return (Origin("file", (f"{{folder}}/{path}",)),)


OWN = (
    "sleep 9 & kill $!",
    "sleep 9 & kill -9 ${!}",
    "sleep 9 & kill -- -$!",
    "set -m; sleep 9 & kill -TERM -- -$!",
    'sleep 9 & P=$!; kill "$P"',
    "sleep 9 & P=$!; kill ${P:-}",
    "sleep 9 & P=$!; Q=$P; kill $Q",
    "sleep 9 & P=$!; kill ${P:?none}",
    "sleep 9 & export P=$!; kill $P",
    "sleep 9 & declare P=$!; kill $P",
    "sleep 9 & P+=($!); sleep 8 & P+=($!); kill ${P[@]}",
    'for i in 1 2; do sleep 9 & P+=($!); done; kill "${P[@]}"',
    'P=""; for i in 1 2; do sleep 9 & P="$P $!"; done; kill $P',
    'P=(); for i in 1 2; do sleep 9 & P+=($!); done; for p in "${P[@]}"; do kill $p; done',
    "declare -a P=($!); kill ${P[0]}",
    "kill $(jobs -p)",
    "kill -9 `jobs -pr`",
    "jobs -p | xargs -r kill",
    "for p in $(jobs -p); do kill $p; done",
    "coproc sleep 9; kill $COPROC_PID",
    "coproc X { sleep 9; }; kill $X_PID",
    "sleep 9 & P=$!; trap 'kill $P' EXIT",
    'sleep 9 & P=$!; trap "kill $P" EXIT',
    'P=""; for i in 1 2; do sleep 9 & P="$P $!"; done; trap "kill $P" EXIT',
    "trap 'kill $P' EXIT; sleep 9 & P=$!",
    "trap 'kill $P; rm -f x' EXIT INT TERM; sleep 9 & P=$!; wait",
    'stop() { kill "$P" 2>/dev/null; }; trap stop EXIT INT; sleep 9 & P=$!; wait',
    'stop() { kill "$1"; }; sleep 9 & stop $!',
    "stop() { kill $*; }; sleep 9 & stop $! $!",
    "stop() { local p=$!; kill $p; }; sleep 9 & stop",
    "sleep 9 & set -- $!; kill $1",
    "sleep 9 & echo $! > x.pid; kill $(cat x.pid)",
    'sleep 9 & echo "$!" > x.pid; sleep 2; kill -9 "$(<x.pid)"',
    "rm -f x.pid; (sleep 9 & echo $! > x.pid); kill `head -1 x.pid`",
    "sleep 9 & printf '%s\\n' $! > x.pid; read p < x.pid; kill $p",
    "P=$(sleep 9 >/dev/null 2>&1 & echo $!); kill $P",
    "sleep 9 & read p <<< $!; kill $p",
    "bash -c 'sleep 9 & kill $!'",
    'sleep 9 & bash -c "kill $!"',
    'sleep 9 & eval "kill $!"',
    "sleep 9 & timeout 5 kill $!",
    "sleep 9 & sudo kill $!",
    'if [ -n "$x" ]; then sleep 9 & P=$!; fi; kill $P',
    "A=$(pgrep x); A=$!; kill $A",
)
NOT_OWN = (
    "kill $P",
    "kill ${P:-5}",
    "kill $PPID",
    "kill $$",
    "kill -- -$$",
    "kill -- -$(pgrep x)",
    "kill $FOO $!",
    "kill 1$!",
    "kill $((P))",
    "kill $(($! + 1))",
    "kill ${P/1/2}",
    "kill ${#P}",
    "unset P; kill $P",
    "P=$! true; kill $P",
    "sleep 9 & P=$! kill $P",
    "P=1234; if true; then sleep 9 & P=$!; fi; kill $P",
    "P=1234; sleep 9 & [ $? = 0 ] && P=$!; kill $P",
    "P=(123 $!); kill ${P[*]/x/y}",
    'P=123; for i in 1 2; do sleep 9 & P="$P $!"; done; kill $P',
    "IFS=1; sleep 9 & P=$!; kill $P",
    "IFS=$X; sleep 9 & P=$!; kill $P",
    "echo $! | xargs -d 3 kill",
    "pgrep x | xargs -a other kill",
    "echo $! | sed s/^/1/ | xargs kill",
    "echo $! | tr -d '\\n' | xargs kill",
    "echo $! | head -c 2 | xargs kill",
    "read -n1 p < <(echo $!); kill $p",
    "read -u 3 p < <(echo $!); kill $p",
    "(echo $!; cat $X) | xargs kill",
    "for p in 12 $!; do kill $p; done",
    "for p in $! $X; do kill $p; done",
    "sleep 9 & echo $! > x.pid; cp there.pid x.pid; kill $(cat x.pid)",
    "sleep 9 & echo $! > x.pid; echo $X > x.pid; kill $(cat x.pid)",
    "sleep 9 & echo $! > x.pid; echo $X >> x.pid; kill $(cat x.pid)",
    "sleep 9 & echo $! > x.pid; cp $X $Y; kill $(cat x.pid)",
    "sleep 9 & echo $! > x.pid; tee x.pid < /dev/tty; kill $(cat x.pid)",
    "X=$(echo $!) kill $A",
    "bash -c 'kill $P'; P=$!",
    'stop() { kill "$1"; }; stop $X',
    "stop() { kill $2; }; stop $! $X",
    "sleep 9 & set -- $X; kill $1",
    "trap 'kill $P' EXIT; P=$X; sleep 9 & P=$!",
    "readonly P=$X; P=$!; kill $P",
    "P=$!; read P; kill $P",
    "P=$!; let P=5; kill $P",
    "jobs -p | head -c2 | xargs kill",
    "jobs -p | cat -n | xargs kill",
    "jobs -p | uniq -c | xargs kill",
    "kill $(./jobs -p)",
    "jobs() { echo $X; }; kill $(jobs -p)",
    "P=$!; kill ${P:0:2}",
    "P=$!; kill ${P%?}",
    "kill {$!,12}",
    "P=$!; P=$(printf 5); Q=${P}1; kill $X",
)
OWN_TO_BASH = (
    "P[0]=$!; kill ${P[0]}",
    "P=$!; kill ${P[0]}",
)
FROM = (
    ("kill $(pgrep -f x)", output("pgrep", "-f", "x")),
    ("kill `pidof x`", output("pidof", "x")),
    ('P=$(pgrep x); kill -9 "$P"', output("pgrep", "x")),
    ("P=($(pgrep x)); kill ${P[@]}", output("pgrep", "x")),
    ("pgrep x | xargs -r kill -9", output("pgrep", "x")),
    ("pgrep x | xargs -I{} kill {}", output("pgrep", "x")),
    ("pgrep x | head -1 | xargs kill", output("pgrep", "x")),
    ("for p in $(pgrep x); do kill $p; done", output("pgrep", "x")),
    ("pgrep x | while read p; do sudo kill $p; done", output("pgrep", "x")),
    ("mapfile -t A < <(pgrep x); kill ${A[@]}", output("pgrep", "x")),
    ("f() { pgrep x; }; kill $(f)", output("pgrep", "x")),
    ("kill $(sudo pgrep x)", output("pgrep", "x")),
    ("kill $(pgrep $X)", output("pgrep", None)),
    ("kill $(lsof -ti:8000)", output("lsof", "-ti:8000")),
    ("A=$!; A=$(pgrep x); kill $A", output("pgrep", "x")),
    (
        "kill $(ps aux | grep x | awk '{print $2}')",
        output("ps", "aux", "|", "grep", "x", "|", "awk", "{print $2}"),
    ),
    ("kill $(pgrep '|' x)", output("pgrep", None, "x")),
    ("kill $(docker inspect x)", output("docker", "inspect", "x")),
    ("kill $(cat none.pid)", of_file("none.pid")),
    ("kill $(<none.pid)", of_file("none.pid")),
    ("kill -9 `head -1 none.pid`", of_file("none.pid")),
    ("read p < none.pid; kill $p", of_file("none.pid")),
    ("while read p; do kill $p; done < none.pid", of_file("none.pid")),
    ("xargs kill < none.pid", of_file("none.pid")),
    ("P=$(cat none.pid 2>/dev/null); [ -n $P ] && kill $P", of_file("none.pid")),
    ("cd sub; kill $(cat none.pid)", UNKNOWN),
    ("kill $(cat a.pid || pgrep x)", of_file("a.pid") + output("pgrep", "x")),
    ("true && echo $! > x.pid; kill $(cat x.pid)", of_file("x.pid") + JOB),
    ("echo $! >> x.pid; kill $(cat x.pid)", of_file("x.pid") + JOB),
)


def kills(source: str, folder: Path, dialect: str) -> list[Invocation]:
    analysis = analyse(source, shell_facts(str(folder), str(folder)), dialect)
    found = [one for one in analysis.invocations if one.program == "kill"]
    assert found, "no `kill` was found"
    return found


def told(invocation: Invocation) -> list[tuple[Origin, ...]]:
    """Where each unknown word comes from."""
    unknown = [at for at, word in enumerate(invocation.argv) if word is None]
    assert {at for at, _ in invocation.origins} <= set(unknown)
    return [invocation.origins_of(at) for at in unknown]


@pytest.mark.parametrize("dialect", ["auto", "bash"])
@pytest.mark.parametrize("source", OWN)
def test_own(source: str, dialect: str, tmp_path: Path) -> None:
    for invocation in kills(source, tmp_path, dialect):
        assert told(invocation) == [JOB]


@pytest.mark.parametrize("source", OWN_TO_BASH)
def test_own_to_bash_alone(source: str, tmp_path: Path) -> None:
    """To zsh, a subscript takes some of the digits of what is no array."""
    assert [told(one) for one in kills(source, tmp_path, "bash")] == [[JOB]]
    assert [JOB] not in [told(one) for one in kills(source, tmp_path, "zsh")]


@pytest.mark.parametrize("source", NOT_OWN)
def test_not_own(source: str, tmp_path: Path) -> None:
    (tmp_path / "there.pid").write_text("4242\n")
    unknown = [origins for one in kills(source, tmp_path, "bash") for origins in told(one)]
    assert JOB not in unknown


@pytest.mark.parametrize(("source", "expected"), FROM)
def test_from(source: str, expected: tuple[Origin, ...], tmp_path: Path) -> None:
    placed = {
        Origin(one.kind, tuple(word and word.format(folder=tmp_path) for word in one.words))
        if one.kind == "file"
        else one
        for one in expected
    }
    for invocation in kills(source, tmp_path, "bash"):
        assert [set(origins) for origins in told(invocation)] == [placed]


def test_words_of_a_file_that_is_there_are_known(tmp_path: Path) -> None:
    (tmp_path / "there.pid").write_text("4242\n")
    (invocation,) = kills("kill $(cat there.pid)", tmp_path, "bash")
    assert invocation.argv == ("kill", "4242")
    assert invocation.origins == ()
