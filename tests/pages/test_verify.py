"""The verifier's report on an upload: what the command line says, and never more."""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api import verifying

BUNDLE = "/v1/programmes/belz-digital-2025/bundle?as_of=2025-12-31"


@pytest.fixture(scope="module")
def bundle(demo_site: TestClient) -> bytes:
    answer = demo_site.get(BUNDLE)
    assert answer.status_code == 200
    return answer.content


@pytest.fixture(scope="module")
def trust(demo_site: TestClient) -> bytes:
    told = demo_site.get("/v1").json()
    return json.dumps({name: told[name] for name in ("origin", "genesis", "log_key")}).encode()


def upload(client: TestClient, path: str = "/v1/verify", /, **files: bytes) -> Any:
    return client.post(path, files={name: (f"{name}.bin", content) for name, content in files.items()})


def forged(bundle: bytes) -> bytes:
    """One figure of the plan, another one: in the first entry file that has it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(bundle)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            new.writestr(item, old.read(item).replace(b"30000.00", b"90000.00"))
    return out.getvalue()


def test_with_a_trust_file_a_true_bundle_is_verified(
    demo_site: TestClient, bundle: bytes, trust: bytes
) -> None:
    report = upload(demo_site, bundle=bundle, trust=trust).json()
    assert (report["verdict"], report["authenticated"]) == ("verified", True)


def test_without_a_trust_file_nothing_is_authenticated(demo_site: TestClient, bundle: bytes) -> None:
    report = upload(demo_site, bundle=bundle).json()
    assert (report["verdict"], report["authenticated"]) == ("self-consistent", False)
    page = upload(demo_site, "/verify", bundle=bundle)
    assert page.status_code == 200
    assert "не засвідчено" in page.text
    assert "Перевірено: усе сходиться" not in page.text


def test_the_server_s_own_memory_and_trust_do_not_help_an_upload(
    demo_site: TestClient, bundle: bytes, trust: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A trust file of whoever runs the server must not authenticate what a stranger uploads."""
    (tmp_path / "pledger").mkdir()
    (tmp_path / "pledger" / "trust.json").write_bytes(trust)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("PLEDGER_TRUST", str(tmp_path / "pledger" / "trust.json"))
    assert upload(demo_site, bundle=bundle).json()["authenticated"] is False


def test_the_page_speaks_of_no_switch_of_the_command_line(
    demo_site: TestClient, bundle: bytes, trust: bytes
) -> None:
    report = upload(demo_site, bundle=bundle, trust=trust).json()
    assert [one for one in report["checks"] if " (--" in one["words"]["uk"]]
    page = upload(demo_site, "/verify", bundle=bundle, trust=trust).text
    assert "(--" not in page
    assert page.count(">не перевірялося<") == sum(one["status"] == "skipped" for one in report["checks"])


def test_one_forged_figure_is_found_and_said_first(
    demo_site: TestClient, bundle: bytes, trust: bytes
) -> None:
    changed = forged(bundle)
    assert upload(demo_site, bundle=changed, trust=trust).json()["verdict"] == "failed"
    page = upload(demo_site, "/verify", bundle=changed, trust=trust).text
    assert "<h1>Не сходиться</h1>" in page
    states = [page.index(f'<span class="is {kind}">') for kind in ("bad", "good")]
    assert states == sorted(states)


def test_a_trust_file_of_another_ledger_does_not_verify_it(
    demo_site: TestClient, bundle: bytes, trust: bytes
) -> None:
    other = json.loads(trust) | {"genesis": "0" * 64}
    report = upload(demo_site, bundle=bundle, trust=json.dumps(other).encode()).json()
    assert report["verdict"] == "failed"


def test_the_report_has_a_table_too(demo_site: TestClient, bundle: bytes) -> None:
    answer = upload(demo_site, "/v1/verify?format=csv", bundle=bundle)
    assert answer.headers["content-type"].startswith("text/csv")
    assert len(answer.text.splitlines()) == 1 + len(upload(demo_site, bundle=bundle).json()["checks"])


@pytest.mark.parametrize(
    ("files", "status", "code"),
    [
        ({"bundle": b"no archive"}, 422, "not-verifiable"),
        ({"bundle": b""}, 400, "form-malformed"),
        ({"other": b"x"}, 400, "form-malformed"),
        ({"bundle": b"PK\x03\x04", "trust": b"{"}, 422, "not-verifiable"),
        ({"bundle": b"x", "trust": b"y", "third": b"z"}, 400, "form-malformed"),
    ],
)
def test_what_is_no_bundle_is_refused_in_words(
    demo_site: TestClient, files: dict[str, bytes], status: int, code: str
) -> None:
    answer = upload(demo_site, **files)
    assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (status, code)
    page = upload(demo_site, "/verify", **files)
    assert page.status_code == status
    assert 'role="alert"' in page.text
    assert 'name="bundle"' in page.text


def test_an_archive_that_is_no_bundle_fails_as_evidence(demo_site: TestClient) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("../../evil", b"x")
    assert upload(demo_site, bundle=out.getvalue()).json()["verdict"] == "failed"


def test_what_is_too_large_is_sent_home(demo_site: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    from api.routes import verifying as route

    monkeypatch.setattr(route, "SIZE_MAX", 1000)
    answer = upload(demo_site, bundle=b"x" * 1001)
    assert answer.json()["type"].endswith("body-too-large")


def test_a_verification_that_does_not_end_is_ended(
    demo_site: TestClient, bundle: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verifying, "SECONDS_MAX", 0.01)
    answer = upload(demo_site, bundle=bundle)
    assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (503, "verifier-overloaded")
    assert "pledger verify" in answer.json()["message"]["uk"]


def test_nothing_of_an_upload_is_kept(
    demo_site: TestClient, bundle: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    upload(demo_site, bundle=bundle)
    assert list(tmp_path.iterdir()) == []
