import { useEffect } from "preact/hooks";
import { type BackgroundDetail, FINAL, type JobBody } from "../api/bodies";
import { forgetBackground } from "../api/client";
import { learnWords, nameOf } from "../vocabulary";
import { local, percent, words } from "../words";
import { Cube } from "./icons";
import { Link } from "./link";
import { Ghost } from "./product";
import { useBackground } from "./standing";
import { Swatches } from "./swatches";

/** A background on its way into the library: its tags appear as soon as they are there. */
export function IngestPart({ body }: { body: JobBody }) {
  const w = words.value;
  const done = body.result.indexed ?? null;
  const id = done?.background_id ?? undefined;
  useEffect(() => {
    void learnWords();
    // A new version of a set this page has shown before.
    if (id) forgetBackground(id);
  }, [id]);
  const set = useBackground(id);
  const waiting = !FINAL.has(body.status);
  const picture = set?.previews[0] ?? set?.files.backdrop;
  if (!waiting && !set) return null;
  return (
    <section class="ingest" aria-labelledby="ingest-title" aria-busy={waiting}>
      <div class={picture ? "ingest-picture" : `ingest-picture empty${waiting ? " looking" : ""}`}>
        {picture ? <img src={picture} alt={set ? local(set.caption) : ""} /> : <Cube />}
      </div>
      <div class="ingest-words">
        <p class="eyebrow">{w.newSet}</p>
        <h1 id="ingest-title">{set ? local(set.name) : w.tagging}</h1>
        {!set ? <><p class="soft">{w.taggingText}</p><Ghost lines={4} /></> : (
          <>
            <p class="soft">{done?.fresh === false ? w.knownAlready : w.onTheShelf(done?.version ?? 1)}</p>
            <Swatches palette={set.palette} named label={w.palette} />
            <dl class="facets">
              {settingFirst(set.facets).map(([facet, terms]) => (
                <div key={facet}>
                  <dt>{w.facets[facet] ?? facet.replaceAll("_", " ")}</dt>
                  <dd>{terms.map((one) => <span class="chip" key={one.term}>{nameOf(one.term)} <small>{percent(one.score)}</small></span>)}</dd>
                </div>
              ))}
            </dl>
            {body.warnings.length > 0 && (
              <ul class="advice">{body.warnings.map((one) => <li key={one.code}>{local(one.text)}</li>)}</ul>
            )}
            <div class="row"><Link to={`/library/${set.id}`} class="primary">{w.toSet}</Link><Link to="/library" class="quiet">{w.library}</Link></div>
          </>
        )}
      </div>
    </section>
  );
}

type Facets = BackgroundDetail["facets"];

/** Facets that hold something; where the set is comes before how it looks. */
const settingFirst = (facets: Facets): [string, Facets[string]][] =>
  Object.entries(facets).filter(([, terms]) => terms.length > 0)
    .sort(([a], [b]) => Number(b.startsWith("setting_")) - Number(a.startsWith("setting_")));
