/** An upload on its way to a cluster: what can be asked of the server, step by step. */
import { apiUrl, get, path, request } from "../api/client";
import type { components } from "../api/schema";

export type Job = components["schemas"]["Job"];

export function upload(files: readonly File[]): Promise<Job> {
  const body = new FormData();
  for (const file of files) body.append("files", file, file.name);
  return request<Job>(apiUrl("uploads"), { method: "POST", body });
}

export const readJob = (id: string, signal?: AbortSignal) => get<Job>(path("jobs", id), {}, signal);

export const readRecipe = async (id: string) => (await get<{ text: string }>(`${path("jobs", id)}/recipe`)).text;

/** Save the recipe as it was edited, then start; a recipe that cannot be read is refused before anything runs. */
export async function build(id: string, text: string): Promise<Job> {
  const url = apiUrl(`${path("jobs", id)}/recipe`);
  await request<Job>(url, { method: "PUT", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ text }) });
  return request<Job>(apiUrl(`${path("jobs", id)}/run`), { method: "POST" });
}

export const cancel = (id: string) => request<Job>(apiUrl(path("jobs", id)), { method: "DELETE" });

export type Step = "drafting" | "draft" | "building" | "done" | "failed" | "cancelled";

export function stepOf(job: Job): Step {
  if (job.status === "queued" || job.status === "running") return "building";
  return job.status;
}

/** Share of the present step that is done; null where its length is not known. */
export function progressOf(job: Job): number | null {
  return job.total ? Math.max(0, Math.min(1, (job.done ?? 0) / job.total)) : null;
}
