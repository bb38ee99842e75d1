/** Words of the two spaces: what they are made of, quadrants, gravity, the network, the platform. */
export const spaceWords = {
  madeOf: { en: "Network made of", zh: "网络由何构成" },
  allInteractions: { en: "All interactions", zh: "全部互动" },
  allTime: { en: "All time", zh: "全部时间" },
  years: { en: "Years", zh: "年份" },
  grain_year: { en: "Years", zh: "年份" },
  grain_quarter: { en: "Quarters", zh: "季度" },
  grain_month: { en: "Months", zh: "月份" },
  grain_week: { en: "Weeks", zh: "周" },
  stabilityWeak: { en: "unstable communities", zh: "社群不稳定" },
  stabilityMeans: { en: "Mean adjusted Rand index between the communities of several starts: 1 the same, 0 no more than by chance.", zh: "多次不同起点所得社群之间调整兰德指数的平均：1 为完全相同，0 为与随机无异。" },
} as const;
