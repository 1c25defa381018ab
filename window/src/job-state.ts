import { useEffect, useState } from "preact/hooks";
import { FINAL, type JobBody, type Problem, type StageName } from "./api/bodies";
import { follow } from "./api/follow";
import { recall, remember } from "./kept";

export interface JobState {
  /** The job as it is now. */
  body: JobBody | null;
  /** What is shown: while a rematch has no sets yet, those of the job before stay. */
  shown: JobBody["result"] | null;
  stale: boolean;
  reached: boolean;
  gone: Problem | null;
  progress: { stage: string; share: number; text: string } | null;
}

const EMPTY: JobState = {
  body: null, shown: null, stale: false, reached: true, gone: null, progress: null,
};

/** The first job of a chain of rematches. */
export const rootOf = (body: JobBody): string => body.metadata["root"] ?? body.job_id;

/** Follows a job while the page is open. */
export function useJob(jobId: string, again: number): JobState {
  const [state, setState] = useState<JobState>(EMPTY);
  useEffect(() => {
    setState((now) => (now.body ? { ...now, gone: null, progress: null } : EMPTY));
    return follow(jobId, {
      body: (body) => {
        setState((now) => taken(now, body));
        if (FINAL.has(body.status)) learn(body);
      },
      event: (event) => {
        if (event.type !== "job.stage_progress") return;
        const { progress = 0, text = "" } = event.data ?? {};
        setState((now) => ({ ...now, progress: { stage: event.stage ?? "", share: progress, text } }));
      },
      reached: (reached) => setState((now) => (now.reached === reached ? now : { ...now, reached })),
      refused: (error) => setState({ ...EMPTY, gone: error.problem }),
    });
  }, [jobId, again]);
  return state;
}

function taken(now: JobState, body: JobBody): JobState {
  const kin = now.body && now.shown && (now.body.job_id === body.job_id || body.parent_id === now.body.job_id
    || rootOf(now.body) === rootOf(body));
  const waiting = !FINAL.has(body.status) || body.status !== "succeeded";
  const before = kin ? now.shown : null;
  const { caption, brief, recommendations, renders } = body.result;
  const stale = !recommendations && waiting && !!before?.recommendations;
  return {
    ...now,
    body,
    stale,
    shown: {
      caption: caption ?? before?.caption ?? null,
      brief: brief ?? before?.brief ?? null,
      recommendations: recommendations ?? (stale ? (before?.recommendations ?? null) : null),
      renders: renders ?? null,
    },
  };
}

const KEPT = 9;

/** Remembers how long the stages took here, so that waiting can be told honestly. */
function learn(body: JobBody): void {
  const spent = recall<Partial<Record<StageName, number[]>>>("spent", {});
  const seen = recall<string[]>("learned", []);
  if (seen.includes(body.job_id)) return;
  for (const [stage, report] of Object.entries(body.stages) as [StageName, { run_s: number | null }][]) {
    if (report.run_s !== null) spent[stage] = [...(spent[stage] ?? []), report.run_s].slice(-KEPT);
  }
  remember("spent", spent);
  remember("learned", [...seen, body.job_id].slice(-50));
  const recent = recall<{ id: string; at: string }[]>("recent", []).filter((one) => one.id !== body.job_id);
  remember("recent", [{ id: body.job_id, at: body.created_at }, ...recent].slice(0, 24));
}

/** The middle of what a stage took here before; null while nothing is known. */
export function usual(stage: StageName): number | null {
  const spent = recall<Partial<Record<StageName, number[]>>>("spent", {})[stage];
  if (!spent?.length) return null;
  return [...spent].sort((a, b) => a - b)[Math.floor(spent.length / 2)] ?? null;
}
