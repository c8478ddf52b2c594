"""Load the compiled policy of a project, or compile it when it is missing or stale."""

from __future__ import annotations

from kei_gates.hook.places import POLICY_FILE
from kei_gates.model import Fault
from kei_gates.observe.files import read_file, write_file
from kei_gates.observe.installation import data, environment
from kei_gates.policy import compiled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.policy.compiled import Policy

_LARGEST_SOURCE = 1 << 20
_LARGEST_COMPILED = 1 << 26


def read_source(path: str) -> bytes | None:
    """Read a policy source; none when there is no such file. Raises `OSError`."""
    try:
        return read_file(path, _LARGEST_SOURCE)
    except (FileNotFoundError, NotADirectoryError):
        return None


def load(project: str) -> Policy:
    """Load a project's policy. Raises `Fault` when it is missing or broken."""
    stored = f"{environment()}/var/kei-gates/compiled{project}/policy"
    try:
        policy = compiled.load(read_file(stored, _LARGEST_COMPILED), read_source)
    except OSError:
        policy = None
    if policy is not None:
        return policy
    policy = compile_policy(f"{project}/{POLICY_FILE}")
    try:
        write_file(stored, policy.dump())
    except OSError:
        pass  # an environment of another user: right, only slow (docs/adr/0002)
    return policy


def compile_policy(project_file: str | None) -> Policy:
    """Compile the built-in policy with a project's file, if one is given. Raises `Fault`."""
    try:
        from os import listdir

        from kei_gates.engine import catalogue
        from kei_gates.policy.build import Builder
    except ImportError as error:
        raise Fault(
            f"the policy cannot be compiled: {error}", "run install.sh again to mend it"
        ) from None
    folder = data("policies/roles")
    builtin = [f"{folder}/{name}" for name in sorted(listdir(folder)) if name.endswith(".toml")]
    builder = Builder(catalogue.params(), catalogue.always(), read_source)
    return builder.build(builtin, project_file)
