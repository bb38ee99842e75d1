"""Recognising known exports by their columns, and giving their documented recipe with the paths filled in."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from jiqun.ingest.drafting.look import Look
from jiqun.ingest.drafting.write import comment, quoted
from jiqun.ingest.shipped import shipped_recipe

__all__ = ["LAYOUTS", "recognise"]

LAYOUTS: Mapping[str, Mapping[str, frozenset[str]]] = {
    "crunchbase_2013": {
        "companies": frozenset({"permalink", "name", "category_code", "funding_total_usd", "region", "founded_at"}),
        "rounds": frozenset(
            {"company_permalink", "company_region", "funding_round_type", "funded_at", "raised_amount_usd"}
        ),
        "acquisitions": frozenset({"company_permalink", "acquirer_permalink", "acquired_at", "price_amount"}),
        "investments": frozenset({"company_name", "investor_name", "funded_when", "amount_usd"}),
    },
    "olist": {
        "customers": frozenset({"customer_id", "customer_unique_id", "customer_zip_code_prefix", "customer_state"}),
        "geolocation": frozenset(
            {"geolocation_zip_code_prefix", "geolocation_lat", "geolocation_lng", "geolocation_state"}
        ),
        "order_items": frozenset({"order_id", "order_item_id", "product_id", "seller_id", "price", "freight_value"}),
        "order_payments": frozenset({"order_id", "payment_sequential", "payment_type", "payment_value"}),
        "order_reviews": frozenset({"order_id", "review_score", "review_creation_date"}),
        "orders": frozenset({"order_id", "customer_id", "order_status", "order_purchase_timestamp"}),
        "products": frozenset({"product_id", "product_category_name", "product_weight_g"}),
        "sellers": frozenset({"seller_id", "seller_zip_code_prefix", "seller_city", "seller_state"}),
        "translation": frozenset({"product_category_name", "product_category_name_english"}),
    },
    "inside_airbnb": {
        "listings": frozenset({"id", "host_id", "latitude", "longitude", "room_type", "price"}),
        "reviews": frozenset({"listing_id", "date", "reviewer_id"}),
    },
    "github_innovation_graph": {
        "collaborators": frozenset({"source", "destination", "weight", "year", "quarter"}),
        "developers": frozenset({"developers", "iso2_code", "year", "quarter"}),
        "pushes": frozenset({"git_pushes", "iso2_code", "year", "quarter"}),
        "repositories": frozenset({"repositories", "iso2_code", "year", "quarter"}),
        "organizations": frozenset({"organizations", "iso2_code", "year", "quarter"}),
        "economies": frozenset({"iso2_code", "name", "lon", "lat", "area_km2"}),
    },
    "firms_transactions": {
        "firms": frozenset({"firm_id", "name", "industry", "city", "lon", "lat", "founded", "employees", "revenue"}),
        "transactions": frozenset({"date", "order_id", "buyer", "seller", "product", "quantity", "amount", "channel"}),
    },
    "firms_transactions_zh": {
        "firms": frozenset(
            {"企业编号", "企业名称", "行业", "城市", "经度", "纬度", "成立日期", "从业人数", "营业收入"}
        ),
        "transactions": frozenset({"交易日期", "订单号", "买方", "卖方", "产品类别", "数量", "金额", "渠道"}),
    },
}
"""Recipe → file of the recipe → columns by which it is known."""


def recognise(looks: Sequence[Look], folder: Path) -> str:
    """Give the documented recipe of a known export, adapted to these files; empty where they are none."""
    for name, layout in LAYOUTS.items():
        found = {file: _holding(looks, columns) for file, columns in layout.items()}
        if all(found.values()) and len({id(look) for look in found.values()}) == len(layout):
            filled = {file: look for file, look in found.items() if look is not None}
            return _adapted(name, filled, looks, folder)
    return ""


def _holding(looks: Sequence[Look], columns: frozenset[str]) -> Look | None:
    fitting = [look for look in looks if columns <= set(look.columns)]
    # The narrowest table that has all the columns is the one that is meant.
    return min(fitting, key=lambda look: len(look.columns)) if fitting else None


def _adapted(name: str, found: Mapping[str, Look], looks: Sequence[Look], folder: Path) -> str:
    text = shipped_recipe(name)
    for file, look in found.items():
        section = "\n".join([f"[files.{file}]", *_options(look, folder)]) + "\n"
        # A replacement that is a function is inserted as it is: a path may hold backslashes.
        text = re.sub(rf"(?m)^\[files\.{file}\]\n(?:[^\[\n].*\n)*", lambda _, s=section: s, text, count=1)  # type: ignore[misc]
    tomllib.loads(text)
    unused = [look.title for look in looks if all(look is not used for used in found.values())]
    head = [f"# The documented recipe {name}, for the files given."]
    head += [comment(f"Not needed: {', '.join(unused)}.")] if unused else []
    return "\n".join(head) + "\n#\n" + text


def _options(look: Look, folder: Path) -> list[str]:
    path = look.path.resolve()
    shown = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else os.fspath(path)
    lines = [f"path = {quoted(shown)}"]
    lines += [f"{key} = {value if isinstance(value, int) else quoted(value)}" for key, value in look.options.items()]
    return lines
