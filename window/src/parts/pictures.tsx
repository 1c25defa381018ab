import { useState } from "preact/hooks";
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
  return (
    <section class="pictures" aria-labelledby="pictures-title" id="pictures" aria-busy={waiting}>
      <h2 id="pictures-title" tabIndex={-1}>{w.picturesTitle}</h2>
      {waiting && (
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
      {renders.map((render) => (
        <Picture key={`${render.background_id}-${render.quality}-${render.angle}`} render={render} photo={photo} />
      ))}
    </section>
  );
}

function Picture({ render, photo }: { render: Render; photo: string | null }) {
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
    <button class="quiet" onClick={() => void copy()}
      title={expires ? w.linkUntil(moment(new Date(expires).toISOString())) : undefined}>
      {copied ? w.copied : w.share}
    </button>
  );
}

function BeforeAfter({ before, after, name }: { before: string | null; after: Render; name: string }) {
  const w = words.value;
  const [at, setAt] = useState(0);
  return (
    <div class="before-after" style={{
      aspectRatio: `${after.width} / ${after.height}`,
      maxWidth: `calc(76dvh * ${after.width / after.height})`,
    }}>
      <img src={after.url} alt={w.pictureOf(name)} width={after.width} height={after.height} />
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
