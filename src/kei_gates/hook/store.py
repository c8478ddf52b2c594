"""Load the compiled policy of a project, or compile it when it is missing or stale."""

from __future__ import annotations

from kei_gates.hook import own_folders
from kei_gates.hook.places import POLICY_FILE
from kei_gates.model import Fault
from kei_gates.observe.files import mark, read_file, write_file
from kei_gates.observe.installation import data, environment
from kei_gates.observe.paths import exists
from kei_gates.policy import compiled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from kei_gates.model import Places
    from kei_gates.observe.files import Mark
    from kei_gates.policy.build import Builder
    from kei_gates.policy.compiled import Policy

_RATES = "rates/modal.toml"
_LARGEST_SOURCE = 1 << 20
_LARGEST_COMPILED = 1 << 26


def read_source(path: str) -> bytes | None:
    """Read a policy source; none when there is no such file. Raises `OSError`."""
    try:
        return read_file(path, _LARGEST_SOURCE)
    except (FileNotFoundError, NotADirectoryError):
        return None


def policy_file(project: str) -> str:
    """Give the path of a project's policy."""
    return f"{project}/{POLICY_FILE}"


def load(places: Places) -> Policy:
    """Load the policy of a project and of the layers above. Raises `Fault`: missing or broken.

    A project without a policy of its own is held to those of the user and the machine, if there
    are any.
    """
    file = policy_file(places.project)
    own_folders.check_outside(places.user_policy, places.project)
    layers = _above(places.user_policy)
    if not exists(file) and any(map(exists, layers.values())):
        return _load(f"above{places.home}", None, places.home, layers)
    return _load(f"compiled{places.project}", file, places.home, layers)


def load_above(home: str) -> Policy:
    """Load the policy of the layers above any project. Raises `Fault`."""
    return _load(f"above{home}", None, home, above(home))


def _load(name: str, project_file: str | None, home: str, layers: Mapping[str, str]) -> Policy:
    stored = f"{environment()}/var/kei-gates/{name}/policy"
    needed = (*layers.values(), *((project_file,) if project_file else ()))
    own = f"{_builtin()}/"

    def now(path: str) -> bytes | Mark | None:
        return mark(path) if path.startswith(own) else read_source(path)

    try:
        policy = compiled.load(read_file(stored, _LARGEST_COMPILED), now, needed, name)
    except OSError:
        policy = None
    if policy is not None:
        return policy
    marks = {path: mark(path) for path in _builtin_files()}  # before they are read
    policy = build(project_file, home)[0]
    try:
        write_file(stored, policy.dump(name, marks))
    except OSError:
        pass  # an environment of another user: right, only slow (docs/adr/0002)
    return policy


def above(home: str) -> dict[str, str]:
    """Give the files of the layers between the built-in roles and a project."""
    return _above(own_folders.user_policy(home))


def _above(user_policy: str) -> dict[str, str]:
    return {"machine": own_folders.MACHINE_POLICY, "user": user_policy}


def _builtin() -> str:
    """Give the folder of what belongs to the package itself."""
    return data("policies")


def _builtin_files() -> list[str]:
    from os import listdir

    folder = f"{_builtin()}/roles"
    roles = [f"{folder}/{name}" for name in sorted(listdir(folder)) if name.endswith(".toml")]
    return [*roles, f"{_builtin()}/{_RATES}"]


def build(project_file: str | None, home: str) -> tuple[Policy, Builder]:
    """Compile the policy of all layers, and give what compiled it too. Raises `Fault`."""
    try:
        from kei_gates.engine import catalogue
        from kei_gates.policy.build import Builder
    except ImportError as error:
        raise Fault(
            f"the policy cannot be compiled: {error}", "run install.sh again to mend it"
        ) from None
    builder = Builder(catalogue.whole(), read_source)
    return builder.build(_builtin_files(), project_file, above(home)), builder
