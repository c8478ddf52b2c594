"""Rows are judged in one environment, on every machine."""

from __future__ import annotations

import posix

import pytest


@pytest.fixture(scope="session", autouse=True)
def _environment() -> None:
    """Set what the analysis reads of its own process: a user of bash, outside of CI."""
    posix.environ[b"SHELL"] = b"/bin/bash"
    posix.environ.pop(b"CI", None)
