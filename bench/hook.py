"""Time the installed hook beside what it stands on and beside other guards: `python bench/hook.py`.

Installs the hook of an environment (the clone's `.venv`, which `install.sh` makes) into a project
of its own, runs it on the calls of `payloads` in turn with floors and peers, and prints medians,
ratios and peak memory. `bench/README.md` says what each number means.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
import tempfile
from pathlib import Path
from subprocess import CalledProcessError

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))

from bench import payloads, peers, plots, results  # noqa: E402 -- the path comes first
from bench.installed import Installed  # noqa: E402
from bench.timing import Command, Runner, UnexpectedError, interleaved  # noqa: E402

ROUNDS = 30
RESULTS = REPOSITORY / "bench/results"
PEERS = REPOSITORY / ".bench/peers"


class MismatchError(Exception):
    """What ran is not what was to be measured."""


def main() -> None:
    """Measure as the command line says. Exits 1 where what ran was not what is to be measured."""
    options = _options()
    if options.write and importlib.util.find_spec("matplotlib") is None:
        sys.exit("bench: there is no matplotlib; run this with .venv-dev/bin/python")
    if not (options.environment / "bin/kei-gates").is_file():
        sys.exit(f"bench: there is no installation in {options.environment}; run install.sh first")
    try:
        found = measure(options.environment, options.rounds, with_peers=not options.no_peers)
    except (UnexpectedError, MismatchError, peers.UnavailableError, CalledProcessError) as error:
        sys.exit(f"bench: {error}")
    print(results.table(found), end="")
    if options.write:
        RESULTS.mkdir(exist_ok=True)
        title = "# The hook's time and memory\n\n![medians](hook.svg)\n\n"
        (RESULTS / "hook.md").write_text(title + results.table(found))
        (RESULTS / "hook.json").write_text(results.encoded(found))
        plots.draw(found, RESULTS / "hook.svg")


def measure(environment: Path, rounds: int, *, with_peers: bool) -> results.Results:
    """Run everything, interleaved, and sum it up.

    Raises `UnexpectedError` where a hook does not answer as it has to, `MismatchError` where the
    audit has not grown by a line a call or a peer is not of its kind, `UnavailableError` where the
    peers cannot be installed.
    """
    if with_peers:
        peers.install(PEERS, environment / "bin/python")
    with tempfile.TemporaryDirectory() as folder, Runner(environment / "bin/python") as runner:
        root = Path(folder).resolve()
        place = peers.Place(peers.known(PEERS) if with_peers else [], root / "peers")
        _prove(place, runner)
        hook = Installed(environment, root)
        day = payloads.day()
        of_hook = hook.commands([*payloads.PAYLOADS, *day])
        before = hook.records()
        try:
            found = interleaved(runner, [*hook.floors(), *of_hook, *place.commands()], rounds)
            _check_audit(hook.records() - before, of_hook, rounds)
        finally:
            hook.forget()
    machine = results.machine(hook.python)
    return results.collect(machine, found, payloads.PAYLOADS, day, place.peers)


def _prove(place: peers.Place, runner: Runner) -> None:
    """Show of each peer that it reads the shell's grammar, or that it does not."""
    for peer in place.peers:
        right = all(
            (runner.run(command).answer in {"ask", "deny"}) is objects
            for command, objects in place.proofs(peer)
        )
        if right is not (peer.kind == peers.STRUCTURAL):
            raise MismatchError(f"{peer.name} is not {peer.kind}, by what it says to the proofs")


def _check_audit(grown: int, commands: list[Command], rounds: int) -> None:
    calls = len(commands) * (rounds + 1)  # one round to begin with is not counted
    if grown != calls:
        raise MismatchError(f"the audit has {grown} lines of {calls} calls")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="time the installed hook beside floors and peers")
    parser.add_argument("--rounds", type=count, default=ROUNDS, help="how often each command runs")
    parser.add_argument("--no-peers", action="store_true", help="install and run no other guards")
    parser.add_argument("--write", action="store_true", help="write bench/results/hook.*")
    parser.add_argument("--environment", type=Path, default=REPOSITORY / ".venv")
    options = parser.parse_args()
    options.environment = options.environment.absolute()
    return options


def count(text: str) -> int:
    """Read a number of rounds. Raises `ValueError`, which argparse tells."""
    if int(text) < 1:
        raise ValueError
    return int(text)


if __name__ == "__main__":
    main()
