import { useEffect, useState } from "preact/hooks";
import type { BackgroundDetail } from "../api/bodies";
import { getBackground } from "../api/client";
import { Back, Cube } from "../parts/icons";
import { Link } from "../parts/link";
import { StageView } from "../parts/stage-view";
import { Swatches } from "../parts/swatches";
import { useTitle } from "../parts/titles";
import { learnWords, nameOf } from "../vocabulary";
import { capital, local, locale, percent, words } from "../words";

export function SetPage({ id }: { id: string }) {
  const w = words.value;
  const [set, setSet] = useState<BackgroundDetail | null>(null);
  const [gone, setGone] = useState(false);
  const [walking, setWalking] = useState(false);
  useTitle(set ? local(set.name) : w.library);
  useEffect(() => {
    void learnWords();
    getBackground(id).then(setSet, () => setGone(true));
  }, [id]);
  if (gone) {
    return <main class="gate" id="main"><h1>{w.setGone}</h1><Link to="/library" class="primary">{w.library}</Link></main>;
  }
  return (
    <main id="main" class="set-page">
      <Link to="/library" class="back"><Back /> {w.library}</Link>
      {set && (
        <>
          <div class="set-page-picture">
            {set.previews[0] ?? set.files.backdrop
              ? <img src={set.previews[0] ?? set.files.backdrop ?? ""} alt={local(set.caption)} width="640" height="480" />
              : <span class="no-picture"><Cube /></span>}
            {set.files.glb && (
              <button class="quiet walk-in" onClick={() => setWalking(true)}><Cube /> {w.openStage}</button>
            )}
          </div>
          {walking && set.files.glb && (
            <StageView set={set} glb={set.files.glb} product={null} shoot={null} close={() => setWalking(false)} />
          )}
          <div class="set-page-words">
            <p class="eyebrow">{w.kinds[set.kind]}</p>
            <h1>{local(set.name)}</h1>
            <p class="lead">{local(set.caption)}</p>
            <Swatches palette={set.palette} named label={w.palette} />
            <Facts set={set} />
          </div>
        </>
      )}
    </main>
  );
}

function Facts({ set }: { set: BackgroundDetail }) {
  const w = words.value;
  const metres = (value: number): string =>
    `${new Intl.NumberFormat(locale.value, { maximumFractionDigits: 2 }).format(value)} m`;
  return (
    <dl class="facets set-facts">
      {Object.entries(set.facets).map(([facet, terms]) => (
        <div key={facet}>
          <dt>{w.facets[facet] ?? facet.replaceAll("_", " ")}</dt>
          <dd>
            {terms.map((one) => (
              <span class="chip" key={one.term}>{nameOf(one.term)} <small>{percent(one.score)}</small></span>
            ))}
          </dd>
        </div>
      ))}
      <div>
        <dt>{w.stageSize}</dt>
        <dd>{w.stageSaying(metres(set.stage.width_m), metres(set.stage.depth_m), metres(set.stage.height_m))}</dd>
      </div>
      {set.lights.length > 0 && (
        <div>
          <dt>{w.lights}</dt>
          <dd>
            <ul class="lights">
              {set.lights.map((light) => (
                <li key={light.name}><i class="warm" style={{ background: glow(light.kelvin) }} />{capital(nameOf(light.type))} <small>{light.kelvin} K</small></li>
              ))}
            </ul>
          </dd>
        </div>
      )}
      <div><dt>{w.cameras}</dt><dd>{set.cameras.map((one) => `${capital(one.name)} · ${one.lens_mm} mm`).join(", ")}</dd></div>
      <div><dt>{w.licence}</dt><dd>{set.licence.id} <small class="soft">{set.licence.evidence}</small></dd></div>
    </dl>
  );
}

/** Roughly what light of a colour temperature looks like. */
function glow(kelvin: number): string {
  const warm = Math.max(0, Math.min(1, (6500 - kelvin) / 4500));
  const cool = Math.max(0, Math.min(1, (kelvin - 6500) / 6000));
  return `rgb(${255 - cool * 60} ${245 - warm * 75 - cool * 20} ${235 - warm * 150 + cool * 20})`;
}
