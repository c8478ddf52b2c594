"""Put reading, judging and counting together."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING

from kei_gates.hook import store
from kei_gates.observe.paths import exists, is_folder
from kei_gates.replay.difference import Difference
from kei_gates.replay.summary import Summary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kei_gates.replay.judging import Judged
    from kei_gates.replay.reading import Recorded


class Total:
    """What is known of all calls together, one policy's decisions compared with another's or not.

    `undated` counts the calls of which nobody knows whether they are old enough to be left out,
    and which are.
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self.summary = Summary()
        self.difference = Difference()
        self.projects: Counter[str] = Counter()
        self.undated = 0

    def chosen(
        self, calls: Iterable[Recorded], since: float | None, limit: int | None
    ) -> Iterator[Recorded]:
        """Give the calls that are to be judged, the first `limit` of them; count the others."""
        return islice(self._shown_to_hooks(calls, since), limit)

    def _shown_to_hooks(self, calls: Iterable[Recorded], since: float | None) -> Iterator[Recorded]:
        for call in calls:
            if since is not None and (call.at is None or call.at < since):
                self.undated += call.at is None
            elif call.fate == "refused":
                self.summary.add_refused(call)
            else:
                yield call

    def add(self, call: Recorded, judged: Judged, other: Judged | None) -> None:
        """Count one call."""
        self.summary.add(call, judged)
        self.projects[call.project] += 1
        if other is not None:
            self.difference.add(call, judged, other)

    def gone(self) -> list[str]:
        """Give the projects whose folder is gone."""
        return sorted(project for project in self.projects if not is_folder(project))

    def without_policy(self) -> list[str]:
        """Give the projects that are there and have no policy of their own."""
        return sorted(
            project
            for project in self.projects
            if is_folder(project) and not exists(store.policy_file(project))
        )
