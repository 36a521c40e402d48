"""One server for all tests of a process, and a client that trusts its certificate."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_socket import enable_socket

from tests.conformance.client import Client, trusting
from tests.conformance.keyring import KeySigner
from tests.conformance.serving import Serving, beside
from tests.interop import digital_bazaar


@pytest.fixture(scope="session")
def packages() -> None:
    """The packages of which one holds the context of driving licences."""
    enable_socket()
    digital_bazaar.install()


@pytest.fixture(scope="session")
def serving(packages: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """The server, with the context of driving licences in its set."""
    with beside(tmp_path_factory.mktemp("conformance")) as started:
        yield started


@pytest.fixture(scope="session")
def client(serving: Serving) -> Iterator[Client]:
    """Somebody who asks it."""
    asking = trusting(serving.certificate, serving.origin)
    with asking.http:
        yield asking


@pytest.fixture(scope="session")
def serving_signer(serving: Serving) -> KeySigner:
    """The server's own key that signs its lists, for documents that its routes would not sign."""
    return serving.server.signers["ed"]
