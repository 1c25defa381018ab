import { useEffect, useMemo, useState } from "preact/hooks";
import type { BackgroundCard, Kind } from "../api/bodies";
import { getLibrary } from "../api/client";
import { Bring } from "../parts/bring";
import { Close, Cube, Search, Upload } from "../parts/icons";
import { Link } from "../parts/link";
import { useTitle } from "../parts/titles";
import { hexOf, learnWords, mentions, nameOf } from "../vocabulary";
import { capital, local, words } from "../words";

const FACETS = ["setting", "lighting", "mood", "style", "colour"] as const;
type Facet = (typeof FACETS)[number];
type Chosen = Partial<Record<Facet, string>>;

const termsOfSet = (set: BackgroundCard, facet: Facet): string[] =>
  facet === "colour" ? [...new Set(set.palette.filter((one) => one.share > 0.08).map((one) => one.name))] : set[facet];

const everything = (set: BackgroundCard): string =>
  [set.name.en, set.name.ko, set.caption.en, set.caption.ko, ...FACETS.flatMap((facet) => termsOfSet(set, facet).map(nameOf))].join(" ");

export function LibraryPage() {
  const w = words.value;
  useTitle(w.library);
  const [sets, setSets] = useState<BackgroundCard[] | null>(null);
  const [lost, setLost] = useState(false);
  const [bringing, setBringing] = useState(false);
  const [query, setQuery] = useState("");
  const [kind, setKind] = useState<Kind | null>(null);
  const [chosen, setChosen] = useState<Chosen>({});
  useEffect(() => {
    void learnWords();
    getLibrary().then(setSets, () => setLost(true));
  }, []);
  const shown = useMemo(
    () => (sets ?? []).filter((set) =>
      (!kind || set.kind === kind)
      && FACETS.every((facet) => !chosen[facet] || termsOfSet(set, facet).includes(chosen[facet]))
      && (!query.trim() || mentions(everything(set), query.trim()))),
    [sets, kind, chosen, query, w],
  );
  const narrowed = kind || query || Object.values(chosen).some(Boolean);
  return (
    <main id="main" class="library">
      <div class="library-head">
        <h1>{w.libraryTitle}</h1>
        <p class="lead">{w.libraryLead}</p>
        <button class="quiet" onClick={() => setBringing(true)}><Upload /> {w.bringOpen}</button>
      </div>
      {bringing && <Bring close={() => setBringing(false)} />}
      <form class="library-tools" role="search" onSubmit={(event) => event.preventDefault()}>
        <label class="search">
          <Search />
          <input type="search" value={query} placeholder={w.searchExample} aria-label={w.search}
            onInput={(event) => setQuery(event.currentTarget.value)} />
        </label>
        <div class="filters" role="group" aria-label={w.filterLabel}>
          {([null, "studio", "space"] as const).map((one) => (
            <button type="button" key={one ?? "all"} class="filter" aria-pressed={kind === one} onClick={() => setKind(one)}>
              {one ? w.filters[one] : w.filters.all}
            </button>
          ))}
        </div>
        <div class="facet-selects">
          {FACETS.map((facet) => (
            <FacetSelect key={facet} facet={facet} sets={sets ?? []} value={chosen[facet] ?? ""}
              change={(term) => setChosen({ ...chosen, [facet]: term })} />
          ))}
        </div>
        {narrowed && (
          <button type="button" class="plain" onClick={() => {
            setKind(null);
            setQuery("");
            setChosen({});
          }}><Close /> {w.clear}</button>
        )}
      </form>
      <p class="soft" role="status">{sets ? w.found(shown.length, sets.length) : lost ? w.unreached : w.loading}</p>
      <ul class="library-list">
        {shown.map((set) => (
          <li key={set.id}>
            <Link to={`/library/${set.id}`} class="library-card">
              {set.previews[0]
                ? <img src={set.previews[0]} alt="" width="640" height="480" loading="lazy" decoding="async" />
                : <span class="no-picture"><Cube /></span>}
              <span class="library-name">{local(set.name)}</span>
              <span class="soft">{capital(set.setting.slice(0, 1).map(nameOf).join(""))}</span>
            </Link>
          </li>
        ))}
      </ul>
      {sets && shown.length === 0 && <p class="lead">{w.nothingFound}</p>}
    </main>
  );
}

function FacetSelect({ facet, sets, value, change }: {
  facet: Facet; sets: BackgroundCard[]; value: string; change: (term: string) => void;
}) {
  const w = words.value;
  const terms = [...new Set(sets.flatMap((set) => termsOfSet(set, facet)))].sort((a, b) => nameOf(a).localeCompare(nameOf(b)));
  const hex = value && hexOf(value);
  return (
    <label class={value ? "facet-select on" : "facet-select"}>
      {hex && <i style={{ background: hex }} />}
      <select aria-label={w.libraryFacets[facet]} value={value} onChange={(event) => change(event.currentTarget.value)}>
        <option value="">{w.libraryFacets[facet]}</option>
        {terms.map((term) => <option key={term} value={term}>{capital(nameOf(term))}</option>)}
      </select>
    </label>
  );
}
