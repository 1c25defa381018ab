import { useEffect, useState } from "preact/hooks";
import type { Render } from "../api/bodies";
import { local, locale, moment, seconds, words } from "../words";
import { Check, Close, Download } from "./icons";
import { InSet, type Product, useBackground } from "./standing";

/** The pictures taken: each before and after, with its checks and where it comes from. */
export function PicturesPart({ renders, photo, waiting, share, product, setId }: {
  renders: Render[]; photo: string | null; waiting: boolean; share: number | null;
  product: Product | null;
  /** Where the picture is taken: a sketch of it is shown until it is there. */
  setId: string | undefined;
}) {
  const w = words.value;
  const set = useBackground(waiting ? setId : undefined);
  const begun = renders.some((one) => one.background_id === setId) || (!setId && renders.length > 0);
  return (
    <section class="pictures" aria-labelledby="pictures-title" id="pictures" aria-busy={waiting}>
      <h2 id="pictures-title" tabIndex={-1}>{w.picturesTitle}</h2>
      {waiting && !begun && (
        <div class="picture developing">
          {set && <div class="developing-sketch"><InSet set={set} product={product} eager /></div>}
          <div class="picture-words">
            {set && <h3>{local(set.name)}</h3>}
            <p>{w.developing}</p>
            <progress value={share ?? undefined} max={1} aria-label={w.developing} />
            <p class="soft">{w.developingNote}</p>
          </div>
        </div>
      )}
      {renders.map((render, at) => (
        <Picture key={`${at}-${render.background_id}`} render={render} photo={photo}
          share={waiting && render.quality === "draft" ? share : undefined} />
      ))}
    </section>
  );
}

/** One picture. A draft whose final is on its way sharpens in place: nothing jumps. */
function Picture({ render, photo, share }: {
  render: Render; photo: string | null;
  /** Of the final, while it is being taken; undefined when this is what was asked for. */
  share?: number | null | undefined;
}) {
  const w = words.value;
  const set = useBackground(render.background_id);
  const name = set ? local(set.name) : "";
  return (
    <article class="picture">
      <BeforeAfter before={photo} after={render} name={name} />
      <div class="picture-words">
        <h3>{name}</h3>
        <p class="soft">
          {render.width} × {render.height} · {w.qualities[render.quality]} · {w.productFrom[render.product_from]} · {seconds(render.seconds)}
        </p>
        {share !== undefined && (
          <div class="sharpening" role="status">
            <p>{w.sharpening}</p>
            <progress value={share ?? undefined} max={1} aria-label={w.sharpening} />
          </div>
        )}
        <div class="row">
          <a class="primary" href={render.url} download>{w.download} <Download /></a>
          <Share url={render.url} />
        </div>
        {render.recipe_url && <a href={render.recipe_url}>{w.recipe}</a>}
        {render.checks.length > 0 && (
          <ul class="checks">
            {render.checks.map((check) => (
              <li key={check.name} class={check.passed ? "passed" : "failed"}>
                {check.passed ? <Check /> : <Close />}
                <span><span class="hidden-title">{check.passed ? w.passed : w.failed}: </span>{w.checks[check.name] ?? check.name.replaceAll("-", " ")}{locale.value === "en" && <small>{check.detail}</small>}</span>
              </li>
            ))}
          </ul>
        )}
      </div>
    </article>
  );
}

/** The picture's signed address: whoever has it sees the picture until it expires. */
function Share({ url }: { url: string }) {
  const w = words.value;
  const [copied, setCopied] = useState(false);
  const expires = Number(new URL(url, location.href).searchParams.get("expires")) * 1000;
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(url);
    setCopied(true);
    setTimeout(() => setCopied(false), 3000);
  };
  return (
    <>
      <button class="quiet" onClick={() => void copy()}><span aria-live="polite">{copied ? w.copied : w.share}</span></button>
      {expires > 0 && <p class="soft link-until">{w.linkUntil(moment(new Date(expires).toISOString()))}</p>}
    </>
  );
}

/** The newest picture that has arrived: the one before stays until then. */
function useArrived(url: string): string {
  const [arrived, setArrived] = useState(url);
  useEffect(() => {
    if (url === arrived) return;
    const image = new Image();
    image.onload = () => setArrived(url);
    image.src = url;
    return () => {
      image.onload = null;
    };
  }, [url]);
  return arrived;
}

function BeforeAfter({ before, after, name }: { before: string | null; after: Render; name: string }) {
  const w = words.value;
  const [at, setAt] = useState(0);
  const url = useArrived(after.url);
  return (
    <div class="before-after" style={{
      aspectRatio: `${after.width} / ${after.height}`,
      maxWidth: `calc(76dvh * ${after.width / after.height})`,
    }}>
      <img key={url} src={url} alt={w.pictureOf(name)} width={after.width} height={after.height} />
      {before && (
        <>
          <div class="before" style={{ clipPath: `inset(0 ${100 - at}% 0 0)` }}><img src={before} alt={w.yourPhoto} /></div>
          <i style={{ left: `${at}%` }} />
          <input type="range" min="0" max="100" value={at} aria-label={w.beforeAfter}
            onInput={(event) => setAt(Number(event.currentTarget.value))} />
        </>
      )}
    </div>
  );
}
