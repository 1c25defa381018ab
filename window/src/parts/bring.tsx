import { useRef, useState } from "preact/hooks";
import type { Kind, Problem } from "../api/bodies";
import { Refusal, bringBackground } from "../api/client";
import { type Bringing, LICENCES, NOTHING_YET, saidOf, unseen } from "../bring";
import { go } from "../router";
import { termsOf } from "../vocabulary";
import { capital, local, percent, words } from "../words";
import { Upload } from "./icons";
import { Sheet } from "./sheet";
import { Choose } from "./shoot";

const PICTURES = "image/jpeg,image/png,image/webp,image/avif,image/heic";
const MOST_PREVIEWS = 6;
const KINDS: readonly Kind[] = ["studio", "space"];

/** Brings a background of one's own into the library, then shows the job that tags it. */
export function Bring({ close }: { close: () => void }) {
  const w = words.value;
  const [wish, setWish] = useState<Bringing>(NOTHING_YET);
  const [share, setShare] = useState<number | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const key = useRef(crypto.randomUUID());
  const stop = useRef<AbortController | null>(null);
  const change = (part: Partial<Bringing>): void => {
    key.current = crypto.randomUUID();
    setWish({ ...wish, ...part });
  };
  const leave = (): void => {
    stop.current?.abort();
    close();
  };
  const send = async (): Promise<void> => {
    if (!wish.file) return;
    setProblem(null);
    setShare(0);
    const mine = new AbortController();
    stop.current = mine;
    try {
      const body = await bringBackground(saidOf(wish), wish.file, wish.previews, key.current, setShare, mine.signal);
      close();
      go(`/jobs/${body.job_id}`);
    } catch (error) {
      if (mine.signal.aborted) return;
      setShare(null);
      if (!(error instanceof Refusal)) throw error;
      setProblem(error.problem);
    }
  };
  return (
    <Sheet label={w.bringTitle} close={leave} kind="bring">
      <form class="bring-form" onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}>
        <h2>{w.bringTitle}</h2>
        <p class="soft">{w.bringLead}</p>
        <Files wish={wish} change={change} />
        <label class="field">
          <span>{w.bringName}</span>
          <input required maxLength={120} value={wish.name} placeholder={w.bringNameExample}
            onInput={(event) => change({ name: event.currentTarget.value })} />
        </label>
        <label class="field">
          <span>{w.bringCaption}</span>
          <textarea rows={2} maxLength={500} value={wish.caption} placeholder={w.bringCaptionExample}
            onInput={(event) => change({ caption: event.currentTarget.value })} />
        </label>
        <div class="bring-row">
          <Choose label={w.bringKind} values={KINDS} names={w.kinds} value={wish.kind}
            change={(kind) => change({ kind, setting: "" })} />
          <label class="field">
            <span>{w.slots.settings}</span>
            <select required value={wish.setting} onChange={(event) => change({ setting: event.currentTarget.value })}>
              <option value="" disabled>{w.bringSetting}</option>
              {termsOf(`setting_${wish.kind}`).map((one) => (
                <option key={one.term} value={one.term}>{capital(local(one.label))}</option>
              ))}
            </select>
          </label>
        </div>
        <div class="bring-row">
          <Choose label={w.licence} values={LICENCES} names={w.licences} value={wish.licence}
            change={(licence) => change({ licence })} />
          {wish.licence !== "own" && (
            <label class="field">
              <span>{w.evidence}</span>
              <input required maxLength={300} value={wish.evidence} placeholder="https://…"
                onInput={(event) => change({ evidence: event.currentTarget.value })} />
            </label>
          )}
        </div>
        {problem && <Trouble problem={problem} />}
        {share === null ? (
          <div class="row">
            <button class="primary" disabled={!wish.file || !wish.name.trim() || !wish.setting}><Upload /> {w.bringSend}</button>
          </div>
        ) : (
          <div class="bring-sending" role="status">
            <p>{share < 1 ? w.bringSending : w.bringChecking}</p>
            <progress value={share} max={1} aria-label={w.bringSending}>{percent(share)}</progress>
          </div>
        )}
      </form>
    </Sheet>
  );
}

function Files({ wish, change }: { wish: Bringing; change: (part: Partial<Bringing>) => void }) {
  const w = words.value;
  return (
    <>
      <label class="field">
        <span>{w.bringFile}</span>
        <input type="file" required accept={`.glb,.hdr,.exr,${PICTURES}`} data-testid="background"
          onChange={(event) => {
            const file = event.currentTarget.files?.[0] ?? null;
            change({ file, ...(file && !wish.name && { name: nameOf(file) }) });
          }} />
      </label>
      {wish.file && unseen(wish.file) && (
        <label class="field">
          <span>{w.bringPreviews}</span>
          <input type="file" multiple accept={PICTURES} data-testid="previews"
            onChange={(event) => change({ previews: [...(event.currentTarget.files ?? [])].slice(0, MOST_PREVIEWS) })} />
        </label>
      )}
    </>
  );
}

const nameOf = (file: File): string => file.name.replace(/\.[^.]+$/, "").replace(/[-_]+/g, " ").trim();

function Trouble({ problem }: { problem: Problem }) {
  const w = words.value;
  const [title, advice] = w.bringProblems[problem.code] ?? w.problems[problem.code] ?? [problem.title, problem.detail];
  return (
    <div class="notice bad" role="alert">
      <strong>{title}</strong>
      <p>{advice}</p>
      {["background-broken", "invalid-request"].includes(problem.code) && <p class="soft" lang="en">{problem.detail}</p>}
    </div>
  );
}
