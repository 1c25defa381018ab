import { useEffect, useRef, useState } from "preact/hooks";
import {
  type Dimensions, FINAL, type JobBody, type Problem, type Quality, type Recommendation,
  type RematchRequest, type ShotWishes,
} from "../api/bodies";
import { Refusal, cancelJob, getLine, rematchJob, retryJob, sendFeedback } from "../api/client";
import { type JobState, rootOf, useJob } from "../job-state";
import { recall, remember } from "../kept";
import { photos, sizeOf } from "../order";
import { useTaste } from "../pins";
import { BriefPart, NO_WISHES, type Wishes } from "../parts/brief";
import { Down, Redo } from "../parts/icons";
import { IngestPart } from "../parts/ingest";
import { Link } from "../parts/link";
import { PicturesPart } from "../parts/pictures";
import { ProductPart } from "../parts/product";
import { SetsPart } from "../parts/sets";
import { type Product, useAspect } from "../parts/standing";
import { Steps, nowSaying } from "../parts/steps";
import { useTitle } from "../parts/titles";
import { go } from "../router";
import { learnWords } from "../vocabulary";
import { local, locale, words } from "../words";

export function JobPage({ jobId }: { jobId: string }) {
  const [again, setAgain] = useState(0);
  const state = useJob(jobId, again);
  useEffect(() => void learnWords(), []);
  if (state.gone) return <Gone problem={state.gone} />;
  return <Job state={state} retried={() => setAgain(again + 1)} />;
}

function Job({ state, retried }: { state: JobState; retried: () => void }) {
  const w = words.value;
  const { body, shown } = state;
  const [wishes, setWishes] = useState<Wishes>(NO_WISHES);
  const [trouble, setTrouble] = useState<Problem | null>(null);
  const own = useTaste(body ? rootOf(body) : "");
  const sizes = useSize(body);
  const product = useProduct(body, shown, sizes.size);
  const asked = useRef("");
  useTitle(body?.kind === "ingest" ? w.newSet : (product?.name ?? w.yourProduct));
  useEffect(() => {
    if (body && asked.current === body.job_id && (body.stages.render || (shown?.recommendations && !state.stale))) {
      asked.current = "";
      showSets(body.stages.render ? "pictures" : "sets");
    }
  }, [body?.job_id, shown?.recommendations, state.stale]);

  const final = !!body && FINAL.has(body.status);
  const ready = final && body.status === "succeeded" && !!shown?.brief;
  const stageIs = (...stages: string[]): boolean => !!body && !final && (body.stage === null || stages.includes(body.stage));

  const rematch = async (request: RematchRequest): Promise<void> => {
    if (!body) return;
    setTrouble(null);
    const kept = Object.fromEntries(Object.entries(body.metadata).filter(([name]) => !["locked", "shot"].includes(name)));
    const metadata = {
      ...kept, root: rootOf(body), ...(wishes.locked.length && { locked: wishes.locked.join(",") }),
      ...(request.shot?.backgrounds?.[0] && { shot: request.shot.backgrounds[0] }),
    };
    try {
      const next = await rematchJob(body.job_id, { locked: wishes.locked, taste: own.taste, ...request, metadata });
      asked.current = next.job_id;
      const photo = photos.get(body.job_id);
      if (photo) photos.set(next.job_id, photo);
      setWishes({ ...NO_WISHES, locked: wishes.locked });
      go(`/jobs/${next.job_id}`, "push");
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      setTrouble(error.problem);
    }
  };
  const brief = shown?.brief;
  const tell = (said: Record<string, unknown>): void => {
    // Kept for evaluation; the page does not depend on it.
    if (body) sendFeedback(body.job_id, said).catch(() => undefined);
  };
  const like = (one: Recommendation): void => {
    tell({ background_id: one.background.id, thumbs: "up" });
    void rematch({ taste: own.say("more", one.background.id) });
  };
  const pin = (id: string): void => {
    tell({ background_id: id, chosen: !own.taste.pin.includes(id) });
    own.toggle(id);
  };
  const unlike = (one: Recommendation): void => {
    tell({ background_id: one.background.id, thumbs: "down" });
    void rematch({ taste: own.say("less", one.background.id) });
  };

  const shooting = useShooting(ready);
  const shoot = shooting
    ? (shot: ShotWishes, quality: Quality): void => void rematch({ edit: {}, render: quality, renders: 1, shot })
    : null;
  const taking = !!body?.stages.render && body.stages.render.state !== "skipped";

  return (
    <main id="main" class="job">
      <Progress state={state} retried={retried} trouble={setTrouble} />
      {trouble && <Trouble problem={trouble} />}
      {body?.kind === "ingest" && !body.error && <IngestPart body={body} />}
      {body && body.kind !== "ingest" && !body.error && (
        <>
          {(!!shown?.renders?.length || (taking && !final)) && (
            <PicturesPart renders={shown?.renders ?? []} waiting={!final} product={product}
              setId={body.metadata["shot"] ?? shown?.recommendations?.[0]?.background.id}
              share={state.progress?.share ?? body.stages.render?.progress ?? null}
              photo={photos.get(body.job_id) ?? product?.url ?? null} />
          )}
          <ProductPart caption={shown?.caption ?? null} photo={photos.get(body.job_id) ?? null}
            title={body.metadata["title"] ?? ""} waiting={stageIs("view", "caption")}
            warnings={body.warnings} />
          {(brief || !final) && (
            <BriefPart brief={brief ?? null} wishes={wishes} wish={setWishes} ready={ready}
              waiting={stageIs("refine")} rematch={() =>
                void rematch({ edit: wishes.edit, ...(wishes.text.trim() && { text: wishes.text.trim() }) })} />
          )}
          {(shown?.recommendations || !final) && (
            <SetsPart sets={shown?.recommendations ?? null} product={product} palette={shown?.caption?.palette ?? []}
              stale={state.stale} waiting={!final} resize={sizes.set}
              actions={{ more: like, less: unlike, pin, pinned: new Set(own.taste.pin), ready, shoot }} />
          )}
        </>
      )}
    </main>
  );
}

