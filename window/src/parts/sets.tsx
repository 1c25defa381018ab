import { useState } from "preact/hooks";
import type { Dimensions, Kind, Recommendation, Swatch } from "../api/bodies";
import { local, words } from "../words";
import { Ghost } from "./product";
import { Reasons } from "./reasons";
import { Actions, type SetActions, SetSheet } from "./set-sheet";
import { StageView } from "./stage-view";
import { InSet, type Product, useBackground } from "./standing";

type Filter = "all" | Kind | "pinned";

/** The recommended sets as large pictures, the best one largest. */
export function SetsPart({ sets, product, palette, actions, stale, waiting, resize }: {
  sets: Recommendation[] | null; product: Product | null; palette: Swatch[]; actions: SetActions;
  stale: boolean; waiting: boolean; resize: (size: Dimensions) => void;
}) {
  const w = words.value;
  const [filter, setFilter] = useState<Filter>("all");
  const [open, setOpen] = useState<string | null>(null);
  const has = (kind: Kind): boolean => !!sets?.some((one) => one.background.kind === kind);
  const filters: Filter[] = [
    "all", ...(has("studio") && has("space") ? (["studio", "space"] as const) : []),
    ...(sets?.some((one) => actions.pinned.has(one.background.id)) ? (["pinned"] as const) : []),
  ];
  const current = filters.includes(filter) ? filter : "all";
  const shown = (sets ?? []).filter(({ background }) =>
    current === "all" || (current === "pinned" ? actions.pinned.has(background.id) : background.kind === current),
  );
  const opened = sets?.find((one) => one.background.id === open);
  const [walking, setWalking] = useState<string | null>(null);
  return (
    <section class={`sets${stale ? " stale" : ""}`} aria-labelledby="sets-title" aria-busy={waiting} id="sets">
      <p class="eyebrow">{w.sections.sets}</p>
      <div class="sets-head">
        <h2 id="sets-title" tabIndex={-1}>{sets ? w.setsTitle(sets.length) : w.setsComing}</h2>
        {filters.length > 1 && (
          <div class="filters" role="group" aria-label={w.filterLabel}>
            {filters.map((one) => (
              <button key={one} class="filter" aria-pressed={one === current} onClick={() => setFilter(one)}>
                {w.filters[one]}
              </button>
            ))}
          </div>
        )}
      </div>
      {!sets && waiting && <div class="sets-ghost"><Ghost lines={1} /></div>}
      {sets?.length === 0 && <p class="lead">{w.noSets}</p>}
      <div class="sets-list">
        {shown.map((one, at) => (
          <SetCard key={one.background.id} one={one} product={product} first={at === 0} actions={actions}
            open={() => setOpen(one.background.id)} walk={() => setWalking(one.background.id)} />
        ))}
      </div>
      {!!sets?.length && product && (
        <p class="soft sketch-note">{product.dimensions ? w.sketchToScale : w.sketchUnscaled}</p>
      )}
      {!!sets?.length && product && !product.dimensions && <Height resize={resize} />}
      {opened && (
        <SetSheet one={opened} product={product} palette={palette} actions={actions} close={() => setOpen(null)}
          walk={() => setWalking(opened.background.id)} />
      )}
      {walking && <Walk id={walking} product={product} actions={actions} close={() => setWalking(null)} />}
    </section>
  );
}

/** The one number that makes the sketches true to size. */
function Height({ resize }: { resize: (size: Dimensions) => void }) {
  const w = words.value;
  const [height, setHeight] = useState("");
  return (
    <form class="height" onSubmit={(event) => {
      event.preventDefault();
      resize({ height: Number(height) });
    }}>
      <label class="field">
        <span>{w.heightCm}</span>
        <input type="number" min="0.1" max="10000" step="0.1" inputMode="decimal" required value={height}
          onInput={(event) => setHeight(event.currentTarget.value)} />
      </label>
      <button class="quiet">{w.showToScale}</button>
    </form>
  );
}

/** Walking around in a set, over the page. */
function Walk({ id, product, actions, close }: {
  id: string; product: Product | null; actions: SetActions; close: () => void;
}) {
  const set = useBackground(id);
  if (!set?.files.glb) return null;
  const shoot = actions.ready && actions.shoot;
  return (
    <StageView set={set} glb={set.files.glb} product={product} close={close} shoot={shoot
      ? (shot, quality) => {
        close();
        shoot(shot, quality);
      }
      : null} />
  );
}

function SetCard({ one, product, first, actions, open, walk }: {
  one: Recommendation; product: Product | null; first: boolean; actions: SetActions; open: () => void;
  walk: () => void;
}) {
  const w = words.value;
  const solid = !!useBackground(one.background.id)?.files.glb;
  const name = local(one.background.name);
  return (
    <article class={first ? "set first" : "set"}>
      <button class="set-picture" onClick={open} aria-label={w.openSet(name)}>
        <InSet set={one.background} product={product} eager={first} />
      </button>
      <div class="set-words">
        <p class="set-kind">{w.kinds[one.background.kind]}</p>
        <h3>{name}</h3>
        <Reasons reasons={one.reasons} most={first ? 4 : 2} />
        <Actions one={one} actions={actions} {...(solid && { walk })} />
      </div>
    </article>
  );
}
