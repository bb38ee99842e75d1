"""Views of the result of an index over HTTP: percentile, order, keys, pages."""

from __future__ import annotations

import csv
import io
import threading

import httpx
import pyarrow as pa

from jiqun.serve.results import Results

LQ = "/api/clusters/tiny/measures/location_quotient?weight=count&replicates=0"


def test_a_percentile_is_given_where_asked_for_with_the_groups_there_are(client: httpx.Client) -> None:
    plain = client.get(LQ).json()
    assert "percentile" not in plain["columns"]
    assert plain["peer_choices"] == []
    asked = client.get(f"{LQ}&peers=industry").json()
    assert asked["peers"] == "industry"
    assert {"all", "industry"} <= {choice["id"] for choice in asked["peer_choices"]}
    rows = asked["rows"]
    found = [p for p, i in zip(rows["percentile"], rows["industry_id"], strict=True) if i == "C17"]
    assert sorted(found) in ([25.0, 75.0], [50.0, 50.0])


def test_the_largest_come_first_where_asked_for(client: httpx.Client) -> None:
    values = client.get(f"{LQ}&order=value").json()["rows"]["value"]
    assert values == sorted(values, reverse=True)


def test_one_industry_alone_is_given_with_its_percentile_among_all(client: httpx.Client) -> None:
    whole = client.get(f"{LQ}&peers=all").json()["rows"]
    part = client.get(f"{LQ}&peers=all&industry_id=I65").json()
    assert part["total"] == 2
    assert set(part["rows"]["industry_id"]) == {"I65"}
    expected = [p for p, i in zip(whole["percentile"], whole["industry_id"], strict=True) if i == "I65"]
    assert part["rows"]["percentile"] == expected


def test_pairs_are_kept_where_the_industry_is_on_either_side(client: httpx.Client) -> None:
    for industry in ("C17", "I65"):
        found = client.get(f"/api/clusters/tiny/measures/proximity?cut=0&industry_id={industry}").json()
        assert found["total"] == 1


def test_the_file_has_the_same_view_as_the_page(client: httpx.Client) -> None:
    text = client.get(f"{LQ}&peers=all&place_id=p1&order=value&format=csv").text
    rows = list(csv.DictReader(io.StringIO(text)))
    page = client.get(f"{LQ}&peers=all&place_id=p1&order=value").json()["rows"]
    assert [float(row["percentile"]) for row in rows] == page["percentile"]


def test_an_index_of_places_where_asked_for_says_so_in_its_keys(client: httpx.Client) -> None:
    assert client.get("/api/clusters/tiny/measures/hoover?of=place&replicates=0").json()["grain"] == ["place_id"]


def test_an_unknown_peer_group_is_answered_with_those_there_are(client: httpx.Client) -> None:
    answer = client.get(f"{LQ}&peers=nope")
    assert answer.status_code == 404
    assert "industry" in answer.json()["error"]["message"]


def test_a_question_asked_by_many_at_once_is_computed_once() -> None:
    results, made = Results(), []
    entered = threading.Event()

    def compute() -> pa.Table:
        entered.wait(5)
        made.append(1)
        return pa.table({"value": [1.0]})

    threads = [threading.Thread(target=lambda: results.get("q", compute)) for _ in range(6)]
    for thread in threads:
        thread.start()
    entered.set()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert results._making == {}


def test_results_beyond_the_room_are_let_go_the_oldest_first() -> None:
    results = Results(room=100)
    for name in "abc":
        results.get(name, lambda: pa.table({"value": [1.0] * 5}))
    again = []
    for name in "cba":
        results.get(name, lambda: again.append(1) or pa.table({"value": [1.0] * 5}))
    assert len(again) == 1
    results.get("huge", lambda: pa.table({"value": [0.0] * 100}))
    assert "huge" not in results._held
