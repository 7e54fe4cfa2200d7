"""Hooks of pytest for `standard.py`: outcomes as lines of JSON, and the suite's pictures and sounds without a network."""

import base64
import json
import sys

import pytest

# One pixel, a page without words and a silent moment, in place of what the suite fetches from three sites.
FILES = {
    ".png": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
    ".pdf": base64.b64encode(b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n").decode(),
    ".wav": "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQAAAAA=",
}


class Fetched:
    def __init__(self, url):
        self.content = base64.b64decode(FILES[url[-4:]])


@pytest.fixture(autouse=True)
def files_at_hand(monkeypatch):
    import httpx

    monkeypatch.setattr(httpx, "get", lambda url, **_options: Fetched(url))


def pytest_runtest_logreport(report):
    if report.when != "call" and report.outcome == "passed":
        return
    name = report.nodeid.split("::", 1)[1]
    why = "" if report.outcome == "passed" else str(report.longrepr[-1] if isinstance(report.longrepr, tuple) else report.longrepr)
    sys.__stdout__.write(json.dumps({"test": name, "outcome": report.outcome, "why": why[-3000:]}) + "\n")
    sys.__stdout__.flush()
