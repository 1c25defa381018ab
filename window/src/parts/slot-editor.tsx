import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { BriefEdit, LightingPlan, Prop, Slot, StudioBrief } from "../api/bodies";
import { SLOT_TERMS, hexOf, layoutValues, layoutWord, mentions, nameOf, termsOf } from "../vocabulary";
import { capital, words } from "../words";
import { Close } from "./icons";

interface Props { slot: Slot; brief: StudioBrief; put: (edit: BriefEdit) => void }

/** Changes one slot of the brief. */
export function SlotEditor({ slot, brief, put }: Props) {
  if (slot === "palette") return <PaletteEditor slot={slot} brief={brief} put={put} />;
  return (
    <div class="editor">
      <Terms slot={slot} chosen={chosenOf(slot, brief)} choose={(terms) => put(editOf(slot, brief, terms))} />
      {slot === "lighting" && <LightEditor plan={brief.lighting} put={put} />}
      {slot === "technique" && <LensEditor brief={brief} put={put} />}
      {slot === "props" && <PropsEditor props={brief.props} put={put} />}
    </div>
  );
}

function chosenOf(slot: Slot, brief: StudioBrief): string[] {
  if (slot === "lighting" || slot === "technique") return brief[slot].types;
  if (slot === "props") return brief.props.map((prop) => prop.term);
  const value = brief[slot];
  return Array.isArray(value) ? (value as string[]) : value ? [String(value)] : [];
}

function editOf(slot: Slot, brief: StudioBrief, terms: string[]): BriefEdit {
  if (slot === "lighting") return { lighting: { ...brief.lighting, types: terms } };
  if (slot === "technique") return { technique: { ...brief.technique, types: terms } };
  if (slot === "surface" || slot === "season") return terms[0] ? { [slot]: terms[0] } : {};
  if (slot === "props") {
    const made = (term: string, at: number): Prop =>
      brief.props.find((prop) => prop.term === term)
      ?? { term, placement: at % 2 ? "behind-left" : "right", scale: "smaller" };
    return { props: terms.map(made) };
  }
  return { [slot]: terms };
}

/** Chosen terms as chips that can be taken away, and a search for more. */
function Terms({ slot, chosen, choose }: { slot: Slot; chosen: string[]; choose: (terms: string[]) => void }) {
  const w = words.value;
  const rule = SLOT_TERMS[slot];
  const [query, setQuery] = useState("");
  const [active, setActive] = useState(0);
  const [open, setOpen] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const list = useId();
  useEffect(() => input.current?.focus(), []);
  if (!rule) return null;
  const found = rule.facets.flatMap(termsOf)
    .filter((one) => !chosen.includes(one.term))
    .filter((one) => !query || mentions(`${one.label.en} ${one.label.ko}`, query));
  const add = (term: string): void => {
    choose(rule.most === 1 ? [term] : [...chosen, term].slice(-rule.most));
    setQuery("");
    setActive(0);
  };
  const least = ["settings", "lighting", "technique", "surface", "season"].includes(slot) ? 1 : 0;
  const press = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      setOpen(true);
      setActive((active + step + found.length) % Math.max(1, found.length));
    } else if (event.key === "Enter" && open && found[active]) {
      event.preventDefault();
      add(found[active].term);
    } else if (event.key === "Escape") setOpen(false);
  };
  return (
    <>
      <div class="editor-chips">
        {chosen.map((term) => (
          <span class="chip" key={term}>
            {hexOf(term) && <i style={{ background: hexOf(term) }} />}
            {nameOf(term)}
            <button class="plain" disabled={chosen.length <= least} aria-label={w.takeAway(nameOf(term))}
              onClick={() => choose(chosen.filter((one) => one !== term))}><Close /></button>
          </span>
        ))}
      </div>
      <div class="combo">
        <input ref={input} role="combobox" aria-expanded={open} aria-controls={list} aria-autocomplete="list"
          aria-activedescendant={open && found[active] ? `${list}-${active}` : undefined}
          aria-label={w.addTo(w.slots[slot])} placeholder={rule.most === 1 ? w.chooseOne : w.addUpTo(rule.most)}
          value={query} onFocus={() => setOpen(true)} onBlur={() => setTimeout(() => setOpen(false), 150)}
          onInput={(event) => {
            setQuery(event.currentTarget.value);
            setActive(0);
            setOpen(true);
          }} onKeyDown={press} />
        {open && found.length > 0 && (
          <ul class="combo-list" role="listbox" id={list} aria-label={w.slots[slot]}>
            {found.slice(0, 60).map((one, at) => (
              <li key={one.term} id={`${list}-${at}`} role="option" aria-selected={at === active}
                onMouseDown={(event) => {
                  event.preventDefault();
                  add(one.term);
                }}>
                {one.hex && <i style={{ background: one.hex }} />}
                {capital(nameOf(one.term))}
              </li>
            ))}
          </ul>
        )}
      </div>
    </>
  );
}

