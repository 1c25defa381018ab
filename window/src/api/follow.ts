import { FINAL, type JobBody } from "./bodies";
import { Refusal, getJob } from "./client";

const EVENTS = [
  "job.created", "job.stage_claimed", "job.stage_progress", "job.stage_done", "job.stage_deferred",
  "job.canceling", "job.succeeded", "job.failed", "job.canceled", "job.expired",
];
const STREAM_TRIES = 3;
const SILENCE_MS = 20_000;
const PAUSES_MS = [500, 1000, 2000, 4000, 8000];

export interface StreamEvent {
  type: string; stage: string | null; data?: { progress?: number; text?: string } | null;
}
export interface Follower {
  body(body: JobBody): void;
  event?(event: StreamEvent): void;
  /** False while the API cannot be reached. */
  reached(yes: boolean): void;
  refused(error: Refusal): void;
}

/**
 * Follows a job to its end: by the event stream, and by asking again and again where the stream
 * is missing, breaks, or says nothing for long. Returns what stops it.
 */
export function follow(jobId: string, follower: Follower): () => void {
  const ended = new AbortController();
  let source: EventSource | null = null;
  let quiet = 0;
  let polling = false;

  const stop = (): void => {
    ended.abort();
    source?.close();
    clearTimeout(quiet);
  };

  const hear = (body: JobBody): void => {
    if (ended.signal.aborted) return;
    follower.reached(true);
    follower.body(body);
    if (FINAL.has(body.status)) stop();
  };

  const poll = async (): Promise<void> => {
    if (polling) return;
    polling = true;
    source?.close();
    clearTimeout(quiet);
    const begun = Date.now();
    for (let lost = 0; !ended.signal.aborted; ) {
      try {
        hear(await getJob(jobId, Date.now() - begun < 30_000 ? 0.5 : 3, ended.signal));
        lost = 0;
      } catch (error) {
        if (ended.signal.aborted) return;
        if (error instanceof Refusal && [401, 404].includes(error.problem.status)) {
          stop();
          return follower.refused(error);
        }
        follower.reached(false);
        await pause(PAUSES_MS[Math.min(lost++, PAUSES_MS.length - 1)] ?? 8000);
      }
    }
  };

  const listen = (): void => {
    if (!("EventSource" in globalThis)) return void poll();
    let failures = 0;
    const stream = new EventSource(`/v1/jobs/${encodeURIComponent(jobId)}/events`);
    source = stream;
    const awake = (): void => {
      clearTimeout(quiet);
      quiet = setTimeout(() => void poll(), SILENCE_MS);
    };
    awake();
    for (const name of EVENTS) {
      stream.addEventListener(name, (message) => {
        failures = 0;
        awake();
        const { event, job } = JSON.parse((message as MessageEvent<string>).data) as {
          event: StreamEvent; job: JobBody;
        };
        follower.event?.(event);
        hear(job);
      });
    }
    stream.onerror = () => {
      if (ended.signal.aborted) return;
      failures += 1;
      if (stream.readyState === EventSource.CLOSED || failures >= STREAM_TRIES) void poll();
    };
  };

  getJob(jobId, 0, ended.signal).then(
    (body) => {
      hear(body);
      if (!ended.signal.aborted) listen();
    },
    () => void poll(),
  );
  return stop;
}

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
