"""Read TOML documents through a reader, and remember what was read. Cold path."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from kei_gates.model import Fault
from kei_gates.policy.where import Where

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from kei_gates.policy.compiled import Reader, Sources


class Documents:
    """Reads documents. Every file that was asked for is a source, whether it was there or not."""

    def __init__(self, read: Reader, kind: str = "policy") -> None:
        """Take what reads a file, and what the documents are called in refusals."""
        self._read = read
        self._kind = kind
        self._sources: dict[str, bytes | None] = {}

    @property
    def sources(self) -> Sources:
        """Every file that was asked for, with its text."""
        return tuple(self._sources.items())

    def find(self, path: str) -> tuple[dict[str, object], Where] | None:
        """Read a document; none when there is no such file. Raises `Fault`."""
        name = f"{self._kind} `{path}`"
        try:
            raw = self._sources[path] = self._read(path)
        except OSError as error:
            reason = error.strerror or str(error)
            raise Fault(f"{name} cannot be read: {reason}", "mend or restore it") from None
        if raw is None:
            return None
        try:
            text = raw.decode("utf-8")
            return tomllib.loads(text), Where(path, text)
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
            raise Fault(
                f"{name} is not UTF-8 (line {line}, byte {error.start})", "save it as UTF-8"
            ) from None
        except tomllib.TOMLDecodeError as error:
            raise Fault(f"{name} is not TOML: {_said(error)}", "mend that line") from None
        except RecursionError:
            raise Fault(
                f"{name} is not TOML: it is nested too deeply", "write it plainly"
            ) from None
        except ValueError:  # `int` refuses thousands of digits
            raise Fault(
                f"{name} is not TOML: it holds a number that is too long", "shorten it"
            ) from None


def _said(error: ValueError) -> str:
    """Give the parser's words; a key is written as in a policy, and not as a tuple of Python's."""
    said = re.sub(r"\(('[^']*',? ?)+\)", lambda key: _key(key[0]), str(error))
    return said[:1].lower() + said[1:]


def _key(written: str) -> str:
    names = ".".join(re.findall("'([^']*)'", written))
    return f"`{names}`"
