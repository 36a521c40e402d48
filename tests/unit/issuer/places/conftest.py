"""A real S3-compatible server on loopback, for as long as the tests run."""

from __future__ import annotations

import http.client
import itertools
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from issuer.places.bucket import Bucket
from issuer.places.place import Access
from tests.ports import free_port

_NUMBERS = itertools.count(1)


def ask(port: int, method: str, path: str) -> tuple[int, bytes, dict[str, str]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        # The server asks who it is, and does not look at the signature.
        named = "Credential=reader/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0"
        headers = {"Content-Length": "0", "Authorization": f"AWS4-HMAC-SHA256 {named}"}
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read(), {name.lower(): value for name, value in answer.getheaders()}
    finally:
        connection.close()


@pytest.fixture(scope="session")
def s3_port() -> Iterator[int]:
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(1_800):
            try:
                ask(port, "GET", "/")
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        server.kill()
        server.wait()


@pytest.fixture
def bucket_name(s3_port: int) -> str:
    name = f"badges-{next(_NUMBERS)}"
    assert ask(s3_port, "PUT", f"/{name}")[0] == 200
    return name


@pytest.fixture
def bucket(s3_port: int, bucket_name: str) -> Callable[[], Bucket]:
    """Makes writers to one bucket."""
    access = Access(f"http://127.0.0.1:{s3_port}", "us-east-1", "writer", "a made up secret")
    return lambda: Bucket(bucket_name, "lakeside", access)
