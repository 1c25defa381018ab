import { useEffect, useRef, useState } from "preact/hooks";
import { type Hints, NO_HINTS, cancelSending, refused, send, sending } from "../order";
import { percent, words } from "../words";
import { HintFields } from "./hints";
import { Camera, Upload } from "./icons";

const TAKEN = "image/jpeg,image/png,image/webp,image/heic,image/heif,image/avif,.heic,.heif,.avif";
const isModel = (file: File): boolean => /\.glb$/i.test(file.name);

/** Where a photo comes in: dropped, pasted, chosen or taken. */
export function Drop() {
  const w = words.value;
  const [hints, setHints] = useState<Hints>(NO_HINTS);
  const [open, setOpen] = useState(false);
  const [held, setHeld] = useState<File | null>(null);
  const over = useOverPage();
  const chooser = useRef<HTMLInputElement>(null);
  const taker = useRef<HTMLInputElement>(null);

  const take = (files: Iterable<File> | null | undefined): void => {
    const all = [...(files ?? [])];
    const product = all.find(isModel) ?? hints.product;
    const photo = all.find((file) => !isModel(file)) ?? null;
    const wish = { ...hints, product };
    setHints(wish);
    if (!photo) return;
    if (open) setHeld(photo);
    else void send(photo, wish);
  };
  usePhotos(take);

  if (sending.value) return <Sending />;
  return (
    <div class="drop-area">
      <div class={`drop${over ? " over" : ""}`}>
        <div class="drop-buttons">
          <button class="primary large" onClick={() => chooser.current?.click()}>
            <Upload /> {w.choose}
          </button>
          <button class="quiet large camera-only" onClick={() => taker.current?.click()}>
            <Camera /> {w.take}
          </button>
        </div>
        <p class="drop-hint">{w.dropHint}</p>
        <input ref={chooser} type="file" accept={`${TAKEN},.glb`} hidden data-testid="photo"
          onChange={(event) => {
            take(event.currentTarget.files);
            event.currentTarget.value = "";
          }} />
        <input ref={taker} type="file" accept="image/*" capture="environment" hidden
          onChange={(event) => take(event.currentTarget.files)} />
      </div>
      {refused.value && <Refused />}
      <details class="more-hints" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>{w.hintsOpen}</summary>
        <HintFields hints={hints} change={setHints} />
        <div class="hints-send">
          {held && <Held file={held} />}
          <button class="primary" disabled={!held && !hints.product} onClick={() => void send(held, hints)}>
            {w.find}
          </button>
          {!held && <span class="soft">{w.choosePhotoFirst}</span>}
        </div>
      </details>
    </div>
  );
}

function Held({ file }: { file: File }) {
  const [url, setUrl] = useState("");
  useEffect(() => {
    const made = URL.createObjectURL(file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return <img class="held" src={url} alt={file.name} />;
}

function Sending() {
  const w = words.value;
  const now = sending.value;
  if (!now) return null;
  return (
    <div class="drop-area">
      <div class="drop sending" aria-live="polite">
        {now.preview && <img src={now.preview} alt="" onError={(event) => event.currentTarget.remove()} />}
        <div>
          <p>{now.share < 1 ? w.uploading : w.checking}</p>
          <progress value={now.share} max={1} aria-label={w.uploading}>{percent(now.share)}</progress>
          <button class="plain" onClick={cancelSending}>{w.cancel}</button>
        </div>
      </div>
    </div>
  );
}

function Refused() {
  const w = words.value;
  const problem = refused.value;
  if (!problem) return null;
  const [title, advice] = w.problems[problem.code] ?? w.problems["internal-error"] ?? ["", ""];
  return (
    <div class="notice bad" role="alert">
      <strong>{title}</strong>
      <p>{advice}</p>
      {problem.code === "invalid-request" && <p class="soft">{problem.detail}</p>}
    </div>
  );
}

/** Photos dropped anywhere on the page, or pasted. */
function usePhotos(take: (files: Iterable<File> | null | undefined) => void): void {
  const latest = useRef(take);
  latest.current = take;
  useEffect(() => {
    const drop = (event: DragEvent): void => {
      if (!event.dataTransfer?.files.length) return;
      event.preventDefault();
      latest.current(event.dataTransfer.files);
    };
    const paste = (event: ClipboardEvent): void => {
      if (event.clipboardData?.files.length) latest.current(event.clipboardData.files);
    };
    addEventListener("drop", drop);
    addEventListener("paste", paste);
    return () => {
      removeEventListener("drop", drop);
      removeEventListener("paste", paste);
    };
  }, []);
}

/** Whether a file is being dragged over the page. */
function useOverPage(): boolean {
  const [over, setOver] = useState(false);
  useEffect(() => {
    let away = 0;
    const above = (event: DragEvent): void => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      setOver(true);
      clearTimeout(away);
      away = setTimeout(() => setOver(false), 200);
    };
    addEventListener("dragover", above);
    return () => {
      removeEventListener("dragover", above);
      clearTimeout(away);
    };
  }, []);
  return over;
}
