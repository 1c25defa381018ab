import type { JobBody, StageName, StageReport } from "../api/bodies";
import { type JobState, usual } from "../job-state";
import { seconds, words } from "../words";
import { Check } from "./icons";

const SHOWN: StageName[] = ["view", "caption", "refine", "match", "build", "describe", "index", "render"];

/** Where the job is, stage by stage, and how long each takes. */
export function Steps({ state }: { state: JobState }) {
  const body = state.body;
  if (!body) return null;
  const w = words.value;
  const stages = SHOWN.filter((stage) => body.stages[stage]);
  return (
    <ol class="steps" aria-label={w.stepsLabel}>
      {stages.map((stage) => {
        const report = body.stages[stage] as StageReport;
        const running = report.state === "claimed" || (report.state === "pending" && body.stage === stage);
        const share = state.progress?.stage === stage && running ? state.progress.share : null;
        return (
          <li key={stage} class={report.state} aria-current={running ? "step" : undefined}>
            <span class="step-mark">{report.state === "done" ? <Check /> : <i />}</span>
            <span class="step-name">{w.stages[stage]}</span>
            <span class="step-time">{timeOf(report, stage, running)}</span>
            {share !== null && <progress value={share} max={1} aria-label={w.stages[stage]} />}
          </li>
        );
      })}
    </ol>
  );
}

function timeOf(report: StageReport, stage: StageName, running: boolean): string {
  const w = words.value;
  if (report.state === "error") return w.stageError;
  if (report.run_s !== null) return seconds(report.run_s);
  if (!running) return "";
  const before = usual(stage);
  return before === null ? w.working : w.usually(seconds(before));
}

/** One sentence on what is happening now; read out when it changes. */
export function nowSaying(state: JobState, body: JobBody): string {
  const w = words.value;
  if (!state.reached) return w.unreached;
  if (body.status === "queued" && body.queue?.position) return w.queuedAt(body.queue.position);
  if (body.status === "queued") return w.queued;
  if (body.status === "canceling") return w.canceling;
  if (body.status === "processing" && body.stage) return w.doing[body.stage] ?? w.working;
  if (body.status === "succeeded" && body.finished_at) {
    const spent = seconds((Date.parse(body.finished_at) - Date.parse(body.created_at)) / 1000);
    if (body.kind === "ingest") return w.shelvedIn(spent);
    if (body.stages.render) return w.shotIn(spent);
    return body.kind === "rematch" ? w.matchedIn(spent) : w.doneIn(spent);
  }
  return w.ended[body.status] ?? "";
}
