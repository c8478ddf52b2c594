"""The capabilities that there are, with none that is on for every role."""

from kei_gates.engine import catalogue
from kei_gates.policy.capabilities import Catalogue


def bare() -> Catalogue:
    return Catalogue(catalogue.params(), {}, catalogue.gated(), catalogue.checked())
