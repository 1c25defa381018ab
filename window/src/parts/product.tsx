import type { CaptionView, FacetTerm, PhotoWarning } from "../api/bodies";
import { capital, local, locale, percent, words } from "../words";
import { Swatches } from "./swatches";

const FACETS = [
  "material", "finish_texture", "shape_size", "style", "mood", "audience", "season_occasion",
];

/** Guesses below this are only listed with the observations; below half, terms are shown softly. */
const FAINT = 0.3;
const LIKELY = 0.5;

/** What was understood of the product: cut-out, facets with scores, measured colours. */
export function ProductPart({ caption, photo, title, waiting, warnings }: {
  caption: CaptionView | null; photo: string | null; title: string; waiting: boolean;
  warnings: PhotoWarning[];
}) {
  const w = words.value;
  const category = caption?.facets["product_category"]?.[0];
  const name = category ? capital(local(category.label)) : title || w.yourProduct;
  return (
    <section class="product" aria-labelledby="product-title">
      <Figure caption={caption} photo={photo} name={name} waiting={waiting} />
      <div class="product-words">
        <p class="eyebrow">{w.sections.product}</p>
        <h1 id="product-title" tabIndex={-1}>{name}</h1>
        {title && title !== name && <p class="product-said">{title}</p>}
        {caption ? <Facts caption={caption} warnings={warnings} /> : <Ghost lines={4} />}
      </div>
    </section>
  );
}

function Figure({ caption, photo, name, waiting }: {
  caption: CaptionView | null; photo: string | null; name: string; waiting: boolean;
}) {
  const w = words.value;
  const cutout = caption?.cutout_url;
  const [glow, ground] = [caption?.palette[0]?.hex, caption?.palette[1]?.hex];
  return (
    <figure class={`product-figure${waiting ? " looking" : ""}${cutout ? " cut" : ""}`}>
      <div class="glow" style={glow ? { background: `radial-gradient(circle at 50% 42%, ${glow}66, ${ground ?? glow}22 55%, transparent 75%)` } : {}} />
      {photo && !cutout && (
        <img class="photo" src={photo} alt={w.yourPhoto} onError={(event) => event.currentTarget.remove()} />
      )}
      {cutout && <img class="cutout" src={cutout} alt={w.cutoutOf(name)} />}
    </figure>
  );
}

function Facts({ caption, warnings }: { caption: CaptionView; warnings: PhotoWarning[] }) {
  const w = words.value;
  const told = new Set(caption.photo_warnings.map((one) => one.code));
  const faint = FACETS.flatMap((facet) => caption.facets[facet] ?? []).filter((one) => one.score < FAINT);
  const advice = [...caption.photo_warnings, ...warnings.filter((one) => !told.has(one.code))];
  return (
    <div class="facts">
      <dl class="facets">
        {["product_category", ...FACETS].map((facet) => {
          const terms = caption.facets[facet]?.filter((one) => one.score >= FAINT);
          return terms?.length ? (
            <div key={facet}>
              <dt>{w.facets[facet] ?? facet}</dt>
              <dd>{terms.map((one) => <Chip key={one.term} term={one} />)}</dd>
            </div>
          ) : null;
        })}
        <div>
          <dt>{w.measuredColours}</dt>
          <dd><Swatches palette={caption.palette} named label={w.measuredColours} /></dd>
        </div>
      </dl>
      {advice.length > 0 && (
        <ul class="advice">
          {advice.map((one) => <li key={one.code}>{local(one.text)}</li>)}
        </ul>
      )}
      {locale.value === "en" && caption.texts.length > 0 && (
        <details class="texts">
          <summary>{w.everyObservation(caption.texts.length)}</summary>
          <ul>
            {caption.texts.map((one) => (
              <li key={one.text}>{one.text} <small>{w.sources[one.source]} · {percent(one.score)}</small></li>
            ))}
            {faint.length > 0 && (
              <li class="soft">{w.faint} {faint.map((one) => `${local(one.label)} ${percent(one.score)}`).join(", ")}</li>
            )}
          </ul>
        </details>
      )}
    </div>
  );
}

function Chip({ term }: { term: FacetTerm }) {
  const w = words.value;
  const score = percent(term.score);
  const sure = term.source === "hint" ? w.sources.hint : term.raw ? w.rawScore(score) : score;
  return (
    <span class={`chip ${term.source}${term.score < LIKELY ? " unsure" : ""}`} title={`${w.sources[term.source]} · ${score}${term.raw ? ` · ${w.rawTitle}` : ""}`}>
      {local(term.label)} <small>{sure}</small>
    </span>
  );
}

export function Ghost({ lines }: { lines: number }) {
  return (
    <div class="ghost" aria-hidden="true">
      {Array.from({ length: lines }, (_, index) => <span key={index} />)}
    </div>
  );
}
