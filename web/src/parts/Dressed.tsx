/** antd in the colours, type and language of this product; loaded only by pages with its controls. */
import { ConfigProvider, theme as algorithms } from "antd";
import en from "antd/locale/en_US";
import zh from "antd/locale/zh_CN";
import type { ReactNode } from "react";

import { FONT } from "../figure/frame";
import { useLook } from "../look/look";

export function Dressed({ children }: { children: ReactNode }) {
  const { language, theme, palette } = useLook();
  return (
    <ConfigProvider
      locale={language === "zh" ? zh : en}
      theme={{
        algorithm: theme === "dark" ? algorithms.darkAlgorithm : algorithms.defaultAlgorithm,
        token: {
          colorPrimary: palette.ink,
          colorInfo: palette.both,
          colorBgBase: palette.surface,
          colorBgContainer: palette.surface,
          colorBgElevated: palette.surface,
          colorTextBase: palette.ink,
          colorTextPlaceholder: palette.inkSoft,
          colorBorder: palette.border,
          borderRadius: 6,
          controlHeight: 30,
          fontFamily: FONT,
          fontSize: 13,
          motion: false,
        },
        components: { Select: { optionSelectedBg: palette.line, optionSelectedColor: palette.ink, optionSelectedFontWeight: 600 } },
      }}
    >
      {children}
    </ConfigProvider>
  );
}
