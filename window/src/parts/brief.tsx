import { useState } from "preact/hooks";
import type { BriefEdit, Claim, Slot, StudioBrief } from "../api/bodies";
import { SLOT_TERMS, hexOf, layoutWord, nameOf } from "../vocabulary";
import { capital, local, locale, words } from "../words";
import { Close, Lock, Pencil, Unlock } from "./icons";
import { Ghost } from "./product";
import { SlotEditor } from "./slot-editor";

export const SLOTS: Slot[] = [
  "settings", "lighting", "palette", "backdrop", "surface", "moods", "styles", "textures",
  "technique", "props", "season", "avoid",
];

export interface Wishes {
  edit: BriefEdit;
  locked: Slot[];
  text: string;
}
export const NO_WISHES: Wishes = { edit: {}, locked: [], text: "" };

interface Props {
  brief: StudioBrief | null;
  wishes: Wishes;
  wish: (wishes: Wishes) => void;
  rematch: () => void;
  /** False while the job cannot be matched again yet. */
  ready: boolean;
  waiting: boolean;
}

const roomy = matchMedia("(min-width: 800px)").matches;

/** The studio brief: prose first, then every slot with its reason; all of it can be changed. */
export function BriefPart({ brief, wishes, wish, rematch, ready, waiting }: Props) {
  const w = words.value;
  const changed = Object.keys(wishes.edit).length;
  return (
    <section class={`brief${waiting ? " writing" : ""}`} aria-labelledby="brief-title">
      <p class="eyebrow">{w.sections.brief}</p>
      <h2 id="brief-title" class="hidden-title">{w.briefTitle}</h2>
      {!brief ? <Ghost lines={5} /> : (
        <>
          <p class="prose" lang={locale.value}>{local(brief.prose)}</p>
          <p class="soft brief-source">{w.writtenBy[brief.source]}</p>
          <details class="every-slot" open={roomy}>
            <summary>{w.everySlot}</summary>
            <div class="slots">
              {SLOTS.map((slot) => (
                <SlotRow key={slot} slot={slot} brief={{ ...brief, ...wishes.edit }} wishes={wishes}
                  wish={wish} ready={ready} claims={brief.claims} />
              ))}
            </div>
          </details>
          {ready && (
            <form class="own-words" onSubmit={(event) => {
              event.preventDefault();
              rematch();
            }}>
              <label class="field wide">
                <span>{w.ownWords}</span>
                <textarea rows={2} maxLength={1000} value={wishes.text} placeholder={w.ownWordsExample}
                  onInput={(event) => wish({ ...wishes, text: event.currentTarget.value })}
                  onKeyDown={(event) => {
                    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
                      event.preventDefault();
                      event.currentTarget.form?.requestSubmit();
                    }
                  }} />
              </label>
              <div class="own-words-send">
                <button class="primary" disabled={!changed && !wishes.text.trim()}>{w.matchAgain}</button>
                {changed > 0 && (
                  <button type="button" class="plain" onClick={() => wish({ ...wishes, edit: {} })}>
                    {w.undoEdits(changed)}
                  </button>
                )}
                <span class="soft">{w.lockHint}</span>
              </div>
            </form>
          )}
        </>
      )}
    </section>
  );
}

function SlotRow({ slot, brief, wishes, wish, ready, claims }: {
  slot: Slot; brief: StudioBrief; wishes: Wishes; wish: (wishes: Wishes) => void; ready: boolean;
  claims: Claim[];
}) {
  const w = words.value;
  const [editing, setEditing] = useState(false);
  const edited = slot in wishes.edit;
  const locked = wishes.locked.includes(slot);
  const why = claims.find((claim) => claim.slot === slot);
  const empty = isEmpty(slot, brief);
  if (empty && !ready) return null;
  const name = w.slots[slot];
  const put = (edit: BriefEdit): void => wish({ ...wishes, edit: { ...wishes.edit, ...edit } });
  const lock = (): void =>
    wish({
      ...wishes,
      locked: locked ? wishes.locked.filter((one) => one !== slot) : [...wishes.locked, slot],
    });
  return (
    <div class={`slot${edited ? " edited" : ""}${editing ? " editing" : ""}`}>
      <div class="slot-head">
        <h3>{name}{edited && <em>{w.changed}</em>}</h3>
        {ready && (
          <div class="slot-tools">
            <button class="plain round" aria-pressed={locked} aria-label={locked ? w.unlock(name) : w.lock(name)}
              title={locked ? w.unlock(name) : w.lock(name)} onClick={lock}>
              {locked ? <Lock /> : <Unlock />}
            </button>
            <button class="plain round" aria-expanded={editing} aria-label={w.edit(name)} title={w.edit(name)}
              onClick={() => setEditing(!editing)}>
              {editing ? <Close /> : <Pencil />}
            </button>
          </div>
        )}
      </div>
      {editing ? <SlotEditor slot={slot} brief={brief} put={put} /> : (
        <>
          <div class="slot-value">{empty ? <span class="soft">{w.nothing}</span> : <SlotValue slot={slot} brief={brief} />}</div>
          {why && !edited && <p class="slot-why">{local(why.text)}</p>}
        </>
      )}
    </div>
  );
}

function isEmpty(slot: Slot, brief: StudioBrief): boolean {
  const value = brief[slot];
  return value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

const listed = (terms: string[]): string => {
  const text = new Intl.ListFormat(locale.value, { style: "long", type: "conjunction" }).format(terms);
  return locale.value === "en" ? capital(text) : text;
};

function SlotValue({ slot, brief }: { slot: Slot; brief: StudioBrief }) {
  const w = words.value;
  if (slot === "palette") {
    return (
      <span class="dots">
        {brief.palette.hexes.map((hex) => <i key={hex} style={{ background: hex }} title={hex} />)}
        <span>{capital(layoutWord("colour_scheme", brief.palette.scheme))}</span>
      </span>
    );
  }
  if (slot === "backdrop") {
    return (
      <span class="dots">
        {brief.backdrop.map((term) => <i key={term} style={{ background: hexOf(term) ?? "transparent" }} />)}
        <span>{listed(brief.backdrop.map(nameOf))}</span>
      </span>
    );
  }
  if (slot === "lighting") {
    const { types, direction, kelvin, contrast } = brief.lighting;
    return <>{listed(types.map(nameOf))}<small>{w.lightLine(w.directions[direction] ?? direction, kelvin, w.contrasts[contrast])}</small></>;
  }
  if (slot === "technique") {
    return <>{listed(brief.technique.types.map(nameOf))}<small>{w.lens(brief.technique.lens_mm)}</small></>;
  }
  if (slot === "props") {
    return (
      <ul>
        {brief.props.map((prop) => (
          <li key={prop.term}>{capital(nameOf(prop.term))}<small>{layoutWord("prop_placement", prop.placement)}</small></li>
        ))}
      </ul>
    );
  }
  const value = brief[slot];
  const terms = Array.isArray(value) ? (value as string[]) : [String(value)];
  return <>{SLOT_TERMS[slot] ? listed(terms.map(nameOf)) : terms.join(", ")}</>;
}
