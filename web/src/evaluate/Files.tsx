/** The workbook and the document of an evaluation: fetched here, so that what goes wrong is said in words. */
import { useState } from "react";

import { ApiError } from "../api/client";
import { download } from "../format/csv";
import { useLook } from "../look/look";
import { Icon } from "../parts/Icon";
import { useNotify } from "../parts/Notices";
import { fileUrl, type Asked } from "./asking";

interface Props {
  cluster: string;
  asked: Asked;
}

/** How long to wait before a file that is still being written is asked for again. */
const AGAIN_MS = 1500;

export function Files({ cluster, asked }: Props) {
  const { w, language } = useLook();
  const notify = useNotify();
  const [busy, setBusy] = useState("");
  const save = async (format: "xlsx" | "docx") => {
    setBusy(format);
    try {
      download(`${cluster}-evaluation.${format}`, await file(fileUrl(cluster, asked, format, language)));
    } catch (error) {
      const said = error instanceof ApiError && language === "zh" && error.messageZh ? error.messageZh : String((error as Error).message);
      notify({ text: `${w("ev_noFile")} ${said}` });
    } finally {
      setBusy("");
    }
  };
  return (
    <>
      {(["xlsx", "docx"] as const).map((format) => (
        <button key={format} type="button" className="tool" disabled={busy !== ""} aria-busy={busy === format} onClick={() => void save(format)} title={w(format === "xlsx" ? "ev_xlsx" : "ev_word")} data-testid={format}>
          <Icon name="download" size={14} /> {busy === format ? w("ev_writing") : format === "xlsx" ? "XLSX" : "Word"}
        </button>
      ))}
    </>
  );
}

async function file(url: string): Promise<Blob> {
  for (;;) {
    const response = await fetch(url);
    if (response.ok) return response.blob();
    if (response.status !== 504) {
      const body = (await response.json().catch(() => ({}))) as { error?: { message?: string; message_zh?: string } };
      throw new ApiError(response.status, body.error?.message ?? `${response.status} ${response.statusText}`, body.error?.message_zh ?? null);
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}
