"""What the server refuses, and that it does so in one shape."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jiqun.cluster import JiqunError
from jiqun.serve import create_app
from jiqun.serve.security import HEADERS
from jiqun.serve.shapes import ErrorShape

HOSTILE = [
    "..",
    "../",
    "%2e%2e",
    "%2e%2e%2f",
    "..%2ftiny",
    "%2fetc%2fpasswd",
    "tiny%00",
    "%00",
    "tiny%0a",
    "%ff%fe",
    ".jiqun",
    "a" * 5000,
    "'; drop table actors; --",
    "%E4%B9%89%E4%B9%8C",
    "tiny/",
]
PATHS = [
    "/api/clusters/{}/profile",
    "/api/clusters/{}/tables/actors",
    "/api/clusters/tiny/tables/{}",
    "/api/clusters/tiny/figures/{}",
    "/api/clusters/tiny/measures/{}",
    "/api/indices/{}",
    "/api/boundaries/{}",
    "/api/jobs/{}",
    "/api/jobs/{}/recipe",
]


def raw(client: httpx.Client, path: str, method: str = "GET", **headers: str) -> tuple[int, bytes]:
    """Ask without a library that tidies addresses up."""
    connection = http.client.HTTPConnection("127.0.0.1", client.base_url.port or 0, timeout=30)
    try:
        connection.putrequest(method, path, skip_host=True)
        for name, value in ({"Host": f"127.0.0.1:{client.base_url.port}"} | headers).items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_unknown_names(client: httpx.Client, path: str, name: str) -> None:
    status, content = raw(client, path.format(name.replace(" ", "%20").replace("'", "%27").replace(";", "%3b")))
    assert status in {400, 404, 405, 422}, content
    assert b"root:" not in content
    assert len(content) < 6000


@pytest.mark.parametrize(
    "path",
    [
        "/../../pyproject.toml",
        "/%2e%2e/%2e%2e/app.py",
        "/..%2f..%2fapp.py",
        "/assets/..%2f..%2fapp.py",
        "/.%2e/app.py",
        "//etc/passwd.txt",
        "/x%00.js",
        "/" + "a" * 4000 + ".js",
    ],
)
def test_no_file_outside_the_built_client_is_sent(client: httpx.Client, path: str) -> None:
    status, content = raw(client, path)
    assert b"create_app" not in content
    assert b"[project]" not in content
    assert status == 404


def test_every_error_has_the_one_shape(client: httpx.Client) -> None:
    port = client.base_url.port
    asked = [
        client.get("/api/nothing"),
        client.get("/api/clusters/nope"),
        client.get("/api/clusters/tiny/tables/actors?limit=-1"),
        client.get("/api/clusters/tiny/tables/actors?limit=10001"),
        client.get("/api/clusters/tiny/tables/ties"),
        client.get("/api/clusters/tiny/measures/location_quotient?replicats=0"),
        client.get("/api/clusters/places-only/measures/location_quotient"),
        client.post("/api/clusters"),
        client.put("/api/jobs/x/recipe", content=b"{"),
        client.post("/api/uploads", content=b"x"),
        client.delete("/api/clusters/tiny"),
        client.get("/api/version", headers={"Host": f"evil.example:{port}"}),
    ]
    for answer in asked:
        told = ErrorShape.model_validate(answer.json()).error
        assert told.status == answer.status_code
        assert 400 <= answer.status_code < 500, told
        assert "Traceback" not in told.message


def test_a_missing_table_says_what_to_do(client: httpx.Client) -> None:
    told = client.get("/api/clusters/places-only/measures/location_quotient").json()["error"]["message"]
    assert "needs table actors" in told
    assert "[[actors]]" in told


def test_a_misspelt_parameter_is_answered_with_the_right_one(client: httpx.Client) -> None:
    told = client.get("/api/clusters/tiny/measures/location_quotient?replicats=0").json()["error"]["message"]
    assert "Did you mean 'replicates'" in told


def test_a_failure_inside_is_told_without_the_inside(
    home: Path, serve: Callable[..., httpx.Client], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("jiqun.serve.workspace.Workspace.entries", lambda self: fail())
    answer = serve().get("/api/clusters")
    assert answer.status_code == 500
    assert ErrorShape.model_validate(answer.json()).error.message_zh
    assert "secret" not in answer.text
    assert "secret detail" in caplog.text


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("127.0.0.1", True),
        ("localhost", True),
        ("LOCALHOST", True),
        ("[::1]", True),
        ("192.168.0.9", True),
        ("data.example.org", True),
        ("evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("localhost.evil.example", False),
        ("", False),
    ],
)
def test_only_our_names_and_addresses_are_answered(
    serve: Callable[..., httpx.Client], host: str, allowed: bool
) -> None:
    client = serve(allowed_hosts=["data.example.org"])
    status, _ = raw(client, "/api/version", Host=f"{host}:{client.base_url.port}" if host else "")
    assert status == (200 if allowed else 403)


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({}, True),
        ({"Origin": "http://127.0.0.1:{port}"}, True),
        ({"Origin": "http://127.0.0.1:1"}, False),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": "http://127.0.0.1:{port}.evil.example"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "same-origin"}, True),
    ],
)
def test_a_page_of_another_site_changes_nothing(
    serve: Callable[..., httpx.Client], headers: dict[str, str], allowed: bool
) -> None:
    client = serve()
    sent = {name: value.format(port=client.base_url.port) for name, value in headers.items()}
    answer = client.post("/api/clusters/none/restore", headers=sent)
    assert answer.status_code == (404 if allowed else 403)


def test_a_page_of_another_site_starts_no_computation(client: httpx.Client) -> None:
    cross = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
    assert client.get("/api/clusters/tiny/network", headers=cross).status_code == 403
    followed = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert client.get("/", headers=followed).status_code == 200


def test_every_answer_carries_the_security_headers_and_no_cors(client: httpx.Client) -> None:
    for path in ("/", "/api/clusters", "/api/nothing", "/assets/none.js"):
        answer = client.get(path, headers={"Origin": "https://evil.example"})
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS
        assert "access-control-allow-origin" not in answer.headers
    assert "http" not in HEADERS["Content-Security-Policy"]


def test_a_long_answer_is_compressed(client: httpx.Client) -> None:
    answer = client.get("/api/indices", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"


def test_what_takes_too_long_is_told_and_there_the_next_time(
    home: Path, serve: Callable[..., httpx.Client], cluster_writer: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    import threading

    from jiqun.serve import measuring

    cluster_writer(home / "c", "c")
    release, started = threading.Event(), []
    real = measuring.compute

    def slow(*given: object, **named: object) -> object:
        started.append(1)
        release.wait(20)
        return real(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr("jiqun.serve.routes.measures.compute", slow)
    client = serve(patience=0.2)
    address = "/api/clusters/c/measures/hoover"
    first, second = client.get(address), client.get(address)
    assert (first.status_code, second.status_code) == (504, 504)
    assert len(started) == 1, "the same question is computed once"
    release.set()
    monkeypatch.setattr(client.app.state.services.work, "patience", 20.0)  # type: ignore[attr-defined]
    assert client.get(address).status_code == 200


def test_too_much_at_once_is_refused_and_not_queued_without_end(
    home: Path, serve: Callable[..., httpx.Client], cluster_writer: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    import threading

    cluster_writer(home / "c", "c")
    release = threading.Event()
    monkeypatch.setattr("jiqun.serve.routes.measures.compute", lambda *_, **__: release.wait(20))
    client = serve(patience=0.05)
    client.app.state.services.work.waiting = 3  # type: ignore[attr-defined]
    codes = [client.get(f"/api/clusters/c/measures/hoover?limit={n}").status_code for n in range(5)]
    release.set()
    assert codes == [504, 504, 504, 503, 503]


def test_a_read_only_server_changes_nothing(serve: Callable[..., httpx.Client]) -> None:
    client = serve(uploads=False)
    assert client.get("/api/version").json()["uploads"] is False
    refused = [
        client.post("/api/uploads", files={"files": ("a.csv", b"a\n1\n")}),
        client.delete("/api/clusters/x"),
        client.post("/api/clusters/x/restore"),
        client.delete("/api/jobs/x"),
        client.post("/api/jobs/x/run"),
    ]
    assert [answer.status_code for answer in refused] == [403] * 5


def test_a_server_of_single_clusters_keeps_nothing(tmp_path: Path, cluster_writer: Callable[..., Path]) -> None:
    folder = cluster_writer(tmp_path / "one", "one")
    before = sorted(tmp_path.rglob("*"))
    app = create_app(None, clusters_too=[folder])
    assert not app.state.services.limits.uploads
    assert list(app.state.services.workspace.entries()) == ["one"]
    with pytest.raises(JiqunError, match="keeps nothing"):
        _ = app.state.services.workspace.private
    assert sorted(tmp_path.rglob("*")) == before


QUERIES = [
    ("/api/clusters/tiny/map", ("industry", "first", "last", "indicator")),
    ("/api/clusters/tiny/network", ("industry", "first", "last")),
    ("/api/clusters/tiny/tables/actors", ("limit", "offset", "format", "bom")),
    ("/api/clusters/tiny/measures/location_quotient", ("weight", "form", "replicates", "reference", "rng", "space")),
    ("/api/clusters/tiny/measures/ellison_glaeser", ("place", "industry", "level", "unknown", "minimum_rows")),
    ("/api/clusters/tiny/figures/x", ("format", "lang")),
]
VALUES = st.one_of(
    st.text(max_size=30),
    st.integers(-(2**70), 2**70).map(str),
    st.floats().map(str),
    st.sampled_from(
        [
            "2017-01",
            "2017-13",
            "C17",
            "actor_id",
            "size",
            "null",
            "{}",
            "[",
            '{"C17": "x"}',
            "'",
            '"',
            "\0",
            "json",
            "0",
        ]
    ),
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    query=st.sampled_from(QUERIES).flatmap(
        lambda q: st.tuples(st.just(q[0]), st.dictionaries(st.sampled_from(q[1]), VALUES, min_size=1, max_size=3))
    )
)
def test_no_parameter_makes_the_server_fail(client: httpx.Client, query: tuple[str, dict[str, str]]) -> None:
    path, parameters = query
    if "replicates" in parameters and parameters["replicates"].isdigit():
        parameters["replicates"] = str(int(parameters["replicates"]) % 50)
    answer = client.get(path, params=parameters)
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        ErrorShape.model_validate(json.loads(answer.content))