function Choice({ label, value, values, change }: {
  label: string; value: string; values: [string, string][]; change: (value: string) => void;
}) {
  return (
    <label class="field">
      <span>{label}</span>
      <select value={value} onChange={(event) => change(event.currentTarget.value)}>
        {values.map(([one, name]) => <option key={one} value={one}>{name}</option>)}
      </select>
    </label>
  );
}

function LightEditor({ plan, put }: { plan: LightingPlan; put: (edit: BriefEdit) => void }) {
  const w = words.value;
  const set = (change: Partial<LightingPlan>): void => put({ lighting: { ...plan, ...change } });
  return (
    <div class="editor-row">
      <Choice label={w.direction} value={plan.direction} values={Object.entries(w.directions)}
        change={(direction) => set({ direction })} />
      <Choice label={w.contrast} value={plan.contrast} values={Object.entries(w.contrasts)}
        change={(contrast) => set({ contrast: contrast as LightingPlan["contrast"] })} />
      <label class="field">
        <span>{w.warmth(plan.kelvin)}</span>
        <input type="range" class="kelvin" min="2000" max="9000" step="100" value={plan.kelvin}
          onInput={(event) => set({ kelvin: Number(event.currentTarget.value) })} />
      </label>
    </div>
  );
}

function LensEditor({ brief, put }: { brief: StudioBrief; put: (edit: BriefEdit) => void }) {
  const w = words.value;
  return (
    <label class="field">
      <span>{w.lens(brief.technique.lens_mm)}</span>
      <input type="range" min="14" max="200" value={brief.technique.lens_mm}
        onInput={(event) => put({ technique: { ...brief.technique, lens_mm: Number(event.currentTarget.value) } })} />
    </label>
  );
}

function PropsEditor({ props, put }: { props: Prop[]; put: (edit: BriefEdit) => void }) {
  const w = words.value;
  const set = (at: number, change: Partial<Prop>): void =>
    put({ props: props.map((one, index) => (index === at ? { ...one, ...change } : one)) });
  const named = (list: "prop_placement" | "prop_scale"): [string, string][] =>
    layoutValues(list).map((value) => [value, layoutWord(list, value)]);
  return (
    <>
      {props.map((prop, at) => (
        <div class="editor-row" key={prop.term}>
          <Choice label={w.placementOf(nameOf(prop.term))} value={prop.placement} values={named("prop_placement")}
            change={(placement) => set(at, { placement })} />
          <Choice label={w.size} value={prop.scale} values={named("prop_scale")} change={(scale) => set(at, { scale })} />
        </div>
      ))}
    </>
  );
}

function PaletteEditor({ brief, put }: Props) {
  const w = words.value;
  const { scheme, hexes } = brief.palette;
  const schemes: [string, string][] = layoutValues("colour_scheme").map((value) => [
    value, capital(layoutWord("colour_scheme", value)),
  ]);
  return (
    <div class="editor">
      <Choice label={w.scheme} value={scheme} values={schemes} change={(next) => put({ palette: { scheme: next, hexes } })} />
      <div class="colours">
        {hexes.map((hex, at) => (
          <input key={at} type="color" value={hex} aria-label={w.colourNumber(at + 1)}
            onInput={(event) => {
              const next = hexes.map((one, index) => (index === at ? event.currentTarget.value : one));
              put({ palette: { scheme, hexes: next } });
            }} />
        ))}
      </div>
    </div>
  );
}
