/** The one place that talks to the server: addresses, errors, downloads. */

/** An answer of the server that is not what was asked for; it speaks both languages where the server does. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly messageZh: string | null = null,
  ) {
    super(message);
    this.name = "ApiError";
  }
}

export type Query = Record<string, string | number | boolean | readonly string[] | null | undefined>;

/** Address of an API path. Relative to the document, so that a proxy prefix needs no configuration. */
export function apiUrl(path: string, query: Query = {}): string {
  const url = new URL(`api/${path.replace(/^\//, "")}`, document.baseURI.split("#")[0]);
  for (const [name, value] of Object.entries(query)) {
    if (Array.isArray(value)) for (const each of value) url.searchParams.append(name, each);
    else if (value !== null && value !== undefined && value !== "") url.searchParams.set(name, String(value));
  }
  return url.toString();
}

/** Join path segments that come from data, escaped. */
export function path(...segments: string[]): string {
  return segments.map(encodeURIComponent).join("/");
}

export async function request<T>(url: string, init: RequestInit = {}): Promise<T> {
  let response: Response;
  try {
    response = await fetch(url, init);
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new ApiError(0, "The server does not answer. Is jiqun serve still running?", "服务器没有响应。jiqun serve 还在运行吗？");
  }
  if (!response.ok) throw await failure(response);
  return response.status === 204 ? (undefined as T) : ((await response.json()) as T);
}

export function get<T>(address: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  return request<T>(apiUrl(address, query), signal ? { signal } : {});
}

/** How long to wait before an answer that was not ready is asked for again. */
const AGAIN_MS = 1500;

/** Ask until the answer is ready: one that takes longer than a request may is computed on, and is there later. */
export async function patiently<T>(address: string, query: Query, signal: AbortSignal): Promise<T> {
  for (;;) {
    try {
      return await get<T>(address, query, signal);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 504) throw error;
    }
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(resolve, AGAIN_MS);
      signal.addEventListener("abort", () => {
        clearTimeout(timer);
        reject(signal.reason as Error);
      }, { once: true });
    });
  }
}

async function failure(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => null);
  const error = isRecord(body) && isRecord(body["error"]) ? body["error"] : {};
  const message = typeof error["message"] === "string" ? error["message"] : `${response.status} ${response.statusText}`;
  return new ApiError(response.status, message, typeof error["message_zh"] === "string" ? error["message_zh"] : null);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
