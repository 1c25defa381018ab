import { useEffect } from "preact/hooks";
import type { Dimensions } from "../api/bodies";
import type { Hints } from "../order";
import { learnWords, nameOf, termsOf } from "../vocabulary";
import { words } from "../words";

const SIDES: (keyof Dimensions)[] = ["width", "depth", "height"];

/** What a seller may say of the product; all of it may be left out. */
export function HintFields({ hints, change }: { hints: Hints; change: (hints: Hints) => void }) {
  const w = words.value;
  useEffect(() => void learnWords(), []);
  const size = (side: keyof Dimensions, text: string): void =>
    change({ ...hints, dimensions: { ...hints.dimensions, [side]: Number(text) || null } });
  return (
    <div class="hints">
      <label class="field wide">
        <span>{w.hintTitle}</span>
        <input maxLength={300} value={hints.title} placeholder={w.hintTitleExample}
          onInput={(event) => change({ ...hints, title: event.currentTarget.value })} />
      </label>
      <label class="field wide">
        <span>{w.hintCategory}</span>
        <select value={hints.category} onChange={(event) => change({ ...hints, category: event.currentTarget.value })}>
          <option value="">{w.hintCategoryAny}</option>
          {termsOf("product_category").map((one) => (
            <option key={one.term} value={one.term}>{nameOf(one.term)}</option>
          ))}
        </select>
      </label>
      <fieldset class="sides">
        <legend>{w.hintSize}</legend>
        {SIDES.map((side) => (
          <label class="field" key={side}>
            <span>{w.sides[side]}</span>
            <input type="number" min="0.1" max="10000" step="0.1" inputMode="decimal"
              value={hints.dimensions[side] ?? ""} onInput={(event) => size(side, event.currentTarget.value)} />
          </label>
        ))}
      </fieldset>
      <fieldset class="kinds">
        <legend>{w.hintKinds}</legend>
        {(["studio", "space"] as const).map((kind) => (
          <label key={kind} class="tick">
            <input type="checkbox" checked={hints[kind]}
              onChange={(event) => change({ ...hints, [kind]: event.currentTarget.checked })} />
            <span>{w.kinds[kind]}</span>
          </label>
        ))}
      </fieldset>
      <label class="field wide">
        <span>{w.hintModel}</span>
        <input type="file" accept=".glb,model/gltf-binary"
          onChange={(event) => change({ ...hints, product: event.currentTarget.files?.[0] ?? null })} />
      </label>
    </div>
  );
}
