import type { Quality, Recommendation, ShotWishes, Swatch } from "../api/bodies";
import { local, words } from "../words";
import { nameOf } from "../vocabulary";
import { Check, Cube, Minus, Pin, Plus } from "./icons";
import { Link } from "./link";
import { Reasons } from "./reasons";
import { ScaleDrawing } from "./scale";
import { Sheet } from "./sheet";
import { Shoot } from "./shoot";
import { InSet, type Product, useBackground } from "./standing";
import { Swatches } from "./swatches";

export interface SetActions {
  more: (one: Recommendation) => void;
  less: (one: Recommendation) => void;
  pin: (id: string) => void;
  pinned: ReadonlySet<string>;
  /** False while the job cannot be matched again. */
  ready: boolean;
  /** Orders a picture; null while nobody takes pictures here. */
  shoot: ((shot: ShotWishes, quality: Quality) => void) | null;
}

/** Everything about one recommendation: why, palette against palette, size against size. */
export function SetSheet({ one, product, palette, actions, close, walk }: {
  one: Recommendation; product: Product | null; palette: Swatch[]; actions: SetActions; close: () => void;
  walk: () => void;
}) {
  const w = words.value;
  const set = one.background;
  const solid = !!useBackground(set.id)?.files.glb;
  return (
    <Sheet label={local(set.name)} close={close}>
      <div class="sheet-picture">
        <InSet set={set} product={product} eager />
        {solid && <button class="quiet walk-in" onClick={walk}><Cube /> {w.openStage}</button>}
        <div class="sheet-measures">
          <h3>{w.paletteAgainst}</h3>
          <div class="against-palettes">
            <span>{w.productSide}</span><Swatches palette={palette} label={w.productSide} />
            <span>{w.setSide}</span><Swatches palette={set.palette} label={w.setSide} />
          </div>
          {product?.dimensions && <><h3>{w.scaleTitle}</h3><ScaleDrawing stage={set.stage} product={product} /></>}
        </div>
      </div>
      <div class="sheet-words">
        <p class="eyebrow">{w.kinds[set.kind]} · {w.rank(one.rank)}</p>
        <h2>{local(set.name)}</h2>
        <p class="sheet-caption">{local(set.caption)}</p>
        <Actions one={one} actions={actions} then={close} />
        {actions.ready && actions.shoot && (
          <Shoot setId={set.id} shoot={(shot, quality) => {
            actions.shoot?.(shot, quality);
            close();
          }} />
        )}
        <h3>{w.whyFits}</h3>
        <Reasons reasons={one.reasons} />
        <p class="sheet-terms soft">{[...set.setting, ...set.lighting, ...set.mood].map(nameOf).join(" · ")}</p>
        <Link to={`/library/${set.id}`} class="quiet">{w.toSet}</Link>
      </div>
    </Sheet>
  );
}

/** Pin, more like this, less like this. */
export function Actions({ one, actions, then, walk }: {
  one: Recommendation; actions: SetActions; then?: () => void; walk?: () => void;
}) {
  const w = words.value;
  const name = local(one.background.name);
  const pinned = actions.pinned.has(one.background.id);
  return (
    <div class="set-actions">
      {walk && (
        <button class="quiet small" aria-label={w.openStageOf(name)} onClick={walk}><Cube /> {w.openStage}</button>
      )}
      <button class="quiet small" aria-pressed={pinned} aria-label={`${pinned ? w.pinned : w.pin}: ${name}`} onClick={() => actions.pin(one.background.id)}>
        {pinned ? <Check /> : <Pin />} {pinned ? w.pinned : w.pin}
      </button>
      {actions.ready && (
        <>
          <button class="quiet small" aria-label={`${w.more}: ${name}`} onClick={() => {
            actions.more(one);
            then?.();
          }}><Plus /> {w.more}</button>
          <button class="quiet small" aria-label={`${w.less}: ${name}`} onClick={() => {
            actions.less(one);
            then?.();
          }}><Minus /> {w.less}</button>
        </>
      )}
    </div>
  );
}
