import { signal } from "@preact/signals";
import type {
  BackgroundCard, BackgroundDetail, BackgroundPage, JobBody, JobPage, LineBody, NewBackground, Problem,
  RematchRequest, Sample, VocabularyBody, WebhookDelivery, WebhookEndpoint,
} from "./bodies";

/** True while the API asks for a key; the page then shows where to type it. */
export const keyWanted = signal(false);

/** What the API refused, with its problem document; status 0 when it was not reached at all. */
export class Refusal extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail || problem.title);
  }
}

const AWAY: Problem = {
  type: "about:blank", title: "", status: 0, detail: "", code: "unreachable",
};

function refusal(status: number, text: string): Refusal {
  if (status === 401) keyWanted.value = true;
  try {
    return new Refusal(JSON.parse(text) as Problem);
  } catch {
    return new Refusal({ ...AWAY, status, code: status ? "internal-error" : "unreachable" });
  }
}

async function ask<T>(path: string, init: RequestInit = {}): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(path, { ...init, headers: { Accept: "application/json", ...init.headers } });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new Refusal(AWAY);
  }
  const text = await answer.text();
  if (!answer.ok) throw refusal(answer.status, text);
  return (text ? JSON.parse(text) : null) as T;
}

const posted = (body?: unknown): RequestInit =>
  body === undefined
    ? { method: "POST" }
    : { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };

const job = (jobId: string): string => `/v1/jobs/${encodeURIComponent(jobId)}`;

export const getJob = (jobId: string, waitS = 0, signal?: AbortSignal): Promise<JobBody> =>
  ask(`${job(jobId)}${waitS ? `?wait=${waitS}` : ""}`, signal ? { signal } : {});
export const cancelJob = (jobId: string): Promise<JobBody> => ask(`${job(jobId)}/cancel`, posted());
export const retryJob = (jobId: string): Promise<JobBody> => ask(`${job(jobId)}/retry`, posted());
export const rematchJob = (jobId: string, wish: RematchRequest): Promise<JobBody> =>
  ask(`${job(jobId)}/rematch`, posted(wish));
export const sendFeedback = (jobId: string, body: unknown): Promise<unknown> =>
  ask(`${job(jobId)}/feedback`, posted(body));
export const getLine = (): Promise<LineBody> => ask("/v1/line");
export const getJobs = (query: string): Promise<JobPage> => ask(`/v1/jobs${query}`);
export const getVocabulary = (): Promise<VocabularyBody> => ask("/v1/vocabulary");
export const getEndpoints = (): Promise<{ endpoints: WebhookEndpoint[] }> => ask("/v1/webhook-endpoints");
export const getDeliveries = (id: string): Promise<{ deliveries: WebhookDelivery[] }> =>
  ask(`/v1/webhook-endpoints/${encodeURIComponent(id)}/deliveries?limit=10`);
export const replayDelivery = (id: string): Promise<unknown> =>
  ask(`/v1/webhook-deliveries/${encodeURIComponent(id)}/replay`, posted());
export const openSession = (key: string): Promise<unknown> => ask("/window/session", posted({ key }));

export async function getSamples(): Promise<Sample[]> {
  return (await ask<{ samples: Sample[] }>("/window/samples")).samples;
}

const details = new Map<string, Promise<BackgroundDetail>>();

/** One background; asked for once, kept while the page is open. */
export function getBackground(id: string): Promise<BackgroundDetail> {
  let found = details.get(id);
  if (!found) {
    found = ask<BackgroundDetail>(`/v1/backgrounds/${encodeURIComponent(id)}`);
    found.catch(() => details.delete(id));
    details.set(id, found);
  }
  return found;
}

/** Lets a background be asked for anew. */
export const forgetBackground = (id: string): void => void details.delete(id);

/** The whole library, page by page. */
export async function getLibrary(): Promise<BackgroundCard[]> {
  const all: BackgroundCard[] = [];
  for (let cursor = ""; ; ) {
    const page = await ask<BackgroundPage>(
      `/v1/backgrounds?limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
    );
    all.push(...page.backgrounds);
    if (!page.next_cursor) return all;
    cursor = page.next_cursor;
  }
}

export interface Order {
  photo: Blob | null;
  name: string;
  product: Blob | null;
  request: Record<string, unknown>;
}
type Sent = (share: number) => void;

/** Sends a photo; `sent` hears shares of the upload. Repeating with the same key is safe. */
export function submitJob(order: Order, key: string, sent: Sent, signal: AbortSignal): Promise<JobBody> {
  const form = new FormData();
  form.append("request", JSON.stringify(order.request));
  if (order.photo) form.append("photo", order.photo, order.name);
  if (order.product) form.append("product", order.product, "product.glb");
  return sendForm("/v1/jobs", form, key, sent, signal);
}

/** Brings a background into the library; the answer is the job that tags it. */
export function bringBackground(
  said: NewBackground, file: File, previews: File[], key: string, sent: Sent, signal: AbortSignal,
): Promise<JobBody> {
  const form = new FormData();
  form.append("metadata", JSON.stringify(said));
  form.append("file", file, file.name);
  previews.forEach((one, at) => form.append(at ? `preview${at + 1}` : "preview", one, one.name));
  return sendForm("/v1/backgrounds", form, key, sent, signal);
}

/** By XMLHttpRequest, as fetch does not say how much has been sent. */
function sendForm(path: string, form: FormData, key: string, sent: Sent, signal: AbortSignal): Promise<JobBody> {
  return new Promise((resolve, reject) => {
    const call = new XMLHttpRequest();
    call.open("POST", path);
    call.setRequestHeader("Idempotency-Key", key);
    call.upload.onprogress = (event) => event.lengthComputable && sent(event.loaded / event.total);
    call.onload = () =>
      call.status < 300
        ? resolve(JSON.parse(call.responseText) as JobBody)
        : reject(refusal(call.status, call.responseText));
    call.onerror = () => reject(new Refusal(AWAY));
    call.onabort = () => reject(new DOMException("aborted", "AbortError"));
    signal.addEventListener("abort", () => call.abort());
    call.send(form);
  });
}