function showSets(where: "sets" | "pictures" = "sets"): void {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  document.getElementById(where)?.scrollIntoView({ behavior: still ? "auto" : "smooth" });
  document.getElementById(`${where}-title`)?.focus({ preventScroll: true });
}

/** Whether somebody takes pictures on this line. */
function useShooting(ready: boolean): boolean {
  const [yes, setYes] = useState(false);
  useEffect(() => {
    if (ready) getLine().then((line) => setYes(!!line.stages.render?.workers), () => undefined);
  }, [ready]);
  return yes;
}

/** The product's size: what the job carries, else what was typed in here since. */
function useSize(body: JobBody | null): { size: Dimensions | null; set: (size: Dimensions) => void } {
  const root = body ? rootOf(body) : "";
  const [typed, setTyped] = useState<Dimensions | null>(null);
  useEffect(() => setTyped(recall<Record<string, Dimensions>>("sizes", {})[root] ?? null), [root]);
  const set = (size: Dimensions): void => {
    setTyped(size);
    remember("sizes", { ...recall<Record<string, Dimensions>>("sizes", {}), [root]: size });
  };
  return { size: (body && sizeOf(body.metadata)) ?? typed, set };
}

function useProduct(
  body: JobBody | null, shown: JobBody["result"] | null, dimensions: Dimensions | null,
): Product | null {
  const url = shown?.caption?.cutout_url ?? null;
  const aspect = useAspect(url);
  const category = shown?.caption?.facets["product_category"]?.[0];
  if (!url || !body) return null;
  return {
    url, aspect,
    dimensions,
    model: body.links.product ?? null,
    name: category ? local(category.label) : words.value.yourProduct,
  };
}

function Progress({ state, retried, trouble }: {
  state: JobState; retried: () => void; trouble: (problem: Problem | null) => void;
}) {
  const w = words.value;
  const { body } = state;
  const running = !!body && !FINAL.has(body.status);
  const attempt = (call: (id: string) => Promise<JobBody>, then?: () => void) => async (): Promise<void> => {
    if (!body) return;
    trouble(null);
    try {
      await call(body.job_id);
      then?.();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      trouble(error.problem);
    }
  };
  const failed = body && body.status !== "succeeded" && FINAL.has(body.status);
  return (
    <div class={`progress${running ? " running" : ""}${failed ? " over" : ""}${state.reached ? "" : " lost"}`}>
      <div class="progress-now">
        <p role="status" aria-live="polite">{body ? nowSaying(state, body) : state.reached ? w.loading : w.unreached}</p>
        {body && running && body.status !== "canceling" && (
          <button class="quiet small" onClick={attempt(cancelJob)}>{w.cancel}</button>
        )}
        {body?.status === "succeeded" && body.kind !== "ingest" && (
          <button class="quiet small" onClick={() => showSets()}>{w.seeSets} <Down /></button>
        )}
      </div>
      <Steps state={state} />
      {failed && (
        <div class="over-words">
          <h1>{w.overTitle[body.status] ?? w.overTitle["failed"]}</h1>
          <p>{body.error ? whyOver(body.error) : w.overText}</p>
          <div class="row">
            {body.status === "failed" && <button class="primary" onClick={attempt(retryJob, retried)}><Redo /> {w.retry}</button>}
            {body.parent_id && <Link to={`/jobs/${body.parent_id}`} class="quiet">{w.backToSets}</Link>}
            {body.kind === "ingest"
              ? <Link to="/library" class="quiet">{w.library}</Link>
              : <Link to="/" class="quiet">{w.another}</Link>}
          </div>
        </div>
      )}
    </div>
  );
}

/** Why a job failed: in the page's own words where it has some; details are in English. */
function whyOver(error: Problem): string {
  const w = words.value;
  const known = w.reasons[error.reason ?? ""] ?? w.reasons[error.code];
  return known ?? ((locale.value === "en" && error.detail) || w.failedText);
}

function Trouble({ problem }: { problem: Problem }) {
  const w = words.value;
  const [title, advice] = w.problems[problem.code] ?? [problem.title || w.brokenTitle, problem.detail];
  return <div class="notice bad" role="alert"><strong>{title}</strong><p>{advice}</p></div>;
}

function Gone({ problem }: { problem: Problem }) {
  const w = words.value;
  const missing = problem.status === 404;
  return (
    <main class="gate" id="main">
      <h1>{missing ? w.jobGone : w.brokenTitle}</h1>
      <p>{missing ? w.jobGoneText : problem.detail}</p>
      <Link to="/" class="primary">{w.toStart}</Link>
    </main>
  );
}
