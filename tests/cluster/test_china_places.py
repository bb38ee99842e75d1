"""Places of China by code, name, abbreviation and former name; what is ambiguous, divided or unknown is said."""

from __future__ import annotations

import pytest

from jiqun.cluster.codes import PROVINCES
from jiqun.cluster.codes.china_places import (
    changes,
    division_names,
    resolve_place,
    resolve_places,
    short_name,
)

PREFECTURES = [c for c in division_names() if c.endswith("00") and not c.endswith("0000")]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("330100", "330100"), ("3301", "330100"), ("33", "330000"), ("330106001", "330106"), ("110100", "110000"),
        ("杭州市", "330100"), ("杭州", "330100"), ("中国 浙江省 杭州市", "330100"), ("浙江杭州", "330100"),
        ("粤", "440000"), ("浙", "330000"), ("内蒙古", "150000"), ("GD", "440000"), ("Zhejiang", "330000"),
        ("广西壮族自治区", "450000"), ("新疆", "650000"), ("香港", "810000"),
        ("延边", "222400"), ("延边州", "222400"), ("恩施州", "422800"), ("黔西南", "522300"), ("锡林郭勒", "152500"),
        ("襄樊", "420600"), ("襄樊市", "420600"), ("普洱", "530800"), ("思茅地区", "530800"), ("大庸市", "430800"),
        ("淮阴市", "320800"), ("372900", "371700"), ("菏泽地区", "371700"), ("莱芜市", "370100"), ("371200", "370100"),
        ("万县市", "500000"), ("重庆市", "500000"), ("崇文区", "110101"), ("南汇区", "310115"), ("萧山市", "330109"),
        ("下城区", "330105"), ("330103", "330105"), ("哈密地区", "650500"), ("济源", "419001"),
        ("吉林省长春市朝阳区", "220104"), ("北京市朝阳区", "110105"), ("辽宁朝阳", "211300"), ("南京鼓楼区", "320106"),
    ],
)  # fmt: skip
def test_a_place_is_known_by_any_of_its_names(text: str, code: str) -> None:
    assert resolve_place(text).code == code


def test_every_province_and_prefecture_is_known_by_its_full_name_and_its_code() -> None:
    names = division_names()
    assert sum(c.endswith("0000") for c in names) == 34
    assert len(PREFECTURES) > 330
    for code in (*PREFECTURES, *(f"{p}0000" for p in PROVINCES)):
        assert resolve_place(names[code]).code == code
        assert resolve_place(code).code == code


def test_among_cities_every_short_name_is_the_city() -> None:
    names = division_names()
    found = resolve_places([short_name(names[c]) for c in PREFECTURES])
    assert [f.code for f in found] == PREFECTURES


def test_what_several_places_are_called_needs_a_parent() -> None:
    for text in ("朝阳", "鼓楼", "鼓楼区"):
        found = resolve_place(text)
        assert (found.code, found.how) == ("", "ambiguous")
        assert len(found.candidates) >= 4
    assert resolve_place("鼓楼", parent="南京").code == "320106"
    assert resolve_place("鼓楼", parent="开封市").code == "410204"
    assert resolve_place("朝阳", level="city").code == "211300"
    assert resolve_place("吉林").code == "220000"
    assert [f.code for f in resolve_places(["长春", "吉林", "四平"])] == ["220100", "220200", "220300"]


def test_a_place_that_was_divided_names_where_its_land_is() -> None:
    found = resolve_place("341400")
    assert (found.how, found.code) == ("split", "341400")
    assert [c.split()[1] for c in found.candidates] == ["合肥市", "芜湖市", "马鞍山市"]
    # 巢湖市 is a county of 合肥 today; among cities it is the former one
    assert resolve_place("巢湖市").code == "340181"
    assert resolve_places(["合肥市", "芜湖市", "巢湖市"])[2].how == "split"
    # 2021: most of 江干 went to 上城, the rest to the new 钱塘
    assert [c.split()[0] for c in resolve_place("江干区").candidates] == ["330102", "330114"]


def test_a_name_nobody_has_is_unknown_with_what_is_written_most_like_it() -> None:
    for wrong, right in (("杭洲", "杭州市"), ("深川市", "深圳市"), ("乌鲁木奇", "乌鲁木齐市")):
        found = resolve_place(wrong)
        assert (found.code, found.how) == ("", "unknown")
        assert right in " ".join(found.candidates)
    for nothing in ("", "   ", "999999", "12345", "x" * 5000, "=1+1", None):
        assert resolve_place(nothing).code == ""


def test_the_table_of_changes_leads_to_places_of_today() -> None:
    names = division_names()
    later = {"540481", "540581"}
    for change in changes():
        assert change.since <= change.until
        assert set(change.now) <= set(names) | later, change
        if change.code.endswith("00"):
            assert all(c.endswith("00") or c[2:4] == "90" for c in change.now), change
    known = {(c.code, c.name): c for c in changes()}
    assert known["371200", "莱芜市"].joined
    assert not known["372900", "菏泽地区"].joined
    assert known["513800", "眉山地区"].now == ("511400",)
    assert not known["513800", "眉山地区"].joined
