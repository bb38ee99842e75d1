/** Bringing data: files, a drafted recipe to look at, progress, and the finished cluster. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState, type ReactNode } from "react";
import { Link } from "react-router";

import { get } from "../api/client";
import { useLook } from "../look/look";
import { Icon } from "../parts/Icon";
import { Loading, useMessage } from "../parts/States";
import { build, cancel, progressOf, readJob, readRecipe, stepOf, upload, type Job } from "./job";

const POLL_MS = 600;
const KEPT = "jiqun.job";

export default function Upload() {
  const { w, t, language } = useLook();
  const queries = useQueryClient();
  const [job, setJob] = useState<Job | null>(null);
  const [sending, setSending] = useState<string[]>([]);
  const [problem, setProblem] = useState<unknown>(null);
  const server = useQuery({ queryKey: ["version"], queryFn: ({ signal }) => get<{ uploads?: boolean }>("version", {}, signal) });

  useResume(setJob);
  usePoll(job, setJob, setProblem);
  useEffect(() => {
    if (job?.status === "done") void queries.invalidateQueries({ queryKey: ["clusters"] });
  }, [job?.status, queries]);

  const send = useCallback((files: File[]) => {
    if (!files.length) return;
    setProblem(null);
    setSending(files.map((file) => file.name));
    upload(files)
      .then((made) => {
        keep(made.id);
        setJob(made);
      })
      .catch(setProblem)
      .finally(() => setSending([]));
  }, []);
  const startAgain = () => {
    keep("");
    setJob(null);
    setProblem(null);
  };
  const stop = () => {
    if (job) void cancel(job.id).then(setJob).catch(setProblem);
  };

  if (server.data?.uploads === false) return <p className="upload-off">{w("uploadsOff")}</p>;
  if (!job) {
    return (
      <div className="upload">
        <DropZone onFiles={send} busy={sending.length ? w("uploading", { files: sending.join(", ") }) : ""} />
        {problem ? <Problem error={problem} /> : null}
      </div>
    );
  }
  const step = stepOf(job);
  return (
    <div className="upload upload-job" data-testid="job" data-step={step}>
      <p className="upload-title">
        <Icon name="upload" /> {job.title}
      </p>
      {step === "drafting" ? <Working label={w("drafting")} job={job} onStop={stop} /> : null}
      {step === "draft" || step === "failed" ? <Recipe job={job} setJob={setJob} onStop={step === "failed" ? startAgain : stop} /> : null}
      {step === "building" ? <Working label={t(job.step) || w("building")} job={job} onStop={stop} /> : null}
      {step === "cancelled" ? <p role="status">{w("cancelled")}</p> : null}
      {step === "done" ? (
        <p className="upload-done" role="status">
          <Icon name="check" /> {w("built")}
          <Link className="button button-primary" to={`/clusters/${encodeURIComponent(job.cluster ?? "")}/profile`} onClick={() => keep("")}>
            {w("open")}
          </Link>
        </p>
      ) : null}
      {problem ? <Problem error={problem} /> : null}
      {step === "done" || step === "cancelled" ? (
        <button type="button" className="button" onClick={startAgain}>
          {w("startAgain")}
        </button>
      ) : null}
      <span className="visually-hidden" lang={language === "zh" ? "zh-CN" : "en"} aria-live="polite">
        {t(job.step)}
      </span>
    </div>
  );
}

/** A reload in the middle of an upload finds it again. */
function useResume(setJob: (job: Job) => void) {
  useEffect(() => {
    const id = sessionStorage.getItem(KEPT);
    if (id) readJob(id).then(setJob, () => keep(""));
  }, [setJob]);
}

function keep(id: string) {
  if (id) sessionStorage.setItem(KEPT, id);
  else sessionStorage.removeItem(KEPT);
}

function usePoll(job: Job | null, setJob: (job: Job) => void, setProblem: (error: unknown) => void) {
  const active = job && ["drafting", "building"].includes(stepOf(job)) ? job : null;
  useEffect(() => {
    if (!active) return undefined;
    const leave = new AbortController();
    const timer = setTimeout(() => {
      readJob(active.id, leave.signal).then(setJob, (error: unknown) => {
        if (!leave.signal.aborted) setProblem(error);
      });
    }, POLL_MS);
    return () => {
      leave.abort();
      clearTimeout(timer);
    };
  }, [active, setJob, setProblem]);
}

function DropZone({ onFiles, busy }: { onFiles: (files: File[]) => void; busy: string }) {
  const { w } = useLook();
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  return (
    <div
      className={`drop${over ? " over" : ""}`}
      data-testid="drop"
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        onFiles([...event.dataTransfer.files]);
      }}
    >
      {busy ? (
        <Loading height={60} />
      ) : (
        <>
          <Icon name="upload" size={24} />
          <p>
            <b>{w("dropFiles")}</b> {w("orWord")}{" "}
            <button type="button" onClick={() => input.current?.click()}>
              {w("chooseFiles")}
            </button>
          </p>
        </>
      )}
      <p className="drop-kinds">{busy || w("fileKinds")}</p>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        data-testid="files"
        aria-label={w("chooseFiles")}
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])]);
          event.target.value = "";
        }}
      />
    </div>
  );
}

function Working({ label, job, onStop }: { label: string; job: Job; onStop: () => void }) {
  const { w } = useLook();
  const done = progressOf(job);
  return (
    <div className="working">
      <div className={`progress${done === null ? " progress-unknown" : ""}`} role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={done === null ? undefined : Math.round(done * 100)}>
        <i style={done === null ? {} : { width: `${done * 100}%` }} />
      </div>
      <p>
        {label}
        {done === null ? "" : ` · ${Math.round(done * 100)}%`}
      </p>
      <button type="button" className="button" onClick={onStop}>
        {w("cancel")}
      </button>
    </div>
  );
}

function Recipe({ job, setJob, onStop }: { job: Job; setJob: (job: Job) => void; onStop: () => void }) {
  const { w, language } = useLook();
  const [text, setText] = useState<string | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  useEffect(() => {
    readRecipe(job.id).then(setText, () => setText(null));
  }, [job.id]);
  const failure = job.error ? (language === "zh" && job.error.message_zh) || job.error.message : "";
  return (
    <div className="recipe">
      {failure ? (
        <Notice>
          <b>{w("failed")}</b> {failure}
        </Notice>
      ) : null}
      {text === null ? null : (
        <label>
          <b>{w("recipe")}</b>
          <span>{w("recipeLead")}</span>
          <textarea value={text} onChange={(event) => setText(event.target.value)} spellCheck={false} rows={18} data-testid="recipe" />
        </label>
      )}
      {problem ? <Problem error={problem} /> : null}
      <p className="recipe-actions">
        {text === null ? null : (
          <button
            type="button"
            className="button button-primary"
            data-testid="build"
            onClick={() => {
              setProblem(null);
              build(job.id, text).then(setJob).catch(setProblem);
            }}
          >
            {w("build")}
          </button>
        )}
        <button type="button" className="button" onClick={onStop}>
          {w(failure ? "startAgain" : "cancel")}
        </button>
      </p>
    </div>
  );
}

function Problem({ error }: { error: unknown }) {
  const { w } = useLook();
  const message = useMessage(error);
  return (
    <Notice>
      <b>{w("failed")}</b> {message}
    </Notice>
  );
}

function Notice({ children }: { children: ReactNode }) {
  return (
    <p className="upload-problem" role="alert">
      <Icon name="warning" /> <span>{children}</span>
    </p>
  );
}
