"""The desk: nothing is lost, nothing is booked twice, and what cannot be is said in both languages."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiqun.cluster import TABLES, Cluster, JiqunError, UnknownName
from jiqun.match.desk import (
    Absent,
    Conflict,
    Desk,
    add,
    add_factor,
    add_slots,
    book,
    bookings,
    cancel,
    change,
    current,
    decide,
    decisions,
    entries,
    factors,
    history,
    open_desk,
    remove,
    slots,
    tables,
    undo,
    with_desk,
)

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
HOURS = [(f"2026-05-01T{h:02}:00", f"2026-05-01T{h + 1:02}:00", 10) for h in range(6)]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return open_desk(tmp_path, clock=lambda: NOW)


def need(desk: Desk, text: str = "纸箱 boxes", **values: object) -> str:
    return add(desk, "needs", {"actor_id": "b1", "text": text, **values}).key


def machine(desk: Desk) -> None:
    add_factor(desk, "m", actor_id="f1", kind="equipment", called="五轴机床", unit="h")
    add_slots(desk, "m", HOURS)


# --- needs and offers -------------------------------------------------------------------------------------------


def test_what_is_written_is_read_back_with_its_history(desk: Desk) -> None:
    made = add(desk, "needs", {"actor_id": "b", "text": "求购 a\tb 📦👩‍🔧 שלום", "components": ["箱", "盖"],
                               "deadline": date(2026, 4, 1)}, key="N1", by="李")  # fmt: skip
    change(desk, "needs", "N1", {"quantity": "12.5", "components": None}, by="Ann")
    now = current(desk, "needs", "N1")
    assert now.values == {
        "actor_id": "b",
        "text": "求购 a\tb 📦👩‍🔧 שלום",
        "deadline": "2026-04-01",
        "quantity": 12.5,
    }
    assert now.version > made.version
    past = history(desk, "needs", "N1")
    assert past["action"].to_list() == ["add", "change"]
    assert past["by"].to_list() == ["李", "Ann"]
    assert "盖" in past["values"][0]
    assert "盖" not in past["values"][1]


def test_undo_goes_back_step_by_step_and_brings_back_what_was_removed(desk: Desk) -> None:
    key = need(desk, quantity=1)
    change(desk, "needs", key, {"quantity": 2})
    remove(desk, "needs", key)
    with pytest.raises(Absent, match="removed"):
        current(desk, "needs", key)
    assert entries(desk, "needs") == []
    quantities = [undo(desk, "needs", key).values for _ in range(3)]
    assert [values and values["quantity"] for values in quantities] == [2.0, 1.0, None]
    with pytest.raises(Conflict, match="left to undo"):
        undo(desk, "needs", key)
    assert history(desk, "needs", key)["action"].to_list() == ["add", "change", "remove", "undo", "undo", "undo"]


@settings(max_examples=20, deadline=None)
@given(st.lists(st.one_of(st.integers(1, 9), st.just("undo"), st.just("remove")), max_size=12))
def test_undo_is_the_inverse_of_every_change(steps: list[object]) -> None:
    with TemporaryDirectory() as folder:
        desk = open_desk(folder, clock=lambda: NOW)
        key = need(desk, quantity=1)
        stack: list[float | None] = [1.0]
        for step in steps:
            if step == "undo":
                if not stack:
                    with pytest.raises(Conflict):
                        undo(desk, "needs", key)
                    continue
                stack.pop()
                undo(desk, "needs", key)
            elif not stack or stack[-1] is None:
                with pytest.raises(Absent):
                    change(desk, "needs", key, {"quantity": 1})
            elif step == "remove":
                remove(desk, "needs", key)
                stack.append(None)
            else:
                change(desk, "needs", key, {"quantity": step})
                stack.append(float(str(step)))
        there = {entry.key: entry.values for entry in entries(desk, "needs")}
        expected = stack[-1] if stack else None
        assert there.get(key, {"quantity": None})["quantity"] == expected  # type: ignore[index]


def test_a_change_on_what_somebody_else_changed_is_not_written(desk: Desk) -> None:
    key = need(desk, quantity=1)
    seen = current(desk, "needs", key).version
    change(desk, "needs", key, {"quantity": 2}, version=seen)
    with pytest.raises(Conflict, match="changed by somebody else") as refused:
        change(desk, "needs", key, {"quantity": 3}, version=seen)
    assert refused.value.status == 409
    assert refused.value.words is not None
    assert "他人修改" in refused.value.words.zh
    assert current(desk, "needs", key).values["quantity"] == 2.0  # type: ignore[index]


def test_the_same_need_twice_is_said_and_written_only_where_it_is_meant(desk: Desk) -> None:
    first = need(desk, "Boxes  for EXPORT")
    with pytest.raises(Conflict, match=f"there already, as '{first}'"):
        need(desk, "boxes for export")
    assert add(desk, "needs", {"actor_id": "b1", "text": "boxes for export"}, repeat=True).key != first
    add(desk, "needs", {"actor_id": "b2", "text": "boxes for export"})
    remove(desk, "needs", first)
    with pytest.raises(Conflict, match="taken"):
        add(desk, "needs", {"actor_id": "b9", "text": "x"}, key=first)


def test_a_request_sent_again_writes_nothing_twice(desk: Desk) -> None:
    machine(desk)
    one, two = (add(desk, "needs", {"actor_id": "b", "text": "x"}, token="t") for _ in range(2))
    assert one == two
    assert decide(desk, one.key, "f", "deal", token="t") == decide(desk, one.key, "f", "deal", token="t")
    booked = [book(desk, "m", *HOURS[0][:2], 4, actor_id="b", token="t") for _ in range(2)]
    assert booked[0] == booked[1]
    assert slots(desk)["left"].to_list()[0] == 6.0
    with pytest.raises(Conflict, match="another decision"):
        decide(desk, one.key, "f", "reject", token="t")
    with pytest.raises(Conflict, match="another booking"):
        book(desk, "m", *HOURS[1][:2], 4, actor_id="b", token="t")


WRONG: list[tuple[str, dict[str, object], str]] = [
    ("needs", {"text": "x" * 100_000}, "100,000 characters; at most 20,000"),
    ("needs", {"text": "  \n "}, "nothing says what it is"),
    ("needs", {"text": "!!! …"}, "nothing says what it is"),
    ("needs", {"text": "x\ud800"}, "half of a character at position 2"),
    ("needs", {"text": 7}, "got a int"),
    ("needs", {"text": "x", "quantity": 0}, "quantity of a need is 0"),
    ("needs", {"text": "x", "quantity": -1}, "at least 0"),
    ("needs", {"text": "x", "quantity": float("nan")}, "at least 0"),
    ("needs", {"text": "x", "quantity": 10**400}, "at least 0"),
    ("needs", {"text": "x", "quantity": True}, "at least 0"),
    ("needs", {"text": "x", "deadline": "2026-02-28"}, "has passed"),
    ("needs", {"text": "x", "deadline": "soon"}, "needs a date"),
    ("needs", {"text": "x", "components": "lid"}, "needs a list"),
    ("needs", {"text": "x", "components": ["a"] * 101}, "needs a list"),
    ("needs", {"text": "x", "category": "c" * 201}, "201 characters"),
    ("needs", {"text": "x", "colour": "red"}, "cannot have 'colour'"),
    ("needs", {"text": "x", "need_id": "n"}, "cannot have 'need_id'"),
    ("offers", {"text": "x", "capacity": 0}, "capacity of an offer is 0"),
    ("offers", {"text": "x", "valid_from": "2026-06-01", "valid_to": "2026-05-01"}, "on no day"),
    ("offers", {"text": "x", "valid_to": "2026-01-01"}, "on no day"),
]


@pytest.mark.parametrize(("kind", "values", "said"), WRONG, ids=[said for *_, said in WRONG])
def test_what_cannot_be_is_said_in_both_languages_and_not_written(
    desk: Desk, kind: str, values: dict[str, object], said: str
) -> None:
    with pytest.raises(JiqunError, match=said.replace(".", r"\.")) as refused:
        add(desk, kind, {"actor_id": "b", **values})  # type: ignore[arg-type]
    assert refused.value.words is not None
    assert any("一" <= c <= "鿿" for c in refused.value.words.zh)
    assert entries(desk, kind) == []  # type: ignore[arg-type]


def test_an_entry_needs_an_owner_and_a_kind_that_is_known(desk: Desk) -> None:
    with pytest.raises(JiqunError, match="needs actor_id"):
        add(desk, "needs", {"text": "x"})
    with pytest.raises(UnknownName):
        add(desk, "actors", {"actor_id": "x"})  # type: ignore[arg-type]


@settings(max_examples=25, deadline=None)
@given(st.text(min_size=1, max_size=60))
def test_any_text_is_kept_or_refused_and_never_read_as_a_statement(text: str) -> None:
    with TemporaryDirectory() as folder:
        desk = open_desk(folder, clock=lambda: NOW)
        hostile = text + "'); DROP TABLE versions; --"
        key = add(desk, "needs", {"actor_id": hostile, "text": hostile}).key
        kept = current(desk, "needs", key).values
        assert kept is not None
        shown = "".join(c for c in hostile if c in "\t\n" or (c >= " " and c != "\x7f")).strip()
        assert kept["text"] == shown == kept["actor_id"]
        assert history(desk, "needs", key).height == 1


# --- decisions --------------------------------------------------------------------------------------------------


def test_decisions_are_only_ever_added(desk: Desk) -> None:
    key = need(desk, category="C22")
    decide(desk, key, "f1", "reject", by="b1", chance=0.25)
    decide(desk, key, "f1", "deal", by="b1", matched_by="ai", amount=900, quantity=3)
    log = decisions(desk, need_id=key)
    assert log["decision"].to_list() == ["reject", "deal"]
    assert log["chance"].to_list() == [0.25, None]
    with sqlite3.connect(desk.file) as raw:
        for statement in ("UPDATE decisions SET decision = 'accept'", "DELETE FROM decisions", "DELETE FROM versions"):
            with pytest.raises(sqlite3.IntegrityError, match="only added"):
                raw.execute(statement)
    raw.close()


def test_a_decision_names_a_need_that_is_there(desk: Desk) -> None:
    key = need(desk)
    for asked, words in (
        (lambda: decide(desk, "none", "f", "accept"), "no need_id 'none'"),
        (lambda: decide(desk, key, "f", "maybe"), "maybe"),  # type: ignore[arg-type]
        (lambda: decide(desk, key, "f", "deal", matched_by="fate"), "fate"),  # type: ignore[arg-type]
        (lambda: decide(desk, key, "f", "reject", amount=3), "of a deal"),
        (lambda: decide(desk, key, "f", "accept", chance=0.0), "above 0"),
        (lambda: decide(desk, key, " ", "accept"), "needs actor_id"),
    ):
        with pytest.raises(JiqunError, match=words):
            asked()
    remove(desk, "needs", key)
    with pytest.raises(Absent):
        decide(desk, key, "f", "accept")
    assert decisions(desk).is_empty()


def test_the_desk_reads_back_as_canonical_tables(desk: Desk) -> None:
    key = need(desk, category="C22", deadline="2026-07-01", components=["a", "b"])
    add(desk, "offers", {"actor_id": "f1", "text": "纸箱", "capacity": 5})
    decide(desk, key, "f1", "accept")
    decide(desk, key, "f1", "deal", matched_by="planner", amount=10, quantity=2)
    made = tables(desk)
    assert {name: frame.columns for name, frame in made.items()} == {
        name: [c.name for c in TABLES[name].columns] for name in made
    }
    assert made["needs"].row(0, named=True)["deadline"] == date(2026, 7, 1)
    assert made["needs"]["components"].to_list() == [["a", "b"]]
    deal = made["interactions"].row(0, named=True)
    assert (deal["source"], deal["target"], deal["category"], deal["matched_by"], deal["group"]) == (
        "b1", "f1", "C22", "planner", key,
    )  # fmt: skip
    assert deal["time"] == NOW.replace(tzinfo=None)
    assert made["interactions"].height == 1
    findings = Cluster.from_tables(actors=pl.DataFrame({"actor_id": ["b1", "f1"]}), **made).check()
    assert {f.rule for f in findings if f.severity == "error"} == set()


def test_a_cluster_with_its_desk_is_a_cluster(tmp_path: Path) -> None:
    base = Cluster.from_tables(
        actors=pl.DataFrame({"actor_id": ["b1", "f1"]}),
        needs=pl.DataFrame(
            {
                "need_id": ["N1"],
                "actor_id": ["b1"],
                "text": ["lids"],
                "category": ["C1"],
                "deadline": [date(2026, 4, 30)],
            }
        ),
        interactions=pl.DataFrame({"source": ["b1"], "target": ["f1"], "kind": ["order"]}),
    )
    base.path = str(tmp_path)
    desk = open_desk(base, clock=lambda: NOW)
    before = with_desk(desk)
    assert before.rows("needs") == 1
    decide(desk, "N1", "f1", "deal", matched_by="ai")
    mine = need(desk)
    both = with_desk(desk)
    assert both.polars("needs")["need_id"].to_list() == ["N1", mine]
    assert both.polars("interactions")["matched_by"].to_list() == [None, "ai"]
    assert both.polars("interactions")["category"].to_list() == [None, "C1"]
    assert both.store.data_hash != before.store.data_hash
    with pytest.raises(Conflict, match="taken"):
        add(desk, "needs", {"actor_id": "b", "text": "x"}, key="N1")
    machine(desk)
    with pytest.raises(JiqunError, match="after the deadline 2026-04-30"):
        book(desk, "m", *HOURS[0][:2], 1, actor_id="b1", need_id="N1")
    with pytest.raises(Conflict, match="came with the data"):
        change(desk, "needs", "N1", {"quantity": 3})


# --- booking ----------------------------------------------------------------------------------------------------


def test_a_booking_takes_every_slot_between_or_none(desk: Desk) -> None:
    machine(desk)
    assert factors(desk).row(0) == ("m", "f1", "equipment", "五轴机床", "h")
    made = book(desk, "m", "2026-05-01T09:00+08:00", "2026-05-01T12:00+08:00", 7.5, actor_id="b")
    assert slots(desk, "m")["left"].to_list() == [10.0, 2.5, 2.5, 2.5, 10.0, 10.0]
    with pytest.raises(Conflict, match=r"has 2.5 of 10 left .* asked for: 3\. Nothing was booked") as refused:
        book(desk, "m", HOURS[0][0], HOURS[5][1], 3, actor_id="c")
    assert refused.value.words is not None
    assert "剩余 2.5" in refused.value.words.zh
    assert slots(desk, "m")["booked"].sum() == 22.5
    cancel(desk, made.seq)
    assert slots(desk, "m")["booked"].sum() == 0.0
    with pytest.raises(Conflict, match="cancelled before"):
        cancel(desk, made.seq)
    assert bookings(desk, "m")["cancelled"].null_count() == 0


def test_tenths_add_up_exactly(desk: Desk) -> None:
    machine(desk)
    for _ in range(10):
        book(desk, "m", *HOURS[0][:2], 0.1, actor_id="b")
    assert slots(desk)["left"][0] == 9.0
    book(desk, "m", *HOURS[0][:2], 9.0, actor_id="b")
    with pytest.raises(Conflict):
        book(desk, "m", *HOURS[0][:2], 0.001, actor_id="b")


def test_what_cannot_be_booked_is_said(desk: Desk) -> None:
    machine(desk)
    add_slots(desk, "m", [("2026-05-02T00:00", "2026-05-02T01:00", 0), ("2026-02-01T00:00", "2026-02-01T01:00", 5)])
    key = need(desk, deadline="2026-04-30")
    on_the_day = need(desk, "lids", deadline="2026-05-01")
    cases: list[tuple[Callable[[], object], str]] = [
        (lambda: book(desk, "m", "2026-05-02T00:00", "2026-05-02T01:00", 1, actor_id="b"), r"closed \(capacity 0\)"),
        (lambda: book(desk, "m", "2026-02-01T00:00", "2026-02-01T01:00", 1, actor_id="b"), "have passed"),
        (lambda: book(desk, "m", *HOURS[0][:2], 1, actor_id="b", need_id=key), "after the deadline 2026-04-30"),
        (lambda: book(desk, "m", *HOURS[0][:2], 1, actor_id="b", need_id="none"), "no need_id"),
        (lambda: book(desk, "m", "2026-05-01T00:30", "2026-05-01T01:00", 1, actor_id="b"), "follow each other"),
        (lambda: book(desk, "m", HOURS[5][0], "2026-05-02T01:00", 1, actor_id="b"), "follow each other"),
        (lambda: book(desk, "m", "noon", "2026-05-02T01:00", 1, actor_id="b"), "needs a moment"),
        (lambda: book(desk, "m", *HOURS[0][:2], 0, actor_id="b"), "above 0"),
        (lambda: book(desk, "m", *HOURS[0][:2], 0.0001, actor_id="b"), "three decimals"),
        (lambda: book(desk, "x", *HOURS[0][:2], 1, actor_id="b"), "no factor 'x'"),
        (lambda: cancel(desk, 99), "no booking '99'"),
        (lambda: add_slots(desk, "m", [("2026-05-01T00:30", "2026-05-01T00:45", 1)]), "overlaps"),
        (lambda: add_slots(desk, "m", [("2026-05-03T01:00", "2026-05-03T01:00", 1)]), "end after they start"),
        (lambda: add_factor(desk, "m", actor_id="f", kind="lab"), "already"),
        (lambda: add_factor(desk, "k", actor_id="f", kind="rocket"), "rocket"),  # type: ignore[arg-type]
    ]
    for asked, words in cases:
        with pytest.raises(JiqunError, match=words) as refused:
            asked()
        assert refused.value.words is not None
    assert bookings(desk).is_empty()
    book(desk, "m", *HOURS[0][:2], 1, actor_id="b", need_id=on_the_day)


def test_the_database_itself_refuses_more_than_a_slot_holds(desk: Desk) -> None:
    machine(desk)
    with sqlite3.connect(desk.file) as raw, pytest.raises(sqlite3.IntegrityError):
        raw.execute("UPDATE slots SET booked = capacity + 1")
    raw.close()


# --- many at once -----------------------------------------------------------------------------------------------


def _client(folder: str, key: str, number: int, wishes: list[tuple[int, int, int]]) -> tuple[list[int], int]:
    """Book, decide and change as one of many; give the bookings that were confirmed and the changes that held."""
    desk = open_desk(folder, clock=lambda: NOW)
    confirmed, changed = [], 0
    for begin, length, quantity in wishes:
        try:
            ends = HOURS[min(begin + length, len(HOURS)) - 1][1]
            confirmed.append(book(desk, "m", HOURS[begin][0], ends, quantity, actor_id=f"c{number}").seq)
        except Conflict:
            pass
        decide(desk, key, f"f{number}", "accept", by=f"c{number}")
        seen = current(desk, "needs", key)
        try:
            change(desk, "needs", key, {"quantity": seen.values["quantity"] + 1}, version=seen.version)  # type: ignore[index]
            changed += 1
        except Conflict:
            pass
        if confirmed and quantity == 1:
            cancel(desk, confirmed.pop())
    return confirmed, changed


def _consistent(folder: str, key: str, done: list[tuple[list[int], int]], wishes: int) -> None:
    desk = open_desk(folder, clock=lambda: NOW)
    kept = bookings(desk, "m").filter(pl.col("cancelled").is_null())
    assert sorted(kept["seq"].to_list()) == sorted(seq for confirmed, _ in done for seq in confirmed)
    for slot in slots(desk, "m").iter_rows(named=True):
        inside = (kept["starts"] <= slot["starts"]) & (kept["ends"] >= slot["ends"])
        assert kept.filter(inside)["quantity"].sum() == slot["booked"] <= slot["capacity"]
    log = decisions(desk)
    assert log["seq"].to_list() == list(range(1, wishes + 1))
    # A change that was confirmed was not overwritten: each added one to what it had seen.
    assert current(desk, "needs", key).values["quantity"] == 1.0 + sum(changed for _, changed in done)  # type: ignore[index]


WISHES = st.lists(
    st.lists(st.tuples(st.integers(0, 5), st.integers(1, 3), st.integers(1, 6)), min_size=1, max_size=4),
    min_size=2, max_size=5,
)  # fmt: skip


@settings(max_examples=8, deadline=None)
@given(WISHES)
def test_threads_book_nothing_twice_and_lose_no_decision(wishes: list[list[tuple[int, int, int]]]) -> None:
    with TemporaryDirectory() as folder:
        desk = open_desk(folder, clock=lambda: NOW)
        machine(desk)
        key = need(desk, quantity=1)
        with ThreadPoolExecutor(len(wishes)) as pool:
            done = list(pool.map(lambda n: _client(folder, key, n, wishes[n]), range(len(wishes))))
        _consistent(folder, key, done, sum(map(len, wishes)))


def test_processes_book_nothing_twice_and_lose_no_decision(tmp_path: Path) -> None:
    desk = open_desk(tmp_path, clock=lambda: NOW)
    machine(desk)
    key = need(desk, quantity=1)
    wishes = [[((n + k) % 6, 1 + k % 3, 1 + (n * k) % 4) for k in range(12)] for n in range(3)]
    command = [sys.executable, __file__, str(tmp_path), key]
    jobs = [
        subprocess.Popen([*command, str(n), json.dumps(wishes[n])], stdout=subprocess.PIPE, text=True) for n in range(3)
    ]
    done = [json.loads(job.communicate(timeout=120)[0]) for job in jobs]
    _consistent(str(tmp_path), key, done, 36)


def test_many_may_open_a_desk_that_is_not_there_yet(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        desks = list(pool.map(lambda _: open_desk(tmp_path), range(16)))
        list(pool.map(lambda n: add(desks[n], "needs", {"actor_id": "b", "text": f"w{n}"}), range(16)))
    assert len(entries(desks[0], "needs")) == 16
    assert len({entry.key for entry in entries(desks[0], "needs")}) == 16


# --- the file ---------------------------------------------------------------------------------------------------


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def test_a_desk_that_cannot_be_used_says_so(tmp_path: Path) -> None:
    with pytest.raises(JiqunError, match="in memory"):
        open_desk(Cluster.from_tables(actors=pl.DataFrame({"actor_id": ["a"]})))
    desk = open_desk(_made(tmp_path / "a"))
    raw = sqlite3.connect(desk.file)
    raw.execute("PRAGMA user_version = 9")
    raw.close()
    with pytest.raises(JiqunError, match="version 9"):
        open_desk(tmp_path / "a")
    (tmp_path / "b" / "desk").mkdir(parents=True)
    (tmp_path / "b" / "desk" / "desk.sqlite").write_bytes(b"not a database, " * 100)
    with pytest.raises(JiqunError, match="cannot be used"):
        open_desk(tmp_path / "b")
    (_made(tmp_path / "c") / "desk").symlink_to(tmp_path / "a")
    with pytest.raises(JiqunError, match="link"):
        open_desk(tmp_path / "c")


def test_what_fails_half_way_leaves_nothing(desk: Desk) -> None:
    machine(desk)
    with pytest.raises(Conflict):
        add_slots(desk, "m", [("2026-06-01T00:00", "2026-06-01T02:00", 1), ("2026-06-01T01:00", "2026-06-01T03:00", 1)])
    assert slots(desk, "m").height == len(HOURS)


if __name__ == "__main__":  # one of the clients of the test with processes
    print(json.dumps(_client(sys.argv[1], sys.argv[2], int(sys.argv[3]), json.loads(sys.argv[4]))))
