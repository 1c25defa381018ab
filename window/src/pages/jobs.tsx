import { useEffect, useState } from "preact/hooks";
import type { JobBody, LineBody, StageLoad, StageName, WebhookDelivery } from "../api/bodies";
import {
  Refusal, getDeliveries, getEndpoints, getJob, getJobs, getLine, replayDelivery, retryJob,
} from "../api/client";
import { recall } from "../kept";
import { Link } from "../parts/link";
import { useTitle } from "../parts/titles";
import { moment, seconds, words } from "../words";

const ROWS: StageName[] = ["view", "caption", "refine", "match", "build", "describe", "index", "render"];
const AGAIN_MS = 3000;
const RECENT_AGAIN_MS = 8000;

export function JobsPage() {
  const w = words.value;
  useTitle(w.jobs);
  return (
    <main id="main" class="operations">
      <h1>{w.jobsTitle}</h1>
      <Line />
      <Recent />
      <Webhooks />
    </main>
  );
}

function Line() {
  const w = words.value;
  const [line, setLine] = useState<LineBody | null>(null);
  const [lost, setLost] = useState(false);
  useEffect(() => {
    let here = true;
    const look = (): void => {
      if (document.hidden) return;
      getLine().then(
        (found) => {
          if (!here) return;
          setLine(found);
          setLost(false);
        },
        () => here && setLost(true),
      );
    };
    look();
    const timer = setInterval(look, AGAIN_MS);
    return () => {
      here = false;
      clearInterval(timer);
    };
  }, []);
  const rows = ROWS.flatMap((stage) => {
    const load = line?.stages[stage];
    return load ? [[stage, load] as const] : [];
  });
  return (
    <section aria-labelledby="line-title">
      <h2 id="line-title">{w.lineTitle}</h2>
      {lost && <p class="notice bad">{w.unreached}</p>}
      <div class="table-wrap" tabIndex={0} role="region" aria-labelledby="line-title">
        <table>
          <thead><tr>{w.lineColumns.map((name) => <th scope="col" key={name}>{name}</th>)}</tr></thead>
          <tbody>{rows.map(([stage, load]) => <LineRow key={stage} stage={stage} load={load} />)}</tbody>
        </table>
      </div>
    </section>
  );
}

function LineRow({ stage, load }: { stage: StageName; load: StageLoad }) {
  const w = words.value;
  const share = Math.min(1, load.load ?? 0);
  return (
    <tr class={load.workers ? "" : "idle"}>
      <th scope="row">{w.stages[stage]} <small>{stage}</small></th>
      <td>{load.workers || "–"}</td>
      <td>{load.waiting}</td>
      <td>{load.running}</td>
      <td><span class="load" aria-hidden="true"><b style={{ width: `${share * 100}%` }} class={share >= 1 ? "full" : ""} /></span>{load.load === null ? w.noWorker : load.load.toFixed(2)}</td>
    </tr>
  );
}

/** The line's jobs where it can list them; else those this browser has sent. */
function Recent() {
  const w = words.value;
  const [jobs, setJobs] = useState<JobBody[] | null>(null);
  const [own, setOwn] = useState(false);
  const [failedOnly, setFailedOnly] = useState(false);
  const load = async (): Promise<void> => {
    try {
      setJobs((await getJobs(`?limit=30${failedOnly ? "&status=failed" : ""}`)).jobs);
      setOwn(false);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const ids = recall<{ id: string }[]>("recent", []).slice(0, 12);
      const found = await Promise.allSettled(ids.map(({ id }) => getJob(id)));
      const kept = found.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
      setJobs(failedOnly ? kept.filter((one) => one.status === "failed") : kept);
      setOwn(true);
    }
  };
  useEffect(() => {
    void load();
    const timer = setInterval(() => !document.hidden && void load(), RECENT_AGAIN_MS);
    return () => clearInterval(timer);
  }, [failedOnly]);
  return (
    <section aria-labelledby="recent-title">
      <div class="sets-head">
        <h2 id="recent-title">{own ? w.ownJobs : w.recentJobs}</h2>
        <div class="filters" role="group" aria-label={w.filterLabel}>
          {[false, true].map((only) => (
            <button key={String(only)} class="filter" aria-pressed={failedOnly === only} onClick={() => setFailedOnly(only)}>
              {only ? w.failures : w.filters.all}
            </button>
          ))}
        </div>
      </div>
      {jobs?.length === 0 && <p class="soft">{w.noJobs}</p>}
      <ul class="job-list">
        {jobs?.map((job) => <JobRow key={job.job_id} job={job} retried={() => void load()} />)}
      </ul>
    </section>
  );
}

function JobRow({ job, retried }: { job: JobBody; retried: () => void }) {
  const w = words.value;
  const spent = job.finished_at
    ? (Date.parse(job.finished_at) - Date.parse(job.created_at)) / 1000
    : null;
  return (
    <li>
      <Link to={`/jobs/${job.job_id}`} class="job-link">
        <span class={`state ${job.status}`}>{w.statuses[job.status]}</span>
        <span class="job-name">{job.metadata["title"] ?? `${w.jobKinds[job.kind] ?? job.kind} ${job.job_id.slice(4, 12)}`}</span>
        <span class="soft">{moment(job.created_at)}{spent !== null && ` · ${seconds(spent)}`}</span>
      </Link>
      {job.error && <p class="job-error">{job.error.detail || job.error.title}{job.error.reason && <code>{job.error.reason}</code>}</p>}
      {job.status === "failed" && (
        <button class="quiet small" onClick={() => void retryJob(job.job_id).then(retried, retried)}>{w.retry}</button>
      )}
    </li>
  );
}

/** What was told to whom, and how that went; nothing where nobody listens. */
function Webhooks() {
  const w = words.value;
  const [log, setLog] = useState<WebhookDelivery[] | null>(null);
  const load = async (): Promise<void> => {
    try {
      const { endpoints } = await getEndpoints();
      const pages = await Promise.all(endpoints.map((one) => getDeliveries(one.endpoint_id)));
      const all = pages.flatMap((page) => page.deliveries);
      setLog(all.sort((a, b) => b.created_at.localeCompare(a.created_at)).slice(0, 30));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  };
  useEffect(() => void load(), []);
  if (!log?.length) return null;
  return (
    <section aria-labelledby="webhooks-title">
      <h2 id="webhooks-title">{w.webhooks}</h2>
      <ul class="job-list">
        {log.map((one) => (
          <li key={one.delivery_id} class="delivery">
            <span class={`state ${one.state}`}>{one.state}</span>
            <span class="job-name">{one.type} → {one.url}</span>
            <span class="soft">{moment(one.created_at)} · {w.attempts(one.attempts)}{one.last_status !== null && ` · ${one.last_status}`}{one.last_note && ` · ${one.last_note}`}</span>
            <button class="quiet small" onClick={() => void replayDelivery(one.delivery_id).then(load, load)}>{w.sendAgain}</button>
          </li>
        ))}
      </ul>
    </section>
  );
}
