"""What people call the columns of each table, in English, Chinese and the languages of known exports."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["FILE_WORDS", "NAMES", "bare", "fit", "unit_in"]

_NAMES: dict[str, dict[str, str]] = {
    "actors": {
        "actor_id": "actor_id firm_id company_id enterprise_id org_id organization_id business_id seller_id "
        "supplier_id vendor_id manufacturer_id merchant_id shop_id customer_id buyer_id host_id permalink duns "
        "ein uuid id code no 统一社会信用代码 社会信用代码 信用代码 组织机构代码 企业编号 企业代码 公司编号 "
        "公司代码 商家编号 供应商编号 单位代码 机构代码 法人代码 注册号 工商注册号 股票代码 证券代码 企业id "
        "公司id 编号 序号 cnpj",
        "name": "name firm_name company_name enterprise_name organisation organization firm company enterprise "
        "supplier manufacturer 企业名称 公司名称 单位名称 机构名称 商家名称 供应商名称 店铺名称 企业 公司 名称 "
        "全称 nome razao_social",
        "industry_id": "industry_id industry_code industry naics naics_code sic sic_code nace isic sector "
        "category_code category main_category 行业代码 国民经济行业代码 行业 所属行业 行业分类 行业类别 行业小类 "
        "行业大类 主营行业 categoria cnae",
        "place_id": "place_id region_id city_id county_fips fips cbsa adcode division_code place city town "
        "municipality county district region state province 行政区划代码 区划代码 地区代码 区县代码 城市代码 "
        "所在城市 所属城市 城市 所在地区 所属地区 地区 所在区县 区县 所属区县 园区 所属园区 街道 乡镇 省份 "
        "所属省份 省 市 cidade municipio estado uf",
        "lon": "lon lng long longitude x_wgs84 geolocation_lng 经度 东经 地理经度 lng_gcj lon_gcj lng_bd bd_lng "
        "gcj_lng",
        "lat": "lat latitude y_wgs84 geolocation_lat 纬度 北纬 地理纬度 lat_gcj lat_bd bd_lat gcj_lat",
        "founded": "founded founded_at founded_on founding_date founding_year established established_on "
        "establishment_date incorporated incorporation_date registration_date start_date since host_since "
        "成立日期 成立时间 成立年份 注册日期 注册时间 开业日期 开业时间 设立日期 核准日期 data_abertura fundacao",
        "closed": "closed closed_at closed_on closing_date dissolved dissolution_date deregistered 注销日期 "
        "注销时间 吊销日期 吊销时间 关闭日期 停业日期 data_encerramento",
        "size": "size employees employment employee_count number_of_employees headcount staff workers workforce "
        "emp 从业人数 从业人员 从业人员数 从业人员期末人数 员工人数 员工数 职工人数 人数 参保人数 人员规模 "
        "用工人数 funcionarios empregados",
        "revenue": "revenue turnover sales annual_revenue annual_sales operating_revenue 营业收入 主营业务收入 "
        "营收 销售收入 年营业额 营业额 年产值 产值 工业总产值 销售额 faturamento receita",
        "status": "status company_status operating_status 登记状态 经营状态 企业状态 存续状态 状态 situacao",
        "digital_native": "digital_native born_digital 数字原生 数字原生企业",
    },
    "interactions": {
        "time": "time date datetime timestamp order_date order_time order_purchase_timestamp purchase_date "
        "transaction_date transaction_time invoice_date created_at created paid_at funded_at funded_when "
        "event_time day when 交易日期 交易时间 下单时间 下单日期 订单日期 订单时间 成交日期 成交时间 付款时间 "
        "支付时间 发生时间 签订日期 合同日期 开票日期 日期 时间 data_compra data",
        "source": "source source_id buyer buyer_id buyer_firm buyer_code customer customer_id client client_id "
        "consumer consumer_id payer payer_id investor investor_id investor_name acquirer purchaser purchaser_id "
        "from from_id user_id guest_id reviewer_id household_id 买方 买方编号 买方代码 买方企业 买方名称 买家 "
        "买家编号 采购方 采购方编号 采购商 采购企业 购买方 购方 客户 客户编号 客户名称 需求方 甲方 付款方 付款人 "
        "投资方 投资人 发起方 comprador cliente",
        "target": "target target_id seller seller_id seller_firm seller_code supplier supplier_id vendor "
        "vendor_id payee payee_id investee investee_id manufacturer_id merchant_id shop_id host_id to to_id 卖方 "
        "卖方编号 卖方代码 卖方企业 卖方名称 卖家 卖家编号 供应方 供应商 供应商编号 供应商名称 供货方 供货商 "
        "销售方 销方 商家 商家编号 乙方 收款方 收款人 被投资方 被投企业 对象方 vendedor fornecedor",
        "amount": "amount value total total_amount price sales_value transaction_amount order_amount paid "
        "payment_value amount_usd raised_amount_usd 交易金额 成交金额 成交额 订单金额 合同金额 金额 总额 总金额 "
        "价税合计 付款金额 支付金额 投资金额 valor preco",
        "quantity": "quantity qty units count volume number 数量 件数 交易数量 成交数量 采购数量 销量 quantidade",
        "category": "category category_id product_category product_category_name item_category industry_id 类别 "
        "品类 商品类别 产品类别 商品分类 产品分类 所属品类 categoria",
        "channel": "channel platform sales_channel 渠道 平台 交易渠道 销售渠道 交易平台 canal",
        "group": "group group_id order_id order_no order_number invoice_no invoice_id contract_no contract_id "
        "project_id basket_id transaction_id deal_id 订单号 订单编号 合同编号 合同号 项目编号 发票号 发票号码 "
        "交易编号 交易单号 流水号 pedido",
        "kind": "kind type transaction_type event_type interaction_type 交易类型 互动类型 业务类型 类型 tipo",
        "matched_by": "matched_by 撮合方式 匹配方式",
        "place_id": "place_id store_id 发生地点 交易地点 门店编号",
        "subsidy_platform": "subsidy_platform platform_subsidy 平台补贴 平台优惠",
        "subsidy_supplier": "subsidy_supplier supplier_subsidy seller_discount 供应商补贴 商家优惠 商家补贴",
    },
    "places": {
        "place_id": "place_id region_id city_id county_fips fips geoid cbsa adcode division_code code id gid city "
        "county district place region 行政区划代码 区划代码 地区代码 区县代码 城市代码 代码 编号 城市 地区 区县 "
        "园区编号",
        "name": "name place_name region_name city_name county_name district_name city region county 名称 地名 "
        "地区名称 城市名称 区县名称 园区名称 城市 地区 区县",
        "parent": "parent parent_id parent_code state province state_fips 上级 上级代码 上级地区 父级代码 "
        "所属省份 省份 省 所属城市",
        "level": "level admin_level 级别 层级 行政级别",
        "lon": "lon lng long longitude 经度 中心经度 geolocation_lng",
        "lat": "lat latitude 纬度 中心纬度 geolocation_lat",
        "area": "area land_area area_km2 aland 面积 土地面积 行政区域面积 行政区域土地面积 占地面积 规划面积",
        "population": "population pop residents inhabitants 人口 常住人口 户籍人口 总人口 年末总人口",
    },
    "industries": {
        "industry_id": "industry_id industry_code code naics sic nace isic category_id category id 行业代码 代码 "
        "编码 类别编号 品类编号 类别 品类",
        "name": "name industry_name title description category_name product_category_name_english 行业名称 名称 "
        "类别名称 品类名称",
        "parent": "parent parent_code parent_id department 上级代码 上级 门类 父级代码 所属门类 所属大类 部类",
        "scheme": "scheme classification 分类体系 标准",
    },
    "flows": {
        "source": "source from supplier input commodity from_industry 供给行业 投入行业 投入部门 来源行业",
        "target": "target to user output industry to_industry 使用行业 产出行业 产出部门 去向行业",
        "coefficient": "coefficient direct_requirement input_coefficient share 直接消耗系数 消耗系数 系数",
        "period": "period year 时期 年份 年度",
    },
    "offers": {
        "offer_id": "offer_id product_id listing_id item_id sku listing 供给编号 产品编号 产品代码 商品编号 "
        "商品编码 服务编号",
        "actor_id": "actor_id firm_id supplier_id seller_id host_id company_id manufacturer_id 企业编号 "
        "供应商编号 供给方 企业",
        "text": "text description title product product_name product_description 描述 产品描述 产品名称 商品名称 "
        "服务内容 说明",
        "category": "category product_category product_category_name room_type 类别 品类 产品类别 商品类别",
        "capacity": "capacity monthly_capacity annual_capacity accommodates 产能 月产能 年产能 生产能力 可供数量",
        "unit": "unit uom unit_of_measure 单位 计量单位",
        "price": "price unit_price list_price 价格 单价 报价 preco",
        "valid_from": "valid_from 有效期起 生效日期",
        "valid_to": "valid_to valid_until expires 有效期止 有效期至 失效日期",
    },
    "needs": {
        "need_id": "need_id request_id rfq_id tender_id demand_id 需求编号 需求单号 招标编号",
        "actor_id": "actor_id firm_id buyer_id company_id customer_id 企业编号 需求方 采购方 发布企业 企业",
        "text": "text description title request requirement 描述 需求描述 需求内容 需求标题 采购内容 说明",
        "category": "category product_category 类别 品类 需求类别",
        "quantity": "quantity qty amount 数量 需求数量 采购数量",
        "unit": "unit uom 单位 计量单位",
        "components": "components parts 组成部分 配套要求",
        "deadline": "deadline due_date needed_by closing_date 截止日期 截止时间 交付日期 需求日期",
    },
    "ties": {
        "source": "source source_id from from_id node1 actor1 parent_company 起点 来源 甲方 母公司 企业a",
        "target": "target target_id to to_id node2 actor2 subsidiary 终点 目标 乙方 子公司 企业b",
        "kind": "kind type relation relationship tie 关系 关系类型 联系类型",
        "layer": "layer space 所在空间 层",
        "from": "start_date valid_from since begin 开始日期 开始时间 起始日期",
        "to": "end_date valid_to until end 结束日期 结束时间 终止日期",
        "weight": "weight strength times 强度 权重 次数",
    },
    "panel": {
        "place_id": "place_id region_id city_id county_fips fips cbsa adcode code area_fips city county region "
        "state province place 行政区划代码 区划代码 地区代码 城市代码 城市 地区 省份 区县",
        "period": "period year quarter month date 时期 年份 年度 年 季度 月份 ano",
        "indicator": "indicator variable series measure 指标 指标名称 变量",
        "value": "value 数值 值 指标值 valor",
        "unit": "unit 单位 计量单位",
    },
}

NAMES: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {t: MappingProxyType({c: tuple(words.split()) for c, words in cols.items()}) for t, cols in _NAMES.items()}
)
"""Table → canonical column → names in use, the surest first."""

_FILE_WORDS: dict[str, str] = {
    "actors": "firm compan enterpris supplier seller vendor actor 企业 公司 主体 名录",
    "interactions": "transaction order trade deal purchase sales invoice investment 交易 订单 采购 成交 合同 流水",
    "places": "place region cities counties district geolocation 地点 地区 区划 城市 园区",
    "industries": "industr categor sector naics 行业 品类",
    "flows": "flow input_output 投入产出",
    "offers": "offer product listing catalog 供给 产品",
    "needs": "need demand request rfq tender 需求",
    "ties": "ties edge link relation network 关系",
    "panel": "panel macro yearbook statistic indicator 年鉴 面板 统计",
}
FILE_WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType({t: tuple(s.split()) for t, s in _FILE_WORDS.items()})
"""Words in the name of a file or sheet that hint at its table."""

_UNIT = re.compile(
    r"\s*[(（\[【]\s*([^()（）\[\]【】]{1,20})\s*[)）\]】]\s*$|(?<=[\u4e00-\u9fff])[/／]\s*([^\s/／]{1,8})$"
)


def unit_in(name: str) -> str:
    """Give the unit that a heading carries in brackets or after a slash, empty where it has none.

    >>> unit_in("注册资本(万元)"), unit_in("产值/亿元"), unit_in("size")
    ('万元', '亿元', '')
    """
    found = _UNIT.search(unicodedata.normalize("NFKC", name))
    return (found.group(1) or found.group(2)).strip() if found else ""


def bare(name: str) -> str:
    """Reduce a heading to what is compared: no unit, no case, no punctuation.

    >>> bare("Seller ID"), bare("sellerId"), bare("从业人数（人）")
    ('seller_id', 'seller_id', '从业人数')
    """
    text = _UNIT.sub("", unicodedata.normalize("NFKC", name))
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text).lower()
    return re.sub(r"[^\w]+", "_", text).strip("_")


def fit(heading: str, names: tuple[str, ...]) -> float:
    """Say how well a heading fits the names of a column, from 0 to 1.

    >>> fit("Seller ID", ("seller_id", "id")), fit("main_seller_id", ("seller_id",)), fit("colour", ("seller_id",))
    (1.0, 0.75, 0.0)
    """
    text = bare(heading)
    best = 0.0
    for rank, name in enumerate(names):
        if text == name:
            best = max(best, 1.0 - 0.001 * rank)
        elif not name.isascii() and len(name) > 1 and name in text:
            best = max(best, 0.45 + 0.4 * len(name) / len(text))
        elif name.isascii() and len(name) > 2 and (text.endswith("_" + name) or text.startswith(name + "_")):
            best = max(best, 0.75 if text.endswith("_" + name) else 0.55)
    return best
